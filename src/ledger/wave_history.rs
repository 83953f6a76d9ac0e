//! How a wave went, in the order of time.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result, named_params};

use super::values::EventKind;
use crate::model::entry::DeviceState;
use crate::model::verdict::Verdict;
use crate::model::wave_history::{Minute, PastRun, RunHistory};

/// The status of an answer by which PingOne refuses a rate (RFC 6585, section 4).
const TOO_MANY_REQUESTS: u16 = 429;

/// The runs of a wave, the first one first.
pub(super) fn runs(connection: &Connection, wave: &str) -> Result<Vec<RunHistory>> {
    let mut statement = connection.prepare(
        "SELECT number, id, started_at, finished_at, exit_code, stop_message FROM runs
         WHERE wave = :wave ORDER BY number",
    )?;
    let runs = statement.query_map(named_params! {":wave": wave}, |row| {
        Ok(PastRun {
            number: row.get::<_, i64>("number")?.unsigned_abs(),
            id: row.get("id")?,
            started_ms: row.get("started_at")?,
            finished_ms: row.get("finished_at")?,
            exit_code: row.get("exit_code")?,
            stopped: row.get("stop_message")?,
        })
    })?;
    let with_minutes = |run: Result<PastRun>| {
        let run = run?;
        let minutes = minutes(connection, run.number)?;
        Ok(RunHistory { run, minutes })
    };
    runs.map(with_minutes).collect()
}

/// What a run did in each minute, by minutes since 1970; minutes without anything are left out.
fn minutes(connection: &Connection, run: u64) -> Result<BTreeMap<i64, Minute>> {
    let mut statement = connection.prepare(
        "SELECT at / 60000, count(*) FILTER (WHERE event = :created),
                count(*) FILTER (WHERE http_status = :throttled)
         FROM events WHERE run = :run AND (event = :created OR http_status = :throttled)
         GROUP BY at / 60000",
    )?;
    let values = named_params! {
        ":run": i64::try_from(run).unwrap_or(i64::MAX),
        ":created": EventKind::Settled(DeviceState::Created),
        ":throttled": TOO_MANY_REQUESTS,
    };
    let minutes = statement.query_map(values, |row| {
        let counted = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        let (created, throttled) = (counted(1)?, counted(2)?);
        Ok((row.get(0)?, Minute { created, throttled }))
    })?;
    minutes.collect()
}

/// What a look from outside said last of each device, by the number of its entry, and when.
pub(super) fn verified(connection: &Connection) -> Result<BTreeMap<u64, (i64, Verdict)>> {
    let mut statement = connection
        .prepare("SELECT device, at, code FROM events WHERE event = :verified ORDER BY id")?;
    let mut rows = statement.query(named_params! {":verified": EventKind::Verified})?;
    let mut last = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let word: String = row.get("code")?;
        // A newer wavepair may know more verdicts than this one.
        let known = Verdict::ALL.iter().find(|known| known.as_str() == word);
        if let Some(&verdict) = known {
            let entry: i64 = row.get("device")?;
            last.insert(entry.unsigned_abs(), (row.get("at")?, verdict));
        }
    }
    Ok(last)
}

//! The runs of a ledger, as somebody looks back at them.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result, Row, named_params};

use super::values::EventKind;
use crate::model::counts::Counts;
use crate::model::entry::DeviceState;
use crate::model::ids::RunId;
use crate::model::minute::Minute;
use crate::model::outcome::Outcome;
use crate::model::stop::Stopped;

/// The status of an answer by which PingOne refuses a rate (RFC 6585, section 4).
const TOO_MANY_REQUESTS: u16 = 429;

/// A run, as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunEntry {
    /// The run.
    pub id: RunId,
    /// The run whose devices it deleted, where it did that.
    pub undoes: Option<RunId>,
    /// The wave, as an absolute path.
    pub wave: String,
    /// How its rows were judged, in the form in which it was given.
    pub settings: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// When it ended, or a later run found that it had.
    pub finished_ms: Option<i64>,
    /// How it ended; `None` where it did not live to say so, or is still going on.
    pub exit_code: Option<u8>,
    /// Why it ended before its wave did, where it did.
    pub stopped: Option<Stopped>,
    /// How it was called, in the form in which it was given; not known of runs of an older wavepair.
    pub called: Option<String>,
    /// How many rows its wave has; not known of runs of an older wavepair.
    pub rows: Option<u64>,
    /// What it came to, in the form in which it was given.
    pub account: Option<String>,
    /// The how-manieth of the ledger it is, from 1.
    number: i64,
    /// Between which numbers its events are: above the first, up to the second.
    events: Option<(i64, i64)>,
}

/// What the events of a run say of its rows: those that were settled before it are not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SoFar {
    /// How many devices have each outcome.
    pub outcomes: Counts,
    /// How many more were asked for, or were about to be deleted, and their answers are not on disk.
    pub in_flight: u64,
    /// How many are there no more, where it undoes another run.
    pub deleted: u64,
}

/// Every run, the last one first.
pub(super) fn all(connection: &Connection) -> Result<Vec<RunEntry>> {
    let mut statement = connection.prepare(
        "SELECT number, id, undoes, wave, settings, started_at, finished_at, exit_code, stop_code,
                stop_message, called, wave_rows, account, events_before
         FROM runs ORDER BY number DESC",
    )?;
    let mut until = i64::MAX;
    let mut runs = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut run = entry(row)?;
        let before: Option<i64> = row.get("events_before")?;
        run.events = before.map(|before| (before, until));
        until = before.unwrap_or(until);
        runs.push(run);
    }
    Ok(runs)
}

fn entry(row: &Row<'_>) -> Result<RunEntry> {
    let code: Option<String> = row.get("stop_code")?;
    let stopped = code.zip(row.get("stop_message")?);
    Ok(RunEntry {
        id: row.get("id")?,
        undoes: row.get("undoes")?,
        wave: row.get("wave")?,
        settings: row.get("settings")?,
        started_ms: row.get("started_at")?,
        finished_ms: row.get("finished_at")?,
        exit_code: row.get("exit_code")?,
        stopped: stopped.map(|(code, message)| Stopped { code, message }),
        called: row.get("called")?,
        rows: row
            .get::<_, Option<i64>>("wave_rows")?
            .and_then(|rows| u64::try_from(rows).ok()),
        account: row.get("account")?,
        number: row.get("number")?,
        events: None,
    })
}

/// What the events of a run say; nothing of a run of an older wavepair.
pub(super) fn so_far(connection: &Connection, run: &RunEntry) -> Result<Option<SoFar>> {
    let Some((before, until)) = run.events else {
        return Ok(None);
    };
    // The last event of each device: SQLite takes the other columns from the row of the greatest one.
    let mut statement = connection.prepare(
        "SELECT event, count(*) FROM
            (SELECT event, max(id) FROM events
             WHERE id > :before AND id <= :until AND event <> :verified
                AND id NOT IN (SELECT decisions.event FROM decisions) GROUP BY device)
         GROUP BY event",
    )?;
    let mut rows = statement.query(named_params! {
        ":before": before, ":until": until, ":verified": EventKind::Verified,
    })?;
    let mut so_far = SoFar::default();
    while let Some(row) = rows.next()? {
        let count = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
        match row.get(0)? {
            EventKind::Intent
            | EventKind::Resend
            | EventKind::Settled(DeviceState::InFlight | DeviceState::Undoing) => {
                so_far.in_flight += count;
            }
            EventKind::Settled(DeviceState::Undone) => so_far.deleted += count,
            // It was about to be deleted, and stays what another run has created.
            EventKind::Settled(DeviceState::Created) if run.undoes.is_some() => {}
            EventKind::Settled(state) => so_far.outcomes.add_rows(state.outcome(), count),
            EventKind::LeftInFlight => so_far.outcomes.add_rows(Outcome::Unknown, count),
            EventKind::Verified => {}
        }
    }
    Ok(Some(so_far))
}

/// What a run did in each minute, by minutes since 1970; minutes without anything are left out.
pub(super) fn minutes(connection: &Connection, run: &RunEntry) -> Result<BTreeMap<i64, Minute>> {
    let mut statement = connection.prepare(
        "SELECT at / 60000, count(*) FILTER (WHERE event = :created),
                count(*) FILTER (WHERE http_status = :throttled)
         FROM events WHERE run = :run AND (event = :created OR http_status = :throttled)
            AND id NOT IN (SELECT decisions.event FROM decisions)
         GROUP BY at / 60000",
    )?;
    let values = named_params! {
        ":run": run.number,
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

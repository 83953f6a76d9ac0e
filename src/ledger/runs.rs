//! The table of runs.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Result, named_params};

use super::paces;
use crate::exit::ExitCode;
use crate::model::ids::RunId;
use crate::model::pace_reading::Millirate;
use crate::model::rate_group::RateGroup;
use crate::model::stop::Stopped;

/// What is written down of a run when it begins.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// The run.
    pub id: RunId,
    /// The wave, as an absolute path.
    pub wave: String,
    /// What `results` needs to judge the rows as this run did, in a form of the caller's.
    pub settings: String,
    /// Whether it lists a user's devices before it creates one that the ledger does not know.
    pub looks_first: bool,
    /// The run whose devices it deletes, where it does that.
    pub undoes: Option<RunId>,
    /// How it was called, in a form of the caller's.
    pub called: String,
    /// How many rows the wave has, or the shard that is run.
    pub rows: u64,
}

/// What is written down of a run when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunEnd {
    /// How it ended.
    pub exit_code: u8,
    /// Why it ended before its wave did, where it did.
    pub stopped: Option<Stopped>,
    /// What it came to, in a form of the caller's.
    pub account: Option<String>,
    /// The rates that PingOne was found to refuse.
    pub paces: Vec<(RateGroup, Millirate)>,
}

/// What is known of a run that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRun {
    /// What `results` needs to judge the rows as that run did, in the form in which it was given.
    pub settings: String,
    /// How it ended; `None` where it did not live to say so, or is still going on.
    pub exit_code: Option<u8>,
    /// Why it ended before its wave did, where it did.
    pub stopped: Option<Stopped>,
}

/// Writes a run that begins now, in milliseconds since 1970.
pub(super) fn begin(connection: &Connection, run: &RunRecord, now_ms: i64) -> Result<()> {
    connection
        .execute(
            "INSERT INTO runs (id, wave, settings, started_at, looked_first, undoes, called, wave_rows,
                    events_before, devices_before, number)
             VALUES (:id, :wave, :settings, :now, :looks_first, :undoes, :called, :rows,
                     (SELECT coalesce(max(id), 0) FROM events),
                     (SELECT coalesce(max(id), 0) FROM devices),
                     (SELECT coalesce(max(number), 0) + 1 FROM runs))",
            named_params! {
                ":id": run.id,
                ":wave": run.wave,
                ":settings": run.settings,
                ":now": now_ms,
                ":looks_first": run.looks_first,
                ":undoes": run.undoes,
                ":called": run.called,
                ":rows": i64::try_from(run.rows).unwrap_or(i64::MAX),
            },
        )
        .map(drop)
}

/// Writes how a run ended.
pub(super) fn end(connection: &Connection, run: RunId, end: RunEnd, now_ms: i64) -> Result<()> {
    paces::write(connection, &end.paces, now_ms)?;
    let (code, message) = end.stopped.map(|it| (it.code, it.message)).unzip();
    connection
        .execute(
            "UPDATE runs SET finished_at = :now, exit_code = :exit_code,
                    stop_code = :stop_code, stop_message = :stop_message, account = :account
             WHERE id = :id",
            named_params! {
                ":id": run,
                ":now": now_ms,
                ":exit_code": end.exit_code,
                ":stop_code": code,
                ":stop_message": message,
                ":account": end.account,
            },
        )
        .map(drop)
}

/// Writes that every other run than this one is over, however it ended.
pub(super) fn end_others(connection: &Connection, run: RunId, now_ms: i64) -> Result<()> {
    connection
        .execute(
            "UPDATE runs SET finished_at = :now WHERE finished_at IS NULL AND id <> :id",
            named_params! {":id": run, ":now": now_ms},
        )
        .map(drop)
}

/// Whether any run did not end, or is still going on.
pub(super) fn any_open(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM runs WHERE finished_at IS NULL)";
    connection.query_row(sql, [], |row| row.get(0))
}

/// Whether a run that lists users' devices first came to the end of its wave.
pub(super) fn any_looked(connection: &Connection) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM runs
            WHERE looked_first = 1 AND stop_code IS NULL
              AND exit_code IN (:done, :needs_person, :run_again))",
        named_params! {
            ":done": ExitCode::Done.code(),
            ":needs_person": ExitCode::NeedsPerson.code(),
            ":run_again": ExitCode::RunAgain.code(),
        },
        |row| row.get(0),
    )
}

/// The run that began last, by the count of runs, which a ledger has since the fourth step.
pub(super) fn last_begun(connection: &Connection) -> Result<Option<RunId>> {
    let sql = "SELECT id FROM runs ORDER BY number DESC LIMIT 1";
    connection.query_row(sql, [], |row| row.get(0)).optional()
}

/// Every run.
pub(super) fn ids(connection: &Connection) -> Result<BTreeSet<RunId>> {
    let mut statement = connection.prepare("SELECT id FROM runs")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The last run of a wave that created its devices, or tried to, as far as it has come.
pub(super) fn last(connection: &Connection, wave: &str) -> Result<Option<LastRun>> {
    connection
        .query_row(
            "SELECT settings, exit_code, stop_code, stop_message FROM runs
             WHERE wave = :wave AND undoes IS NULL ORDER BY number DESC LIMIT 1",
            named_params! {":wave": wave},
            |row| {
                let code: Option<String> = row.get("stop_code")?;
                let stopped = code.zip(row.get("stop_message")?);
                Ok(LastRun {
                    settings: row.get("settings")?,
                    exit_code: row.get("exit_code")?,
                    stopped: stopped.map(|(code, message)| Stopped { code, message }),
                })
            },
        )
        .optional()
}

//! The thread that writes: one connection, everything queued in one commit.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use rusqlite::{
    CachedStatement, Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior,
    params,
};
use tokio::sync::oneshot;

use super::ballast::Ballast;
use super::reader::binding;
use super::{Binding, Error, Intent, Receipt, Recorded, RunRecord, Settled, sqlite};
use crate::model::entry::{DeviceState, Moment};
use crate::model::ids::RunId;
use crate::model::request::{DeviceKey, DeviceRequest};

/// What the writer can be asked for.
pub(super) enum Command {
    /// One transaction.
    Turn {
        settled: Vec<Settled>,
        intents: Vec<Intent>,
        now: Moment,
        reply: oneshot::Sender<Result<Receipt, Error>>,
    },
    /// The end.
    Close {
        exit_code: u8,
        now: Moment,
        reply: mpsc::Sender<Result<(), Error>>,
    },
}

/// The most create requests that may follow unanswered ones, ever, for one device.
pub(super) const RESENDS_MAX: u32 = 3;

pub(super) struct Writer {
    connection: Connection,
    path: PathBuf,
    run: RunId,
    ballast: Ballast,
    disk_full: bool,
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// What a turn failed on.
enum Fault {
    Sqlite(rusqlite::Error),
    Invariant(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Fault::Sqlite(error)
    }
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        path: &Path,
        run: RunId,
        ballast: Ballast,
    ) -> Result<Self, Error> {
        let writer = Self {
            connection,
            path: path.to_owned(),
            run,
            ballast,
            disk_full: false,
        };
        writer.check_soundness()?;
        Ok(writer)
    }

    /// How many runs the ledger knows of.
    pub(super) fn runs(&self) -> Result<u64, Error> {
        let runs: i64 = self
            .connection
            .query_row("SELECT count(*) FROM runs", [], |row| row.get(0))
            .map_err(|source| sqlite(&self.path, source))?;
        Ok(u64::try_from(runs).unwrap_or(0))
    }

    /// Lets SQLite check the whole file when the run before did not close it.
    fn check_soundness(&self) -> Result<(), Error> {
        let wrap = |source| sqlite(&self.path, source);
        let unclean: bool = self
            .connection
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM runs WHERE finished_at IS NULL)",
                [],
                |row| row.get(0),
            )
            .map_err(wrap)?;
        if !unclean {
            return Ok(());
        }
        let verdict: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(wrap)?;
        if verdict == "ok" {
            Ok(())
        } else {
            Err(Error::Damaged {
                path: self.path.clone(),
                what: verdict,
            })
        }
    }

    /// Binds a new ledger to a tenant, and checks that an old one is bound to this one.
    pub(super) fn bind(&self, ours: &Binding) -> Result<(), Error> {
        let wrap = |source| sqlite(&self.path, source);
        match binding(&self.connection).map_err(wrap)? {
            Some(theirs) if theirs == *ours => Ok(()),
            Some(theirs) => Err(Error::Foreign {
                path: self.path.clone(),
                theirs: theirs.to_string(),
                ours: ours.to_string(),
            }),
            None => self
                .connection
                .execute(
                    "INSERT INTO binding (one, api_host, environment) VALUES (1, ?1, ?2)",
                    params![ours.api_host, ours.environment.as_bytes()],
                )
                .map(drop)
                .map_err(wrap),
        }
    }

    /// Records a new run, and turns what earlier ones left in flight into what it is: unresolved.
    ///
    /// Such a request may have been sent as late as its process died, which was
    /// before this one got the lock: that is the moment from which it settles.
    pub(super) fn begin_run(&mut self, run: &RunRecord, now: &Moment) -> Result<u64, Error> {
        let wrap = |source| sqlite(&self.path, source);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(wrap)?;
        let left = begin_run(&transaction, run, now).map_err(wrap)?;
        transaction.commit().map_err(wrap)?;
        Ok(left)
    }

    /// Serves commands until the last sender is gone, a write fails, or the ledger is closed.
    pub(super) fn serve(mut self, queue: &mpsc::Receiver<Command>) {
        while let Ok(command) = queue.recv() {
            match command {
                Command::Turn {
                    settled,
                    intents,
                    now,
                    reply,
                } => {
                    let result = self.turn(&settled, intents, &now);
                    let poisoned = result.is_err();
                    // Nobody waits for the reply of a run that was dropped; the commit stands.
                    drop(reply.send(result));
                    if poisoned {
                        return;
                    }
                }
                Command::Close {
                    exit_code,
                    now,
                    reply,
                } => {
                    drop(reply.send(self.close(exit_code, &now)));
                    return;
                }
            }
        }
    }

    fn turn(
        &mut self,
        settled: &[Settled],
        intents: Vec<Intent>,
        now: &Moment,
    ) -> Result<Receipt, Error> {
        let intents = if self.disk_full { Vec::new() } else { intents };
        let first = self.commit(settled, intents, now);
        let full = matches!(&first, Err(Fault::Sqlite(error)) if is_full(error));
        let result = if full && self.ballast.drop_overboard() {
            // There is room now for what became of the requests on the wire, and for nothing else.
            self.disk_full = true;
            self.commit(settled, Vec::new(), now)
        } else {
            first
        };
        result.map_err(|fault| match fault {
            Fault::Sqlite(source) => sqlite(&self.path, source),
            Fault::Invariant(what) => Error::Invariant {
                path: self.path.clone(),
                what,
            },
        })
    }

    fn commit(
        &mut self,
        settled: &[Settled],
        intents: Vec<Intent>,
        now: &Moment,
    ) -> Result<Receipt, Fault> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut numbers = Vec::with_capacity(settled.len());
        for end in settled {
            numbers.push(settle(&transaction, self.run, end, now)?);
        }
        let mut recorded = Vec::with_capacity(intents.len());
        for intent in intents {
            recorded.push(intend(&transaction, self.run, intent, now)?);
        }
        transaction.commit()?;
        Ok(Receipt {
            recorded,
            settled: numbers,
            disk_full: self.disk_full,
        })
    }

    fn close(self, exit_code: u8, now: &Moment) -> Result<(), Error> {
        let Self {
            connection,
            path,
            run,
            ..
        } = self;
        connection
            .execute(
                "UPDATE runs SET finished_at = ?2, exit_code = ?3 WHERE id = ?1",
                params![run.as_bytes(), now.wall_ms, exit_code],
            )
            .map_err(|source| sqlite(&path, source))?;
        // A reader beside us may keep the checkpoint from finishing; the next writer does it then.
        connection
            .close()
            .map_err(|(_, source)| sqlite(&path, source))
    }
}

fn begin_run(
    transaction: &Transaction<'_>,
    run: &RunRecord,
    now: &Moment,
) -> rusqlite::Result<u64> {
    let unclean: bool = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM runs WHERE finished_at IS NULL)",
        [],
        |row| row.get(0),
    )?;
    transaction.execute(
        "INSERT INTO runs (id, wave, settings, started_at) VALUES (?1, ?2, ?3, ?4)",
        params![run.id.as_bytes(), run.wave, run.settings, now.wall_ms],
    )?;
    if !unclean {
        return Ok(0);
    }
    transaction.execute(
        "INSERT INTO events (device, run, at, event, attempt)
         SELECT id, ?1, ?2, 'left_in_flight', attempts FROM devices WHERE state = 'in_flight'",
        params![run.id.as_bytes(), now.wall_ms],
    )?;
    let left = transaction.execute(
        "UPDATE devices SET state = 'unresolved', code = 'interrupted', message = NULL, http_status = NULL,
                last_send_wall = ?1, last_send_boot = ?2, last_send_boot_id = ?3
         WHERE state = 'in_flight'",
        params![now.wall_ms, now.boot_ms, now.boot_id],
    )?;
    transaction.execute(
        "UPDATE runs SET finished_at = ?1 WHERE finished_at IS NULL AND id <> ?2",
        params![now.wall_ms, run.id.as_bytes()],
    )?;
    Ok(u64::try_from(left).unwrap_or(u64::MAX))
}

/// What must be known of a device before its state is changed.
struct Before {
    id: i64,
    state: String,
    attempts: u32,
    resends: u32,
    doubt_since: Option<i64>,
}

fn before(transaction: &Transaction<'_>, key: &DeviceKey) -> rusqlite::Result<Option<Before>> {
    transaction
        .prepare_cached(
            "SELECT id, state, attempts, resends, doubt_since FROM devices
             WHERE user = ?1 AND type = ?2 AND address = ?3",
        )?
        .query_row(
            (key.user.as_bytes(), key.kind.as_str(), key.address.key()),
            |row| {
                Ok(Before {
                    id: row.get(0)?,
                    state: row.get(1)?,
                    attempts: row.get(2)?,
                    resends: row.get(3)?,
                    doubt_since: row.get(4)?,
                })
            },
        )
        .optional()
}

fn intend(
    transaction: &Transaction<'_>,
    run: RunId,
    intent: Intent,
    now: &Moment,
) -> Result<Recorded<DeviceRequest>, Fault> {
    let Intent {
        request,
        resend,
        was_absent,
        transaction: name,
    } = intent;
    let (id, attempt) = match before(transaction, &request.key)? {
        None if resend => {
            return Err(Fault::Invariant(format!(
                "row {}: sent again, and never sent before",
                request.row
            )));
        }
        None => {
            insert(transaction)?.execute(params![
                request.key.user.as_bytes(),
                request.key.kind.as_str(),
                request.key.address.key(),
                DeviceState::InFlight.as_str(),
                run.as_bytes(),
                1,
                was_absent,
                now.wall_ms,
                now.wall_ms,
                now.boot_ms,
                now.boot_id,
                None::<&[u8]>,
                None::<&str>,
                None::<u16>,
                None::<&str>,
                None::<&str>,
                None::<&str>,
            ])?;
            (transaction.last_insert_rowid(), 1)
        }
        Some(before) => {
            check_intent(&request, resend, was_absent, &before)?;
            let attempt = before.attempts + 1;
            transaction
                .prepare_cached(
                    "UPDATE devices SET state = 'in_flight', run = ?2, attempts = ?3,
                            resends = resends + ?4, was_absent = max(was_absent, ?5), doubt_since = ?6,
                            last_send_wall = ?6, last_send_boot = ?7, last_send_boot_id = ?8,
                            device = NULL, created_at = NULL, http_status = NULL, code = NULL,
                            message = NULL, correlation_id = NULL
                     WHERE id = ?1",
                )?
                .execute(params![
                    before.id,
                    run.as_bytes(),
                    attempt,
                    resend,
                    was_absent,
                    now.wall_ms,
                    now.boot_ms,
                    now.boot_id
                ])?;
            (before.id, attempt)
        }
    };
    record(transaction)?.execute(params![
        id,
        run.as_bytes(),
        now.wall_ms,
        if resend { "resend" } else { "intent" },
        attempt,
        None::<u16>,
        None::<&str>,
        None::<&str>,
        format!("{name}-{attempt}"),
    ])?;
    Ok(Recorded {
        value: request,
        entry: entry_number(id)?,
        attempt,
    })
}

/// The rules I3 and I4: never while one is open, never again without settling, three times at most.
fn check_intent(
    request: &DeviceRequest,
    resend: bool,
    was_absent: bool,
    before: &Before,
) -> Result<(), Fault> {
    let refuse = |why: &str| Err(Fault::Invariant(format!("row {}: {why}", request.row)));
    match (before.state.as_str(), resend) {
        ("failed" | "rejected", false) => Ok(()),
        ("several", false) if was_absent => Ok(()),
        ("unresolved", true) if before.resends < RESENDS_MAX => Ok(()),
        ("unresolved", true) => refuse("sent again three times already; a person must decide"),
        ("unresolved", false) => refuse("an earlier request may have created the device"),
        ("in_flight", _) => refuse("a request for this device is still open"),
        ("created" | "found" | "several", _) => refuse("the device is there already"),
        (_, _) => refuse("the device was never in doubt, so nothing is sent again"),
    }
}

fn settle(
    transaction: &Transaction<'_>,
    run: RunId,
    end: &Settled,
    now: &Moment,
) -> Result<u64, Fault> {
    let device = end.device.as_ref();
    let device_id = device.and_then(|device| device.id);
    let device_id = device_id.as_ref().map(|id| id.as_bytes().as_slice());
    let created_at = device.and_then(|device| device.created_at.as_deref());
    let last_send = end.last_send.as_ref();
    if (end.state == DeviceState::Unresolved) != last_send.is_some()
        || end.state == DeviceState::InFlight
    {
        return Err(Fault::Invariant(format!(
            "a device cannot be settled as {}",
            end.state.as_str()
        )));
    }
    let (id, attempts) = match before(transaction, &end.key)? {
        None => {
            insert(transaction)?.execute(params![
                end.key.user.as_bytes(),
                end.key.kind.as_str(),
                end.key.address.key(),
                end.state.as_str(),
                run.as_bytes(),
                0,
                false,
                last_send.map(|_| now.wall_ms),
                last_send.map(|moment| moment.wall_ms),
                last_send.map(|moment| moment.boot_ms),
                last_send.map(|moment| moment.boot_id.as_str()),
                device_id,
                created_at,
                end.answer.http_status,
                end.answer.code,
                end.answer.message,
                end.answer.correlation_id,
            ])?;
            (transaction.last_insert_rowid(), 0)
        }
        Some(before) => {
            update(transaction)?.execute(params![
                before.id,
                end.state.as_str(),
                run.as_bytes(),
                last_send.map(|_| before.doubt_since.unwrap_or(now.wall_ms)),
                last_send.map(|moment| moment.wall_ms),
                last_send.map(|moment| moment.boot_ms),
                last_send.map(|moment| moment.boot_id.as_str()),
                device_id,
                created_at,
                end.answer.http_status,
                end.answer.code,
                end.answer.message,
                end.answer.correlation_id,
            ])?;
            (before.id, before.attempts)
        }
    };
    record(transaction)?.execute(params![
        id,
        run.as_bytes(),
        now.wall_ms,
        end.state.as_str(),
        attempts,
        end.answer.http_status,
        end.answer.code,
        end.answer.correlation_id,
        None::<&str>,
    ])?;
    entry_number(id)
}

fn insert<'c>(transaction: &'c Transaction<'_>) -> rusqlite::Result<CachedStatement<'c>> {
    transaction.prepare_cached(
        "INSERT INTO devices (user, type, address, state, run, attempts, was_absent, doubt_since,
                last_send_wall, last_send_boot, last_send_boot_id, device, created_at,
                http_status, code, message, correlation_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )
}

fn update<'c>(transaction: &'c Transaction<'_>) -> rusqlite::Result<CachedStatement<'c>> {
    transaction.prepare_cached(
        "UPDATE devices SET state = ?2, run = ?3, doubt_since = ?4, last_send_wall = ?5,
                last_send_boot = ?6, last_send_boot_id = ?7, device = ?8, created_at = ?9,
                http_status = ?10, code = ?11, message = ?12, correlation_id = ?13
         WHERE id = ?1",
    )
}

fn record<'c>(transaction: &'c Transaction<'_>) -> rusqlite::Result<CachedStatement<'c>> {
    transaction.prepare_cached(
        "INSERT INTO events (device, run, at, event, attempt, http_status, code, correlation_id, transaction_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
}

fn entry_number(id: i64) -> Result<u64, Fault> {
    u64::try_from(id).map_err(|_| Fault::Invariant(format!("the entry number {id} is negative")))
}

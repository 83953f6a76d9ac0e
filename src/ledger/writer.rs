//! The thread that writes: one connection, everything queued in one commit.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::ballast::Ballast;
use super::counter::{Counter, Extent};
use super::file::{opening, sqlite};
use super::reader::{binding, last_exit_code};
use super::transition::{Fault, intend, settle};
use super::{Binding, Error, Intent, Receipt, RunRecord, Settled};
use crate::model::entry::Moment;
use crate::model::ids::RunId;

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

/// What a run finds when it begins.
pub(super) struct Begun {
    /// How many devices an earlier run left in flight.
    pub(super) left_in_flight: u64,
    /// How the run before on the same wave ended.
    pub(super) previous_exit_code: Option<u8>,
}

pub(super) struct Writer {
    connection: Connection,
    path: PathBuf,
    run: RunId,
    ballast: Ballast,
    counter: Counter,
    disk_full: bool,
    /// Device and inode of the file that the connection writes to.
    identity: (u64, u64),
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        path: &Path,
        run: RunId,
        ballast: Ballast,
        counter: Counter,
        identity: (u64, u64),
    ) -> Result<Self, Error> {
        let writer = Self {
            connection,
            path: path.to_owned(),
            run,
            ballast,
            counter,
            disk_full: false,
            identity,
        };
        writer.check_soundness()?;
        Ok(writer)
    }

    fn extent(&self) -> Result<Extent, Error> {
        let count = |sql: &str| -> Result<u64, Error> {
            let number: i64 = self
                .connection
                .query_row(sql, [], |row| row.get(0))
                .map_err(|source| opening(&self.path, source))?;
            Ok(u64::try_from(number).unwrap_or(0))
        };
        Ok(Extent {
            runs: count("SELECT count(*) FROM runs")?,
            events: count("SELECT coalesce(max(id), 0) FROM events")?,
        })
    }

    /// Refuses a ledger that has come less far than it once had.
    fn check_extent(&self) -> Result<(), Error> {
        let counted = self.counter.read().map_err(|source| Error::Io {
            path: self.path.clone(),
            source,
        })?;
        match self.extent()?.lacks(counted) {
            None => Ok(()),
            Some(lacks) => Err(Error::Older {
                path: self.path.clone(),
                lacks,
                counter: self.counter.path().to_owned(),
            }),
        }
    }

    /// Lets SQLite check the whole file when the run before did not close it.
    fn check_soundness(&self) -> Result<(), Error> {
        let wrap = |source| opening(&self.path, source);
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
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
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
        let wrap = |source| opening(&self.path, source);
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
    ///
    /// A ledger that is older than it was is refused first.
    pub(super) fn begin_run(&mut self, run: &RunRecord, now: &Moment) -> Result<Begun, Error> {
        self.check_extent()?;
        let wrap = |source| opening(&self.path, source);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(wrap)?;
        let begun = begin_run(&transaction, run, now).map_err(wrap)?;
        transaction.commit().map_err(wrap)?;
        let extent = self.extent()?;
        self.counter.begin(extent).map_err(|source| Error::Io {
            path: self.path.clone(),
            source,
        })?;
        Ok(begun)
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
        self.check_place()?;
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

    /// Refuses to write where nobody will find it.
    fn check_place(&self) -> Result<(), Error> {
        let there = std::fs::symlink_metadata(&self.path);
        if there.is_ok_and(|there| (there.dev(), there.ino()) == self.identity) {
            return Ok(());
        }
        Err(Error::Io {
            path: self.path.clone(),
            source: std::io::Error::other("it was moved or removed while this run was using it"),
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
        let events = transaction.last_insert_rowid();
        transaction.commit()?;
        if !(numbers.is_empty() && recorded.is_empty()) {
            self.counter.note(u64::try_from(events).unwrap_or(0));
        }
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
) -> rusqlite::Result<Begun> {
    let previous_exit_code = last_exit_code(transaction, &run.wave)?;
    let unclean: bool = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM runs WHERE finished_at IS NULL)",
        [],
        |row| row.get(0),
    )?;
    transaction.execute(
        "INSERT INTO runs (id, wave, settings, started_at, looked_first, number)
         VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(number), 0) + 1 FROM runs))",
        params![
            run.id.as_bytes(),
            run.wave,
            run.settings,
            now.wall_ms,
            run.looks_first
        ],
    )?;
    if !unclean {
        return Ok(Begun {
            left_in_flight: 0,
            previous_exit_code,
        });
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
    Ok(Begun {
        left_in_flight: u64::try_from(left).unwrap_or(u64::MAX),
        previous_exit_code,
    })
}

//! The thread that writes: one connection, everything queued in one commit.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use rustix::process::{Resource, getrlimit};
use tokio::sync::oneshot;

use super::ballast::Ballast;
use super::batch::{Committed, Intent, Settled};
use super::binding::Binding;
use super::counter::{Counter, extent};
use super::digests::Digests;
use super::error::{Error, Flaw};
use super::file::{beside, fold_log, keep_log, opening, sqlite};
use super::lookups::{self, LookupNote};
use super::runs::{self, RunEnd, RunRecord};
use super::transition::{Fault, InFlight, Writing, intend, settle, settle_left_in_flight, undo};
use super::undo::UndoNote;
use super::users;
use crate::model::entry::Moment;
use crate::model::ids::RunId;
use crate::model::mfa::MfaNote;
use crate::model::shard::Shard;

/// What the writer can be asked for.
pub(super) enum Command {
    /// One transaction.
    Batch {
        noted: Vec<MfaNote>,
        settled: Vec<Settled>,
        intents: Vec<Intent>,
        now: Moment,
        reply: oneshot::Sender<Result<Committed, Error>>,
    },
    /// What look-ups told, in one transaction.
    Lookups {
        notes: Vec<LookupNote>,
        now: Moment,
        reply: oneshot::Sender<Result<(), Error>>,
    },
    /// What is said of a device that is undone, in one transaction; tells whether it is on disk.
    Undo {
        notes: Vec<UndoNote>,
        now: Moment,
        reply: oneshot::Sender<Result<bool, Error>>,
    },
    /// The end.
    Close {
        end: Box<RunEnd>,
        now: Moment,
        reply: mpsc::Sender<Result<(), Error>>,
    },
}

/// What is noted of users, and what became of devices.
type Known<'a> = (&'a [MfaNote], &'a [Settled]);

pub(super) struct Writer {
    connection: Connection,
    path: PathBuf,
    run: RunId,
    ballast: Ballast,
    counter: Counter,
    disk_full: bool,
    in_flight: InFlight,
    /// Those of what was purged: nobody purges a ledger that a run holds.
    digests: Option<Digests>,
    /// Device and inode of the file that the connection writes to.
    identity: (u64, u64),
    /// How long the system lets a file of this process become.
    size_limit: Option<u64>,
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// What is kept free of the length that the system allows a file: as much as the ballast keeps of a disk.
const RESERVE: u64 = 1024 * 1024;

/// Whether a file may still get longer by more than its reserve (`ulimit -f`).
///
/// At the limit itself every write fails (EFBIG), also of what became of requests on the wire, and
/// no ballast makes up for it.
fn may_grow(length: u64, limit: Option<u64>) -> bool {
    limit.is_none_or(|limit| length.saturating_add(RESERVE) < limit)
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        path: &Path,
        run: RunId,
        ballast: Ballast,
        counter: Counter,
        identity: (u64, u64),
    ) -> Self {
        Self {
            connection,
            path: path.to_owned(),
            run,
            ballast,
            counter,
            disk_full: false,
            in_flight: InFlight::new(),
            digests: None,
            identity,
            size_limit: getrlimit(Resource::Fsize).current,
        }
    }

    /// Binds a ledger that no run has begun on, and checks that another one is bound to this tenant.
    pub(super) fn bind(&self, ours: &Binding, shard: Shard) -> Result<(), Error> {
        let wrap = |source| opening(&self.path, source);
        match Binding::read(&self.connection).map_err(wrap)? {
            Some(theirs) if theirs == *ours => Ok(()),
            Some(theirs) => {
                let ours = ours.clone();
                Err(Flaw::Foreign { theirs, ours }.of(&self.path))
            }
            None => ours.write(&self.connection, shard).map_err(wrap),
        }
    }

    /// Records a new run, and settles what earlier ones left in flight; gives how the run before on
    /// the same wave ended, where it said so.
    ///
    /// That a run is open stands in the main file when this returns: one that is found without
    /// its log gives itself away.
    pub(super) fn begin_run(&mut self, run: &RunRecord, now: &Moment) -> Result<Option<u8>, Error> {
        let wrap = |source| opening(&self.path, source);
        // Whatever fails from here on, the log of the open run stays beside the ledger.
        keep_log(&self.connection, true).map_err(wrap)?;
        let previous_exit_code = begin_run(&mut self.connection, run, now).map_err(wrap)?;
        self.digests = Digests::of(&self.connection).map_err(wrap)?;
        // Before the checkpoint: where the main file says that a run is open, the counter is there.
        let extent = extent(&self.connection).map_err(wrap)?;
        let begun = self.counter.begin(extent);
        begun.map_err(Error::unusable(&self.path))?;
        fold_log(&self.connection).map_err(wrap)?;
        Ok(previous_exit_code)
    }

    /// Serves commands until the last sender is gone, a write fails, or the ledger is closed.
    pub(super) fn serve(mut self, queue: &mpsc::Receiver<Command>) {
        while let Ok(command) = queue.recv() {
            match command {
                Command::Batch {
                    noted,
                    settled,
                    intents,
                    now,
                    reply,
                } => {
                    let result = self.write((&noted, &settled), intents, &now);
                    let poisoned = result.is_err();
                    // Nobody waits for the reply of a run that was dropped; the commit stands.
                    drop(reply.send(result));
                    if poisoned {
                        return;
                    }
                }
                Command::Lookups { notes, now, reply } => {
                    let result = self.note(&notes, &now);
                    let poisoned = result.is_err();
                    drop(reply.send(result));
                    if poisoned {
                        return;
                    }
                }
                Command::Undo { notes, now, reply } => {
                    let result = self.undo(&notes, &now);
                    let poisoned = result.is_err();
                    drop(reply.send(result));
                    if poisoned {
                        return;
                    }
                }
                Command::Close { end, now, reply } => {
                    drop(reply.send(self.close(*end, &now)));
                    return;
                }
            }
        }
    }

    fn write(
        &mut self,
        known: Known<'_>,
        intents: Vec<Intent>,
        now: &Moment,
    ) -> Result<Committed, Error> {
        self.check_place()?;
        if !may_grow(self.longest_file(), self.size_limit) {
            self.disk_full = true;
        }
        let intents = if self.disk_full { Vec::new() } else { intents };
        let first = self.commit(known, intents, now);
        let full = matches!(&first, Err(Fault::Sqlite(error)) if is_full(error));
        let result = if full && self.ballast.drop_overboard() {
            // There is room now for what became of the requests on the wire, and for nothing else.
            self.disk_full = true;
            self.commit(known, Vec::new(), now)
        } else {
            first
        };
        result.map_err(|fault| self.failed(fault))
    }

    /// Writes what is said of a device that is undone; tells whether it is on disk. With a full disk
    /// nothing is begun any more, and what is known is still written.
    fn undo(&mut self, notes: &[UndoNote], now: &Moment) -> Result<bool, Error> {
        self.check_place()?;
        if !may_grow(self.longest_file(), self.size_limit) {
            self.disk_full = true;
        }
        let begins = notes.iter().all(UndoNote::begins);
        if self.disk_full && begins {
            return Ok(false);
        }
        let first = self.commit_undo(notes, now);
        let full = matches!(&first, Err(Fault::Sqlite(error)) if is_full(error));
        let result = if full && self.ballast.drop_overboard() {
            self.disk_full = true;
            if begins {
                return Ok(false);
            }
            self.commit_undo(notes, now)
        } else {
            first
        };
        let result = result.map_err(|fault| self.failed(fault));
        result.map(|()| true)
    }

    fn commit_undo(&mut self, notes: &[UndoNote], now: &Moment) -> Result<(), Fault> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let writing = Writing {
            transaction: &transaction,
            digests: self.digests.as_ref(),
            run: self.run,
        };
        for note in notes {
            undo(writing, note, now)?;
        }
        let events = transaction.last_insert_rowid();
        transaction.commit()?;
        self.counter.note(u64::try_from(events).unwrap_or(0));
        Ok(())
    }

    fn failed(&self, fault: Fault) -> Error {
        match fault {
            Fault::Sqlite(source) => sqlite(&self.path, source),
            Fault::Invariant(what) => Flaw::Invariant(what).of(&self.path),
        }
    }

    fn note(&mut self, notes: &[LookupNote], now: &Moment) -> Result<(), Error> {
        self.check_place()?;
        let written = write_notes(&mut self.connection, notes, now.wall_ms);
        written.map_err(|source| sqlite(&self.path, source))
    }

    fn longest_file(&self) -> u64 {
        let length = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        length(&self.path).max(length(&beside(&self.path, "-wal")))
    }

    /// Refuses to write where nobody will find it.
    fn check_place(&self) -> Result<(), Error> {
        let there = std::fs::symlink_metadata(&self.path);
        if there.is_ok_and(|there| (there.dev(), there.ino()) == self.identity) {
            return Ok(());
        }
        let why = std::io::Error::other("it was moved or removed while this run was using it");
        Err(Flaw::Io(why).of(&self.path))
    }

    fn commit(
        &mut self,
        (noted, settled): Known<'_>,
        intents: Vec<Intent>,
        now: &Moment,
    ) -> Result<Committed, Fault> {
        // Not known any more where the transaction fails: it is on disk that they stand.
        let mut in_flight = std::mem::take(&mut self.in_flight);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let writing = Writing {
            transaction: &transaction,
            digests: self.digests.as_ref(),
            run: self.run,
        };
        let mut numbers = Vec::with_capacity(settled.len());
        for end in settled {
            numbers.push(settle(writing, &mut in_flight, end, now)?);
        }
        for note in noted {
            users::note(&transaction, self.run, *note, now.wall_ms)?;
        }
        let mut recorded = Vec::with_capacity(intents.len());
        for intent in intents {
            recorded.push(intend(writing, &mut in_flight, intent, now)?);
        }
        let events = transaction.last_insert_rowid();
        transaction.commit()?;
        self.in_flight = in_flight;
        if !(numbers.is_empty() && recorded.is_empty()) {
            self.counter.note(u64::try_from(events).unwrap_or(0));
        }
        Ok(Committed {
            recorded,
            settled: numbers,
            disk_full: self.disk_full,
        })
    }

    fn close(self, end: RunEnd, now: &Moment) -> Result<(), Error> {
        let Self {
            connection,
            path,
            run,
            ..
        } = self;
        runs::end(&connection, run, end, now.wall_ms).map_err(|source| sqlite(&path, source))?;
        keep_log(&connection, false).map_err(|source| sqlite(&path, source))?;
        // A reader beside us may keep the checkpoint from finishing; the next writer does it then.
        connection
            .close()
            .map_err(|(_, source)| sqlite(&path, source))
    }
}

fn write_notes(
    connection: &mut Connection,
    notes: &[LookupNote],
    now_ms: i64,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for note in notes {
        lookups::write(&transaction, note, now_ms)?;
    }
    transaction.commit()
}

fn begin_run(
    connection: &mut Connection,
    run: &RunRecord,
    now: &Moment,
) -> rusqlite::Result<Option<u8>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let previous = runs::last(&transaction, &run.wave)?;
    let unclean = runs::any_open(&transaction)?;
    runs::begin(&transaction, run, now.wall_ms)?;
    if unclean {
        settle_left_in_flight(&transaction, run.id, now)?;
        runs::end_others(&transaction, run.id, now.wall_ms)?;
    }
    transaction.commit()?;
    Ok(previous.and_then(|run| run.exit_code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stops_growing_while_what_is_on_the_wire_can_still_be_written() {
        let limit = 4 * RESERVE;
        for (length, limit, grows) in [
            (0, None, true),
            (u64::MAX, None, true),
            (0, Some(limit), true),
            (3 * RESERVE - 1, Some(limit), true),
            (3 * RESERVE, Some(limit), false),
            (limit, Some(limit), false),
            (0, Some(RESERVE), false),
            (u64::MAX, Some(u64::MAX), false),
        ] {
            assert_eq!(may_grow(length, limit), grows, "{length} {limit:?}");
        }
    }
}

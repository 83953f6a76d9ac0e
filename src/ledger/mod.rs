//! What is known of every device, on disk, for ever: the only room that knows SQLite.
//!
//! The ledger remembers and refuses; it decides nothing. It is written before a
//! request is sent and after the answer came, by one thread that owns the one
//! writing connection: everything that is queued when it wakes shares a commit.
//! Readers (`results`, a dry run) are welcome beside it.
//!
//! `journal_mode=WAL` with `synchronous=FULL`: what was committed survives a
//! power cut. After a failed commit nothing more is written, because the next
//! one may seem to work on a disk that has already lost a page.
//!
//! A run looks first ([`Found::look`]) and changes last ([`Found::begin`]): a ledger that is
//! refused stays as it was, to the byte.

mod ballast;
mod counter;
mod create;
mod error;
mod file;
mod file_system;
mod found;
mod lock;
mod look;
mod read_ahead;
mod reader;
mod schema;
mod transition;
mod trust;
mod writer;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

pub use self::error::Error;
pub use self::file::companions;
pub use self::found::{Check, Found};
pub use self::reader::Reader;
use crate::model::entry::{DeviceState, LedgerEntry, Moment, UnansweredSend};
use crate::model::ids::{DeviceId, EnvironmentId, RunId};
use crate::model::outcome::{Answer, Device};
use crate::model::request::{DeviceKey, DeviceRequest, RequestDigest};
use crate::model::stop::Stopped;

use self::lock::Lock;
use self::writer::Command;

/// Which tenant a ledger speaks of. One that speaks of another is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Host, and port where it is not the usual one, of the API.
    pub api_host: String,
    /// The environment whose users get devices.
    pub environment: EnvironmentId,
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment {} on {}", self.environment, self.api_host)
    }
}

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

/// Proof that an intent is on disk: leave to send one create request.
///
/// Only [`Ledger::turn`] makes one, after its commit, and the function that
/// sends takes nothing less. "Sent before it was written down" does not compile.
#[derive(Debug)]
pub struct Recorded<T> {
    value: T,
    entry: u64,
    attempt: u32,
}

impl<T> Recorded<T> {
    /// What was recorded.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The number of the device's entry.
    pub fn entry(&self) -> u64 {
        self.entry
    }

    /// The number of this attempt, counted over all runs, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}

/// The wish to send one create request.
#[derive(Debug)]
pub struct Intent {
    /// What is to be sent.
    pub request: DeviceRequest,
    /// Whether it follows an unanswered attempt that was looked for in vain.
    pub resend: bool,
    /// Whether a listing has just shown that there is no such device.
    pub was_absent: bool,
    /// Whether a listing came since the device was last asked for.
    pub looked: bool,
    /// When this is, in milliseconds since 1970: by PingOne's clock, where that was heard.
    pub asked_ms: i64,
    /// The identifier under which PingOne's audit log will know the request, without its attempt number.
    pub transaction: String,
}

/// What a turn gives once all of it is on disk.
#[derive(Debug)]
pub struct Receipt {
    /// Leave to send, for each intent in order.
    pub recorded: Vec<Recorded<DeviceRequest>>,
    /// The numbers of the entries, for each settled device in order.
    pub settled: Vec<u64>,
    /// Whether the disk is full: what was settled is written, and no leave is given any more.
    pub disk_full: bool,
}

/// What became of a device.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Which device.
    pub key: DeviceKey,
    /// For which request: it is kept where the device was refused.
    pub request: RequestDigest,
    /// Its new state; anything but [`DeviceState::InFlight`].
    pub state: DeviceState,
    /// The device, where it is known.
    pub device: Option<Device>,
    /// When the last request could have been sent; with [`DeviceState::Unresolved`] only.
    pub last_send: Option<Moment>,
    /// Whether the device has yet to be looked at once more; with [`DeviceState::Created`] only.
    pub recheck_owed: bool,
    /// When a request for it that was not answered could have been sent last; where a last look is
    /// owed only.
    pub lost: Option<Moment>,
    /// Whether it was refused by an answer that may be another's.
    pub unproven: bool,
    /// What PingOne said.
    pub answer: Answer,
}

/// What a ledger is opened for, and what it found.
#[derive(Debug)]
pub struct Opened {
    /// The ledger.
    pub ledger: Ledger,
    /// How many devices an earlier run left in flight; they are unresolved now.
    pub left_in_flight: u64,
    /// The exit code of the run before on this wave; see [`Reader::last_exit_code`].
    pub previous_exit_code: Option<u8>,
}

/// A ledger, open for one run.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    reader: Reader,
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    // Last, and not before all connections are closed: closing any copy of the ledger's file
    // would drop the locks that SQLite has on it.
    _locks: (Lock, std::fs::File),
}

impl Ledger {
    /// What is known of a device, as of the last commit.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn entry(&self, key: &DeviceKey) -> Result<Option<LedgerEntry>, Error> {
        self.reader.entry(key)
    }

    /// Whether another device than this one has this ID, as of the last commit.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> Result<bool, Error> {
        self.reader.has_elsewhere(id, key)
    }

    /// Whether any run, this one included, has created or found a device.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn any_device(&self) -> Result<bool, Error> {
        self.reader.any_device()
    }

    /// The reading side, for a pass over the whole wave.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Commits what became of devices, and the intents to send, in one transaction.
    ///
    /// Gives leave for each intent, in order, once all of it is on disk.
    ///
    /// # Errors
    ///
    /// Nothing of it was committed, and nothing will be any more: the run must end.
    pub async fn turn(
        &self,
        settled: Vec<Settled>,
        intents: Vec<Intent>,
        now: Moment,
    ) -> Result<Receipt, Error> {
        let poisoned = || Error::Poisoned {
            path: self.path.clone(),
        };
        let (reply, answer) = oneshot::channel();
        let command = Command::Turn {
            settled,
            intents,
            now,
            reply,
        };
        self.commands
            .as_ref()
            .ok_or_else(poisoned)?
            .send(command)
            .map_err(|_| poisoned())?;
        let receipt = answer.await.map_err(|_| poisoned())??;
        self.reader.refresh()?;
        Ok(receipt)
    }

    /// Records how the run ended and closes the file; `stopped` is why it ended before its wave did.
    ///
    /// # Errors
    ///
    /// The last write failed; everything committed before stands.
    pub fn close(
        mut self,
        exit_code: u8,
        stopped: Option<Stopped>,
        now: &Moment,
    ) -> Result<(), Error> {
        let poisoned = || Error::Poisoned {
            path: self.path.clone(),
        };
        let (reply, answer) = mpsc::channel();
        let command = Command::Close {
            exit_code,
            stopped,
            now: now.clone(),
            reply,
        };
        self.commands
            .take()
            .ok_or_else(poisoned)?
            .send(command)
            .map_err(|_| poisoned())?;
        answer.recv().map_err(|_| poisoned())?
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // The lock must outlive the writer. A panic in it has already poisoned the ledger.
            drop(thread.join());
        }
    }
}

/// The doubt of a device that was just sent, or whose answer was lost.
fn doubt(since_ms: i64, last_send: &Moment) -> UnansweredSend {
    UnansweredSend {
        since_ms,
        last_send: last_send.clone(),
    }
}

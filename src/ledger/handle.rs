//! A ledger that a run has begun on.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::batch::{Committed, Intent, Settled};
use super::error::Error;
use super::lock::Lock;
use super::reader::Reader;
use super::writer::{Command, Writer};
use crate::model::entry::{LedgerEntry, Moment};
use crate::model::ids::DeviceId;
use crate::model::request::DeviceKey;
use crate::model::stop::Stopped;

/// What a ledger is opened for, and what it found.
#[derive(Debug)]
pub struct Opened {
    /// The ledger.
    pub ledger: Ledger,
    /// The exit code of the run before on this wave; see [`Reader::last_exit_code`](super::Reader::last_exit_code).
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
    _locks: (Lock, File),
}

impl Ledger {
    /// A ledger that is read by one and written by another, for as long as the locks are held.
    ///
    /// # Errors
    ///
    /// There is no thread for the writer.
    pub(super) fn serve(
        path: &Path,
        reader: Reader,
        writer: Writer,
        locks: (Lock, File),
    ) -> io::Result<Self> {
        let (commands, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.serve(&queue))?;
        Ok(Self {
            path: path.to_owned(),
            reader,
            commands: Some(commands),
            thread: Some(thread),
            _locks: locks,
        })
    }

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

    /// Commits what became of devices, and the intents to send, in one transaction.
    ///
    /// Gives leave for each intent, in order, once all of it is on disk.
    ///
    /// # Errors
    ///
    /// Nothing of it was committed, and nothing will be any more: the run must end.
    pub async fn commit(
        &self,
        settled: Vec<Settled>,
        intents: Vec<Intent>,
        now: Moment,
    ) -> Result<Committed, Error> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Batch {
            settled,
            intents,
            now,
            reply,
        };
        self.hand_over(command)?;
        let committed = answer.await.map_err(|_| self.poisoned())??;
        self.reader.refresh()?;
        Ok(committed)
    }

    /// Records how the run ended and closes the file; `stopped` is why it ended before its wave did.
    ///
    /// # Errors
    ///
    /// The last write failed; everything committed before stands.
    pub fn close(self, exit_code: u8, stopped: Option<Stopped>, now: &Moment) -> Result<(), Error> {
        let (reply, answer) = mpsc::channel();
        let command = Command::Close {
            exit_code,
            stopped,
            now: now.clone(),
            reply,
        };
        self.hand_over(command)?;
        answer.recv().map_err(|_| self.poisoned())?
    }

    fn hand_over(&self, command: Command) -> Result<(), Error> {
        let sent = self.commands.as_ref().map(|queue| queue.send(command));
        sent.and_then(Result::ok).ok_or_else(|| self.poisoned())
    }

    fn poisoned(&self) -> Error {
        Error::Poisoned {
            path: self.path.clone(),
        }
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

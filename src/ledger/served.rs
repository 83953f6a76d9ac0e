//! A ledger in its file, read here and written by a thread of its own.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::batch::{Committed, Intent, Settled};
use super::error::{Error, Flaw};
use super::lock::Lock;
use super::lookups::{LookupNote, Remembered};
use super::reader::Reader;
use super::runs::RunEnd;
use super::undo::UndoNote;
use super::users::NotedMfa;
use super::writer::{Command, Writer};
use crate::model::earlier_use::EarlierUse;
use crate::model::entry::{LedgerEntry, Moment};
use crate::model::ids::{DeviceId, UserId};
use crate::model::mfa::MfaNote;
use crate::model::names::PolicyAnswer;
use crate::model::phone::E164;
use crate::model::policy_ref::PolicyRef;
use crate::model::request::DeviceKey;
use crate::model::user_name::UserName;

/// A ledger in its file, open for one run.
#[derive(Debug)]
pub(super) struct Served {
    path: PathBuf,
    reader: Reader,
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    // Last, and not before all connections are closed: closing any copy of the ledger's file
    // would drop the locks that SQLite has on it.
    _locks: (Lock, File),
}

impl Served {
    /// A ledger that is read by one and written by another, for as long as the locks are held.
    ///
    /// # Errors
    ///
    /// There is no thread for the writer.
    pub(super) fn new(
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

    pub(super) fn entry(&self, key: &DeviceKey) -> Result<Option<LedgerEntry>, Error> {
        self.reader.entry(key)
    }

    pub(super) fn mfa(&self, user: UserId) -> Result<Option<NotedMfa>, Error> {
        self.reader.mfa(user)
    }

    pub(super) fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> Result<bool, Error> {
        self.reader.has_elsewhere(id, key)
    }

    pub(super) fn any_device(&self) -> Result<bool, Error> {
        self.reader.any_device()
    }

    pub(super) async fn commit(
        &self,
        noted: Vec<MfaNote>,
        settled: Vec<Settled>,
        intents: Vec<Intent>,
        now: Moment,
    ) -> Result<Committed, Error> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Batch {
            noted,
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

    pub(super) fn user_named(&self, name: &UserName) -> Result<Option<Remembered>, Error> {
        self.reader.user_named(name)
    }

    pub(super) fn policy_named(&self, policy: &PolicyRef) -> Result<Option<PolicyAnswer>, Error> {
        self.reader.policy_named(policy)
    }

    pub(super) fn last_device_before(&self, wave: &str) -> Result<u64, Error> {
        self.reader.last_device_before(wave)
    }

    pub(super) fn earlier_use(
        &self,
        asked: (E164, UserId),
        last: u64,
    ) -> Result<Option<EarlierUse>, Error> {
        self.reader.earlier_use(asked, last)
    }

    pub(super) async fn note(&self, notes: Vec<LookupNote>, now: Moment) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.hand_over(Command::Lookups { notes, now, reply })?;
        answer.await.map_err(|_| self.poisoned())??;
        self.reader.refresh()
    }

    pub(super) async fn undo(&self, notes: Vec<UndoNote>, now: Moment) -> Result<bool, Error> {
        let (reply, answer) = oneshot::channel();
        self.hand_over(Command::Undo { notes, now, reply })?;
        let written = answer.await.map_err(|_| self.poisoned())??;
        self.reader.refresh()?;
        Ok(written)
    }

    pub(super) fn close(self, end: RunEnd, now: &Moment) -> Result<(), Error> {
        let (reply, answer) = mpsc::channel();
        let command = Command::Close {
            end: Box::new(end),
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
        Flaw::Poisoned.of(&self.path)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // The lock must outlive the writer. A panic in it has already poisoned the ledger.
            drop(thread.join());
        }
    }
}

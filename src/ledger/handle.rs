//! A ledger that a run has begun on.

use super::batch::{Committed, Intent, Settled};
use super::error::Error;
#[cfg(test)]
use super::in_memory::Begun;
use super::lookups::{LookupNote, Remembered};
use super::runs::RunEnd;
use super::served::Served;
use super::undo::{Deletable, UndoNote, UndoStep};
use super::users::NotedMfa;
use crate::model::earlier_use::EarlierUse;
use crate::model::entry::{LedgerEntry, Moment};
use crate::model::ids::{DeviceId, UserId};
use crate::model::mfa::MfaNote;
use crate::model::names::PolicyAnswer;
use crate::model::phone::E164;
use crate::model::policy_ref::PolicyRef;
use crate::model::request::DeviceKey;
use crate::model::user_name::UserName;

/// What a ledger is opened for, and what it found.
#[derive(Debug)]
pub struct Opened {
    /// The ledger.
    pub ledger: Ledger,
    /// The exit code of the run before on this wave, where it lived to write one down.
    pub previous_exit_code: Option<u8>,
}

/// A ledger, open for one run.
#[derive(Debug)]
pub struct Ledger(Store);

/// Where it is kept.
#[derive(Debug)]
enum Store {
    File(Box<Served>),
    #[cfg(test)]
    Memory(Begun),
}

impl Ledger {
    pub(super) fn in_file(served: Served) -> Self {
        Self(Store::File(Box::new(served)))
    }

    /// One that is in memory alone.
    #[cfg(test)]
    pub(crate) fn in_memory(begun: Begun) -> Self {
        Self(Store::Memory(begun))
    }

    /// What is known of a device, as of the last commit.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn entry(&self, key: &DeviceKey) -> Result<Option<LedgerEntry>, Error> {
        match &self.0 {
            Store::File(served) => served.entry(key),
            #[cfg(test)]
            Store::Memory(begun) => Ok(begun.entry(key)),
        }
    }

    /// What is noted of a user's MFA, as of the last commit.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn mfa(&self, user: UserId) -> Result<Option<NotedMfa>, Error> {
        match &self.0 {
            Store::File(served) => served.mfa(user),
            #[cfg(test)]
            Store::Memory(begun) => Ok(begun.mfa(user)),
        }
    }

    /// Whether another device than this one has this ID, as of the last commit.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> Result<bool, Error> {
        match &self.0 {
            Store::File(served) => served.has_elsewhere(id, key),
            #[cfg(test)]
            Store::Memory(begun) => Ok(begun.has_elsewhere(id, key)),
        }
    }

    /// Whether any run, this one included, has created or found a device.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn any_device(&self) -> Result<bool, Error> {
        match &self.0 {
            Store::File(served) => served.any_device(),
            #[cfg(test)]
            Store::Memory(begun) => Ok(begun.any_device()),
        }
    }

    /// Commits what is noted of users, what became of devices, and the intents to send, in one
    /// transaction.
    ///
    /// Gives leave for each intent, in order, once all of it is on disk.
    ///
    /// # Errors
    ///
    /// Nothing of it was committed, and nothing will be any more: the run must end.
    pub async fn commit(
        &self,
        noted: Vec<MfaNote>,
        settled: Vec<Settled>,
        intents: Vec<Intent>,
        now: Moment,
    ) -> Result<Committed, Error> {
        match &self.0 {
            Store::File(served) => served.commit(noted, settled, intents, now).await,
            #[cfg(test)]
            Store::Memory(begun) => begun.commit(noted, settled, intents, now).await,
        }
    }

    /// Commits that a device is about to be deleted, and gives leave for it; `None` where the disk is
    /// full: then nothing is begun any more.
    ///
    /// # Errors
    ///
    /// It was not committed, and nothing will be any more: the run must end.
    pub(crate) async fn begin_undo(
        &self,
        key: &DeviceKey,
        device: DeviceId,
        now: Moment,
    ) -> Result<Option<Deletable>, Error> {
        let key = key.clone();
        let note = UndoNote {
            key: key.clone(),
            device,
            step: UndoStep::Begins,
        };
        let written = self.undo(vec![note], now).await?;
        Ok(written.then_some(Deletable { key, device }))
    }

    /// Commits what else is said of a device that is undone.
    ///
    /// # Errors
    ///
    /// As [`Ledger::begin_undo`].
    pub(crate) async fn undo(&self, notes: Vec<UndoNote>, now: Moment) -> Result<bool, Error> {
        match &self.0 {
            Store::File(served) => served.undo(notes, now).await,
            #[cfg(test)]
            Store::Memory(begun) => begun.undo(notes, now).await,
        }
    }

    /// What was told last of a user's name, as of the last commit.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn user_named(&self, name: &UserName) -> Result<Option<Remembered>, Error> {
        match &self.0 {
            Store::File(served) => served.user_named(name),
            #[cfg(test)]
            Store::Memory(_) => Ok(None),
        }
    }

    /// What was told last of a policy that is not named by its ID, as of the last commit.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn policy_named(&self, policy: &PolicyRef) -> Result<Option<PolicyAnswer>, Error> {
        match &self.0 {
            Store::File(served) => served.policy_named(policy),
            #[cfg(test)]
            Store::Memory(_) => Ok(None),
        }
    }

    /// The number of the last device that was known before a wave was first run.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn last_device_before(&self, wave: &str) -> Result<u64, Error> {
        match &self.0 {
            Store::File(served) => served.last_device_before(wave),
            #[cfg(test)]
            Store::Memory(_) => Ok(0),
        }
    }

    /// Where another user has a phone, by the devices up to this number.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn earlier_use(
        &self,
        asked: (E164, UserId),
        last: u64,
    ) -> Result<Option<EarlierUse>, Error> {
        match &self.0 {
            Store::File(served) => served.earlier_use(asked, last),
            #[cfg(test)]
            Store::Memory(_) => Ok(None),
        }
    }

    /// Commits what look-ups told, in one transaction.
    ///
    /// # Errors
    ///
    /// Nothing of it was committed, and nothing will be any more: the run must end.
    pub(crate) async fn note(&self, notes: Vec<LookupNote>, now: Moment) -> Result<(), Error> {
        match &self.0 {
            Store::File(served) => served.note(notes, now).await,
            #[cfg(test)]
            Store::Memory(_) => Ok(()),
        }
    }

    /// Records how the run ended and closes the file.
    ///
    /// # Errors
    ///
    /// The last write failed; everything committed before stands.
    pub fn close(self, end: RunEnd, now: &Moment) -> Result<(), Error> {
        match self.0 {
            Store::File(served) => served.close(end, now),
            #[cfg(test)]
            Store::Memory(_) => Ok(()),
        }
    }
}

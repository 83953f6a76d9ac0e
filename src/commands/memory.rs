//! What is remembered of names and of devices, by the ledger of a run or beside it.

use super::parts::Parts;
use crate::clock;
use crate::error::Error;
use crate::input::Wave;
use crate::ledger::{Ledger, LookupNote, Reader, Remembered};
use crate::model::entry::DeviceState;
use crate::model::names::{Names, PolicyAnswer};
use crate::model::policy_ref::PolicyRef;
use crate::model::request::{DeviceKey, RowDefaults};
use crate::model::row::{Column, Header};
use crate::model::user_name::{UserBy, UserName};
use crate::model::validate::names_in;
use crate::report::known_state::Known;

/// Where answers are remembered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Memory<'a> {
    /// In the ledger of a run, which remembers new ones.
    OfRun(&'a Ledger),
    /// In a ledger that is read alone, where there is one.
    ReadOnly(Option<&'a Reader>),
    /// In the ledgers of the shards of a wave, which are read alone.
    OfParts(&'a Parts),
    /// As such a one, for a run that creates anew what was undone: nothing is known of that.
    Recreating(Option<&'a Reader>),
}

impl<'a> Memory<'a> {
    /// That of a dry run, in a ledger that is read alone, where there is one.
    pub(super) fn of_dry_run(ledger: Option<&'a Reader>, recreate: bool) -> Self {
        if recreate {
            Memory::Recreating(ledger)
        } else {
            Memory::ReadOnly(ledger)
        }
    }

    /// What is known of a device and of its user.
    pub(super) fn device(&self, key: &DeviceKey) -> Result<Known, Error> {
        let (entry, noted) = match self {
            Memory::OfRun(ledger) => (ledger.entry(key)?, ledger.mfa(key.user)?),
            Memory::ReadOnly(Some(reader)) | Memory::Recreating(Some(reader)) => {
                (reader.entry(key)?, reader.mfa(key.user)?)
            }
            Memory::OfParts(parts) => parts.device(key)?,
            Memory::ReadOnly(None) | Memory::Recreating(None) => (None, None),
        };
        let forgets = matches!(self, Memory::Recreating(_));
        let entry = entry.filter(|entry| !(forgets && entry.state == DeviceState::Undone));
        Ok(Known {
            state: entry.into(),
            mfa: noted.map(|noted| noted.state),
        })
    }

    /// The last answer to a look-up of a user's name.
    pub(super) fn user(&self, name: &UserName) -> Result<Option<Remembered>, Error> {
        Ok(match self {
            Memory::OfRun(ledger) => ledger.user_named(name)?,
            Memory::OfParts(parts) => first(parts.ledgers().map(|ledger| ledger.user_named(name)))?,
            Memory::ReadOnly(reader) | Memory::Recreating(reader) => match reader {
                Some(reader) => reader.user_named(name)?,
                None => None,
            },
        })
    }

    /// The same for a run, which goes on by it. A dry run is to tell how it is now.
    pub(super) fn user_of_run(&self, name: &UserName) -> Result<Option<Remembered>, Error> {
        match self {
            Memory::OfRun(_) => self.user(name),
            Memory::ReadOnly(_) | Memory::OfParts(_) | Memory::Recreating(_) => Ok(None),
        }
    }

    /// The last answer to a look-up of a policy.
    pub(super) fn policy(&self, policy: &PolicyRef) -> Result<Option<PolicyAnswer>, Error> {
        Ok(match self {
            Memory::OfRun(ledger) => ledger.policy_named(policy)?,
            Memory::OfParts(parts) => {
                first(parts.ledgers().map(|ledger| ledger.policy_named(policy)))?
            }
            Memory::ReadOnly(reader) | Memory::Recreating(reader) => match reader {
                Some(reader) => reader.policy_named(policy)?,
                None => None,
            },
        })
    }

    /// Remembers answers, where that is allowed.
    pub(super) async fn note(&self, notes: Vec<LookupNote>) -> Result<(), Error> {
        match self {
            Memory::OfRun(ledger) if !notes.is_empty() => {
                Ok(ledger.note(notes, clock::moment()).await?)
            }
            Memory::OfRun(_) | Memory::ReadOnly(_) | Memory::OfParts(_) | Memory::Recreating(_) => {
                Ok(())
            }
        }
    }
}

/// The first of several answers that says anything.
fn first<T, E>(mut answers: impl Iterator<Item = Result<Option<T>, E>>) -> Result<Option<T>, E> {
    answers.find_map(Result::transpose).transpose()
}

/// Whether anything in a wave may have to be looked up.
pub(super) fn has_names(header: &Header, defaults: &RowDefaults) -> bool {
    let by_name = match header.user_by() {
        UserBy::Id => false,
        UserBy::Name(_) => true,
    };
    let default_is_named = match &defaults.policy {
        None | Some(PolicyRef::Id(_)) => false,
        Some(PolicyRef::Default | PolicyRef::Name(_)) => true,
    };
    by_name || default_is_named || header.place(Column::Policy).is_some()
}

/// What is remembered of the names in a wave, however long ago it was told: the results are a function
/// of the wave and the ledger, and not of the time.
///
/// # Errors
///
/// The wave or the ledger cannot be read.
pub(super) fn remember(
    wave: &Wave,
    defaults: &RowDefaults,
    memory: Memory<'_>,
) -> Result<Names, Error> {
    let mut names = Names::default();
    if !has_names(wave.header(), defaults) || matches!(memory, Memory::ReadOnly(None)) {
        return Ok(names);
    }
    for row in wave.rows() {
        let (user, policy) = names_in(wave.header(), &row?, defaults);
        if let Some(name) = user
            && names.user(&name).is_none()
            && let Some(known) = memory.user(&name)?
        {
            names.note_user(&name, known.answer);
        }
        if let Some(policy) = policy
            && names.policy(&policy).is_none()
            && let Some(answer) = memory.policy(&policy)?
        {
            names.note_policy(policy, answer);
        }
    }
    Ok(names)
}

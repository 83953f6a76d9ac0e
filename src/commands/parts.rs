//! The ledgers of the shards of a wave, read together: each speaks of its own users.

use std::rc::Rc;

use crate::error::Error;
use crate::ledger::{NotedMfa, Reader};
use crate::model::earlier_use::EarlierUse;
use crate::model::entry::LedgerEntry;
use crate::model::ids::UserId;
use crate::model::phone::E164;
use crate::model::request::DeviceKey;
use crate::model::shard::Shard;
use crate::report::known_state::{Mode, NotReached};

/// What is read of one shard.
#[derive(Debug)]
pub(super) struct Part {
    ledger: Option<Rc<Reader>>,
    /// The number of the last device that an earlier wave may have asked for.
    last_before: u64,
    /// What is told of a row of which the ledger knows nothing.
    mode: Mode,
}

impl Part {
    /// What a ledger tells of a wave; `mode` is what is told of a row of which it knows nothing.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(super) fn read(ledger: &Rc<Reader>, wave: &str, mode: Mode) -> Result<Self, Error> {
        Ok(Self {
            last_before: ledger.last_device_before(wave)?,
            ledger: Some(Rc::clone(ledger)),
            mode,
        })
    }

    /// Nothing: nobody has named the ledger of this shard.
    pub(super) fn missing(shard: Shard) -> Self {
        Self {
            ledger: None,
            last_before: 0,
            mode: Mode::Run(NotReached::OfShard(shard)),
        }
    }

    fn earlier_use(&self, phone: E164, user: UserId) -> Result<Option<EarlierUse>, Error> {
        match &self.ledger {
            // Nearly every ledger begins with one wave: none of its rows is looked up.
            Some(ledger) if self.last_before > 0 => {
                Ok(ledger.earlier_use((phone, user), self.last_before)?)
            }
            Some(_) | None => Ok(None),
        }
    }
}

/// What is read of all shards, in their order; a single one, of whatever shard, speaks of all rows.
#[derive(Debug)]
pub(super) struct Parts(pub(super) Vec<Part>);

impl Parts {
    /// What is told of a row of a user of which the ledger knows nothing.
    pub(super) fn mode(&self, user: Option<UserId>) -> &Mode {
        &self.of(user).mode
    }

    /// Their ledgers.
    pub(super) fn ledgers(&self) -> impl Iterator<Item = &Reader> {
        self.0.iter().filter_map(|part| part.ledger.as_deref())
    }

    /// What is known of a device, and noted of its user.
    pub(super) fn device(
        &self,
        key: &DeviceKey,
    ) -> Result<(Option<LedgerEntry>, Option<NotedMfa>), Error> {
        match &self.of(Some(key.user)).ledger {
            Some(ledger) => Ok((ledger.entry(key)?, ledger.mfa(key.user)?)),
            None => Ok((None, None)),
        }
    }

    /// Where another user has a phone from an earlier wave.
    pub(super) fn earlier_use(
        &self,
        phone: E164,
        user: UserId,
    ) -> Result<Option<EarlierUse>, Error> {
        let own = self.of(Some(user));
        if let Some(found) = own.earlier_use(phone, user)? {
            return Ok(Some(found));
        }
        for other in self.0.iter().filter(|part| !std::ptr::eq(*part, own)) {
            if let Some(found) = other.earlier_use(phone, user)? {
                // The run of its own shard could not know, and did not refuse the row for it.
                return Ok(Some(EarlierUse {
                    is_asked_for: true,
                    ..found
                }));
            }
        }
        Ok(None)
    }

    /// What is read of the shard of a user; a row whose user cannot be read belongs to the first.
    fn of(&self, user: Option<UserId>) -> &Part {
        let of = u32::try_from(self.0.len()).unwrap_or(1);
        let number = user.map_or(1, |user| Shard::of_user(user, of).number());
        &self.0[number as usize - 1]
    }
}

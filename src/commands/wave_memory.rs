//! What is remembered, for the rows of one wave.

use super::memory::Memory;
use crate::error::Error;
use crate::model::earlier_use::EarlierUse;
use crate::model::ids::UserId;
use crate::model::phone::E164;
use crate::model::request::DeviceKey;
use crate::report::known_state::Known;

/// What is remembered of devices, and of phones before a wave was first run.
#[derive(Clone, Copy, Debug)]
pub(super) struct WaveMemory<'a> {
    memory: Memory<'a>,
    /// The number of the last device that an earlier wave may have asked for.
    last_before: u64,
}

impl<'a> WaveMemory<'a> {
    /// `wave` is its name in the ledger.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub(super) fn new(memory: Memory<'a>, wave: &str) -> Result<Self, Error> {
        let last_before = match memory {
            Memory::OfRun(ledger) => ledger.last_device_before(wave)?,
            Memory::ReadOnly(Some(reader)) | Memory::Recreating(Some(reader)) => {
                reader.last_device_before(wave)?
            }
            // Each of them has such a number of its own.
            Memory::OfParts(_) | Memory::ReadOnly(None) | Memory::Recreating(None) => 0,
        };
        Ok(Self {
            memory,
            last_before,
        })
    }

    /// What is known of a device and of its user.
    pub(super) fn device(&self, key: &DeviceKey) -> Result<Known, Error> {
        self.memory.device(key)
    }

    /// Where another user has a phone from an earlier wave.
    pub(super) fn earlier_use(
        &self,
        phone: E164,
        user: UserId,
    ) -> Result<Option<EarlierUse>, Error> {
        if let Memory::OfParts(parts) = self.memory {
            return parts.earlier_use(phone, user);
        }
        let last = self.last_before;
        if last == 0 {
            // Nearly every ledger begins with one wave: none of its rows is looked up.
            return Ok(None);
        }
        Ok(match self.memory {
            Memory::OfRun(ledger) => ledger.earlier_use((phone, user), last)?,
            Memory::ReadOnly(Some(reader)) | Memory::Recreating(Some(reader)) => {
                reader.earlier_use((phone, user), last)?
            }
            Memory::OfParts(_) | Memory::ReadOnly(None) | Memory::Recreating(None) => None,
        })
    }
}

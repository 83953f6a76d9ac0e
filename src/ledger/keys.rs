//! By what a ledger knows a device.

use crate::model::ids::UserId;
use crate::model::request::{DeviceKey, DeviceType};

/// A device's key as the ledger has it.
#[derive(Debug, Hash, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) user: UserId,
    pub(super) kind: DeviceType,
    pub(super) address: String,
}

impl From<&DeviceKey> for Key {
    fn from(key: &DeviceKey) -> Self {
        Self {
            user: key.user,
            kind: key.kind,
            address: key.address.key(),
        }
    }
}

/// A device's key as it is read: its address may be gone.
#[derive(Debug)]
pub(super) struct StoredKey {
    pub(super) user: UserId,
    pub(super) kind: DeviceType,
    /// Nothing where it was purged.
    pub(super) address: Option<String>,
}

impl StoredKey {
    /// By what a device is looked up; nothing where that was purged.
    pub(super) fn whole(self) -> Option<Key> {
        Some(Key {
            user: self.user,
            kind: self.kind,
            address: self.address?,
        })
    }
}

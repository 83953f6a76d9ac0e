//! One of each, for tests.

use super::event::RowLabel;
use super::ids::{PolicyId, UserId};
use super::phone::E164;
use super::request::{Address, DeviceKey, DeviceRequest, DeviceType};
use super::row::RowNumber;

/// The WhatsApp device of a user, who has no other.
pub(crate) fn key(user: u8) -> DeviceKey {
    DeviceKey {
        user: UserId::from_bytes([user; 16]),
        kind: DeviceType::WhatsApp,
        address: Address::Phone(E164::from_digits("15125551234").unwrap()),
    }
}

/// A row of the same number that asks for a user's device, and for nothing more than it has to.
pub(crate) fn request(user: u8) -> DeviceRequest {
    DeviceRequest {
        row: RowNumber(u64::from(user)),
        line: u64::from(user) + 1,
        key: key(user),
        policy: PolicyId::from_bytes([7; 16]),
        status: None,
        nickname: None,
        notification: None,
    }
}

/// What events call this row, of which nothing else is known.
pub(crate) fn label(row: u64) -> RowLabel {
    RowLabel {
        row: RowNumber(row),
        line: row + 1,
        user: None,
        address: None,
    }
}

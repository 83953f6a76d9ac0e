//! The one device that everything is about.

use wavepair::testing::model::{
    Address, DeviceKey, DeviceRequest, DeviceType, E164, EnvironmentId, PolicyId, RowNumber, UserId,
};

/// The digits of its phone.
pub(crate) const DIGITS: &str = "15125551234";

/// A secret that must come to light nowhere.
pub(crate) const SECRET: &str = "c4n4ry-0f-w4vep41r";

pub(crate) fn environment() -> EnvironmentId {
    EnvironmentId::from_bytes([1; 16])
}

pub(crate) fn request() -> DeviceRequest {
    let phone = E164::from_digits(DIGITS).expect("the digits of a phone");
    DeviceRequest {
        row: RowNumber(1),
        line: 2,
        key: DeviceKey {
            user: UserId::from_bytes([0x11; 16]),
            kind: DeviceType::WhatsApp,
            address: Address::Phone(phone),
        },
        policy: PolicyId::from_bytes([2; 16]),
        status: None,
        nickname: None,
        notification: None,
    }
}

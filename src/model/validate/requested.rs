//! What could be read of a row's cells, whatever the verdict.

use super::super::ids::{PolicyId, UserId};
use super::super::phone::E164;
use super::super::request::{Address, DeviceStatus, DeviceType};

/// What a row asks for, as far as that can be told: of a row that is refused, too.
///
/// A cell that was refused is not among it, so that nothing is shown as if it were mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestedDevice {
    /// Whose device.
    pub user: Option<UserId>,
    /// What kind of device.
    pub kind: Option<DeviceType>,
    /// Where it sends passcodes.
    pub address: Option<Address>,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// The status that the device gets.
    pub status: Option<DeviceStatus>,
}

impl RequestedDevice {
    /// The phone; `None` for `EMAIL`.
    pub fn phone(&self) -> Option<E164> {
        self.address.as_ref()?.phone()
    }

    /// The phone or mailbox, masked.
    pub fn masked_address(&self) -> Option<String> {
        self.address.as_ref().map(Address::masked)
    }
}

//! What could be read of a row's cells, whatever the verdict.

use super::super::ids::{PolicyId, UserId};
use super::super::invalid::Problem;
use super::super::phone::E164;
use super::super::request::{Address, DeviceStatus, DeviceType};
use super::super::warning::Warning;

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
    /// What could be read of each cell.
    pub(super) fn read(
        user: &Result<UserId, Problem>,
        kind: &Result<DeviceType, Problem>,
        address: &Result<(Address, Option<Warning>), Problem>,
        policy: &Result<PolicyId, Problem>,
        status: &Result<Option<DeviceStatus>, Problem>,
    ) -> Self {
        // Where the type is not known, nobody knows either whether a mailbox is meant.
        let is_meant = |address: &&Address| kind.is_ok() || address.phone().is_some();
        let address = address.as_ref().ok().map(|(address, _)| address);
        let status = status.as_ref().ok();
        Self {
            user: user.as_ref().ok().copied(),
            kind: kind.as_ref().ok().copied(),
            address: address.filter(is_meant).cloned(),
            policy: policy.as_ref().ok().copied(),
            status: status.map(|status| status.unwrap_or(DeviceStatus::Active)),
        }
    }

    /// The phone; `None` for `EMAIL`.
    pub fn phone(&self) -> Option<E164> {
        self.address.as_ref()?.phone()
    }

    /// The phone or mailbox, masked.
    pub fn masked_address(&self) -> Option<String> {
        self.address.as_ref().map(Address::masked)
    }
}

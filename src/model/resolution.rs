//! What a person says of a device that wavepair alone does not settle.

use super::entry::DeviceState;
use super::ids::DeviceId;

/// What a person says of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// PingOne does not have it, and no lost request can still make it.
    Absent,
    /// It is the one with this ID.
    Is(DeviceId),
}

/// What the ledger has of the device from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// Where it stands.
    pub state: DeviceState,
    /// Its ID, where it is there.
    pub device: Option<DeviceId>,
}

/// Why a person decided, and who that was.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Testimony {
    /// What the person wrote of it; nothing where that was purged.
    pub note: Option<String>,
    /// The name under which the operating system knows the person; nothing where that was purged.
    pub person: Option<String>,
}

/// A note may hold a phone.
impl std::fmt::Debug for Testimony {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Testimony")
    }
}

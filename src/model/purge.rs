//! What a purge comes to.

/// What a purge takes out of a ledger, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PurgeCounts {
    /// Devices that were settled long enough ago.
    pub devices: u64,
    /// Names that were looked up long enough ago.
    pub names: u64,
    /// Devices that were settled later.
    pub younger: u64,
    /// Devices that are in doubt, or that somebody has yet to look at.
    pub open: u64,
    /// Devices that an earlier purge came to.
    pub earlier: u64,
}

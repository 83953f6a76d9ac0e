//! What a run did in a minute.

/// What a run did in one minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Minute {
    /// How many devices it created.
    pub created: u64,
    /// How many creates PingOne answered with 429.
    pub throttled: u64,
}

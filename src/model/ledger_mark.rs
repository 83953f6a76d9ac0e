//! How far a ledger had come, by numbers that only grow and the name of its last run.

use super::ids::RunId;

/// How far a ledger had come; a new one, and none, have come nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerMark {
    /// Runs that began on it.
    pub runs: u64,
    /// Events of its history.
    pub events: u64,
    /// The last of the runs: two ledgers with the same numbers differ in it.
    pub last_run: Option<RunId>,
}

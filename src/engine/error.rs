//! Why a run could not go on.

use thiserror::Error;

use crate::ledger;

/// Why a run could not go on.
#[derive(Debug, Error)]
pub enum Error {
    /// The ledger failed: nothing was sent after that.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A part of the run panicked: nothing was sent after that.
    #[error("the run was cut short by a fault of wavepair itself")]
    Panicked,
}

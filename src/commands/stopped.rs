//! Why something ends before it is done.

use crate::error::Error;
use crate::model::stop::StopReason;

/// Why something ends before it is done.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Going on has no point, or somebody asked for it.
    Reason(StopReason),
    /// wavepair itself cannot go on.
    Failed(Error),
}

/// Parts a reason from a failure.
///
/// # Errors
///
/// The failure.
pub(super) fn stopped(end: Result<(), Stopped>) -> Result<Option<StopReason>, Error> {
    match end {
        Ok(()) => Ok(None),
        Err(Stopped::Reason(reason)) => Ok(Some(reason)),
        Err(Stopped::Failed(error)) => Err(error),
    }
}

impl From<StopReason> for Stopped {
    fn from(reason: StopReason) -> Self {
        Stopped::Reason(reason)
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Stopped::Failed(error)
    }
}

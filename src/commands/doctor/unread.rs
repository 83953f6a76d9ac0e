//! Why something was not read, and what to do about it.

use crate::engine::questions::ReadFault;
use crate::model::stop::{StopReason, Stopped};
use crate::pingone::hint;

/// Why nothing more can be asked.
pub(super) fn describe_stop(reason: &StopReason) -> String {
    Stopped::from(reason).message
}

/// Why there is no token; where nothing answers, with what to do about that.
pub(super) fn unasked(reason: &StopReason) -> String {
    if let StopReason::Unavailable { what } = reason {
        hint::advised(what, hint::NO_ANSWER)
    } else {
        describe_stop(reason)
    }
}

/// Why something was not read.
pub(super) fn unread(fault: &ReadFault) -> String {
    match fault {
        ReadFault::Stop(reason) => unasked(reason),
        ReadFault::Refused(error) => format!("{error}; {}", error.hint()),
    }
}

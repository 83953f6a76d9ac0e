//! Why a request told nothing of what it was about, as far as that is the same for all of them.

use crate::model::code;
use crate::model::outcome::Proof;
use crate::model::why_nothing::WhyNothing;
use crate::pingone::head::Head;
use crate::pingone::transport::Fault;

/// Why an answer told nothing, where its status alone says so.
pub(super) fn of_status(head: &Head) -> Option<WhyNothing> {
    Some(match head.status {
        // Whatever it says, it says it of another request.
        _ if head.proof == Proof::MixedUp => WhyNothing::MixedUp,
        401 => WhyNothing::Unauthorized,
        403 => WhyNothing::Forbidden,
        429 => WhyNothing::Throttled {
            retry_after: head.retry_after,
        },
        300..=399 => WhyNothing::Redirected,
        511 => WhyNothing::CaptivePortal,
        408 | 500..=599 => WhyNothing::NoInformation,
        _ => return None,
    })
}

/// Why there was no answer.
pub(super) fn of_fault(fault: &Fault) -> WhyNothing {
    if fault.kind.is_distrust() {
        WhyNothing::Untrusted
    } else {
        WhyNothing::NoInformation
    }
}

/// Our word for it, where PingOne gives none of its own.
pub(super) fn word(why: WhyNothing) -> &'static str {
    match why {
        WhyNothing::Throttled { .. } => code::THROTTLED,
        WhyNothing::Unauthorized => code::UNAUTHORIZED,
        WhyNothing::Forbidden => code::FORBIDDEN,
        WhyNothing::NoInformation => code::SERVER_ERROR,
        WhyNothing::Unreadable | WhyNothing::Unproven => code::UNREADABLE_ANSWER,
        WhyNothing::Untrusted => code::TLS_FAILED,
        WhyNothing::Redirected => code::REDIRECTED,
        WhyNothing::CaptivePortal => code::CAPTIVE_PORTAL,
        WhyNothing::MixedUp => code::MIXED_UP,
    }
}

//! Why a question was not answered, whether it is asked again, and what it says of its token.

use std::time::Duration;

use super::options::LONGEST_HOLD;
use super::tokens::TokenVerdict;
use crate::model::stop::StopReason;
use crate::pingone::read::{ReadError, ReadFailure};
use crate::retry::RetryPolicy;

/// Why a question was not answered.
#[derive(Debug)]
pub(crate) enum ReadFault {
    /// Nothing can be asked at all.
    Stop(StopReason),
    /// This question was refused.
    Refused(ReadError),
}

/// After how long something is asked again that was asked so often; nothing where it is not.
pub(super) fn again(retry: &RetryPolicy, error: &ReadError, tries: u32) -> Option<Duration> {
    match error.failure {
        ReadFailure::Unauthorized => Some(Duration::ZERO),
        ReadFailure::Transient { retry_after } if tries < retry.attempts.get() => {
            let backoff = retry.between_tries(tries);
            Some(retry_after.unwrap_or(backoff).min(LONGEST_HOLD))
        }
        ReadFailure::Transient { .. }
        | ReadFailure::Forbidden
        | ReadFailure::NotFound
        | ReadFailure::Untrusted
        | ReadFailure::Redirected
        | ReadFailure::CaptivePortal
        | ReadFailure::Malformed => None,
    }
}

/// What a question that came back says of its token.
pub(super) fn verdict_of<T>(answer: &Result<T, ReadError>) -> TokenVerdict {
    match answer {
        Ok(_) => TokenVerdict::Accepted,
        Err(error) if error.failure == ReadFailure::Unauthorized => TokenVerdict::Refused,
        Err(_) => TokenVerdict::Unheard,
    }
}

//! The rule: what a run does after a request about a user's `mfaEnabled`.
//!
//! To read it changes nothing, and to switch it on twice does no harm. So nothing is ever in doubt
//! here, and whatever is not clear is read once more.

use std::time::Duration;

use super::history::History;
use super::look::LOOKS_WITHOUT_INFORMATION;
use super::policy::RetryPolicy;
use crate::model::mfa::MfaOutcome;

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MfaDecision {
    /// The user can use MFA: the device may be created.
    GoOn,
    /// It is off: switch it on.
    Switch,
    /// Read it (again) after this long.
    Read {
        /// The wait.
        after: Duration,
    },
    /// It is not on, and nothing helps in this run.
    GiveUp,
}

/// Decides what follows such a request; `switches` is whether it was to switch MFA on.
///
/// | the answer | a read | a switch |
/// |---|---|---|
/// | it is on | go on | go on |
/// | it is off | switch it on | as if it told nothing |
/// | 429 | read it after the wait, as often as it takes | the same |
/// | 401 | read it with a new token, once | the same |
/// | told nothing, up to 6 times | read it after a backoff | the same |
/// | may be another's, up to 6 times | read it at once on a fresh connection | the same |
/// | a refusal, or nobody who can be trusted | give up | the same |
pub(crate) fn after_mfa(
    policy: &RetryPolicy,
    history: &mut History,
    outcome: &MfaOutcome,
    switches: bool,
    jitter: f64,
) -> MfaDecision {
    match outcome {
        MfaOutcome::Is(true) => {
            history.throttles = 0;
            history.reauthorized = false;
            history.mfa_failures = 0;
            MfaDecision::GoOn
        }
        MfaOutcome::Is(false) if !switches => MfaDecision::Switch,
        MfaOutcome::Throttled { retry_after } => MfaDecision::Read {
            after: policy.throttled(history, *retry_after, jitter),
        },
        MfaOutcome::Unauthorized if !history.reauthorized => {
            history.reauthorized = true;
            READ_NOW
        }
        // The run stops, and the row stays as it is.
        MfaOutcome::MixedUp => READ_NOW,
        MfaOutcome::Is(false)
        | MfaOutcome::NoInformation
        | MfaOutcome::Unreadable
        | MfaOutcome::Unproven => {
            history.mfa_failures += 1;
            if history.mfa_failures >= LOOKS_WITHOUT_INFORMATION {
                return MfaDecision::GiveUp;
            }
            // Another connection tells more at once.
            if *outcome == MfaOutcome::Unproven {
                return READ_NOW;
            }
            MfaDecision::Read {
                after: policy.backoff(history.mfa_failures - 1, jitter),
            }
        }
        MfaOutcome::Unauthorized
        | MfaOutcome::Forbidden
        | MfaOutcome::UserUnknown
        | MfaOutcome::Refused
        | MfaOutcome::Untrusted
        | MfaOutcome::Redirected
        | MfaOutcome::CaptivePortal => MfaDecision::GiveUp,
    }
}

const READ_NOW: MfaDecision = MfaDecision::Read {
    after: Duration::ZERO,
};

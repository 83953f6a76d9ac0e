//! The rule: whether what told nothing is asked for again, and when.

use std::time::Duration;

use super::history::History;
use super::policy::RetryPolicy;
use crate::model::why_nothing::WhyNothing;

/// How often the same is asked for in vain: with the backoffs between, for half a minute at most.
pub(super) const IN_VAIN_MAX: u32 = 6;

/// After how long what told nothing is asked for again; nothing where it is not.
///
/// `in_vain` counts how often it was asked for without learning anything; to ask changes nothing.
///
/// | why it told nothing | asked again |
/// |---|---|
/// | 429 | after the wait, as often as it takes |
/// | 401 | with a new token, once |
/// | no information, or nobody can read it, up to 6 times | after a backoff |
/// | may be another's, counted with these | at once: on a fresh connection that tells more |
/// | another's | at once: the run stops, and the row stays as it is |
/// | a refusal, or nobody who can be trusted | not |
pub(super) fn ask_again(
    policy: &RetryPolicy,
    history: &mut History,
    in_vain: fn(&mut History) -> &mut u32,
    why: WhyNothing,
    jitter: f64,
) -> Option<Duration> {
    match why {
        WhyNothing::Throttled { retry_after } => {
            Some(policy.throttled(history, retry_after, jitter))
        }
        WhyNothing::Unauthorized if !history.reauthorized => {
            history.reauthorized = true;
            Some(Duration::ZERO)
        }
        WhyNothing::NoInformation | WhyNothing::Unreadable => {
            backoff_in_vain(policy, in_vain(history), jitter)
        }
        WhyNothing::Unproven => backoff_in_vain(policy, in_vain(history), 0.0),
        WhyNothing::MixedUp => Some(Duration::ZERO),
        WhyNothing::Unauthorized
        | WhyNothing::Forbidden
        | WhyNothing::Untrusted
        | WhyNothing::Redirected
        | WhyNothing::CaptivePortal => None,
    }
}

/// The wait after one more time in vain; none once it was too often.
pub(super) fn backoff_in_vain(
    policy: &RetryPolicy,
    in_vain: &mut u32,
    jitter: f64,
) -> Option<Duration> {
    *in_vain += 1;
    (*in_vain < IN_VAIN_MAX).then(|| policy.backoff(*in_vain - 1, jitter))
}

//! The rule: what a run does after a request about a user's `mfaEnabled`.
//!
//! To read it changes nothing, and to switch it on twice does no harm. So nothing is ever in doubt
//! here, and whatever is not clear is read once more.

use std::time::Duration;

use super::history::History;
use super::nothing::{ask_again, backoff_in_vain};
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
/// | it told nothing | read it as [`ask_again`] says; else give up | the same |
/// | a refusal | give up | the same |
pub(crate) fn after_mfa(
    policy: &RetryPolicy,
    history: &mut History,
    outcome: &MfaOutcome,
    switches: bool,
    jitter: f64,
) -> MfaDecision {
    let again = match outcome {
        MfaOutcome::Is(true) => {
            history.throttles = 0;
            history.reauthorized = false;
            history.mfa_failures = 0;
            return MfaDecision::GoOn;
        }
        MfaOutcome::Is(false) if !switches => return MfaDecision::Switch,
        MfaOutcome::Is(false) => backoff_in_vain(policy, reads_in_vain(history), jitter),
        MfaOutcome::Nothing(why) => ask_again(policy, history, reads_in_vain, *why, jitter),
        MfaOutcome::UserUnknown | MfaOutcome::Refused => None,
    };
    again.map_or(MfaDecision::GiveUp, |after| MfaDecision::Read { after })
}

fn reads_in_vain(history: &mut History) -> &mut u32 {
    &mut history.mfa_failures
}

//! The rule: what a run does after an answer to a create request, or without one.

use std::time::Duration;

use super::decision::{Decision, Verdict};
use super::history::{Doubt, History};
use super::policy::{FIRST_LOOK, RetryPolicy};
use crate::model::entry::DeviceState;
use crate::model::outcome::{Ambiguity, AttemptOutcome, Proof, Refusal};

/// How long a request has to take effect whose refusal may be another's, before it is looked for: as
/// long as one that got no answer.
pub(crate) const UNPROVEN_LOOK: Duration = FIRST_LOOK;

/// Decides what follows a create request.
///
/// What may follow turns on what the attempt *told us*, not on how bad the
/// failure looks:
///
/// | what the attempt told us | what follows |
/// |---|---|
/// | [`Created`](AttemptOutcome::Created) | finish |
/// | [`NotCreated`](AttemptOutcome::NotCreated), may pass | retry, at most `attempts` times |
/// | … but [`Throttled`](Refusal::Throttled) or [`Withheld`](Refusal::Withheld) | retry, free of charge |
/// | … but [`Unauthorized`](Refusal::Unauthorized) | retry once, with a new token |
/// | … but [`UserUnknown`](Refusal::UserUnknown) | look once, when a new user may have become visible, then retry |
/// | [`NotCreated`](AttemptOutcome::NotCreated), will not pass | finish; look first if an earlier request was lost |
/// | … but [`AlreadyThere`](Refusal::AlreadyThere) | look |
/// | … by an answer that is not [`Proven`](Proof::Proven) | look before a retry, and before a final refusal is believed |
/// | [`Indeterminate`](AttemptOutcome::Indeterminate) | look; finish as unknown where the run must stop |
///
/// There is no arm that answers an indeterminate attempt with a create. That
/// absence is what keeps a lost answer from becoming a second device.
///
/// `since_ms` is when the attempt's intent was written; `others_succeed` tells
/// whether any row of the run was created; `jitter` is drawn by the caller from
/// `0.0..1.0`.
pub(crate) fn after_create(
    policy: &RetryPolicy,
    history: &mut History,
    outcome: &AttemptOutcome,
    proof: Proof,
    since_ms: i64,
    others_succeed: bool,
    jitter: f64,
) -> Decision {
    match outcome {
        AttemptOutcome::Created(device) => Verdict::with(DeviceState::Created, device),
        AttemptOutcome::NotCreated(refusal) => {
            let decision = after_refusal(policy, history, *refusal, others_succeed, jitter);
            if proof == Proof::Proven {
                return decision;
            }
            history.unproven_since_ms = Some(since_ms);
            look_first(history, *refusal, decision)
        }
        AttemptOutcome::Indeterminate(ambiguity) => {
            history.doubt = Some(Doubt {
                met_conflict: *ambiguity == Ambiguity::Conflict,
                ..Doubt::new(since_ms)
            });
            history.blind_looks = 0;
            match ambiguity {
                Ambiguity::TimedOut
                | Ambiguity::ConnectionLost
                | Ambiguity::Unreadable
                | Ambiguity::ServerError
                | Ambiguity::QuotaExceeded
                | Ambiguity::RequestTimeout
                | Ambiguity::ForeignError
                | Ambiguity::UnexpectedStatus
                | Ambiguity::WrongDevice => Decision::Look {
                    after: policy.next_look(Duration::ZERO),
                },
                // PingOne says that something is there: it can be looked at now.
                Ambiguity::Conflict => Decision::LOOK_NOW,
                Ambiguity::Redirected | Ambiguity::CaptivePortal | Ambiguity::MixedUp => {
                    Verdict::of(DeviceState::Unresolved)
                }
            }
        }
    }
}

fn after_refusal(
    policy: &RetryPolicy,
    history: &mut History,
    refusal: Refusal,
    others_succeed: bool,
    jitter: f64,
) -> Decision {
    let again = |after| Decision::Create {
        after,
        resend: false,
    };
    let verdict = match refusal {
        Refusal::Unreachable | Refusal::OutOfResources => {
            history.failures += 1;
            if history.failures < policy.attempts.get() {
                return again(policy.backoff(history.failures - 1, jitter));
            }
            DeviceState::Failed
        }
        Refusal::Withheld => return again(Duration::ZERO),
        Refusal::Throttled { retry_after } => {
            return again(policy.throttled(history, retry_after, jitter));
        }
        Refusal::Unauthorized => {
            if !history.reauthorized {
                history.reauthorized = true;
                return again(Duration::ZERO);
            }
            DeviceState::Failed
        }
        Refusal::UserUnknown => {
            if others_succeed && !history.waited_for_user {
                history.waited_for_user = true;
                // The answer may have been another's, and the device be there after all.
                return Decision::Look {
                    after: policy.not_found_delay,
                };
            }
            user_unknown(history)
        }
        Refusal::AlreadyThere | Refusal::DeviceLimit | Refusal::Invalid => {
            // Our own lost device may be what is in the way here.
            if refusal == Refusal::AlreadyThere || history.resends > 0 {
                history.refusal = Some(refusal);
                return Decision::LOOK_NOW;
            }
            DeviceState::Rejected
        }
        Refusal::Forbidden | Refusal::Conflicting | Refusal::Untrusted | Refusal::Misdirected => {
            DeviceState::Failed
        }
    };
    Verdict::of(verdict)
}

/// Puts a look before whatever rests on a refusal that may be another request's: ours may be on
/// its way still, and take effect.
fn look_first(history: &mut History, refusal: Refusal, decision: Decision) -> Decision {
    match decision {
        // Everything is held as long as this, and for a second at least.
        Decision::Create { after, .. } if matches!(refusal, Refusal::Throttled { .. }) => {
            Decision::Look { after }
        }
        Decision::Create { after, .. } | Decision::Look { after } => Decision::Look {
            after: after.max(UNPROVEN_LOOK),
        },
        Decision::Finish(_) => {
            history.refusal = Some(refusal);
            Decision::Look {
                after: UNPROVEN_LOOK,
            }
        }
        Decision::Defer { .. } => decision,
    }
}

/// The state of a device whose request was refused like this, and which is not there.
pub(super) fn refused(refusal: Refusal) -> DeviceState {
    match refusal {
        Refusal::AlreadyThere | Refusal::DeviceLimit | Refusal::Invalid => DeviceState::Rejected,
        Refusal::Unreachable
        | Refusal::Untrusted
        | Refusal::OutOfResources
        | Refusal::Withheld
        | Refusal::Throttled { .. }
        | Refusal::Unauthorized
        | Refusal::Forbidden
        | Refusal::UserUnknown
        | Refusal::Conflicting
        | Refusal::Misdirected => DeviceState::Failed,
    }
}

/// A user that PingOne did not know in an earlier run either is refused for good.
pub(super) fn user_unknown(history: &History) -> DeviceState {
    if history.unknown_user_before {
        DeviceState::Rejected
    } else {
        DeviceState::Failed
    }
}

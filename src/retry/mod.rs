//! What follows an answered request. Pure: no clock, no dice, no waiting.
//!
//! The rules are those that keep a lost answer from becoming a second device. In
//! a listing *present* is proof and *absent* is not: a request that was given up
//! may still take effect, and a listing may lag. So an unanswered create is never
//! sent again before the settling time has passed since the last instant at which
//! it could have been sent, and two complete listings have failed to show it.

mod audit;
mod look;

use std::num::NonZeroU32;
use std::time::Duration;

pub use self::look::{CLOCK_SKEW, is_ours};
use crate::model::entry::DeviceState;
use crate::model::outcome::{Ambiguity, AttemptOutcome, Device, Proof, Refusal};

/// How often and how soon things are tried again.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// How often a row may fail in one run; a 429 does not count.
    pub attempts: NonZeroU32,
    /// The longest first wait of the exponential backoff.
    pub base_delay: Duration,
    /// The longest wait of the exponential backoff.
    pub max_delay: Duration,
    /// How long after the last possible send an unanswered request may be sent again.
    pub settle: Duration,
    /// How long after a 404 a user is asked about once more: a new user may not be visible yet.
    pub not_found_delay: Duration,
}

/// How long a request has to take effect whose refusal may be another's, before it is looked for.
const UNPROVEN_LOOK: Duration = Duration::from_secs(2);

/// How often a listing that told nothing is asked for again.
const LOOKS_WITHOUT_INFORMATION: u32 = 6;

/// What a run knows of a row that it works at.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all their combinations occur"
)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Failures that count against [`RetryPolicy::attempts`].
    pub failures: u32,
    /// How often in a row a 429 named no wait.
    pub throttles: u32,
    /// Whether a 401 was answered with a new token already.
    pub reauthorized: bool,
    /// Whether a 404 was waited out already.
    pub waited_for_user: bool,
    /// How many listings in a row told nothing.
    pub blind_looks: u32,
    /// Whether a listing showed that the device was not there before the first request.
    pub was_absent: bool,
    /// How many requests followed unanswered ones, ever.
    pub resends: u32,
    /// Set while an unanswered request may have created the device.
    pub doubt: Option<Doubt>,
    /// A refusal that stands unless the listing shows the device.
    pub refusal: Option<Refusal>,
    /// When the intent was written of a request that was refused by an answer which may be
    /// another's, in milliseconds since 1970: it may have made the device after all.
    pub unproven_since_ms: Option<i64>,
    /// Whether an unanswered request was settled as absent and sent again in this run.
    pub sent_again: bool,
    /// Whether the unanswered request was answered after all, with a conflict: what is
    /// there then was there before it.
    pub conflict: bool,
    /// Whether an earlier run ended with PingOne not knowing the user.
    pub unknown_user_before: bool,
    /// Whether an earlier run saw more than one such device.
    pub several_before: bool,
}

impl History {
    /// Whether an unanswered request has not been looked for in vain yet.
    pub fn is_not_looked_for(&self) -> bool {
        let doubt = self.doubt.as_ref();
        doubt.is_some_and(|doubt| doubt.first_negative.is_none())
    }

    /// Whether a device of ours has to be looked at once more: a request for it was not answered,
    /// or its ID is not known.
    pub fn is_audit_owed(&self, device: Option<&Device>) -> bool {
        self.doubt.is_some() || self.sent_again || device.is_none_or(|device| device.id.is_none())
    }
}

/// An unanswered request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// When its intent was written, in wall-clock milliseconds since 1970.
    pub since_ms: i64,
    /// Its age at the first complete listing that did not show the device.
    pub first_negative: Option<Duration>,
}

impl Doubt {
    /// A request whose intent was written then, and which nobody has looked for yet.
    pub fn new(since_ms: i64) -> Self {
        Self {
            since_ms,
            first_negative: None,
        }
    }
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Ask for the device after this long, as far as the pace allows.
    Create {
        /// The wait.
        after: Duration,
        /// Whether this follows an unanswered request that was settled as absent.
        resend: bool,
    },
    /// List the user's devices after this long, as far as the pace allows.
    Look {
        /// The wait.
        after: Duration,
    },
    /// The row is done in this run.
    Finish(Verdict),
    /// Not known, and nothing to be learned before the unanswered request is so old. If the
    /// run lasts that long, look then; otherwise the row ends as unknown.
    Defer {
        /// The wait.
        after: Duration,
    },
}

/// How a row is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The state that the ledger keeps.
    pub state: DeviceState,
    /// The device, where it is known.
    pub device: Option<Device>,
}

impl Verdict {
    fn of(state: DeviceState) -> Decision {
        Decision::Finish(Self {
            state,
            device: None,
        })
    }

    fn with(state: DeviceState, device: &Device) -> Decision {
        Decision::Finish(Self {
            state,
            device: Some(device.clone()),
        })
    }
}

impl RetryPolicy {
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
    pub fn after_create(
        &self,
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
                let decision = self.after_refusal(history, *refusal, others_succeed, jitter);
                if proof == Proof::Proven {
                    return decision;
                }
                history.unproven_since_ms = Some(since_ms);
                look_first(history, *refusal, decision)
            }
            AttemptOutcome::Indeterminate(ambiguity) => {
                history.doubt = Some(Doubt::new(since_ms));
                history.blind_looks = 0;
                history.conflict = *ambiguity == Ambiguity::Conflict;
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
                        after: self.next_look(Duration::ZERO),
                    },
                    // PingOne says that something is there: it can be looked at now.
                    Ambiguity::Conflict => Decision::Look {
                        after: Duration::ZERO,
                    },
                    Ambiguity::Redirected | Ambiguity::CaptivePortal | Ambiguity::MixedUp => {
                        Verdict::of(DeviceState::Unresolved)
                    }
                }
            }
        }
    }

    fn after_refusal(
        &self,
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
                if history.failures < self.attempts.get() {
                    return again(self.backoff(history.failures - 1, jitter));
                }
                DeviceState::Failed
            }
            Refusal::Withheld => return again(Duration::ZERO),
            Refusal::Throttled { retry_after } => {
                return again(self.throttled(history, retry_after, jitter));
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
                        after: self.not_found_delay,
                    };
                }
                user_unknown(history)
            }
            Refusal::AlreadyThere => {
                history.refusal = Some(refusal);
                return Decision::Look {
                    after: Duration::ZERO,
                };
            }
            Refusal::DeviceLimit | Refusal::Invalid => {
                if history.sent_again {
                    // Our own lost device may be what is refused here.
                    history.refusal = Some(refusal);
                    return Decision::Look {
                        after: Duration::ZERO,
                    };
                }
                DeviceState::Rejected
            }
            Refusal::Forbidden
            | Refusal::Conflicting
            | Refusal::Untrusted
            | Refusal::Misdirected => DeviceState::Failed,
        };
        Verdict::of(verdict)
    }

    /// Full-jitter exponential backoff: anything up to `base_delay` doubled `exponent` times.
    fn backoff(&self, exponent: u32, jitter: f64) -> Duration {
        let ceiling = self
            .base_delay
            .saturating_mul(1 << exponent.min(16))
            .min(self.max_delay);
        ceiling.mul_f64(jitter.clamp(0.0, 1.0))
    }

    /// The wait after a 429: what PingOne asks for, or a backoff of at least the base delay.
    fn throttled(
        &self,
        history: &mut History,
        retry_after: Option<Duration>,
        jitter: f64,
    ) -> Duration {
        if let Some(delay) = retry_after {
            history.throttles = 0;
            return delay;
        }
        history.throttles += 1;
        self.backoff(history.throttles, jitter).max(self.base_delay)
    }
}

/// Puts a look before whatever rests on a refusal that may be another request's: ours may be on
/// its way still, and take effect.
fn look_first(history: &mut History, refusal: Refusal, decision: Decision) -> Decision {
    match decision {
        // Everything is held as long as this, and for a second at least.
        Decision::Create { after, .. } if matches!(refusal, Refusal::Throttled { .. }) => {
            Decision::Look { after }
        }
        Decision::Create { after, .. } => Decision::Look {
            after: after.max(UNPROVEN_LOOK),
        },
        Decision::Finish(_) => {
            history.refusal = Some(refusal);
            Decision::Look {
                after: UNPROVEN_LOOK,
            }
        }
        Decision::Look { .. } | Decision::Defer { .. } => decision,
    }
}

/// The state of a device whose request was refused like this, and which is not there.
fn refused(refusal: Refusal) -> DeviceState {
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
fn user_unknown(history: &History) -> DeviceState {
    if history.unknown_user_before {
        DeviceState::Rejected
    } else {
        DeviceState::Failed
    }
}

#[cfg(test)]
mod tests;

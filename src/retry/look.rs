//! What follows a listing of a user's devices, and what it proves.

use std::time::Duration;

use super::{
    Decision, History, LOOKS_WITHOUT_INFORMATION, RetryPolicy, Verdict, refused, user_unknown,
};
use crate::model::entry::{DeviceState, RESENDS_MAX};
use crate::model::outcome::{Device, Listing, LookOutcome};

/// The ages of an unanswered request at which its device is looked for, for positive evidence.
const LOOKS: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_mins(1),
];
/// The age from which a negative look counts in a run that is not to wait for the settling time.
const NEGATIVE_LOOK: Duration = Duration::from_mins(2);
/// The distance between the two negative looks.
const LOOKS_APART: Duration = Duration::from_secs(30);
/// How much earlier than our intent PingOne's clock may say that it made our device.
pub const CLOCK_SKEW: Duration = Duration::from_mins(5);

impl RetryPolicy {
    /// Decides what follows a listing of the user's devices.
    ///
    /// `age` is the time since the last instant at which the unanswered request
    /// could have been sent; it means nothing where there is none.
    ///
    /// | the listing | nothing was sent | a request is unanswered |
    /// |---|---|---|
    /// | shows the device | `found` | `created` where it is ours, else `found` |
    /// | shows several | `several` | `several` |
    /// | does not show it | create | look at growing ages; two such looks apart, the second older than `settle`: create; otherwise unknown |
    /// | told nothing, 6 times | `failed`; `several` where an earlier run saw that | unknown |
    /// | may be another's | look at once, on a fresh connection | the same |
    /// | user not known | retry once, then `failed` | as not showing it |
    ///
    /// A request that was refused by an answer which is not proven ours counts as sent where the
    /// listing shows the device, and as not sent where it does not.
    pub fn after_look(
        &self,
        history: &mut History,
        outcome: &LookOutcome,
        age: Duration,
        others_succeed: bool,
        jitter: f64,
    ) -> Decision {
        let unsettled = if history.doubt.is_some() {
            DeviceState::Unresolved
        } else if history.several_before {
            // What was seen stays seen: as failed, it could be asked for once more without a look.
            DeviceState::Several
        } else {
            DeviceState::Failed
        };
        match outcome {
            LookOutcome::Seen(listing) => {
                history.blind_looks = 0;
                history.throttles = 0;
                history.reauthorized = false;
                self.after_listing(history, listing, age)
            }
            LookOutcome::UserUnknown => match history.doubt {
                Some(_) => self.absent_in_doubt(history, age, self.not_found_delay),
                None if others_succeed && !history.waited_for_user => {
                    history.waited_for_user = true;
                    Decision::Look {
                        after: self.not_found_delay,
                    }
                }
                None => {
                    history.unproven_since_ms = None;
                    Verdict::of(user_unknown(history))
                }
            },
            LookOutcome::Throttled { retry_after } => Decision::Look {
                after: self.throttled(history, *retry_after, jitter),
            },
            LookOutcome::Unauthorized if !history.reauthorized => {
                history.reauthorized = true;
                Decision::Look {
                    after: Duration::ZERO,
                }
            }
            LookOutcome::Unauthorized
            | LookOutcome::Forbidden
            | LookOutcome::Untrusted
            | LookOutcome::Redirected
            | LookOutcome::CaptivePortal => Verdict::of(unsettled),
            LookOutcome::NoInformation => {
                history.blind_looks += 1;
                if history.blind_looks < LOOKS_WITHOUT_INFORMATION {
                    Decision::Look {
                        after: self.backoff(history.blind_looks - 1, jitter),
                    }
                } else {
                    Verdict::of(unsettled)
                }
            }
            LookOutcome::Unproven => {
                history.blind_looks += 1;
                if history.blind_looks < LOOKS_WITHOUT_INFORMATION {
                    Decision::Look {
                        after: Duration::ZERO,
                    }
                } else {
                    Verdict::of(unsettled)
                }
            }
            // The run stops, and the row stays as it is.
            LookOutcome::MixedUp => Decision::Look {
                after: Duration::ZERO,
            },
        }
    }

    fn after_listing(&self, history: &mut History, listing: &Listing, age: Duration) -> Decision {
        match (listing, &history.doubt) {
            (Listing::Several(device), _) => Verdict::with(DeviceState::Several, device),
            (Listing::Present(device), doubt) => {
                let after_it = doubt.as_ref().is_some_and(|doubt| {
                    !history.conflict && is_ours(device, doubt.since_ms, history.was_absent)
                });
                let after_refusal = history
                    .unproven_since_ms
                    .is_some_and(|since_ms| is_ours(device, since_ms, history.was_absent));
                let ours = after_it || after_refusal || history.sent_again;
                let state = if ours {
                    DeviceState::Created
                } else {
                    DeviceState::Found
                };
                Verdict::with(state, device)
            }
            (Listing::Absent, Some(_)) => self.absent_in_doubt(history, age, Duration::ZERO),
            (Listing::Absent, None) => {
                history.unproven_since_ms = None;
                if let Some(refusal) = history.refusal {
                    Verdict::of(refused(refusal))
                } else {
                    history.several_before = false;
                    history.was_absent = true;
                    Decision::Create {
                        after: Duration::ZERO,
                        resend: false,
                    }
                }
            }
        }
    }

    /// What follows a complete listing that does not show a device which was asked for.
    fn absent_in_doubt(
        &self,
        history: &mut History,
        age: Duration,
        at_least: Duration,
    ) -> Decision {
        let Some(doubt) = history.doubt.as_mut() else {
            return Verdict::of(DeviceState::Failed);
        };
        let apart = self.looks_apart();
        let first = *doubt.first_negative.get_or_insert(age);
        let second = age.saturating_sub(first) >= apart && age > first;
        if second && age >= self.settle {
            if history.resends >= RESENDS_MAX {
                return Verdict::of(DeviceState::Unresolved);
            }
            history.doubt = None;
            history.resends += 1;
            history.sent_again = true;
            history.was_absent = true;
            return Decision::Create {
                after: Duration::ZERO,
                resend: true,
            };
        }
        if age < self.last_look() {
            return Decision::Look {
                after: self.next_look(age).max(at_least),
            };
        }
        if !second {
            let after = (first + apart)
                .saturating_sub(age)
                .max(Duration::from_millis(1));
            return Decision::Look {
                after: after.max(at_least),
            };
        }
        Decision::Defer {
            after: (self.settle.saturating_sub(age)).max(at_least),
        }
    }

    /// The distance between the two negative looks: 30 s or a quarter of the settling time.
    fn looks_apart(&self) -> Duration {
        LOOKS_APART.min(self.settle / 4)
    }

    /// The age after which a run does not wait for the device to show any more.
    fn last_look(&self) -> Duration {
        NEGATIVE_LOOK.min(self.settle) + self.looks_apart()
    }

    /// The wait, at an age, until the next look for positive evidence.
    pub(super) fn next_look(&self, age: Duration) -> Duration {
        let first_negative = NEGATIVE_LOOK.min(self.settle);
        LOOKS
            .into_iter()
            .map(|look| look.min(first_negative))
            .chain([first_negative, self.last_look()])
            .find(|&look| look > age)
            .map_or(Duration::ZERO, |look| look.saturating_sub(age))
    }
}

/// Whether a device that a listing shows is the one that a request asked for: it was not
/// there before, or PingOne says that it made it no earlier.
pub fn is_ours(device: &Device, since_ms: i64, was_absent: bool) -> bool {
    was_absent || made_after(device, since_ms)
}

/// Whether PingOne says that it made a device no earlier than our intent, but for a clock's skew.
fn made_after(device: &Device, since_ms: i64) -> bool {
    let made: Option<jiff::Timestamp> = device
        .created_at
        .as_deref()
        .and_then(|created_at| created_at.parse().ok());
    let skew = i64::try_from(CLOCK_SKEW.as_millis()).unwrap_or(i64::MAX);
    made.is_some_and(|made| made.as_millisecond() >= since_ms.saturating_sub(skew))
}

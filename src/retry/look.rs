//! The rule: what a run does after a listing of a user's devices.

use std::time::Duration;

use super::create::{refused, user_unknown};
use super::decision::{Decision, Verdict};
use super::history::History;
use super::nothing::{ask_again, backoff_in_vain};
use super::ours::is_ours;
use super::policy::RetryPolicy;
use crate::model::entry::{DeviceState, RESENDS_MAX};
use crate::model::outcome::{Listing, LookOutcome};

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
/// | told nothing | look as [`ask_again`] says; else `failed`, or `several` where an earlier run saw that | look as [`ask_again`] says; else unknown |
/// | user not known | retry once, then `failed` | as not showing it |
///
/// For a row that is barred nothing is sent: where it would be created it is `rejected`, or unknown
/// where a request is unanswered.
///
/// A request that was refused by an answer which is not proven ours counts as sent where the
/// listing shows the device, and as not sent where it does not.
pub(crate) fn after_look(
    policy: &RetryPolicy,
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
            after_listing(policy, history, listing, age)
        }
        LookOutcome::UserUnknown => match history.doubt {
            Some(_) => absent_in_doubt(policy, history, age, policy.not_found_delay),
            None if others_succeed && !history.waited_for_user => {
                history.waited_for_user = true;
                Decision::Look {
                    after: policy.not_found_delay,
                }
            }
            None => {
                history.unproven_since_ms = None;
                Verdict::of(user_unknown(history))
            }
        },
        LookOutcome::Nothing(why) => match ask_again(policy, history, blind_looks, *why, jitter) {
            Some(after) => Decision::Look { after },
            None => Verdict::of(unsettled),
        },
    }
}

/// How many listings in a row told nothing.
pub(super) fn blind_looks(history: &mut History) -> &mut u32 {
    &mut history.blind_looks
}

fn after_listing(
    policy: &RetryPolicy,
    history: &mut History,
    listing: &Listing,
    age: Duration,
) -> Decision {
    match (listing, &history.doubt) {
        (Listing::Several(device), _) => Verdict::with(DeviceState::Several, device),
        (Listing::Present(device), doubt) => {
            let after_it = doubt.as_ref().is_some_and(|doubt| {
                !doubt.met_conflict && is_ours(device, doubt.since_ms, history.was_absent)
            });
            let after_refusal = history
                .unproven_since_ms
                .is_some_and(|since_ms| is_ours(device, since_ms, history.was_absent));
            let ours = after_it || after_refusal || history.resends > 0;
            let state = if ours {
                DeviceState::Created
            } else {
                DeviceState::Found
            };
            Verdict::with(state, device)
        }
        (Listing::Absent, Some(_)) => absent_in_doubt(policy, history, age, Duration::ZERO),
        (Listing::Absent, None) => {
            history.unproven_since_ms = None;
            if let Some(refusal) = history.refusal {
                Verdict::of(refused(refusal))
            } else {
                history.several_before = false;
                history.was_absent = true;
                if history.is_barred {
                    return Verdict::of(DeviceState::Rejected);
                }
                Decision::create_now(false)
            }
        }
    }
}

/// What follows a complete listing that does not show a device which was asked for.
fn absent_in_doubt(
    policy: &RetryPolicy,
    history: &mut History,
    age: Duration,
    at_least: Duration,
) -> Decision {
    let Some(doubt) = history.doubt.as_mut() else {
        return Verdict::of(DeviceState::Failed);
    };
    let apart = policy.looks_apart();
    let first = *doubt.first_negative.get_or_insert(age);
    let second = age.saturating_sub(first) >= apart && age > first;
    if second && age >= policy.settle {
        if history.resends >= RESENDS_MAX || history.is_barred {
            return Verdict::of(DeviceState::Unresolved);
        }
        history.doubt = None;
        history.resends += 1;
        history.was_absent = true;
        return Decision::create_now(true);
    }
    if age < policy.last_look() {
        return Decision::Look {
            after: policy.next_look(age).max(at_least),
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
        after: (policy.settle.saturating_sub(age)).max(at_least),
    }
}

/// Looks again after a listing that told nothing, if that did not happen too often in a row.
pub(super) fn look_again(
    policy: &RetryPolicy,
    history: &mut History,
    jitter: f64,
    at_last: Decision,
) -> Decision {
    backoff_in_vain(policy, blind_looks(history), jitter)
        .map_or(at_last, |after| Decision::Look { after })
}

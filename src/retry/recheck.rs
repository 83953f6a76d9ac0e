//! What follows a look at a device that is ours: whether it is there once, and under which ID.

use super::decision::{Decision, Verdict};
use super::history::History;
use super::look::look_again;
use super::ours::is_ours;
use super::policy::RetryPolicy;
use crate::model::entry::DeviceState;
use crate::model::outcome::{Device, Listing, LookOutcome};

/// Decides what follows a listing that is to show a device which PingOne said it made, or
/// was seen to have made. `intent_ms` is when its last intent was written.
///
/// A verdict of `created` says that the listing told all it can, `several` that there is
/// another such device besides, and `unresolved` that it told nothing: somebody has to look
/// again in a later run. Nothing is sent again, whatever it shows.
///
/// | the listing | what follows |
/// |---|---|
/// | shows the device, or the only one that can be it | `created` |
/// | shows several, or one with another ID | `several` |
/// | does not show it, 6 times | `created`: a listing may lag; `unresolved` if its ID is not known |
/// | shows one that was there before, and ours has no ID | as not showing it |
/// | told nothing, 6 times, or is not allowed | `unresolved` |
pub(crate) fn after_recheck(
    policy: &RetryPolicy,
    history: &mut History,
    outcome: &LookOutcome,
    made: &Device,
    intent_ms: i64,
    jitter: f64,
) -> Decision {
    // A device whose ID is not known is looked for again by the next run.
    let unlisted = if made.id.is_none() {
        Verdict::of(DeviceState::Unresolved)
    } else {
        Verdict::with(DeviceState::Created, made)
    };
    match outcome {
        LookOutcome::Seen(Listing::Several(_)) => Verdict::with(DeviceState::Several, made),
        LookOutcome::Seen(Listing::Present(listed)) => match (made.id, listed.id) {
            (Some(made_id), Some(listed_id)) if made_id != listed_id => {
                Verdict::with(DeviceState::Several, made)
            }
            // Somebody else's device may be all that a lagging listing shows.
            (None, Some(_)) if is_ours(listed, intent_ms, history.was_absent) => {
                Verdict::with(DeviceState::Created, listed)
            }
            (None, Some(_)) => look_again(policy, history, jitter, unlisted),
            (Some(_) | None, Some(_) | None) => Verdict::with(DeviceState::Created, made),
        },
        LookOutcome::Throttled { retry_after } => Decision::Look {
            after: policy.throttled(history, *retry_after, jitter),
        },
        LookOutcome::Unauthorized if !history.reauthorized => {
            history.reauthorized = true;
            Decision::LOOK_NOW
        }
        LookOutcome::Seen(Listing::Absent) => look_again(policy, history, jitter, unlisted),
        // Without the user there is no ID left to learn.
        LookOutcome::UserUnknown => look_again(
            policy,
            history,
            jitter,
            Verdict::with(DeviceState::Created, made),
        ),
        LookOutcome::NoInformation | LookOutcome::Unreadable | LookOutcome::Unproven => {
            let unresolved = Verdict::of(DeviceState::Unresolved);
            look_again(policy, history, jitter, unresolved)
        }
        LookOutcome::Unauthorized
        | LookOutcome::Forbidden
        | LookOutcome::Untrusted
        | LookOutcome::Redirected
        | LookOutcome::CaptivePortal
        | LookOutcome::MixedUp => Verdict::of(DeviceState::Unresolved),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::*;
    use crate::model::ids::DeviceId;
    use crate::retry::Doubt;

    const INTENT: i64 = 1_700_000_000_000;

    fn policy() -> RetryPolicy {
        RetryPolicy {
            attempts: NonZeroU32::new(4).unwrap(),
            base_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(30),
            settle: Duration::from_hours(1),
            not_found_delay: Duration::from_secs(30),
        }
    }

    fn device(id: Option<u8>) -> Device {
        Device {
            id: id.map(|byte| DeviceId::from_bytes([byte; 16])),
            created_at: Some("2023-11-14T22:13:21Z".to_owned()),
        }
    }

    fn shows(device: Device) -> LookOutcome {
        LookOutcome::Seen(Listing::Present(device))
    }

    #[test]
    fn a_listing_says_once_or_more_than_once_and_names_the_device_that_had_no_id() {
        use DeviceState::{Created, Several};
        let several = LookOutcome::Seen(Listing::Several(device(Some(9))));
        for (made, outcome, state, known) in [
            (Some(1), shows(device(Some(1))), Created, Some(1)),
            (Some(1), shows(device(None)), Created, Some(1)),
            (Some(1), shows(device(Some(2))), Several, Some(1)),
            (Some(1), several.clone(), Several, Some(1)),
            (None, several, Several, None),
            (None, shows(device(Some(2))), Created, Some(2)),
        ] {
            let made = device(made);
            let decision = after_recheck(
                &policy(),
                &mut History::default(),
                &outcome,
                &made,
                INTENT,
                0.5,
            );
            assert_eq!(
                decision,
                Verdict::with(state, &device(known)),
                "{made:?}, {outcome:?}"
            );
        }
    }

    #[test]
    fn a_listing_that_lags_or_tells_nothing_is_asked_for_six_times() {
        let theirs = Device {
            created_at: Some("2020-01-01T00:00:00Z".to_owned()),
            ..device(Some(9))
        };
        let (known, unknown) = (device(Some(1)), device(None));
        let (created, owed) = (
            |made| Verdict::with(DeviceState::Created, made),
            || Verdict::of(DeviceState::Unresolved),
        );
        for (made, outcome, asked, end) in [
            (
                &known,
                LookOutcome::Seen(Listing::Absent),
                6,
                created(&known),
            ),
            (&unknown, LookOutcome::Seen(Listing::Absent), 6, owed()),
            (&unknown, shows(theirs), 6, owed()),
            (&known, LookOutcome::UserUnknown, 6, created(&known)),
            (&unknown, LookOutcome::UserUnknown, 6, created(&unknown)),
            (&known, LookOutcome::NoInformation, 6, owed()),
            (&known, LookOutcome::Unauthorized, 2, owed()),
            (&known, LookOutcome::Forbidden, 1, owed()),
            (&known, LookOutcome::Untrusted, 1, owed()),
            (&known, LookOutcome::Redirected, 1, owed()),
        ] {
            let mut history = History::default();
            let mut decisions = std::iter::repeat_with(|| {
                after_recheck(&policy(), &mut history, &outcome, made, INTENT, 0.5)
            });
            let waits = [500, 1_000, 2_000, 4_000, 8_000].map(Duration::from_millis);
            for wait in waits.into_iter().take(asked - 1) {
                // A new token is had at once.
                let after = if outcome == LookOutcome::Unauthorized {
                    Duration::ZERO
                } else {
                    wait
                };
                assert_eq!(
                    decisions.next(),
                    Some(Decision::Look { after }),
                    "{outcome:?}"
                );
            }
            assert_eq!(decisions.next(), Some(end), "{outcome:?}");
        }
    }

    #[test]
    fn a_last_look_is_owed_where_an_answer_was_lost_or_the_id_is_not_known() {
        let (known, unknown) = (device(Some(1)), device(None));
        for (in_doubt, resends, device, owed) in [
            (false, 0, Some(&known), false),
            (true, 0, Some(&known), true),
            (false, 1, Some(&known), true),
            (false, 0, Some(&unknown), true),
            (false, 0, None, true),
        ] {
            let history = History {
                doubt: in_doubt.then(|| Doubt::new(INTENT)),
                resends,
                ..History::default()
            };
            assert_eq!(
                history.is_recheck_owed(device),
                owed,
                "{history:?}, {device:?}"
            );
        }
    }

    #[test]
    fn a_listing_that_is_throttled_costs_no_try() {
        let mut history = History::default();
        let outcome = LookOutcome::Throttled {
            retry_after: Some(Duration::from_secs(7)),
        };
        for _ in 0..20 {
            let decision = after_recheck(
                &policy(),
                &mut history,
                &outcome,
                &device(None),
                INTENT,
                0.5,
            );
            let after = Duration::from_secs(7);
            assert_eq!(decision, Decision::Look { after });
        }
    }
}

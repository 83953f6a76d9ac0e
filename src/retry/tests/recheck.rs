//! What follows a look at a device that is ours.

use super::*;
use crate::retry::recheck::after_recheck;

fn named(id: Option<u8>) -> Device {
    Device {
        id: id.map(|byte| DeviceId::from_bytes([byte; 16])),
        created_at: Some("2025-11-24T16:00:01Z".to_owned()),
        ..Device::default()
    }
}

fn nothing(why: WhyNothing) -> LookOutcome {
    LookOutcome::Nothing(why)
}

fn looked(history: &mut History, outcome: &LookOutcome, made: &Device) -> Decision {
    after_recheck(&hour(), history, outcome, made, SINCE, 0.5)
}

#[test]
fn a_listing_says_once_or_more_often_and_names_the_device_that_had_no_id() {
    use DeviceState::{Created, Several};
    let several = LookOutcome::Seen(Listing::Several(named(Some(9))));
    for (made, outcome, state, known) in [
        (Some(1), present(named(Some(1))), Created, Some(1)),
        (Some(1), present(named(None)), Created, Some(1)),
        (Some(1), present(named(Some(2))), Several, Some(1)),
        (Some(1), several.clone(), Several, Some(1)),
        (None, several, Several, None),
        (None, present(named(Some(2))), Created, Some(2)),
    ] {
        let made = named(made);
        let decision = looked(&mut History::default(), &outcome, &made);
        assert_eq!(
            decision,
            Verdict::with(state, &named(known)),
            "{made:?}, {outcome:?}"
        );
    }
}

#[test]
fn a_listing_that_lags_or_tells_nothing_is_asked_for_six_times() {
    let theirs = Device {
        created_at: Some("2020-01-01T00:00:00Z".to_owned()),
        ..named(Some(9))
    };
    let (known, unknown) = (named(Some(1)), named(None));
    let (created, owed) = (
        |made| Verdict::with(DeviceState::Created, made),
        || Verdict::of(DeviceState::Unresolved),
    );
    for (made, outcome, asked, end) in [
        (&known, absent(), 6, created(&known)),
        (&unknown, absent(), 6, owed()),
        (&unknown, present(theirs), 6, owed()),
        (&known, LookOutcome::UserUnknown, 6, created(&known)),
        (&unknown, LookOutcome::UserUnknown, 6, created(&unknown)),
        (&known, nothing(WhyNothing::NoInformation), 6, owed()),
        (&known, nothing(WhyNothing::Unreadable), 6, owed()),
        (&known, nothing(WhyNothing::Unauthorized), 2, owed()),
        (&known, nothing(WhyNothing::Forbidden), 1, owed()),
        (&known, nothing(WhyNothing::Untrusted), 1, owed()),
        (&known, nothing(WhyNothing::Redirected), 1, owed()),
    ] {
        let mut history = History::default();
        let mut decisions = std::iter::repeat_with(|| looked(&mut history, &outcome, made));
        let waits = [500, 1_000, 2_000, 4_000, 8_000].map(Duration::from_millis);
        for wait in waits.into_iter().take(asked - 1) {
            // A new token is had at once.
            let after = if outcome == nothing(WhyNothing::Unauthorized) {
                Duration::ZERO
            } else {
                wait
            };
            assert_eq!(decisions.next(), Some(look(after)), "{outcome:?}");
        }
        assert_eq!(decisions.next(), Some(end), "{outcome:?}");
    }
}

#[test]
fn a_last_look_is_owed_where_an_answer_was_lost_or_the_id_is_not_known() {
    let (known, unknown) = (named(Some(1)), named(None));
    for (in_doubt, resends, device, owed) in [
        (false, 0, Some(&known), false),
        (true, 0, Some(&known), true),
        (false, 1, Some(&known), true),
        (false, 0, Some(&unknown), true),
        (false, 0, None, true),
    ] {
        let history = History {
            doubt: in_doubt.then(|| Doubt::new(SINCE)),
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
    let outcome = LookOutcome::Nothing(WhyNothing::Throttled {
        retry_after: Some(secs(7)),
    });
    for _ in 0..20 {
        let decision = looked(&mut history, &outcome, &named(None));
        assert_eq!(decision, look(secs(7)));
    }
}

//! What follows an answer that nothing proves to be ours.

use super::*;
use crate::retry::nothing::IN_VAIN_MAX;

const REFUSALS: [(Refusal, DeviceState); 9] = [
    (
        Refusal::Throttled { retry_after: None },
        DeviceState::Failed,
    ),
    (Refusal::Unauthorized, DeviceState::Failed),
    (Refusal::Forbidden, DeviceState::Failed),
    (Refusal::UserUnknown, DeviceState::Failed),
    (Refusal::Conflicting, DeviceState::Failed),
    (Refusal::Misdirected, DeviceState::Failed),
    (Refusal::AlreadyThere, DeviceState::Rejected),
    (Refusal::DeviceLimit, DeviceState::Rejected),
    (Refusal::Invalid, DeviceState::Rejected),
];

/// A row that was refused, for the first or the second time, and what follows.
fn refused(refusal: Refusal, again: bool, proof: Proof) -> (History, Decision) {
    let mut history = History {
        reauthorized: again,
        waited_for_user: again,
        ..History::default()
    };
    let outcome = AttemptOutcome::NotCreated(refusal);
    let decision = after_create(&hour(), &mut history, &outcome, proof, SINCE, true, 0.0);
    (history, decision)
}

#[test]
fn nothing_follows_a_refusal_that_may_be_anothers_before_a_look() {
    for (refusal, _) in REFUSALS {
        for again in [false, true] {
            let (history, decision) = refused(refusal, again, Proof::Unproven);
            let Decision::Look { after } = decision else {
                panic!("{refusal:?}, again {again}: {decision:?}");
            };
            // A throttled row waits with all others; the others for a request on its way.
            let at_least = if matches!(refusal, Refusal::Throttled { .. }) {
                secs(1)
            } else {
                secs(2)
            };
            assert!(after >= at_least, "{refusal:?}, again {again}: {after:?}");
            assert_eq!(history.unproven_since_ms, Some(SINCE), "{refusal:?}");
            let (history, _) = refused(refusal, again, Proof::Proven);
            assert_eq!(history.unproven_since_ms, None, "{refusal:?}");
        }
    }
}

#[test]
fn a_look_that_shows_the_device_says_that_the_refusal_was_anothers() {
    let made = Device {
        created_at: Some("2025-11-24T16:00:00Z".to_owned()),
        ..device()
    };
    let before = Device {
        created_at: Some("2024-11-24T16:00:00Z".to_owned()),
        ..device()
    };
    for (refusal, _) in REFUSALS {
        for (shown, was_absent, state) in [
            (&made, false, DeviceState::Created),
            (&before, true, DeviceState::Created),
            (&before, false, DeviceState::Found),
        ] {
            let (mut history, _) = refused(refusal, true, Proof::Unproven);
            history.was_absent = was_absent;
            let seen = LookOutcome::Seen(Listing::Present(shown.clone()));
            let follows = next_after_look(&mut history, &seen, Duration::ZERO, 0.0);
            assert_eq!(follows, Verdict::with(state, shown), "{refusal:?}");
        }
    }
}

#[test]
fn a_look_that_does_not_show_it_lets_the_row_go_on_as_the_refusal_says() {
    let absent = LookOutcome::Seen(Listing::Absent);
    for (refusal, ends) in REFUSALS {
        for again in [false, true] {
            let (mut history, _) = refused(refusal, again, Proof::Unproven);
            let follows = next_after_look(&mut history, &absent, Duration::ZERO, 0.0);
            let once = [Refusal::Unauthorized, Refusal::UserUnknown];
            let passes =
                matches!(refusal, Refusal::Throttled { .. }) || once.contains(&refusal) && !again;
            let expected = if passes {
                create(Duration::ZERO)
            } else {
                Verdict::of(ends)
            };
            assert_eq!(follows, expected, "{refusal:?}, again {again}");
            assert_eq!(history.unproven_since_ms, None, "{refusal:?}");
        }
    }
}

#[test]
fn a_listing_that_may_be_anothers_is_no_absence_and_asked_for_again_now() {
    for (mut history, ends) in [
        (History::default(), DeviceState::Failed),
        (in_doubt(), DeviceState::Unresolved),
    ] {
        for _ in 1..IN_VAIN_MAX {
            let follows = next_after_look(
                &mut history,
                &LookOutcome::Nothing(WhyNothing::Unproven),
                secs(9_000),
                0.5,
            );
            assert_eq!(follows, Decision::LOOK_NOW);
        }
        let last = next_after_look(
            &mut history,
            &LookOutcome::Nothing(WhyNothing::Unproven),
            secs(9_000),
            0.5,
        );
        assert_eq!(last, Verdict::of(ends));
        assert!(!history.was_absent);
    }
}

#[test]
fn a_listing_that_is_anothers_leaves_the_row_as_it_is() {
    for mut history in [History::default(), in_doubt()] {
        let before = history.clone();
        let follows = next_after_look(
            &mut history,
            &LookOutcome::Nothing(WhyNothing::MixedUp),
            secs(9),
            0.5,
        );
        assert_eq!((follows, history), (Decision::LOOK_NOW, before));
    }
}

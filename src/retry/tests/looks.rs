//! What follows a listing where nothing is in doubt.

use super::*;

#[test]
fn a_row_that_was_never_sent_is_created_only_if_no_device_is_listed() {
    let mut history = History::default();
    let mut after = |outcome| next_after_look(&mut history, &outcome, secs(0), 0.0);
    assert_eq!(
        after(present(device())),
        Verdict::with(DeviceState::Found, &device())
    );
    let several = LookOutcome::Seen(Listing::Several(device()));
    assert_eq!(
        after(several),
        Verdict::with(DeviceState::Several, &device())
    );
    assert_eq!(after(absent()), create(Duration::ZERO));
    assert!(history.was_absent);
}

#[test]
fn a_row_that_is_barred_is_created_neither_first_nor_after_a_lost_request() {
    let mut never_sent = History {
        is_barred: true,
        ..History::default()
    };
    let decision = next_after_look(&mut never_sent, &absent(), secs(0), 0.0);
    assert_eq!(decision, Verdict::of(DeviceState::Rejected));
    let mut lost = History {
        is_barred: true,
        ..in_doubt()
    };
    for age in [3_600, 9_000] {
        let decision = next_after_look(&mut lost, &absent(), secs(age), 0.0);
        assert!(!matches!(decision, Decision::Create { .. }), "{decision:?}");
    }
    let decision = next_after_look(&mut lost, &absent(), secs(90_000), 0.0);
    assert_eq!(decision, Verdict::of(DeviceState::Unresolved));
    assert!(lost.doubt.is_some(), "a later run sends it");
}

#[test]
fn a_listing_without_information_is_asked_for_six_times_and_is_no_absence() {
    for outcome in [
        LookOutcome::Nothing(WhyNothing::NoInformation),
        LookOutcome::Nothing(WhyNothing::Unreadable),
    ] {
        for (mut history, state) in [
            (History::default(), DeviceState::Failed),
            (in_doubt(), DeviceState::Unresolved),
        ] {
            for delay in [1, 2, 4, 8, 16] {
                let decision = next_after_look(&mut history, &outcome, secs(9_000), 1.0);
                assert_eq!(decision, look(secs(delay)));
            }
            let last = next_after_look(&mut history, &outcome, secs(9_000), 1.0);
            assert_eq!(last, Verdict::of(state));
            assert!(!history.was_absent);
        }
    }
}

#[test]
fn what_cannot_be_looked_at_stays_in_doubt() {
    for outcome in [
        LookOutcome::Nothing(WhyNothing::Forbidden),
        LookOutcome::Nothing(WhyNothing::Untrusted),
        LookOutcome::Nothing(WhyNothing::Redirected),
    ] {
        let doubt = next_after_look(&mut in_doubt(), &outcome, secs(2), 0.0);
        assert_eq!(doubt, Verdict::of(DeviceState::Unresolved), "{outcome:?}");
        let none = after_look(
            &hour(),
            &mut History::default(),
            &outcome,
            secs(2),
            true,
            0.0,
        );
        assert_eq!(none, Verdict::of(DeviceState::Failed), "{outcome:?}");
    }
    let mut history = in_doubt();
    let first = next_after_look(
        &mut history,
        &LookOutcome::Nothing(WhyNothing::Unauthorized),
        secs(2),
        0.0,
    );
    assert_eq!(first, Decision::LOOK_NOW);
    let second = next_after_look(
        &mut history,
        &LookOutcome::Nothing(WhyNothing::Unauthorized),
        secs(2),
        0.0,
    );
    assert_eq!(second, Verdict::of(DeviceState::Unresolved));
}

#[test]
fn a_look_that_tells_nothing_does_not_make_several_devices_a_failure() {
    for outcome in [
        LookOutcome::Nothing(WhyNothing::Forbidden),
        LookOutcome::Nothing(WhyNothing::Redirected),
        LookOutcome::Nothing(WhyNothing::Untrusted),
    ] {
        let mut history = History {
            several_before: true,
            ..History::default()
        };
        assert_eq!(
            after_look(&hour(), &mut history, &outcome, Duration::ZERO, false, 0.5),
            Verdict::of(DeviceState::Several),
            "{outcome:?}"
        );
    }
}

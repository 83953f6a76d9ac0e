//! Unanswered requests: when they are looked for, when they are sent again, and whose device it is.

use super::*;
use crate::model::entry::RESENDS_MAX;
use crate::retry::ours::is_ours;

/// Looks at a device that never shows, whenever the policy says so; gives the ages of the looks
/// and what follows the last one.
fn look_in_vain(
    policy: &RetryPolicy,
    history: &mut History,
    mut age: Duration,
) -> (Vec<Duration>, Decision) {
    let mut ages = vec![age];
    loop {
        match after_look(policy, history, &absent(), age, true, 0.0) {
            Decision::Look { after } => {
                assert!(after > Duration::ZERO, "no busy loop");
                assert!(ages.len() < 20, "it ends");
                age += after;
                ages.push(age);
            }
            end @ (Decision::Create { .. } | Decision::Finish(_) | Decision::Defer { .. }) => {
                return (ages, end);
            }
        }
    }
}

#[test]
fn a_lost_request_is_looked_for_at_growing_ages_and_unknown_until_settled() {
    let (ages, end) = look_in_vain(&hour(), &mut in_doubt(), secs(2));
    assert_eq!(ages, [2, 5, 15, 60, 120, 150].map(secs));
    assert_eq!(end, Decision::Defer { after: secs(3_450) });
}

#[test]
fn a_short_settling_time_cuts_the_waits_short_and_ends_in_one_request() {
    let mut history = in_doubt();
    let (ages, end) = look_in_vain(&policy(secs(1)), &mut history, secs(1));
    assert_eq!(ages, [Duration::from_secs(1), Duration::from_millis(1_250)]);
    assert_eq!(end, Decision::create_now(true));
    assert_eq!(
        (history.resends, history.was_absent, history.doubt),
        (1, true, None)
    );
}

#[test]
fn one_look_never_settles_a_request_however_old_it_is() {
    let mut history = in_doubt();
    let (ages, end) = look_in_vain(&hour(), &mut history, secs(86_400));
    assert_eq!(
        ages,
        [secs(86_400), secs(86_430)],
        "two looks, thirty seconds apart"
    );
    assert_eq!(end, Decision::create_now(true));
}

#[test]
fn two_looks_that_are_less_than_thirty_seconds_apart_count_as_one() {
    let first = secs(9_000);
    for (later, follows) in [
        (
            Duration::from_millis(1),
            look(Duration::from_millis(29_999)),
        ),
        (secs(10), look(secs(20))),
        (secs(30), Decision::create_now(true)),
    ] {
        let mut history = in_doubt();
        assert_eq!(
            next_after_look(&mut history, &absent(), first, 0.0),
            look(secs(30))
        );
        let second = next_after_look(&mut history, &absent(), first + later, 0.0);
        assert_eq!(second, follows, "{later:?} later");
    }
}

#[test]
fn it_takes_two_looks_even_where_nothing_has_to_settle() {
    let (ages, end) = look_in_vain(&policy(Duration::ZERO), &mut in_doubt(), secs(0));
    assert_eq!(ages, [Duration::ZERO, Duration::from_millis(1)]);
    assert_eq!(end, Decision::create_now(true));
}

#[test]
fn the_second_look_counts_only_after_the_settling_time() {
    let mut history = in_doubt();
    let (ages, end) = look_in_vain(&hour(), &mut history, secs(1_800));
    assert_eq!(ages, [secs(1_800), secs(1_830)]);
    assert_eq!(end, Decision::Defer { after: secs(1_770) });
    let settled = next_after_look(&mut history, &absent(), secs(3_600), 0.0);
    assert_eq!(settled, Decision::create_now(true));
}

#[test]
fn a_device_is_asked_for_again_three_times_at_most_then_a_person_decides() {
    let mut history = History {
        resends: RESENDS_MAX,
        ..in_doubt()
    };
    let (_, end) = look_in_vain(&policy(secs(1)), &mut history, secs(1));
    assert_eq!(end, Verdict::of(DeviceState::Unresolved));
}

#[test]
fn a_user_who_is_not_known_any_more_is_looked_for_more_slowly() {
    let mut history = in_doubt();
    let decision = next_after_look(&mut history, &LookOutcome::UserUnknown, secs(2), 0.0);
    assert_eq!(decision, look(secs(30)));
}

#[test]
fn a_device_that_shows_after_a_lost_answer_is_ours_unless_it_is_older() {
    // 2025-11-24T16:00:00Z is SINCE; five minutes of skew are allowed.
    for (was_absent, made, state) in [
        (
            false,
            Some("2025-11-24T16:00:01.000Z"),
            DeviceState::Created,
        ),
        (
            false,
            Some("2025-11-24T15:55:00.000Z"),
            DeviceState::Created,
        ),
        (false, Some("2025-11-24T15:54:59.999Z"), DeviceState::Found),
        (false, Some("yesterday"), DeviceState::Found),
        (false, None, DeviceState::Found),
        (true, None, DeviceState::Created),
        (true, Some("2024-01-01T00:00:00.000Z"), DeviceState::Created),
    ] {
        let mut history = History {
            was_absent,
            ..in_doubt()
        };
        let device = made.map_or_else(device, created_at);
        let decision = next_after_look(&mut history, &present(device.clone()), secs(2), 0.0);
        assert_eq!(
            decision,
            Verdict::with(state, &device),
            "{was_absent} {made:?}"
        );
    }
}

#[test]
fn a_device_is_ours_if_absent_before_or_no_older_than_its_request() {
    for (was_absent, made, ours) in [
        (true, None, true),
        (false, None, false),
        (false, Some("2025-11-24T15:55:00.000Z"), true),
        (false, Some("2025-11-24T15:54:59.999Z"), false),
    ] {
        let device = made.map_or_else(device, created_at);
        assert_eq!(
            is_ours(&device, SINCE, was_absent),
            ours,
            "{was_absent} {made:?}"
        );
    }
}

#[test]
fn positive_evidence_wins_at_any_age_and_after_any_negative_looks() {
    let mut history = History {
        was_absent: true,
        ..in_doubt()
    };
    look_in_vain(&hour(), &mut history, secs(2));
    let late = next_after_look(&mut history, &present(device()), secs(3_000), 0.0);
    assert_eq!(late, Verdict::with(DeviceState::Created, &device()));
}

#[test]
fn a_refusal_after_a_lost_answer_is_believed_only_if_no_device_is_listed() {
    for refusal in [
        Refusal::DeviceLimit,
        Refusal::Invalid,
        Refusal::AlreadyThere,
    ] {
        let outcome = AttemptOutcome::NotCreated(refusal);
        let mut sent_again = History {
            resends: 1,
            ..History::default()
        };
        let decision = next_after_create(&mut sent_again, &outcome, 0.0);
        assert_eq!(decision, Decision::LOOK_NOW, "{refusal:?}");
        let mut lost = sent_again.clone();
        let found = next_after_look(&mut lost, &present(device()), secs(0), 0.0);
        assert_eq!(
            found,
            Verdict::with(DeviceState::Created, &device()),
            "{refusal:?}"
        );
        let not_found = next_after_look(&mut sent_again, &absent(), secs(0), 0.0);
        assert_eq!(not_found, Verdict::of(DeviceState::Rejected), "{refusal:?}");
    }
}

#[test]
fn a_device_that_pingone_says_is_there_is_existing_where_nothing_was_lost() {
    for outcome in [
        AttemptOutcome::NotCreated(Refusal::AlreadyThere),
        AttemptOutcome::Indeterminate(Ambiguity::Conflict),
    ] {
        let young = created_at("2025-11-24T16:00:01.000Z");
        for (resends, state) in [(0, DeviceState::Found), (1, DeviceState::Created)] {
            let mut history = History {
                was_absent: true,
                resends,
                ..History::default()
            };
            next_after_create(&mut history, &outcome, 0.0);
            let found = next_after_look(&mut history, &present(young.clone()), secs(0), 0.0);
            assert_eq!(found, Verdict::with(state, &young), "{outcome:?}");
        }
    }
}

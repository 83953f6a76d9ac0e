//! Every decision, and that none of them leaves a row in doubt.

mod doubt;
mod looks;
mod mfa;
mod recheck;
mod unproven;

use std::num::NonZeroU32;
use std::time::Duration;

use super::*;
use crate::model::entry::DeviceState;
use crate::model::ids::DeviceId;
use crate::model::outcome::{
    Ambiguity, AttemptOutcome, Device, Listing, LookOutcome, Proof, Refusal,
};
use crate::model::why_nothing::WhyNothing;

const SINCE: i64 = 1_764_000_000_000;

fn policy(settle: Duration) -> RetryPolicy {
    RetryPolicy {
        attempts: NonZeroU32::new(4).unwrap(),
        base_delay: Duration::from_secs(1),
        max_delay: Duration::from_secs(30),
        settle,
        not_found_delay: Duration::from_secs(30),
    }
}

fn hour() -> RetryPolicy {
    policy(Duration::from_hours(1))
}

fn device() -> Device {
    Device {
        id: Some(DeviceId::from_bytes([9; 16])),
        ..Device::default()
    }
}

fn created_at(text: &str) -> Device {
    Device {
        created_at: Some(text.to_owned()),
        ..device()
    }
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn look(after: Duration) -> Decision {
    Decision::Look { after }
}

fn create(after: Duration) -> Decision {
    Decision::Create {
        after,
        resend: false,
    }
}

fn absent() -> LookOutcome {
    LookOutcome::Seen(Listing::Absent)
}

fn present(device: Device) -> LookOutcome {
    LookOutcome::Seen(Listing::Present(device))
}

fn in_doubt() -> History {
    History {
        doubt: Some(Doubt::new(SINCE)),
        ..History::default()
    }
}

/// What follows one more create of a row, while others succeed.
fn next_after_create(history: &mut History, outcome: &AttemptOutcome, jitter: f64) -> Decision {
    let proof = Proof::Proven;
    after_create(&hour(), history, outcome, proof, SINCE, true, jitter)
}

/// What follows one more listing of a row whose unanswered request is so old, while others succeed.
fn next_after_look(
    history: &mut History,
    outcome: &LookOutcome,
    age: Duration,
    jitter: f64,
) -> Decision {
    after_look(&hour(), history, outcome, age, true, jitter)
}

/// What follows the first create of a row in this run, half the jitter drawn.
fn after_first(outcome: &AttemptOutcome) -> Decision {
    next_after_create(&mut History::default(), outcome, 0.5)
}

#[test]
fn no_indeterminate_attempt_is_ever_followed_by_a_create() {
    use Ambiguity::{
        Conflict, ConnectionLost, ForeignError, MixedUp, QuotaExceeded, Redirected, RequestTimeout,
        ServerError, TimedOut, UnexpectedStatus, Unreadable, WrongDevice,
    };
    let unresolved = || Verdict::of(DeviceState::Unresolved);
    for (ambiguity, follows) in [
        (TimedOut, look(secs(2))),
        (ConnectionLost, look(secs(2))),
        (Unreadable, look(secs(2))),
        (ServerError, look(secs(2))),
        (QuotaExceeded, look(secs(2))),
        (RequestTimeout, look(secs(2))),
        (ForeignError, look(secs(2))),
        (UnexpectedStatus, look(secs(2))),
        (WrongDevice, look(secs(2))),
        (Conflict, Decision::LOOK_NOW),
        (Redirected, unresolved()),
        (MixedUp, unresolved()),
    ] {
        assert_eq!(
            after_first(&AttemptOutcome::Indeterminate(ambiguity)),
            follows,
            "{ambiguity:?}"
        );
    }
}

#[test]
fn what_follows_a_refusal_turns_on_whether_it_may_pass() {
    use Refusal::{
        AlreadyThere, Conflicting, DeviceLimit, Forbidden, Invalid, Misdirected, OutOfResources,
        Throttled, Unauthorized, Unreachable, Untrusted, UserUnknown, Withheld,
    };
    for (refusal, follows) in [
        (Unreachable, create(Duration::from_millis(500))),
        (OutOfResources, create(Duration::from_millis(500))),
        (Withheld, create(Duration::ZERO)),
        (
            Throttled {
                retry_after: Some(secs(7)),
            },
            create(secs(7)),
        ),
        (Throttled { retry_after: None }, create(secs(1))),
        (Unauthorized, create(Duration::ZERO)),
        (UserUnknown, look(secs(30))),
        (AlreadyThere, Decision::LOOK_NOW),
        (DeviceLimit, Verdict::of(DeviceState::Rejected)),
        (Invalid, Verdict::of(DeviceState::Rejected)),
        (Forbidden, Verdict::of(DeviceState::Failed)),
        (Conflicting, Verdict::of(DeviceState::Failed)),
        (Untrusted, Verdict::of(DeviceState::Failed)),
        (Misdirected, Verdict::of(DeviceState::Failed)),
    ] {
        assert_eq!(
            after_first(&AttemptOutcome::NotCreated(refusal)),
            follows,
            "{refusal:?}"
        );
    }
}

#[test]
fn a_created_device_is_the_end() {
    let decision = after_first(&AttemptOutcome::Created(device()));
    assert_eq!(decision, Verdict::with(DeviceState::Created, &device()));
}

#[test]
fn a_wait_doubles_and_is_any_part_of_that_within_its_bounds() {
    for (times, jitter, expected) in [
        (0, 1.0, 2),
        (1, 1.0, 4),
        (3, 1.0, 16),
        (4, 1.0, 30),
        (u32::MAX, 1.0, 30),
        (3, 0.5, 8),
        (3, 0.0, 1),
    ] {
        let wait = backoff(secs(2), times, secs(1)..=secs(30), jitter);
        assert_eq!(wait, secs(expected), "{times}, {jitter}");
    }
    assert_eq!(hour().between_tries(3), secs(3));
}

#[test]
fn failures_are_tried_four_times_with_a_growing_full_jitter() {
    let mut history = History::default();
    let mut again = |jitter| {
        let outcome = AttemptOutcome::NotCreated(Refusal::Unreachable);
        next_after_create(&mut history, &outcome, jitter)
    };
    assert_eq!(again(1.0), create(secs(1)));
    assert_eq!(again(1.0), create(secs(2)));
    assert_eq!(again(0.0), create(Duration::ZERO));
    assert_eq!(again(1.0), Verdict::of(DeviceState::Failed));
}

#[test]
fn a_429_costs_no_try_and_its_backoff_ends_at_thirty_seconds() {
    let mut history = History::default();
    for delay in [2, 4, 8, 16, 30, 30, 30] {
        let outcome = AttemptOutcome::NotCreated(Refusal::Throttled { retry_after: None });
        let decision = next_after_create(&mut history, &outcome, 1.0);
        assert_eq!(decision, create(secs(delay)));
    }
    assert_eq!(history.failures, 0);
}

#[test]
fn a_second_401_is_not_answered_with_a_third_request() {
    let mut history = History::default();
    let outcome = AttemptOutcome::NotCreated(Refusal::Unauthorized);
    assert_eq!(
        next_after_create(&mut history, &outcome, 0.0),
        create(Duration::ZERO)
    );
    let second = next_after_create(&mut history, &outcome, 0.0);
    assert_eq!(second, Verdict::of(DeviceState::Failed));
}

#[test]
fn an_unknown_user_is_asked_about_twice_and_refused_by_the_next_run() {
    let outcome = AttemptOutcome::NotCreated(Refusal::UserUnknown);
    for (before, state) in [(false, DeviceState::Failed), (true, DeviceState::Rejected)] {
        let mut history = History {
            unknown_user_before: before,
            ..History::default()
        };
        assert_eq!(
            next_after_create(&mut history, &outcome, 0.0),
            look(secs(30))
        );
        let second = next_after_create(&mut history, &outcome, 0.0);
        assert_eq!(second, Verdict::of(state));
        let mut alone = History {
            unknown_user_before: before,
            ..History::default()
        };
        let unheard = after_look(
            &hour(),
            &mut alone,
            &LookOutcome::UserUnknown,
            secs(0),
            false,
            0.0,
        );
        assert_eq!(
            unheard,
            Verdict::of(state),
            "nobody waits while no row succeeds"
        );
    }
}

#[test]
fn an_unknown_user_is_waited_for_once_and_only_while_other_rows_succeed() {
    let refused = AttemptOutcome::NotCreated(Refusal::UserUnknown);
    for (others_succeed, waited_for_user, waits) in [
        (true, false, true),
        (true, true, false),
        (false, false, false),
        (false, true, false),
    ] {
        let history = History {
            waited_for_user,
            ..History::default()
        };
        let either = |waiting| {
            if waits {
                waiting
            } else {
                Verdict::of(DeviceState::Failed)
            }
        };
        let row = format!("others succeed: {others_succeed}, waited: {waited_for_user}");
        let sent = after_create(
            &hour(),
            &mut history.clone(),
            &refused,
            Proof::Proven,
            SINCE,
            others_succeed,
            0.0,
        );
        assert_eq!(sent, either(look(secs(30))), "{row}");
        let mut looking = history;
        let looked = after_look(
            &hour(),
            &mut looking,
            &LookOutcome::UserUnknown,
            secs(0),
            others_succeed,
            0.0,
        );
        assert_eq!(looked, either(look(secs(30))), "{row}");
        assert_eq!(looking.waited_for_user, waits || waited_for_user, "{row}");
    }
}

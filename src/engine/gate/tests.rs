//! When a request may be sent, and what closes the gate.

use super::*;
use crate::engine::options::GuardOptions;
use crate::engine::row::Phase;
use crate::engine::samples::{answer, answered, device, row};
use crate::model::outcome::{Ambiguity, Listing, Refusal};

const API: &str = "https://api.example";
const CREATE: Phase = Phase::Create { resend: false };

fn gate(canary: u32, limit: Option<u64>) -> Gate {
    let options = GuardOptions {
        canary,
        concurrency: 4,
        max_errors: None,
    };
    Gate::new(Guard::new(options, API, false), Pacing::Unpaced, limit)
}

/// Answers a create that has passed.
fn hear(gate: &mut Gate, seq: u64, outcome: AttemptOutcome) -> Option<StopReason> {
    let mut row = row(1, CREATE);
    row.seq = seq;
    let subject = row.subject(&answer(0, "CODE"), Duration::ZERO);
    gate.came_back(RateGroup::Creates);
    gate.heard_create(subject, &answered(outcome), None, clock::now())
}

fn created() -> AttemptOutcome {
    AttemptOutcome::Created(device(9))
}

fn invalid() -> AttemptOutcome {
    AttemptOutcome::NotCreated(Refusal::Invalid)
}

fn lost() -> AttemptOutcome {
    AttemptOutcome::Indeterminate(Ambiguity::TimedOut)
}

#[tokio::test(start_paused = true)]
async fn the_first_creates_go_one_by_one_and_then_as_many_as_are_allowed() {
    let mut gate = gate(2, None);
    for made in 0..2 {
        assert_eq!(gate.room(RateGroup::Creates), Room::Free);
        let seq = gate.pass(RateGroup::Creates).unwrap();
        assert_eq!(gate.room(RateGroup::Creates), Room::Full);
        assert_eq!(gate.in_flight(), 1);
        assert_eq!(gate.has_room(), made > 0, "nothing goes beside the first");
        hear(&mut gate, seq, created());
        assert_eq!(gate.in_flight(), 0);
    }
    assert!(gate.any_created());
    for passed in 0..4 {
        assert_eq!(gate.room(RateGroup::Creates), Room::Free, "{passed}");
        let kind = [RateGroup::Creates, RateGroup::Lists][passed % 2];
        assert_eq!(gate.pass(kind), Ok(2 + passed as u64));
    }
    assert_eq!(gate.in_flight(), 4);
    assert_eq!(gate.room(RateGroup::Lists), Room::Full);
    gate.came_back(RateGroup::Lists);
    assert_eq!(gate.room(RateGroup::Lists), Room::Free);
}

#[tokio::test(start_paused = true)]
async fn the_limit_counts_devices_that_are_there_or_may_be() {
    let mut gate = gate(0, Some(2));
    let first = gate.pass(RateGroup::Creates).unwrap();
    let second = gate.pass(RateGroup::Creates).unwrap();
    assert_eq!(
        gate.room(RateGroup::Creates),
        Room::Full,
        "one may come to nothing"
    );
    assert_eq!(gate.room(RateGroup::Lists), Room::Free);
    hear(&mut gate, first, invalid());
    assert_eq!(gate.room(RateGroup::Creates), Room::Free);
    hear(&mut gate, second, lost());
    let third = gate.pass(RateGroup::Creates).unwrap();
    assert_eq!(gate.room(RateGroup::Creates), Room::Full);
    gate.take_back_create();
    assert_eq!(
        gate.room(RateGroup::Creates),
        Room::Free,
        "{third} was not sent"
    );
    let fourth = gate.pass(RateGroup::Creates).unwrap();
    hear(&mut gate, fourth, created());
    assert_eq!(gate.room(RateGroup::Creates), Room::LimitReached);
    assert_eq!(gate.room(RateGroup::Lists), Room::Free);
}

#[tokio::test(start_paused = true)]
async fn a_hold_is_bounded_and_spread_and_after_a_long_one_one_request_is_first() {
    let second = Duration::from_secs(1);
    for (asked, jitter, expected) in [
        (Duration::ZERO, 0.0, second),
        (10 * second, 0.0, 10 * second),
        (10 * second, 1.0, 11 * second),
        (1_000 * second, 0.0, LONGEST_HOLD),
    ] {
        let mut gate = gate(0, None);
        let before = gate.pass(RateGroup::Creates).unwrap();
        let now = clock::now();
        assert!(!gate.withholds(before, now));
        assert_eq!(gate.hold(None, asked, now, jitter), expected);
        assert_eq!(gate.pass(RateGroup::Lists), Err(now + expected));
        assert_eq!(gate.in_flight(), 1, "what may not pass is not on its way");
        assert!(gate.withholds(before, now));
        tokio::time::advance(expected).await;
        let later = clock::now();
        let is_long = expected > LONG_HOLD;
        assert_eq!(
            gate.withholds(before, later),
            is_long,
            "another one goes first"
        );
        hear(&mut gate, before, lost());
        let first = gate.pass(RateGroup::Lists).unwrap();
        assert!(!gate.withholds(first, later));
        assert_eq!(gate.has_room(), !is_long, "nothing goes beside it");
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_to_a_listing_holds_the_listings_alone() {
    let long = Duration::from_secs(20);
    let mut gate = gate(0, None);
    let passed = gate.pass(RateGroup::Creates).unwrap();
    let (group, hold) = gate.hold_for(Kind::Look, &answer(429, "REQUEST_LIMITED"), long);
    assert_eq!(group, Some(RateGroup::Lists));
    assert!(gate.pass(RateGroup::Lists).is_err());
    assert!(!gate.withholds(passed, clock::now()), "a create goes on");
    assert_eq!(gate.room(RateGroup::Creates), Room::Free);
    gate.pass(RateGroup::Creates).unwrap();
    tokio::time::advance(hold).await;
    assert_eq!(gate.room(RateGroup::Lists), Room::Free);
    gate.pass(RateGroup::Lists).unwrap();
    assert_eq!(gate.room(RateGroup::Lists), Room::Full, "one goes first");
    assert!(gate.has_room(), "and creates go beside it");
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_by_no_429_speaks_for_pingone_as_a_whole() {
    let mut gate = gate(0, None);
    let (group, _) = gate.hold_for(Kind::Look, &answer(503, "CODE"), Duration::from_secs(2));
    assert_eq!(group, None);
    for group in RateGroup::ALL {
        assert!(gate.pass(group).is_err(), "{group:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_token_is_tried_by_one_request_first() {
    let mut gate = gate(0, None);
    gate.probe();
    gate.pass(RateGroup::Lists).unwrap();
    assert!(!gate.has_room());
}

#[test]
fn a_wait_that_is_too_long_ends_so_long_from_now() {
    let now = jiff::Timestamp::from_second(7).unwrap();
    let asked = too_long(Some(Duration::from_secs(301)), now);
    let until_ms = 308_000;
    assert_eq!(asked, Some(StopReason::AskedToWait { until_ms }));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_stops_the_run_whatever_the_answer() {
    let mut gate = gate(0, None);
    let now = clock::now();
    let subject = row(1, CREATE).subject(&answer(0, "CODE"), Duration::ZERO);
    for (seconds, stops) in [(300, false), (301, true), (86_400, true)] {
        let pause = Duration::from_secs(seconds);
        let create = Answered {
            pause: Some(pause),
            ..answered(lost())
        };
        let look = Answered {
            pause: Some(pause),
            ..answered(LookOutcome::Seen(Listing::Absent))
        };
        for stop in [
            gate.heard_create(subject, &create, None, now),
            gate.heard_look(subject, &look, None, now),
        ] {
            let asks = matches!(stop, Some(StopReason::AskedToWait { .. }));
            assert_eq!(asks, stops, "{seconds}: {stop:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn retries_are_paid_for_until_a_minute_without_success_closes_the_gate() {
    let mut gate = gate(0, None);
    let subject = row(1, CREATE).subject(&answer(0, "CODE"), Duration::ZERO);
    let fail = |gate: &mut Gate| {
        gate.pass(RateGroup::Creates).unwrap();
        gate.came_back(RateGroup::Creates);
        let refused = AttemptOutcome::NotCreated(Refusal::Conflicting);
        let retry = Some(Retried::NotSent);
        let subject = Subject {
            refused_before: true,
            ..subject
        };
        gate.heard_create(subject, &answered(refused), retry, clock::now())
    };
    let seq = gate.pass(RateGroup::Creates).unwrap();
    hear(&mut gate, seq, created());
    let paid = (0..100).take_while(|_| {
        let affords = gate.affords(Retried::NotSent);
        fail(&mut gate);
        affords
    });
    assert_eq!(paid.count(), 20);
    assert!(!gate.affords(Retried::NotSent));
    assert_eq!(gate.tripped_until(clock::now()), None);
    tokio::time::advance(Duration::from_mins(1)).await;
    assert_eq!(fail(&mut gate), None, "it worked before: it is waited for");
    let now = clock::now();
    assert_eq!(gate.tripped_until(now), Some(now + Duration::from_mins(1)));
    for _ in 0..10 {
        let seq = gate.pass(RateGroup::Creates).unwrap();
        hear(&mut gate, seq, created());
    }
    assert!(gate.affords(Retried::NotSent), "successes pay for retries");
}

#[tokio::test(start_paused = true)]
async fn listings_that_tell_nothing_draw_on_the_same_budget() {
    let mut gate = gate(0, None);
    let subject = row(1, Phase::Look).subject(&answer(0, "CODE"), Duration::ZERO);
    let outcome = LookOutcome::Nothing(WhyNothing::NoInformation);
    for _ in 0..18 {
        gate.pass(RateGroup::Lists).unwrap();
        gate.came_back(RateGroup::Lists);
        gate.heard_look(subject, &answered(outcome.clone()), None, clock::now());
    }
    // 100 - 18 are left: enough for eight retries after a time-out.
    assert!(gate.affords(Retried::TimedOut));
    let seen = answered(LookOutcome::Seen(Listing::Absent));
    for _ in 0..8 {
        gate.pass(RateGroup::Creates).unwrap();
        gate.came_back(RateGroup::Creates);
        let refused = AttemptOutcome::NotCreated(Refusal::Conflicting);
        let retry = Some(Retried::TimedOut);
        let subject = Subject {
            refused_before: true,
            ..subject
        };
        gate.heard_create(subject, &answered(refused), retry, clock::now());
        gate.pass(RateGroup::Lists).unwrap();
        gate.came_back(RateGroup::Lists);
        gate.heard_look(subject, &seen, None, clock::now());
    }
    assert!(!gate.affords(Retried::NotSent));
}

#[tokio::test(start_paused = true)]
async fn conflicts_with_nothing_count_as_failures() {
    let mut gate = gate(0, None);
    let subject = row(1, Phase::Look).subject(&answer(0, "CODE"), Duration::ZERO);
    let conflict = answer(409, "CONFLICT");
    let absent = answered(LookOutcome::Seen(Listing::Absent));
    let stop = (0..30).find_map(|_| {
        gate.pass(RateGroup::Lists).unwrap();
        gate.came_back(RateGroup::Lists);
        gate.heard_look(subject, &absent, Some(&conflict), clock::now())
    });
    let Some(StopReason::Unavailable { what }) = stop else {
        panic!("{stop:?}")
    };
    assert!(
        what.contains("creates failed") && what.contains("HTTP 409"),
        "{what}"
    );
}

#[tokio::test(start_paused = true)]
async fn it_hears_of_rows_that_end_and_of_those_that_stay_in_doubt() {
    let options = GuardOptions {
        canary: 0,
        concurrency: 4,
        max_errors: Some(crate::engine::options::MaxErrors::Rows(2)),
    };
    let mut gate = Gate::new(Guard::new(options, API, false), Pacing::Unpaced, None);
    assert_eq!(gate.heard_row(Outcome::Failed), None);
    let stop = gate.heard_row(Outcome::Failed);
    assert_eq!(stop, Some(StopReason::TooManyErrors { bad: 2 }));
    let unsettled = (0..21).filter_map(|_| gate.heard_unsettled()).count();
    assert_eq!(unsettled, 1, "more than twenty are too many");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_switched_on_counts_as_the_device_that_is_to_come() {
    let mut gate = gate(0, Some(2));
    assert_eq!(gate.room(RateGroup::Directory), Room::Free);
    gate.pass(RateGroup::Directory).unwrap();
    gate.pass(RateGroup::Directory).unwrap();
    assert_eq!(gate.in_flight(), 2);
    for kind in [RateGroup::Directory, RateGroup::Creates] {
        assert_eq!(gate.room(kind), Room::Full, "two are to come");
    }
    assert_eq!(gate.room(RateGroup::Lists), Room::Free);
    gate.came_back(RateGroup::Directory);
    gate.pass(RateGroup::Creates).unwrap();
    gate.came_back(RateGroup::Directory);
    let seq = gate.pass(RateGroup::Creates).unwrap();
    assert_eq!(gate.room(RateGroup::Directory), Room::Full);
    for _ in 0..2 {
        hear(&mut gate, seq, created());
    }
    assert_eq!(gate.room(RateGroup::Directory), Room::LimitReached);
}

#[tokio::test(start_paused = true)]
async fn before_the_first_device_users_are_asked_about_one_by_one() {
    let mut gate = gate(2, None);
    let seq = gate.pass(RateGroup::Directory).unwrap();
    assert_eq!(gate.room(RateGroup::Directory), Room::Full);
    gate.came_back(RateGroup::Directory);
    assert_eq!((gate.room(RateGroup::Directory), seq), (Room::Free, 0));
}

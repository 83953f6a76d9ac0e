//! When a run stops, and how wide it goes until then.

mod no_news;
mod width;

use std::time::Duration;

use super::*;
use crate::engine::options::MaxErrors;
use crate::engine::samples::{answer, answered, nameless};
use crate::model::ids::{PolicyId, UserId};
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::Listing;
use crate::model::row::RowNumber;
use crate::model::stop::StopCode;
use crate::model::why_nothing::WhyNothing;

const API: &str = "https://api.example";

const OPTIONS: GuardOptions = GuardOptions {
    canary: 5,
    concurrency: 32,
    max_errors: None,
};

fn guard() -> Guard {
    Guard::new(OPTIONS, API, false)
}

/// An answer to a request that was begun after all else.
fn row(number: u8) -> Subject {
    Subject {
        row: RowNumber(u64::from(number)),
        user: UserId::from_bytes([number; 16]),
        policy: PolicyId::from_bytes([7; 16]),
        seq: u64::MAX,
        refused_before: false,
        is_remembered: false,
        took: Duration::ZERO,
    }
}

fn said<T>(outcome: T, status: u16, code: &str) -> Answered<T> {
    Answered {
        answer: answer(status, code),
        ..answered(outcome)
    }
}

/// Lets the guard hear of an answered create, now.
fn create(guard: &mut Guard, subject: Subject, outcome: AttemptOutcome) -> Option<StopReason> {
    guard.on_create(subject, &answered(outcome), crate::clock::now())
}

/// Lets the guard hear of an answered listing, now.
fn look(guard: &mut Guard, subject: Subject, outcome: LookOutcome) -> Option<StopReason> {
    guard.on_look(subject, &answered(outcome), crate::clock::now())
}

fn created() -> AttemptOutcome {
    AttemptOutcome::Created(nameless())
}

fn absent() -> LookOutcome {
    LookOutcome::Seen(Listing::Absent)
}

fn refused(refusal: Refusal) -> AttemptOutcome {
    AttemptOutcome::NotCreated(refusal)
}

fn lost(ambiguity: Ambiguity) -> AttemptOutcome {
    AttemptOutcome::Indeterminate(ambiguity)
}

/// Repeats an outcome, each time for another row, until the guard stops the run; tells after how many.
fn stops_after(
    guard: &mut Guard,
    outcome: &AttemptOutcome,
    code: &str,
    most: u8,
) -> Option<(u8, StopReason)> {
    let (now, said) = (crate::clock::now(), said(outcome.clone(), 400, code));
    (1..=most).find_map(|number| {
        let reason = guard.on_create(row(number), &said, now)?;
        Some((number, reason))
    })
}

fn after_success() -> Guard {
    let mut guard = guard();
    for number in 1..=5 {
        assert_eq!(create(&mut guard, row(number), created()), None);
    }
    guard
}

#[tokio::test(start_paused = true)]
async fn a_misconfigured_run_costs_a_handful_of_creates() {
    for (outcome, most) in [
        (refused(Refusal::Invalid), 5),
        (refused(Refusal::DeviceLimit), 5),
        (refused(Refusal::UserUnknown), 5),
        (refused(Refusal::Forbidden), 3),
        (refused(Refusal::Untrusted), 1),
        (refused(Refusal::Misdirected), 1),
        (lost(Ambiguity::Redirected), 1),
        (lost(Ambiguity::WrongDevice), 1),
        (lost(Ambiguity::ForeignError), 3),
        (lost(Ambiguity::UnexpectedStatus), 3),
        (lost(Ambiguity::ServerError), 20),
        (lost(Ambiguity::TimedOut), 20),
        (refused(Refusal::Unreachable), 20),
    ] {
        let (count, _) = stops_after(&mut guard(), &outcome, "CODE", 50).unwrap();
        assert_eq!(count, most, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_refusals_of_one_code_in_a_row_stop_a_run_that_had_begun_well() {
    for refusal in [Refusal::Invalid, Refusal::Forbidden, Refusal::UserUnknown] {
        let (count, reason) =
            stops_after(&mut after_success(), &refused(refusal), "CODE", 50).unwrap();
        assert_eq!(count, 10, "{refusal:?}");
        assert!(matches!(reason, StopReason::Pointless { .. }));
    }
}

#[tokio::test(start_paused = true)]
async fn different_refusals_or_a_success_between_them_stop_nothing() {
    let now = crate::clock::now();
    let mut mixed = after_success();
    for number in 1..=100 {
        let code = if number % 2 == 0 { "ONE" } else { "OTHER" };
        let invalid = said(refused(Refusal::Invalid), 400, code);
        assert_eq!(mixed.on_create(row(number), &invalid, now), None);
    }
    let mut spread = after_success();
    for number in 1..=100 {
        let outcome = if number % 10 == 0 {
            created()
        } else {
            refused(Refusal::Invalid)
        };
        assert_eq!(create(&mut spread, row(number), outcome), None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_reason_names_the_code_example_rows_and_a_remedy() {
    let (_, reason) = stops_after(
        &mut guard(),
        &refused(Refusal::Forbidden),
        "ACCESS_FAILED",
        50,
    )
    .unwrap();
    let StopReason::Pointless { code, what, hint } = reason else {
        panic!("{reason:?}")
    };
    assert_eq!(code, StopCode::PermissionMissing);
    assert_eq!(
        what,
        "PingOne refused 3 consecutive rows with HTTP 400, ACCESS_FAILED (rows 1, 2, 3, …)"
    );
    assert!(hint.contains("Identity Data Admin"));
}

#[tokio::test(start_paused = true)]
async fn the_same_user_three_times_is_no_proof_against_the_tenant() {
    let mut guard = guard();
    for _ in 0..20 {
        let forbidden = refused(Refusal::Forbidden);
        assert_eq!(create(&mut guard, row(1), forbidden), None);
    }
}

#[tokio::test(start_paused = true)]
async fn users_that_are_not_there_stop_nothing_where_others_are_listed() {
    let mut guard = guard();
    for number in 1..=100 {
        let reason = look(&mut guard, row(number), LookOutcome::UserUnknown);
        assert_eq!(reason, None, "user {number}");
        look(&mut guard, row(200), absent());
    }
    let stop = (1..=5).find_map(|number| look(&mut guard, row(number), LookOutcome::UserUnknown));
    assert!(stop.is_some(), "five in a row, before any success");
}

#[tokio::test(start_paused = true)]
async fn while_all_are_refused_no_more_are_sent_than_it_takes_to_stop() {
    let mut guard = after_success();
    let (mut in_flight, mut refusals) = (guard.create_width(), 0);
    let stopped = loop {
        refusals += 1;
        in_flight -= 1;
        if let Some(reason) = create(&mut guard, row(refusals), refused(Refusal::Invalid)) {
            break reason;
        }
        in_flight = in_flight.max(guard.create_width());
    };
    assert!(matches!(stopped, StopReason::Pointless { .. }));
    assert!(
        usize::from(refusals) + in_flight <= 10,
        "{refusals}, {in_flight}"
    );
}

/// What ten such listings, of these rows, lead to.
fn blind(mut guard: Guard, outcome: &LookOutcome, rows: [u8; 10]) -> Vec<Option<StopReason>> {
    let rows = rows.into_iter();
    rows.map(|number| look(&mut guard, row(number), outcome.clone()))
        .collect()
}

const TEN_ROWS: [u8; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

#[tokio::test(start_paused = true)]
async fn listings_that_were_never_readable_stop_the_run_with_what_they_said() {
    for (outcome, stops) in [
        (LookOutcome::Nothing(WhyNothing::Unreadable), true),
        (LookOutcome::Nothing(WhyNothing::NoInformation), false),
    ] {
        let reasons = blind(guard(), &outcome, TEN_ROWS);
        assert_eq!(reasons[9].is_some(), stops, "{outcome:?}: {reasons:?}");
        assert!(reasons[8].is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn one_row_looked_for_again_or_a_known_tenant_does_not_stop_the_run() {
    let proven = Guard::new(OPTIONS, API, true);
    for (guard, rows) in [
        (guard(), [1; 10]),
        (guard(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]),
        (proven, TEN_ROWS),
    ] {
        let reasons = blind(guard, &LookOutcome::Nothing(WhyNothing::Unreadable), rows);
        assert_eq!(reasons, [const { None }; 10], "{rows:?}");
    }
}

#[test]
fn too_many_bad_rows_are_a_number_or_a_share_of_at_least_twenty() {
    let with = |max_errors| {
        let options = GuardOptions {
            max_errors: Some(max_errors),
            ..OPTIONS
        };
        Guard::new(options, API, false)
    };
    let bad = Outcome::Rejected;
    let mut three = with(MaxErrors::Rows(3));
    let ends: Vec<bool> = [bad, Outcome::Created, bad, Outcome::Existing, bad]
        .into_iter()
        .map(|outcome| three.on_row(outcome).is_some())
        .collect();
    assert_eq!(ends, [false, false, false, false, true]);
    let mut half = with(MaxErrors::Percent(50.0));
    for number in 1..20 {
        assert_eq!(half.on_row(bad), None, "row {number}");
    }
    assert_eq!(
        half.on_row(bad),
        Some(StopReason::TooManyErrors { bad: 20 })
    );
}

#[test]
fn many_rows_without_news_stop_the_run_and_a_few_do_not() {
    let mut guard = guard();
    guard.creates = 1_000;
    for _ in 0..20 {
        assert_eq!(guard.on_unsettled(), None);
    }
    assert!(
        guard.on_unsettled().is_some(),
        "more than twenty and more than a hundredth"
    );
    let mut wide = self::guard();
    wide.creates = 100_000;
    for _ in 0..1_000 {
        assert_eq!(wide.on_unsettled(), None);
    }
    assert!(wide.on_unsettled().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_quarter_of_an_hour_of_429_ends_the_run_whatever_was_asked() {
    let wait = Some(Duration::from_mins(1));
    let mut guard = after_success();
    let hear = |guard: &mut Guard, minute: u64, now| {
        if minute.is_multiple_of(2) {
            let create = refused(Refusal::Throttled { retry_after: wait });
            guard.on_create(row(1), &said(create, 429, "CODE"), now)
        } else {
            let look = LookOutcome::Nothing(WhyNothing::Throttled { retry_after: wait });
            guard.on_look(row(2), &said(look, 429, "CODE"), now)
        }
    };
    let start = crate::clock::now();
    for minute in 0..10 {
        let now = start + Duration::from_mins(minute);
        assert_eq!(hear(&mut guard, minute, now), None, "{minute}");
    }
    // One other answer, and it begins anew.
    let start = start + Duration::from_mins(10);
    let absent = said(absent(), 200, "CODE");
    assert_eq!(guard.on_look(row(3), &absent, start), None);
    for minute in 0..15 {
        let now = start + Duration::from_mins(minute);
        assert_eq!(hear(&mut guard, minute, now), None, "{minute}");
    }
    let end = hear(&mut guard, 15, start + Duration::from_mins(15));
    assert!(
        matches!(end, Some(StopReason::Unavailable { .. })),
        "{end:?}"
    );
}

/// Lets the guard hear of an answer about a user's MFA, now; tells after how many it stops the run.
fn mfa_stops_after(guard: &mut Guard, outcome: &MfaOutcome, most: u8) -> Option<(u8, StopReason)> {
    let (now, said) = (crate::clock::now(), said(outcome.clone(), 403, "CODE"));
    (1..=most).find_map(|number| {
        // Each is read before it is switched.
        assert_eq!(
            guard.on_mfa(row(number), &answered(MfaOutcome::Is(false)), now),
            None
        );
        let reason = guard.on_mfa(row(number), &said, now)?;
        Some((number, reason))
    })
}

#[test]
fn a_role_that_may_read_and_not_switch_ends_the_run_and_is_named() {
    let mut guard = guard();
    let (after, reason) =
        mfa_stops_after(&mut guard, &MfaOutcome::Nothing(WhyNothing::Forbidden), 20).unwrap();
    assert_eq!(after, 3);
    let StopReason::Pointless { code, hint, .. } = reason else {
        panic!("{reason:?}");
    };
    assert_eq!(code, StopCode::PermissionMissing);
    assert!(hint.contains("Environment Admin"), "{hint}");
    let mut others = after_success();
    let (after, _) = mfa_stops_after(&mut others, &MfaOutcome::Refused, 20).unwrap();
    assert_eq!(after, 10);
}

#[test]
fn a_user_switched_on_ends_a_streak_and_an_odd_answer_stops_nothing() {
    let mut guard = guard();
    let now = crate::clock::now();
    for number in 1..100 {
        let outcome = match number % 3 {
            0 => MfaOutcome::Is(true),
            _ => MfaOutcome::Nothing(WhyNothing::Forbidden),
        };
        assert_eq!(
            guard.on_mfa(row(number), &said(outcome, 403, "CODE"), now),
            None,
            "{number}"
        );
    }
    for outcome in [
        MfaOutcome::Nothing(WhyNothing::Untrusted),
        MfaOutcome::Nothing(WhyNothing::Redirected),
        MfaOutcome::Nothing(WhyNothing::MixedUp),
    ] {
        assert!(guard.on_mfa(row(1), &answered(outcome), now).is_some());
    }
}

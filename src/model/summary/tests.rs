//! What events come to, and which exit code.

use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::model::code::DUPLICATE_FOUND;
use crate::model::event::RowFinished;
use crate::model::ids::DeviceId;
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::LookOutcome;
use crate::model::outcome::{Ambiguity, Answer, AttemptOutcome, Refusal};
use crate::model::samples::label;
use crate::model::why_nothing::WhyNothing;

fn summary() -> Summary {
    Summary::new(
        RunId::from_uuid(Uuid::nil()),
        "wave.csv".to_owned(),
        None,
        false,
        Timestamp::UNIX_EPOCH,
    )
}

fn finished(row: u64, outcome: Outcome, code: Option<&str>) -> Event {
    let device = (outcome == Outcome::Created).then(|| DeviceId::from_bytes([9; 16]));
    Event::RowFinished(RowFinished {
        code: code.map(str::to_owned),
        seen_twice: code == Some(DUPLICATE_FOUND),
        ..RowFinished::new(label(row), outcome, device)
    })
}

fn of(rows: &[(Outcome, Option<&str>)], stops: &[StopReason]) -> Summary {
    let mut summary = summary();
    for (row, &(outcome, code)) in (1..).zip(rows) {
        summary.on(&Event::RowRead);
        summary.on(&finished(row, outcome, code));
    }
    for reason in stops {
        summary.on(&Event::StopRequested {
            reason: reason.clone(),
            in_flight: 0,
        });
    }
    summary
}

#[test]
fn the_exit_code_follows_from_the_rows_and_the_most_urgent_reason_to_stop() {
    use Outcome::{
        Created, Duplicate, Existing, Failed, Invalid, Pending, Ready, Rejected, Unknown,
    };
    let what = || "x".to_owned();
    let pointless = || StopReason::Pointless {
        code: crate::model::stop::StopCode::CredentialsRefused,
        what: what(),
        hint: what(),
    };
    let changed = || StopReason::InputChanged {
        what: what(),
        hint: what(),
    };
    let unavailable = || StopReason::Unavailable { what: what() };
    for (rows, stops, code) in [
        (&[][..], vec![], 0),
        (&[Created, Existing, Duplicate][..], vec![], 0),
        (&[Ready, Created], vec![], 0),
        (&[Created, Invalid], vec![], 3),
        (&[Rejected], vec![], 3),
        (&[Rejected, Failed], vec![], 4),
        (&[Invalid, Unknown], vec![], 4),
        (&[Pending], vec![], 4),
        (&[Created], vec![unavailable()], 4),
        (&[Invalid, Pending], vec![StopReason::TimeIsUp], 7),
        (&[Failed, Pending], vec![StopReason::LimitReached], 7),
        (&[Rejected, Pending], vec![pointless()], 5),
        (&[Pending], vec![StopReason::TooManyErrors { bad: 9 }], 5),
        (&[Created, Unknown], vec![pointless()], 4),
        (&[Rejected, Unknown], vec![pointless()], 4),
        (
            &[Unknown, Unknown],
            vec![StopReason::TooManyErrors { bad: 2 }],
            4,
        ),
        (&[Unknown, Failed], vec![pointless()], 5),
        (&[Unknown, Pending], vec![pointless()], 5),
        (&[Created, Rejected], vec![pointless()], 5),
        (&[Unknown], vec![pointless(), StopReason::Interrupted], 130),
        (&[Created, Pending], vec![changed()], 3),
        (&[Failed, Unknown, Pending], vec![changed()], 3),
        (&[Pending], vec![StopReason::Interrupted, changed()], 130),
        (&[Pending], vec![StopReason::TimeIsUp, changed()], 7),
        (&[Pending], vec![StopReason::TimeIsUp, pointless()], 5),
        (&[Pending], vec![pointless(), StopReason::TimeIsUp], 5),
        (&[Pending], vec![pointless(), StopReason::Interrupted], 130),
        (&[Pending], vec![StopReason::Terminated, pointless()], 143),
        (
            &[Pending],
            vec![StopReason::Terminated, StopReason::Interrupted],
            143,
        ),
        (
            &[Created],
            vec![StopReason::Interrupted, StopReason::Broken { what: what() }],
            1,
        ),
    ] {
        let rows: Vec<_> = rows.iter().map(|&outcome| (outcome, None)).collect();
        let summary = of(&rows, &stops);
        assert_eq!(summary.exit_code().code(), code, "{rows:?} {stops:?}");
    }
}

#[test]
fn a_device_whose_id_is_not_known_is_left_for_another_run() {
    let mut summary = of(&[(Outcome::Created, None)], &[]);
    assert_eq!(summary.exit_code(), ExitCode::Done);
    let Event::RowFinished(mut row) = finished(2, Outcome::Created, None) else {
        unreachable!("it is a row that ends");
    };
    row.device = None;
    summary.on(&Event::RowRead);
    summary.on(&Event::RowFinished(row));
    assert_eq!(summary.exit_code(), ExitCode::RunAgain);
}

#[test]
fn a_device_that_is_there_twice_is_a_failure_of_wavepair_itself() {
    let summary = of(&[(Outcome::Existing, Some(DUPLICATE_FOUND))], &[]);
    assert_eq!(summary.exit_code(), ExitCode::Broken);
}

#[test]
fn a_row_without_an_outcome_is_noticed() {
    let mut summary = of(&[(Outcome::Created, None)], &[]);
    assert!(summary.conserved());
    summary.on(&Event::RowRead);
    assert!(!summary.conserved());
    assert_eq!(summary.exit_code(), ExitCode::Broken);

    let mut all = Tally::default();
    for event in [
        finished(1, Outcome::Created, None),
        finished(2, Outcome::Pending, None),
    ] {
        let Event::RowFinished(row) = event else {
            panic!("not a row")
        };
        all.add(&row);
    }
    summary.settle(2, account(2), all);
    assert!(summary.conserved());
    assert_eq!(summary.exit_code(), ExitCode::RunAgain);
}

/// A header and so many rows.
fn account(rows: u64) -> Account {
    Account {
        lines: rows + 1,
        header: 1,
        blank: 0,
        of_rows: rows,
        rows,
    }
}

#[test]
fn a_miscount_of_any_kind_is_a_failure_of_wavepair_itself() {
    type Plant = fn(&mut Account, &mut u64);
    let miscounts: [(&str, Plant); 8] = [
        ("a line that nobody read", |account, _| account.lines += 1),
        ("a line that is not there", |account, _| account.lines -= 1),
        ("a header that took a row", |account, _| account.header += 1),
        ("a row taken for blank", |account, _| account.blank += 1),
        ("a line in two rows", |account, _| account.of_rows += 1),
        ("a row without a line of the results", |account, _| {
            account.rows += 1;
        }),
        ("a row that the first pass did not see", |_, rows| {
            *rows -= 1;
        }),
        ("a row that only the first pass saw", |_, rows| *rows += 1),
    ];
    let settled = |plant: Plant| {
        let mut summary = of(&[(Outcome::Created, None), (Outcome::Existing, None)], &[]);
        let (mut account, mut rows) = (account(2), 2);
        plant(&mut account, &mut rows);
        let tally = summary.tally.clone();
        summary.settle(rows, account, tally);
        summary.exit_code()
    };
    assert_eq!(settled(|_, _| {}), ExitCode::Done);
    for (what, plant) in miscounts {
        assert_eq!(settled(plant), ExitCode::Broken, "{what}");
    }
}

#[test]
fn what_was_heard_of_the_rows_must_be_what_the_results_say() {
    use Outcome::{Created, Failed, Pending, Rejected};
    for (heard, said, stopped, agrees) in [
        (&[][..], &[][..], false, true),
        (&[Created, Rejected], &[Created, Rejected], false, true),
        (&[Created, Rejected], &[Created, Created], false, false),
        (&[Created], &[Created, Pending], false, false),
        (&[Created], &[Created, Pending], true, true),
        (&[Created], &[Created, Failed], true, true),
        (&[Created, Rejected], &[Created, Pending], true, false),
        (&[Created, Failed], &[Created], true, false),
    ] {
        let counts = |outcomes: &[Outcome]| {
            let mut counts = Counts::default();
            for &outcome in outcomes {
                counts.add(outcome);
            }
            counts
        };
        let mut summary = summary();
        summary.tally.outcomes = counts(said);
        if stopped {
            summary.stop(&StopReason::TimeIsUp);
        }
        let found = summary.agrees_with(&counts(heard));
        assert_eq!(found, agrees, "{heard:?} {said:?} {stopped}");
    }
}

#[test]
fn rows_that_were_not_reached_are_pending_where_no_results_tell_of_them() {
    let mut summary = of(&[(Outcome::Created, None)], &[]);
    summary.leave_pending(5, 0);
    assert_eq!(summary.tally.outcomes.get(Outcome::Pending), 4);
    assert!(summary.conserved());
}

#[test]
fn requests_throttles_and_retries_are_counted_apart() {
    let mut summary = summary();
    let attempt = |outcome, http_status, next| Event::AttemptEnded {
        who: label(1),
        attempt: 1,
        outcome,
        answer: Answer {
            http_status,
            ..Answer::default()
        },
        took: Duration::ZERO,
        next,
    };
    let throttled = AttemptOutcome::NotCreated(Refusal::Throttled { retry_after: None });
    for event in [
        Event::Sent(RequestKind::Token),
        Event::Sent(RequestKind::List),
        Event::Sent(RequestKind::Create),
        Event::Sent(RequestKind::Create),
        Event::Sent(RequestKind::Mfa),
        Event::Sent(RequestKind::Read),
        Event::MfaEnded {
            who: label(1),
            outcome: MfaOutcome::Nothing(WhyNothing::Throttled { retry_after: None }),
            took: Duration::ZERO,
            next: Next::Mfa(Duration::ZERO),
        },
        attempt(throttled, Some(429), Next::Create(Duration::ZERO)),
        attempt(
            AttemptOutcome::Indeterminate(Ambiguity::QuotaExceeded),
            Some(429),
            Next::Look(Duration::ZERO),
        ),
        attempt(
            AttemptOutcome::NotCreated(Refusal::Unreachable),
            None,
            Next::Finish,
        ),
        Event::LookEnded {
            who: label(1),
            outcome: LookOutcome::Nothing(WhyNothing::Throttled { retry_after: None }),
            took: Duration::ZERO,
            next: Next::Look(Duration::ZERO),
        },
    ] {
        summary.on(&event);
    }
    let requests = Requests {
        token: 1,
        list: 1,
        create: 2,
        mfa: 1,
        delete: 0,
        read: 1,
    };
    assert_eq!(summary.requests, requests);
    assert_eq!((summary.throttled, summary.retries), (4, 1));
}

//! What the results say of rows.

use super::*;
use crate::model::outcome::Device;
use crate::model::request::DeviceStatus;
use crate::model::row::{Column, RowNumber};
use crate::model::warning::{Warning, WarningCode};
use crate::plan::Earlier;
use crate::report::fixture::{device_id, entry, known_row, policy_id, run_id};
use crate::report::known_state::NotReached;

fn known_in(state: DeviceState) -> KnownState {
    let mut entry = entry(state);
    entry.answer = Answer {
        http_status: Some(400),
        code: Some("CODE".to_owned()),
        message: Some("reason".to_owned()),
        correlation_id: Some("c-1".to_owned()),
    };
    KnownState::Entry(entry)
}

fn not_reached() -> Mode {
    Mode::Run(NotReached::NoRun)
}

#[test]
fn a_row_is_what_its_device_is() {
    let (code, reason) = (Some("CODE"), Some("reason"));
    let earlier = |word: &str| Some(format!("{word} in an earlier run (CODE): reason"));
    let run = not_reached();
    for (state, mode, outcome, code, message) in [
        (DeviceState::Created, &run, Outcome::Created, None, None),
        (
            DeviceState::Created,
            &Mode::DryRun,
            Outcome::Created,
            None,
            None,
        ),
        (DeviceState::Found, &run, Outcome::Existing, None, None),
        (
            DeviceState::Rejected,
            &run,
            Outcome::Rejected,
            code,
            reason.map(str::to_owned),
        ),
        (
            DeviceState::Failed,
            &run,
            Outcome::Failed,
            code,
            reason.map(str::to_owned),
        ),
        (
            DeviceState::Rejected,
            &Mode::DryRun,
            Outcome::Ready,
            None,
            earlier("rejected"),
        ),
        (
            DeviceState::Failed,
            &Mode::DryRun,
            Outcome::Ready,
            None,
            earlier("failed"),
        ),
        (
            DeviceState::InFlight,
            &run,
            Outcome::Unknown,
            code,
            reason.map(str::to_owned),
        ),
        (
            DeviceState::Unresolved,
            &Mode::DryRun,
            Outcome::Unknown,
            code,
            reason.map(str::to_owned),
        ),
    ] {
        let result = ResultRow::of(&known_row(3, known_in(state)), mode);
        let why = format!("{state:?} {mode:?}");
        assert_eq!(result.finished.outcome, outcome, "{why}");
        assert_eq!(result.finished.code.as_deref(), code, "{why}");
        assert_eq!(result.finished.message, message, "{why}");
        let status = (outcome != Outcome::Ready).then_some(400);
        assert_eq!((result.http_status, result.attempts), (status, 2), "{why}");
        assert_eq!(result.run, Some(run_id()), "{why}");
    }
}

#[test]
fn every_open_row_has_a_code_and_says_what_happened_and_what_to_do() {
    let answers = [None, Some("CODE"), Some(code::WITHHELD), Some(INTERRUPTED)];
    for state in DeviceState::ALL {
        for code in answers {
            for resends in [0, RESENDS_MAX] {
                let mut entry = entry(state);
                entry.answer.code = code.map(str::to_owned);
                entry.resends = resends;
                let known = KnownState::Entry(entry);
                let result = ResultRow::of(&known_row(3, known), &not_reached());
                let why = format!("{state:?} {code:?} {resends}: {result:?}");
                match result.finished.outcome {
                    Outcome::Created | Outcome::Existing | Outcome::Ready => {}
                    Outcome::Duplicate
                    | Outcome::Invalid
                    | Outcome::Rejected
                    | Outcome::Failed
                    | Outcome::Unknown
                    | Outcome::Pending => {
                        assert!(
                            result.finished.code.is_some_and(|code| !code.is_empty()),
                            "{why}"
                        );
                        let message = result.finished.message.unwrap_or_default();
                        assert!(message.contains("; "), "{why}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_row_whose_create_was_withheld_was_not_sent() {
    let mut entry = entry(DeviceState::Failed);
    entry.answer.code = Some(code::WITHHELD.to_owned());
    for (mode, outcome, code) in [
        (not_reached(), Outcome::Pending, Some(code::NOT_RUN_YET)),
        (Mode::DryRun, Outcome::Ready, None),
    ] {
        let known = KnownState::Entry(entry.clone());
        let result = ResultRow::of(&known_row(3, known), &mode);
        assert_eq!(
            (result.finished.outcome, result.finished.code.as_deref()),
            (outcome, code)
        );
    }
}

#[test]
fn a_device_that_is_there_twice_says_so_whatever_pingone_said_last() {
    let known = known_in(DeviceState::Several);
    let result = ResultRow::of(&known_row(3, known), &not_reached());
    assert_eq!(result.finished.outcome, Outcome::Existing);
    assert_eq!(result.finished.code.as_deref(), Some(DUPLICATE_FOUND));
}

#[test]
fn a_row_that_nobody_asked_for_is_pending_or_ready_and_effectively_active() {
    for (mode, outcome, code) in [
        (not_reached(), Outcome::Pending, Some(code::NOT_RUN_YET)),
        (Mode::DryRun, Outcome::Ready, None),
    ] {
        let known = KnownState::Untouched;
        let result = ResultRow::of(&known_row(1, known), &mode);
        assert_eq!(result.finished.code.as_deref(), code);
        assert_eq!(result.finished.message.is_some(), code.is_some());
        assert_eq!((result.finished.outcome, result.run), (outcome, None));
        assert_eq!(result.requested.status, Some(DeviceStatus::Active));
        assert!(!result.finished.earlier);
    }
}

#[test]
fn a_duplicate_carries_the_first_rows_device_and_names_that_row() {
    for (known, device) in [
        (known_in(DeviceState::Created), Some(device_id())),
        (known_in(DeviceState::Rejected), None),
        (KnownState::Untouched, None),
    ] {
        let row = KnownRow {
            earlier: Some(Earlier {
                row: RowNumber(2),
                policy: Some(policy_id()),
            }),
            ..known_row(5, known)
        };
        let result = ResultRow::of(&row, &not_reached());
        assert_eq!(
            (result.finished.outcome, result.finished.device),
            (Outcome::Duplicate, device)
        );
        let message = result.finished.message.unwrap();
        assert!(
            message.starts_with("same user, type and phone as row 2; "),
            "{message}"
        );
        assert_eq!(result.finished.code.as_deref(), Some(SAME_DEVICE));
        assert_eq!(result.run, None);
    }
}

#[test]
fn a_finding_overrides_and_a_warning_fills_an_empty_message() {
    let warnings = vec![Warning::UnusualLine, Warning::Placeholder(Column::Nickname)];
    let found = |answer| KnownState::Finding {
        outcome: Outcome::Existing,
        device: Some(Device {
            id: Some(device_id()),
            ..Device::default()
        }),
        answer,
    };
    let result = |known| {
        let mut row = known_row(1, known);
        row.judged.verdict.as_mut().unwrap().warnings = warnings.clone();
        ResultRow::of(&row, &Mode::DryRun)
    };
    let quiet = result(found(Answer::default()));
    assert_eq!(
        (quiet.finished.outcome, quiet.finished.device),
        (Outcome::Existing, Some(device_id()))
    );
    let text = "an unusual kind of number: toll-free, shared cost or the like; the nickname \
                    is a word that programs write where they have no value";
    assert_eq!(quiet.finished.message.as_deref(), Some(text));
    let codes = [WarningCode::PhoneTypeUnusual, WarningCode::Placeholder];
    assert_eq!(quiet.warnings, codes);
    let answer = Answer {
        message: Some("said".to_owned()),
        ..Answer::default()
    };
    let told = result(found(answer));
    assert_eq!(told.finished.message.as_deref(), Some("said"));
    assert_eq!(told.warnings, codes, "a message hides no warning");
}

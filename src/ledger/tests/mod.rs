//! What a ledger remembers, and what it refuses.

mod batches;
mod earlier;
mod errors;
mod finding;
mod full_disk;
mod hand_over;
mod identity;
mod in_memory;
mod narrow_rows;
mod opening;
mod purge;
mod reading;
mod resolve;
mod users;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::*;
use crate::model::entry::{DeviceState, LedgerEntry, Moment};
use crate::model::ids::{DeviceId, EnvironmentId, RunId};
use crate::model::outcome::{Answer, Device, Outcome};
use crate::model::samples::request;

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state").join("ledger.db");
    Place {
        _folder: folder,
        path,
    }
}

fn binding() -> Binding {
    Binding {
        api_host: "api.pingone.eu".to_owned(),
        environment: EnvironmentId::from_bytes([1; 16]),
    }
}

fn moment(seconds: i64) -> Moment {
    Moment {
        wall_ms: 1_764_000_000_000 + seconds * 1000,
        boot_ms: seconds * 1000,
        boot_id: "boot".to_owned(),
    }
}

fn run(number: u8) -> RunRecord {
    RunRecord {
        id: RunId::from_bytes([number; 16]),
        wave: "/waves/a.csv".to_owned(),
        settings: format!("run {number}"),
        looks_first: true,
        undoes: None,
        called: String::new(),
        rows: 1,
    }
}

/// How a run ended that came to its end.
fn ended(exit_code: u8) -> RunEnd {
    RunEnd {
        exit_code,
        ..RunEnd::default()
    }
}

fn begin(path: &Path, binding: &Binding, run: &RunRecord, now: &Moment) -> Result<Opened, Error> {
    Found::look(path, binding)?.begin(run, now)
}

/// What is wrong, where it went wrong.
fn flaw<T: std::fmt::Debug>(result: Result<T, Error>) -> Flaw {
    result.unwrap_err().flaw
}

fn open(place: &Place, number: u8) -> Ledger {
    begin(&place.path, &binding(), &run(number), &moment(0))
        .unwrap()
        .ledger
}

/// Copies a ledger and what belongs to it as a crash would leave them.
fn crashed(place: &Place) -> Place {
    let copy = self::place();
    let (from, to) = (place.path.parent().unwrap(), copy.path.parent().unwrap());
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
    copy
}

fn intent(user: u8) -> Intent {
    Intent {
        request: request(user),
        resend: false,
        was_absent: true,
        looked: false,
        asked_ms: moment(1).wall_ms,
    }
}

/// An intent that follows a request which was not answered.
fn resent(user: u8) -> Intent {
    Intent {
        resend: true,
        ..intent(user)
    }
}

fn settled(user: u8, state: DeviceState) -> Settled {
    let there = matches!(
        state,
        DeviceState::Created | DeviceState::Found | DeviceState::Several
    );
    Settled {
        key: request(user).key,
        request: request(user).digest(),
        state,
        device: there.then(|| Device {
            id: Some(DeviceId::from_bytes([user; 16])),
            ..Device::default()
        }),
        last_send: (state == DeviceState::Unresolved).then(|| moment(5)),
        recheck_owed: false,
        lost: None,
        unproven: false,
        answer: Answer::default(),
    }
}

/// A ledger as somebody else reads it.
fn read(place: &Place) -> Reader {
    let reader = Reader::open(&place.path, Some(&binding()));
    reader.unwrap().unwrap()
}

/// How many devices of a ledger are in doubt, as somebody else reads it.
fn in_doubt(place: &Place) -> u64 {
    let storage = read(place).storage().unwrap();
    storage.devices.get(Outcome::Unknown)
}

async fn intend(ledger: &Ledger, intents: Vec<Intent>) -> Result<Committed, Error> {
    ledger
        .commit(Vec::new(), Vec::new(), intents, moment(1))
        .await
}

async fn settle(ledger: &Ledger, end: Settled) {
    ledger
        .commit(Vec::new(), vec![end], Vec::new(), moment(2))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_intent_is_on_disk_before_leave_to_send_is_given() {
    let place = place();
    let ledger = open(&place, 1);
    let committed = intend(&ledger, vec![intent(7), intent(8)]).await.unwrap();
    assert_eq!(
        committed
            .recorded
            .iter()
            .map(Recorded::attempt)
            .collect::<Vec<_>>(),
        [1, 1]
    );
    let other = read(&place);
    let entry = other.entry(&request(7).key).unwrap().unwrap();
    assert_eq!(
        (entry.state, entry.attempts, entry.was_absent),
        (DeviceState::InFlight, 1, true)
    );
    assert_eq!(entry.doubt.unwrap().since_ms, moment(1).wall_ms);
}

#[tokio::test]
async fn a_device_that_is_there_is_never_asked_for_again_and_never_changes() {
    let place = place();
    for (user, state) in [(7, DeviceState::Created), (8, DeviceState::Found)] {
        let ledger = open(&place, user);
        intend(&ledger, vec![intent(user)]).await.unwrap();
        settle(&ledger, settled(user, state)).await;
        let again = intend(&ledger, vec![intent(user)]).await;
        assert!(matches!(flaw(again), Flaw::Invariant(_)), "{state:?}");
        drop(ledger);
        let ledger = open(&place, user + 10);
        let changed = ledger
            .commit(
                Vec::new(),
                vec![settled(user, DeviceState::Failed)],
                Vec::new(),
                moment(3),
            )
            .await;
        assert!(changed.is_err(), "{state:?}");
    }
}

#[tokio::test]
async fn what_was_certainly_not_created_may_be_asked_for_again() {
    let place = place();
    let ledger = open(&place, 1);
    for state in [DeviceState::Failed, DeviceState::Rejected] {
        intend(&ledger, vec![intent(7)]).await.unwrap();
        settle(&ledger, settled(7, state)).await;
    }
    let committed = intend(&ledger, vec![intent(7)]).await.unwrap();
    assert_eq!(committed.recorded[0].attempt(), 3);
}

#[tokio::test]
async fn an_open_or_unanswered_request_is_never_followed_by_a_plain_one() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    let refused = intend(&ledger, vec![intent(7)]).await;
    assert!(matches!(flaw(refused), Flaw::Invariant(_)));
    drop(ledger);
    let ledger = open(&place, 2);
    let refused = intend(&ledger, vec![intent(7)]).await;
    assert!(matches!(flaw(refused), Flaw::Invariant(_)));
}

#[tokio::test]
async fn an_unanswered_request_is_followed_by_three_others_at_most_ever() {
    let place = place();
    let mut ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    for number in 1..=3 {
        settle(&ledger, settled(7, DeviceState::Unresolved)).await;
        drop(ledger);
        ledger = open(&place, number + 1);
        intend(&ledger, vec![resent(7)]).await.unwrap();
    }
    settle(&ledger, settled(7, DeviceState::Unresolved)).await;
    let fourth = intend(&ledger, vec![resent(7)]).await;
    assert!(matches!(flaw(fourth), Flaw::Invariant(_)));
}

#[tokio::test]
async fn nothing_is_sent_again_that_was_never_sent_or_never_in_doubt() {
    let place = place();
    let ledger = open(&place, 1);
    let never = intend(&ledger, vec![resent(7)]).await;
    assert!(matches!(flaw(never), Flaw::Invariant(_)));
    drop(ledger);
    let ledger = open(&place, 2);
    settle(&ledger, settled(7, DeviceState::Failed)).await;
    let known = intend(&ledger, vec![resent(7)]).await;
    assert!(matches!(flaw(known), Flaw::Invariant(_)));
}

#[tokio::test]
async fn a_refused_batch_commits_nothing_and_nothing_is_taken_after_it() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    assert!(intend(&ledger, vec![intent(8), intent(7)]).await.is_err());
    assert_eq!(ledger.entry(&request(8).key).unwrap(), None);
    let refused = intend(&ledger, vec![intent(9)]).await;
    assert!(matches!(flaw(refused), Flaw::Poisoned));
}

#[tokio::test]
async fn what_a_dead_run_left_in_flight_is_unresolved_and_settles_from_now_on() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    drop(ledger);
    let opened = begin(&place.path, &binding(), &run(2), &moment(900)).unwrap();
    let entry = opened.ledger.entry(&request(7).key).unwrap().unwrap();
    assert_eq!(entry.state, DeviceState::Unresolved);
    assert_eq!(entry.answer.code.as_deref(), Some("interrupted"));
    let doubt = entry.doubt.unwrap();
    assert_eq!(
        doubt.since_ms,
        moment(1).wall_ms,
        "the intent is as old as it is"
    );
    assert_eq!(
        doubt.last_send,
        moment(900),
        "and may have been sent until that run was dead"
    );
}

#[tokio::test]
async fn a_run_that_was_closed_leaves_nothing_to_be_looked_after() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    settle(&ledger, settled(7, DeviceState::Created)).await;
    ledger.close(ended(3), &moment(3)).unwrap();
    let end: (i64, u8) = Connection::open(&place.path)
        .unwrap()
        .query_row("SELECT finished_at, exit_code FROM runs", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(end, (moment(3).wall_ms, 3));
    drop(open(&place, 2));
    assert_eq!(in_doubt(&place), 0);
}

#[test]
fn a_second_run_is_refused_while_the_first_lasts_and_readers_are_not() {
    let place = place();
    let first = open(&place, 1);
    let second = begin(&place.path, &binding(), &run(2), &moment(0));
    assert!(matches!(flaw(second), Flaw::Held(_)));
    let reader = read(&place);
    let begun = LastRun {
        settings: "run 1".to_owned(),
        exit_code: None,
        stopped: None,
    };
    assert_eq!(reader.last_run("/waves/a.csv").unwrap(), Some(begun));
    drop(first);
    open(&place, 2);
}

#[test]
fn the_history_of_a_ledger_cannot_be_changed() {
    let place = place();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let ledger = open(&place, 1);
    runtime.block_on(intend(&ledger, vec![intent(7)])).unwrap();
    let other = Connection::open(&place.path).unwrap();
    assert!(other.execute("UPDATE events SET event = 9", []).is_err());
}

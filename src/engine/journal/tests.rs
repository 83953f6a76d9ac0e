//! What is on disk, what is on its way there, and what follows.

use super::*;
use crate::clock;
use crate::engine::samples::{device, moment, row};
use crate::ledger::{Binding, Found, RunRecord};
use crate::model::entry::DeviceState;
use crate::model::ids::{EnvironmentId, RunId};
use crate::model::outcome::{Answer, Outcome};
use crate::model::secret::Secret;
use crate::pingone::grant::Bearer;
use crate::pingone::token::{TokenCache, TokenState};

const CREATE: Phase = Phase::Create { resend: false };

struct Place {
    _folder: tempfile::TempDir,
    ledger: Ledger,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let binding = Binding {
        api_host: "api.pingone.eu".to_owned(),
        environment: EnvironmentId::from_bytes([1; 16]),
    };
    let run = RunRecord {
        id: run(),
        wave: "/waves/a.csv".to_owned(),
        settings: String::new(),
        looks_first: true,
        called: String::new(),
        rows: 1,
        undoes: None,
    };
    let found = Found::look(&folder.path().join("ledger.db"), &binding).unwrap();
    Place {
        ledger: found.begin(&run, &moment()).unwrap().ledger,
        _folder: folder,
    }
}

fn run() -> RunId {
    RunId::from_bytes([3; 16])
}

fn token() -> Arc<AccessToken> {
    let now = clock::now();
    let bearer = Bearer::new(Secret::new("token".to_owned())).unwrap();
    match TokenCache::fixed(bearer, now).state(now) {
        TokenState::Use(token) => token,
        state @ (TokenState::UseAndRefresh(_) | TokenState::Fetch) => panic!("{state:?}"),
    }
}

fn found(row: &Row, number: u8) -> Settled {
    Settled {
        key: row.request.key.clone(),
        request: row.request.digest(),
        state: DeviceState::Found,
        device: Some(device(number)),
        last_send: None,
        recheck_owed: false,
        lost: None,
        unproven: false,
        answer: Answer::default(),
    }
}

#[tokio::test]
async fn a_create_may_be_sent_and_an_end_is_told_once_they_are_on_disk() {
    let place = place();
    let mut journal = Journal::new(&place.ledger);
    let (sent, ended) = (row(1, CREATE), row(2, Phase::Look));
    let (sent_key, key) = (sent.request.key.clone(), ended.request.key.clone());
    assert!(journal.is_idle());
    journal.begin(moment(), 7);
    assert!(!journal.is_committing(), "there is nothing to write");
    journal.intend(sent, token());
    journal.settle(ended.request.row, found(&ended, 9));
    let end = ended.end(Outcome::Existing, device(9).id);
    journal.end(key.clone(), ended.ended(end));
    assert!(!journal.is_idle() && !journal.is_committing());
    assert!(place.ledger.entry(&sent_key).unwrap().is_none());
    journal.begin(moment(), 7);
    assert!(journal.is_committing() && !journal.is_idle());
    let committed = journal.committed().await.unwrap();
    assert!(journal.is_idle() && !journal.is_committing());
    assert_eq!(committed.ended.len(), 1);
    assert_eq!(committed.ended[0].1.outcome(), Some(Outcome::Existing));
    assert!(committed.refused.is_empty() && !committed.disk_full);
    let [((row, _), recorded)] = &committed.sendable[..] else {
        panic!("{committed:?}")
    };
    assert_eq!((row.asked_ms, recorded.attempt()), (Some(7), 1));
    let entry = place.ledger.entry(&sent_key).unwrap().unwrap();
    assert_eq!(entry.state, DeviceState::InFlight);
    // Both devices are known now, and which rows asked for them.
    for (key, first) in [(sent_key, 1), (key, 2)] {
        let (entry, earlier) = journal.look_up(&key, RowNumber(9)).unwrap();
        assert!(entry.is_some());
        assert_eq!(earlier, Some(RowNumber(first)));
    }
}

#[tokio::test]
async fn a_device_that_nobody_asked_for_has_no_earlier_row() {
    let place = place();
    let mut journal = Journal::new(&place.ledger);
    let key = row(1, CREATE).request.key.clone();
    for _ in 0..2 {
        assert_eq!(journal.look_up(&key, RowNumber(1)).unwrap(), (None, None));
    }
}

#[tokio::test]
async fn an_id_is_anothers_from_when_it_is_heard_until_for_ever() {
    let place = place();
    let mut journal = Journal::new(&place.ledger);
    let (ours, other) = (row(1, Phase::Look), row(2, Phase::Look));
    let id = device(9).id.unwrap();
    let elsewhere =
        |journal: &Journal<'_>, row: &Row| journal.has_elsewhere(id, &row.request.key).unwrap();
    assert!(!elsewhere(&journal, &other));
    journal.settle(ours.request.row, found(&ours, 9));
    assert!(elsewhere(&journal, &other), "it waits to be written");
    assert!(!elsewhere(&journal, &ours), "it is the row's own");
    journal.begin(moment(), 7);
    assert!(elsewhere(&journal, &other), "it is being written");
    assert!(!elsewhere(&journal, &ours));
    journal.committed().await.unwrap();
    assert!(elsewhere(&journal, &other), "it is on disk");
    assert!(!elsewhere(&journal, &ours));
}

#[tokio::test]
async fn the_next_batch_gathers_during_a_write_and_creates_can_be_taken_back() {
    let place = place();
    let mut journal = Journal::new(&place.ledger);
    journal.intend(row(1, CREATE), token());
    journal.begin(moment(), 7);
    journal.intend(row(2, CREATE), token());
    journal.begin(moment(), 8);
    let taken = journal.take_back();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].0.request.row, RowNumber(2));
    assert_eq!(taken[0].0.asked_ms, None, "it was never on its way");
    let committed = journal.committed().await.unwrap();
    assert_eq!(committed.sendable.len(), 1);
    assert!(journal.is_idle());
}

#[tokio::test]
async fn an_intent_says_what_the_row_knows() {
    let mut again = row(1, Phase::Create { resend: true });
    again.history.was_absent = true;
    again.looked = true;
    let written = intent(&mut again, 7);
    assert!(written.resend && written.was_absent && written.looked);
    assert_eq!(written.asked_ms, 7);
    let first = intent(&mut row(2, CREATE), 7);
    assert!(!first.resend && !first.was_absent && !first.looked);
}

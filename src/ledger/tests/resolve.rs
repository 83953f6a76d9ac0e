//! What a person decided, and that nothing else leaves a state that is final.

use super::*;
use crate::model::resolution::{Decision, Testimony};

const ABSENT: Decision = Decision {
    state: DeviceState::Failed,
    device: None,
};

fn testimony() -> Testimony {
    Testimony {
        note: Some("looked".to_owned()),
        person: Some("ada".to_owned()),
    }
}

fn decide(place: &Place, seen: &LedgerEntry) -> Result<bool, Error> {
    let key = request(7).key;
    let decided = (ABSENT, &testimony());
    resolve(&place.path, &binding(), (&key, seen), decided, &moment(9))
}

fn entry(place: &Place) -> LedgerEntry {
    read(place).entry(&request(7).key).unwrap().unwrap()
}

/// What a person said of each event of the device.
fn told(place: &Place) -> Vec<Option<Testimony>> {
    let key = request(7).key;
    let found = read(place).dossiers(Sought::Key(&key)).unwrap();
    let events = found[0].events.iter();
    events.map(|event| event.decided.clone()).collect()
}

#[tokio::test]
async fn a_decision_is_written_with_its_event_and_the_next_run_may_ask_again() {
    let place = place();
    let ledger = open(&place, 1);
    settle(&ledger, settled(7, DeviceState::Created)).await;
    let held = decide(&place, &entry(&place));
    assert!(matches!(flaw(held), Flaw::Held(_)));
    ledger.close(ended(0), &moment(3)).unwrap();
    let seen = entry(&place);
    assert!(decide(&place, &seen).unwrap());
    let after = entry(&place);
    assert_eq!((after.state, after.device), (DeviceState::Failed, None));
    assert_eq!(after.answer.code.as_deref(), Some("resolved_absent"));
    assert_eq!(told(&place), [None, Some(testimony())]);
    // It was decided about what was seen, and that is over.
    assert!(!decide(&place, &seen).unwrap());
    assert_eq!(told(&place).len(), 2);
    let ledger = open(&place, 2);
    assert!(intend(&ledger, vec![intent(7)]).await.is_ok());
    assert!(intend(&ledger, vec![intent(7)]).await.is_err());
}

#[tokio::test]
async fn no_program_leaves_a_final_state_after_a_decision_on_another_device() {
    let place = place();
    let ledger = open(&place, 1);
    for user in [7, 8] {
        settle(&ledger, settled(user, DeviceState::Created)).await;
    }
    ledger.close(ended(0), &moment(3)).unwrap();
    assert!(decide(&place, &entry(&place)).unwrap());
    let other = Connection::open(&place.path).unwrap();
    let change = "UPDATE devices SET state = 5, device = NULL WHERE state = 1";
    assert!(other.execute(change, []).is_err());
}

#[tokio::test]
async fn a_purge_takes_the_note_and_the_name_and_keeps_that_a_person_decided() {
    let place = place();
    let ledger = open(&place, 1);
    settle(&ledger, settled(7, DeviceState::Created)).await;
    ledger.close(ended(0), &moment(3)).unwrap();
    let end = |seconds| moment(seconds).wall_ms;
    purge(&place.path, None, end(5)).unwrap();
    assert!(decide(&place, &entry(&place)).unwrap(), "purged or not");
    let young = purge(&place.path, None, end(5)).unwrap();
    assert_eq!(young.map(|it| it.devices), Some(0), "it is settled anew");
    assert_eq!(told(&place)[1], Some(testimony()));
    purge(&place.path, None, end(20)).unwrap();
    let gone = Testimony {
        note: None,
        person: None,
    };
    assert_eq!(told(&place), [None, Some(gone)]);
}

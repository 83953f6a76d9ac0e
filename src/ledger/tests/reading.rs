//! What is seen of a ledger while it is written, and before there is one.

use super::*;

fn state(entry: Option<LedgerEntry>) -> Option<DeviceState> {
    entry.map(|entry| entry.state)
}

#[tokio::test]
async fn the_run_sees_its_own_turns_as_soon_as_they_are_on_disk() {
    let place = place();
    let ledger = open(&place, 1);
    let key = request(7).key;
    assert_eq!(ledger.entry(&key).unwrap(), None);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    let asked = ledger.entry(&key).unwrap();
    assert_eq!(state(asked), Some(DeviceState::InFlight));
    settle(&ledger, settled(7, DeviceState::Created)).await;
    let ended = ledger.entry(&key).unwrap();
    assert_eq!(state(ended), Some(DeviceState::Created));
}

#[tokio::test]
async fn a_reader_looks_at_one_state_of_the_file_whatever_is_written_meanwhile() {
    let place = place();
    let ledger = open(&place, 1);
    let reader = Reader::open(&place.path, &binding()).unwrap().unwrap();
    let key = request(7).key;
    assert_eq!(reader.entry(&key).unwrap(), None);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    assert_eq!(reader.entry(&key).unwrap(), None);
    let later = Reader::open(&place.path, &binding()).unwrap().unwrap();
    let seen = later.entry(&key).unwrap();
    assert_eq!(state(seen), Some(DeviceState::InFlight));
}

#[test]
fn where_no_run_has_begun_there_is_nothing_to_read_and_no_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    assert!(Reader::open(&path, &binding()).unwrap().is_none());
    assert!(!path.exists());
    std::fs::write(&path, "").unwrap();
    assert!(Reader::open(&path, &binding()).unwrap().is_none());
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
}

#[test]
fn the_settings_are_those_of_the_last_run_of_the_same_wave() {
    let place = place();
    for (number, wave) in [
        (1, "/waves/a.csv"),
        (2, "/waves/b.csv"),
        (3, "/waves/a.csv"),
    ] {
        let run = RunRecord {
            wave: wave.to_owned(),
            ..run(number)
        };
        drop(Ledger::open(&place.path, &binding(), &run, &moment(0)).unwrap());
    }
    let reader = Reader::open(&place.path, &binding()).unwrap().unwrap();
    for (wave, settings) in [
        ("/waves/a.csv", Some("run 3")),
        ("/waves/b.csv", Some("run 2")),
        ("/waves/c.csv", None),
    ] {
        let last = reader.last_settings(wave).unwrap();
        assert_eq!(last.as_deref(), settings, "{wave}");
    }
}

#[tokio::test]
async fn a_person_is_told_how_much_is_known_and_how_it_is_kept() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, [7, 8, 9].map(intent).into()).await.unwrap();
    settle(&ledger, settled(7, DeviceState::Created)).await;
    settle(&ledger, settled(8, DeviceState::Unresolved)).await;
    assert_eq!(
        ledger.reader().storage().unwrap(),
        format!(
            "3 devices, 2 in doubt; SQLite {}, journal_mode=wal, synchronous=FULL",
            rusqlite::version()
        )
    );
}

#[tokio::test]
async fn entries_that_are_read_ahead_are_those_of_their_devices_until_something_is_written() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, (1..=200).map(intent).collect())
        .await
        .unwrap();
    let ends = (1..=200).map(|user| settled(user, DeviceState::Created));
    let ends = ends.collect();
    ledger.turn(ends, Vec::new(), moment(2)).await.unwrap();
    for user in (1..=100).chain([90, 100, 3, 250]) {
        let entry = ledger.entry(&request(user).key).unwrap();
        let id = (user <= 200).then(|| DeviceId::from_bytes([user; 16]));
        assert_eq!(entry.and_then(|entry| entry.device), id, "{user}");
    }
    let twice = Settled {
        answer: Answer {
            code: Some("duplicate_found".to_owned()),
            ..Answer::default()
        },
        ..settled(101, DeviceState::Created)
    };
    settle(&ledger, twice).await;
    let entry = ledger.entry(&request(101).key).unwrap().unwrap();
    assert!(entry.is_seen_twice(), "what was read ahead is forgotten");
}

#[tokio::test]
async fn that_a_last_look_is_owed_is_remembered_until_it_was_taken() {
    let place = place();
    let ledger = open(&place, 1);
    let key = request(7).key;
    intend(&ledger, vec![intent(7)]).await.unwrap();
    for audit_owed in [true, false] {
        let end = Settled {
            audit_owed,
            ..settled(7, DeviceState::Created)
        };
        settle(&ledger, end).await;
        let entry = ledger.entry(&key).unwrap().unwrap();
        assert_eq!(entry.audit_owed, audit_owed);
    }
}

#[tokio::test]
async fn that_a_device_was_absent_is_known_of_the_last_request_alone() {
    let place = place();
    let ledger = open(&place, 1);
    for was_absent in [true, false, true] {
        let asked = Intent {
            was_absent,
            ..intent(7)
        };
        intend(&ledger, vec![asked]).await.unwrap();
        settle(&ledger, settled(7, DeviceState::Failed)).await;
        let entry = ledger.entry(&request(7).key).unwrap().unwrap();
        assert_eq!(entry.was_absent, was_absent);
    }
}

#[tokio::test]
async fn a_tenant_has_devices_once_one_was_created_or_found() {
    for (state, proves) in [
        (DeviceState::Created, true),
        (DeviceState::Found, true),
        (DeviceState::Failed, false),
        (DeviceState::Rejected, false),
    ] {
        let place = place();
        let ledger = open(&place, 1);
        assert!(!ledger.any_device().unwrap());
        intend(&ledger, vec![intent(7)]).await.unwrap();
        settle(&ledger, settled(7, state)).await;
        assert_eq!(ledger.any_device().unwrap(), proves, "{state:?}");
    }
}

#[tokio::test]
async fn nothing_is_written_where_nobody_will_find_it() {
    let place = place();
    let ledger = open(&place, 1);
    std::fs::rename(&place.path, place.path.with_extension("aside")).unwrap();
    let refused = intend(&ledger, vec![intent(7)]).await.unwrap_err();
    assert!(matches!(refused, Error::Io { .. }), "{refused}");
}

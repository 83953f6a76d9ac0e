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

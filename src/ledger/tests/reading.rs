//! What is seen of a ledger while it is written, and before there is one.

use super::super::devices;
use super::super::keys::Key;
use super::*;
use crate::model::entry::{KeptAddress, UnansweredSend};
use crate::model::imprint::{Imprint, NicknameDigest};
use crate::model::request::DeviceStatus;
use crate::model::stop::{StopReason, Stopped};

fn state(entry: Option<LedgerEntry>) -> Option<DeviceState> {
    entry.map(|entry| entry.state)
}

#[tokio::test]
async fn the_run_sees_its_own_batches_as_soon_as_they_are_on_disk() {
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
    let reader = read(&place);
    let key = request(7).key;
    assert_eq!(reader.entry(&key).unwrap(), None);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    assert_eq!(reader.entry(&key).unwrap(), None);
    let later = read(&place);
    let seen = later.entry(&key).unwrap();
    assert_eq!(state(seen), Some(DeviceState::InFlight));
}

#[test]
fn where_no_run_has_begun_there_is_nothing_to_read_and_no_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    assert!(Reader::open(&path, Some(&binding())).unwrap().is_none());
    assert!(!path.exists());
    std::fs::write(&path, "").unwrap();
    assert!(Reader::open(&path, Some(&binding())).unwrap().is_none());
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
}

/// A run that ended with 12 was stopped; the others came to their end.
fn stop_of(exit_code: u8) -> Option<Stopped> {
    (exit_code == 12).then(|| Stopped::from(&StopReason::TimeIsUp))
}

#[test]
fn the_last_run_of_a_wave_is_the_one_that_began_last_whatever_the_clock() {
    // A clock that goes forward, and one that is set back before each run: start and ID fall then.
    for (ids, seconds) in [
        ([1, 2, 3, 4], [10, 20, 30, 40]),
        ([4, 3, 2, 1], [40, 30, 20, 10]),
    ] {
        let place = place();
        for (at, wave) in ["a", "b", "a", "b"].into_iter().enumerate() {
            let run = RunRecord {
                wave: wave.to_owned(),
                settings: format!("run {at}"),
                ..run(ids[at])
            };
            let now = moment(seconds[at]);
            let opened = begin(&place.path, &binding(), &run, &now).unwrap();
            let before = [None, None, Some(10), None][at];
            assert_eq!(opened.previous_exit_code, before, "run {at}");
            if at != 1 {
                // The run that is not closed did not live to say how it ended.
                let code = [10, 11, 12, 13][at];
                let end = RunEnd {
                    stopped: stop_of(code),
                    ..ended(code)
                };
                opened.ledger.close(end, &now).unwrap();
            }
        }
        let reader = read(&place);
        for (wave, settings, code) in [
            ("a", Some("run 2"), Some(12)),
            ("b", Some("run 3"), Some(13)),
            ("c", None, None),
        ] {
            let last = reader.last_run(wave).unwrap();
            let expected = settings.map(|settings| LastRun {
                settings: settings.to_owned(),
                exit_code: code,
                stopped: code.and_then(stop_of),
            });
            assert_eq!(last, expected, "{wave}");
            let last = reader.last_run(wave).unwrap();
            assert_eq!(last.and_then(|run| run.exit_code), code, "{wave}");
        }
    }
}

#[test]
fn the_runs_of_an_older_ledger_are_counted_when_it_is_brought_up_to_date() {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate_to(&connection, 3);
    for (id, started_at, settings) in [(3, 10, "first"), (1, 20, "second"), (2, 20, "third")] {
        connection
            .execute(
                "INSERT INTO runs (id, wave, settings, started_at) VALUES (?1, 'a', ?2, ?3)",
                (&[id; 16], settings, started_at),
            )
            .unwrap();
    }
    schema::migrate(&mut connection, 3).unwrap();
    let mut counted = connection
        .prepare("SELECT number, settings, looked_first FROM runs ORDER BY number")
        .unwrap();
    let counted: Vec<(i64, String, bool)> = counted
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected = [(1, "first"), (2, "second"), (3, "third")];
    assert_eq!(
        counted,
        expected.map(|(number, said)| (number, said.to_owned(), false))
    );
}

#[test]
fn a_device_and_its_history_outlive_the_making_anew_of_their_table() {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate_to(&connection, 9);
    let kept = [
        "INSERT INTO runs (number, id, wave, settings, started_at) VALUES (1, zeroblob(16), 'a', '', 1)",
        "INSERT INTO devices (id, user, type, address, state, device, run, attempts, audit_owed)
             VALUES (7, zeroblob(16), 1, 15125551234, 1, x'03030303030303030303030303030303', 1, 2, 1)",
        "INSERT INTO events (device, run, at, event, attempt, row) VALUES (7, 1, 1, 0, 1, 3)",
    ];
    connection.execute_batch(&kept.join(";")).unwrap();
    schema::migrate(&mut connection, 9).unwrap();
    let mut found = Vec::new();
    devices::after(&connection, 0, 9, &mut |_, entry| found.push(entry)).unwrap();
    let [entry] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((entry.number, entry.state), (7, DeviceState::Created));
    assert_eq!((entry.attempts, entry.recheck_owed), (2, true));
    assert_eq!(entry.imprint, Imprint::default());
    let broken = "SELECT count(*) FROM pragma_foreign_key_check";
    let broken: i64 = connection.query_row(broken, [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0);
    // What refers to devices refers to the new table.
    let orphan = "INSERT INTO events (device, run, at, event, attempt) VALUES (8, 1, 1, 0, 1)";
    assert!(connection.execute(orphan, []).is_err());
    for (to, may) in [
        (DeviceState::Failed, false),
        (DeviceState::Undoing, true),
        (DeviceState::Failed, false),
        (DeviceState::Created, true),
    ] {
        let doubt = (to == DeviceState::Undoing).then_some(1);
        let sql = "UPDATE devices SET state = ?1, doubt_since = ?2, last_send_wall = ?2";
        let changed = connection.execute(sql, (to, doubt));
        assert_eq!(changed.is_ok(), may, "{to:?}");
    }
}

#[tokio::test]
async fn devices_are_counted_by_the_outcomes_of_their_rows() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, [7, 8, 9].map(intent).into()).await.unwrap();
    settle(&ledger, settled(7, DeviceState::Created)).await;
    settle(&ledger, settled(8, DeviceState::Unresolved)).await;
    for (user, state) in [(10, DeviceState::Found), (11, DeviceState::Several)] {
        settle(&ledger, settled(user, state)).await;
    }
    let reader = Reader::open(&place.path, None).unwrap().unwrap();
    let devices = reader.storage().unwrap().devices;
    let counted = [Outcome::Created, Outcome::Existing, Outcome::Unknown];
    assert_eq!(counted.map(|outcome| devices.get(outcome)), [1, 2, 2]);
}

#[tokio::test]
async fn a_value_that_is_none_of_its_column_is_damage_for_whoever_reads_it() {
    for (column, value, what) in [
        ("state", "9", "no state of a device"),
        ("type", "-1", "no type of device"),
        ("device", "x'0102'", "1"),
        ("address", "x'0102'", "2"),
        ("address", "1.5", "Real"),
        ("created_at", "9223372036854775807", "9223372036854775807"),
        ("created_at", "1.5", "Real"),
        ("correlation_id", "x'0102'", "2"),
        ("correlation_id", "1", "Integer"),
        ("attempts", "-1", "-1"),
        ("http_status", "70000", "70000"),
        ("last_send_boot", "NULL", "Null"),
    ] {
        let place = place();
        let ledger = open(&place, 1);
        // More than are read one by one.
        intend(&ledger, (1..=20).map(intent).collect())
            .await
            .unwrap();
        ledger.close(ended(4), &moment(2)).unwrap();
        let edited = Connection::open(&place.path).unwrap();
        let edit = format!(
            "PRAGMA ignore_check_constraints = ON;
             UPDATE devices SET {column} = {value} WHERE id = 15;"
        );
        edited.execute_batch(&edit).unwrap();
        drop(edited);
        let reader = Reader::open(&place.path, None).unwrap().unwrap();
        let mut read = (1..=20).map(|user| reader.entry(&request(user).key));
        let error = read.find_map(Result::err).expect(column);
        assert!(matches!(error.flaw, Flaw::Damaged(_)), "{column}: {error}");
        assert!(error.to_string().contains(what), "{column}: {error}");
    }
}

#[tokio::test]
async fn entries_read_ahead_are_those_of_their_devices_until_the_next_write() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, (1..=200).map(intent).collect())
        .await
        .unwrap();
    let ends = (1..=200).map(|user| settled(user, DeviceState::Created));
    let ends = ends.collect();
    ledger
        .commit(Vec::new(), ends, Vec::new(), moment(2))
        .await
        .unwrap();
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
    for recheck_owed in [true, false] {
        let end = Settled {
            recheck_owed,
            ..settled(7, DeviceState::Created)
        };
        settle(&ledger, end).await;
        let entry = ledger.entry(&key).unwrap().unwrap();
        assert_eq!(entry.recheck_owed, recheck_owed);
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
    assert!(matches!(refused.flaw, Flaw::Io(_)), "{refused}");
}

#[test]
fn every_field_of_an_entry_is_read_as_it_was_written() {
    let place = place();
    let _ledger = open(&place, 1);
    let file = Connection::open(&place.path).unwrap();
    let created = LedgerEntry {
        number: 1,
        address: KeptAddress::Whole,
        state: DeviceState::Created,
        device: Some(DeviceId::from_bytes([3; 16])),
        created_at: Some("2026-11-01T08:00:00.000Z".to_owned()),
        imprint: Imprint {
            updated_at: Some("2026-11-01T08:00:01.000Z".to_owned()),
            status: Some(DeviceStatus::ActivationRequired),
            nickname: NicknameDigest::of("work"),
        },
        run: run(1).id,
        deleted: Some(DeviceId::from_bytes([4; 16])),
        attempts: 5,
        resends: 2,
        was_absent: true,
        doubt: None,
        asked_ms: Some(7),
        recheck_owed: true,
        lost: Some(moment(8)),
        unproven: false,
        refused: None,
        answer: Answer {
            http_status: Some(201),
            code: Some("code".to_owned()),
            message: Some("message".to_owned()),
            correlation_id: Some("c-1".to_owned()),
        },
    };
    let unresolved = LedgerEntry {
        number: 2,
        doubt: Some(UnansweredSend {
            since_ms: 9,
            last_send: moment(10),
        }),
        attempts: 1,
        ..LedgerEntry::new(DeviceState::Unresolved, run(1).id)
    };
    let rejected = LedgerEntry {
        number: 2,
        unproven: true,
        refused: Some(request(7).digest()),
        ..LedgerEntry::new(DeviceState::Rejected, run(1).id)
    };
    for (user, entry) in [(7, created), (8, unresolved), (8, rejected)] {
        let key = Key::from(&request(user).key);
        let known = devices::find(&file, None, &key).unwrap();
        let number = known.map_or(0, |known| known.number);
        let written = LedgerEntry {
            number,
            ..entry.clone()
        };
        let number = devices::write(&file, &key, &written).unwrap();
        assert_eq!(number, entry.number);
        assert_eq!(devices::find(&file, None, &key).unwrap(), Some(entry));
    }
}

//! What a purge takes out, and that every device is recognised all the same.

use super::super::devices;
use super::super::digests::Digests;
use super::super::keys::Key;
use super::*;
use crate::model::code::DUPLICATE_FOUND;
use crate::model::names::{NameAnswer, NamedUser};
use crate::model::phone::E164;
use crate::model::purge::PurgeCounts;
use crate::model::request::Address;
use crate::model::user_name::{NameKind, UserName};

/// Later than everything that these tests write down.
fn later() -> i64 {
    moment(1000).wall_ms
}

fn purged(place: &Place) -> PurgeCounts {
    purge(&place.path, Some(&binding()), later())
        .unwrap()
        .unwrap()
}

fn is_purged(place: &Place, user: u8) -> bool {
    let entry = read(place).entry(&request(user).key).unwrap();
    entry.unwrap().is_purged()
}

/// A ledger in which a run has settled devices, each under the number of its user.
async fn ran(ends: Vec<Settled>) -> Place {
    let place = place();
    let ledger = open(&place, 1);
    for end in ends {
        settle(&ledger, end).await;
    }
    ledger.close(ended(0), &moment(3)).unwrap();
    place
}

#[tokio::test]
async fn only_what_is_settled_in_every_way_and_long_ago_is_purged() {
    use DeviceState as S;
    let table = [
        (settled(1, S::Created), true),
        (settled(2, S::Found), true),
        (settled(3, S::Several), false),
        (settled(4, S::Rejected), true),
        (settled(5, S::Failed), true),
        (settled(6, S::Unresolved), false),
        (
            Settled {
                recheck_owed: true,
                ..settled(7, S::Created)
            },
            false,
        ),
        (
            Settled {
                unproven: true,
                ..settled(8, S::Failed)
            },
            false,
        ),
        (
            Settled {
                device: None,
                ..settled(9, S::Created)
            },
            false,
        ),
        (
            Settled {
                answer: Answer {
                    code: Some(DUPLICATE_FOUND.to_owned()),
                    ..Answer::default()
                },
                ..settled(10, S::Created)
            },
            false,
        ),
    ];
    let place = ran(table.iter().map(|(end, _)| end.clone()).collect()).await;
    let counted = read(&place).purge(later()).unwrap();
    let expected = PurgeCounts {
        devices: 4,
        open: 6,
        ..PurgeCounts::default()
    };
    assert_eq!(counted, expected);
    let younger = purge(&place.path, None, moment(2).wall_ms).unwrap();
    assert_eq!(younger.map(|it| (it.devices, it.younger)), Some((0, 4)));
    assert_eq!(purged(&place), expected, "what was counted is what is done");
    for (end, is_due) in &table {
        let entry = read(&place).entry(&end.key).unwrap().unwrap();
        assert_eq!(entry.is_purged(), *is_due, "{:?}", entry.state);
        assert_eq!(entry.state, end.state);
    }
    let again = purged(&place);
    assert_eq!((again.devices, again.earlier, again.open), (0, 4, 6));
}

#[tokio::test]
async fn a_device_whose_run_or_deletion_is_not_over_is_left_as_it_is() {
    let place = ran(vec![settled(1, DeviceState::Created)]).await;
    let ledger = open(&place, 2);
    intend(&ledger, vec![intent(2)]).await.unwrap();
    let device = DeviceId::from_bytes([1; 16]);
    let begun = ledger.begin_undo(&request(1).key, device, moment(4)).await;
    assert!(begun.unwrap().is_some());
    let held = purge(&place.path, Some(&binding()), later());
    assert!(matches!(flaw(held), Flaw::Held(_)));
    let crashed = crashed(&place);
    assert_eq!(purged(&crashed).open, 2);
    assert!(!is_purged(&crashed, 1) && !is_purged(&crashed, 2));
    // The run that did not end is still known as such, and its log as empty.
    let next = begin(&crashed.path, &binding(), &run(3), &moment(5)).unwrap();
    let entry = next.ledger.entry(&request(2).key).unwrap().unwrap();
    assert_eq!(entry.state, DeviceState::Unresolved);
}

#[tokio::test]
async fn a_purged_device_is_known_by_its_address_and_never_asked_for_again() {
    let place = ran(vec![settled(1, DeviceState::Created)]).await;
    purged(&place);
    let reader = read(&place);
    let key = request(1).key;
    let found = reader.dossiers(Sought::Address(&key.address)).unwrap();
    let events: Vec<_> = found[0].events.iter().map(|event| event.kind).collect();
    assert_eq!(events, [EventKind::Settled(DeviceState::Created)]);
    assert_eq!(found[0].address, None);
    assert_eq!(reader.dossiers(Sought::Key(&key)).unwrap().len(), 1);
    drop(reader);
    let ledger = open(&place, 2);
    let device = DeviceId::from_bytes([1; 16]);
    assert!(!ledger.has_elsewhere(device, &key).unwrap());
    assert!(ledger.has_elsewhere(device, &request(2).key).unwrap());
    let again = intend(&ledger, vec![intent(1)]).await;
    assert!(matches!(flaw(again), Flaw::Invariant(_)));
}

#[tokio::test]
async fn what_is_asked_for_again_stands_in_full_again_and_keeps_its_number() {
    let refused = [
        settled(1, DeviceState::Rejected),
        settled(2, DeviceState::Failed),
    ];
    let place = ran(refused.to_vec()).await;
    purged(&place);
    let ledger = open(&place, 2);
    intend(&ledger, vec![intent(1)]).await.unwrap();
    settle(&ledger, settled(1, DeviceState::Created)).await;
    settle(&ledger, settled(2, DeviceState::Found)).await;
    ledger.close(ended(0), &moment(3)).unwrap();
    for user in [1, 2] {
        assert!(!is_purged(&place, user));
        let entry = read(&place).entry(&request(user).key).unwrap().unwrap();
        assert_eq!(entry.number, u64::from(user));
    }
    assert_eq!(purged(&place).devices, 2);
}

#[tokio::test]
async fn messages_and_correlation_ids_go_and_the_history_keeps_kind_and_time() {
    let end = |user| Settled {
        answer: Answer {
            http_status: Some(400),
            code: Some("INVALID_DATA".to_owned()),
            message: Some("said of +1 512".to_owned()),
            correlation_id: Some("c-1".to_owned()),
        },
        ..settled(user, DeviceState::Rejected)
    };
    let open = Settled {
        unproven: true,
        ..end(2)
    };
    let place = ran(vec![end(1), open]).await;
    let history = |user| {
        let key = request(user).key;
        let mut found = read(&place).dossiers(Sought::Key(&key)).unwrap();
        found.remove(0)
    };
    let (before, untouched) = (history(1), history(2));
    purged(&place);
    let after = history(1);
    let answer = Answer {
        message: None,
        correlation_id: None,
        ..before.entry.answer
    };
    assert_eq!(after.entry.answer, answer);
    let without = |event: &PastEvent| PastEvent {
        correlation_id: None,
        ..event.clone()
    };
    let expected: Vec<_> = before.events.iter().map(without).collect();
    assert_ne!(before.events, expected);
    assert_eq!(after.events, expected);
    assert_eq!(history(2).events, untouched.events);
    assert_eq!(history(2).entry, untouched.entry);
}

#[tokio::test]
async fn a_phone_that_another_user_had_earlier_is_told_after_a_purge_too() {
    let place = ran(vec![settled(1, DeviceState::Created)]).await;
    let asked = (
        E164::from_digits("15125551234").unwrap(),
        request(2).key.user,
    );
    let told = |place: &Place| {
        let reader = read(place);
        let last = reader.last_device_before("/waves/b.csv").unwrap();
        reader.earlier_use(asked, last).unwrap()
    };
    let before = told(&place);
    assert!(before.is_some());
    purged(&place);
    assert_eq!(told(&place), before);
    // Whoever had it first is told, purged or not; and whoever asks may have it as well.
    let ledger = open(&place, 2);
    settle(&ledger, settled(3, DeviceState::Created)).await;
    drop(ledger);
    assert_eq!(told(&place), before);
    let ledger = open(&place, 3);
    settle(&ledger, settled(2, DeviceState::Created)).await;
    ledger.close(ended(0), &moment(3)).unwrap();
    purged(&place);
    assert!(told(&place).unwrap().is_asked_for);
}

#[tokio::test]
async fn a_name_that_was_looked_up_long_ago_is_known_and_not_readable() {
    let place = place();
    let ledger = open(&place, 1);
    let name = |text: &str| UserName::new(NameKind::Username, text);
    let one = |user| {
        NameAnswer::One(NamedUser {
            id: request(user).key.user,
            state: crate::model::mfa::UserState::default(),
            is_remembered: true,
        })
    };
    let told = |text: &str, user| vec![LookupNote::User(name(text), one(user))];
    let note = ledger.note(told("+15125551234", 1), moment(1));
    note.await.unwrap();
    let note = ledger.note(told("bob", 2), moment(2000));
    note.await.unwrap();
    ledger.close(ended(0), &moment(3)).unwrap();
    let known = |text: &str| {
        let told = read(&place).user_named(&name(text)).unwrap();
        told.map(|told| (told.answer, told.asked_ms))
    };
    assert_eq!(purged(&place).names, 1);
    assert_eq!(known("+15125551234"), Some((one(1), moment(1).wall_ms)));
    assert_eq!(known("bob"), Some((one(2), moment(2000).wall_ms)));
    assert_eq!(known("ada"), None);
    let kept = Connection::open(&place.path).unwrap();
    let kept: Vec<String> = kept
        .prepare("SELECT typeof(value) FROM lookups ORDER BY 1")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(kept, ["blob", "text"]);
    // Asked again, the later answer counts; and so it does after the next purge.
    let ledger = open(&place, 2);
    let note = ledger.note(told("+15125551234", 3), moment(4));
    note.await.unwrap();
    ledger.close(ended(0), &moment(5)).unwrap();
    for names in [1, 0] {
        assert_eq!(known("+15125551234"), Some((one(3), moment(4).wall_ms)));
        assert_eq!(purged(&place).names, names);
    }
}

#[test]
fn each_ledger_has_a_key_of_its_own_and_keeps_it() {
    let digests = || {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, 0).unwrap();
        assert!(Digests::of(&connection).unwrap().is_none());
        let one = Digests::made_for(&connection)
            .unwrap()
            .digest("15125551234");
        let other = Digests::made_for(&connection).unwrap();
        assert_eq!(other.digest("15125551234"), one);
        assert_ne!(other.digest("15125551235"), one);
        one
    };
    assert_ne!(digests(), digests());
}

#[test]
fn what_an_older_ledger_says_outlives_the_step_that_lets_it_be_purged() {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate_to(&connection, 11);
    let kept = [
        "INSERT INTO runs (number, id, wave, settings, started_at) VALUES (1, zeroblob(16), 'a', '', 1)",
        "INSERT INTO devices (id, user, type, address, state, device, run, attempts, updated_at, status, nickname)
             VALUES (7, zeroblob(16), 1, 15125551234, 8, x'03030303030303030303030303030303', 1, 2, 5, 1, zeroblob(16))",
        "INSERT INTO events (device, run, at, event, attempt, row, correlation_id) VALUES (7, 1, 1, 11, 1, 3, 'c')",
        "INSERT INTO lookups (kind, value, matches, asked_at) VALUES ('username', 'ada', 0, 9)",
    ];
    connection.execute_batch(&kept.join(";")).unwrap();
    let all = |connection: &Connection| {
        let mut rows = Vec::new();
        for sql in [
            "SELECT * FROM devices",
            "SELECT * FROM events",
            "SELECT * FROM lookups",
        ] {
            let mut statement = connection.prepare(sql).unwrap();
            let columns = statement.column_count();
            let row = statement.query_row([], |row| {
                (0..columns)
                    .map(|at| row.get(at))
                    .collect::<Result<Vec<rusqlite::types::Value>, _>>()
            });
            rows.push(row.unwrap());
        }
        rows
    };
    let before = all(&connection);
    schema::migrate(&mut connection, 11).unwrap();
    // A later step may add columns behind those that there were.
    for (before, after) in before.iter().zip(all(&connection)) {
        assert_eq!(after[..before.len()], before[..]);
    }
    let broken = "SELECT count(*) FROM pragma_foreign_key_check";
    let broken: i64 = connection.query_row(broken, [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0);
    // A correlation ID may go, and nothing else of the history changes.
    for (change, may) in [
        ("correlation_id = 'd'", false),
        ("at = 2", false),
        ("event = 0", false),
        ("correlation_id = NULL", true),
    ] {
        let changed = connection.execute(&format!("UPDATE events SET {change}"), []);
        assert_eq!(changed.is_ok(), may, "{change}");
    }
    let key = Key {
        user: crate::model::ids::UserId::from_bytes([0; 16]),
        kind: crate::model::request::DeviceType::Sms,
        address: Address::Phone(E164::from_digits("15125551234").unwrap()).key(),
    };
    assert!(devices::find(&connection, None, &key).unwrap().is_some());
}

/// How often a text is in the files of a ledger.
fn found(place: &Place, text: &str) -> usize {
    let files = std::fs::read_dir(place.path.parent().unwrap()).unwrap();
    let texts = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let times = texts.map(|bytes| String::from_utf8_lossy(&bytes).matches(text).count());
    times.sum()
}

#[tokio::test]
async fn a_purge_takes_out_what_another_program_has_left_in_free_pages() {
    let place = ran(vec![settled(1, DeviceState::Created)]).await;
    let other = Connection::open(&place.path).unwrap();
    other
        .execute_batch(
            "PRAGMA secure_delete = OFF; CREATE TABLE copied (phone TEXT);
             INSERT INTO copied VALUES ('+15125550199'); DROP TABLE copied",
        )
        .unwrap();
    drop(other);
    assert_ne!(found(&place, "15125550199"), 0, "it left nothing");
    purged(&place);
    assert_eq!(found(&place, "15125550199"), 0);
}

#[tokio::test]
async fn what_is_written_over_leaves_nothing_though_nobody_purges() {
    // Longer than a page: it lies in pages of its own, which are free then.
    let told = "said of somebody. ".repeat(1000);
    let saying = |message: Option<String>| Settled {
        answer: Answer {
            message,
            ..Answer::default()
        },
        ..settled(1, DeviceState::Failed)
    };
    let place = place();
    for (number, message) in [(1, Some(told)), (2, None)] {
        let ledger = open(&place, number);
        settle(&ledger, saying(message)).await;
        ledger.close(ended(0), &moment(3)).unwrap();
        assert_eq!(found(&place, "said of somebody") > 0, number == 1);
    }
}

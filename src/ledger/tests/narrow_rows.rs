//! What a ledger with wide rows says is what it says once they are narrow.

use super::super::devices;
use super::super::keys::Key;
use super::super::users;
use super::*;
use crate::model::ids::UserId;
use crate::model::mfa::MfaState;
use crate::model::request::DeviceType::{self, Email, Sms, Voice, WhatsApp};

/// How many steps lie before the one that makes rows narrow.
const WIDE: usize = 6;

const ID: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";

/// A ledger with wide rows, and two runs: the second is the one with the smaller ID.
fn wide() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    schema::migrate_to(&connection, WIDE);
    connection
        .pragma_update(None, "foreign_keys", "ON")
        .unwrap();
    for (number, id) in [(1, 9), (2, 3)] {
        connection
            .execute(
                "INSERT INTO runs (id, wave, settings, started_at, number, exit_code, stop_code, stop_message)
                 VALUES (?1, 'a', 'b', 4, ?2, 4, 'time_is_up', 'why')",
                (&[id; 16], number),
            )
            .unwrap();
    }
    connection
}

fn narrow(mut connection: Connection) -> Connection {
    schema::migrate(&mut connection, WIDE).unwrap();
    let mut lost = connection.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!lost.exists([]).unwrap());
    drop(lost);
    connection
}

/// The ID of the device of a user whose state is this one.
fn device(at: usize) -> Option<DeviceId> {
    let is_there = matches!(
        DeviceState::ALL[at],
        DeviceState::Created | DeviceState::Found | DeviceState::Several
    );
    is_there.then(|| DeviceId::from_bytes(*user(at).as_bytes()))
}

fn user(number: usize) -> UserId {
    UserId::from_bytes([u8::try_from(number).unwrap() + 1; 16])
}

/// A device: its type, its address, its `createdAt` and a correlation ID.
type Spelling = (DeviceType, &'static str, &'static str, &'static str);

const SPELLINGS: [Spelling; 7] = [
    (WhatsApp, "15125551234", "2026-11-01T08:00:00.123Z", ID),
    (Sms, "491512300000123", "2026-11-01T08:00:00.000Z", "c-1"),
    (
        Voice,
        "1",
        "2026-11-01T08:00:00Z",
        "9F1C2A34-5B6D-4E7F-8A90-B1C2D3E4F506",
    ),
    (
        Email,
        "a@example.com",
        "2026-02-30T08:00:00.000Z",
        "9f1c2a345b6d4e7f8a90b1c2d3e4f506",
    ),
    (
        Email,
        "12@example.com",
        "yesterday",
        "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f-06",
    ),
    (
        Sms,
        "61412000006",
        "2026-11-01T08:00:00.999Z",
        "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f50g",
    ),
    (Sms, "61412000007", "2026-11-01 08:00:00.999", ""),
];

/// The run of a device.
fn run_of(at: usize) -> RunId {
    RunId::from_bytes([if at == 0 { 3 } else { 9 }; 16])
}

fn write_wide(wide: &Connection, at: usize, (kind, address, created_at, said): Spelling) {
    let state = DeviceState::ALL[at];
    let in_doubt = matches!(state, DeviceState::InFlight | DeviceState::Unresolved);
    wide.execute(
        "INSERT INTO devices (user, type, address, state, device, created_at, run, attempts,
            doubt_since, last_send_wall, last_send_boot, last_send_boot_id, correlation_id, message)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 2, ?8, ?8, ?8, 'boot', ?9, 'said')",
        rusqlite::params![
            user(at),
            kind.as_str(),
            address,
            state.as_str(),
            device(at),
            created_at,
            run_of(at),
            in_doubt.then_some(7),
            said,
        ],
    )
    .unwrap();
}

#[test]
fn devices_of_each_state_type_and_spelling_are_known_by_their_keys() {
    let wide = wide();
    for (at, spelling) in SPELLINGS.into_iter().enumerate() {
        write_wide(&wide, at, spelling);
    }
    let narrow = narrow(wide);
    for (at, (kind, address, created_at, said)) in SPELLINGS.into_iter().enumerate() {
        let key = Key {
            user: user(at),
            kind,
            address: address.to_owned(),
        };
        let entry = devices::find(&narrow, None, &key).unwrap().expect(address);
        assert_eq!(
            (entry.number, entry.state),
            (at as u64 + 1, DeviceState::ALL[at])
        );
        assert_eq!(entry.created_at.as_deref(), Some(created_at));
        assert_eq!(entry.answer.correlation_id.as_deref(), Some(said));
        assert_eq!(entry.answer.message.as_deref(), Some("said"));
        assert_eq!(
            (entry.run, entry.attempts, entry.device),
            (run_of(at), 2, device(at))
        );
        // Written once more, it is the same one.
        assert_eq!(devices::write(&narrow, &key, &entry).unwrap(), entry.number);
        assert_eq!(devices::find(&narrow, None, &key).unwrap(), Some(entry));
    }
}

#[test]
fn the_history_is_whole_and_in_its_order() {
    let wide = wide();
    wide.execute(
        "INSERT INTO devices (user, type, address, state, run) VALUES (?1, 'SMS', '1', 'failed', ?2)",
        (user(1).as_bytes(), &[3; 16]),
    )
    .unwrap();
    let first = format!("{ID}-17-1");
    let words = [
        ("intent", Some(&*first)),
        ("created", None),
        ("found", None),
        ("several", None),
        ("rejected", None),
        ("failed", None),
        ("unresolved", None),
        ("resend", Some("another")),
        ("left_in_flight", None),
        ("verified", None),
    ];
    for ((word, transaction), at) in words.into_iter().zip(0_i64..) {
        wide.execute(
            "INSERT INTO events (id, device, run, at, event, attempt, http_status, code,
                correlation_id, transaction_id) VALUES (?1, 1, ?2, 5, ?3, 2, 503, 'c', ?4, ?5)",
            (at * 2 + 1, &[3; 16], word, ID, transaction),
        )
        .unwrap();
    }
    let narrow = narrow(wide);
    let mut events = narrow
        .prepare(
            "SELECT concat_ws(' ', id, device, run, at, event, attempt, http_status, code,
                lower(hex(correlation_id)), row) FROM events ORDER BY id",
        )
        .unwrap();
    let events = events.query_map([], |row| row.get(0)).unwrap();
    let events: Vec<String> = events.map(Result::unwrap).collect();
    let expected = (0..10).map(|event| {
        let id = ID.replace('-', "");
        let row = if event == 0 { " 17" } else { "" };
        format!("{} 1 2 5 {event} 2 503 c {id}{row}", event * 2 + 1)
    });
    assert_eq!(events, expected.collect::<Vec<_>>());
}

#[test]
fn what_is_noted_of_users_and_runs_stays() {
    let wide = wide();
    for (at, state) in MfaState::ALL.into_iter().enumerate() {
        wide.execute(
            "INSERT INTO users (id, mfa, run, noted_at) VALUES (?1, ?2, ?3, 8)",
            (user(at).as_bytes(), state.as_str(), &[9; 16]),
        )
        .unwrap();
    }
    let narrow = narrow(wide);
    for (at, state) in MfaState::ALL.into_iter().enumerate() {
        let known = users::find(&narrow, user(at)).unwrap();
        assert_eq!(known, Some(NotedMfa { state, noted_ms: 8 }));
    }
    let last = runs::last(&narrow, "a").unwrap().unwrap();
    assert_eq!((last.settings.as_str(), last.exit_code), ("b", Some(4)));
    assert_eq!(last.stopped.unwrap().message, "why");
    assert_eq!(
        runs::last_begun(&narrow).unwrap(),
        Some(RunId::from_bytes([3; 16]))
    );
}

//! Phones that another user has from an earlier wave.

use super::*;
use crate::model::earlier_use::EarlierUse;
use crate::model::ids::UserId;
use crate::model::phone::E164;

fn of(wave: &str, number: u8) -> RunRecord {
    RunRecord {
        wave: wave.to_owned(),
        ..run(number)
    }
}

/// Runs a wave that asks for a device of each of these users, all with one phone; each ends like
/// this.
async fn ran(place: &Place, record: &RunRecord, users: &[(u8, DeviceState)]) {
    let begun = begin(&place.path, &binding(), record, &moment(0));
    let ledger = begun.unwrap().ledger;
    for &(user, state) in users {
        settle(&ledger, settled(user, state)).await;
    }
    ledger.close(ended(0), &moment(1)).unwrap();
}

/// What is told of a user's phone, for the rows of a wave: the other wave, and whether the user has
/// the phone as well.
fn told(reader: &Reader, wave: &str, user: u8) -> Option<(String, bool)> {
    let phone = request(user).key.address.phone().unwrap();
    let last = reader.last_device_before(wave).unwrap();
    let found = reader.earlier_use((phone, UserId::from_bytes([user; 16])), last);
    let told = |EarlierUse { wave, is_asked_for }| (wave.to_string(), is_asked_for);
    found.unwrap().map(told)
}

#[tokio::test]
async fn a_phone_is_told_by_the_wave_that_had_it_before_this_one_was_first_run() {
    use DeviceState::{Created, Failed, Found};
    let place = place();
    ran(&place, &of("a", 1), &[(1, Failed), (2, Found)]).await;
    ran(&place, &of("b", 2), &[(3, Created)]).await;
    let by = |wave: &str, is_asked_for| Some((wave.to_owned(), is_asked_for));
    for round in 3..6 {
        let reader = read(&place);
        for (wave, user, expected) in [
            // Of the first wave nothing is earlier.
            ("a", 1, None),
            ("a", 9, None),
            ("b", 2, None),
            ("b", 3, by("a", true)),
            ("b", 9, by("a", false)),
            ("c", 2, by("b", true)),
            ("c", 9, by("a", false)),
        ] {
            assert_eq!(told(&reader, wave, user), expected, "{wave} {user} {round}");
        }
        drop(reader);
        // Later runs of the same waves, and those of others, change nothing of it.
        let wave = if round == 3 { "a" } else { "c" };
        ran(&place, &of(wave, round), &[(10 + round, Created)]).await;
    }
    let reader = read(&place);
    let other = E164::from_digits("15125551235").unwrap();
    let user = UserId::from_bytes([9; 16]);
    assert_eq!(reader.earlier_use((other, user), 9).unwrap(), None);
}

#[test]
fn of_runs_of_an_older_ledger_it_is_told_how_many_devices_were_there() {
    let mut connection = Connection::open_in_memory().unwrap();
    // The ninth step tells them.
    let before = 8;
    schema::migrate_to(&connection, before);
    let execute = |sql: &str| connection.execute_batch(sql).unwrap();
    for number in 1..=4 {
        execute(&format!(
            "INSERT INTO runs (number, id, wave, settings, started_at)
             VALUES ({number}, randomblob(16), 'a', '', 0)"
        ));
    }
    // The second run asks for nothing new, and the third for one that the first has asked for.
    for (device, run) in [(1, 1), (2, 1), (1, 2), (2, 3), (3, 3)] {
        execute(&format!(
            "INSERT OR IGNORE INTO devices (id, user, type, address, state, run)
             VALUES ({device}, zeroblob(16), 1, {device}, 5, {run});
             INSERT INTO events (device, run, at, event, attempt)
             VALUES ({device}, {run}, 0, 5, 1)"
        ));
    }
    schema::migrate(&mut connection, before).unwrap();
    let mut told = connection
        .prepare("SELECT devices_before FROM runs ORDER BY number")
        .unwrap();
    let told: Vec<i64> = told
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(told, [0, 2, 2, 3]);
}

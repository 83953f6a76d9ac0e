//! One wave, several processes: each runs the rows of its own users, on a ledger of its own.

use std::collections::BTreeMap;

use crate::support::rehearsal::{Ended, Rehearsal, user};
use crate::support::texts::Row;
use crate::support::waves;
use wavepair::testing::model::Shard;
use wavepair::testing::sandbox::WAVE_POLICY;

mod binding;
pub(crate) mod handing_over;
mod killed;
mod merging;
mod mid_wave;
mod readme;
mod running;
mod samples;

/// How many shards the waves of these tests have.
const SHARDS: u32 = 3;

/// What names a shard, and a ledger of its own for it.
fn words(shard: u32) -> [String; 4] {
    let (shard, ledger) = (format!("{shard}/{SHARDS}"), format!("{shard}.db"));
    ["--shard".to_owned(), shard, "--ledger".to_owned(), ledger]
}

/// Runs a shard to its end, with more words.
fn run(rehearsal: &Rehearsal, shard: u32, more: &[&str]) -> Ended {
    let words = words(shard);
    let words: Vec<_> = words
        .iter()
        .map(String::as_str)
        .chain(more.iter().copied())
        .collect();
    let output = rehearsal.command(&words).output().unwrap();
    Ended {
        rows: rehearsal.results(&results(shard)),
        ..rehearsal.ended(&output)
    }
}

/// The name of a shard's results.
fn results(shard: u32) -> String {
    format!("wave.results.{shard}-of-{SHARDS}.csv")
}

/// The shard that a test user belongs to.
fn shard_of(number: u32) -> u32 {
    Shard::of_user(user(number).parse().unwrap(), SHARDS).number()
}

/// The first test users, as many of each shard: the first of each, then the second of each.
fn users_of_each(count: usize) -> Vec<u32> {
    let mut of: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for number in 1.. {
        let users = of.entry(shard_of(number)).or_default();
        users.push(number);
        if of.len() == SHARDS as usize && of.values().all(|users| users.len() >= count) {
            break;
        }
    }
    (0..count)
        .flat_map(|at| of.values().map(move |users| users[at]).collect::<Vec<_>>())
        .collect()
}

/// A wave with what rows can have to do with each other: a duplicate, a phone of two users in two shards,
/// a phone that is none, a row without a user, a record that is broken.
fn mixed() -> String {
    let [a, b, c] = users_of_each(1)[..] else {
        unreachable!("one user of each shard")
    };
    let wave = waves::asking([
        (a, "+15125551230"),
        (b, "+15125551231"),
        (c, "+15125551232"),
        (b, "+1 512 555 1231"),
        (c, "+15125551230"),
        (b, "07911"),
        (a, "+15125551236"),
    ]);
    wave + &format!(
        ",+15125551237,{WAVE_POLICY}\n{},+15125551238,one,too,many\n",
        user(c)
    )
}

/// What is said of each row, but for what no two runs have alike.
fn said(rows: &[Row]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| row["row"].parse::<u64>().unwrap());
    for row in &mut rows {
        for column in ["run_id", "device_id", "created_at", "correlation_id"] {
            row.remove(column);
        }
    }
    rows
}

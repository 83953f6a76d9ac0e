//! What may happen to one shard in the middle of its wave.

use std::fs;
use std::process::Child;

use super::{results, run, shard_of};
use crate::support::faults::fault;
use crate::support::rehearsal::{Rehearsal, until, user};
use crate::support::waves;

const ROWS: u32 = 24;
/// The shard that is in the middle of its wave.
const SHARD: u32 = 2;
/// So many of its devices are made then; the answer to the last one does not come.
const MADE: usize = 3;

/// A shard's command. Nothing is listed first: what was made is known from the ledger alone.
fn on(ledger: &str) -> [&str; 5] {
    let [existing, width] = ["--existing=unchecked", "--concurrency=1"];
    ["--shard=2/3", existing, width, "--ledger", ledger]
}

/// Begins a shard, and waits until it waits for an answer.
fn in_mid_wave(ledger: &str) -> (Rehearsal, Child) {
    let after = MADE - 1;
    let stall = "first = 1\nwhen = 'after'\nstall = '10m'";
    let stall = fault(&format!("on = 'create'\nafter = {after}\n{stall}"));
    let rehearsal = Rehearsal::with_faults(&stall);
    rehearsal.wave(&waves::of(ROWS));
    let child = rehearsal.begin(&on(ledger));
    until(|| rehearsal.held().len() == MADE);
    (rehearsal, child)
}

fn kill(rehearsal: &Rehearsal, mut child: Child) {
    let before = rehearsal.creates();
    child.kill().unwrap();
    child.wait().unwrap();
    // The create without an answer counts once nobody waits for that any more.
    until(|| rehearsal.creates() > before);
}

/// Goes on with a ledger, and checks that the shard makes the rest of its devices and no other.
fn goes_on(rehearsal: &Rehearsal, ledger: &str) {
    rehearsal.mend();
    let before = rehearsal.creates();
    let output = rehearsal.command(&on(ledger)).output().unwrap();
    rehearsal.ended(&output).exits(0);
    let rows = rehearsal.results(&results(SHARD));
    let users = (0..ROWS).filter(|number| shard_of(*number) == SHARD);
    let users: Vec<_> = users.map(user).collect();
    let told: Vec<_> = rows.iter().map(|row| row["user_id"].clone()).collect();
    assert_eq!(told, users);
    assert!(rows.iter().all(|row| row["outcome"] == "created"));
    let made = (users.len() - MADE) as u64;
    assert_eq!(rehearsal.creates() - before, made);
    assert_eq!(rehearsal.stats().most_per_key, 1);
}

#[test]
fn a_shard_whose_folder_was_moved_in_mid_wave_goes_on_there() {
    let (rehearsal, child) = in_mid_wave("here/2.db");
    kill(&rehearsal, child);
    fs::rename(rehearsal.path("here"), rehearsal.path("there")).unwrap();
    goes_on(&rehearsal, "there/2.db");
    assert!(!rehearsal.path("here").exists());
}

#[test]
fn a_second_process_on_a_shards_ledger_is_refused_and_others_are_not() {
    let (rehearsal, child) = in_mid_wave("2.db");
    let before = rehearsal.stats().requests;
    run(&rehearsal, SHARD, &[]).exits(6);
    assert_eq!(rehearsal.stats().requests, before, "nothing was sent");
    run(&rehearsal, 1, &[]).exits(0);
    kill(&rehearsal, child);
    goes_on(&rehearsal, "2.db");
    run(&rehearsal, 3, &[]).exits(0);
    assert_eq!(rehearsal.held().len(), ROWS as usize);
}

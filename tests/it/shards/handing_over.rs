//! The ledgers of shards become one, one becomes those of shards, and nothing is created twice by that.

use std::fs::{self, File};

use super::merging::merged;
use super::{SHARDS, run, shard_of, words};
use crate::support::rehearsal::{Ended, Rehearsal};
use crate::support::waves;

pub(crate) const MERGE: [&str; 7] = ["ledger", "merge", "-o", "all.db", "1.db", "2.db", "3.db"];
const SPLIT: [&str; 9] = [
    "ledger", "split", "all.db", "-o", "a.db", "-o", "b.db", "-o", "c.db",
];

fn ended(rehearsal: &Rehearsal, words: &[&str]) -> Ended {
    rehearsal.ended(&rehearsal.bare(words).output().unwrap())
}

/// Every shard has run, the last of them not to its end.
pub(crate) fn ran(rows: u32) -> Rehearsal {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(rows));
    for shard in 1..SHARDS {
        run(&rehearsal, shard, &[]).exits(0);
    }
    run(&rehearsal, SHARDS, &["--limit", "2"]).exits(7);
    rehearsal
}

/// Has a merge that was killed go on, after one more run of a shard, and checks that nothing of such a
/// wave is lost or made twice.
pub(crate) fn is_gone_on_with(rehearsal: &Rehearsal, rows: u32) {
    // Refused once the ledger was given away; until then it is still the one of its users.
    let more = run(rehearsal, SHARDS, &["--limit", "1"]);
    assert!([Some(2), Some(7)].contains(&more.code), "{}", more.stderr);
    ended(rehearsal, &MERGE).exits(0);
    // Nothing is listed first: what was made is known from the merged ledger alone.
    let whole = rehearsal.run(&["--ledger", "all.db", "--existing", "unchecked"]);
    let whole = whole.exits(0).has(&[("created", rows as usize)]);
    rehearsal.check(&whole, rows as usize);
    assert_eq!(rehearsal.creates(), u64::from(rows));
}

/// The way back, to ledgers of the names that [`run`] takes.
pub(crate) const SPLIT_BACK: [&str; 9] = [
    "ledger", "split", "all.db", "-o", "1.db", "-o", "2.db", "-o", "3.db",
];

/// A whole wave has run, not to its end.
pub(crate) fn ran_whole(rows: u32) -> Rehearsal {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(rows));
    let most = (rows - 4).to_string();
    let of = ["--ledger", "all.db", "--limit", &most];
    rehearsal.run(&of).exits(7);
    rehearsal
}

/// Has a split that was killed go on, after runs on whatever lets one begin, and checks that at no moment
/// two ledgers counted as the one of a user, and that nothing of such a wave is lost or made twice.
pub(crate) fn is_split_on(rehearsal: &Rehearsal, rows: u32) {
    // Nothing is listed first: what was made is known from the ledgers alone.
    const TRUSTING: [&str; 2] = ["--existing", "unchecked"];
    const ONE_MORE: [&str; 4] = [TRUSTING[0], TRUSTING[1], "--limit", "1"];
    let on_whole = || rehearsal.run(&[&["--ledger", "all.db"], &ONE_MORE[..]].concat());
    let named = (1..=SHARDS).filter(|shard| rehearsal.path(&format!("{shard}.db")).exists());
    let named: Vec<_> = named.collect();
    let old = on_whole();
    match old.code {
        // It is still the one of all users.
        Some(7) => assert_eq!(named, [0; 0], "given away, and still run on"),
        code => assert_eq!(code, Some(2), "{}", old.stderr),
    }
    for shard in named {
        let new = run(rehearsal, shard, &ONE_MORE);
        assert!([0, 2, 7].map(Some).contains(&new.code), "{}", new.stderr);
    }
    ended(rehearsal, &SPLIT_BACK).exits(0);
    let said = on_whole().exits(2).said();
    assert!(said.contains("was given to"), "{said}");
    for shard in 1..=SHARDS {
        let of_it = (0..rows).filter(|user| shard_of(*user) == shard).count();
        let done = run(rehearsal, shard, &TRUSTING).exits(0);
        done.has(&[("created", of_it)]);
    }
    let all = merged(rehearsal, &[1, 2, 3], &[]).exits(0);
    let all = all.has(&[("created", rows as usize)]);
    rehearsal.check(&all, rows as usize);
    assert_eq!(rehearsal.creates(), u64::from(rows));
}

fn of_whole_wave(rehearsal: &Rehearsal) -> Ended {
    rehearsal.run(&["--ledger", "all.db", "--summary", "-"])
}

#[test]
fn a_run_on_the_merged_ledger_makes_the_rest_and_no_other_one_begins() {
    let rehearsal = ran(30);
    let before = rehearsal.creates();
    ended(&rehearsal, &MERGE).exits(0);
    for shard in 1..=SHARDS {
        let said = run(&rehearsal, shard, &[]).exits(2).said();
        assert!(
            said.contains("was given to") && said.contains("all.db"),
            "{said}"
        );
    }
    assert_eq!(rehearsal.creates(), before);
    let rest = of_whole_wave(&rehearsal).exits(0).has(&[("created", 30)]);
    assert_eq!(rest.summary()["requests"]["create"], 30 - before);
    assert_eq!((rehearsal.creates(), rehearsal.held().len()), (30, 30));
    let again = of_whole_wave(&rehearsal).exits(0);
    assert_eq!(again.summary()["requests"]["create"], 0);
    assert_eq!(again.summary()["requests"]["list"], 0);
    rehearsal.check(&again, 30);
}

#[test]
fn a_copy_of_a_ledger_from_before_is_refused_by_what_lies_beside_it() {
    let rehearsal = ran(12);
    fs::copy(rehearsal.path("1.db"), rehearsal.path("copy")).unwrap();
    ended(&rehearsal, &MERGE).exits(0);
    fs::copy(rehearsal.path("copy"), rehearsal.path("1.db")).unwrap();
    let said = run(&rehearsal, 1, &[]).exits(2).said();
    assert!(said.contains("was given to another"), "{said}");
    // A copy under another name, without what lay beside it, is for the same shard alone.
    fs::rename(rehearsal.path("copy"), rehearsal.path("copy.db")).unwrap();
    let trusting = [
        "--shard",
        "1/3",
        "--ledger",
        "copy.db",
        "--existing",
        "ledger",
    ];
    let output = rehearsal.command(&trusting).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn ledgers_that_make_no_whole_or_are_held_are_left_as_they_are() {
    let rehearsal = ran(12);
    rehearsal.run(&["--ledger", "whole.db"]).exits(0);
    for (from, says) in [
        (&["1.db", "2.db"][..], "the ledger of shard 3/3 is missing"),
        (&["1.db", "2.db", "whole.db"], "another for whole waves"),
        (&["1.db"], "one ledger alone is not merged"),
        (&["1.db", "2.db", "none.db"], "there is no ledger"),
    ] {
        let said = ended(&rehearsal, &[&MERGE[..4], from].concat())
            .exits(2)
            .said();
        assert!(said.contains(says), "{said}");
        assert!(!rehearsal.path("all.db").exists());
    }
    let lock = File::open(rehearsal.path("2.db.lock")).unwrap();
    lock.lock().unwrap();
    ended(&rehearsal, &MERGE).exits(6);
    drop(lock);
    for shard in 1..=SHARDS {
        run(&rehearsal, shard, &[]).exits(0);
    }
    fs::copy(rehearsal.path("whole.db"), rehearsal.path("all.db")).unwrap();
    let said = ended(&rehearsal, &MERGE).exits(2).said();
    assert!(said.contains("a ledger of that name already"), "{said}");
    run(&rehearsal, 1, &[]).exits(0);
}

#[test]
fn two_outcomes_of_one_device_are_refused_by_the_users_id() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(3));
    for ledger in ["1.db", "2.db"] {
        // The second finds what the first has created.
        rehearsal.run(&["--ledger", ledger]).exits(0);
    }
    let said = ended(&rehearsal, &MERGE[..6]).exits(2).said();
    assert!(
        said.contains("two of the others say different things"),
        "{said}"
    );
    assert!(said.contains("9f1c2a34-5b6d-4e7f-8a90-"), "{said}");
    rehearsal.run(&["--ledger", "1.db"]).exits(0);
}

#[test]
fn a_ledger_that_was_split_is_gone_on_with_by_its_shards_and_merged_again() {
    let rehearsal = ran(30);
    ended(&rehearsal, &MERGE).exits(0);
    ended(&rehearsal, &SPLIT).exits(0);
    let said = of_whole_wave(&rehearsal).exits(2).said();
    assert!(said.contains("a.db") && said.contains("c.db"), "{said}");
    let before = rehearsal.creates();
    for (shard, ledger) in (1..=SHARDS).zip(["a.db", "b.db", "c.db"]) {
        let mut words = words(shard);
        ledger.clone_into(&mut words[3]);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let output = rehearsal.command(&words).output().unwrap();
        let rows = (0..30).filter(|user| shard_of(*user) == shard).count();
        let ended = Ended {
            rows: rehearsal.results(&super::results(shard)),
            ..rehearsal.ended(&output)
        };
        ended.exits(0).has(&[("created", rows)]);
    }
    assert_eq!(rehearsal.creates(), 30, "{before} before");
    ended(
        &rehearsal,
        &["ledger", "merge", "-o", "again.db", "c.db", "a.db", "b.db"],
    )
    .exits(0);
    let whole = rehearsal
        .run(&["--ledger", "again.db", "--summary", "-"])
        .exits(0);
    assert_eq!(whole.summary()["requests"]["create"], 0);
    rehearsal.check(&whole, 30);
    // What happened is known still: a line for each run, those from before the split once.
    let status = ended(&rehearsal, &["status", "--ledger", "again.db"]).exits(0);
    assert_eq!(
        status.stdout.matches("wave.csv").count(),
        7,
        "{}",
        status.stdout
    );
}

#[test]
fn the_same_command_again_after_it_was_done_changes_nothing() {
    let rehearsal = ran(12);
    ended(&rehearsal, &MERGE).exits(0);
    let merged = fs::read(rehearsal.path("all.db")).unwrap();
    ended(&rehearsal, &MERGE).exits(0);
    assert_eq!(fs::read(rehearsal.path("all.db")).unwrap(), merged);
    of_whole_wave(&rehearsal).exits(0);
    ended(&rehearsal, &MERGE).exits(0);
    // It was gone on with: what the others know is not all any more.
    for file in ["all.db", "all.db.runs"] {
        fs::remove_file(rehearsal.path(file)).unwrap();
    }
    let said = ended(&rehearsal, &MERGE).exits(2).said();
    assert!(said.contains("was given to"), "{said}");
    let said = ended(
        &rehearsal,
        &[&["ledger", "merge", "-o", "other.db"][..], &MERGE[4..]].concat(),
    );
    said.exits(2);
}

//! What the shards of a wave do, and that it is together what one run does.

use std::collections::BTreeSet;
use std::fs;

use super::{SHARDS, mixed, results, run, said, shard_of, users_of_each, words};
use crate::support::rehearsal::{Rehearsal, user};
use crate::support::waves;

#[test]
fn each_row_is_run_by_one_shard_keeps_its_number_and_the_rest_is_counted() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(30));
    let mut rows = BTreeSet::new();
    for shard in 1..=SHARDS {
        let ended = run(&rehearsal, shard, &["--summary", "-"]).exits(0);
        let ours: Vec<_> = (0..30).filter(|user| shard_of(*user) == shard).collect();
        let numbers: Vec<_> = ours.iter().map(|user| (user + 1).to_string()).collect();
        assert_eq!(ended.column("row"), numbers);
        let (count, summary) = (ours.len(), ended.summary());
        assert_eq!(summary["shard"], format!("{shard}/3"));
        assert_eq!(summary["rows"], 30);
        assert_eq!(summary["outcomes"]["created"], count);
        assert_eq!(summary["rows_of_other_shards"], 30 - count);
        let (said, told) = (ended.said(), format!("{shard}/3: {count} of the 30 rows"));
        assert!(said.contains(&told), "{said}");
        let told = format!("{count} rows of shard {shard}/3 in");
        assert!(said.contains(&told), "{said}");
        rows.extend(numbers);
    }
    assert_eq!(rows.len(), 30);
    assert_eq!((rehearsal.held().len(), rehearsal.creates()), (30, 30));
    let whole = rehearsal.run(&["--summary", "-", "--ledger", "whole.db"]);
    assert_eq!(whole.summary()["shard"], serde_json::Value::Null);
    assert_eq!(whole.summary()["rows_of_other_shards"], 0);
}

#[test]
fn the_shards_say_of_each_row_together_what_one_run_says() {
    let (together, alone) = (Rehearsal::new(), Rehearsal::new());
    for words in [&[][..], &["--shared-phones", "reject"], &["--type", "SMS"]] {
        let whole = alone.wave(&mixed()).run(words);
        together.wave(&mixed());
        let shards = (1..=SHARDS).map(|shard| run(&together, shard, words).rows);
        let rows: Vec<_> = shards.flatten().collect();
        assert_eq!(said(&rows), said(&whole.rows), "{words:?}");
        assert_eq!(rows.len(), 9);
    }
    assert_eq!(together.held().len(), alone.held().len());
    let rejects: String = (1..=SHARDS)
        .map(|shard| format!("wave.rejects.{shard}-of-3.csv"))
        .filter_map(|name| fs::read_to_string(together.path(&name)).ok())
        .collect();
    let lines = rejects.lines().filter(|line| !line.starts_with("user_id"));
    assert_eq!(lines.count(), 3, "{rejects}");
}

#[test]
fn what_a_shard_has_written_is_written_again_byte_for_byte() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&mixed());
    for shard in 1..=SHARDS {
        run(&rehearsal, shard, &[]);
        let before = rehearsal.bytes(&results(shard));
        fs::remove_file(rehearsal.path(&results(shard))).unwrap();
        let words = words(shard);
        let mut again = rehearsal.bare(&["results", "wave.csv"]);
        let output = again.args(&words).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(rehearsal.bytes(&results(shard)), before);
    }
}

#[test]
fn a_dry_run_of_a_shard_says_what_the_run_does_offline_and_online() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&mixed());
    for shard in 1..=SHARDS {
        let mut told = Vec::new();
        for online in [&[][..], &["--online"]] {
            let words = [&["--dry-run", "--summary", "-"][..], online].concat();
            let dry_run = run(&rehearsal, shard, &words);
            let summary = dry_run.summary();
            assert_eq!(summary["shard"], format!("{shard}/3"), "{}", dry_run.stderr);
            assert_eq!(summary["rows"], 9, "{}", dry_run.stderr);
            let name = format!("wave.dry-run.{shard}-of-3.csv");
            let rows = rehearsal.results(&name);
            let others = 9 - rows.len();
            assert_eq!(
                summary["rows_of_other_shards"], others,
                "{}",
                dry_run.stderr
            );
            told.push(
                rows.iter()
                    .map(|row| (row["row"].clone(), row["outcome"].clone()))
                    .collect::<Vec<_>>(),
            );
        }
        let run = run(&rehearsal, shard, &[]);
        for dry_run in told {
            let created =
                |(row, outcome): (String, String)| (row, outcome.replace("ready", "created"));
            let expected: Vec<_> = dry_run.into_iter().map(created).collect();
            let rows = run.rows.iter();
            let found: Vec<_> = rows
                .map(|row| (row["row"].clone(), row["outcome"].clone()))
                .collect();
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn what_a_wave_has_to_be_like_as_a_whole_is_held_against_all_of_it() {
    let rehearsal = Rehearsal::new();
    let [a, b, c] = users_of_each(1)[..] else {
        unreachable!("one user of each shard")
    };
    let wave = waves::asking([(a, "+15125551230"), (b, "07911"), (c, "+15125551232")]);
    rehearsal.wave(&wave);
    for shard in 1..=SHARDS {
        let ended = run(&rehearsal, shard, &["--strict"]).exits(3);
        let outcome = if shard == shard_of(b) {
            "invalid"
        } else {
            "pending"
        };
        let ended = ended.has(&[(outcome, 1)]);
        assert!(
            ended.said().contains("1 row is invalid, in line 3"),
            "{}",
            ended.stderr
        );
        run(&rehearsal, shard, &["--expect-rows", "1"]).exits(2);
    }
    assert_eq!(rehearsal.creates(), 0);
    run(&rehearsal, shard_of(a), &["--expect-rows", "3"])
        .exits(0)
        .has(&[("created", 1)]);
}

#[test]
fn a_phone_of_an_earlier_wave_is_refused_by_the_shard_that_knows_it() {
    let rehearsal = Rehearsal::new();
    let users = users_of_each(2);
    let (first, later) = (users[0], users[SHARDS as usize]);
    rehearsal.wave(&waves::asking([(first, "+15125551230")]));
    let shard = shard_of(first);
    run(&rehearsal, shard, &[]).exits(0);
    let wave = waves::asking([(later, "+15125551230"), (first, "+15125551231")]);
    fs::write(rehearsal.path("wave.csv"), wave).unwrap();
    fs::rename(rehearsal.path("wave.csv"), rehearsal.path("second.csv")).unwrap();
    let words = words(shard);
    let mut second = rehearsal.bare(&["run", "second.csv", "--rate=max", "--shared-phones=reject"]);
    let output = second.args(&words).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let rows = rehearsal.results(&format!("second.results.{shard}-of-3.csv"));
    assert_eq!(rows[0]["code"], "phone_shared");
    assert!(
        rows[0]["message"].contains("from an earlier wave, wave.csv"),
        "{}",
        rows[0]["message"]
    );
    assert_eq!(rows[1]["outcome"], "created");
}

#[test]
fn rows_that_a_person_corrects_in_the_wave_are_run_by_their_shards_again() {
    let rehearsal = Rehearsal::new();
    let [a, b, _] = users_of_each(1)[..] else {
        unreachable!("one user of each shard")
    };
    // Whose row it is shows when it is corrected.
    let wave = waves::asking([(a, "+15125551230")]);
    rehearsal.wave(&wave.replace(&user(a), "nobody"));
    let ended = run(&rehearsal, 1, &[]).exits(3);
    let said = ended.said();
    assert!(
        said.contains("correct the input") && !said.contains("rejects.1-of-3.csv --"),
        "{said}"
    );
    rehearsal.wave(&wave.replace(&user(a), &user(b)));
    for shard in 1..=SHARDS {
        run(&rehearsal, shard, &[]).exits(0);
    }
    assert_eq!(rehearsal.held().len(), 1);
}

#[test]
fn a_plan_of_a_shard_is_carried_out_by_that_shard_alone() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(12));
    let count = (0..12).filter(|user| shard_of(*user) == 2).count();
    run(
        &rehearsal,
        2,
        &["--dry-run", "--online", "--plan", "2.plan"],
    )
    .exits(0);
    let plan = fs::read_to_string(rehearsal.path("2.plan")).unwrap();
    // The head, the rows, and the digest.
    assert_eq!(plan.lines().count(), count + 2);
    let refused = run(&rehearsal, 3, &["--plan", "2.plan"]).exits(2);
    let said = refused.said();
    assert!(said.contains("`--shard` is 3/3, in the plan 2/3"), "{said}");
    run(&rehearsal, 2, &["--plan", "2.plan"])
        .exits(0)
        .has(&[("created", count)]);
    assert_eq!(rehearsal.held().len(), count);
}

#[test]
fn verify_and_the_page_speak_of_the_rows_of_the_ledgers_shard() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&mixed());
    let rows = run(&rehearsal, 2, &[]).rows.len();
    let mut verify = rehearsal.bare(&["verify", "wave.csv", "--now", "--ledger", "2.db"]);
    let output = verify
        .args(["--summary", "-", "--rate", "max"])
        .output()
        .unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["shard"], "2/3", "{output:?}");
    assert_eq!(summary["rows_of_other_shards"], 9 - rows);
    assert_eq!(rehearsal.results("wave.verify.csv").len(), rows);
    assert_ne!(output.status.code(), Some(1), "{output:?}");
    let page = rehearsal
        .bare(&["report", "wave.csv", "--ledger", "2.db"])
        .output()
        .unwrap();
    assert_eq!(page.status.code(), Some(0), "{page:?}");
    let page = fs::read_to_string(rehearsal.path("wave.report.html")).unwrap();
    assert!(page.contains("shard 2/3"), "{page}");
}

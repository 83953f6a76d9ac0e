//! The results of all shards, put together from their ledgers.

use std::fs;
use std::process::Stdio;

use wavepair::testing::sandbox::{Kind, Options};

use super::{SHARDS, mixed, run, said, shard_of, users_of_each, words};
use crate::support::rehearsal::{Ended, Rehearsal, user};
use crate::support::waves;

/// Writes the results of the wave by the ledgers of these shards, with more words.
pub(super) fn merged(rehearsal: &Rehearsal, shards: &[u32], more: &[&str]) -> Ended {
    let mut results = rehearsal.bare(&["results", "wave.csv"]);
    for shard in shards {
        results.args(["--ledger", &format!("{shard}.db")]);
    }
    rehearsal.ended(&results.args(more).output().unwrap())
}

/// What no two runs have alike: who ran, when, and what PingOne named it.
const OF_A_RUN: [&str; 4] = ["run_id", "device_id", "created_at", "correlation_id"];

/// A results file with `-` for what no two runs have alike.
fn comparable(rehearsal: &Rehearsal) -> String {
    let bytes = rehearsal.bytes("wave.results.csv");
    let mut lines = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&*bytes);
    let rows: Vec<_> = lines.records().map(Result::unwrap).collect();
    let of_a_run: Vec<_> = rows[0]
        .iter()
        .map(|name| OF_A_RUN.contains(&name))
        .collect();
    let mut text = String::from_utf8(bytes.clone()).unwrap();
    for row in &rows[1..] {
        for (cell, _) in row
            .iter()
            .zip(&of_a_run)
            .filter(|(cell, own)| **own && !cell.is_empty())
        {
            text = text.replace(cell, "-");
        }
    }
    text
}

#[test]
fn the_ledgers_of_all_shards_make_the_results_of_one_run_byte_for_byte() {
    let (together, alone) = (Rehearsal::new(), Rehearsal::new());
    for rehearsal in [&together, &alone] {
        rehearsal.wave(&mixed());
    }
    for words in [&[][..], &["--shared-phones", "reject"]] {
        alone.run(words);
        for shard in 1..=SHARDS {
            run(&together, shard, words);
        }
        // In whatever order they are named.
        merged(&together, &[3, 1, 2], &[]).exits(0);
        assert_eq!(comparable(&together), comparable(&alone), "{words:?}");
        assert_eq!(
            fs::read_to_string(together.path("wave.rejects.csv")).unwrap(),
            fs::read_to_string(alone.path("wave.rejects.csv")).unwrap()
        );
    }
}

#[test]
fn a_shard_that_is_not_named_is_an_error_or_pending_rows_with_partial() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(12));
    for shard in 1..=SHARDS {
        run(&rehearsal, shard, &[]).exits(0);
    }
    let refused = merged(&rehearsal, &[1, 2], &[]).exits(2);
    let said = refused.said();
    assert!(
        said.contains("none was named of 3/3") && said.contains("--partial"),
        "{said}"
    );
    assert!(!rehearsal.path("wave.results.csv").exists());
    let alone = merged(&rehearsal, &[2], &[]).exits(2);
    assert!(
        alone.said().contains("`--shard 2/3` writes those"),
        "{}",
        alone.stderr
    );

    let partial = merged(&rehearsal, &[1, 2], &["--partial"]).exits(7);
    for (number, row) in (0..12).zip(&partial.rows) {
        if shard_of(number) == 3 {
            assert_eq!(
                (row["outcome"].as_str(), row["code"].as_str()),
                ("pending", "shard_missing")
            );
            assert!(
                row["message"].contains("ledger of shard 3/3"),
                "{}",
                row["message"]
            );
        } else {
            assert_eq!(row["outcome"], "created");
        }
    }
    merged(&rehearsal, &[1, 2, 3], &["--partial"])
        .exits(0)
        .has(&[("created", 12)]);
}

#[test]
fn ledgers_that_are_not_those_of_one_wave_are_refused() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(12));
    for shard in 1..=SHARDS {
        run(&rehearsal, shard, &[]).exits(0);
    }
    rehearsal.run(&["--ledger", "4.db"]).exits(0);
    rehearsal
        .run(&["--ledger", "5.db", "--shard", "2/4"])
        .exits(0);
    for (shards, says) in [
        (&[1, 2, 3, 1][..], "two of them are for shard 1/3"),
        (
            &[1, 2, 4],
            "one is for shard 1/3, and another for whole waves",
        ),
        (&[1, 5], "one is for shard 1/3, and another for shard 2/4"),
    ] {
        let said = merged(&rehearsal, shards, &[]).exits(2).said();
        assert!(said.contains(says), "{said}");
    }
    let both = merged(&rehearsal, &[1, 2], &["--shard", "1/3"]).exits(2);
    assert!(
        both.said().contains("results of one shard"),
        "{}",
        both.stderr
    );
}

#[test]
fn a_phone_of_an_earlier_wave_is_told_whichever_shard_has_it() {
    let (together, alone) = (Rehearsal::new(), Rehearsal::new());
    let users = users_of_each(1);
    let (first, later) = (users[0], users[1]);
    for rehearsal in [&together, &alone] {
        rehearsal.wave(&waves::asking([(first, "+15125551230")]));
        fs::rename(rehearsal.path("wave.csv"), rehearsal.path("first.csv")).unwrap();
        rehearsal.wave(&waves::asking([
            (later, "+15125551230"),
            (first, "+15125551231"),
        ]));
    }
    for wave in ["first.csv", "wave.csv"] {
        let run = |rehearsal: &Rehearsal, words: &[String]| {
            let mut run = rehearsal.bare(&["run", wave, "--rate=max"]);
            rehearsal.ended(&run.args(words).output().unwrap()).exits(0);
        };
        run(&alone, &[]);
        for shard in 1..=SHARDS {
            run(&together, &words(shard));
        }
    }
    let merged = merged(&together, &[1, 2, 3], &[]).exits(0);
    assert_eq!(said(&merged.rows), said(&alone.results("wave.results.csv")));
    assert_eq!(merged.rows[0]["warning"], "phone_shared");
}

#[test]
fn three_shards_from_three_addresses_obey_each_limit_and_end_as_one_run() {
    const ROWS: u32 = 60;
    let limited = || {
        Rehearsal::with(Options {
            rate_limit: Some(60.0),
            per_ip: Some(0.35),
            ..Options::default()
        })
    };
    let (together, alone) = (limited(), Rehearsal::new());
    for rehearsal in [&together, &alone] {
        rehearsal.wave(&waves::of(ROWS));
    }
    alone.run(&[]).exits(0);
    let runs: Vec<_> = (1..=SHARDS)
        .map(|shard| {
            let address = format!("127.0.0.{}", shard + 1);
            let words = words(shard);
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let more = ["--rate", "auto", "--source-address", &address];
            let mut run = together.command(&[&words[..], &more].concat());
            run.stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        together.ended(&output).exits(0);
    }
    merged(&together, &[1, 2, 3], &[])
        .exits(0)
        .has(&[("created", ROWS as usize)]);
    assert_eq!(comparable(&together), comparable(&alone));
    let stats = together.stats();
    let of_each: Vec<u64> = (1..=SHARDS)
        .map(|shard| stats.by_address[&format!("127.0.0.{}", shard + 1).parse().unwrap()])
        .collect();
    for (shard, requests) in (1..=SHARDS).zip(&of_each) {
        let users = (0..ROWS).filter(|user| shard_of(*user) == shard).count() as u64;
        // A listing and a create for each of its users, and a token.
        assert!(*requests > 2 * users, "{of_each:?}");
    }
    assert_eq!(
        stats.before_retry_after, 0,
        "nothing is sent inside a pause"
    );
    assert_eq!(
        stats.requests_of(Kind::Create) - stats.answered(Kind::Create, 429),
        u64::from(ROWS)
    );
    assert_eq!(
        (together.held().len(), stats.most_per_key),
        (ROWS as usize, 1)
    );
    assert!(
        together
            .held()
            .iter()
            .all(|held| (0..ROWS).any(|number| user(number) == held.user))
    );
}

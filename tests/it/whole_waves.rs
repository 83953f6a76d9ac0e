//! What a wave as a whole has to be like before anything is sent: how many rows, and every one right.

use std::process::Stdio;

use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Ended, Rehearsal, rows, user};
use crate::support::waves;

const HEADER: &str = "user_id,phone,policy_id\n";

/// A wave of three good rows, and two that are wrong, in lines 3 and 5.
fn troubled() -> String {
    waves::asking([
        (1, "+15125551231"),
        (2, "0512 5551232"),
        (3, "+15125551233"),
        (4, ""),
        (5, "+15125551235"),
    ])
}

/// Asserts that a command left nothing behind: no request, no ledger, no file but the summary.
#[track_caller]
fn nothing_happened(rehearsal: &Rehearsal) {
    assert_eq!(rehearsal.stats().requests.len(), 0, "nothing was sent");
    for name in ["wave.results.csv", "wave.dry-run.csv", "wave.rejects.csv"] {
        assert!(!rehearsal.path(name).exists(), "{name}");
    }
    assert!(!rehearsal.ledger().exists());
}

/// The stable word for why a command ended, from its summary.
fn stopped(run: &Ended) -> String {
    run.summary()["stopped"]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn another_number_of_rows_is_refused_before_anything_is_sent_or_written() {
    for mode in [&[][..], &["--dry-run"], &["--dry-run", "--online"]] {
        for (expected, said) in [
            ("4", "wave.csv has 3 rows; `--expect-rows` says 4"),
            ("4..9", "says 4 to 9"),
            ("4..", "says 4 or more"),
            ("..2", "says at most 2"),
            ("0", "says 0"),
        ] {
            let rehearsal = Rehearsal::new();
            // Blank lines are no rows.
            let wave = rows(3).replace('\n', "\n\n ,,\n");
            let words = [mode, &["--expect-rows", expected, "--summary", "-"]].concat();
            let run = rehearsal.wave(&wave).run(&words).exits(2);
            assert!(run.stderr.contains(said), "{}", run.stderr);
            assert_eq!(stopped(&run), "rows_unexpected");
            nothing_happened(&rehearsal);
        }
    }
}

#[test]
fn a_wave_with_as_many_rows_as_expected_is_run() {
    for expected in ["3", "3..3", "2..9", "0..", "..3"] {
        let rehearsal = Rehearsal::new();
        let run = rehearsal.rows(3).run(&["--expect-rows", expected]);
        run.exits(0).has(&[("created", 3)]);
    }
}

#[test]
fn the_rows_of_standard_input_are_counted_too() {
    let rehearsal = Rehearsal::new();
    let command = |expected: &str| {
        let words = ["run", "-", "--dry-run", "--expect-rows", expected];
        let mut command = rehearsal.bare(&words);
        let wave = std::fs::File::open(rehearsal.rows(3).path("wave.csv")).unwrap();
        command.stdin(Stdio::from(wave));
        rehearsal.ended(&command.output().unwrap())
    };
    let refused = command("5").exits(2);
    assert!(
        refused.stderr.contains("standard input has 3 rows"),
        "{}",
        refused.stderr
    );
    assert_eq!(refused.stdout, "", "no results of it");
    assert_eq!(command("3").exits(0).stdout.lines().count(), 4);
}

#[test]
fn a_wave_without_rows_is_refused_unless_that_is_expected() {
    for mode in [&[][..], &["--dry-run"], &["--dry-run", "--online"]] {
        let rehearsal = Rehearsal::new();
        let refused = rehearsal.wave(HEADER).run(mode).exits(2).stderr;
        assert!(refused.contains("--expect-rows 0"), "{refused}");
        nothing_happened(&rehearsal);
        let refused = rehearsal.run(&[mode, &["--expect-rows", "1"]].concat());
        assert!(refused.exits(2).stderr.contains("has 0 rows"));
        nothing_happened(&rehearsal);
        for expected in ["0", "0..5", "..5"] {
            let run = rehearsal.run(&[mode, &["--expect-rows", expected]].concat());
            let said = run.exits(0).stderr;
            assert!(said.contains("wave.csv: 0 rows"), "{said}");
            let name = if mode.is_empty() {
                "wave.results.csv"
            } else {
                "wave.dry-run.csv"
            };
            let text = String::from_utf8(rehearsal.bytes(name)).unwrap();
            assert_eq!(text.lines().count(), 1, "the header alone: {text}");
        }
        assert_eq!(rehearsal.creates(), 0);
    }
}

#[test]
fn an_empty_wave_proves_nothing_of_a_ledger_and_its_results_come_again() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(HEADER).run(&["--expect-rows", "0"]).exits(0);
    let written = rehearsal.bytes("wave.results.csv");
    let again = |words: &[&str]| {
        let mut command = rehearsal.bare(&[&["results", "wave.csv"], words].concat());
        rehearsal.ended(&command.output().unwrap())
    };
    again(&[]).exits(2);
    again(&["--expect-rows", "4"]).exits(2);
    assert_eq!(
        rehearsal.bytes("wave.results.csv"),
        written,
        "left as it was"
    );
    again(&["--expect-rows", "0"]).exits(0);
    assert_eq!(rehearsal.bytes("wave.results.csv"), written);
    let run = rehearsal.rows(2).run(&["--existing", "ledger"]).exits(2);
    assert!(run.stderr.contains("has finished"), "{}", run.stderr);
}

#[test]
fn a_single_invalid_row_keeps_back_all_of_a_strict_wave() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&troubled());
    let activate = [
        "--strict",
        "--status",
        "ACTIVATION_REQUIRED",
        "--summary",
        "-",
    ];
    let run = rehearsal.run(&activate).exits(3);
    assert_eq!(rehearsal.stats().requests.len(), 0, "not even for a token");
    assert_eq!(
        run.column("outcome"),
        ["pending", "invalid", "pending", "invalid", "pending"]
    );
    let codes = run.column("code");
    assert_eq!((codes[0], codes[3]), ("invalid_rows", "phone_missing"));
    let why = &run.rows[0]["message"];
    assert!(
        why.contains("2 rows are invalid, the first in line 3"),
        "{why}"
    );
    assert_eq!(stopped(&run), "invalid_rows");
    assert_eq!(run.summary()["messages"], serde_json::json!({}));
    assert_eq!(rehearsal.results("wave.rejects.csv").len(), 2);
    for said in [
        "this run sends no messages to people",
        "warning: row 4 (line 5",
        "stopped: 2 rows are invalid, the first in line 3",
        "2 rows need correction, see wave.rejects.csv. Correct them in wave.csv, then run:\n",
        "wavepair run wave.csv --rate max",
    ] {
        assert!(run.stderr.contains(said), "no {said:?}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("wavepair run wave.rejects.csv"));
}

#[test]
fn the_results_of_a_wave_that_was_kept_back_come_again_byte_for_byte() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&troubled()).run(&["--strict"]).exits(3);
    rehearsal.writes_results_again();
}

#[test]
fn a_strict_wave_is_run_once_it_is_corrected_and_what_was_done_stays_done() {
    let rehearsal = Rehearsal::new();
    rehearsal
        .wave(&waves::asking([(1, "+15125551231")]))
        .run(&[])
        .exits(0);
    let creates = rehearsal.creates();
    let strict = rehearsal.wave(&troubled()).run(&["--strict"]).exits(3);
    assert_eq!(
        strict.column("outcome"),
        ["created", "invalid", "pending", "invalid", "pending"]
    );
    assert_eq!(rehearsal.creates(), creates);
    let corrected = waves::of(5);
    let run = rehearsal.wave(&corrected).run(&["--strict"]).exits(0);
    run.has(&[("created", 5)]);
    assert_eq!(rehearsal.stats().most_per_key, 1);
}

#[test]
fn a_run_that_was_kept_back_proves_nothing_of_a_ledger() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&troubled()).run(&["--strict"]).exits(3);
    assert!(rehearsal.ledger().exists(), "it has begun");
    let run = rehearsal.run(&["--existing", "ledger"]).exits(2);
    assert!(run.stderr.contains("has finished"), "{}", run.stderr);
}

#[test]
fn a_strict_dry_run_says_what_the_strict_run_then_does_and_asks_nothing() {
    for wave in [troubled(), rows(4)] {
        for mode in [&["--dry-run"][..], &["--dry-run", "--online"]] {
            let rehearsal = Rehearsal::new();
            rehearsal.wave(&wave);
            let dry_run = rehearsal.run(&[mode, &["--strict"]].concat());
            let asked = rehearsal.stats().requests.len();
            let is_refused = dry_run.code == Some(3);
            assert!(!is_refused || asked == 0, "{asked} requests");
            let told = rehearsal.results("wave.dry-run.csv");
            let run = rehearsal.run(&["--strict"]);
            assert_eq!(run.code, dry_run.code, "{}", run.stderr);
            for (told, became) in told.iter().zip(&run.rows) {
                let outcome = told["outcome"].replace("ready", "created");
                assert_eq!(outcome, became["outcome"]);
                assert_eq!(told["code"], became["code"]);
            }
            assert_eq!(told.len(), run.rows.len());
        }
    }
}

#[test]
fn what_pingone_refuses_keeps_nothing_back() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nfirst = 1\nstatus = 400\n");
    let run = rehearsal.rows(3).run(&["--strict"]).exits(3);
    run.has(&[("rejected", 1), ("created", 2)]);
}

#[test]
fn the_command_for_corrected_rows_expects_no_number_of_them() {
    let rehearsal = Rehearsal::new();
    let wave = format!("{}{},no phone,{WAVE_POLICY}\n", rows(2), user(9));
    let run = rehearsal.wave(&wave).run(&["--expect-rows", "3"]).exits(3);
    let then = run.stderr.split("then run:\n").nth(1).unwrap();
    assert!(then.contains("wavepair run wave.rejects.csv"), "{then}");
    assert!(!then.contains("--expect-rows"), "{then}");
}

//! The summary: written on every end, so that what an earlier run wrote does not stay.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use serde_json::Value;

use crate::support::faults::fault;
use crate::support::rehearsal::Rehearsal;
use crate::support::tampering_proxy::Then;

/// The keys that scripts rely on.
const KEYS: [&str; 20] = [
    "run_id",
    "wave",
    "environment",
    "dry_run",
    "started_at",
    "finished_at",
    "rows",
    "outcomes",
    "codes",
    "requests",
    "throttled",
    "retries",
    "stopped",
    "exit_code",
    "previous_exit_code",
    "ledger",
    "messages",
    "pace",
    "shard",
    "rows_of_other_shards",
];

/// Runs words with a summary of yesterday in place, and reads the one of today; the program of
/// `--on-end` has read the same, unless it is a dry run.
fn summary_of(rehearsal: &Rehearsal, words: &[&str]) -> (Output, Value) {
    let path = rehearsal.path("summary.json");
    fs::write(&path, r#"{"exit_code": 0, "yesterday": true}"#).unwrap();
    let tell = rehearsal.path("tell");
    fs::write(&tell, "#!/bin/sh\nexec cat > told.json\n").unwrap();
    fs::set_permissions(&tell, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = rehearsal.bare(words);
    let output = command
        .args(["--summary", "summary.json", "--on-end", "./tell"])
        .output()
        .unwrap();
    let summary: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(summary.get("yesterday"), None, "{words:?}");
    for key in KEYS {
        assert!(summary.get(key).is_some(), "{words:?}: {key}");
    }
    assert_eq!(summary["exit_code"], output.status.code().unwrap());
    let told = fs::read(rehearsal.path("told.json")).ok();
    assert_eq!(told.is_none(), words.contains(&"--dry-run"), "{words:?}");
    if let Some(told) = told {
        fs::remove_file(rehearsal.path("told.json")).unwrap();
        let mut told: Value = serde_json::from_slice(&told).unwrap();
        assert!(told["finished_at"].as_str() >= summary["finished_at"].as_str());
        told["finished_at"] = summary["finished_at"].clone();
        assert_eq!(told, summary, "{words:?}");
    }
    (output, summary)
}

#[test]
fn every_end_writes_it_also_one_before_the_first_row() {
    for (wave, arguments, exit, code) in [
        ("user_id\nx\n", &[][..], 2, "not_a_wave"),
        ("user_id\nx\n", &["--dry-run"], 2, "not_a_wave"),
        ("user_id\nx\n", &["--dry-run", "--online"], 2, "not_a_wave"),
        ("", &["-o", "missing/r.csv"], 2, "output"),
        ("", &["--dry-run", "-o", "missing/r.csv"], 2, "output"),
        ("", &["--log-file", "missing/log"], 2, "output"),
        ("", &["--ledger", "wave.csv.db"], 2, "ledger_refused"),
        ("", &["--existing", "ledger"], 2, "settings"),
    ] {
        let rehearsal = Rehearsal::new();
        fs::write(rehearsal.path("wave.csv.db"), "no ledger").unwrap();
        if wave.is_empty() {
            rehearsal.rows(2);
        } else {
            rehearsal.wave(wave);
        }
        let words = [&["run", "wave.csv"][..], arguments].concat();
        let (output, summary) = summary_of(&rehearsal, &words);
        assert_eq!(output.status.code(), Some(exit), "{words:?}: {output:?}");
        assert_eq!(summary["stopped"]["code"], code, "{words:?}");
        assert!(!summary["stopped"]["message"].as_str().unwrap().is_empty());
        assert_eq!(summary["wave"], "wave.csv");
        assert_eq!(summary["outcomes"]["created"], 0);
        assert_eq!(rehearsal.creates(), 0);
    }
}

#[test]
fn a_run_that_cannot_begin_beside_another_says_so_and_how_the_last_ended() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.rows(2).run(&["--limit", "1"]).exits(7);
    let (open, opened) = std::sync::mpsc::channel::<()>();
    let opened = std::sync::Mutex::new(opened);
    let proxy = rehearsal.behind(move |request, _| {
        if request.is_create() {
            opened.lock().unwrap().recv().ok();
        }
        Then::LetThrough
    });
    // The ledger belongs to the host that it was made for.
    let ledger = ["--ledger", "other.db"];
    let first = rehearsal.rows(3).begin(&ledger);
    crate::support::rehearsal::until(|| !proxy.requests().is_empty());
    let words = [&["run", "wave.csv"][..], &ledger].concat();
    let (_, summary) = summary_of(&rehearsal, &words);
    assert_eq!(summary["exit_code"], 6);
    assert_eq!(summary["stopped"]["code"], "ledger_held");
    assert_eq!(summary["ledger"], "other.db");
    assert_eq!(summary["environment"], rehearsal.sandbox().environment());
    drop(open);
    let first = rehearsal.ended(&first.wait_with_output().unwrap());
    first.exits(0);
    let (_, summary) = summary_of(&rehearsal, &words);
    assert_eq!(summary["previous_exit_code"], 0);
}

#[test]
fn the_exit_code_before_is_that_of_the_same_wave_and_null_the_first_time() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nfirst = 1\nstatus = 400"));
    rehearsal.rows(3);
    let run = ["run", "wave.csv", "--rate", "max"];
    let (_, first) = summary_of(&rehearsal, &run);
    assert_eq!(first["previous_exit_code"], Value::Null);
    assert_eq!(
        (&first["exit_code"], &first["stopped"]),
        (&3.into(), &Value::Null)
    );
    assert_eq!(first["ledger"], rehearsal.ledger().to_str().unwrap());
    assert_eq!(first["environment"], rehearsal.sandbox().environment());
    fs::copy(rehearsal.path("wave.csv"), rehearsal.path("other.csv")).unwrap();
    let (_, other) = summary_of(&rehearsal, &["run", "other.csv", "--rate", "max"]);
    assert_eq!(other["previous_exit_code"], Value::Null);
    for words in [&run[..], &["run", "wave.csv", "--dry-run"]] {
        let (_, second) = summary_of(&rehearsal, words);
        let before = if words == run { 3 } else { 0 };
        assert_eq!(second["previous_exit_code"], before, "{words:?}");
    }
    let (_, rehearsed) = summary_of(&rehearsal, &["run", "wave.csv", "--sandbox"]);
    assert_eq!(rehearsed["ledger"], Value::Null, "it is thrown away");
}

#[test]
fn written_again_results_say_what_they_are_and_are_quiet_where_told_to() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3).run(&["--limit", "2"]).exits(7);
    let said = |words: &[&str]| {
        let output = rehearsal.bare(words).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(
        said(&["results", "wave.csv"]),
        "results: wave.results.csv, 3 rows: 2 created, 1 pending\n"
    );
    assert_eq!(said(&["results", "wave.csv", "-q"]), "");
}

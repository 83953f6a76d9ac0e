//! Files that are refused as a whole, each with one error; and lines of a file that are no rows.

use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Ended, Rehearsal, user};
use crate::support::shell::in_bash;
use crate::support::waves;

/// Asserts that one error ended it, before anything was sent or written.
#[track_caller]
fn is_refused(rehearsal: &Rehearsal, run: &Ended, error: &str, hint: &str) {
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.stderr);
    assert!(
        lines[0].starts_with("error: ") && lines[0].contains(error),
        "{}",
        run.stderr
    );
    assert!(
        lines[1].starts_with("hint: ") && lines[1].contains(hint),
        "{}",
        run.stderr
    );
    assert_eq!(rehearsal.stats().requests.len(), 0, "nothing was sent");
}

#[test]
fn what_wavepair_wrote_of_a_wave_is_no_wave() {
    let rehearsal = Rehearsal::new();
    let wave = waves::of(1) + &format!("{},0,{WAVE_POLICY}\n", user(1));
    rehearsal.wave(&wave);
    rehearsal.run(&["--dry-run"]).exits(3);
    rehearsal.run(&["--limit", "1"]).exits(3);
    let before = rehearsal.stats().requests.len();
    for written in ["wave.dry-run.csv", "wave.results.csv"] {
        for words in [
            &["run", written, "--dry-run"][..],
            &["run", written],
            &["results", written],
        ] {
            let run = rehearsal.ended(&rehearsal.bare(words).output().unwrap());
            assert_eq!(run.code, Some(2), "{words:?}: {}", run.stderr);
            assert!(
                run.stderr.contains("is a results file of wavepair"),
                "{}",
                run.stderr
            );
            assert!(
                run.stderr.contains("was made of, wave.csv, or"),
                "{}",
                run.stderr
            );
        }
    }
    assert_eq!(rehearsal.stats().requests.len(), before);
}

#[test]
fn without_any_policy_there_is_one_error_and_with_one_there_is_none() {
    let wave = format!("user_id,phone\n{},+15125551234\n", user(0));
    let mut rehearsal = Rehearsal::new();
    rehearsal.wave(&wave);
    for words in [&["--dry-run"][..], &[]] {
        let run = rehearsal.run(words);
        is_refused(
            &rehearsal,
            &run,
            "wave.csv, line 1: no column `policy_id`",
            "`--policy`",
        );
    }
    rehearsal
        .run(&["--dry-run", "--policy", WAVE_POLICY])
        .exits(0);
    rehearsal
        .set("WAVEPAIR_POLICY", WAVE_POLICY)
        .run(&["--dry-run"])
        .exits(0);
    rehearsal.unset("WAVEPAIR_POLICY");
    // An empty cell is the row's own.
    let rows = format!("user_id,phone,policy_id\n{},+15125551234,\n", user(0));
    rehearsal.wave(&rows).run(&["--dry-run"]).exits(3);
    let rows = rehearsal.results("wave.dry-run.csv");
    assert_eq!(rows[0]["code"], "policy_missing");
}

#[test]
fn a_column_that_every_row_needs_is_asked_for_once() {
    let rehearsal = Rehearsal::new();
    let email = format!(
        "user_id,email,policy_id\n{},ada@example.com,{WAVE_POLICY}\n",
        user(0)
    );
    let run = rehearsal
        .wave(&email)
        .run(&["--dry-run", "--type", "EMAIL"]);
    let (error, hint) = (
        "no column `email_address`",
        "add --column email_address=email",
    );
    is_refused(&rehearsal, &run, error, hint);
    let words = [
        "--dry-run",
        "--type",
        "EMAIL",
        "--column",
        "email_address=email",
    ];
    rehearsal.run(&words).exits(0);

    let addresses = email.replace("email,", "email_address,");
    let run = rehearsal.wave(&addresses).run(&["--dry-run"]);
    is_refused(&rehearsal, &run, "no column `phone`", "`--type EMAIL`");
    let typed = addresses
        .replace("policy_id\n", "policy_id,type\n")
        .replace(
            &format!("{WAVE_POLICY}\n"),
            &format!("{WAVE_POLICY},EMAIL\n"),
        );
    rehearsal.wave(&typed).run(&["--dry-run"]).exits(0);
}

#[test]
fn a_wave_without_rows_is_an_error_whatever_is_done_with_it() {
    let rehearsal = Rehearsal::new();
    for text in ["user_id,phone,policy_id\n", "user_id,phone,policy_id\n,,\n"] {
        rehearsal.wave(text);
        for words in [&["--dry-run"][..], &["--dry-run", "--online"], &[]] {
            let run = rehearsal.run(words);
            is_refused(
                &rehearsal,
                &run,
                "not a single row",
                "export the wave again",
            );
        }
    }
}

#[test]
fn trailing_columns_without_a_name_are_ignored_and_with_content_told() {
    let rehearsal = Rehearsal::new();
    let wave = |last: &str| {
        format!(
            "user_id,phone,policy_id,,,\n{},+15125551234,{WAVE_POLICY},,,\n{},0,{WAVE_POLICY},,{last},\n",
            user(0),
            user(1)
        )
    };
    let run = rehearsal.wave(&wave("x")).run(&[]);
    is_refused(
        &rehearsal,
        &run,
        "wave.csv, line 3: column 5 has content",
        "give the column a name",
    );
    rehearsal
        .wave(&wave(""))
        .run(&[])
        .exits(3)
        .has(&[("created", 1), ("invalid", 1)]);
    let rejects = String::from_utf8(rehearsal.bytes("wave.rejects.csv")).unwrap();
    assert!(
        rejects.starts_with("user_id,phone,policy_id,wavepair_outcome,"),
        "{rejects}"
    );
    std::fs::rename(
        rehearsal.path("wave.rejects.csv"),
        rehearsal.path("wave.csv"),
    )
    .unwrap();
    rehearsal.run(&["--dry-run"]).exits(3);
}

#[test]
fn rows_without_content_are_blank_lines_and_no_errors() {
    let rehearsal = Rehearsal::new();
    let blank = ",,\n\"\",\" \",\n\u{a0},\u{a0},\n\n".repeat(20);
    let wave = waves::of(2) + &blank + &format!("{},+15125559999,{WAVE_POLICY}\n", user(2));
    let words = ["--max-errors", "1", "--summary", "-"];
    let run = rehearsal.wave(&(wave + "\u{1a}")).run(&words).exits(0);
    assert_eq!(run.summary()["rows"], 3);
    assert_eq!(run.column("line"), ["2", "3", "84"]);
    rehearsal.check(&run, 3);
}

#[test]
fn a_rejects_file_can_be_mended_with_its_marks_and_cells_come_back() {
    let rehearsal = Rehearsal::new();
    let header = "user_id,phone,policy_id,nickname";
    let wave = format!("{header}\n{},07400 123456,{WAVE_POLICY},=1+1\n", user(0));
    rehearsal.wave(&wave).run(&[]).exits(3);
    let rejects = String::from_utf8(rehearsal.bytes("wave.rejects.csv")).unwrap();
    assert!(rejects.contains(",'=1+1,"), "{rejects}");
    rehearsal.wave(&rejects.replace("07400", "+44 7400"));
    let raw = rehearsal.run(&["--raw-cells"]).exits(0);
    assert_eq!(raw.column("input.nickname"), ["=1+1"]);
    // Elsewhere the mark is the person's own.
    rehearsal.wave(&wave.replace("07400", "+44 7400").replace("=1+1", "'=1+1"));
    let raw = rehearsal.run(&["--raw-cells"]).exits(0);
    assert_eq!(raw.column("input.nickname"), ["'=1+1"]);
}

#[test]
fn what_is_no_regular_file_is_read_like_standard_input() {
    let rehearsal = Rehearsal::new();
    let wave = waves::of(2) + &format!("{},0,{WAVE_POLICY}\n", user(2));
    rehearsal.wave(&wave);
    let binary = env!("CARGO_BIN_EXE_wavepair");
    let before = files(&rehearsal);
    for command in [
        format!("'{binary}' run /dev/stdin --dry-run < wave.csv"),
        format!("cat wave.csv | '{binary}' run /dev/stdin --dry-run"),
        format!("'{binary}' run <(cat wave.csv) --dry-run"),
        format!("'{binary}' run <(cat wave.csv) --rate max"),
        format!("mkfifo pipe.csv; cat wave.csv > pipe.csv & '{binary}' run pipe.csv --dry-run"),
    ] {
        let run = in_bash(&rehearsal, &command);
        assert_eq!(run.code, Some(3), "{command}: {}", run.stderr);
        assert!(
            run.stdout.starts_with("row,line,outcome,"),
            "{command}: {}",
            run.stdout
        );
        assert_eq!(run.stdout.lines().count(), 4, "{command}");
        std::fs::remove_file(rehearsal.path("pipe.csv")).ok();
        assert_eq!(
            files(&rehearsal),
            before,
            "{command}: nothing is written beside it"
        );
    }
}

#[test]
fn what_has_no_name_of_its_own_is_gone_on_with_from_standard_input() {
    let binary = env!("CARGO_BIN_EXE_wavepair");
    for wave in ["<(cat wave.csv)", "/dev/stdin < wave.csv", "- < wave.csv"] {
        let rehearsal = Rehearsal::new();
        rehearsal.wave(&waves::of(3));
        let command = format!("'{binary}' run {wave} --rate max --limit 1");
        let stopped = in_bash(&rehearsal, &command).exits(7).stderr;
        let (_, go_on) = stopped
            .split_once("Go on, with the wave on standard input:\n")
            .unwrap_or_else(|| panic!("{command}: {stopped}"));
        let go_on = format!("cat wave.csv | {}", go_on.trim());
        in_bash(&rehearsal, &go_on).exits(0);
        assert_eq!(rehearsal.creates(), 3, "{go_on}");
    }
}

/// The files beside the wave.
fn files(rehearsal: &Rehearsal) -> Vec<std::ffi::OsString> {
    let entries = std::fs::read_dir(rehearsal.folder()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.retain(|name| name != "state");
    names.sort();
    names
}

//! The command line from outside.

use std::collections::BTreeSet;
use std::process::Stdio;

use wavepair::testing::exit::ExitCode;
use wavepair::testing::settings::COMMANDS;

use crate::readme_tables::flags;
use crate::support::binary::{fed, folder_with, ran, root, run, wavepair};

#[test]
fn wrong_usage_ends_with_2_and_says_why() {
    let folder = folder_with(&["wave.csv"]);
    for (words, why) in [
        ("", "Usage: wavepair"),
        ("runn wave.csv", "hint: did you mean `run`?"),
        ("run", "error: <WAVE.csv> is missing"),
        ("run wave.csv --rat 5/s", "--rate"),
        ("run wave.csv --online", "--dry-run"),
        ("run wave.csv -q -v", "cannot be given together"),
        ("run wave.csv --sandbox --rate fast", "'fast' for --rate"),
        (
            "run wave.csv --sandbox --concurrency 0",
            "'0' for --concurrency",
        ),
        (
            "run wave.csv --sandbox --column tel=Phone",
            "'tel=Phone' for --column",
        ),
        ("run wave.csv --sandbox -o wave.csv", "the same file"),
        ("run other.csv --sandbox", "cannot open other.csv"),
        ("run wave.csv", "hint: set `PINGONE_"),
        ("results wave.csv", "hint: set `PINGONE_"),
        ("doctor", "PINGONE_CLIENT_ID is not set; set `PINGONE_"),
        ("sandbox --listen 192.0.2.1:80", "loopback"),
        ("sandbox --faults none.toml", "none.toml cannot be read"),
    ] {
        let wrong = run(folder.path(), words);
        assert_eq!(wrong.code, Some(2), "{words}: {}", wrong.stderr);
        assert!(wrong.stderr.contains(why), "{words}: {}", wrong.stderr);
        assert_eq!(wrong.stdout, "", "{words}");
    }
}

#[test]
fn every_command_takes_the_options_that_say_how_much_is_said() {
    for command in COMMANDS.iter().map(|usage| usage.name) {
        for words in [
            format!("-vv {command} --help"),
            format!("{command} --quiet --log-format json --help"),
        ] {
            let help = run(&root(), &words);
            assert_eq!(help.code, Some(0), "{words}: {}", help.stderr);
            for flag in ["--verbose", "--quiet", "--log-format"] {
                assert!(flags(&help.stdout).contains(flag), "{words}: {flag}");
            }
        }
    }
}

#[test]
fn a_text_that_standard_output_has_no_room_for_is_no_success() {
    for words in [
        "template",
        "--help",
        "run --help",
        "--version",
        "sandbox --listen 127.0.0.1:0",
    ] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = wavepair(&root())
            .args(words.split_whitespace())
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{words}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("standard output cannot be written"),
            "{words}: {stderr}"
        );
    }
}

#[test]
fn a_text_whose_reader_went_away_is_a_success() {
    for words in ["template", "run --help"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut child = wavepair(&root())
            .args(words.split_whitespace())
            .stdout(writer)
            .spawn()
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{words}");
    }
}

/// Every name in capitals with a `_` in it that stands in quotes in a file below `src/settings`, and `TZ`.
fn variables() -> BTreeSet<String> {
    let mut files = vec![root().join("src/settings")];
    let mut names = BTreeSet::from(["TZ".to_owned(), "HOME".to_owned()]);
    while let Some(path) = files.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            files.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        if path.ends_with("tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let quoted = code.split('"').skip(1).step_by(2);
        names.extend(
            quoted
                .filter(|name| name.contains('_') && !name.is_empty())
                .filter(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
                .map(str::to_owned),
        );
    }
    names
}

#[test]
fn the_help_of_a_run_has_examples_every_variable_and_every_exit_code() {
    let help = run(&root(), "run --help").stdout;
    for variable in variables() {
        // What tells only where a process runs is no setting, nor is what cargo sets when it builds,
        // what stands for a word of the command line, and what is only kept from other programs.
        let place = [
            "ALL_PROXY",
            "HTTP_PROXY",
            "CARGO_PKG_VERSION",
            "CREDENTIALS_DIRECTORY",
            "DEVICE_ID",
            "INVOCATION_ID",
            "KUBERNETES_SERVICE_HOST",
            "RUN_ID",
            "WAVEPAIR_BUILT_AT",
            "WAVEPAIR_COMMIT",
        ];
        assert!(
            place.contains(&variable.as_str()) || help.contains(&variable),
            "{variable}"
        );
    }
    for code in ExitCode::ALL {
        let line = format!("\n  {:<4} ", code.code());
        assert!(help.contains(&line), "{line:?}");
    }
    let examples = help.split_once("Examples:").unwrap().1;
    assert!(examples.contains("wavepair run wave.csv --dry-run --online"));
    let short = run(&root(), "run -h").stdout;
    assert!(short.contains("Examples:") && !short.contains("Exit codes"));
}

#[test]
fn the_template_passes_a_dry_run_and_a_run() {
    let folder = folder_with(&[]);
    let template = run(folder.path(), "template");
    assert_eq!(template.code, Some(0));
    for words in ["run - --dry-run", "run - --sandbox"] {
        let mut command = wavepair(folder.path());
        let command = command.args(words.split_whitespace());
        let output = fed(command, template.stdout.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{words}");
        let results = String::from_utf8(output.stdout).unwrap();
        assert_eq!(results.lines().count(), template.stdout.lines().count());
    }
}

#[test]
fn a_quiet_run_says_nothing_when_all_is_well() {
    let folder = folder_with(&["wave.csv"]);
    for words in [
        "run wave.csv --sandbox -q",
        "run wave.csv --dry-run --quiet",
    ] {
        let quiet = run(folder.path(), words);
        assert_eq!(
            (quiet.code, quiet.stderr.as_str()),
            (Some(0), ""),
            "{words}"
        );
        assert_eq!(quiet.stdout, "", "{words}");
    }
}

#[test]
fn a_quiet_run_still_says_what_is_wrong_and_how_to_go_on() {
    let folder = folder_with(&["troubled.csv"]);
    let quiet = run(folder.path(), "run troubled.csv --dry-run -q");
    assert_eq!(quiet.code, Some(3));
    let told = std::fs::read_to_string(folder.path().join("troubled.dry-run.csv")).unwrap();
    let invalid = told.matches(",invalid,").count();
    let expected = format!(
        "{invalid} rows need correction. Correct them in troubled.rejects.csv, then run:\n  \
         {} run troubled.rejects.csv --dry-run -q\n",
        env!("CARGO_BIN_EXE_wavepair")
    );
    assert_eq!(quiet.stderr, expected);

    let quiet = run(folder.path(), "run none.csv --sandbox -q");
    assert_eq!(quiet.code, Some(2));
    assert!(quiet.stderr.starts_with("error: "), "{}", quiet.stderr);
}

#[test]
fn a_ledger_may_be_named_without_a_folder_and_the_next_run_uses_it() {
    let folder = folder_with(&["wave.csv"]);
    let words = "run wave.csv --sandbox --ledger wave.db -q";
    let results = || {
        let done = run(folder.path(), words);
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
        std::fs::read_to_string(folder.path().join("wave.sandbox.results.csv")).unwrap()
    };
    assert_eq!(results(), results());
}

#[test]
fn what_is_typed_wins_over_the_environment() {
    let folder = folder_with(&["wave.csv"]);
    let words = "run wave.csv --sandbox -q";
    let variable = ran(wavepair(folder.path())
        .args(words.split_whitespace())
        .env("WAVEPAIR_RATE", "fast"));
    assert_eq!(variable.code, Some(2));
    assert!(
        variable
            .stderr
            .contains("invalid value 'fast' for WAVEPAIR_RATE"),
        "{}",
        variable.stderr
    );
    let flag = ran(wavepair(folder.path())
        .args(words.split_whitespace())
        .args(["--rate", "max"])
        .env("WAVEPAIR_RATE", "fast"));
    assert_eq!((flag.code, flag.stderr.as_str()), (Some(0), ""));
}

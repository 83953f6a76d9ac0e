//! Nothing is written over what a command reads or keeps, by whatever path it is named.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::support::binary::{Ran, folder_with, ran, wavepair};

/// A folder with a wave, and everything that an output could hit by mistake.
fn folder() -> tempfile::TempDir {
    let folder = folder_with(&["wave.csv", "faults.toml"]);
    let at = |name: &str| folder.path().join(name);
    for name in ["secret", "ca.pem", "ledger.db"] {
        fs::write(at(name), name).unwrap();
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::create_dir(at("sub")).unwrap();
    symlink(folder.path(), at("linked")).unwrap();
    symlink("wave.csv", at("link.csv")).unwrap();
    fs::hard_link(at("wave.csv"), at("twin.csv")).unwrap();
    folder
}

/// What lies in a folder, to the byte.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap_or_default())
        })
        .collect()
}

/// Runs words in a folder.
fn said(folder: &Path, words: &str) -> Ran {
    let words = words.replace("HERE", folder.to_str().unwrap());
    let mut command = wavepair(folder);
    for (name, value) in [
        (
            "PINGONE_ENVIRONMENT_ID",
            "5bf3b3ac-2f2c-4f3e-8d4c-6f9d2b1f7a10",
        ),
        ("PINGONE_CLIENT_ID", "7a1b6f1e-0d8b-4d3a-9c9a-2f6f3f0f4c55"),
        ("PINGONE_CLIENT_SECRET", "s3cr3t"),
        ("WAVEPAIR_API_URL", "http://127.0.0.1:9"),
        ("WAVEPAIR_TOKEN_URL", "http://127.0.0.1:9"),
        ("XDG_STATE_HOME", "/nowhere"),
    ] {
        command.env(name, value);
    }
    ran(command.args(words.split_whitespace()))
}

/// Two that are one file, and the words that would make them so; `HERE` is the folder's path.
const CLASHES: &str = "\
the wave and the results
  run wave.csv --sandbox -o HERE/wave.csv
  run HERE/wave.csv --sandbox -o wave.csv
  run wave.csv --sandbox -o sub/../wave.csv
  run wave.csv --sandbox -o linked/wave.csv
  run wave.csv --sandbox -o linked/sub/../wave.csv
  run wave.csv --sandbox -o link.csv
  run wave.csv --sandbox -o twin.csv
  run link.csv --sandbox -o wave.csv
  run wave.csv --dry-run -o HERE/wave.csv
  results wave.csv --ledger ledger.db -o sub/../wave.csv
the wave and the rejects
  run wave.csv --sandbox --rejects ./wave.csv
the wave and the summary
  run wave.csv --sandbox --summary HERE/wave.csv
the wave and the log
  run wave.csv --sandbox --log-file HERE/wave.csv
the wave and the ledger
  run wave.csv --sandbox --ledger HERE/wave.csv
the results and the summary
  run wave.csv --sandbox -o new.csv --summary sub/../new.csv
  run wave.csv --sandbox -o - --summary -
the rejects and the summary
  run wave.csv --sandbox --summary wave.sandbox.rejects.csv
  run wave.csv --dry-run --summary wave.rejects.csv
the results and the log
  run wave.csv --sandbox -o new.csv --log-file linked/new.csv
  run wave.csv --dry-run --log-file sub/../wave.dry-run.csv
the rejects and the log
  run wave.csv --sandbox --log-file wave.sandbox.rejects.csv
the results and the ledger
  run wave.csv --ledger ledger.db -o HERE/ledger.db
  run wave.csv --dry-run --ledger ledger.db -o linked/ledger.db
the rejects and the ledger's -wal
  run wave.csv --sandbox --ledger ledger.db --rejects HERE/ledger.db-wal
  results wave.csv --ledger ledger.db --rejects linked/ledger.db-wal
the summary and the ledger's -shm
  run wave.csv --ledger ledger.db --summary linked/ledger.db-shm
the log and the ledger's .lock
  run wave.csv --ledger ledger.db --log-file ./ledger.db.lock
the results and the ledger's .runs
  run wave.csv --ledger HERE/ledger.db -o ledger.db.runs
the results and the ledger's .ballast
  run wave.csv --ledger ledger.db -o ledger.db.ballast
the secret file and the results
  run wave.csv --sandbox --client-secret-file secret -o HERE/secret
the secret file and the log
  run wave.csv --client-secret-file secret --log-file HERE/secret
the authority file and the summary
  run wave.csv --ca-file ca.pem --ledger new.db --summary sub/../ca.pem
the file of faults and the results
  run wave.csv --sandbox --faults faults.toml -o ./faults.toml
the rejects and the ledger
  run wave.csv --dry-run --online --sandbox --ledger ledger.db --rejects HERE/ledger.db
";

#[test]
fn an_output_on_what_is_read_kept_or_written_is_refused_first_of_all() {
    let folder = folder();
    let before = contents(folder.path());
    let mut pair = "";
    for line in CLASHES.lines() {
        let Some(words) = line.strip_prefix("  ") else {
            pair = line;
            continue;
        };
        let Ran { code, stderr, .. } = said(folder.path(), words);
        assert_eq!(code, Some(2), "{words}: {stderr}");
        let expected = format!("error: {pair} would be the same file, ");
        assert!(stderr.contains(&expected), "{words}: {stderr}");
        assert_eq!(contents(folder.path()), before, "{words}");
    }
}

#[test]
fn a_wave_that_a_shell_opened_is_not_written_over_either() {
    let folder = folder();
    let wave = fs::File::open(folder.path().join("wave.csv")).unwrap();
    let mut command = wavepair(folder.path());
    command.args(["run", "-", "--sandbox", "-o", "wave.csv"]);
    let Ran { code, stderr, .. } = ran(command.stdin(wave));
    assert_eq!(code, Some(2), "{stderr}");
    let expected = "the wave and the results would be the same file, - (wave.csv)";
    assert!(stderr.contains(expected), "{stderr}");
}

#[test]
fn files_that_only_lie_beside_each_other_are_no_trouble() {
    let folder = folder();
    let words = "run linked/wave.csv --sandbox --rate max --ledger new.db -o sub/wave.csv --summary sub/../s --log-file log";
    let Ran { code, stderr, .. } = said(folder.path(), words);
    assert_eq!(code, Some(0), "{stderr}");
    for made in ["new.db", "sub/wave.csv", "s", "log"] {
        assert!(folder.path().join(made).is_file(), "{made}");
    }
}

/// What is named as an output and cannot be one: an option, its value, and what is said of it.
const UNWRITABLE: [(&str, &str, &str); 10] = [
    (
        "-o",
        "missing/r.csv",
        "the results cannot be written: `missing/r.csv`",
    ),
    ("-o", "sub", "is a directory"),
    ("-o", "/dev/null", "is a device"),
    ("-o", "link.csv", "is a symbolic link"),
    ("-o", "secret/r.csv", "the results cannot be written"),
    (
        "--rejects",
        "missing/r.csv",
        "the rejects cannot be written",
    ),
    ("--rejects", "/dev/null", "the rejects cannot be written"),
    (
        "--summary",
        "missing/s.json",
        "the summary cannot be written",
    ),
    ("--log-file", "missing/log", "the log cannot be written"),
    ("--log-file", "sub", "the log cannot be written"),
];

#[test]
fn an_output_that_cannot_be_written_is_exit_2_before_all_else() {
    let folder = folder();
    // Neither a wave nor a tenant: whatever is read or asked first would fail otherwise.
    fs::remove_file(folder.path().join("wave.csv")).unwrap();
    let before = contents(folder.path());
    for (option, value, said_of_it) in UNWRITABLE {
        for words in ["run wave.csv", "run wave.csv --dry-run", "results wave.csv"] {
            let has_option = words.starts_with("run") || matches!(option, "-o" | "--rejects");
            if !has_option {
                continue;
            }
            let words = format!("{words} --ledger new.db {option} {value}");
            let Ran { code, stderr, .. } = said(folder.path(), &words);
            assert_eq!(code, Some(2), "{words}: {stderr}");
            assert!(stderr.contains(said_of_it), "{words}: {stderr}");
            assert!(stderr.contains("hint: name another"), "{words}: {stderr}");
            assert!(stderr.contains(option), "{words}: {stderr}");
            assert_eq!(contents(folder.path()), before, "{words}");
        }
    }
}

#[test]
fn where_nothing_can_be_written_beside_the_wave_both_options_are_named() {
    let folder = folder();
    fs::create_dir(folder.path().join("wave.results.csv")).unwrap();
    fs::create_dir(folder.path().join("wave.rejects.csv")).unwrap();
    let Ran { code, stderr, .. } = said(folder.path(), "run wave.csv --ledger new.db");
    assert_eq!(code, Some(2), "{stderr}");
    let stderr = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(stderr.contains("`-o` and `--rejects`"), "{stderr}");

    // There may be none: rejects that nobody named are no reason to refuse.
    let words = "run wave.csv --dry-run -o r.csv";
    let Ran { code, stderr, .. } = said(folder.path(), words);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stderr.contains("warning: the rejects cannot be written"),
        "{stderr}"
    );
    // Where there are some after all, the results are written, and that they are not is told.
    fs::write(
        folder.path().join("wave.csv"),
        "user_id,phone,policy_id\nx,y,z\n",
    )
    .unwrap();
    let Ran { code, stderr, .. } = said(folder.path(), words);
    assert_eq!(code, Some(1), "{stderr}");
    let results = fs::read_to_string(folder.path().join("r.csv")).unwrap();
    assert_eq!(results.lines().count(), 2);
}

#[test]
fn a_log_does_not_go_to_standard_output() {
    let folder = folder();
    let words = "run wave.csv --sandbox --log-file -";
    let Ran { code, stderr, .. } = said(folder.path(), words);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("--log-format json"), "{stderr}");
    assert!(!folder.path().join("-").exists());
}

#[test]
fn a_wave_that_is_no_named_file_is_answered_on_standard_output_alone() {
    let folder = folder();
    fs::write(
        folder.path().join("bad.csv"),
        "user_id,phone,policy_id\nx,y,z\n",
    )
    .unwrap();
    let before = contents(folder.path()).len();
    for wave in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "-"] {
        let input = fs::File::open(folder.path().join("bad.csv")).unwrap();
        let mut command = wavepair(folder.path());
        command.args(["run", wave, "--dry-run"]).stdin(input);
        let Ran {
            code,
            stdout,
            stderr,
        } = ran(&mut command);
        assert_eq!(code, Some(3), "{wave}: {stderr}");
        assert!(stdout.starts_with("row,line,outcome,"), "{wave}: {stdout}");
        assert_eq!(stdout.lines().count(), 2);
        assert_eq!(contents(folder.path()).len(), before, "{wave}");
        assert!(!Path::new("/dev/stdin.dry-run.csv").exists());
    }
    let mut shell = std::process::Command::new("bash");
    let program = env!("CARGO_BIN_EXE_wavepair");
    let script = format!("{program} run <(cat bad.csv) --dry-run --rejects bad.rejects.csv");
    shell.args(["-c", &script]).current_dir(folder.path());
    let Ran {
        code,
        stdout,
        stderr,
    } = ran(&mut shell);
    assert_eq!(code, Some(3), "{stderr}");
    assert_eq!(stdout.lines().count(), 2);
    assert!(folder.path().join("bad.rejects.csv").is_file());
}

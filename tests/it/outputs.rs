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
fn an_output_that_leads_to_what_is_read_kept_or_written_is_refused_before_anything_is_made() {
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

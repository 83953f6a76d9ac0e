//! The sample files say what they claim to.

use std::collections::BTreeSet;

use wavepair::testing::model::InvalidCode;
use wavepair::testing::sandbox::{FaultPlan, WAVE_POLICY};

use crate::support::binary::{folder_with, root, run};
use crate::support::readme::readme;

/// The cells of one column of a results file.
fn column(text: &str, name: &str) -> Vec<String> {
    let mut csv = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let headers = csv.headers().unwrap();
    let place = headers.iter().position(|header| header == name).unwrap();
    csv.records()
        .map(|record| record.unwrap()[place].to_owned())
        .collect()
}

#[test]
fn the_first_command_of_the_readme_creates_every_device_of_the_wave() {
    let folder = folder_with(&["wave.csv"]);
    let done = run(folder.path(), "run wave.csv --sandbox");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let results = std::fs::read_to_string(folder.path().join("wave.sandbox.results.csv")).unwrap();
    let outcomes = column(&results, "outcome");
    assert_eq!(outcomes.len(), 22);
    assert!(outcomes.iter().all(|outcome| outcome == "created"));
    let devices: BTreeSet<_> = column(&results, "device_id").into_iter().collect();
    assert_eq!(devices.len(), 22);
    assert!(!folder.path().join("wave.sandbox.rejects.csv").exists());
}

#[test]
fn the_wave_by_name_creates_a_device_for_each_of_its_users() {
    let folder = folder_with(&["wave-by-name.csv"]);
    let words = "run wave-by-name.csv --sandbox --policy default --summary summary.json";
    let done = run(folder.path(), words);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("4 rows, users by username"));
    let results = folder.path().join("wave-by-name.sandbox.results.csv");
    let results = std::fs::read_to_string(results).unwrap();
    let users: BTreeSet<_> = column(&results, "user_id").into_iter().collect();
    assert_eq!((users.len(), users.contains("")), (4, false));
    assert!(column(&results, "outcome").iter().all(|it| it == "created"));
    let policies = column(&results, "policy_id");
    assert!(policies.iter().all(|policy| policy == WAVE_POLICY));
    // One request for the users, one for the policies.
    let summary = std::fs::read_to_string(folder.path().join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["requests"]["lookup"], 2);
}

#[test]
fn the_bad_day_of_the_readme_can_be_rehearsed_as_it_stands() {
    let readme = readme();
    let block = readme
        .split_once("A bad day, rehearsed:\n\n```sh\n")
        .unwrap()
        .1;
    let (block, _) = block.split_once("```").unwrap();
    let words = block.trim_end().strip_prefix("wavepair ").unwrap();
    assert!(!words.contains('\n'), "one command: {words}");
    let folder = folder_with(&["wave.csv", "faults.toml"]);
    let done = run(folder.path(), &words.replace("samples/", ""));
    // What goes wrong leaves rows for another run or for a person, and nothing else.
    assert!(matches!(done.code, Some(0 | 3 | 4)), "{}", done.stderr);
    let results = std::fs::read_to_string(folder.path().join("wave.sandbox.results.csv")).unwrap();
    let attempts = column(&results, "attempts");
    assert_eq!(attempts.len(), 22);
    // Some answers were lost or refused, so that their devices were asked for again.
    assert!(
        attempts.iter().any(|attempts| attempts != "1"),
        "{attempts:?}"
    );
}

#[test]
fn a_dry_run_of_the_troubled_wave_writes_what_is_kept_beside_it() {
    let folder = folder_with(&["troubled.csv"]);
    let done = run(folder.path(), "run troubled.csv --dry-run");
    assert_eq!(done.code, Some(3), "{}", done.stderr);
    let written = std::fs::read_to_string(folder.path().join("troubled.dry-run.csv")).unwrap();
    let kept = std::fs::read_to_string(root().join("samples/troubled.dry-run.csv")).unwrap();
    assert_eq!(written, kept);
}

#[test]
fn the_troubled_wave_has_one_row_for_each_thing_that_can_be_wrong() {
    let kept = std::fs::read_to_string(root().join("samples/troubled.dry-run.csv")).unwrap();
    let seen: BTreeSet<_> = column(&kept, "code").into_iter().collect();
    let missing: Vec<_> = InvalidCode::ALL
        .iter()
        .filter(|code| !seen.contains(code.as_str()))
        .collect();
    // The sample is UTF-8, which has a code of its own; a field of 64 KiB would make a sample that
    // nobody can read, a CSV file has no cells with a type, its users and policies have IDs and no
    // names, and a phone of two users is refused where
    // that is asked for alone.
    let elsewhere = [
        InvalidCode::NotDecodable,
        InvalidCode::NumberCell,
        InvalidCode::DateCell,
        InvalidCode::ErrorCell,
        InvalidCode::FormulaCell,
        InvalidCode::FieldTooLong,
        InvalidCode::UserNameNotValid,
        InvalidCode::PhoneNumberCell,
        InvalidCode::PhoneShared,
        InvalidCode::PolicyNameNotValid,
    ];
    assert_eq!(missing, elsewhere.iter().collect::<Vec<_>>());
}

#[test]
fn the_sample_of_faults_is_one() {
    let faults = std::fs::read_to_string(root().join("samples/faults.toml")).unwrap();
    faults.parse::<FaultPlan>().unwrap();
    // The blocks that are switched off can be switched on.
    let all: String = faults
        .lines()
        .skip_while(|line| !line.starts_with("[["))
        .map(|line| match line.strip_prefix("# ") {
            Some(code) if code.contains(" = ") || code == "[[fault]]" => format!("{code}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(!all.contains("# [[fault]]"));
    all.parse::<FaultPlan>().unwrap();
}

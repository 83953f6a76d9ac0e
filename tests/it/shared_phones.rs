//! A phone that stands with several users.

use std::collections::BTreeMap;

use wavepair::testing::sandbox::Kind;

use crate::support::rehearsal::Rehearsal;
use crate::support::waves;

const DESK: &str = "+442071838750";

fn write(rehearsal: &Rehearsal, desks: &str) {
    std::fs::write(rehearsal.path("desks.txt"), desks).unwrap();
}

/// Three users with one phone, and two with another; one of them twice.
fn wave() -> String {
    waves::asking([
        (1, "+15125551234"),
        (2, DESK),
        (1, "+1 512 555 1234"),
        (3, "+1.512.555.1234"),
        (4, "+44 20 7183 8750"),
        (5, "(+1) 512 555 1234"),
    ])
}

#[test]
fn a_dry_run_tells_each_later_row_of_another_user_where_the_phone_stands_first() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave());
    let told = |words: &[&str]| {
        rehearsal.run(&[words, &["--dry-run"]].concat()).exits(0);
        let rows = rehearsal.results("wave.dry-run.csv");
        let shared = |row: &BTreeMap<String, String>| row["warning"].contains("phone_shared");
        let shared: Vec<bool> = rows.iter().map(shared).collect();
        let messages: Vec<String> = rows.iter().map(|row| row["message"].clone()).collect();
        (shared, messages)
    };
    let (shared, messages) = told(&[]);
    assert_eq!(shared, [false, false, false, true, true, true]);
    for (row, line) in [(3, "line 2 has"), (4, "line 3 has"), (5, "line 2 has")] {
        assert!(messages[row].contains(line), "{}", messages[row]);
    }
    assert_eq!(told(&["--shared-phones", "allow"]).0, [false; 6]);
    write(&rehearsal, "# the desk\n+44 20 7183 8750\n");
    let (shared, _) = told(&["--shared-phones-file", "desks.txt"]);
    assert_eq!(shared, [false, false, false, true, false, true]);
}

#[test]
fn a_run_and_the_results_again_tell_of_it_as_the_dry_run_did() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave());
    for words in [&[][..], &["--shared-phones", "allow"]] {
        rehearsal.run(&[words, &["--dry-run"]].concat()).exits(0);
        let told = rehearsal.results("wave.dry-run.csv");
        let run = rehearsal.run(words).exits(0);
        for column in ["warning", "message"] {
            let before: Vec<_> = told.iter().map(|row| row[column].as_str()).collect();
            assert_eq!(run.column(column), before, "{words:?}");
        }
        let shared = run
            .column("warning")
            .join(" ")
            .matches("phone_shared")
            .count();
        assert_eq!(shared, if words.is_empty() { 3 } else { 0 });
        rehearsal.writes_results_again();
    }
    assert_eq!(rehearsal.stats().requests_of(Kind::Create), 5);
}

#[test]
fn where_it_is_refused_only_the_first_users_device_is_created_and_the_results_say_so_again() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal
        .wave(&wave())
        .run(&["--shared-phones", "reject"])
        .exits(3);
    assert_eq!(
        run.outcomes(),
        [
            "created",
            "created",
            "duplicate",
            "invalid",
            "invalid",
            "invalid"
        ]
    );
    let codes = run.column("code");
    assert_eq!(codes[3..], ["phone_shared"; 3]);
    assert_eq!(rehearsal.stats().requests_of(Kind::Create), 2);
    rehearsal.writes_results_again();
}

#[test]
fn a_file_of_shared_phones_that_holds_something_else_is_refused_without_showing_it() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave());
    write(&rehearsal, "+442071838750\n07911 123456\n");
    let run = rehearsal
        .run(&["--shared-phones-file", "desks.txt"])
        .exits(2);
    assert!(
        run.stderr
            .contains("desks.txt, line 2 is no phone: phone_missing_plus"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("123456"), "{}", run.stderr);
    let run = rehearsal
        .run(&["--shared-phones-file", "none.txt"])
        .exits(2);
    assert!(
        run.stderr.contains("cannot read none.txt"),
        "{}",
        run.stderr
    );
    assert_eq!(rehearsal.stats().requests_of(Kind::Create), 0);
}

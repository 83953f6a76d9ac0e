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
fn a_dry_run_tells_each_later_row_of_another_user_where_a_phone_is_first() {
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
fn where_refused_only_the_first_users_device_is_made_and_results_say_so() {
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

/// Runs another file as a wave of its own.
fn run_as(rehearsal: &Rehearsal, file: &str, wave: &str, code: i32) {
    std::fs::write(rehearsal.path(file), wave).unwrap();
    let words = ["run", file, "--rate", "max", "--progress", "none"];
    let ran = rehearsal.bare(&words).output().unwrap();
    rehearsal.ended(&ran).exits(code);
}

#[test]
fn a_phone_of_another_user_from_an_earlier_wave_is_told_with_its_name() {
    let rehearsal = Rehearsal::new();
    let october = [(1, DESK), (2, "+15125551234")];
    run_as(&rehearsal, "october.csv", &waves::asking(october), 0);
    rehearsal.wave(&waves::asking([
        (1, DESK),
        (3, "+1 512 555 1234"),
        (4, "+1.512.555.1234"),
        (5, "+15125550000"),
    ]));
    let dry = rehearsal.run(&["--dry-run"]).exits(0);
    let told = rehearsal.results("wave.dry-run.csv");
    let warnings: Vec<_> = told.iter().map(|row| row["warning"].as_str()).collect();
    let shared = "phone_shared";
    assert_eq!(warnings, ["phone_fixed_line", shared, shared, ""]);
    for (row, what) in [(1, "an earlier wave, october.csv;"), (2, "line 3 has")] {
        let message = &told[row]["message"];
        assert!(message.contains(what), "{message}");
    }
    let last = "1 row with a phone that another user has from an earlier wave, such as line 3, from \
                october.csv";
    assert!(dry.said().contains(last), "{}", dry.stderr);

    let run = rehearsal.run(&[]).exits(0);
    assert_eq!(run.column("warning"), warnings);
    rehearsal.writes_results_again();
    let written = rehearsal.bytes("wave.results.csv");
    // Whatever other waves ask for later, and whoever runs them again, changes nothing of it.
    let more = waves::asking([october[0], october[1], (9, "+15125550000")]);
    run_as(&rehearsal, "october.csv", &more, 0);
    rehearsal.run(&[]).exits(0);
    assert_eq!(rehearsal.bytes("wave.results.csv"), written);
    rehearsal.writes_results_again();
    let allowed = rehearsal.run(&["--shared-phones", "allow"]).exits(0);
    assert!(!allowed.column("warning").contains(&shared));
}

#[test]
fn where_it_is_refused_a_phone_of_an_earlier_wave_stays_with_its_user() {
    let rehearsal = Rehearsal::new();
    let october = waves::asking([(1, DESK), (2, "+15125551234")]);
    run_as(&rehearsal, "october.csv", &october, 0);
    rehearsal.wave(&waves::asking([
        (3, "+1 512 555 1234"),
        (2, "+1.512.555.1234"),
        (4, "+15125551234"),
        (5, "+15125550000"),
        (6, "+15125550000"),
    ]));
    let reject = ["--shared-phones", "reject"];
    for words in [&["--dry-run"][..], &[], &["--strict"], &[]] {
        rehearsal.run(&[&reject, words].concat()).exits(3);
        let file = if words == ["--dry-run"] {
            "wave.dry-run.csv"
        } else {
            "wave.results.csv"
        };
        let rows = rehearsal.results(file);
        let codes: Vec<_> = rows.iter().map(|row| row["code"].as_str()).collect();
        let refused = "phone_shared";
        assert_eq!(codes, [refused, "", refused, "", refused], "{words:?}");
        let message = &rows[0]["message"];
        assert!(message.contains("earlier wave, october.csv;"), "{message}");
    }
    assert_eq!(rehearsal.creates(), 3);
    rehearsal.writes_results_again();
    // Nobody has mended them: they are refused as a wave of their own, too.
    let words = [
        "run",
        "wave.rejects.csv",
        "--rate",
        "max",
        "--shared-phones",
        "reject",
    ];
    let ran = rehearsal.bare(&words).output().unwrap();
    rehearsal.ended(&ran).exits(3);
    assert_eq!(rehearsal.creates(), 3);
}

#[test]
fn what_is_asked_for_already_is_not_refused_for_an_earlier_wave() {
    let rehearsal = Rehearsal::new();
    run_as(&rehearsal, "october.csv", &waves::asking([(1, DESK)]), 0);
    let wave = rehearsal.wave(&waves::asking([(2, DESK)]));
    let warned = wave.run(&[]).exits(0);
    assert_eq!(warned.column("warning"), ["phone_fixed_line phone_shared"]);
    let again = rehearsal.run(&["--shared-phones", "reject"]).exits(0);
    assert_eq!(again.outcomes(), ["created"]);
    rehearsal.writes_results_again();
}

#[test]
fn a_device_that_pingone_refused_in_an_earlier_wave_holds_no_phone() {
    let refusing = "[[fault]]\non = 'create'\nfirst = 1\nstatus = 400\n";
    let rehearsal = Rehearsal::with_faults(refusing);
    run_as(&rehearsal, "october.csv", &waves::asking([(1, DESK)]), 3);
    let wave = rehearsal.wave(&waves::asking([(2, DESK)]));
    let run = wave.run(&["--shared-phones", "reject"]).exits(0);
    assert_eq!(run.outcomes(), ["created"]);
}

#[test]
fn a_file_of_shared_phones_with_something_else_is_refused_and_not_shown() {
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

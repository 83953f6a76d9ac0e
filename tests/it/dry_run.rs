//! A dry run says what a run then does; it sends nothing and changes nothing.

use wavepair::testing::sandbox::{Options, Policies, SMS_ONLY_POLICY, Users, WAVE_POLICY};

use crate::support::rehearsal::{Rehearsal, user};
use crate::support::texts::column;
use crate::support::waves;

const TROUBLED: &str = "user_id,phone,policy_id\n\
    9f1c2a34-5b6d-4e7f-8a90-000000000001,+15125551234,6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10\n\
    not-a-user,12,none\n\
    9f1c2a34-5b6d-4e7f-8a90-000000000001,+1.512.555.1234,6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10\n\
    9f1c2a34-5b6d-4e7f-8a90-000000000002,\"+1512\n\
    9f1c2a34-5b6d-4e7f-8a90-000000000003,+442071838750,6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10\n";

#[test]
fn it_needs_no_setting_and_lists_every_error_of_every_row() {
    let mut rehearsal = Rehearsal::new();
    for name in [
        "PINGONE_ENVIRONMENT_ID",
        "PINGONE_CLIENT_ID",
        "PINGONE_CLIENT_SECRET",
        "WAVEPAIR_API_URL",
        "WAVEPAIR_TOKEN_URL",
        "XDG_STATE_HOME",
    ] {
        rehearsal.unset(name);
    }
    let run = rehearsal
        .wave(TROUBLED)
        .run(&["--dry-run", "--summary", "-"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let rows = rehearsal.results("wave.dry-run.csv");
    let outcomes = column(&rows, "outcome");
    assert_eq!(
        outcomes,
        ["ready", "invalid", "duplicate", "invalid", "ready"]
    );
    for code in ["phone_", "policy_id_not_uuid"] {
        assert!(
            rows[1]["message"].contains(code),
            "all of it at once: {}",
            rows[1]["message"]
        );
    }
    assert_eq!(
        (rows[1]["code"].as_str(), rows[3]["code"].as_str()),
        ("user_id_not_uuid", "quote_unterminated")
    );
    assert_eq!(
        rows[4]["line"], "6",
        "the unterminated quote cost its own line only"
    );
    assert_eq!(run.summary()["rows"], 5);
    assert_eq!(rehearsal.stats().requests.len(), 0, "nothing was sent");
    assert!(!rehearsal.path("wave.results.csv").exists());
}

#[test]
fn it_says_exactly_what_the_run_then_does() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(TROUBLED).run(&["--dry-run"]);
    let told: Vec<_> = rehearsal
        .results("wave.dry-run.csv")
        .into_iter()
        .map(|row| row["outcome"].replace("ready", "created"))
        .collect();
    let run = rehearsal.run(&[]);
    assert_eq!(run.outcomes(), told);
    rehearsal.run(&["--dry-run"]);
    let rows = rehearsal.results("wave.dry-run.csv");
    let after = column(&rows, "outcome");
    assert_eq!(after, told, "it knows what is done already");
}

#[test]
fn it_changes_no_ledger() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3).run(&[]);
    let before = std::fs::read(rehearsal.ledger()).unwrap();
    let run = rehearsal.run(&["--dry-run"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(std::fs::read(rehearsal.ledger()).unwrap(), before);
}

#[test]
fn online_it_asks_and_changes_nothing() {
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(3),
        policies: Policies::Known,
        ..Options::default()
    });
    let users = rehearsal.sandbox().users();
    let create = format!(
        "user_id,phone,policy_id\n{},+15125551230,{WAVE_POLICY}\n",
        users[0]
    );
    let elsewhere = rehearsal.wave(&create).run(&["--ledger", "elsewhere.db"]);
    assert_eq!(elsewhere.code, Some(0), "{}", elsewhere.stderr);
    let wave = format!(
        "user_id,phone,policy_id\n\
         {},+1.5125551230,{WAVE_POLICY}\n\
         {},+15125551231,{WAVE_POLICY}\n\
         {},+15125551232,{WAVE_POLICY}\n\
         {},+15125551233,{SMS_ONLY_POLICY}\n\
         {},+15125551234,{}\n",
        users[0],
        users[1],
        user(77),
        users[2],
        users[2],
        user(78),
    );
    let creates = rehearsal.creates();
    let run = rehearsal.wave(&wave).run(&["--dry-run", "--online"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let rows = rehearsal.results("wave.dry-run.csv");
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row["outcome"].as_str(), row["code"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("existing", ""),
            ("ready", ""),
            ("rejected", "user_not_found"),
            ("rejected", "type_not_allowed"),
            ("rejected", "policy_not_found"),
        ]
    );
    assert_eq!(rehearsal.creates(), creates);
    assert!(!rehearsal.ledger().exists());
}

#[test]
fn a_file_that_is_no_wave_is_refused_as_a_whole() {
    for (text, said) in [
        ("", "empty"),
        ("user_id,polcy_id\n", "polcy_id"),
        ("user_id,user id,phone\n", "twice"),
        ("phone\n+15125551234\n", "user_id"),
        ("username,phone\nada,+15125551234\n", "username"),
    ] {
        let rehearsal = Rehearsal::new();
        let run = rehearsal.wave(text).run(&["--dry-run"]);
        assert_eq!(run.code, Some(2), "{text:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{text:?}: {}", run.stderr);
        assert!(!rehearsal.path("wave.dry-run.csv").exists());
    }
}

#[test]
fn a_phone_of_two_users_is_told_once_and_an_invalid_row_is_no_user() {
    let rehearsal = Rehearsal::new();
    let wave = waves::asking([
        (1, "+15125551234"),
        (2, "+442071838750"),
        (1, "+1 512 555 1234"),
        (3, "+1.512.555.1234"),
    ]) + &format!("{},+442071838750,not a policy\n", user(4));
    rehearsal.wave(&wave);
    let warning = "warning: 1 phone with more than one user, such as in lines 2 and 5. ";
    for words in [&["--dry-run"][..], &["--dry-run", "--online"]] {
        let run = rehearsal.run(words).exits(3);
        assert_eq!(run.stderr.matches(warning).count(), 1, "{}", run.stderr);
        assert!(!run.stderr.contains("5551234"), "{}", run.stderr);
    }
    let quiet = rehearsal.run(&["--dry-run", "-q"]).exits(3).stderr;
    assert!(!quiet.contains("warning"), "{quiet}");
}

#[test]
fn what_is_unusual_is_told_in_the_same_words_by_dry_run_run_and_results() {
    let rehearsal = Rehearsal::new();
    let row = |number, rest: &str| format!("{},{WAVE_POLICY},{rest}\n", user(number));
    let wave = "user_id,policy_id,phone,type,email_address,nickname,locale,status\n".to_owned()
        + &row(1, "+442079460958,,,,,")
        + &row(2, "+442079460959,,,NULL,,")
        + &row(3, ",EMAIL,pаul@example.com,,,")
        + &row(1, "+44 20 7946 0958,,,,,")
        + &row(4, "+18005551234,,,,,")
        + &row(5, "+15125551234,,,,,")
        + &row(6, "07911,,,NULL,,");
    rehearsal.wave(&wave).run(&["--dry-run"]).exits(3);
    let told: Vec<_> = rehearsal
        .results("wave.dry-run.csv")
        .into_iter()
        .map(|row| row["warning"].clone())
        .collect();
    let expected = [
        "phone_fixed_line",
        "phone_fixed_line placeholder",
        "email_mixed_scripts",
        "phone_fixed_line",
        "phone_type_unusual",
        "",
        "",
    ];
    assert_eq!(told, expected);
    let run = rehearsal.run(&[]).exits(3);
    assert_eq!(run.column("warning"), expected);
    rehearsal.writes_results_again();
}

#[test]
fn the_countries_of_valid_phones_are_told_of_rows_with_other_faults_too() {
    let rehearsal = Rehearsal::new();
    let wave = waves::asking([
        (1, "+15125551234"),
        (2, "+442071838750"),
        (3, "+1 512 555 1235"),
        (4, "0512 5551236"),
    ]) + &format!("{},+353 1 800 1234,not a policy\n", user(5));
    rehearsal.wave(&wave);
    let line = "\n  valid phones by country: +1 2 · +44 1 · +353 1\n";
    for words in [&["--dry-run"][..], &["--dry-run", "--online"]] {
        let run = rehearsal.run(words).exits(3);
        assert!(run.stderr.contains(line), "{}", run.stderr);
    }
    let run = rehearsal.run(&[]).exits(3);
    assert!(!run.stderr.contains("by country"), "{}", run.stderr);
}

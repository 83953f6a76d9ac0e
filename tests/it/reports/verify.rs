//! `wavepair verify`.

use std::fs;

use serde_json::Value;
use wavepair::testing::sandbox::{Users, WAVE_POLICY};

use super::*;
use crate::support::texts;

/// Verifies the wave; gives how it ended, with the verdicts in place of the results.
fn verify(rehearsal: &Rehearsal, arguments: &[&str]) -> Ended {
    let words = [
        &["verify", "wave.csv", "--rate", "max", "--progress", "none"],
        arguments,
    ]
    .concat();
    let mut ended = rehearsal.ended(&rehearsal.bare(&words).output().unwrap());
    ended.rows = rehearsal.results("wave.verify.csv");
    ended
}

/// Has the devices of the ledger be of half an hour ago: a report shows them.
fn grow_old(rehearsal: &Rehearsal) {
    let ledger = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    let half_an_hour = "UPDATE devices SET asked_at = asked_at - 1800000";
    assert!(ledger.execute(half_an_hour, []).unwrap() > 0);
}

fn verdicts(ended: &Ended) -> Vec<&str> {
    ended.column("verdict")
}

/// Deletes the device of a row, by the results.
fn remove(rehearsal: &Rehearsal, row: usize) -> String {
    let results = rehearsal.results("wave.results.csv");
    let (user, id) = (&results[row]["user_id"], results[row]["device_id"].clone());
    let answer = rehearsal.ask("DELETE", &format!("/users/{user}/devices/{id}"), "");
    assert_eq!(answer.status, 204);
    id
}

/// Eight rows: row 1 is removed, 2 doubled, 3 paired anew, and 4 has a foreign device beside it; then
/// row 5 has another phone than the results say, and 6 is invalid.
fn changed(rehearsal: &Rehearsal) {
    let wave = format!("{}{},12,{WAVE_POLICY}\n", rows(7), user(7));
    rehearsal.wave(&wave).run(&[]).exits(3);
    remove(rehearsal, 1);
    rehearsal.pair(&user(2), "WHATSAPP", "+1 (512) 555-0002");
    remove(rehearsal, 3);
    rehearsal.pair(&user(3), "WHATSAPP", "+1.512.555.0003");
    rehearsal.pair(&user(4), "WHATSAPP", "+1.512.555.9999");
    rehearsal.pair(&user(4), "SMS", "+44 7400 120004");
    // What PingOne has under this ID is another phone: the ledger has the IDs of two users changed.
    let ledger = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    let other = rehearsal.held();
    let other = other
        .iter()
        .find(|held| held.phone.as_deref() == Some("+1.512.555.9999"));
    let other: uuid::Uuid = other.unwrap().id.parse().unwrap();
    let user: uuid::Uuid = user(4).parse().unwrap();
    let sql = "UPDATE devices SET device = ?1 WHERE user = ?2";
    let changed = ledger.execute(sql, (&other.as_bytes()[..], &user.as_bytes()[..]));
    assert_eq!(changed.unwrap(), 1);
}

const EXPECTED: [&str; 8] = [
    "present",
    "missing",
    "twice",
    "not_ours",
    "other_phone",
    "present",
    "present",
    "not_created",
];

#[test]
fn a_wave_that_is_as_its_results_say_is_all_present() {
    let rehearsal = rehearsal(None);
    rehearsal.rows(20).run(&[]).exits(0);
    grow_old(&rehearsal);
    let (lists, _) = asked(&rehearsal);
    let ended = verify(&rehearsal, &["--summary", "-"]).exits(0);
    assert_eq!(verdicts(&ended), ["present"; 20]);
    assert_eq!(asked(&rehearsal), (lists, 1));
    for (row, said) in rehearsal
        .results("wave.results.csv")
        .iter()
        .zip(&ended.rows)
    {
        assert_eq!(said["found_device_ids"], row["device_id"]);
        assert_eq!(said["device_id"], row["device_id"]);
        assert_eq!(said["found_status"], "ACTIVE");
        assert_eq!(said["message"], "");
        assert_eq!(said["input.phone"], row["input.phone"]);
    }
    let summary = ended.summary();
    assert_eq!(summary["verdicts"]["present"], 20);
    assert_eq!(summary["verdicts"]["missing"], 0);
    assert_eq!(summary["exit_code"], 0);
    assert_eq!(summary["outcomes"]["created"], 20);
    assert_eq!(summary["requests"]["create"], 0);
    assert!(
        ended
            .said()
            .contains("Every device that the results name is there"),
        "{}",
        ended.stderr
    );
    // It changes nothing: neither in PingOne nor what the results say.
    assert_eq!(rehearsal.held().len(), 20);
    rehearsal.writes_results_again();
    let ledger = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    let sql = "SELECT count(*) FROM events WHERE event = 9 AND code = 'present'";
    let noted: i64 = ledger.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(noted, 20);
    rehearsal.rows(21).run(&[]).exits(0).has(&[("created", 21)]);
}

#[test]
fn what_was_changed_meanwhile_is_found_by_report_and_by_listing_alike() {
    let rehearsal = rehearsal(None);
    changed(&rehearsal);
    grow_old(&rehearsal);
    let by_report = verify(&rehearsal, &[]).exits(3);
    assert_eq!(verdicts(&by_report), EXPECTED, "{}", by_report.stderr);
    let bytes = rehearsal.bytes("wave.verify.csv");
    let (_, reports) = asked(&rehearsal);
    assert_eq!(reports, 1);
    let by_listing = verify(&rehearsal, &["--now"]).exits(3);
    assert_eq!(asked(&rehearsal).1, 1, "no report is asked for");
    assert_eq!(verdicts(&by_listing), EXPECTED, "{}", by_listing.stderr);
    assert_eq!(rehearsal.bytes("wave.verify.csv"), bytes, "to the byte");
    for row in &by_listing.rows {
        let is_right = row["verdict"] == "present";
        assert_eq!(row["message"].is_empty(), is_right, "{row:?}");
    }
    assert_eq!(by_listing.rows[2]["found_device_ids"].split(' ').count(), 2);
    assert_eq!(by_listing.rows[1]["found_device_ids"], "");
    let said = by_listing.said();
    assert!(said.contains("5 rows need a person"), "{said}");
    assert!(said.contains("missing 1 such as row 2, line 3"), "{said}");
}

#[test]
fn a_report_that_cannot_be_used_leads_to_listings_with_the_reason() {
    for (variant, why) in [
        (Variant::ReportForbidden, "status 403"),
        (Variant::ReportWithoutWhatsapp, "status 400"),
        (Variant::ReportUnreadable, "an entry has no user"),
    ] {
        let rehearsal = rehearsal(Some(variant));
        changed(&rehearsal);
        grow_old(&rehearsal);
        let ended = verify(&rehearsal, &[]).exits(3);
        assert_eq!(verdicts(&ended), EXPECTED, "{variant:?}: {}", ended.stderr);
        let said = ended.said();
        assert!(
            said.contains("listed one by one, because the device report cannot be used"),
            "{said}"
        );
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_device_too_new_for_the_report_is_looked_for_in_its_users_listing() {
    let rehearsal = Rehearsal::with(Options {
        report_age: Duration::from_hours(1),
        report_interval: Duration::ZERO,
        ..Options::default()
    });
    rehearsal.rows(3).run(&[]).exits(0);
    grow_old(&rehearsal);
    let ended = verify(&rehearsal, &[]).exits(0);
    assert_eq!(verdicts(&ended), ["present"; 3]);
}

#[test]
fn a_wave_of_just_now_is_waited_for_and_a_signal_ends_that_without_a_file() {
    let rehearsal = rehearsal(None);
    rehearsal.rows(2).run(&[]).exits(0);
    let command = &mut rehearsal.bare(&["verify", "wave.csv"]);
    let mut child = command
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    {
        use std::io::BufRead;
        let stderr = child.stderr.as_mut().unwrap();
        for line in std::io::BufReader::new(stderr).lines() {
            said += &line.unwrap();
            if said.contains("--now") {
                break;
            }
        }
    }
    assert!(said.contains("waiting until"), "{said}");
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(!rehearsal.path("wave.verify.csv").exists());
    // A run may begin while it waits, and does not wait itself: `--now` says the rest.
    verify(&rehearsal, &["--now"]).exits(0);
}

#[test]
fn what_cannot_be_asked_is_unchecked_and_what_nobody_may_ask_stops_it() {
    let mut rehearsal = rehearsal(None);
    rehearsal.rows(15).run(&[]).exits(0);
    rehearsal.set("PINGONE_CLIENT_SECRET", "another");
    let ended = verify(&rehearsal, &["--now", "--summary", "-"]).exits(5);
    assert_eq!(verdicts(&ended), ["unchecked"; 15]);
    let summary: Value = ended.summary();
    assert_eq!(summary["stopped"]["code"], "credentials_refused");
    assert_eq!(summary["verdicts"]["unchecked"], 15);
    assert!(ended.rows[0]["message"].contains("PingOne was not asked"));
}

#[test]
fn rows_that_repeat_others_are_verified_too_and_who_is_gone_has_no_device() {
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(2),
        report_interval: Duration::ZERO,
        ..Options::default()
    });
    let users = rehearsal.sandbox().users();
    let wave = format!(
        "user_id,phone,policy_id,type\n{0},+15125550000,{WAVE_POLICY},\n{0},+1.512.555.0000,{WAVE_POLICY},\n\
         {1},+15125550001,{WAVE_POLICY},SMS\n{2},+15125550002,{WAVE_POLICY},\n",
        users[0],
        users[1],
        user(9)
    );
    rehearsal.wave(&wave).run(&[]);
    let ended = verify(&rehearsal, &["--now"]).exits(3);
    assert_eq!(
        verdicts(&ended),
        ["present", "present", "present", "not_created"]
    );
    let message = &ended.rows[3]["message"];
    assert!(
        message.starts_with("the row is `failed` (NOT_FOUND): "),
        "{message}"
    );
}

#[test]
fn the_file_is_written_like_the_results_wherever_it_goes() {
    let rehearsal = rehearsal(None);
    rehearsal.rows(3).run(&[]).exits(0);
    let ended = verify(
        &rehearsal,
        &["--now", "--results-phone", "masked", "-o", "-"],
    )
    .exits(0);
    let rows = texts::rows(ended.stdout.as_bytes());
    assert_eq!(rows[0]["phone"], "'+1…00");
    assert!(!ended.stdout.contains("5550000"), "{}", ended.stdout);
    assert!(!rehearsal.path("wave.verify.csv").exists());
    verify(&rehearsal, &["--now", "-o", "v.xlsx"]).exits(0);
    assert!(rehearsal.bytes("v.xlsx").starts_with(b"PK"));
    let wave = fs::read_to_string(rehearsal.path("wave.csv")).unwrap();
    fs::write(rehearsal.path("semi.csv"), wave.replace(',', ";")).unwrap();
    let words = [
        "verify",
        "semi.csv",
        "--now",
        "--rate",
        "max",
        "--progress",
        "none",
    ];
    rehearsal
        .ended(&rehearsal.bare(&words).output().unwrap())
        .exits(0);
    let text = String::from_utf8(rehearsal.bytes("semi.verify.csv")).unwrap();
    assert!(text.starts_with("row;line;verdict;"), "{text}");
}

#[test]
fn a_run_that_goes_on_is_not_disturbed_and_does_not_disturb() {
    let rehearsal = Rehearsal::with(Options {
        latency: Duration::from_millis(50),
        ..Options::default()
    });
    rehearsal.rows(200);
    let mut run = rehearsal.begin(&["--canary", "0", "--concurrency", "2"]);
    rehearsal.wait_for_creates(3, &mut run);
    let ended = verify(&rehearsal, &["--now"]);
    assert_eq!(ended.rows.len(), 200, "{}", ended.stderr);
    assert!(
        ended.said().contains("a run holds the ledger"),
        "{}",
        ended.stderr
    );
    assert_eq!(run.wait().unwrap().code(), Some(0));
    assert_eq!(rehearsal.stats().most_per_key, 1);
}

#[test]
fn without_a_ledger_there_is_nothing_to_verify() {
    let rehearsal = rehearsal(None);
    rehearsal.rows(2);
    let ended = verify(&rehearsal, &["--summary", "s.json"]).exits(2);
    assert!(
        ended.stderr.contains("there is no ledger at"),
        "{}",
        ended.stderr
    );
    assert!(rehearsal.path("s.json").exists());
    assert_eq!(asked(&rehearsal), (0, 0));
}

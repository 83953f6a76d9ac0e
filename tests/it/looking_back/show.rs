//! `show`: all that a ledger knows of one user, device, phone, row or answer.

use serde_json::Value;
use wavepair::testing::sandbox::WAVE_POLICY;

use super::{printed, printed_json, refused, without_credentials};
use crate::support::binary::ran;
use crate::support::rehearsal::{Rehearsal, user};

const PHONE: &str = "+15125550142";

/// A wave of which row 2 is invalid, and the answer to row 1 was lost.
fn wave() -> Rehearsal {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = \"create\"\nfirst = 1\nwhen = \"after\"\nstatus = 503\n",
    );
    rehearsal.wave(&format!(
        "user_id,phone,policy_id\n{},{PHONE},{WAVE_POLICY}\n{},5125550143,{WAVE_POLICY}\n",
        user(1),
        user(2),
    ));
    rehearsal
}

fn events(device: &Value) -> Vec<&str> {
    let events = device["events"].as_array().unwrap().iter();
    events
        .map(|event| event["event"].as_str().unwrap())
        .collect()
}

#[test]
fn whatever_names_a_device_leads_to_all_that_happened_to_it() {
    let rehearsal = wave();
    let ended = rehearsal.run(&[]).exits(3);
    let row = ended.rows[0].clone();
    assert_eq!(row["outcome"], "created");
    let by_user = printed_json(&rehearsal, &["show", &user(1)]);
    let device = &by_user["devices"][0];
    for (key, column) in [
        ("device_id", "device_id"),
        ("run_id", "run_id"),
        ("created_at", "created_at"),
    ] {
        assert_eq!(device[key], row[column], "{key}");
    }
    assert_eq!(device["state"], "created");
    assert_eq!(device["address"], "+1…42");
    let happened = events(device);
    assert_eq!(
        (happened.first(), happened.last()),
        (Some(&"intent"), Some(&"created"))
    );
    let intent = &device["events"][0];
    let transaction = format!("{}-1-1", row["run_id"]);
    assert_eq!(intent["transaction_id"], transaction.as_str());
    let mut answers = device["events"].as_array().unwrap().iter();
    let correlation = answers
        .find_map(|event| event["correlation_id"].as_str())
        .unwrap();
    for who in [
        row["device_id"].as_str(),
        PHONE,
        "1 (512) 555-0142",
        "wave.csv:1",
        correlation,
        &transaction,
    ] {
        let found = printed_json(&rehearsal, &["show", who]);
        assert_eq!(found, by_user, "{who}");
    }
}

#[test]
fn a_person_reads_it_in_order_with_what_comes_next_and_without_phones() {
    let rehearsal = wave();
    rehearsal.run(&[]).exits(3);
    let text = printed(&rehearsal, &["show", PHONE]);
    let head = format!("user {}, WHATSAPP +1…42: created, device ", user(1));
    assert!(text.starts_with(&head), "{text}");
    let asked = text.find("asked for, attempt 1, row 1").unwrap();
    assert!(text.rfind("  created").unwrap() > asked, "{text}");
    assert!(
        text.contains("\n  next: nothing: the device is there\n"),
        "{text}"
    );
    assert!(!text.contains("5550142"), "{text}");
    let full = printed(&rehearsal, &["show", PHONE, "--full-phone"]);
    assert!(full.contains(PHONE), "{full}");
}

#[test]
fn what_the_ledger_does_not_know_is_refused_and_no_phone_is_said() {
    let rehearsal = wave();
    rehearsal.run(&[]).exits(3);
    for (who, says) in [
        ("+15125559999", "knows nothing of that"),
        (&user(9), "knows nothing of that"),
        ("no-such-correlation", "knows nothing of that"),
        ("wave.csv:2", "was never asked for: "),
        ("wave.csv:99", "has no row 99"),
        ("other.csv:1", "other.csv"),
        ("", "it is empty"),
    ] {
        let said = refused(&rehearsal, &["show", who]);
        assert!(said.contains(says), "{who}: {said}");
        assert!(
            !said.contains("5559999") && !said.contains("5550143"),
            "{said}"
        );
    }
    let mut logged =
        without_credentials(&rehearsal, &["-q", "--log-format", "json", "show", PHONE]);
    let logged = ran(&mut logged);
    assert_eq!(logged.code, Some(0));
    assert!(!logged.stderr.contains("5550142"), "{}", logged.stderr);
    assert!(!logged.stdout.contains("5550142"), "{}", logged.stdout);
}

//! The happy road: every row gets its device, once.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::json;
use wavepair::testing::sandbox::{Kind, WAVE_POLICY};

use crate::support::rehearsal::{Rehearsal, user};
use crate::support::tap::Tap;
use crate::support::waves;

#[test]
fn every_row_gets_its_device_and_a_second_run_sends_nothing_more() {
    let rehearsal = Rehearsal::new();
    let first = rehearsal.rows(300).run(&[]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert_eq!(first.count("created"), 300);
    rehearsal.check(&first, 300);
    assert_eq!(rehearsal.held().len(), 300);
    let (bytes, requests) = (
        rehearsal.bytes("wave.results.csv"),
        rehearsal.stats().requests,
    );

    let second = rehearsal.run(&["--summary", "-"]);
    assert_eq!(second.code, Some(0));
    assert_eq!(rehearsal.stats().requests, requests, "not one request more");
    assert_eq!(rehearsal.bytes("wave.results.csv"), bytes);
    let summary = second.summary();
    for kind in ["token", "list", "create", "lookup"] {
        assert_eq!(summary["requests"][kind], 0, "{kind}");
    }
}

#[test]
fn a_results_file_that_was_lost_is_written_again_byte_for_byte() {
    let rehearsal = Rehearsal::new();
    let wave = format!(
        "user_id,phone\n{},+15125551234\n{},nonsense\n",
        user(1),
        user(2)
    );
    let run = rehearsal
        .wave(&wave)
        .run(&["--policy", WAVE_POLICY, "--results-phone", "masked"]);
    assert_eq!(run.outcomes(), ["created", "invalid"]);
    let (results, rejects) = (
        rehearsal.bytes("wave.results.csv"),
        rehearsal.bytes("wave.rejects.csv"),
    );
    std::fs::remove_file(rehearsal.path("wave.results.csv")).unwrap();
    std::fs::remove_file(rehearsal.path("wave.rejects.csv")).unwrap();
    // Neither the policy nor the way phones are written is named again: the ledger knows them.
    let again = rehearsal.bare(&["results", "wave.csv"]).output().unwrap();
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(rehearsal.bytes("wave.results.csv"), results);
    assert_eq!(rehearsal.bytes("wave.rejects.csv"), rejects);
}

#[test]
fn every_documented_spelling_of_a_phone_arrives_in_e164() {
    let rehearsal = Rehearsal::new();
    let mut wave = "user_id,phone,policy_id\n".to_owned();
    let spellings = [
        "+1.5125551234",
        "+15125551234",
        "+1.512.555.1234",
        "+1 (512) 555-1234",
        "+14155552671",
    ];
    for (number, phone) in (0..).zip(spellings) {
        writeln!(wave, "{},{phone},{WAVE_POLICY}", user(number)).unwrap();
    }
    assert_eq!(rehearsal.wave(&wave).run(&[]).code, Some(0));
    let mut phones: Vec<_> = rehearsal
        .held()
        .into_iter()
        .map(|device| device.phone.unwrap())
        .collect();
    phones.sort();
    assert_eq!(
        phones,
        [
            "+14155552671",
            "+15125551234",
            "+15125551234",
            "+15125551234",
            "+15125551234"
        ]
    );
}

#[test]
fn each_type_is_created_with_what_its_row_says() {
    let rehearsal = Rehearsal::new();
    let wave = format!(
        "user_id,type,phone,email_address,status,nickname,locale,variant,policy_id\n\
         {0},WHATSAPP,+15125551234,,,Work,,,{4}\n\
         {1},sms,+15125551235,,ACTIVE,,,,{4}\n\
         {2},Voice,+15125551236,,,,,,{4}\n\
         {3},EMAIL,,ada@example.com,ACTIVATION_REQUIRED,,fr,onboarding,{4}\n",
        user(1),
        user(2),
        user(3),
        user(4),
        WAVE_POLICY
    );
    let run = rehearsal.wave(&wave).run(&[]);
    assert_eq!(run.outcomes(), ["created"; 4], "{}", run.stderr);
    let mut held: Vec<_> = rehearsal
        .held()
        .into_iter()
        .map(|device| {
            (
                device.user,
                device.kind,
                device.phone.or(device.email).unwrap(),
            )
        })
        .collect();
    held.sort();
    assert_eq!(
        held,
        [
            (user(1), "WHATSAPP", "+15125551234".to_owned()),
            (user(2), "SMS", "+15125551235".to_owned()),
            (user(3), "VOICE", "+15125551236".to_owned()),
            (user(4), "EMAIL", "ada@example.com".to_owned()),
        ]
    );
    assert!(
        run.stderr.contains("message"),
        "the start line says that messages are sent: {}",
        run.stderr
    );
}

#[test]
fn a_device_that_is_there_already_is_existing_and_is_not_asked_for() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3).run(&[]);
    let (ledger, runs) = (
        rehearsal.ledger(),
        rehearsal.ledger().with_extension("db.runs"),
    );
    std::fs::remove_file(ledger).unwrap();
    std::fs::remove_file(runs).unwrap();
    let creates = rehearsal.creates();
    let again = rehearsal.run(&[]);
    assert_eq!(
        (again.code, again.outcomes()),
        (Some(0), vec!["existing"; 3])
    );
    assert_eq!(rehearsal.creates(), creates);
    rehearsal.check(&again, 3);
}

#[test]
fn an_unchecked_run_lists_nothing() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.rows(10).run(&["--existing", "unchecked"]);
    assert_eq!(run.count("created"), 10);
    assert_eq!(rehearsal.stats().requests_of(Kind::List), 0);
}

#[test]
fn standard_input_is_a_wave_and_its_results_go_to_standard_output() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3);
    let output = rehearsal
        .bare(&["run", "-", "--rate", "max"])
        .stdin(std::fs::File::open(rehearsal.path("wave.csv")).unwrap())
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert!(text.starts_with("row,line,outcome,"));
}

#[test]
fn phones_of_twenty_countries_in_four_spellings_arrive_in_e164() {
    let (wave, e164) = waves::of_the_world(300);
    let rehearsal = Rehearsal::new();
    let run = rehearsal.wave(&wave).run(&["--canary", "0"]).exits(0);
    assert_eq!(run.outcomes(), ["created"; 300]);
    assert_eq!(run.column("phone"), e164);
    let held: BTreeSet<_> = rehearsal
        .held()
        .into_iter()
        .map(|held| (held.user, held.phone.unwrap(), held.id))
        .collect();
    let written = run.rows.iter().map(|row| {
        let cell = |name: &str| row[name].clone();
        (cell("user_id"), cell("phone"), cell("device_id"))
    });
    assert_eq!(written.collect::<BTreeSet<_>>(), held);
}

#[test]
fn what_a_row_says_is_sent_and_nothing_else() {
    let mut rehearsal = Rehearsal::new();
    let tap = Tap::on(rehearsal.sandbox().address());
    rehearsal.set("WAVEPAIR_API_URL", &format!("http://{}/v1", tap.address()));
    let wave = format!(
        "user_id,phone,email_address,type,status,nickname,locale,variant\n\
         {},+15125550000,,,,,,\n\
         {},+15125550001,,SMS,ACTIVE,\"Ada, work\",,\n\
         {},+15125550002,,voice,ACTIVATION_REQUIRED,,fr,kind\n\
         {},,ada@example.com,EMAIL,,Mailbox,,\n",
        user(0),
        user(1),
        user(2),
        user(3)
    );
    rehearsal
        .wave(&wave)
        .run(&["--policy", WAVE_POLICY, "--concurrency", "1"])
        .exits(0);
    let policy = json!({"id": WAVE_POLICY});
    assert_eq!(
        tap.documents(),
        [
            json!({"type": "WHATSAPP", "phone": "+15125550000", "policy": policy}),
            json!({"type": "SMS", "phone": "+15125550001", "policy": policy,
                   "status": "ACTIVE", "nickname": "Ada, work"}),
            json!({"type": "VOICE", "phone": "+15125550002", "policy": policy,
                   "status": "ACTIVATION_REQUIRED",
                   "notification": {"template": {"locale": "fr", "variant": "kind"}}}),
            json!({"type": "EMAIL", "email": "ada@example.com", "policy": policy,
                   "nickname": "Mailbox"}),
        ]
    );
}

#[test]
fn the_start_line_says_whether_people_will_hear_of_it() {
    for (status, silent) in [("ACTIVE", true), ("ACTIVATION_REQUIRED", false)] {
        let run = Rehearsal::new().rows(1).run(&["--status", status]).exits(0);
        let said = run.stderr;
        assert_eq!(
            said.contains("sends no messages to people"),
            silent,
            "{said}"
        );
    }
}

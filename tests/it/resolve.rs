//! `wavepair resolve`: what no run settles, settled by a person, and checked by a look just then.

use std::process::Command;

use serde_json::Value;
use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::binary::{Ran, ran};
use crate::support::faults::fault;
use crate::support::rehearsal::{Rehearsal, user};

const PHONE: &str = "+15125550142";
const ABSENT: [&str; 3] = ["--is-absent", "--note", "looked in the audit log"];

fn wave() -> String {
    format!(
        "user_id,phone,policy_id\n{},{PHONE},{WAVE_POLICY}\n",
        user(1)
    )
}

/// A wave of one row that was asked for four times and is never listed.
fn given_up() -> Rehearsal {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nstatus = 503"));
    rehearsal.wave(&wave());
    for _ in 0..8 {
        let run = rehearsal.run(&["--settle", "500ms"]);
        if run.column("message")[0].contains("asked for four times") {
            break;
        }
    }
    assert_eq!(rehearsal.creates(), 4);
    rehearsal.mend();
    rehearsal
}

fn resolve(rehearsal: &Rehearsal, words: &[&str]) -> Ran {
    ran(&mut rehearsal.bare(&[&["resolve"], words].concat()))
}

/// Decides about the one device of the wave.
fn decide(rehearsal: &Rehearsal, decision: &[&str]) -> Ran {
    let device = [&user(1)[..], "WHATSAPP", PHONE];
    resolve(rehearsal, &[&device, decision].concat())
}

fn list(rehearsal: &Rehearsal) -> Ran {
    let mut command: Command = rehearsal.bare(&["resolve"]);
    for secret in ["PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET"] {
        command.env_remove(secret);
    }
    ran(&mut command)
}

fn shown(rehearsal: &Rehearsal) -> Value {
    let shown = ran(&mut rehearsal.bare(&["show", &user(1), "--format", "json"]));
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    shown["devices"][0].clone()
}

/// The last thing that happened to the device.
fn last(device: &Value) -> Value {
    device["events"].as_array().unwrap().last().unwrap().clone()
}

#[test]
fn an_absent_device_is_asked_for_once_more_and_a_lost_answer_is_a_persons() {
    let rehearsal = given_up();
    let listed = list(&rehearsal);
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    let head = format!("user {}, WHATSAPP +1…42: unknown", user(1));
    assert!(listed.stdout.starts_with(&head), "{}", listed.stdout);
    assert!(
        listed.stdout.contains("wavepair resolve"),
        "{}",
        listed.stdout
    );
    assert!(!listed.stdout.contains("5550142"), "{}", listed.stdout);
    let decided = decide(&rehearsal, &ABSENT);
    assert_eq!(decided.code, Some(0), "{}", decided.stderr);
    assert!(list(&rehearsal).stdout.is_empty());
    let device = shown(&rehearsal);
    assert_eq!(device["state"], "failed");
    assert_eq!(device["code"], "resolved_absent");
    let event = last(&device);
    assert_eq!(event["note"], "looked in the audit log");
    assert!(
        event["decided_by"]
            .as_str()
            .is_some_and(|name| !name.is_empty())
    );
    let results = ran(&mut rehearsal.bare(&["results", "wave.csv"]));
    assert_eq!(results.code, Some(0));
    let row = rehearsal.results("wave.results.csv").remove(0);
    assert_eq!(
        (&*row["outcome"], &*row["code"]),
        ("failed", "resolved_absent")
    );
    // The answer to the one more is lost again: nobody asks a sixth time.
    let lost = fault("on = 'create'\nstatus = 503");
    rehearsal.sandbox().set_faults(lost.parse().unwrap());
    for _ in 0..3 {
        rehearsal.run(&["--settle", "500ms"]).exits(4);
    }
    assert_eq!(rehearsal.creates(), 5);
    rehearsal.mend();
    assert!(!list(&rehearsal).stdout.is_empty());
    decide(&rehearsal, &ABSENT);
    let run = rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
    rehearsal.check(&run, 1);
    assert_eq!(rehearsal.held().len(), 1);
}

#[test]
fn what_pingone_contradicts_is_refused_and_changes_nothing_unless_forced() {
    let rehearsal = given_up();
    let before = shown(&rehearsal);
    let other = user(7);
    let is_other = ["--is", &other, "--note", "guessed"];
    let refused = decide(&rehearsal, &is_other);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    rehearsal.pair(&user(1), "WHATSAPP", PHONE);
    let there = rehearsal.held()[0].id.clone();
    let refused = decide(&rehearsal, &ABSENT);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains(&there), "{}", refused.stderr);
    assert_eq!(shown(&rehearsal), before);
    let all_the_same = [&ABSENT[..], &["--even-if-listed-otherwise"]].concat();
    assert_eq!(decide(&rehearsal, &all_the_same).code, Some(0));
    assert_eq!(shown(&rehearsal)["state"], "failed");
}

#[test]
fn a_device_that_is_there_is_the_named_one_and_the_results_have_it() {
    let rehearsal = given_up();
    rehearsal.pair(&user(1), "WHATSAPP", PHONE);
    let there = rehearsal.held()[0].id.clone();
    let is = ["--is", &there, "--note", "the user called"];
    // A row names its user, type and phone, so that none stands on the command line.
    let by_row = [&["wave.csv:1"][..], &is].concat();
    let decided = resolve(&rehearsal, &by_row);
    assert_eq!(decided.code, Some(0), "{}", decided.stderr);
    let creates = rehearsal.creates();
    let run = rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
    assert_eq!(run.column("device_id"), [&*there]);
    rehearsal.writes_results_again();
    assert_eq!(rehearsal.creates(), creates);
    let verify = ["verify", "wave.csv", "--now", "--rate", "max"];
    let verified = ran(&mut rehearsal.bare(&verify));
    assert_eq!(verified.code, Some(0), "{}", verified.stderr);
    let text = ran(&mut rehearsal.bare(&["show", PHONE])).stdout;
    assert!(text.contains(": the user called"), "{text}");
    let status = ran(&mut rehearsal.bare(&["status"]));
    assert_eq!(status.code, Some(0), "{}", status.stderr);
}

#[test]
fn a_final_state_is_left_by_a_person_alone_and_by_nothing_else() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.wave(&wave()).run(&[]).exits(0);
    let device = rehearsal.held().remove(0);
    let refused = decide(&rehearsal, &ABSENT);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    let path = format!("/users/{}/devices/{}", device.user, device.id);
    assert_eq!(rehearsal.ask("DELETE", &path, "").status, 204);
    // A run believes its ledger.
    rehearsal.run(&[]).exits(0);
    assert_eq!(rehearsal.creates(), 1);
    assert_eq!(decide(&rehearsal, &ABSENT).code, Some(0));
    let again = rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
    assert_eq!(rehearsal.creates(), 2);
    assert_ne!(again.column("device_id"), run.column("device_id"));
}

#[test]
fn two_of_a_kind_are_settled_by_naming_one() {
    let rehearsal = Rehearsal::new();
    for _ in 0..2 {
        rehearsal.pair(&user(1), "WHATSAPP", PHONE);
    }
    rehearsal.wave(&wave()).run(&[]);
    assert!(!list(&rehearsal).stdout.is_empty());
    let second = rehearsal.held()[1].id.clone();
    let decided = decide(&rehearsal, &["--is", &second, "--note", "the newer"]);
    assert_eq!(decided.code, Some(0), "{}", decided.stderr);
    assert!(list(&rehearsal).stdout.is_empty());
    let run = rehearsal.run(&[]).exits(0).has(&[("existing", 1)]);
    assert_eq!(run.column("device_id"), [&*second]);
}

#[test]
fn a_decision_that_is_not_whole_or_not_known_is_refused_without_a_phone() {
    let rehearsal = given_up();
    let id = user(9);
    let known = [&user(1)[..], "WHATSAPP", PHONE];
    let other = [&user(1)[..], "SMS", PHONE];
    let whole = ["--is-absent", "--note", "x"];
    for (words, says) in [
        (
            [&other[..], &whole].concat(),
            "knows nothing of that device",
        ),
        ([&known[..], &["--is-absent"]].concat(), "nothing says why"),
        ([&known[..], &["--note", "x"]].concat(), "nothing says what"),
        (whole.to_vec(), "nothing says which device"),
        ([&known[..2], &whole].concat(), "names no device"),
        (
            [&known[..2], &["5550142"], &whole[..]].concat(),
            "the address is none",
        ),
        (
            ["wave.csv:9"].into_iter().chain(whole).collect(),
            "no row 9",
        ),
        (
            [&known[..], &["--is", &id, "--is-absent", "--note", "x"]].concat(),
            "cannot be given together",
        ),
    ] {
        let refused = resolve(&rehearsal, &words);
        assert_eq!(refused.code, Some(2), "{words:?}: {}", refused.stderr);
        let said: Vec<_> = refused.stderr.split_whitespace().collect();
        let said = said.join(" ");
        assert!(said.contains(says), "{words:?}: {said}");
        assert!(!said.contains("5550142"), "{said}");
    }
    let logged = [&["--log-format", "json"], &known[..], &whole].concat();
    let logged = resolve(&rehearsal, &logged);
    assert_eq!(logged.code, Some(0), "{}", logged.stderr);
    assert!(!logged.stderr.contains("5550142"), "{}", logged.stderr);
}

#[test]
fn a_decision_needs_pingones_answer_and_a_ledger_that_nobody_holds() {
    let rehearsal = given_up();
    let faults = fault("on = 'list'\nstatus = 403").parse().unwrap();
    rehearsal.sandbox().set_faults(faults);
    let refused = decide(&rehearsal, &ABSENT);
    assert_eq!(refused.code, Some(5), "{}", refused.stderr);
    rehearsal.mend();
    let faults = fault("on = 'create'\nstall = '60s'").parse().unwrap();
    rehearsal.sandbox().set_faults(faults);
    std::fs::write(
        rehearsal.path("other.csv"),
        format!(
            "user_id,phone,policy_id\n{},+15125550143,{WAVE_POLICY}\n",
            user(2)
        ),
    )
    .unwrap();
    let other = ["run", "other.csv", "--rate", "max", "--progress", "none"];
    let mut other = rehearsal.bare(&other).spawn().unwrap();
    rehearsal.wait_until_held();
    let held = decide(&rehearsal, &ABSENT);
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(held.code, Some(6), "{}", held.stderr);
    assert_eq!(shown(&rehearsal)["state"], "unresolved");
}

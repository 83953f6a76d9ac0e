//! What PingOne really does is found out, and named rightly; and nothing is left behind.

use std::process::{Child, Command, Stdio};

use serde_json::Value;
use wavepair::testing::sandbox::{Kind, Options, Policies, WAVE_POLICY};

use crate::support::heeding::{behind, heeding_signals};
use crate::support::rehearsal::{Ended, Rehearsal, user};

mod cleaning;
mod losses;
mod refusals;
mod variants;

const PHONE: &str = "+15125550123";
const REPORT: &str = "probe-report.md";

/// A sandbox with the policies that it lists, and no other.
fn known() -> Options {
    Options {
        policies: Policies::Known,
        ..Options::default()
    }
}

/// The command that probes with a user, as fast as it can, and asks whether it may.
fn asking(rehearsal: &Rehearsal, user: &str) -> Command {
    rehearsal.bare(&["probe", "--user", user, "--phone", PHONE, "--rate", "max"])
}

/// The command that probes with the first user, and does not ask.
fn command(rehearsal: &Rehearsal, more: &[&str]) -> Command {
    let mut command = asking(rehearsal, &user(0));
    command.arg("--yes").args(more);
    command
}

fn probe(rehearsal: &Rehearsal, more: &[&str]) -> Ended {
    rehearsal.ended(&command(rehearsal, more).output().unwrap())
}

fn begin(rehearsal: &Rehearsal, more: &[&str]) -> Child {
    behind(heeding_signals(), command(rehearsal, more))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn clean(rehearsal: &Rehearsal, more: &[&str]) -> Ended {
    let words = [&["probe", "--clean", REPORT, "--rate", "max"], more].concat();
    rehearsal.ended(&rehearsal.bare(&words).output().unwrap())
}

fn report(rehearsal: &Rehearsal) -> Value {
    serde_json::from_slice(&rehearsal.bytes("probe-report.json")).unwrap()
}

/// The answers of the report, in the order of the questions.
fn answers(report: &Value) -> Vec<String> {
    let questions = report["questions"].as_array().unwrap();
    let answer = |question: &Value| question["answer"].as_str().unwrap().to_owned();
    questions.iter().map(answer).collect()
}

/// How many requests reached the server, the token's included.
fn requests(rehearsal: &Rehearsal) -> u64 {
    let stats = rehearsal.stats();
    Kind::ALL.map(|kind| stats.requests_of(kind)).iter().sum()
}

#[test]
fn a_probe_asks_all_questions_and_leaves_nothing_but_its_report() {
    let rehearsal = Rehearsal::with(known());
    let ended = probe(&rehearsal, &[]).exits(0);
    assert!(rehearsal.held().is_empty(), "{}", ended.stderr);
    let report = report(&rehearsal);
    assert_eq!(answers(&report), variants::USUAL);
    assert!(requests(&rehearsal) <= 40, "{}", requests(&rehearsal));
    assert_eq!(
        report["requests"],
        requests(&rehearsal),
        "counted as they were sent"
    );
    assert_eq!(
        rehearsal.stats().requests_of(Kind::List),
        21,
        "one before, twenty right after a create"
    );
    let deleted = rehearsal.stats().answered(Kind::Delete, 204);
    assert_eq!(rehearsal.stats().answered(Kind::Create, 201), deleted);
    // One line for each question as it goes, and the table at the end.
    for question in report["questions"].as_array().unwrap() {
        let asked = question["asked"].as_str().unwrap();
        assert_eq!(
            ended.said().matches(asked).count(),
            2,
            "{asked}: {}",
            ended.stderr
        );
    }
}

#[test]
fn what_a_probe_writes_is_private_and_safe_to_mail() {
    use std::os::unix::fs::PermissionsExt;
    let rehearsal = Rehearsal::with(known());
    let ended = probe(&rehearsal, &["-vv", "--log-format", "json"]).exits(0);
    let begins = ended.stderr.contains(r#""event":"begin""#);
    assert!(begins, "what was typed is told, too: {}", ended.stderr);
    let secret = rehearsal.sandbox().client_secret();
    let whole = user(0);
    for file in ["probe-report.md", "probe-report.json"] {
        let mode = std::fs::metadata(rehearsal.path(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
        let text = String::from_utf8(rehearsal.bytes(file)).unwrap();
        holds_no_secret(file, &text, secret);
        assert!(!text.contains(&whole), "{file}: {text}");
    }
    holds_no_secret("the screen", &ended.stderr, secret);
    let journal = String::from_utf8(rehearsal.bytes("probe-report.md.journal")).unwrap();
    assert!(journal.contains(PHONE), "it is found again by its phone");
    assert!(!journal.contains(secret));
}

#[track_caller]
fn holds_no_secret(what: &str, text: &str, secret: &str) {
    for hidden in ["5125550123", "512555", "Bearer", secret] {
        assert!(!text.contains(hidden), "{what}: {hidden} in {text}");
    }
}

#[test]
fn what_is_about_to_be_made_is_on_disk_before_it_is_asked_for() {
    use std::sync::{Arc, Mutex};
    let mut rehearsal = Rehearsal::with(known());
    let (journal, flaws) = (
        rehearsal.path("probe-report.md.journal"),
        Arc::new(Mutex::new(Vec::new())),
    );
    let found = Arc::clone(&flaws);
    let _proxy = rehearsal.behind(move |request, _| {
        if request.is_create() {
            let text = std::fs::read_to_string(&journal).unwrap_or_default();
            let begins =
                text.starts_with(r#"{"what":"begins""#) && text.contains(r#""devices_before":0"#);
            let intents = text.matches(r#""what":"creates""#).count();
            let last = text.lines().last().unwrap_or_default().to_owned();
            if !begins || intents != request.number + 1 || !last.contains(r#""what":"creates""#) {
                found.lock().unwrap().push((request.number, text));
            }
        }
        crate::support::tampering_proxy::Then::LetThrough
    });
    probe(&rehearsal, &[]).exits(0);
    let flaws = flaws.lock().unwrap();
    assert!(flaws.is_empty(), "{flaws:?}");
}

#[test]
fn a_probe_never_asks_faster_than_it_may() {
    let rehearsal = Rehearsal::with(Options {
        rate_limit: Some(30.0),
        ..known()
    });
    let ended = probe(&rehearsal, &["--rate", "20/s"]);
    assert_eq!(
        ended.code,
        Some(2),
        "a rate is given once: {}",
        ended.stderr
    );
    let user = user(0);
    let words = [
        "probe", "--user", &user, "--phone", PHONE, "--yes", "--rate", "20/s",
    ];
    let ended = rehearsal
        .ended(&rehearsal.bare(&words).output().unwrap())
        .exits(0);
    assert!(!ended.stderr.contains("429 came"), "{}", ended.stderr);
    assert!(rehearsal.held().is_empty());
}

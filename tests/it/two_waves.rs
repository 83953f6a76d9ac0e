//! Two waves that ask for the same devices, each in its own way, over one ledger.

use std::fmt::Write;

use wavepair::testing::sandbox::{SMS_ONLY_POLICY, WAVE_POLICY};

use crate::support::rehearsal::{Ended, Rehearsal, user};

/// What a row asks for beside its device: policy, status, nickname, locale, variant.
type Request<'a> = [&'a str; 5];

const REFUSED: Request<'_> = [WAVE_POLICY, "ACTIVATION_REQUIRED", "work", "fr", "short"];

/// So many users, each with one phone, who all ask for the same.
fn wave(users: u32, request: Request<'_>) -> String {
    let mut text = "user_id,phone,policy_id,status,nickname,locale,variant\n".to_owned();
    for number in 0..users {
        let user = user(number);
        writeln!(text, "{user},+1512555{number:04},{}", request.join(",")).unwrap();
    }
    text
}

/// Every one of the first so many creates is refused.
fn refusing(creates: u32) -> Rehearsal {
    Rehearsal::with_faults(&format!(
        "[[fault]]\non = 'create'\nfirst = {creates}\nstatus = 400\n"
    ))
}

/// What `results` and a dry run say of the wave as it is now, without asking anybody.
fn shown(rehearsal: &Rehearsal) -> [Ended; 2] {
    let results = rehearsal.bare(&["results", "wave.csv"]).output().unwrap();
    let results = rehearsal.ended(&results);
    let mut plan = rehearsal.run(&["--dry-run"]);
    plan.rows = rehearsal.results("wave.dry-run.csv");
    [results, plan]
}

#[test]
fn a_refusal_of_another_request_for_the_device_is_not_shown_of_this_one() {
    let [policy, status, nickname, locale, variant] = REFUSED;
    for (what, request) in [
        (
            "policy",
            [SMS_ONLY_POLICY, status, nickname, locale, variant],
        ),
        ("status", [policy, "ACTIVE", nickname, "", ""]),
        ("nickname", [policy, status, "home", locale, variant]),
        ("no nickname", [policy, status, "", locale, variant]),
        ("locale", [policy, status, nickname, "de", variant]),
        ("variant", [policy, status, nickname, locale, "long"]),
        ("no notification", [policy, status, nickname, "", ""]),
    ] {
        let rehearsal = refusing(1);
        let refused = rehearsal.wave(&wave(1, REFUSED)).run(&["--yes"]).exits(3);
        assert_eq!(refused.outcomes(), ["rejected"], "{what}");
        rehearsal.wave(&wave(1, request));
        let [results, plan] = shown(&rehearsal);
        assert_eq!(results.outcomes(), ["pending"], "{what}");
        assert_eq!(results.column("code"), ["not_run_yet"], "{what}");
        assert_eq!(results.column("attempts"), ["1"], "{what}");
        assert_eq!(plan.outcomes(), ["ready"], "{what}");
        assert_eq!(plan.column("message"), [""], "{what}");
        assert!(!plan.stderr.contains("INVALID_DATA"), "{}", plan.stderr);
    }
}

#[test]
fn a_refusal_of_the_same_request_is_shown_until_it_is_tried_again() {
    let rehearsal = refusing(1);
    let refused = rehearsal.wave(&wave(1, REFUSED)).run(&["--yes"]).exits(3);
    // The same request in another place of another file.
    let other = format!("{}\n", wave(2, REFUSED).lines().nth(2).unwrap());
    rehearsal.wave(&wave(1, REFUSED).replacen('\n', &format!("\n{other}"), 1));
    let [results, plan] = shown(&rehearsal);
    assert_eq!(results.outcomes(), ["pending", "rejected"]);
    for column in ["code", "message", "http_status", "correlation_id"] {
        assert_eq!(results.column(column)[1], refused.column(column)[0]);
    }
    assert_eq!(plan.outcomes(), ["ready", "ready"]);
    let message = plan.column("message")[1];
    assert!(
        message.starts_with("rejected in an earlier run ("),
        "{message}"
    );
    let run = rehearsal.run(&["--yes"]).exits(0);
    assert_eq!(run.outcomes(), ["created", "created"]);
    rehearsal.check(&run, 2);
}

#[test]
fn a_run_that_stops_early_leaves_what_another_wave_was_refused_as_pending() {
    let rehearsal = refusing(4);
    let wrong = [SMS_ONLY_POLICY, "ACTIVE", "", "", ""];
    rehearsal.wave(&wave(4, wrong)).run(&[]).exits(3);
    rehearsal.wave(&wave(4, [WAVE_POLICY, "ACTIVE", "", "", ""]));
    let run = rehearsal.run(&["--limit", "1"]).exits(7);
    assert_eq!(run.outcomes(), ["created", "pending", "pending", "pending"]);
    assert_eq!(run.column("code")[1..], ["limit_reached"; 3]);
    rehearsal.check(&run, 4);
    let run = rehearsal.run(&[]).exits(0).has(&[("created", 4)]);
    rehearsal.check(&run, 4);
}

#[test]
fn a_device_that_may_be_there_or_not_is_shown_whatever_the_wave_asks() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nstatus = 500\n");
    rehearsal
        .wave(&wave(1, REFUSED))
        .run(&["--yes", "--settle", "1h", "--max-duration", "1s"]);
    rehearsal.wave(&wave(1, [WAVE_POLICY, "ACTIVE", "", "", ""]));
    for shown in shown(&rehearsal) {
        assert_eq!(shown.outcomes(), ["unknown"]);
    }
}

#[test]
fn the_next_wrong_request_ends_a_run_as_soon_as_the_first_one_would() {
    let rehearsal = Rehearsal::new();
    // The first user's device is created, and the nine others' are refused.
    let named = |nickname: &str| {
        let rows = wave(10, [SMS_ONLY_POLICY, "ACTIVE", nickname, "", ""]);
        rehearsal.wave(&rows.replacen(SMS_ONLY_POLICY, WAVE_POLICY, 1));
    };
    named("work");
    let ends = [("created", 1), ("rejected", 9)];
    rehearsal.run(&[]).exits(3).has(&ends);
    // That they are refused once more is no news.
    rehearsal.run(&[]).exits(3).has(&ends);
    let creates = rehearsal.creates();
    named("home");
    let run = rehearsal.run(&[]).exits(5);
    let run = run.has(&[("created", 1), ("rejected", 5), ("pending", 4)]);
    assert_eq!(rehearsal.creates() - creates, 5);
    rehearsal.check(&run, 10);
}

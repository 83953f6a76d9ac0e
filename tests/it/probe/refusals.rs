//! Users who are not fit for a probe, and people who do not want one.

use super::*;
use crate::support::terminal::Terminal;

/// Asserts that a probe was refused before it made anything or left anything.
#[track_caller]
fn nothing_was_made(rehearsal: &Rehearsal) {
    assert_eq!(rehearsal.creates(), 0);
    for file in [
        "probe-report.md",
        "probe-report.json",
        "probe-report.md.journal",
    ] {
        assert!(!rehearsal.path(file).exists(), "{file}");
    }
}

#[test]
fn a_user_who_has_a_device_is_refused_and_keeps_it() {
    let rehearsal = Rehearsal::with(known());
    rehearsal.pair(&user(0), "SMS", "+15125550199");
    let ended = probe(&rehearsal, &[]).exits(2);
    assert!(
        ended.said().contains("1 MFA device already"),
        "{}",
        ended.stderr
    );
    assert_eq!(rehearsal.held().len(), 1);
    assert_eq!(rehearsal.creates(), 1, "that of the pairing");
}

#[test]
fn a_user_whom_pingone_does_not_know_is_refused() {
    use wavepair::testing::sandbox::Users;
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(1),
        ..known()
    });
    let ended = probe(&rehearsal, &[]).exits(2);
    assert!(
        ended.said().contains("does not know the user"),
        "{}",
        ended.stderr
    );
    nothing_was_made(&rehearsal);
}

#[test]
fn where_nobody_can_be_asked_nothing_is_sent_without_yes() {
    let rehearsal = Rehearsal::with(known());
    let mut command = asking(&rehearsal, &user(0));
    let ended = rehearsal.ended(&command.output().unwrap()).exits(2);
    assert!(
        ended.said().contains("answer with `--yes`"),
        "{}",
        ended.stderr
    );
    assert_eq!(requests(&rehearsal), 0);
    nothing_was_made(&rehearsal);
}

#[test]
fn a_person_is_told_what_will_happen_and_makes_it_happen_by_yes_alone() {
    for answer in ["n\n", "\n", "\u{4}"] {
        let rehearsal = Rehearsal::with(known());
        let mut terminal = Terminal::start(&asking(&rehearsal, &user(0)), 80, None);
        terminal.wait_for("Begin? [y/N]").types(answer);
        let shown = terminal.ends().exits(2);
        assert_eq!(shown.times("the answer was not yes"), 1, "{}", shown.text);
        assert_eq!(shown.times("send 40 requests at most"), 1, "{}", shown.text);
        nothing_was_made(&rehearsal);
    }
    let rehearsal = Rehearsal::with(known());
    let mut terminal = Terminal::start(&asking(&rehearsal, &user(0)), 80, None);
    terminal.wait_for("Begin? [y/N]");
    assert_eq!(rehearsal.creates(), 0, "nothing goes before");
    terminal.types("y\n");
    let shown = terminal.ends().exits(0);
    assert!(rehearsal.held().is_empty(), "{}", shown.text);
    assert!(requests(&rehearsal) <= 40);
    for line in shown.text.lines() {
        let width = line.trim_end().chars().count();
        assert!(width <= 80, "{width}: {line}");
    }
}

#[test]
fn ctrl_c_at_the_question_makes_nothing() {
    let rehearsal = Rehearsal::with(known());
    let mut terminal = Terminal::start(&asking(&rehearsal, &user(0)), 80, None);
    terminal.wait_for("Begin? [y/N]").types("\u{3}");
    terminal.ends().exits(130);
    nothing_was_made(&rehearsal);
}

#[test]
fn a_user_who_gets_a_device_while_a_person_thinks_is_refused() {
    let rehearsal = Rehearsal::with(known());
    let mut terminal = Terminal::start(&asking(&rehearsal, &user(0)), 80, None);
    terminal.wait_for("Begin? [y/N]");
    rehearsal.pair(&user(0), "SMS", "+15125550199");
    terminal.types("y\n");
    terminal.ends().exits(2);
    assert_eq!((rehearsal.creates(), rehearsal.held().len()), (1, 1));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_sent() {
    let rehearsal = Rehearsal::with(known());
    let user = user(0);
    std::fs::write(rehearsal.path("notes.md.journal"), "not a journal\n").unwrap();
    std::fs::create_dir(rehearsal.path("folder.md")).unwrap();
    for (words, said) in [
        (vec!["--phone", PHONE], "--user is missing"),
        (vec!["--user", &user], "--phone is missing"),
        (vec!["--user", "me", "--phone", PHONE], "not a UUID"),
        (
            vec!["--user", &user, "--phone", "5125550123"],
            "the phone for --phone is none",
        ),
        (
            vec!["--user", &user, "--phone", PHONE, "--report", "a.json"],
            "the report is Markdown",
        ),
        (
            vec![
                "--user",
                &user,
                "--phone",
                PHONE,
                "--report",
                "no/such/folder.md",
            ],
            "the report cannot be written",
        ),
        (
            vec!["--user", &user, "--phone", PHONE, "--report", "folder.md"],
            "a directory",
        ),
        (
            vec!["--user", &user, "--phone", PHONE, "--report", "notes.md"],
            "is no journal of a probe",
        ),
        (
            vec![
                "--user",
                &user,
                "--phone",
                PHONE,
                "--report",
                "s",
                "--client-secret-file",
                "s",
            ],
            "would be the same file",
        ),
        (
            vec!["--clean", "other.md"],
            "there is no journal other.md.journal",
        ),
    ] {
        let words = [&["probe", "--yes"], &words[..]].concat();
        let ended = rehearsal.ended(&rehearsal.bare(&words).output().unwrap());
        assert_eq!(ended.code, Some(2), "{words:?}: {}", ended.stderr);
        assert!(ended.said().contains(said), "{words:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("5550123"), "{}", ended.stderr);
    }
    assert_eq!(rehearsal.bytes("notes.md.journal"), b"not a journal\n");
    assert_eq!(requests(&rehearsal), 0);
    nothing_was_made(&rehearsal);
}

#[test]
fn credentials_that_are_refused_end_a_probe_before_it_begins() {
    let mut rehearsal = Rehearsal::with(known());
    rehearsal.set("PINGONE_CLIENT_SECRET", "wrong");
    probe(&rehearsal, &[]).exits(5);
    nothing_was_made(&rehearsal);
}

#[test]
fn the_policy_is_named_by_id_or_name_as_elsewhere_in_the_same_requests() {
    let rehearsal = Rehearsal::with(known());
    for (policy, why) in [
        ("No such", "no policy is called `No such`"),
        ("6f1b3c52-8a0e", "`--policy"),
    ] {
        let ended = probe(&rehearsal, &["--policy", policy]).exits(2);
        assert!(ended.said().contains(why), "{policy}: {}", ended.stderr);
        nothing_was_made(&rehearsal);
    }
    let before = requests(&rehearsal);
    let ended = probe(&rehearsal, &["--policy", "wave mfa"]).exits(0);
    let shown = format!("by the policy Wave MFA ({WAVE_POLICY})");
    assert!(ended.said().contains(&shown), "{}", ended.stderr);
    assert!(requests(&rehearsal) - before <= 40);
    assert!(rehearsal.held().is_empty());
}

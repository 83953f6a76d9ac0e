//! Before messages go to people: how many, to how many, and whether a person at a terminal wants it.

use std::fmt::Write as _;
use std::fs::File;
use std::process::Stdio;

use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Rehearsal, user};
use crate::support::terminal::Terminal;

const ACTIVATE: [&str; 2] = ["--status", "ACTIVATION_REQUIRED"];
const QUESTION: &str = "Send 3 messages to 3 people (WhatsApp 3)? [y/N] ";

/// A run of three rows whose users get a message each, at a terminal.
fn asked(rehearsal: &Rehearsal) -> Terminal {
    let command = rehearsal.rows(3).command(&ACTIVATE);
    let mut terminal = Terminal::start(&command, 100, None);
    terminal.wait_for(QUESTION);
    terminal
}

/// Asserts that a run left nothing behind: no request, no ledger, no file.
#[track_caller]
fn nothing_happened(rehearsal: &Rehearsal) {
    assert_eq!(rehearsal.stats().requests.len(), 0, "nothing was sent");
    for path in [rehearsal.ledger(), rehearsal.path("wave.results.csv")] {
        assert!(!path.exists(), "{}", path.display());
    }
}

#[test]
fn a_person_who_does_not_say_yes_sends_nothing_and_leaves_nothing() {
    for answer in ["n\n", "\n", "no thanks\n", "\u{4}"] {
        let rehearsal = Rehearsal::new();
        let mut terminal = asked(&rehearsal);
        terminal.types(answer);
        let shown = terminal.ends().exits(2);
        assert_eq!(shown.times("the answer was not yes"), 1, "{}", shown.text);
        nothing_happened(&rehearsal);
    }
}

#[test]
fn a_person_who_says_yes_is_asked_once_and_the_run_goes_on() {
    let rehearsal = Rehearsal::new();
    let mut terminal = asked(&rehearsal);
    assert_eq!(rehearsal.stats().requests.len(), 0, "nothing goes before");
    terminal.types("y\n");
    let shown = terminal.ends().exits(0);
    assert_eq!(shown.times("[y/N]"), 1, "{}", shown.text);
    assert_eq!(rehearsal.creates(), 3);
    // Everybody has a device now: another run sends no message, and asks nothing.
    let again = Terminal::start(&rehearsal.command(&ACTIVATE), 100, None);
    let shown = again.ends().exits(0);
    assert_eq!(shown.times("[y/N]"), 0, "{}", shown.text);
    assert_eq!(shown.times("sends no messages to people"), 1);
}

#[test]
fn ctrl_c_at_the_question_ends_the_run_before_its_first_row() {
    let rehearsal = Rehearsal::new();
    let mut terminal = asked(&rehearsal);
    terminal.types("\u{3}");
    terminal.ends().exits(130);
    assert_eq!(rehearsal.stats().requests.len(), 0, "nothing was sent");
    let rows = rehearsal.results("wave.results.csv");
    assert!(rows.len() == 3 && rows.iter().all(|row| row["outcome"] == "pending"));
}

#[test]
fn nobody_is_asked_who_answered_already_or_whose_run_sends_no_message() {
    for arguments in [
        &["--status", "ACTIVATION_REQUIRED", "--yes"][..],
        &["--status", "ACTIVE"],
        &[],
    ] {
        let rehearsal = Rehearsal::new();
        let command = rehearsal.rows(3).command(arguments);
        let shown = Terminal::start(&command, 100, None).ends().exits(0);
        assert_eq!(shown.times("[y/N]"), 0, "{}", shown.text);
        assert_eq!(rehearsal.creates(), 3);
    }
}

#[test]
fn without_a_terminal_nobody_is_asked_and_the_number_is_told_with_q_too() {
    for quiet in [&[][..], &["-q"]] {
        let rehearsal = Rehearsal::new();
        let run = rehearsal.rows(3).run(&[&ACTIVATE, quiet].concat()).exits(0);
        let told = "this run sends 3 messages to 3 people (WhatsApp 3)";
        assert_eq!(run.stderr.matches(told).count(), 1, "{}", run.stderr);
        assert!(!run.stderr.contains("[y/N]"));
        assert_eq!(rehearsal.creates(), 3);
    }
}

#[test]
fn a_person_is_asked_at_the_terminal_whatever_standard_input_is() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3);
    let wave = || Some(Stdio::from(File::open(rehearsal.path("wave.csv")).unwrap()));
    let piped = ["run", "-", "--rate", "max", "-o", "out.csv"];
    for (words, stdin) in [
        (&piped[..], wave()),
        (&["run", "wave.csv", "--rate", "max"], Some(Stdio::null())),
    ] {
        let command = rehearsal.bare(&[words, &ACTIVATE].concat());
        let mut terminal = Terminal::start(&command, 100, stdin);
        terminal.wait_for(QUESTION).types("n\n");
        terminal.ends().exits(2);
    }
    nothing_happened(&rehearsal);
}

#[test]
fn messages_are_counted_over_rows_to_be_sent_by_run_and_dry_run_alike() {
    let rehearsal = Rehearsal::new();
    let first = format!(
        "user_id,phone,policy_id,type,status\n\
         {0},+15125550000,{WAVE_POLICY},,ACTIVATION_REQUIRED\n",
        user(0)
    );
    rehearsal.wave(&first).run(&["-q"]).exits(0);
    let mut wave = first;
    for (number, cells) in [
        // The same device as the first row's.
        (0, "+1 512 555 0000,P,WHATSAPP,ACTIVATION_REQUIRED"),
        (0, "+15125550000,P,SMS,ACTIVATION_REQUIRED"),
        (1, "+15125550001,P,,activation_required"),
        (1, "+15125550002,P,sms,ACTIVATION_REQUIRED"),
        (2, "+15125550003,P,,ACTIVE"),
        (3, "+15125550004,P,,"),
        (4, "not a phone,P,,ACTIVATION_REQUIRED"),
        (5, "+15125550005,P,VOICE,ACTIVATION_REQUIRED"),
    ] {
        let cells = cells.replace(",P,", &format!(",{WAVE_POLICY},"));
        writeln!(wave, "{},{cells}", user(number)).unwrap();
    }
    rehearsal.wave(&wave);
    let told = "4 messages to 3 people (WhatsApp 1, SMS 2, voice 1)";
    for words in [&["--dry-run"][..], &["--dry-run", "--online"]] {
        let dry = rehearsal.run(words).exits(3);
        let would = format!("a run would send {told}");
        assert!(dry.stderr.contains(&would), "{words:?} {}", dry.stderr);
        // Once more at the end, when it is known what PingOne has already.
        let would = format!("A run would send {told}.");
        assert!(dry.stderr.contains(&would), "{words:?} {}", dry.stderr);
    }
    let creates = rehearsal.creates();
    let run = rehearsal.run(&["--log-format", "json"]).exits(3);
    assert!(
        run.stderr.contains(&format!("this run sends {told}")),
        "{}",
        run.stderr
    );
    assert_eq!(
        rehearsal.creates() - creates,
        6,
        "four of them to be activated"
    );
}

#[test]
fn a_device_that_an_online_dry_run_finds_sends_no_message() {
    let rehearsal = Rehearsal::new();
    rehearsal
        .rows(3)
        .run(&["--ledger", "elsewhere.db"])
        .exits(0);
    let dry = rehearsal.run(&[&["--dry-run", "--online"][..], &ACTIVATE].concat());
    let dry = dry.exits(0).stderr;
    assert!(
        dry.contains("a run would send 3 messages to 3 people"),
        "{dry}"
    );
    assert!(!dry.contains("A run would send"), "{dry}");
}

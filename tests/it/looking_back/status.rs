//! `status`: the runs of a ledger.

use std::sync::atomic::Ordering;

use super::{printed, printed_json, refused, without_credentials};
use crate::ledgers::stuck;
use crate::support::rehearsal::{Rehearsal, until};
use crate::support::terminal::Terminal;

/// A wave of seven rows, two of which need correction.
fn wave() -> String {
    let good = crate::support::rehearsal::rows(5);
    format!("{good}not-a-user,+15125550199,\n9f1c2a34-5b6d-4e7f-8a90-00000000ffff,5125550199,\n")
}

#[test]
fn each_run_is_a_line_the_last_one_first_and_scripts_get_the_numbers() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave());
    let first = rehearsal.run(&["--limit", "2", "--summary", "-"]).exits(7);
    let second = rehearsal.run(&["--summary", "-"]).exits(3);

    let text = printed(&rehearsal, &["status"]);
    let lines: Vec<_> = text.lines().collect();
    let id = |summary: &serde_json::Value| summary["run_id"].as_str().unwrap().to_owned();
    let (first, second) = (first.summary(), second.summary());
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[0].starts_with(&format!("{}  3 needs person  ", id(&second))),
        "{text}"
    );
    assert!(lines[0].contains("  5 created, 2 invalid  "), "{text}");
    assert!(
        lines[1].starts_with(&format!("{}  7 out of time  ", id(&first))),
        "{text}"
    );
    assert!(
        lines[1].contains("  2 created, 2 invalid, 3 pending  "),
        "{text}"
    );

    let runs = printed_json(&rehearsal, &["status"])["runs"].take();
    for (at, summary) in [(0, &second), (1, &first)] {
        let one = printed_json(&rehearsal, &["status", &id(summary)]);
        for key in ["run_id", "exit_code", "rows", "outcomes", "stopped"] {
            assert_eq!(runs[at][key], summary[key], "{key}");
            assert_eq!(one[key], summary[key], "{key}");
        }
        for key in ["codes", "throttled", "retries"] {
            assert_eq!(one[key], summary[key], "{key}");
        }
        assert_eq!(one["requests"]["create"], summary["requests"]["create"]);
        assert_eq!(one["pace"]["last"], summary["pace"]["requests"]["last"]);
    }
    assert_eq!(
        (&runs[0]["created"], &runs[0]["state"]),
        (&3.into(), &"needs_person".into())
    );
}

#[test]
fn one_run_is_told_with_how_it_was_called_and_its_last_screen() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave());
    let ended = rehearsal
        .run(&["--limit", "2", "--policy", "default"])
        .exits(7);
    let (_, screen) = ended.stderr.split_once("\n\n").unwrap();
    let (screen, _) = screen.split_once("\nended with").unwrap_or((screen, ""));

    let run = ended
        .column("run_id")
        .into_iter()
        .find(|run| !run.is_empty());
    let start = &run.unwrap()[..13];
    let text = printed(&rehearsal, &["status", start]);
    assert!(text.ends_with(screen), "{text}\n---\n{screen}");
    assert!(text.contains("\n  command   "), "{text}");
    assert!(
        text.contains("run wave.csv --rate max --progress none"),
        "{text}"
    );
    assert!(text.contains("\n  settings  policy default\n"), "{text}");
    assert!(text.contains("\n  429s      0\n"), "{text}");

    let one = printed_json(&rehearsal, &["status", start]);
    let next = one["next"].as_array().unwrap();
    let commands: Vec<_> = next
        .iter()
        .filter_map(|step| step["command"].as_str())
        .collect();
    assert_eq!(commands.len(), 2, "{one}");
    for command in commands {
        assert!(screen.contains(command), "{command}\n{screen}");
        assert!(!command.contains("--limit"), "{command}");
    }
    rehearsal.run(&[]).exits(3);
    let later = printed(&rehearsal, &["status", start]);
    assert!(later.contains("\n  later     run "), "{later}");
}

#[test]
fn a_run_that_goes_on_is_told_beside_it_and_a_killed_one_is_cut_short() {
    let (rehearsal, mut run, holding) = stuck();
    // The answers are on their way to the disk.
    let created = |rehearsal: &Rehearsal| {
        let runs = printed_json(rehearsal, &["status"])["runs"].take();
        runs[0]["created"].as_u64().unwrap()
    };
    until(|| created(&rehearsal) == 10);
    let running = printed_json(&rehearsal, &["status"])["runs"][0].take();
    assert_eq!(
        (&running["state"], &running["rows"]),
        (&"running".into(), &30.into())
    );
    assert!(running["exit_code"].is_null(), "{running}");
    assert!(running["in_flight"].as_u64() > Some(0), "{running}");
    let text = printed(&rehearsal, &["status"]);
    assert!(text.contains("  running  "), "{text}");
    assert!(
        text.contains("  10 created, ") && text.contains(" so far, of 30 rows"),
        "{text}"
    );

    run.kill().unwrap();
    run.wait().unwrap();
    holding.store(false, Ordering::SeqCst);
    let id = running["run_id"].as_str().unwrap();
    let text = printed(&rehearsal, &["status", id]);
    assert!(
        text.starts_with(&format!("run {id}: cut short\n")),
        "{text}"
    );
    assert!(
        text.contains("go on with\n  ") && text.contains("run wave.csv"),
        "{text}"
    );
    // The next run settles what it left, and nothing is told of it twice.
    rehearsal.run(&[]).exits(0);
    let killed = printed_json(&rehearsal, &["status", id]);
    assert_eq!(
        (&killed["state"], &killed["created"]),
        (&"cut_short".into(), &10.into())
    );
    let last = printed_json(&rehearsal, &["status"])["runs"][0].take();
    assert_eq!(
        (&last["state"], &last["outcomes"]["created"]),
        (&"done".into(), &30.into())
    );
}

#[test]
fn what_is_not_there_is_refused_as_wrong_usage() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave());
    assert!(refused(&rehearsal, &["status"]).contains("there is no ledger at"));
    let first = rehearsal.run(&[]).exits(3);
    rehearsal.run(&[]).exits(3);
    // They began within weeks of each other.
    let start = &first.rows[0]["run_id"][..4];
    for (arguments, says) in [
        (&["status", "ffff"][..], "knows no run ffff"),
        (&["status", start], "several runs begin with"),
        (&["status", "wave.csv"], "expected the ID of a run"),
        (&["status", "--watch"], "draws on a terminal"),
        (&["status", "--watch", "--format", "json"], "for scripts"),
        (
            &["status", "--ledger", "other.db"],
            "there is no ledger at other.db",
        ),
    ] {
        let said = refused(&rehearsal, arguments);
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}

#[test]
fn a_terminal_that_watches_sees_a_run_begin_and_end() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3).run(&["--limit", "1"]).exits(7);
    let watching = without_credentials(&rehearsal, &["status", "--watch"]);
    let mut terminal = Terminal::start(&watching, 200, None);
    terminal.wait_for("7 out of time");
    rehearsal.run(&[]).exits(0);
    terminal.wait_for("0 done").types("\u{3}");
    assert_ne!(terminal.ends().code, Some(0));
}

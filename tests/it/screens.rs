//! What a person and a scheduler read on standard error.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;
use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::binary::{folder_with, root, wavepair};
use crate::support::readme::{readme, under};
use crate::support::rehearsal::{Rehearsal, rows, user};
use crate::support::terminal::{Shown, Terminal};

/// What comes after a label in a line.
fn after<'a>(text: &'a str, label: &str) -> &'a str {
    let start = text.find(label).unwrap() + label.len();
    text[start..].split(['\n', ' ', ')']).next().unwrap()
}

#[test]
fn the_first_screen_of_the_readme_is_what_the_program_shows_at_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let samples = folder.path().join("samples");
    std::fs::create_dir(&samples).unwrap();
    std::fs::copy(root().join("samples/wave.csv"), samples.join("wave.csv")).unwrap();
    let mut command = wavepair(folder.path());
    command.args(["run", "samples/wave.csv", "--sandbox", "--progress", "none"]);
    let shown = Terminal::start(&command, 80, None).ends().exits(0).text;

    let readme = readme();
    let block = readme.split("```text\n").nth(1).unwrap();
    let mut expected = block.split("```").next().unwrap().to_owned();
    // The port, the time and the run are another's each time.
    for label in ["the sandbox at 127.0.0.1:", "22 rows in ", "(run "] {
        let (theirs, ours) = (after(&expected, label), after(&shown, label));
        expected = expected.replace(&format!("{label}{theirs}"), &format!("{label}{ours}"));
    }
    assert_eq!(shown, expected);
}

/// The README's table of events: the further keys of each.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let table = under("The log");
    let in_backticks = |cell: &str| -> BTreeSet<String> {
        let parts = cell.split('`').skip(1).step_by(2);
        parts.map(str::to_owned).collect()
    };
    let mut events = BTreeMap::new();
    for line in table.lines() {
        let Some(line) = line.strip_prefix("| `") else {
            continue;
        };
        let line = format!("`{line}");
        let cells: Vec<_> = line.split(" | ").collect();
        for event in in_backticks(cells[0]) {
            events.insert(event, in_backticks(cells[2]));
        }
    }
    events
}

/// The objects of a text in which every line is one.
fn objects(text: &str) -> Vec<serde_json::Map<String, Value>> {
    text.lines()
        .map(|line| match serde_json::from_str(line) {
            Ok(Value::Object(object)) => object,
            _ => panic!("no object: {line}"),
        })
        .collect()
}

/// Asserts that every line is one object with documented keys, and gives out the events.
fn events(text: &str) -> Vec<String> {
    let documented = documented();
    let always = ["time", "level", "event", "message"];
    let objects = objects(text);
    for object in &objects {
        let event = object["event"].as_str().unwrap();
        let keys = documented.get(event);
        let keys = keys.unwrap_or_else(|| panic!("the README has no event {event}"));
        assert!(
            always.iter().all(|key| object.contains_key(*key)),
            "{object:?}"
        );
        for key in object.keys() {
            let known =
                always.contains(&key.as_str()) || ["run_id", "hint"].contains(&key.as_str());
            assert!(
                known || keys.contains(key),
                "{event} has no {key}: {object:?}"
            );
        }
    }
    let events = objects
        .iter()
        .map(|object| object["event"].as_str().unwrap());
    events.map(str::to_owned).collect()
}

const JSON: [&str; 2] = ["--log-format", "json"];

#[test]
fn every_line_on_standard_error_is_an_object_with_documented_keys() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 2\nfirst = 1\nwhen = 'after'\ndrop = 'close'\n\
         [[fault]]\non = 'create'\nafter = 4\nfirst = 1\nstatus = 400\n\
         [[fault]]\non = 'create'\nafter = 5\nfirst = 1\nstatus = 429\nretry_after = 1\n",
    );
    let mut wave = rows(10);
    for number in 0..12 {
        writeln!(wave, "{},no phone,{WAVE_POLICY}", user(100 + number)).unwrap();
    }
    let arguments = [&JSON[..], &["-v", "--log-file", "run.log", "--limit", "8"]].concat();
    let run = rehearsal.wave(&wave).run(&arguments);
    let mut seen = events(&run.stderr);
    assert_eq!(
        seen.first().map(String::as_str),
        Some("begin"),
        "{}",
        run.stderr
    );
    assert_eq!(
        seen.last().map(String::as_str),
        Some("end"),
        "{}",
        run.stderr
    );
    let kept = std::fs::read_to_string(rehearsal.path("run.log")).unwrap();
    let all = events(&kept);
    assert_eq!(all.first().map(String::as_str), Some("begin"), "{kept}");
    assert_eq!(all.last().map(String::as_str), Some("end"), "{kept}");
    let ids: BTreeSet<_> = objects(&kept)
        .iter()
        .map(|line| line["run_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "every line names the one run: {ids:?}");
    seen.extend(all);
    seen.extend(events_of_other_commands(&rehearsal));

    let seen: BTreeSet<_> = seen.into_iter().collect();
    for event in [
        "begin",
        "plan",
        "messages",
        "question",
        "attempt_ended",
        "look_ended",
        "row_finished",
        "held",
        "stop_requested",
        "error",
        "more_rows",
        "result",
        "stopped",
        "correct",
        "go_on",
        "check",
        "end",
    ] {
        assert!(seen.contains(event), "no {event}: {seen:?}");
    }
}

/// The events of commands that do not run to an end.
fn events_of_other_commands(rehearsal: &Rehearsal) -> Vec<String> {
    let mut seen = Vec::new();
    for (command, code) in [
        (rehearsal.bare(&[&["doctor"], &JSON[..]].concat()), 0),
        (
            rehearsal.bare(&[&["results", "wave.csv"], &JSON[..]].concat()),
            0,
        ),
        (
            rehearsal.bare(&[&["run", "wave.csv", "--nonsense"], &JSON[..]].concat()),
            2,
        ),
        (
            rehearsal.bare(&[&["run", "none.csv"], &JSON[..]].concat()),
            2,
        ),
    ] {
        seen.extend(said(command, code));
    }
    let asked = rehearsal.bare(
        &[
            &["run", "wave.csv", "--status=ACTIVATION_REQUIRED"],
            &JSON[..],
        ]
        .concat(),
    );
    let mut terminal = Terminal::start(&asked, 80, None);
    terminal.wait_for("[y/N]\"").types("n\n");
    let Shown { code, text } = terminal.ends();
    assert_eq!(code, Some(2), "{text}");
    // A terminal shows what is typed.
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with('{')).collect();
    seen.extend(events(&lines.join("\n")));
    seen
}

/// What a command says that ends with a code.
fn said(mut command: Command, code: i32) -> Vec<String> {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    events(&text)
}

/// So many rows without a phone, and one without a policy.
fn wrong(count: u32) -> String {
    let mut wave = "user_id,phone,policy_id\n".to_owned();
    for number in 0..count {
        writeln!(wave, "{},,{WAVE_POLICY}", user(number)).unwrap();
    }
    wave + &format!("{},+15125550000,not a policy\n", user(count))
}

#[test]
fn one_cause_is_ten_lines_on_the_screen_and_every_row_in_the_log_file() {
    for words in [&["--dry-run"][..], &["--dry-run", "--online"], &[]] {
        let rehearsal = Rehearsal::new();
        let arguments = [words, &["--log-file", "run.log"]].concat();
        let run = rehearsal.wave(&wrong(500)).run(&arguments).exits(3);
        let lines = run.stderr.lines();
        let warnings = lines
            .filter(|line| line.starts_with("warning: row "))
            .count();
        assert_eq!(warnings, 11, "{words:?}: {}", run.stderr);
        let results = if words.is_empty() {
            "wave.results.csv"
        } else {
            "wave.dry-run.csv"
        };
        let more = format!("\nand 490 more in {results}\n");
        assert!(run.stderr.contains(&more), "{words:?}: {}", run.stderr);
        let kept = std::fs::read_to_string(rehearsal.path("run.log")).unwrap();
        assert_eq!(kept.matches("\"outcome\":\"invalid\"").count(), 501);
    }
}

#[test]
fn a_run_without_trouble_says_more_with_v() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.rows(3).run(&["-v"]).exits(0);
    let created = run
        .stderr
        .lines()
        .filter(|line| line.contains(": created, device "));
    assert_eq!(created.count(), 3, "{}", run.stderr);
}

#[test]
fn the_command_that_goes_on_after_a_limit_creates_the_rest() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.rows(8).run(&["--limit", "5"]).exits(7);
    let command = run.stderr.lines().last().unwrap().trim();
    assert!(!command.contains("--limit"), "{command}");
    let words: Vec<_> = command.split(' ').skip(1).collect();
    let output = rehearsal.bare(&words).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(rehearsal.creates(), 8);
}

#[test]
fn a_rehearsal_that_keeps_nothing_is_not_gone_on_with() {
    let folder = folder_with(&["wave.csv"]);
    let mut command = wavepair(folder.path());
    command.args([
        "run",
        "wave.csv",
        "--sandbox",
        "--limit",
        "3",
        "--rate",
        "max",
    ]);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(7), "{text}");
    assert!(
        text.contains("kept no ledger") && !text.contains("Go on"),
        "{text}"
    );
}

#[test]
fn rows_in_doubt_are_told_when_another_run_is_worth_it() {
    let lost = "[[fault]]\non = 'create'\nfirst = 1\nwhen = 'before'\ndrop = 'close'\n";
    let mut rehearsal = Rehearsal::with_faults(lost);
    let arguments = [&JSON[..], &["--settle", "1h", "--max-duration", "4s"]].concat();
    rehearsal.set("TZ", "UTC");
    let run = rehearsal.rows(1).run(&arguments);
    assert_eq!(run.column("outcome"), ["unknown"], "{}", run.stderr);
    let objects = objects(&run.stderr);
    let go_on = objects
        .iter()
        .find(|object| object["event"] == "go_on")
        .unwrap();
    assert_eq!(go_on["in_doubt"], 1);
    let after: jiff::Timestamp = go_on["after"].as_str().unwrap().parse().unwrap();
    let ahead = after.duration_since(wavepair::testing::clock::wall());
    // An hour after the request, which was sent a moment ago, however busy the machine is.
    assert!(ahead.as_mins() <= 60 && ahead.as_mins() > 30, "{ahead}");
    let message = go_on["message"].as_str().unwrap();
    assert!(message.contains(" UTC"), "{message}");
}

#[test]
fn two_faults_of_a_row_are_both_counted_and_the_sheets_line_is_named() {
    let rehearsal = Rehearsal::new();
    let wave = "user_id,phone,policy_id\n\nnobody,,none\n";
    let dry = rehearsal.wave(wave).run(&["--dry-run"]).exits(3).stderr;
    for code in ["user_id_not_uuid", "phone_missing", "policy_id_not_uuid"] {
        let reason = dry
            .lines()
            .find(|line| line.starts_with(&format!("  {code} ")));
        assert!(
            reason.is_some_and(|line| line.ends_with("row 1, line 3")),
            "{code}: {dry}"
        );
    }
}

#[test]
fn colors_are_for_terminals_that_know_them_and_people_who_want_them() {
    for (name, value, colored) in [
        ("LANG", "C", true),
        ("NO_COLOR", "1", false),
        ("TERM", "dumb", false),
    ] {
        let folder = folder_with(&[]);
        let mut command = wavepair(folder.path());
        command
            .args(["run", "none.csv", "--dry-run"])
            .env(name, value);
        let shown = Terminal::start(&command, 80, None).ends().exits(2).text;
        assert_eq!(
            shown.contains('\u{1b}'),
            colored,
            "{name}={value}: {shown:?}"
        );
    }
}

#[test]
fn no_word_is_broken_on_a_narrow_terminal() {
    let folder = folder_with(&["troubled.csv"]);
    for columns in [40, 80, 120] {
        let mut command = wavepair(folder.path());
        command
            .args(["run", "troubled.csv", "--dry-run"])
            .env("NO_COLOR", "1");
        let shown = Terminal::start(&command, columns, None)
            .ends()
            .exits(3)
            .text;
        for line in shown.lines() {
            let longest = line.split(' ').map(|word| word.chars().count()).max();
            let fits = line.chars().count() <= usize::from(columns);
            // A word that is longer than a line, and a command, stay whole.
            let whole =
                longest.unwrap_or(0) + 8 > usize::from(columns) || line.contains("wavepair run");
            assert!(fits || whole || line.contains('`'), "{columns}: {line}");
        }
    }
}

#[test]
fn no_bar_stays_on_the_screen_after_ctrl_c() {
    let rehearsal = Rehearsal::new();
    let arguments = ["--rate", "20/s", "--progress", "bar"];
    let command = rehearsal.rows(200).command(&arguments);
    let mut terminal = Terminal::start(&command, 80, None);
    let clear = "\u{1b}[2K";
    terminal.wait_for(clear).types("\u{3}");
    let shown = terminal.ends().exits(130).text;
    // A bar fills its line, and what a terminal shows of `Ctrl-C` must fit behind it.
    let lines = shown.split(['\r', '\n']);
    // The terminal may show it while a line is empty, and so before the next bar.
    let lines = lines.map(|line| line.trim_start_matches(clear).trim_matches(&['^', 'C'][..]));
    let bars = lines.filter(|line| line.contains("/200, "));
    let widths = bars.map(|bar| bar.chars().count());
    let widest = widths.max().unwrap();
    assert!(
        widest > 0 && widest + "^C".len() < 80,
        "{widest}: {shown:?}"
    );
}

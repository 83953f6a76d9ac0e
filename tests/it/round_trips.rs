//! Files that go back to people: in the form in which theirs came, and safe to open.

use std::process::Stdio;

use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Rehearsal, user};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A wave with a good row, one that is wrong, and one that is short; lines end as they are told to.
fn wave(start: &str, line_end: &str) -> String {
    let lines = [
        "user_id,phone,policy_id,note".to_owned(),
        format!("{},+15125550100,{WAVE_POLICY},\"a\nb é\"", user(0)),
        format!("{},07400 123456,{WAVE_POLICY},=1+1", user(1)),
        format!("{},+15125550102", user(2)),
    ];
    start.to_owned() + &lines.join(line_end) + line_end
}

fn text(rehearsal: &Rehearsal, name: &str) -> String {
    String::from_utf8(rehearsal.bytes(name)).unwrap()
}

#[test]
fn results_dry_run_and_rejects_have_the_mark_and_the_line_ends_of_the_wave() {
    for start in ["", BYTE_ORDER_MARK] {
        for line_end in ["\n", "\r\n"] {
            let rehearsal = Rehearsal::new();
            rehearsal.wave(&wave(start, line_end));
            rehearsal.run(&["--dry-run"]).exits(3);
            let first = rehearsal.run(&[]);
            assert_eq!(first.code, Some(3), "{}", first.stderr);
            for (name, lines) in [
                ("wave.dry-run.csv", 4),
                ("wave.results.csv", 4),
                ("wave.rejects.csv", 3),
            ] {
                let text = text(&rehearsal, name);
                let why = format!("{name} {start:?} {line_end:?}: {text:?}");
                assert_eq!(
                    text.starts_with(BYTE_ORDER_MARK),
                    !start.is_empty(),
                    "{why}"
                );
                assert_eq!(text.matches('\u{feff}').count(), start.len() / 3, "{why}");
                assert!(text.ends_with(line_end), "{why}");
                assert_eq!(
                    text.matches('\r').count(),
                    lines * (line_end.len() - 1),
                    "{why}"
                );
            }
            let before = rehearsal.bytes("wave.results.csv");
            std::fs::remove_file(rehearsal.path("wave.results.csv")).unwrap();
            let again = rehearsal.bare(&["results", "wave.csv"]).output().unwrap();
            assert_eq!(again.status.code(), Some(0));
            assert_eq!(rehearsal.bytes("wave.results.csv"), before);
        }
    }
}

#[test]
fn rejects_are_the_rows_as_they_were_and_a_short_one_has_every_column() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave("", "\n")).run(&[]).exits(3);
    let rejects = text(&rehearsal, "wave.rejects.csv");
    let lines: Vec<&str> = rejects.lines().collect();
    assert!(
        lines[1].starts_with(&format!(
            "{},07400 123456,{WAVE_POLICY},'=1+1,invalid,phone_missing_plus,",
            user(1)
        )),
        "{rejects}"
    );
    assert!(
        lines[2].starts_with(&format!("{},+15125550102,,,invalid,field_count,", user(2))),
        "{rejects}"
    );
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_marked_in_every_file_and_a_phone_is_not() {
    for (cell, written) in [
        ("=1+1", "'=1+1"),
        ("@a", "'@a"),
        ("-2+3", "'-2+3"),
        ("+1x", "'+1x"),
        ("+1 (2) 3/4", "+1 (2) 3/4"),
        ("-7.5", "-7.5"),
        ("a=1", "a=1"),
    ] {
        for (raw, expected) in [(false, written), (true, cell)] {
            let rehearsal = Rehearsal::new();
            let wave = format!("user_id,phone,policy_id,note\nx,+44 7400 123456,,{cell}\n");
            rehearsal.wave(&wave);
            let words: &[&str] = if raw { &["--raw-cells"] } else { &[] };
            rehearsal.run(&[words, &["--dry-run"]].concat()).exits(3);
            rehearsal.run(words).exits(3);
            for name in ["wave.dry-run.csv", "wave.results.csv"] {
                let row = rehearsal.results(name).remove(0);
                assert_eq!(row["input.note"], expected, "{name}");
                assert_eq!(row["input.phone"], "+44 7400 123456", "{name}");
            }
            let row = rehearsal.results("wave.rejects.csv").remove(0);
            assert_eq!(row["note"], expected);
            assert_eq!(row["phone"], "+44 7400 123456");
        }
    }
}

#[test]
fn a_wave_from_a_pipe_is_answered_in_its_own_form_on_standard_output() {
    let rehearsal = Rehearsal::new();
    let mut child = rehearsal
        .bare(&["run", "-", "--dry-run"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, wave(BYTE_ORDER_MARK, "\r\n").as_bytes()).unwrap();
    drop(stdin);
    let run = rehearsal.ended(&child.wait_with_output().unwrap()).exits(3);
    assert!(
        run.stdout.starts_with("\u{feff}row,line,"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stdout.matches("\r\n").count(), 4);
}

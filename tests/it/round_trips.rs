//! Files that go back to people: in the form in which theirs came, and safe to open.

use encoding_rs::{
    Encoding, ISO_8859_2, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1253,
};
use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::binary::fed;
use crate::support::rehearsal::{Rehearsal, user};
use crate::support::texts::encoded;

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
fn results_dry_run_and_rejects_have_the_mark_and_line_ends_of_the_wave() {
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
            rehearsal.writes_results_again();
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
fn a_cell_that_spreadsheets_would_run_is_marked_everywhere_but_no_phone() {
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
    let mut command = rehearsal.bare(&["run", "-", "--dry-run"]);
    let output = fed(&mut command, wave(BYTE_ORDER_MARK, "\r\n").as_bytes());
    let run = rehearsal.ended(&output).exits(3);
    assert!(
        run.stdout.starts_with("\u{feff}row,line,"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stdout.matches("\r\n").count(), 4);
}

/// The text of a file that has to be in this encoding, its byte order mark included.
fn text_in(rehearsal: &Rehearsal, name: &str, encoding: &'static Encoding) -> String {
    let bytes = rehearsal.bytes(name);
    let (text, is_lossy) = encoding.decode_without_bom_handling(&bytes);
    assert!(!is_lossy, "{name} is not {}", encoding.name());
    text.into_owned()
}

#[test]
fn what_goes_back_has_the_waves_encoding_and_rejects_run_as_they_are() {
    for (encoding, start, name, options) in [
        (UTF_8, BYTE_ORDER_MARK, "J\u{f6}rg", &[][..]),
        (UTF_16LE, BYTE_ORDER_MARK, "J\u{f6}rg \u{1f600}", &[]),
        (UTF_16BE, BYTE_ORDER_MARK, "J\u{f6}rg", &[]),
        (UTF_16LE, "", "J\u{f6}rg", &["--encoding", "utf-16le"]),
        (WINDOWS_1252, "", "J\u{f6}rg", &["--encoding", "latin1"]),
        (SHIFT_JIS, "", "\u{6f22}\u{5b57}", &["--encoding", "sjis"]),
    ] {
        let rehearsal = Rehearsal::new();
        let wave = format!(
            "{start}user_id;phone;policy_id;{name}\r\n\
             {};07400 123456;{WAVE_POLICY};{name}\r\n",
            user(1)
        );
        std::fs::write(rehearsal.path("wave.csv"), encoded(&wave, encoding)).unwrap();
        rehearsal.run(&[&["--dry-run"], options].concat()).exits(3);
        rehearsal.run(options).exits(3);
        for file in ["wave.dry-run.csv", "wave.results.csv"] {
            let text = text_in(&rehearsal, file, encoding);
            assert!(text.starts_with(&format!("{start}row;line;")), "{text}");
            assert!(text.contains(&format!(";input.{name}\r\n1;2;")), "{text}");
            assert!(text.ends_with(&format!(";{name}\r\n")), "{text}");
        }
        rehearsal.writes_results_again();

        let rejects = text_in(&rehearsal, "wave.rejects.csv", encoding);
        let header = format!("{start}user_id;phone;policy_id;{name};wavepair_outcome;");
        assert!(rejects.starts_with(&header), "{rejects}");
        let mended = rejects.replace("07400", "+44 7400");
        std::fs::write(rehearsal.path("mended.csv"), encoded(&mended, encoding)).unwrap();
        let words = [&["run", "mended.csv", "--rate", "max"], options].concat();
        let run = rehearsal.ended(&rehearsal.bare(&words).output().unwrap());
        assert_eq!(run.code, Some(0), "{}: {}", encoding.name(), run.stderr);
        assert_eq!(rehearsal.held().len(), 1);
    }
}

#[test]
fn bytes_that_mean_nothing_come_back_in_rejects_and_a_lost_one_is_told() {
    let rehearsal = Rehearsal::new();
    let header = "user_id,phone,policy_id,note\n";
    // Windows-1253 has no character for D2.
    let row = [
        format!("{},+15125550100,{WAVE_POLICY},\u{3b1}", user(0)),
        "\n".to_owned(),
    ];
    let mut wave = encoded(&(header.to_owned() + &row[0]), WINDOWS_1253);
    wave.extend(b"\xd2\n");
    std::fs::write(rehearsal.path("wave.csv"), &wave).unwrap();
    rehearsal
        .run(&["--dry-run", "--encoding", "windows-1253"])
        .exits(3);
    let rejects = rehearsal.bytes("wave.rejects.csv");
    let kept = format!("{},+15125550100,{WAVE_POLICY},", user(0)).into_bytes();
    let kept = [kept.as_slice(), b"\xe1\xd2,invalid,not_decodable,"].concat();
    assert!(
        rejects.windows(kept.len()).any(|bytes| bytes == kept),
        "{}",
        String::from_utf8_lossy(&rejects)
    );
    let shown = text_in(&rehearsal, "wave.dry-run.csv", WINDOWS_1253);
    assert!(shown.ends_with(",\u{3b1}\\x{d2}\n"), "{shown}");

    // ISO 8859-2 has no ellipsis.
    rehearsal.wave(&(header.to_owned() + &row.concat().replace('\u{3b1}', "")));
    let words = [
        "--dry-run",
        "--encoding",
        "latin2",
        "--results-phone",
        "masked",
    ];
    rehearsal.run(&words).exits(0);
    let shown = text_in(&rehearsal, "wave.dry-run.csv", ISO_8859_2);
    assert!(shown.contains(",'+1\\u{2026}00,"), "{shown}");
}

//! One wave in every form of a file: the same outcomes, line for line.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Rehearsal, user};
use crate::support::sheets;
use crate::support::texts::{Row, column, decoded, encoded};

#[path = "../../../src/input/tests/workbook_file.rs"]
pub(crate) mod workbook_file;
// Packed, in a workbook, from a pipe.
mod wrapped;

/// The wave as cells: good rows, rows that are wrong, and cells that are awkward in some form.
fn cells() -> Vec<Vec<String>> {
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    vec![
        row(["user_id", "phone", "policy_id", "note"]),
        row([&user(0), "+15125550100", WAVE_POLICY, "a,b;c\td|e"]),
        row([&user(1), "+1 512 555 0101", WAVE_POLICY, "J\u{f6}rg \"Jo\""]),
        row([&user(2), "07400 123456", WAVE_POLICY, ""]),
        row([&user(3), "+15125550103", "no policy", "\u{20ac}"]),
        row([&user(4), "+15125550104", "", "="]),
        row([&user(5), "+15125550105", WAVE_POLICY, " "]),
    ]
}

/// The wave as text.
fn text(delimiter: char, line_end: &str) -> String {
    let field = |cell: &String| {
        if cell.contains([delimiter, '"']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let mut text = String::new();
    for row in cells() {
        let fields: Vec<String> = row.iter().map(field).collect();
        text += &(fields.join(&delimiter.to_string()) + line_end);
    }
    text
}

/// What the run of a wave came to, as far as two of them can be compared.
fn outcomes(delimiter: u8, results: &[u8]) -> Vec<Row> {
    let text = decoded(results);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    comparable(reader.deserialize().map(Result::unwrap).collect())
}

/// The rows without what differs from run to run.
fn comparable(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        for changing in ["device_id", "created_at", "run_id", "correlation_id"] {
            row.remove(changing);
        }
    }
    rows
}

/// Runs a file as a wave, and reads what became of it.
fn run(name: &str, bytes: &[u8], delimiter: u8, options: &[&str]) -> Vec<Row> {
    let rehearsal = Rehearsal::new();
    std::fs::write(rehearsal.path(name), bytes).unwrap();
    let words = [&["run", name, "--rate", "max"], options].concat();
    let output = rehearsal.bare(&words).output().unwrap();
    let ended = rehearsal.ended(&output).exits(3);
    assert_eq!(rehearsal.held().len(), 3, "{}", ended.stderr);
    let workbook = rehearsal.path("wave.results.xlsx");
    if workbook.exists() {
        return comparable(sheets::rows(&workbook));
    }
    outcomes(delimiter, &rehearsal.bytes("wave.results.csv"))
}

/// The outcomes of the wave in its plainest form.
fn plain() -> Vec<Row> {
    let rows = run("wave.csv", text(',', "\n").as_bytes(), b',', &[]);
    let seen = column(&rows, "outcome");
    assert_eq!(
        seen,
        [
            "created", "created", "invalid", "invalid", "invalid", "created"
        ]
    );
    let lines: Vec<_> = rows.iter().map(|row| row["line"].as_str()).collect();
    assert_eq!(lines, ["2", "3", "4", "5", "6", "7"]);
    rows
}

#[test]
fn a_wave_has_the_same_outcomes_whatever_separates_fields_and_keeps_that() {
    let plain = plain();
    for delimiter in [b';', b'\t', b'|'] {
        let text = text(char::from(delimiter), "\n");
        let rows = run("wave.csv", text.as_bytes(), delimiter, &[]);
        assert_eq!(rows, plain, "{:?}", char::from(delimiter));
    }
    let odd = text('~', "\n");
    let rows = run("wave.csv", odd.as_bytes(), b'~', &["--delimiter", "~"]);
    assert_eq!(rows, plain);
}

#[test]
fn rejects_come_back_with_the_delimiter_of_the_wave_and_run_as_they_are() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&text(';', "\r\n")).run(&[]).exits(3);
    let rejects = String::from_utf8(rehearsal.bytes("wave.rejects.csv")).unwrap();
    assert!(
        rejects.starts_with(
            "user_id;phone;policy_id;note;wavepair_outcome;wavepair_code;wavepair_message\r\n"
        ),
        "{rejects}"
    );
    let row = format!(
        "\n{};07400 123456;{WAVE_POLICY};;invalid;phone_missing_plus;",
        user(2)
    );
    assert!(rejects.contains(&row), "{rejects}");

    let mended = rejects.replace(";07400 123456;", ";+447400123456;");
    std::fs::write(rehearsal.path("wave.rejects.csv"), mended).unwrap();
    let again = rehearsal.bare(&["run", "wave.rejects.csv", "--rate", "max"]);
    let again = { again }.output().unwrap();
    rehearsal.ended(&again).exits(3);
    let rows = outcomes(b';', &rehearsal.bytes("wave.rejects.results.csv"));
    let seen = column(&rows, "outcome");
    assert_eq!(seen, ["created", "invalid", "invalid"]);
}

#[test]
fn results_are_written_again_in_the_delimiter_that_the_run_was_told() {
    let rehearsal = Rehearsal::new();
    rehearsal
        .wave(&text('~', "\n"))
        .run(&["--delimiter", "~"])
        .exits(3);
    rehearsal.writes_results_again();
}

#[test]
fn a_wave_has_the_same_outcomes_in_every_encoding() {
    let plain = plain();
    let unmarked = text(',', "\n");
    let marked = format!("\u{feff}{unmarked}");
    for (text, encoding, options) in [
        (&marked, UTF_8, &[][..]),
        (&marked, UTF_16LE, &[]),
        (&marked, UTF_16BE, &[]),
        (&unmarked, UTF_16LE, &["--encoding", "utf-16le"]),
        (&unmarked, UTF_16BE, &["--encoding", "utf-16be"]),
    ] {
        let bytes = encoded(text, encoding);
        let rows = run("wave.csv", &bytes, b',', options);
        assert_eq!(rows, plain, "{} {options:?}", encoding.name());
    }
}

#[test]
fn a_wave_of_a_codepage_is_refused_until_its_encoding_is_named() {
    let plain = plain();
    let text = text(';', "\r\n");
    for (encoding, label) in [
        (encoding_rs::WINDOWS_1252, "windows-1252"),
        (encoding_rs::WINDOWS_1252, "latin1"),
        (encoding_rs::WINDOWS_1254, "windows-1254"),
    ] {
        let bytes = encoded(&text, encoding);
        let rehearsal = Rehearsal::new();
        std::fs::write(rehearsal.path("wave.csv"), &bytes).unwrap();
        let ended = rehearsal.run(&["--encoding", label]).exits(3);
        let seen = column(&plain, "outcome");
        assert_eq!(ended.outcomes(), seen, "{label}");
        assert_eq!(rehearsal.held().len(), 3);
    }
    let rehearsal = Rehearsal::new();
    let unread = text.replace("note", "na\u{ef}vet\u{e9}");
    let bytes = encoded(&unread, encoding_rs::WINDOWS_1252);
    std::fs::write(rehearsal.path("wave.csv"), bytes).unwrap();
    let ended = rehearsal.run(&[]).exits(2);
    assert!(
        ended.stderr.contains("`--encoding windows-1252`"),
        "{}",
        ended.stderr
    );
    assert_eq!(rehearsal.creates(), 0);
}

#[test]
fn a_wave_has_the_same_outcomes_whatever_ends_its_lines() {
    let plain = plain();
    for line_end in ["\r\n", "\r", "\r\r\n"] {
        let rows = run("wave.csv", text(',', line_end).as_bytes(), b',', &[]);
        assert_eq!(rows, plain, "{line_end:?}");
    }
}

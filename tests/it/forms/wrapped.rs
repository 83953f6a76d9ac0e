//! Waves that are packed, in a workbook, or come from a pipe.

use encoding_rs::{UTF_16BE, UTF_16LE};
use wavepair::testing::sandbox::WAVE_POLICY;

use super::{cells, outcomes, plain, run, text, workbook_file};
use crate::support::binary::fed;
use crate::support::rehearsal::{Rehearsal, user};
use crate::support::sheets;
use crate::support::texts::{decoded, encoded, packed};

/// Makes a file of cells.
type Form = fn(&[Vec<String>]) -> Vec<u8>;

/// The wave as a workbook, all of it text.
fn workbook_of(cells: &[Vec<String>]) -> Vec<u8> {
    let rows: String = (1..)
        .zip(cells)
        .map(|(number, row)| {
            let places = row.iter().zip('A'..);
            let cells: Vec<String> = places
                .map(|(cell, column)| workbook_file::text(&format!("{column}{number}"), cell))
                .collect();
            workbook_file::row(number, "", &cells)
        })
        .collect();
    let sheets = [("Wave", "visible", rows)];
    workbook_file::workbook(&sheets, &workbook_file::texts(&[]), &[])
}

#[test]
fn a_wave_has_the_same_outcomes_packed_and_in_a_workbook() {
    let plain = plain();
    let text = text(',', "\n");
    let marked = format!("\u{feff}{text}");
    let book = workbook_of(&cells());
    for (name, bytes) in [
        ("wave.csv.gz", packed(text.as_bytes())),
        ("wave.csv.gz", packed(&encoded(&marked, UTF_16LE))),
        ("wave.xlsx", book.clone()),
        // What a file is called means nothing.
        ("wave.csv", packed(text.as_bytes())),
        ("wave.csv", book.clone()),
        ("wave.xlsx", text.clone().into_bytes()),
        ("wave.xlsx", packed(&book)),
    ] {
        assert_eq!(run(name, &bytes, b',', &[]), plain, "{name}");
    }
}

#[test]
fn a_wave_of_any_form_may_come_from_standard_input_or_a_pipe() {
    let text = text(';', "\r\n");
    let marked = format!("\u{feff}{text}");
    for bytes in [
        text.clone().into_bytes(),
        encoded(&marked, UTF_16BE),
        packed(text.as_bytes()),
        workbook_of(&cells()),
    ] {
        let rehearsal = Rehearsal::new();
        let pipe = rehearsal.path("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let mut outcomes = Vec::new();
        for name in ["-", "pipe"] {
            let mut command = rehearsal.bare(&["run", name, "--dry-run"]);
            let output = if name == "-" {
                fed(&mut command, &bytes)
            } else {
                std::thread::scope(|scope| {
                    scope.spawn(|| std::fs::write(&pipe, &bytes).unwrap());
                    command.output().unwrap()
                })
            };
            assert_eq!(output.status.code(), Some(3), "{output:?}");
            let shown = decoded(&output.stdout);
            assert_eq!(shown.matches("phone_missing_plus").count(), 1, "{shown}");
            outcomes.push(shown);
        }
        assert_eq!(outcomes[0], outcomes[1]);
    }
}

#[test]
fn a_packed_wave_that_is_cut_or_damaged_sends_nothing() {
    let whole = packed(text(',', "\n").repeat(20).as_bytes());
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    let book = workbook_of(&cells());
    for bytes in [
        &whole[..whole.len() - 4],
        &whole[..whole.len() / 2],
        &damaged,
        &book[..book.len() - 30],
    ] {
        let rehearsal = Rehearsal::new();
        std::fs::write(rehearsal.path("wave.csv"), bytes).unwrap();
        let ended = rehearsal.run(&[]).exits(2);
        assert!(
            ended.stderr.contains("damaged") || ended.stderr.contains("is cut"),
            "{}",
            ended.stderr
        );
        assert_eq!(rehearsal.creates(), 0);
    }
}

#[test]
fn a_cell_that_is_no_text_is_its_rows_error_and_hidden_rows_are_told() {
    let cell = |at: &str, content: &str| format!("<c r=\"{at}\"{content}</c>");
    let text = workbook_file::text;
    let header = ["user_id", "phone", "policy_id"].iter().zip('A'..);
    let header: Vec<String> = header
        .map(|(name, column)| text(&format!("{column}1"), name))
        .collect();
    let row = |number: u32, phone: String, attributes: &str| {
        let cells = [
            text(&format!("A{number}"), &user(number)),
            phone,
            text(&format!("C{number}"), WAVE_POLICY),
        ];
        workbook_file::row(number, attributes, &cells)
    };
    let rows = workbook_file::row(1, "", &header)
        + &row(2, cell("B2", "><v>15125550102</v>"), "")
        + &row(3, cell("B3", " s=\"1\"><v>46357</v>"), "")
        + &row(4, cell("B4", " t=\"e\"><v>#N/A</v>"), "")
        + &row(5, cell("B5", "><f>B9</f>"), "")
        + &row(9, text("B9", "+15125550109"), " hidden=\"1\"");
    let sheets = [
        ("Wave", "visible", rows),
        ("Notes", "visible", String::new()),
    ];
    let book = workbook_file::workbook(&sheets, &workbook_file::texts(&[]), &[]);
    let rehearsal = Rehearsal::new();
    std::fs::write(rehearsal.path("wave.xlsx"), book).unwrap();
    let output = rehearsal
        .bare(&["run", "wave.xlsx", "--rate", "max"])
        .output();
    let ended = rehearsal.ended(&output.unwrap()).exits(3);
    let rows = sheets::rows(&rehearsal.path("wave.results.xlsx"));
    let column = |name: &str| -> Vec<String> {
        let cells = rows.iter().map(|row| row[name].clone());
        cells.collect()
    };
    let codes = [
        "phone_number_cell",
        "date_cell",
        "not_a_value",
        "formula_cell",
        "",
    ];
    assert_eq!(column("code"), codes);
    assert_eq!(column("line"), ["2", "3", "4", "5", "9"]);
    let message = &rows[0]["message"];
    assert!(message.contains("did you mean +15125550102?"), "{message}");
    assert_eq!(rehearsal.held().len(), 1, "nothing is corrected by itself");
    for said in ["`Wave` is read", "1 row of the sheet is hidden"] {
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
}

#[test]
fn a_wave_in_another_form_is_another_and_a_change_in_any_cell_is_seen() {
    // Each cell changed: the outcomes may not stay as they are. So the comparison is none that holds
    // whatever is read.
    let plain = plain();
    let forms: [Form; 2] = [workbook_of, |cells| {
        let lines: Vec<String> = cells.iter().map(|row| row.join(";") + "\r\n").collect();
        packed(&encoded(&format!("\u{feff}{}", lines.concat()), UTF_16LE))
    }];
    for (form, delimiter) in forms.into_iter().zip([b',', b';']) {
        for place in 0..3 {
            let mut cells: Vec<Vec<String>> = cells();
            for row in &mut cells {
                row[3] = row[3].replace([',', ';', '"', '\t'], "");
            }
            cells[1][place].insert(1, '7');
            let rehearsal = Rehearsal::new();
            std::fs::write(rehearsal.path("wave.csv"), form(&cells)).unwrap();
            rehearsal.run(&["--dry-run"]).exits(3);
            let rows = outcomes(delimiter, &rehearsal.bytes("wave.dry-run.csv"));
            assert_ne!(rows[0]["outcome"], "ready", "column {place}");
            assert_eq!(rows[1]["outcome"], "ready", "{:?}", rows[1]);
            assert_eq!(rows.len(), plain.len());
        }
    }
}

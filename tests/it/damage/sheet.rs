//! The workbook of a recipe that says `Encode: xlsx`, written row by row, cells parted by `|`:
//!
//! | written | means |
//! | --- | --- |
//! | `[Staff]`, `[Staff hidden]` | a sheet begins; without one all is in the sheet `Wave` |
//! | a line with nothing in it | a row without cells |
//! | `~` before the first cell | a hidden row |
//! | `#15125551234` | a number |
//! | `@45000` | a date, by the number that a spreadsheet keeps |
//! | `!#N/A` | an error |
//! | `?` | a yes |
//! | `=A2` | a formula that nobody has calculated |
//! | `=A2>text` | a formula, and the text that it comes to |
//! | anything else | text |

use crate::forms::workbook_file::{row, text, texts, workbook};

/// A workbook; `plain` makes the text of a cell out of what stands for it.
pub(super) fn written(body: &str, plain: &dyn Fn(&str) -> String) -> Vec<u8> {
    let mut sheets: Vec<(&str, &str, String)> = Vec::new();
    let mut number = 0;
    for line in body.lines() {
        if let Some(name) = line.strip_prefix('[') {
            let name = name.strip_suffix(']').expect("a closing bracket");
            let (name, state) = name.rsplit_once(' ').unwrap_or((name, "visible"));
            sheets.push((name, state, String::new()));
            number = 0;
            continue;
        }
        number += 1;
        let (line, attributes) = match line.strip_prefix('~') {
            Some(line) => (line, " hidden=\"1\""),
            None => (line, ""),
        };
        if sheets.is_empty() {
            sheets.push(("Wave", "visible", String::new()));
        }
        let (_, _, rows) = sheets.last_mut().expect("one was put in");
        if !line.is_empty() {
            let cells: Vec<_> = ('A'..)
                .zip(line.split('|'))
                .map(|(column, written)| cell(&format!("{column}{number}"), written, plain))
                .collect();
            *rows += &row(number, attributes, &cells);
        }
    }
    workbook(&sheets, &texts(&[]), &[])
}

fn cell(at: &str, written: &str, plain: &dyn Fn(&str) -> String) -> String {
    let Some(kind) = written.chars().next() else {
        return String::new();
    };
    let rest = &written[kind.len_utf8()..];
    match kind {
        '#' => format!("<c r=\"{at}\"><v>{rest}</v></c>"),
        '@' => format!("<c r=\"{at}\" s=\"1\"><v>{rest}</v></c>"),
        '!' => format!("<c r=\"{at}\" t=\"e\"><v>{rest}</v></c>"),
        '?' => format!("<c r=\"{at}\" t=\"b\"><v>1</v></c>"),
        '=' => match rest.split_once('>') {
            None => format!("<c r=\"{at}\"><f>{rest}</f></c>"),
            Some((formula, value)) => {
                let value = plain(value);
                format!("<c r=\"{at}\" t=\"str\"><f>{formula}</f><v>{value}</v></c>")
            }
        },
        _ => text(at, &plain(written)),
    }
}

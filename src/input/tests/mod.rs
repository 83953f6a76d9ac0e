//! A wave from its bytes to its rows.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::*;
use crate::model::account::Account;
use crate::model::dialect::{Dialect, LineEnd};
use crate::model::row::InputRow;

mod delimiters;
mod encodings;
mod packed;
mod refused;
mod workbook_file;
mod workbooks;

fn open(path: &Path) -> Result<Wave, Error> {
    Wave::open(&Source::Path(path.to_owned()), &ReadOptions::default())
}

fn file(text: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    file
}

fn rows(text: impl AsRef<[u8]>) -> Vec<InputRow> {
    let file = file(text.as_ref());
    let wave = open(file.path()).unwrap();
    wave.rows().map(Result::unwrap).collect()
}

/// Each row as its line, its fault's code, its cells and its raw bytes.
fn shown(text: impl AsRef<[u8]>) -> Vec<String> {
    rows(text)
        .into_iter()
        .map(|row| {
            let fault = row.fault.map_or("-", |fault| fault.code.as_str());
            let cells: Vec<&str> = row.cells.iter().collect();
            let raw = String::from_utf8_lossy(&row.raw).into_owned();
            format!("{} {fault} [{}] {raw}", row.line, cells.join("|"))
        })
        .collect()
}

#[test]
fn rows_have_numbers_lines_and_one_cell_for_each_header() {
    let rows = rows("user_id,phone,note\n\nu1,p1,\"a,\"\"b\"\"\"\nu2,p2,\n");
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.number.0, row.line, row.cells.len()))
        .collect();
    assert_eq!(seen, [(1, 3, 3), (2, 4, 3)]);
    assert_eq!(rows[0].cells.get(2), "a,\"b\"");
    assert_eq!(rows[0].raw, b"u1,p1,\"a,\"\"b\"\"\"");
    assert!(rows.iter().all(|row| row.fault.is_none()));
}

#[test]
fn the_header_knows_the_form_of_its_file() {
    for (text, marked, line_end) in [
        ("user_id,phone\nu,p\n", false, LineEnd::Lf),
        ("user_id,phone\r\nu,p\n", false, LineEnd::CrLf),
        ("\u{feff}\r\nuser_id,phone\nu,p\r\n", true, LineEnd::Lf),
        ("\u{feff}user_id,phone\r\nu,p", true, LineEnd::CrLf),
    ] {
        let file = file(text.as_bytes());
        let wave = open(file.path()).unwrap();
        assert_eq!(
            wave.header().dialect(),
            Dialect {
                marked,
                line_end,
                ..Dialect::default()
            },
            "{text:?}"
        );
    }
}

#[test]
fn bom_crlf_and_leading_blank_lines_change_nothing() {
    assert_eq!(
        shown("\u{feff}\r\nUser ID,Phone\r\n \r\nu1,p1\r\nu2,p2\r\n"),
        ["4 - [u1|p1] u1,p1", "5 - [u2|p2] u2,p2"]
    );
}

#[test]
fn a_second_pass_sees_the_same_rows_and_both_may_go_on_at_once() {
    let file = file(b"user_id,phone\nu1,p1\nu2,p2\n");
    let wave = open(file.path()).unwrap();
    let (mut one, mut other) = (wave.rows(), wave.rows());
    for _ in 0..2 {
        let (a, b) = (one.next().unwrap().unwrap(), other.next().unwrap().unwrap());
        assert!(a == b);
    }
    assert!(one.next().is_none());
    assert_eq!((one.bytes_read(), wave.opened.size), (26, 26));
    wave.check_unchanged().unwrap();
}

#[test]
fn a_wave_that_grows_while_it_is_read_is_noticed() {
    let mut file = file(b"user_id,phone\nu1,p1\n");
    let wave = open(file.path()).unwrap();
    wave.check_unchanged().unwrap();
    file.write_all(b"u2,p2\n").unwrap();
    let error = wave.check_unchanged().unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("was written to while it was being read")
    );
    assert!(!error.is_usage());
    let mut rows = wave.rows();
    assert!(matches!(rows.next(), Some(Err(Error::Changed { .. }))));
    assert!(rows.next().is_none());
}

#[test]
fn every_line_is_the_headers_blank_or_a_rows() {
    for (text, [lines, header, blank, of_rows, rows]) in [
        (
            "user_id,phone\nu,p\n,,\n\"\",\u{a0}\n\u{1a}",
            [5, 1, 3, 1, 1],
        ),
        ("user_id,phone\n\" \n\",\nu,p\n", [4, 1, 2, 1, 1]),
        ("\n \nuser_id,phone\n\nu,p\n\n", [6, 1, 4, 1, 1]),
        ("\u{feff}user_id,phone\r\nu,p\r\n", [2, 1, 0, 1, 1]),
        ("user_id,phone,\"note\n\n(work)\"\nu,p,n", [4, 3, 0, 1, 1]),
        ("user_id,phone\nu,\"p\n\nq\"\nv,p\n", [5, 1, 0, 4, 2]),
        ("user_id,phone\nu,\"p\n\nv,p\n", [4, 1, 1, 2, 2]),
        ("user_id,phone\nu,p\rv,p\n", [2, 1, 0, 1, 1]),
    ] {
        let file = file(text.as_bytes());
        let wave = open(file.path()).unwrap();
        let mut pass = wave.rows();
        pass.by_ref().for_each(drop);
        let account = pass.account();
        let expected = Account {
            lines,
            header,
            blank,
            of_rows,
            rows,
        };
        assert_eq!(account, expected, "{text:?}");
        assert!(account.balances(), "{text:?}");
    }
}

#[test]
fn a_record_with_fields_too_few_or_too_many_is_shown_in_the_headers_width() {
    assert_eq!(
        shown("user_id,phone,note\nu1,p1\nu2,p2,n2,x,y\nu3\n"),
        [
            "2 field_count [u1|p1|] u1,p1",
            "3 field_count [u2|p2|n2] u2,p2,n2,x,y",
            "4 field_count [u3||] u3",
        ]
    );
}

#[test]
fn a_faulty_quote_costs_its_own_row_and_no_other() {
    assert_eq!(
        shown("user_id,phone\nu1,\"p1\nu2,p2\nu3,\"p\"3\nu4,p\"4\nu5,p5\n"),
        [
            "2 quote_unterminated [u1|\"p1] u1,\"p1",
            "3 - [u2|p2] u2,p2",
            "4 quote_misplaced [u3|\"p\"3] u3,\"p\"3",
            "5 quote_misplaced [u4|p\"4] u4,p\"4",
            "6 - [u5|p5] u5,p5",
        ]
    );
}

#[test]
fn bytes_that_are_not_utf8_are_a_fault_of_their_row_and_never_replaced() {
    // Latin-1, a cut sequence, and a surrogate as CESU-8 has it.
    let text = b"user_id,phone,note\nu1,p1,caf\xe9\nu2,p2,\xe2\x82\nu3,p3,\xed\xa0\xbd\nu4,p4,ok\n";
    let rows = rows(text);
    let notes: Vec<&str> = rows.iter().map(|row| row.cells.get(2)).collect();
    assert_eq!(
        notes,
        [
            "caf\\x{e9}",
            "\\x{e2}\\x{82}",
            "\\x{ed}\\x{a0}\\x{bd}",
            "ok"
        ]
    );
    assert_eq!(rows[0].raw, b"u1,p1,caf\xe9");
    for row in &rows[..3] {
        assert_eq!(row.fault.as_ref().unwrap().code.as_str(), "not_utf8");
    }
    assert_eq!(rows[3].fault, None);
}

#[test]
fn a_last_line_without_an_end_is_taken_only_if_nothing_can_be_lost() {
    for (text, expected) in [
        ("user_id,phone\nu1,p1", "2 row_may_be_cut [u1|p1] u1,p1"),
        (
            "user_id,phone,note\nu1,p1",
            "2 row_may_be_cut [u1|p1|] u1,p1",
        ),
        ("user_id,phone,note\nu1,p1,n", "2 - [u1|p1|n] u1,p1,n"),
        ("phone,user_id\np1,u1", "2 - [p1|u1] p1,u1"),
        ("user_id,phone\nu1,p1\r", "2 - [u1|p1] u1,p1"),
    ] {
        assert_eq!(shown(text), [expected]);
    }
}

#[test]
fn a_rejects_file_can_be_fed_back_as_it_is() {
    let header = "user_id,phone,wavepair_outcome,wavepair_code,wavepair_message\n";
    assert_eq!(
        shown(format!(
            "{header}u1,p1,invalid,phone_character,\"a, b\"\nu2,p2,x,invalid,field_count,m\nu3,\n"
        )),
        [
            "2 - [u1|p1] u1,p1",
            "3 field_count [u2|p2] u2,p2,x",
            "4 field_count [u3|] u3,",
        ]
    );
    assert_eq!(
        shown("wavepair_code,user_id,wavepair_x,phone\nc,\"u,1\",x,p1\n"),
        ["2 - [u,1|p1] \"u,1\",p1"]
    );
}

#[test]
fn a_field_or_line_that_is_too_long_is_an_error_of_its_row() {
    let long = "x".repeat(65_537);
    let fine = "x".repeat(65_536);
    let text = format!("user_id,phone,note\nu1,p1,{long}\nu2,p2,{fine}\nu3,p3,n\n");
    let seen = rows(&text);
    assert_eq!(
        seen[0].fault.as_ref().unwrap().code.as_str(),
        "field_too_long"
    );
    assert_eq!((seen[0].cells.get(0), seen[0].cells.get(2)), ("u1", ""));
    assert_eq!(seen[0].raw.len(), 65_537 + 6);
    assert_eq!((seen[1].fault.clone(), seen[2].fault.clone()), (None, None));
}

#[test]
fn two_hundred_megabytes_without_a_line_end_are_one_row_and_not_held() {
    let mut file = file(b"user_id,phone,note\nu1,p1,");
    file.as_file().set_len(200 << 20).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    file.write_all(b"\nu2,p2,n\n").unwrap();
    let wave = open(file.path()).unwrap();
    let rows: Vec<InputRow> = wave.rows().map(Result::unwrap).collect();
    assert_eq!(
        rows[0].fault.as_ref().unwrap().code.as_str(),
        "field_too_long"
    );
    assert_eq!(rows[0].cells.iter().collect::<Vec<_>>(), ["u1", "p1", ""]);
    assert!(rows[0].raw.is_empty());
    assert_eq!((rows[1].line, rows[1].fault.clone()), (3, None));
}

#[test]
fn a_thousand_columns_are_carried_through() {
    let list = |first: &str, of: fn(usize) -> String| {
        let rest: Vec<String> = (0..1000).map(of).collect();
        format!("{first},{}\n", rest.join(","))
    };
    let header = list("user_id,phone", |n| format!("n{n}x"));
    let rows = rows(header + &list("u1,p1", |n| n.to_string()));
    assert_eq!(
        (rows[0].cells.len(), rows[0].cells.get(1001)),
        (1002, "999")
    );
}

#[test]
fn a_header_may_span_lines_in_quotes() {
    assert_eq!(
        shown("user_id,phone,\"note\n(long)\"\nu1,p1,n\n"),
        ["3 - [u1|p1|n] u1,p1,n"]
    );
}

#[test]
fn debug_output_shows_no_cell() {
    let file = file(b"user_id,phone\n\"u,1\",\"+447911123456\nu2,+447911123457\n");
    let mut rows = open(file.path()).unwrap().rows();
    let first = rows.next().unwrap().unwrap();
    let shown = format!("{first:?} {rows:?}");
    assert!(
        !shown.contains("4479") && !shown.contains("52, 52, 55"),
        "{shown}"
    );
}

#[test]
fn a_carriage_return_in_a_row_never_makes_two_rows_one() {
    assert_eq!(
        shown("user_id,phone\nu1,p1\ru2,p2\n"),
        ["2 field_count [u1|p1\ru2] u1,p1\ru2,p2"]
    );
}

fn is_blank(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    text.chars().all(|c| ",\"".contains(c) || c.is_whitespace())
}

#[test]
fn with_nameless_columns_behind_it_the_phone_is_whole_only_if_they_follow() {
    for (text, expected) in [
        ("user_id,phone,,\nu1,p1", "2 row_may_be_cut [u1|p1] u1,p1"),
        ("user_id,phone,,\nu1,p1,", "2 - [u1|p1] u1,p1"),
        ("user_id,phone,,\nu1,p1,,", "2 - [u1|p1] u1,p1"),
        (
            "user_id,phone,,\nu1,p1,,,",
            "2 row_may_be_cut [u1|p1] u1,p1,,,",
        ),
    ] {
        assert_eq!(shown(text), [expected]);
    }
}

#[test]
fn in_a_rejects_file_only_the_mark_before_a_formula_is_taken_off() {
    let cells = "'=1+1,'+44 791x,'+44 7911,''=1,'quoted',\"'@a\"";
    let header = "user_id,phone,a,b,c,d";
    assert_eq!(
        shown(format!("{header},wavepair_code\n{cells},x\n")),
        [format!(
            "2 - [=1+1|+44 791x|'+44 7911|''=1|'quoted'|@a] {cells}"
        )]
    );
    assert_eq!(
        shown(format!("{header}\n{cells}\n")),
        [format!(
            "2 - [{}] {cells}",
            cells.replace(',', "|").replace('"', "")
        )]
    );
}

proptest! {
    #[test]
    fn any_bytes_behind_a_header_are_rows_and_every_filled_line_is_in_one(
        body in prop::collection::vec(
            prop_oneof![
                4 => prop::sample::select(&b"a,\"\n\r \xff"[..]),
                // The mark for the end of a file is no row where it stands last.
                1 => any::<u8>().prop_filter("Ctrl-Z", |&byte| byte != 0x1a),
            ],
            0..200,
        ),
    ) {
        let text = [b"user_id,phone\n".as_slice(), &body].concat();
        let file = file(&text);
        let wave = match open(file.path()) {
            Ok(wave) => wave,
            Err(error) => {
                prop_assert!(error.to_string().ends_with("not a single row"), "{}", error);
                prop_assert!(body.split(|&b| b == b'\n').all(is_blank));
                return Ok(());
            }
        };
        let mut pass = wave.rows();
        let rows: Vec<InputRow> = pass.by_ref().map(Result::unwrap).collect();
        prop_assert!(pass.account().balances());
        let filled = body
            .split(|&b| b == b'\n')
            .filter(|line| !is_blank(line))
            .count();
        let covered: usize = rows
            .iter()
            .map(|row| {
                let lines = row.raw.split(|&b| b == b'\n');
                lines.filter(|line| !is_blank(line)).count()
            })
            .sum();
        prop_assert_eq!(covered, filled);
        for (row, number) in rows.iter().zip(1..) {
            prop_assert_eq!((row.number.0, row.cells.len()), (number, 2));
        }
    }
}

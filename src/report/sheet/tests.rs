//! What is in a workbook, read by other libraries.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};

use super::*;

const HEADER: [(&str, Holds); 3] = [
    ("row", Holds::Numbers),
    ("outcome", Holds::Text),
    ("phone", Holds::Text),
];

fn text_of(text: &str) -> Value<'_> {
    Value::Text(text.into())
}

/// The bytes of a workbook with a row for each text.
fn written(texts: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut sheet = Sheet::begin(folder.path(), "results", &HEADER).unwrap();
    for (number, text) in (1..).zip(texts) {
        let outcome = Outcome::ALL[number % Outcome::ALL.len()];
        let number = Value::Number(number as u64);
        let row = [number, Value::Outcome(outcome), text_of(text)];
        sheet.row(&row).unwrap();
    }
    let mut bytes = Vec::new();
    sheet.finish(&mut bytes).unwrap();
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "nothing is left beside it");
    bytes
}

fn cells(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range("results").unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// A part of the file.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn another_library_reads_every_text_as_the_text_that_it_was() {
    let texts = [
        "+447911123456",
        "00123",
        "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506",
        "1e5",
        "TRUE",
        "2026-11-01",
        "'=1+1",
        " two  blanks ",
        "a\nb\r\nc\td",
        "_x0041_ and _x000D_",
        "\u{1b}[1m\u{0}",
        "<&>\"'",
        "é漢😀\u{202e}",
    ];
    let read = cells(written(&texts));
    let string = |text: &str| Data::String(text.to_owned());
    assert_eq!(read[0], ["row", "outcome", "phone"].map(string));
    for (number, (row, text)) in (1_u32..).zip(read[1..].iter().zip(texts)) {
        assert_eq!(row[0], Data::Float(number.into()));
        assert_eq!(row[2], string(text), "{text:?}");
    }
    assert_eq!(read[1][1], string("existing"));
    assert_eq!(read.len(), texts.len() + 1);
}

#[test]
fn a_cell_without_text_is_empty_and_one_that_is_too_long_ends_with_a_mark() {
    let (fits, long) = ("😀".repeat(MAX_TEXT / 2), "😀".repeat(MAX_TEXT));
    let read = cells(written(&["", &fits, &long]));
    assert_eq!(read[1][2], Data::Empty);
    assert_eq!(read[2][2], Data::String(fits.clone()));
    assert_eq!(read[3][2], Data::String(fits + "…"));
}

#[test]
fn header_and_filters_stay_in_sight_and_columns_fit_their_text_to_a_limit() {
    let bytes = written(&["+447911123456", &"x".repeat(500)]);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for found in [
        r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
        r#"<autoFilter ref="A1:C3"/>"#,
        r#"numberStoredAsText="1""#,
    ] {
        assert!(sheet.contains(found), "{found}: {sheet}");
    }
    let widths: Vec<f64> = sheet
        .split(r#" width=""#)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
        .collect();
    for (width, expected) in widths.iter().zip([8.0, 12.0, 60.0]) {
        assert!((width - expected).abs() < 1.0, "{widths:?}");
    }
    assert_eq!(widths.len(), 3);
    // Phones stay text when they are edited, and each kind of outcome has its color.
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains(r#"numFmtId="49""#), "{styles}");
    assert!(styles.contains("FFC6EFCE"), "{styles}");
}

#[test]
fn the_same_rows_make_the_same_bytes_whenever_they_are_written() {
    let rows = ["a", "b", "c"];
    let bytes = written(&rows);
    assert!(bytes == written(&rows));
    // The clock has moved on by less than a second: what would tell must not be there.
    let made = part(&bytes, "docProps/core.xml");
    let dates: Vec<_> = made.matches("2000-01-01T00:00:00Z").collect();
    assert_eq!(dates.len(), made.matches("W3CDTF").count(), "{made}");
    assert!(bytes != written(&["a", "b", "d"]));
}

#[test]
fn a_sheet_has_room_for_so_many_rows_and_columns() {
    assert_eq!(overfull(1_048_575, 16_384), None);
    assert_eq!(
        overfull(1_048_576, 16_384).as_deref(),
        Some("1,048,575 rows below its header; the wave has 1,048,576")
    );
    assert_eq!(
        overfull(1, 16_385).as_deref(),
        Some("16,384 columns, not for 16,385")
    );
}

#[test]
fn a_sheet_that_is_full_and_a_file_that_cannot_be_written_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    Sheet::begin(&missing, "results", &HEADER).unwrap_err();
    let wide = vec![("x", Holds::Text); MAX_COLUMNS + 1];
    Sheet::begin(folder.path(), "results", &wide).unwrap_err();

    let sheet = Sheet::begin(folder.path(), "results", &HEADER).unwrap();
    let mut full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let error = sheet.finish(&mut full).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{error}");

    let mut sheet = Sheet::begin(folder.path(), "results", &HEADER).unwrap();
    sheet.rows = u32::try_from(MAX_ROWS).unwrap();
    let row = [Value::Number(1), Value::Nothing, text_of("x")];
    sheet.row(&row).unwrap();
    sheet.row(&row).unwrap_err();
}

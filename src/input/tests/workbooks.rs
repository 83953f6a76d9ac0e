//! Workbooks: which sheet, which cells, and what is refused.

use super::workbook_file::{Sheet, archive, row, text, texts, workbook};
use super::*;
use crate::model::dialect::Container;

const HEADER: [&str; 3] = ["user_id", "phone", "note"];

/// A row of text cells.
fn line(number: u32, attributes: &str, cells: &[&str]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .zip('A'..)
        .map(|(cell, column)| text(&format!("{column}{number}"), cell))
        .collect();
    row(number, attributes, &cells)
}

/// A workbook of one sheet, with a header in its first row.
fn sheet(rows: &str) -> Vec<u8> {
    let rows = line(1, "", &HEADER) + rows;
    workbook(&[("Wave", "visible", rows)], &texts(&[]), &[])
}

fn read(bytes: &[u8], sheet: Option<&str>) -> Result<Wave, Error> {
    let file = file(bytes);
    let (_, path) = file.keep().unwrap();
    let options = ReadOptions {
        form: NamedForm {
            sheet: sheet.map(str::to_owned),
            ..NamedForm::default()
        },
        ..ReadOptions::default()
    };
    let wave = Wave::open(&Source::Path(path.clone()), &options);
    // The wave is read from a copy: what is watched is looked at in another test.
    drop(path);
    wave
}

/// Each row as its line, its code, its cells, and its bytes for a rejects file.
fn seen(wave: &Wave) -> Vec<String> {
    let mut pass = wave.rows();
    let rows = pass
        .by_ref()
        .map(|row| {
            let row = row.unwrap();
            let fault = row.fault.map_or("-", |fault| fault.code.as_str());
            let cells: Vec<&str> = row.cells.iter().collect();
            let raw = String::from_utf8(row.raw).unwrap();
            format!("{} {fault} [{}] {raw}", row.line, cells.join("|"))
        })
        .collect();
    assert!(pass.account().balances());
    rows
}

fn refusal(bytes: &[u8], sheet: Option<&str>) -> (String, String) {
    let error = read(bytes, sheet).unwrap_err();
    assert!(error.is_usage(), "{error}");
    let text = error.to_string();
    let (_, flaw) = text.split_once(": ").unwrap();
    (flaw.to_owned(), error.hint().unwrap())
}

#[test]
fn a_row_of_a_sheet_is_a_row_and_has_its_number() {
    let rows = line(3, "", &["u1", "p1", "a,\"b\"\nc\td"])
        + &line(4, "", &["", " ", ""])
        + &line(7, "", &["u2", "p2"])
        + &line(8, "", &["u3", "p3", "", "x"]);
    let bytes = sheet(&rows);
    let wave = read(&bytes, None).unwrap();
    assert_eq!(
        seen(&wave),
        [
            "3 - [u1|p1|a,\"b\"\nc\td] u1,p1,\"a,\"\"b\"\"\nc\td\"",
            "7 - [u2|p2|] u2,p2,",
            "8 field_count [u3|p3|] u3,p3,,x",
        ]
    );
    let dialect = wave.header().dialect();
    assert_eq!(dialect.container, Container::Workbook);
}

#[test]
fn the_header_is_the_first_row_with_content() {
    let rows = line(4, "", &HEADER) + &line(5, "", &["u1", "p1", "n"]);
    let bytes = workbook(&[("Wave", "visible", rows)], &texts(&[]), &[]);
    assert_eq!(
        seen(&read(&bytes, None).unwrap()),
        ["5 - [u1|p1|n] u1,p1,n"]
    );
    let titled =
        line(1, "", &["Onboarding"]) + &line(3, "", &HEADER) + &line(4, "", &["u1", "p1", "n"]);
    let bytes = workbook(&[("Wave", "visible", titled)], &texts(&[]), &[]);
    let (flaw, _) = refusal(&bytes, None);
    assert_eq!(flaw, "this line is not the header, which stands in line 3");
}

#[test]
fn a_text_is_read_as_it_is_wherever_the_workbook_keeps_it() {
    let kept = |index: u32| format!("<c r=\"C2\" t=\"s\"><v>{index}</v></c>");
    let rich = "<c r=\"C2\" t=\"inlineStr\"><is><r><t>+44</t></r><r><t>7911</t></r></is></c>";
    for (cell, expected) in [
        (kept(0), "+4479"),
        (kept(1), ""),
        (kept(2), "007"),
        (rich.to_owned(), "+447911"),
        (
            "<c r=\"C2\" t=\"str\"><f>A1</f><v>a&amp;b</v></c>".to_owned(),
            "a&b",
        ),
        ("<c r=\"C2\" t=\"b\"><v>1</v></c>".to_owned(), "TRUE"),
        ("<c r=\"C2\" t=\"str\"><f>A1</f><v></v></c>".to_owned(), ""),
        (
            "<c r=\"C2\" s=\"2\"><v>15125550100</v></c>".to_owned(),
            "15125550100",
        ),
        ("<c r=\"C2\"><v>1.5</v></c>".to_owned(), "1.5"),
        ("<c r=\"C2\"><v>-7</v></c>".to_owned(), "-7"),
        (
            "<c r=\"C2\" s=\"1\"><v>46357</v></c>".to_owned(),
            "2026-12-01",
        ),
        (
            "<c r=\"C2\" s=\"1\"><v>46357.25</v></c>".to_owned(),
            "2026-12-01 06:00:00",
        ),
        ("<c r=\"C2\" t=\"e\"><v>#N/A</v></c>".to_owned(), "#N/A"),
    ] {
        let rows = line(1, "", &HEADER) + &row(2, "", &[text("A2", "u1"), text("B2", "p1"), cell]);
        let bytes = workbook(
            &[("Wave", "visible", rows)],
            &texts(&["+4479", "", "007"]),
            &[],
        );
        let wave = read(&bytes, None).unwrap();
        let row = wave.rows().next().unwrap().unwrap();
        // The note means nothing to wavepair, and is carried through.
        assert_eq!((row.cells.get(2), row.fault), (expected, None));
    }
}

#[test]
fn a_cell_that_is_no_text_is_an_error_where_it_means_something() {
    let long = "<c r=\"A2\"><v>1234567890123456</v></c>".to_owned();
    for (cells, code, raw) in [
        (
            vec![
                text("A2", "u1"),
                "<c r=\"B2\"><v>447911123456</v></c>".to_owned(),
            ],
            "phone_number_cell",
            "u1,447911123456,",
        ),
        (
            vec![
                text("A2", "u1"),
                "<c r=\"B2\" s=\"1\"><v>46357</v></c>".to_owned(),
            ],
            "date_cell",
            "u1,2026-12-01,",
        ),
        (
            vec![
                "<c r=\"A2\" t=\"e\"><v>#REF!</v></c>".to_owned(),
                text("B2", "p1"),
            ],
            "error_cell",
            "#REF!,p1,",
        ),
        (
            vec![text("A2", "u1"), "<c r=\"B2\"><f>C2</f></c>".to_owned()],
            "formula_cell",
            "u1,,",
        ),
        (
            vec![long, text("B2", "p1")],
            "number_cell",
            "1234567890123456,p1,",
        ),
        // In the phone's column an error is a word for no value, as in any file.
        (
            vec![
                text("A2", "u1"),
                "<c r=\"B2\" t=\"e\"><v>#N/A</v></c>".to_owned(),
            ],
            "-",
            "u1,#N/A,",
        ),
        (
            vec!["<c r=\"A2\"><v>42</v></c>".to_owned(), text("B2", "p1")],
            "-",
            "42,p1,",
        ),
    ] {
        let bytes = sheet(&row(2, "", &cells));
        let wave = read(&bytes, None).unwrap();
        let row = wave.rows().next().unwrap().unwrap();
        let fault = row.fault.as_ref();
        assert_eq!(fault.map_or("-", |fault| fault.code.as_str()), code);
        assert_eq!(String::from_utf8(row.raw).unwrap(), raw);
    }
    let phone = "<c r=\"B2\"><v>447911123456</v></c>".to_owned();
    let bytes = sheet(&row(2, "", &[text("A2", "u1"), phone]));
    let row = read(&bytes, None).unwrap().rows().next().unwrap().unwrap();
    let message = row.fault.unwrap().message;
    assert!(
        message.ends_with("did you mean +447911123456?"),
        "{message}"
    );
}

#[test]
fn the_first_sheet_that_is_shown_is_read_or_the_one_that_is_named() {
    let of = |user: &str| line(1, "", &HEADER) + &line(2, "", &[user, "p", "n"]);
    let sheets: [Sheet<'_>; 4] = [
        ("Old", "hidden", of("u0")),
        ("Wave", "visible", of("u1")),
        ("Other &amp; more", "visible", of("u2")),
        ("1", "veryHidden", of("u3")),
    ];
    let bytes = workbook(&sheets, &texts(&[]), &[]);
    for (named, user) in [
        (None, "u1"),
        (Some("Wave"), "u1"),
        (Some("Other & more"), "u2"),
        (Some("2"), "u1"),
        (Some("3"), "u2"),
        // A name comes before a number.
        (Some("1"), "u3"),
        (Some("Old"), "u0"),
    ] {
        let wave = read(&bytes, named).unwrap();
        assert_eq!(wave.rows().next().unwrap().unwrap().cells.get(0), user);
        let others = u64::from(named.is_none());
        assert_eq!(wave.sheet().unwrap().others, others);
    }
    for named in ["wave", "5", "0", ""] {
        let (flaw, hint) = refusal(&bytes, Some(named));
        assert_eq!(flaw, format!("has no sheet `{named}` with rows"));
        assert_eq!(hint, "the sheets are `Old`, `Wave`, `Other & more`, `1`");
    }
    let hidden = workbook(&[("Old", "hidden", of("u"))], &texts(&[]), &[]);
    assert!(refusal(&hidden, None).0.contains("no sheet"));
    let (flaw, _) = refusal(b"user_id,phone\nu,p\n", Some("Wave"));
    assert_eq!(flaw, "is no workbook, so it has no sheet");
}

#[test]
fn hidden_rows_are_read_and_counted() {
    let rows = line(2, " hidden=\"1\"", &["u1", "p1", "n"])
        + &line(3, "", &["u2", "p2", "n"])
        + &line(4, " hidden=\"true\"", &["u3", "p3", "n"])
        + &row(5, " hidden=\"1\"", &[]);
    let wave = read(&sheet(&rows), None).unwrap();
    assert_eq!(wave.sheet().unwrap().hidden_rows, 2);
    assert_eq!(wave.rows().count(), 3);
}

#[test]
fn what_is_no_workbook_that_is_read_says_what_to_do() {
    let old = |name: &str| {
        let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        bytes.resize(70_000, 0);
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    let whole = line(1, "", &HEADER) + &line(2, "", &["u", "p", "n"]);
    let macros = workbook(
        &[("Wave", "visible", whole)],
        &texts(&[]),
        &[("xl/vbaProject.bin", b"")],
    );
    let open_document: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    for (bytes, flaw, hint) in [
        (old("Workbook"), "(.xls)", "save it as .xlsx"),
        (old("EncryptedPackage"), "password", "without the password"),
        (macros, "macros", "without macros"),
        (
            archive(&[("[Content_Types].xml", b""), ("xl/workbook.bin", b"")]),
            "(.xlsb)",
            "save it as .xlsx",
        ),
        (
            archive(&[("mimetype", open_document), ("content.xml", b"")]),
            "(.ods)",
            "save it as .xlsx",
        ),
        (
            archive(&[("Index/Document.iwa", b"")]),
            "Numbers",
            "export it as .xlsx",
        ),
        (
            archive(&[("wave.csv", b"user_id,phone\n")]),
            "zip",
            "unpack it",
        ),
    ] {
        let (found, what) = refusal(&bytes, None);
        assert!(found.contains(flaw), "{found}");
        assert!(what.contains(hint), "{what}");
    }
}

#[test]
fn a_workbook_that_is_cut_damaged_or_says_what_cannot_be_is_refused() {
    let rows = line(2, "", &["u1", "p1", "n"]);
    let whole = sheet(&rows);
    for end in [whole.len() / 4, whole.len() / 2, whole.len() - 1] {
        let (flaw, _) = refusal(&whole[..end], None);
        assert!(
            ["is damaged", "is cut: it ends before its own end"].contains(&flaw.as_str()),
            "{flaw}"
        );
    }
    let cell = |at: &str| format!("<row><c r=\"{at}\" t=\"str\"><v>x</v></c></row>");
    let many = texts(&[]).replace("uniqueCount=\"0\"", "uniqueCount=\"99999999999999999\"");
    let header = line(1, "", &HEADER);
    let open = |rows: String, texts: &str| workbook(&[("Wave", "visible", rows)], texts, &[]);
    for bytes in [
        // A row that comes twice, a cell that comes twice, a row that no sheet has.
        sheet(&(rows.clone() + &line(1, "", &["x"]))),
        sheet(&row(2, "", &[text("A2", "u"), text("A2", "v")])),
        sheet(&cell("A1048577")),
        open(header.clone() + &rows, &many),
        // A text that the table does not have.
        sheet(&row(
            2,
            "",
            &["<c r=\"A2\" t=\"s\"><v>7</v></c>".to_owned()],
        )),
        open(header.clone() + "<row r=\"2\"><c r=\"A2\">", &texts(&[])),
    ] {
        assert_eq!(refusal(&bytes, None).0, "is damaged");
    }
    // The last row that a sheet has.
    let last = sheet(&line(1_048_576, "", &["u1", "p1", "n"]));
    let row = read(&last, None).unwrap().rows().next().unwrap().unwrap();
    assert_eq!(row.line, 1_048_576);
}

#[test]
fn a_part_that_grows_beyond_any_workbook_is_refused() {
    // Columns far to the right, in many rows: small as XML, large as CSV.
    let row = |number: u32| {
        let cell = format!("<c r=\"XFD{number}\" t=\"b\"><v>1</v></c>");
        row(number, "", &[cell])
    };
    let rows: String = (2..30_000).map(row).collect();
    let (flaw, _) = refusal(&sheet(&rows), None);
    assert_eq!(flaw, "is larger than any wave when it is unpacked");
}

//! Waves, and the phones in them.

use std::io::Write;

use wavepair::testing::input::{ReadOptions, Source, Wave};
use wavepair::testing::model::{
    Address, Column, Container, Delimiter, DeviceType, E164, Header, InputRow, LineEnd, Names,
    PolicyRef, RowDefaults, Unasked, validate,
};

/// Reads a wave: no line is lost, and no phone that is accepted has other digits than its cell.
pub fn csv(data: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for a file");
    file.write_all(data).expect("there is room for the wave");
    let source = Source::Path(file.path().to_owned());
    let wave = match Wave::open(&source, &ReadOptions::default()) {
        Ok(wave) => wave,
        Err(error) => return assert!(error.is_usage(), "{error}"),
    };
    let mut reader = wave.rows();
    let rows: Vec<InputRow> = reader
        .by_ref()
        .map(|row| row.expect("a file in memory can be read"))
        .collect();
    let form = wave.header().dialect();
    // Of another form a copy is read, whose bytes are others.
    let is_read_as_it_is = form.container == Container::Plain && form.encoding.name() == "UTF-8";
    assert!(!is_read_as_it_is || reader.bytes_read() == data.len() as u64);
    assert!(
        wave.rows().flatten().eq(rows.iter().cloned()),
        "a second look shows another wave"
    );
    for (number, row) in (1..).zip(&rows) {
        assert_eq!(row.number.0, number);
        assert_eq!(row.cells.len(), wave.header().names().len());
        judge(wave.header(), row);
    }
    // Columns of wavepair's own are not kept, nor is a line without end.
    let own = data
        .to_ascii_lowercase()
        .windows(8)
        .any(|w| w == b"wavepair");
    // Nor are columns without a name.
    let columns = wave.header().names().len();
    let is_usual = is_read_as_it_is
        && form.delimiter == Delimiter::COMMA
        && form.line_end != LineEnd::Cr
        && !data.to_ascii_lowercase().windows(4).any(|w| w == b"sep=");
    if is_usual && !own && data.len() < 1 << 20 && header_fields(data) == columns {
        account_for_every_line(data, &rows);
    }
}

/// How many fields the line of the header has, if none of them is quoted.
fn header_fields(data: &[u8]) -> usize {
    let header = data
        .split(|byte| *byte == b'\n')
        .find(|line| !is_blank(line));
    header.map_or(0, |line| line.split(|byte| *byte == b',').count())
}

/// Whether there is nothing to see in a line but separators and quotes.
fn is_blank(line: &[u8]) -> bool {
    let is_unseen = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '\u{ad}'
                    | '\u{34f}'
                    | '\u{61c}'
                    | '\u{115f}'..='\u{1160}'
                    | '\u{17b4}'..='\u{17b5}'
                    | '\u{180b}'..='\u{180f}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{202a}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{3164}'
                    | '\u{fe00}'..='\u{fe0f}'
                    | '\u{feff}'
                    | '\u{ffa0}'
                    | '\u{fff0}'..='\u{fffb}'
                    | '\u{1bca0}'..='\u{1bca3}'
                    | '\u{1d173}'..='\u{1d17a}'
                    | '\u{e0000}'..='\u{e0fff}'
            )
    };
    let is_blank = |text: &str| text.chars().all(|c| ",\"".contains(c) || is_unseen(c));
    std::str::from_utf8(line).is_ok_and(is_blank)
}

fn judge(header: &Header, row: &InputRow) {
    let defaults = RowDefaults {
        policy: Some(PolicyRef::Id(super::subject::request().policy)),
        kind: DeviceType::WhatsApp,
        status: None,
        country: None,
    };
    let address = match validate(header, row, &defaults, &Names::default()).verdict {
        Ok(valid) => valid.request.key.address,
        Err(Unasked::Unresolved(asks)) => asks.address,
        Err(Unasked::Invalid(invalid)) => return assert!(!invalid.message().is_empty()),
    };
    assert!(row.fault.is_none(), "{row:?} is faulty and valid");
    if let Address::Phone(phone) = address {
        let place = header.place(Column::Phone).expect("a phone has a column");
        assert_eq!(phone.digits(), digits(row.cells.get(place)));
    }
}

/// Every line is the header's, blank, or one that a row has byte for byte.
fn account_for_every_line(data: &[u8], rows: &[InputRow]) {
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let lines: Vec<&[u8]> = data.split_inclusive(|byte| *byte == b'\n').collect();
    let header = lines.iter().position(|line| !is_blank(line));
    let header = header.expect("a wave has a header");
    // A header with quotes may span lines; where it ends is for the reader to say.
    let mut next = match rows.first() {
        Some(row) if lines[header].contains(&b'"') => place(row.line),
        None if lines[header].contains(&b'"') => return,
        Some(_) | None => header + 1,
    };
    for row in rows {
        let start = place(row.line);
        assert!(start >= next, "{row:?} starts inside another one");
        assert!(
            lines[next..start].iter().all(|line| is_blank(line)),
            "before {row:?}"
        );
        let count = row.raw.split(|byte| *byte == b'\n').count();
        next = start + count;
        assert_eq!(
            without_end(&lines[start..next].concat()),
            row.raw,
            "{row:?}"
        );
    }
    // The mark of DOS for the end of a file is no row.
    let is_end = |line: &[u8]| without_end(line).iter().all(|byte| *byte == 0x1a);
    let mut rest = lines[next..].iter().rev().peekable();
    rest.next_if(|line| is_end(line));
    assert!(rest.all(|line| is_blank(line)), "behind the last row");
}

fn place(line: u64) -> usize {
    usize::try_from(line - 1).expect("a line of a small file")
}

fn without_end(text: &[u8]) -> &[u8] {
    let Some(line) = text.strip_suffix(b"\n") else {
        return text.strip_suffix(b"\r").unwrap_or(text);
    };
    // A carriage return too many is part of the line end.
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Reads a phone: what is accepted has the digits that were written, and reads the same again.
pub fn phone(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match E164::parse(text) {
        Ok((phone, _)) => {
            assert_eq!(phone.digits(), digits(text));
            assert_eq!(
                E164::parse(&phone.to_string()).ok().map(|(again, _)| again),
                Some(phone)
            );
            assert_eq!(E164::from_digits(&phone.digits()), Some(phone));
            let shown = format!("{phone:?} {}", phone.masked());
            assert!(!shown.contains(&phone.digits()[3..]), "{shown}");
        }
        Err(problem) => {
            let code = problem.code.as_str();
            assert!(
                code.starts_with("phone_") || code == "not_a_value",
                "{code}"
            );
            assert!(!problem.message.chars().any(char::is_control));
        }
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

//! Waves, and the phones in them.

use std::io::Write;

use wavepair::input::source::Source;
use wavepair::input::{ReadOptions, Wave};
use wavepair::model::phone::E164;
use wavepair::model::request::{Address, DeviceType, RowDefaults};
use wavepair::model::row::{Column, Header, InputRow};
use wavepair::model::validate::validate;

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
    assert_eq!(reader.bytes_read(), data.len() as u64);
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
    if !own && data.len() < 1 << 20 {
        account_for_every_line(data, &rows);
    }
}

fn judge(header: &Header, row: &InputRow) {
    let defaults = RowDefaults {
        policy: Some(super::subject::request().policy),
        kind: DeviceType::WhatsApp,
        status: None,
    };
    let valid = match validate(header, row, &defaults) {
        Ok(valid) => valid,
        Err(invalid) => return assert!(!invalid.message().is_empty()),
    };
    assert!(row.fault.is_none(), "{row:?} is faulty and valid");
    if let Address::Phone(phone) = valid.request.key.address {
        let place = header.place(Column::Phone).expect("a phone has a column");
        assert_eq!(phone.digits(), digits(row.cells.get(place)));
    }
}

/// Every line is the header's, blank, or one that a row has byte for byte.
fn account_for_every_line(data: &[u8], rows: &[InputRow]) {
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let lines: Vec<&[u8]> = data.split_inclusive(|byte| *byte == b'\n').collect();
    let is_blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
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
        assert!(lines[next..start].iter().all(is_blank), "before {row:?}");
        let count = row.raw.split(|byte| *byte == b'\n').count();
        next = start + count;
        assert_eq!(
            without_end(&lines[start..next].concat()),
            row.raw,
            "{row:?}"
        );
    }
    assert!(lines[next..].iter().all(is_blank), "behind the last row");
}

fn place(line: u64) -> usize {
    usize::try_from(line - 1).expect("a line of a small file")
}

fn without_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Reads a phone: what is accepted has the digits that were written, and reads the same again.
pub fn phone(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match E164::examine(text) {
        Ok((phone, _)) => {
            assert_eq!(phone.digits(), digits(text));
            assert_eq!(E164::parse(&phone.to_string()).ok(), Some(phone));
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

//! Text in every form that the tests write and read back.

use std::collections::BTreeMap;
use std::io::Write;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a file, without its byte order mark; what is neither UTF-8 nor UTF-16 is taken for
/// windows-1252.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    let encoding = match bytes {
        [0, ..] => UTF_16BE,
        [_, 0, ..] => UTF_16LE,
        _ if std::str::from_utf8(bytes).is_ok() => UTF_8,
        _ => WINDOWS_1252,
    };
    let (text, _, is_lossy) = encoding.decode(bytes);
    assert!(!is_lossy, "{}", encoding.name());
    text.into_owned()
}

/// A text in an encoding that has all of its characters.
pub(crate) fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let units = text.encode_utf16();
    if encoding == UTF_16LE {
        units.flat_map(u16::to_le_bytes).collect()
    } else if encoding == UTF_16BE {
        units.flat_map(u16::to_be_bytes).collect()
    } else {
        let (bytes, _, is_lossy) = encoding.encode(text);
        assert!(!is_lossy);
        bytes.into_owned()
    }
}

/// The same bytes, compressed with gzip.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A row of a file that wavepair wrote, a map from column to cell.
pub(crate) type Row = BTreeMap<String, String>;

/// The rows of a file that wavepair wrote; none where there are no bytes.
pub(crate) fn rows(written: &[u8]) -> Vec<Row> {
    let text = decoded(written);
    // Behind the name of the first column stands what separates the columns.
    let delimiter = text
        .strip_prefix("row")
        .and_then(|rest| rest.bytes().next());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// One column of all rows.
pub(crate) fn column<'a>(rows: &'a [Row], name: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

//! The bytes of one CSV record, and how to give them the columns of another file.

use crate::model::dialect::{Delimiter, Dialect};
use crate::model::fields::{Field, Fields, Progress};
use crate::model::formula::{MARK, is_formula, marked};
use crate::model::undecodable::shown;

/// The bytes of a record, without its line end, with at least so many fields; `guard` marks those
/// that a spreadsheet would run.
///
/// A short record gets empty ones. A record with a quote out of place would swallow the lines
/// behind it or be swallowed: it becomes one quoted field, which any reader turns back into
/// the same bytes.
pub(super) fn in_columns(
    record: &[u8],
    columns: usize,
    delimiter: Delimiter,
    guard: bool,
) -> Vec<u8> {
    let mut line = Vec::with_capacity(record.len() + 64);
    let count = if let Some(fields) = fields_of(record, delimiter) {
        for (place, field) in fields.found().iter().enumerate() {
            if place > 0 {
                line.push(delimiter.byte());
            }
            push_as_it_is(&mut line, field.raw(record), guard);
        }
        fields.found().len()
    } else {
        push_quoted(&mut line, record, guard);
        1
    };
    for _ in count..columns {
        line.push(delimiter.byte());
    }
    line
}

/// What the fields of a record that was read in a dialect say, at least so many; `guard` marks those
/// that a spreadsheet would run. A byte that could not be decoded is written as `\x{ff}`.
///
/// As with [`in_columns`], a record with a quote out of place is one field.
pub(super) fn texts_in_columns(
    record: &[u8],
    columns: usize,
    dialect: Dialect,
    guard: bool,
) -> Vec<String> {
    let text = |value: &[u8]| {
        let text = shown(value, dialect.encoding);
        if guard {
            marked(&text).into_owned()
        } else {
            text
        }
    };
    let mut texts: Vec<_> = match fields_of(record, dialect.delimiter) {
        Some(fields) => {
            let values = fields.found().iter().map(|field| field.value(record));
            values.map(|value| text(&value)).collect()
        }
        None => vec![text(record)],
    };
    texts.resize(texts.len().max(columns), String::new());
    texts
}

/// The fields of a record; `None` where a quote or a line end is out of place.
fn fields_of(record: &[u8], delimiter: Delimiter) -> Option<Fields> {
    let mut fields = Fields::new(delimiter);
    let is_sound = fields.go_on(record) == Progress::Complete
        && !fields.found().iter().any(|field| is_broken(*field, record));
    is_sound.then_some(fields)
}

/// Whether a field has a line end in it that nothing encloses.
fn is_broken(field: Field, record: &[u8]) -> bool {
    !field.is_quoted() && field.raw(record).iter().any(|b| matches!(b, b'\r' | b'\n'))
}

/// Writes a field with its own bytes, quotes included.
fn push_as_it_is(line: &mut Vec<u8>, field: &[u8], guard: bool) {
    // A doubled quote inside is no part of a number, doubled or not.
    let (opening, text) = match field {
        [b'"', text @ .., b'"'] => (&field[..1], text),
        text => (&b""[..], text),
    };
    line.extend_from_slice(opening);
    push_mark(line, text, guard);
    line.extend_from_slice(&field[opening.len()..]);
}

/// Writes a field in quotes.
fn push_quoted(line: &mut Vec<u8>, field: &[u8], guard: bool) {
    line.push(b'"');
    push_mark(line, field, guard);
    for &byte in field {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}

fn push_mark(line: &mut Vec<u8>, field: &[u8], guard: bool) {
    if guard && is_formula(field) {
        line.extend(MARK.to_string().into_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_three(record: &str) -> String {
        let line = in_columns(record.as_bytes(), 3, Delimiter::COMMA, true);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_record_keeps_its_bytes_and_gets_the_fields_it_lacks() {
        for (record, line) in [
            ("a,b,c", "a,b,c"),
            (" a ,\"b\",c", " a ,\"b\",c"),
            ("a,\"b\nb\",c", "a,\"b\nb\",c"),
            ("a,\"b\"\"b\",", "a,\"b\"\"b\","),
            (",b,c", ",b,c"),
            ("", ",,"),
            ("a", "a,,"),
            ("a,b", "a,b,"),
            ("a,b,c,d", "a,b,c,d"),
        ] {
            assert_eq!(in_three(record), line, "{record}");
        }
    }

    #[test]
    fn a_field_that_a_spreadsheet_would_run_is_marked_inside_its_quotes() {
        for (record, line) in [
            ("=1+1,b,c", "'=1+1,b,c"),
            ("a,\"=1,1\",c", "a,\"'=1,1\",c"),
            ("a,@b,\"-\"\"1\"", "a,'@b,\"'-\"\"1\""),
            ("a,+44 7911 123456,-7", "a,+44 7911 123456,-7"),
            ("a,'=1,\"'=1\"", "a,'=1,\"'=1\""),
            ("a,\"\r\",c", "a,\"'\r\",c"),
            ("=a,\"b", "\"'=a,\"\"b\",,"),
        ] {
            assert_eq!(in_three(record), line, "{record}");
        }
        let raw = in_columns(b"=1+1,\"=2\"", 2, Delimiter::COMMA, false);
        assert_eq!(raw, b"=1+1,\"=2\"");
    }

    #[test]
    fn the_texts_of_a_record_are_what_its_fields_say() {
        for (record, texts) in [
            (&b"a, b ,\"c\nd\""[..], &["a", " b ", "c\nd"][..]),
            (b"a,\"b\"\"b\"", &["a", "b\"b", ""]),
            (b"", &["", "", ""]),
            (b"=1,\"-1*1\",'=2", &["'=1", "'-1*1", "'=2"]),
            (b"a,b,c,d", &["a", "b", "c", "d"]),
            (b"=a,\"b", &["'=a,\"b", "", ""]),
            (b"a\xff,b,c", &["a\\x{ff}", "b", "c"]),
        ] {
            assert_eq!(
                texts_in_columns(record, 3, Dialect::default(), true),
                texts,
                "{record:?}"
            );
        }
        assert_eq!(
            texts_in_columns(b"=1", 1, Dialect::default(), false),
            ["=1"]
        );
    }

    #[test]
    fn a_quote_out_of_place_cannot_swallow_its_neighbors() {
        for (record, line) in [
            ("a,\"b,c", "\"a,\"\"b,c\",,"),
            ("a,b\"b,c", "\"a,b\"\"b,c\",,"),
            ("a,\"b\"b,c", "\"a,\"\"b\"\"b,c\",,"),
            ("\"", "\"\"\"\",,"),
        ] {
            assert_eq!(in_three(record), line, "{record}");
        }
    }

    proptest! {
        #[test]
        fn any_record_is_one_record_to_any_reader(record in "[a\", \n\r]{0,12}") {
            let line = in_three(&record);
            let text = format!("{line}\nnext,line,here\n");
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let records: Vec<_> = reader.records().map(Result::unwrap).collect();
            prop_assert_eq!(records.len(), 2, "{:?}", text);
            prop_assert!(records[0].len() >= 3);
        }
    }
}

//! The bytes of one CSV record, and how to give them the columns of another file.

use crate::model::dialect::Dialect;
use crate::model::formula::{MARK, is_formula};

/// A record as it stands in the input, without its line end.
#[derive(Debug)]
pub(super) struct Record<'a> {
    bytes: &'a [u8],
    /// Where each field ends; `None` where the bytes are no single well-formed record.
    ends: Option<Vec<usize>>,
}

impl<'a> Record<'a> {
    /// Finds the fields.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            ends: field_ends(bytes, Dialect::DELIMITER),
        }
    }

    /// The bytes with at least so many fields; `guard` marks those that a spreadsheet would run.
    ///
    /// A short record gets empty ones. A record with a quote out of place would swallow the lines
    /// behind it or be swallowed: it becomes one quoted field, which any reader turns back into
    /// the same bytes.
    pub(super) fn in_columns(&self, columns: usize, guard: bool) -> Vec<u8> {
        let mut line = Vec::with_capacity(self.bytes.len() + 64);
        let fields = if let Some(ends) = &self.ends {
            let mut start = 0;
            for &end in ends {
                if start > 0 {
                    line.push(Dialect::DELIMITER);
                }
                push_as_it_is(&mut line, &self.bytes[start..end], guard);
                start = end + 1;
            }
            ends.len()
        } else {
            push_quoted(&mut line, self.bytes, guard);
            1
        };
        for _ in fields..columns {
            line.push(Dialect::DELIMITER);
        }
        line
    }
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
pub(super) fn push_quoted(line: &mut Vec<u8>, field: &[u8], guard: bool) {
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

/// Writes a field, in quotes where it has to be.
pub(super) fn push_field(line: &mut Vec<u8>, field: &str, guard: bool) {
    let bare = field
        .bytes()
        .all(|b| b != Dialect::DELIMITER && !matches!(b, b'"' | b'\r' | b'\n'));
    if bare {
        push_mark(line, field.as_bytes(), guard);
        line.extend_from_slice(field.as_bytes());
    } else {
        push_quoted(line, field.as_bytes(), guard);
    }
}

fn push_mark(line: &mut Vec<u8>, field: &[u8], guard: bool) {
    if guard && is_formula(field) {
        line.extend(MARK.to_string().into_bytes());
    }
}

fn field_ends(bytes: &[u8], delimiter: u8) -> Option<Vec<usize>> {
    #[derive(Clone, Copy)]
    enum Place {
        Start,
        Bare,
        Quoted,
        Closed,
    }
    let mut place = Place::Start;
    let mut ends = Vec::new();
    for (at, &byte) in bytes.iter().enumerate() {
        place = match (place, byte) {
            (Place::Quoted, b'"') => Place::Closed,
            (Place::Quoted, _) | (Place::Start | Place::Closed, b'"') => Place::Quoted,
            (Place::Start | Place::Bare | Place::Closed, _) if byte == delimiter => {
                ends.push(at);
                Place::Start
            }
            (Place::Bare, b'"')
            | (Place::Start | Place::Bare, b'\r' | b'\n')
            | (Place::Closed, _) => {
                return None;
            }
            (Place::Start | Place::Bare, _) => Place::Bare,
        };
    }
    if matches!(place, Place::Quoted) {
        return None;
    }
    ends.push(bytes.len());
    Some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_three(record: &str) -> String {
        let line = Record::of(record.as_bytes()).in_columns(3, true);
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
        let raw = Record::of(b"=1+1,\"=2\"").in_columns(2, false);
        assert_eq!(raw, b"=1+1,\"=2\"");
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

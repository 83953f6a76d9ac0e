//! The bytes of one CSV record, and how to give them the columns of another file.

/// A record as it stands in the input, without its line end.
#[derive(Debug)]
pub(super) struct Record<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    /// Where each field ends; `None` where the bytes are no single well-formed record.
    ends: Option<Vec<usize>>,
}

impl<'a> Record<'a> {
    /// Finds the fields.
    pub(super) fn of(bytes: &'a [u8], delimiter: u8) -> Self {
        Self {
            bytes,
            delimiter,
            ends: field_ends(bytes, delimiter),
        }
    }

    /// The bytes with at least so many fields.
    ///
    /// A short record gets empty ones. Up to `surplus` fields more than that are
    /// those of an earlier rejects file, and are cut off. A record with a quote out
    /// of place would swallow the lines behind it or be swallowed: it becomes one
    /// quoted field, which any reader turns back into the same bytes.
    pub(super) fn in_columns(&self, columns: usize, surplus: usize) -> Vec<u8> {
        let mut line = Vec::with_capacity(self.bytes.len() + 64);
        let fields = match &self.ends {
            Some(ends) if (columns + 1..=columns + surplus).contains(&ends.len()) => {
                let end = columns.checked_sub(1).map_or(0, |last| ends[last]);
                line.extend_from_slice(&self.bytes[..end]);
                columns
            }
            Some(ends) => {
                line.extend_from_slice(self.bytes);
                ends.len()
            }
            None => {
                push_quoted(&mut line, self.bytes);
                1
            }
        };
        for _ in fields..columns {
            line.push(self.delimiter);
        }
        line
    }
}

/// Writes a field in quotes.
pub(super) fn push_quoted(line: &mut Vec<u8>, field: &[u8]) {
    line.push(b'"');
    for &byte in field {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
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

    fn in_three(record: &str, surplus: usize) -> String {
        let line = Record::of(record.as_bytes(), b',').in_columns(3, surplus);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_record_keeps_its_bytes_and_gets_the_fields_it_lacks() {
        for (record, line) in [
            ("a,b,c", "a,b,c"),
            (" a ,\"b\",c", " a ,\"b\",c"),
            ("a,\"b\nb\",c", "a,\"b\nb\",c"),
            ("a,\"b\"\"b\",", "a,\"b\"\"b\","),
            ("a", "a,,"),
            ("a,b", "a,b,"),
            ("a,b,c,d", "a,b,c,d"),
        ] {
            assert_eq!(in_three(record, 0), line, "{record}");
        }
    }

    #[test]
    fn the_columns_of_an_earlier_rejects_file_are_cut_off_and_other_surplus_is_kept() {
        for (record, line) in [
            ("a,b,c,rejected,CODE,\"x, y\"", "a,b,c"),
            ("a,b,c,rejected", "a,b,c"),
            ("a,b", "a,b,"),
            ("a,b,c,d,rejected,CODE,x", "a,b,c,d,rejected,CODE,x"),
        ] {
            assert_eq!(in_three(record, 3), line, "{record}");
        }
    }

    #[test]
    fn a_quote_out_of_place_cannot_swallow_its_neighbors() {
        for (record, line) in [
            ("a,\"b,c", "\"a,\"\"b,c\",,"),
            ("a,b\"b,c", "\"a,b\"\"b,c\",,"),
            ("a,\"b\"b,c", "\"a,\"\"b\"\"b,c\",,"),
            ("\"", "\"\"\"\",,"),
        ] {
            assert_eq!(in_three(record, 0), line, "{record}");
        }
    }

    proptest! {
        #[test]
        fn any_record_is_one_record_to_any_reader(record in "[a\", \n\r]{0,12}") {
            let line = in_three(&record, 0);
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

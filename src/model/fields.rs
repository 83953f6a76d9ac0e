//! Where the fields of a record are, and a record of fields. Pure.
//!
//! Strict (RFC 4180): the `csv` crate joins text behind a closing quote to the
//! field and takes everything up to the next quote for one field, both in
//! silence; here either is told.

use std::borrow::Cow;

use super::dialect::Delimiter;

/// One field: its place in the record, quotes included. A record is shorter than 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    // Half the size of a `usize`: a line of nothing but commas has a million fields.
    start: u32,
    end: u32,
    quoted: bool,
}

impl Field {
    /// The place behind its last byte.
    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    /// How many bytes it takes.
    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it stands in quotes.
    pub(crate) fn is_quoted(self) -> bool {
        self.quoted
    }

    /// Its own bytes in the record, quotes included.
    pub(crate) fn raw(self, record: &[u8]) -> &[u8] {
        &record[self.start as usize..self.end as usize]
    }

    /// What the field says: without its quotes, and doubled quotes made single.
    pub(crate) fn value(self, record: &[u8]) -> Cow<'_, [u8]> {
        let span = self.raw(record);
        if !self.quoted {
            return Cow::Borrowed(span);
        }
        let inner = &span[1..span.len() - 1];
        if !inner.contains(&b'"') {
            return Cow::Borrowed(inner);
        }
        let mut value = Vec::with_capacity(inner.len());
        let mut after_quote = false;
        for &byte in inner {
            after_quote = byte == b'"' && !after_quote;
            if !after_quote {
                value.push(byte);
            }
        }
        Cow::Owned(value)
    }
}

/// How far a record is after another line of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It ends with the line.
    Complete,
    /// A quoted field is still open.
    Open,
    /// A quote stands inside an unquoted field, or text follows a closing quote.
    Misplaced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Unquoted,
    Quoted,
    /// Behind a quote that closes the field, unless another follows.
    Closing,
}

/// Finds the fields of a record, line by line.
#[derive(Debug)]
pub(crate) struct Fields {
    delimiter: u8,
    found: Vec<Field>,
    start: u32,
    at: usize,
    state: State,
}

impl Fields {
    /// Nothing found yet.
    pub(crate) fn new(delimiter: Delimiter) -> Self {
        Self {
            delimiter: delimiter.byte(),
            found: Vec::new(),
            start: 0,
            at: 0,
            state: State::Start,
        }
    }

    /// Forgets a record, for the next one.
    pub(crate) fn clear(&mut self) {
        self.found.clear();
        self.start = 0;
        self.at = 0;
        self.state = State::Start;
    }

    /// The fields found so far.
    pub(crate) fn found(&self) -> &[Field] {
        &self.found
    }

    /// Goes on where it stopped, up to the end of `record`, which is the end of a line.
    pub(crate) fn go_on(&mut self, record: &[u8]) -> Progress {
        let delimiter = self.delimiter;
        for (at, &byte) in record.iter().enumerate().skip(self.at) {
            self.state = match (self.state, byte) {
                (State::Start | State::Unquoted | State::Closing, _) if byte == delimiter => {
                    self.end_field(at);
                    State::Start
                }
                (State::Start | State::Closing, b'"') => State::Quoted,
                (State::Quoted, b'"') => State::Closing,
                (State::Unquoted, b'"') | (State::Closing, _) => return Progress::Misplaced,
                (State::Start | State::Unquoted, _) => State::Unquoted,
                (State::Quoted, _) => State::Quoted,
            };
        }
        self.at = record.len();
        if self.state == State::Quoted {
            return Progress::Open;
        }
        self.end_field(record.len());
        Progress::Complete
    }

    /// Splits at every delimiter, for records whose quotes mean nothing.
    pub(crate) fn split_plainly(&mut self, record: &[u8]) {
        self.clear();
        for (at, &byte) in record.iter().enumerate() {
            if byte == self.delimiter {
                self.end_field(at);
            }
        }
        self.end_field(record.len());
    }

    fn end_field(&mut self, end: usize) {
        let end = u32::try_from(end).expect("a record is no longer than a line may be");
        self.found.push(Field {
            start: self.start,
            end,
            quoted: self.state == State::Closing,
        });
        self.start = end + 1;
    }
}

/// The bytes of a record with these fields, without its line end; those that need it are quoted.
pub(crate) fn joined<T: AsRef<[u8]>>(
    fields: impl IntoIterator<Item = T>,
    delimiter: Delimiter,
) -> Vec<u8> {
    const END: u8 = b'\n';
    let writer = csv::WriterBuilder::new()
        .delimiter(delimiter.byte())
        .terminator(csv::Terminator::Any(END))
        .buffer_capacity(512)
        .from_writer(Vec::new());
    let mut record = written(writer, fields).expect("memory takes all of it");
    record.pop();
    record
}

fn written<T: AsRef<[u8]>>(
    mut writer: csv::Writer<Vec<u8>>,
    fields: impl IntoIterator<Item = T>,
) -> csv::Result<Vec<u8>> {
    writer.write_record(fields)?;
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(record: &str) -> (Progress, Vec<String>) {
        read_with(Delimiter::COMMA, record)
    }

    fn read_with(delimiter: Delimiter, record: &str) -> (Progress, Vec<String>) {
        let mut fields = Fields::new(delimiter);
        let progress = fields.go_on(record.as_bytes());
        let values = fields
            .found()
            .iter()
            .map(|field| String::from_utf8(field.value(record.as_bytes()).into_owned()).unwrap())
            .collect();
        (progress, values)
    }

    #[test]
    fn fields_are_separated_outside_quotes() {
        for (record, values) in [
            ("a", &["a"][..]),
            ("a,b,c", &["a", "b", "c"]),
            (",,", &["", "", ""]),
            ("\"a,b\",c", &["a,b", "c"]),
            ("\"\",x", &["", "x"]),
            ("\"say \"\"hi\"\"\"", &["say \"hi\""]),
            ("\"\"\"\"", &["\""]),
            ("a\\,b", &["a\\", "b"]),
            ("\u{201c}a\u{201d},b", &["\u{201c}a\u{201d}", "b"]),
        ] {
            let (progress, found) = read(record);
            assert_eq!(progress, Progress::Complete, "{record}");
            assert_eq!(found, values, "{record}");
        }
    }

    #[test]
    fn a_quote_that_is_out_of_place_is_told() {
        for (record, expected) in [
            ("a\"b,c", Progress::Misplaced),
            ("a, \"b\"", Progress::Misplaced),
            ("\"a\"b,c", Progress::Misplaced),
            ("\"a\" ,b", Progress::Misplaced),
            ("\"a\\\"b\",c", Progress::Misplaced),
            ("a,\"b", Progress::Open),
            ("a,\"b\"\"", Progress::Open),
            ("\"", Progress::Open),
        ] {
            assert_eq!(read(record).0, expected, "{record}");
        }
    }

    #[test]
    fn a_record_that_spans_lines_is_gone_on_with() {
        let mut fields = Fields::new(Delimiter::COMMA);
        assert_eq!(fields.go_on(b"a,\"b"), Progress::Open);
        assert_eq!(fields.go_on(b"a,\"b\n"), Progress::Open);
        let record = b"a,\"b\n\"\"c\",d";
        assert_eq!(fields.go_on(record), Progress::Complete);
        assert_eq!(*fields.found()[1].value(record), *b"b\n\"c");
        assert_eq!(fields.found().len(), 3);
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            record in prop::collection::vec("[a-c\",;|\t\n é]{0,6}", 2..6),
            (delimiter, _) in prop::sample::select(Delimiter::USUAL.to_vec()),
        ) {
            let written = joined(&record, delimiter);
            let text = std::str::from_utf8(&written).unwrap();
            let (progress, values) = read_with(delimiter, text);
            prop_assert_eq!(progress, Progress::Complete);
            prop_assert_eq!(values, record);
        }
    }
}

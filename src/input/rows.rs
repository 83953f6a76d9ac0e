//! From records to rows: cells, the bytes for a rejects file, and what is wrong with the record.

use std::fmt::Write;
use std::sync::Arc;

use super::blocks::Blocks;
use super::error::Error;
use super::fields::Field;
use super::header::Layout;
use super::lines::{End, Lines, MAX_LINE};
use super::records::{Quotes, Record, Records};
use crate::model::account::Account;
use crate::model::invalid::{InvalidCode, Problem};
use crate::model::row::{Cells, InputRow, RowNumber};

/// The most bytes of a field.
const MAX_FIELD: usize = 64 * 1024;

/// The rows of a wave, from the first on.
///
/// Memory does not grow with the longest line, and by a few bytes for each 128 KiB of the
/// file. After an error the iterator ends.
#[derive(Debug)]
pub struct Rows {
    records: Records<Blocks>,
    layout: Arc<Layout>,
    name: Arc<str>,
    head: Head,
    number: u64,
    done: bool,
}

/// The lines in front of the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) header: u64,
    pub(super) blank: u64,
}

impl Rows {
    pub(super) fn new(
        lines: Lines<Blocks>,
        layout: Arc<Layout>,
        name: Arc<str>,
        head: Head,
    ) -> Self {
        Self {
            records: Records::new(lines, Some(layout.width)),
            layout,
            name,
            head,
            number: 0,
            done: false,
        }
    }

    /// How many bytes of the file were read so far, the header included.
    pub fn bytes_read(&self) -> u64 {
        self.records.lines().bytes()
    }

    /// What the pass came to; of use once the rows are at their end.
    pub fn account(&self) -> Account {
        Account {
            lines: self.records.lines().reader().physical_lines(),
            header: self.head.header,
            blank: self.head.blank + self.records.blank(),
            of_rows: self.records.filled(),
            rows: self.number,
        }
    }
}

impl Iterator for Rows {
    type Item = Result<InputRow, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        match self.records.next() {
            Ok(Some(record)) => {
                self.number += 1;
                let number = RowNumber(self.number);
                Some(Ok(row(number, record, self.records.fields(), &self.layout)))
            }
            Ok(None) => {
                self.done = true;
                None
            }
            Err(source) => {
                self.done = true;
                let name = self.name.to_string();
                Some(Err(Error::reading(name, source)))
            }
        }
    }
}

fn row(number: RowNumber, record: Record, fields: &[Field], layout: &Layout) -> InputRow {
    let mut cells = Cells::with_capacity(layout.kept.len(), record.text.len());
    let mut garbled = None;
    for &place in &layout.kept {
        match fields.get(place) {
            Some(field) if is_held(*field, &record) => {
                let value = field.value(&record.text);
                if let Ok(text) = std::str::from_utf8(&value) {
                    cells.push(text);
                } else {
                    cells.push(&with_bytes_shown(&value));
                    garbled.get_or_insert(place);
                }
            }
            Some(_) | None => cells.push(""),
        }
    }
    InputRow {
        number,
        line: record.line,
        cells,
        fault: fault(&record, fields, layout, garbled),
        raw: raw(record, fields, layout),
    }
}

/// Whether a field is there in full, and not too long to be shown.
fn is_held(field: Field, record: &Record) -> bool {
    let is_cut = record.end == End::OutOfReach && field.end() == record.text.len();
    field.len() <= MAX_FIELD && !is_cut
}

/// What is wrong with a record as such; `garbled` is the place of a field that is not UTF-8.
fn fault(
    record: &Record,
    fields: &[Field],
    layout: &Layout,
    garbled: Option<usize>,
) -> Option<Problem> {
    let (count, width) = (fields.len(), layout.width);
    let (code, message) = if record.end == End::OutOfReach {
        (
            InvalidCode::FieldTooLong,
            format!("the line is longer than {MAX_LINE} bytes; its text is not kept"),
        )
    } else if record.quotes == Quotes::Misplaced {
        (
            InvalidCode::QuoteMisplaced,
            "a quote inside an unquoted field, or text behind a closing quote; \
             quote the whole field, and double each quote inside it"
                .to_owned(),
        )
    } else if record.quotes == Quotes::Unterminated {
        (
            InvalidCode::QuoteUnterminated,
            format!("a quoted field does not close in a record of {width} fields; close it"),
        )
    } else if let Some(place) = fields.iter().position(|field| field.len() > MAX_FIELD) {
        (
            InvalidCode::FieldTooLong,
            format!("field {} is longer than {MAX_FIELD} bytes", place + 1),
        )
    } else if record.end == End::File && (layout.ends_with_phone || count < width) {
        (
            InvalidCode::RowMayBeCut,
            "the file ends here without a line end, so the row may be cut; \
             compare it with its source and end the line"
                .to_owned(),
        )
    } else if count != width {
        (
            InvalidCode::FieldCount,
            format!("{count} fields where the header has {width}"),
        )
    } else if let Some(place) = garbled {
        (
            InvalidCode::NotUtf8,
            format!(
                "field {} is not UTF-8; save the file as `CSV UTF-8`",
                place + 1
            ),
        )
    } else {
        return None;
    };
    Some(Problem::new(code, message))
}

/// The record's own bytes without wavepair's columns, so that a rejects file can be made of them
/// again and again.
fn raw(record: Record, fields: &[Field], layout: &Layout) -> Vec<u8> {
    let mut text = record.text;
    if record.end == End::OutOfReach {
        // Half a line could come back as another, and valid, row.
        return Vec::new();
    }
    let own = layout.width - layout.kept.len();
    if own == 0 || record.quotes != Quotes::Sound {
        return text;
    }
    if layout.kept.last() == layout.kept.len().checked_sub(1).as_ref() {
        // They stand last, as in a rejects file; a row with fields too many has them last as well.
        let theirs = if fields.len() < layout.width {
            fields.len().min(layout.kept.len())
        } else {
            fields.len() - own
        };
        text.truncate(fields[..theirs].last().map_or(0, |field| field.end()));
        return text;
    }
    let theirs = (0..fields.len())
        .filter(|place| *place >= layout.width || layout.kept.binary_search(place).is_ok());
    let parts: Vec<&[u8]> = theirs.map(|place| fields[place].raw(&text)).collect();
    parts.join(&b","[..])
}

/// A text with each byte that is not UTF-8 written as `\x{ff}`.
fn with_bytes_shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write!(text, "\\x{{{byte:02x}}}").expect("a string takes everything");
        }
    }
    text
}

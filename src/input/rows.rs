//! From records to rows: cells, the bytes for a rejects file, and what is wrong with the record.

use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};

use super::blocks::Blocks;
use super::error::Error;
use super::header::Layout;
use super::lines::{End, Lines, MAX_LINE};
use super::not_a_row;
use super::records::{Quotes, Record, Records, is_blank};
use super::typed_cell;
use crate::model::account::Account;
use crate::model::counted::counted;
use crate::model::fields::Field;
use crate::model::formula::unmarked;
use crate::model::invalid::{InvalidCode, Problem};
use crate::model::row::{Cells, InputRow, RowNumber};
use crate::model::undecodable::shown;

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
    before: Before,
    number: u64,
    done: bool,
}

/// The lines in front of the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    pub(super) header: u64,
    pub(super) blank: u64,
}

impl Rows {
    pub(super) fn new(
        lines: Lines<Blocks>,
        layout: Arc<Layout>,
        name: Arc<str>,
        before: Before,
    ) -> Self {
        Self {
            records: Records::new(
                lines,
                layout.dialect.delimiter,
                Some(layout.least..=layout.width),
            ),
            layout,
            name,
            before,
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
            header: self.before.header,
            blank: self.before.blank + self.records.blank(),
            of_rows: self.records.filled(),
            rows: self.number,
        }
    }

    /// The first content in a column without a name: its line, and the column from 1.
    ///
    /// A record that is broken says so itself, and is passed over.
    pub(super) fn nameless_content(mut self) -> Result<Option<(u64, usize)>, Error> {
        loop {
            let record = match self.records.next() {
                Ok(Some(record)) => record,
                Ok(None) => return Ok(None),
                Err(source) => return Err(Error::reading(self.name.to_string(), source)),
            };
            let (fields, layout) = (self.records.fields(), &self.layout);
            if record.quotes != Quotes::Sound || !layout.fits(fields.len()) {
                continue;
            }
            let has_content = |place: &&usize| {
                let field = fields.get(**place);
                field.is_some_and(|field| {
                    !is_blank(&field.value(&record.text), layout.dialect.delimiter)
                })
            };
            if let Some(place) = layout.nameless.iter().find(has_content) {
                return Ok(Some((record.line, place + 1)));
            }
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
    let mut broken = Broken::default();
    let container = layout.dialect.container;
    for (&place, column) in layout.kept.iter().zip(&layout.columns) {
        match fields.get(place) {
            Some(field) if is_held(*field, &record) => {
                let value = field.value(&record.text);
                let (kind, value) = typed_cell::split(&value, container);
                if let Ok(text) = std::str::from_utf8(value) {
                    // In a rejects file, wavepair itself put the mark there.
                    let is_marked = !layout.own.is_empty();
                    cells.push(if is_marked { unmarked(text) } else { text });
                    if let (Some(kind), Some(column), None) = (kind, column, &broken.typed) {
                        broken.typed = typed_cell::problem(kind, text, *column);
                    }
                } else {
                    cells.push(&shown(value, layout.dialect.encoding));
                    broken.garbled.get_or_insert(place);
                }
            }
            Some(_) | None => cells.push(""),
        }
    }
    broken.other = not_a_row::look(&record.text, &cells, layout.fits(fields.len()), layout);
    InputRow {
        number,
        line: record.line,
        cells,
        fault: fault(&record, fields, layout, broken),
        raw: typed_cell::unmarked(raw(record, fields, layout), container),
    }
}

/// What is wrong with the fields of a record.
#[derive(Default)]
struct Broken {
    /// The record looks like something else than a row.
    other: Option<Problem>,
    /// The place of a field that could not be decoded.
    garbled: Option<usize>,
    /// A cell of a sheet is no text, and cannot be what its column needs.
    typed: Option<Problem>,
}

/// Whether a field is there in full, and not too long to be shown.
fn is_held(field: Field, record: &Record) -> bool {
    let is_cut = record.end == End::OutOfReach && field.end() == record.text.len();
    field.len() <= MAX_FIELD && !is_cut
}

/// What is wrong with a record as such.
fn fault(record: &Record, fields: &[Field], layout: &Layout, broken: Broken) -> Option<Problem> {
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
    } else if let Some(other) = broken.other {
        return Some(other);
    } else if let Some(place) = fields.iter().position(|field| field.len() > MAX_FIELD) {
        (
            InvalidCode::FieldTooLong,
            format!("field {} is longer than {MAX_FIELD} bytes", place + 1),
        )
    } else if record.end == End::File && may_be_cut(count, layout) {
        (
            InvalidCode::RowMayBeCut,
            "the file ends here without a line end, so the row may be cut; \
             compare it with its source and end the line"
                .to_owned(),
        )
    } else if !layout.fits(count) {
        (
            InvalidCode::FieldCount,
            format!(
                "{} where the header has {width}; compare the row with the header",
                counted(count as u64, "field")
            ),
        )
    } else if let Some(place) = broken.garbled {
        not_decoded(place, layout.dialect.encoding)
    } else {
        return broken.typed;
    };
    Some(Problem::new(code, message))
}

/// Whether a record of so many fields at the end of the file may have lost some of its text.
fn may_be_cut(count: usize, layout: &Layout) -> bool {
    // Fields behind the phone, empty as they are, say that the phone is whole.
    let is_behind_phone = layout.fits(count) && count > layout.least;
    count < layout.least || layout.ends_openly && !is_behind_phone
}

/// The record's own bytes without the columns that are passed over, so that a rejects file can be
/// made of them again and again.
fn raw(record: Record, fields: &[Field], layout: &Layout) -> Vec<u8> {
    let text = record.text;
    if record.end == End::OutOfReach {
        // Half a line could come back as another, and valid, row.
        return Vec::new();
    }
    let own = layout.own.len();
    if layout.kept.len() == layout.width || record.quotes != Quotes::Sound {
        return text;
    }
    let mut theirs: Vec<usize> = if layout.own.first() == Some(&(layout.width - own)) {
        // They stand last, as in a rejects file; a row with fields too many has them last as well.
        let count = if fields.len() < layout.width {
            fields.len().min(layout.width - own)
        } else {
            fields.len() - own
        };
        (0..count).collect()
    } else {
        let is_own = |place: &usize| layout.own.binary_search(place).is_ok();
        (0..fields.len()).filter(|place| !is_own(place)).collect()
    };
    if layout.fits(fields.len()) {
        theirs.retain(|place| layout.nameless.binary_search(place).is_err());
    }
    let parts: Vec<&[u8]> = theirs
        .iter()
        .map(|&place| fields[place].raw(&text))
        .collect();
    parts.join(&layout.dialect.delimiter.byte())
}

/// What is wrong with a field that could not be decoded.
fn not_decoded(place: usize, encoding: &'static Encoding) -> (InvalidCode, String) {
    let field = place + 1;
    if encoding == UTF_8 {
        let message = format!(
            "field {field} is not UTF-8; save the file as `CSV UTF-8`, or name its encoding with \
             `--encoding`, such as windows-1252"
        );
        (InvalidCode::NotUtf8, message)
    } else {
        let message = format!(
            "field {field} holds bytes that mean nothing in {}; correct them, or name the file's \
             encoding with `--encoding`",
            encoding.name()
        );
        (InvalidCode::NotDecodable, message)
    }
}

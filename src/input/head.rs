//! The first record of a file, which should be its header.

use std::io::{self, Read};
use std::sync::Arc;

use super::ReadOptions;
use super::blocks::Blocks;
use super::flaw::Flaw;
use super::header::{Layout, has_a_column, understand};
use super::lines::{End, Lines};
use super::names::normal;
use super::opened::Opened;
use super::records::{Quotes, Record, Records};
use super::rows::Before;
use crate::model::dialect::{BYTE_ORDER_MARK, Dialect, LineEnd};
use crate::model::row::Header;

/// How many records are looked at for a header behind lines of another kind.
const TITLES: usize = 20;

/// A place between two records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) lines: u64,
    pub(super) bytes: u64,
    pub(super) before: Before,
}

/// The first record of a file, understood.
#[derive(Debug)]
pub(super) struct Head {
    /// What its names mean, and the form of the file.
    pub(super) header: Header,
    /// Where its columns are.
    pub(super) layout: Layout,
    /// Where the rows start.
    pub(super) body: Position,
}

/// Where the flaw of a file is, if it is in a line, and what it is.
pub(super) type Flawed = (Option<u64>, Flaw);

/// Reads the first record of a file.
///
/// # Errors
///
/// What the file says; the flaw of a file that does not start with a header is no error of reading.
pub(super) fn read(
    opened: &Arc<Opened>,
    options: &ReadOptions,
) -> io::Result<Result<Head, Flawed>> {
    let mut start = Vec::new();
    Blocks::new(opened, 0).take(8).read_to_end(&mut start)?;
    if let Some(flaw) = foreign(&start) {
        return Ok(Err((None, flaw)));
    }
    let marked = start.starts_with(BYTE_ORDER_MARK);
    let mark = if marked {
        BYTE_ORDER_MARK.len() as u64
    } else {
        0
    };
    let mut records = Records::new(Lines::new(Blocks::new(opened, mark), 0, mark), None);
    let Some(record) = records.next()? else {
        return Ok(Err((None, Flaw::Empty)));
    };
    let body = Position {
        lines: records.lines().read(),
        bytes: records.lines().bytes(),
        before: Before {
            header: records.filled(),
            blank: records.blank(),
        },
    };
    let dialect = Dialect {
        marked,
        line_end: match record.end {
            End::CrLf => LineEnd::CrLf,
            End::Lf | End::File | End::OutOfReach => LineEnd::Lf,
        },
    };
    let names = names(&records, &record);
    let flaw = match names.clone().and_then(|names| understand(&names, options)) {
        Ok((header, layout)) => {
            let header = header.in_dialect(dialect);
            return Ok(Ok(Head {
                header,
                layout,
                body,
            }));
        }
        Err(flaw) => flaw,
    };
    let may_be_title = names.map_or(true, |names| {
        let words: Vec<String> = names.iter().map(|name| normal(name)).collect();
        !has_a_column(&words, options)
    });
    let flaw = match later_header(&mut records, options)? {
        Some(header) if may_be_title && flaw != Flaw::SepLine => Flaw::LinesBefore { header },
        Some(_) | None => flaw,
    };
    Ok(Err((Some(record.line), flaw)))
}

/// The line of a header that stands further down.
fn later_header<R: io::BufRead>(
    records: &mut Records<R>,
    options: &ReadOptions,
) -> io::Result<Option<u64>> {
    for _ in 0..TITLES {
        let Some(record) = records.next()? else {
            break;
        };
        let understood = names(records, &record).and_then(|names| understand(&names, options));
        if understood.is_ok() {
            return Ok(Some(record.line));
        }
    }
    Ok(None)
}

/// The names of a header.
fn names<R: io::BufRead>(records: &Records<R>, record: &Record) -> Result<Vec<String>, Flaw> {
    let is_bare = |pair: &[u8]| pair[0] == b'\r' && pair[1] != b'\n';
    if record.text.contains(&0) {
        return Err(Flaw::Utf16);
    }
    if record.text.windows(2).any(is_bare) {
        return Err(Flaw::CarriageReturns);
    }
    if record.end == End::OutOfReach {
        return Err(Flaw::HeaderTooLong);
    }
    if record.quotes != Quotes::Sound {
        return Err(Flaw::HeaderQuote);
    }
    let name = |value: &[u8]| match std::str::from_utf8(value) {
        Ok(name) => Ok(name.trim().to_owned()),
        Err(_) => Err(Flaw::HeaderNotUtf8),
    };
    let fields = records.fields().iter();
    fields
        .map(|field| name(&field.value(&record.text)))
        .collect()
}

/// Recognizes files of another kind by their first bytes.
fn foreign(start: &[u8]) -> Option<Flaw> {
    match start {
        [0x1f, 0x8b, ..] => Some(Flaw::Gzip),
        [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(Flaw::Workbook),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Flaw::Utf16),
        _ => None,
    }
}

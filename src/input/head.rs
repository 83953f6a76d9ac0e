//! The first record of a file, which should be its header.

use std::io::{self, Read};
use std::sync::Arc;

use super::ReadOptions;
use super::blocks::Blocks;
use super::delimiter::{Attempt, choose};
use super::flaw::{Flaw, Flawed};
use super::form_flaw::FormFlaw;
use super::header::{Layout, columns_in, understand};
use super::lines::{End, Lines};
use super::names::normal;
use super::opened::Opened;
use super::records::{Quotes, Record, Records};
use super::rows::Before;
use crate::model::dialect::{BYTE_ORDER_MARK, Delimiter, Dialect, LineEnd};
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
        return Ok(Err((None, flaw.into())));
    }
    let marked = start.starts_with(BYTE_ORDER_MARK);
    let top = Position {
        lines: 0,
        bytes: if marked {
            BYTE_ORDER_MARK.len() as u64
        } else {
            0
        },
        before: Before {
            header: 0,
            blank: 0,
        },
    };
    let (sep, top) = match sep_line(opened, top)? {
        Some((sep, below)) => (Some(sep), below),
        None => (None, top),
    };
    let named = options.form.delimiter;
    let named = match (named, sep) {
        (Some(named), _) => Some(named),
        (None, Some(None)) => return Ok(Err((Some(1), FormFlaw::SepLine.into()))),
        (None, Some(sep)) => sep,
        (None, None) => None,
    };
    let form = Dialect {
        marked,
        ..Dialect::default()
    };
    let attempts = match named {
        Some(named) => vec![attempt(opened, top, with(form, named), options)?],
        None => attempts(opened, top, form, options)?,
    };
    Ok(choose(attempts))
}

fn with(form: Dialect, delimiter: Delimiter) -> Dialect {
    Dialect { delimiter, ..form }
}

/// Reads the first record with each usual delimiter; with those that are not in it only where the
/// others do not make a header of it.
fn attempts(
    opened: &Arc<Opened>,
    top: Position,
    form: Dialect,
    options: &ReadOptions,
) -> io::Result<Vec<Attempt<Head>>> {
    let mut records = records(opened, top, Delimiter::COMMA);
    let first = records.next()?.map_or(Vec::new(), |record| record.text);
    let (likely, others): (Vec<Delimiter>, Vec<Delimiter>) = Delimiter::USUAL
        .map(|(delimiter, _)| delimiter)
        .into_iter()
        .partition(|by| *by == Delimiter::COMMA || first.contains(&by.byte()));
    let mut attempts = Vec::new();
    for delimiters in [likely, others] {
        for delimiter in delimiters {
            attempts.push(attempt(opened, top, with(form, delimiter), options)?);
        }
        if attempts.iter().any(|attempt| attempt.outcome.is_ok()) {
            break;
        }
    }
    Ok(attempts)
}

/// Reads the first record with one delimiter.
fn attempt(
    opened: &Arc<Opened>,
    top: Position,
    form: Dialect,
    options: &ReadOptions,
) -> io::Result<Attempt<Head>> {
    let delimiter = form.delimiter;
    let mut records = records(opened, top, delimiter);
    let Some(record) = records.next()? else {
        return Ok(Attempt {
            delimiter,
            line: None,
            names: Vec::new(),
            known: Vec::new(),
            outcome: Err((None, Flaw::Empty)),
        });
    };
    let body = Position {
        lines: records.lines().read(),
        bytes: records.lines().bytes(),
        before: Before {
            header: top.before.header + records.filled(),
            blank: records.blank(),
        },
    };
    let form = Dialect {
        line_end: match record.end {
            End::CrLf => LineEnd::CrLf,
            End::Lf | End::File | End::OutOfReach => LineEnd::Lf,
        },
        ..form
    };
    let names = names(&records, &record);
    let words = |name: &&String| columns_in(&[normal(name)], options) > 0;
    let known: Vec<String> = match &names {
        Ok(names) => names.iter().filter(words).cloned().collect(),
        Err(_) => Vec::new(),
    };
    let understood = names
        .clone()
        .and_then(|names| understand(&names, delimiter, options));
    let outcome = match understood {
        Ok((header, layout)) => Ok(Head {
            header: header.in_dialect(form),
            layout,
            body,
        }),
        Err(flaw) => Err((
            Some(record.line),
            match later_header(&mut records, delimiter, options)? {
                Some(header) if known.is_empty() => Flaw::LinesBefore { header },
                Some(_) | None => flaw,
            },
        )),
    };
    Ok(Attempt {
        delimiter,
        line: Some(record.line),
        names: names.unwrap_or_default(),
        known,
        outcome,
    })
}

fn records(opened: &Arc<Opened>, from: Position, delimiter: Delimiter) -> Records<Blocks> {
    let blocks = Blocks::new(opened, from.bytes);
    Records::new(Lines::new(blocks, from.lines, from.bytes), delimiter, None)
}

/// What a first line `sep=;` says, as a spreadsheet writes it, and where the file goes on behind
/// it; `None` where there is none.
fn sep_line(
    opened: &Arc<Opened>,
    top: Position,
) -> io::Result<Option<(Option<Delimiter>, Position)>> {
    let mut lines = Lines::new(Blocks::new(opened, top.bytes), top.lines, top.bytes);
    let Some(line) = lines.next()? else {
        return Ok(None);
    };
    let text = line.text.as_slice();
    let quoted = text.strip_prefix(b"\"");
    let text = quoted
        .and_then(|text| text.strip_suffix(b"\""))
        .unwrap_or(text);
    let Some((start, named)) = text.split_at_checked(4) else {
        return Ok(None);
    };
    if !start.eq_ignore_ascii_case(b"sep=") {
        return Ok(None);
    }
    // Saved again by a spreadsheet, the line is as wide as the others.
    let delimiter = match named {
        [first, rest @ ..] if rest.iter().all(|byte| byte == first) => {
            Delimiter::of(char::from(*first))
        }
        _ => None,
    };
    let below = Position {
        lines: lines.read(),
        bytes: lines.bytes(),
        before: Before {
            header: 1,
            blank: 0,
        },
    };
    Ok(Some((delimiter, below)))
}

/// The line of a header that stands further down.
fn later_header<R: io::BufRead>(
    records: &mut Records<R>,
    delimiter: Delimiter,
    options: &ReadOptions,
) -> io::Result<Option<u64>> {
    for _ in 0..TITLES {
        let Some(record) = records.next()? else {
            break;
        };
        let names = names(records, &record);
        let understood = names.and_then(|names| understand(&names, delimiter, options));
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
        return Err(FormFlaw::Utf16.into());
    }
    if record.text.windows(2).any(is_bare) {
        return Err(FormFlaw::CarriageReturns.into());
    }
    if record.end == End::OutOfReach {
        return Err(Flaw::HeaderTooLong);
    }
    if record.quotes != Quotes::Sound {
        return Err(Flaw::HeaderQuote);
    }
    let name = |value: &[u8]| match std::str::from_utf8(value) {
        Ok(name) => Ok(name.trim().to_owned()),
        Err(_) => Err(FormFlaw::HeaderNotUtf8.into()),
    };
    let fields = records.fields().iter();
    fields
        .map(|field| name(&field.value(&record.text)))
        .collect()
}

/// Recognizes files of another kind by their first bytes.
fn foreign(start: &[u8]) -> Option<FormFlaw> {
    match start {
        [0x1f, 0x8b, ..] => Some(FormFlaw::Gzip),
        [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(FormFlaw::Workbook),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(FormFlaw::Utf16),
        _ => None,
    }
}

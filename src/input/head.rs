//! The first record of a file, which should be its header.

use std::io::{self, Read};
use std::sync::Arc;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use super::ReadOptions;
use super::blocks::Blocks;
use super::decode::likely;
use super::delimiter::{Attempt, choose};
use super::flaw::{Flaw, Flawed};
use super::form_flaw::FormFlaw;
use super::header::{Layout, is_known, understand};
use super::lines::{End, Lines, Terminator};
use super::names::normal;
use super::opened::Opened;
use super::records::{Quotes, Record, Records};
use super::rows::Before;
use super::sep_line::{SepLine, sep_line};
use super::typed_cell;
use crate::model::dialect::{Container, Delimiter, Dialect, LineEnd};
use crate::model::row::Header;

/// How many bytes are looked at to find out what an encoding may be.
const SAMPLE: u64 = 64 * 1024;

/// How many records are looked at for a header behind lines of another kind.
const TITLES: usize = 20;

/// A place between two records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) lines: u64,
    pub(super) bytes: u64,
    pub(super) before: Before,
}

impl Position {
    /// The lines from here on.
    pub(super) fn lines_of(self, opened: &Arc<Opened>) -> Lines<Blocks> {
        let blocks = Blocks::new(opened, self.bytes);
        Lines::new(blocks, opened.terminator, self.lines, self.bytes)
    }
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

/// Reads the first record of a file of this form, whose text starts at this byte.
///
/// # Errors
///
/// What the file says; the flaw of a file that does not start with a header is no error of reading.
pub(super) fn read(
    opened: &Arc<Opened>,
    form: Dialect,
    start: u64,
    options: &ReadOptions,
) -> io::Result<Result<Head, Flawed>> {
    let top = Position {
        lines: 0,
        bytes: start,
        before: Before {
            header: 0,
            blank: 0,
        },
    };
    let mut lines = top.lines_of(opened);
    if form.container == Container::Workbook {
        return Ok(choose(vec![attempt(lines, top, form, options)?]));
    }
    let sep = sep_line(&mut lines)?;
    let top = match sep {
        SepLine::Names(_) | SepLine::NamesNothing => Position {
            lines: lines.read(),
            bytes: lines.bytes(),
            before: Before {
                header: 1,
                blank: 0,
            },
        },
        SepLine::Absent => top,
    };
    let named = match (options.form.delimiter, sep) {
        (Some(named), _) | (None, SepLine::Names(named)) => Some(named),
        (None, SepLine::NamesNothing) => return Ok(Err((Some(1), FormFlaw::SepLine.into()))),
        (None, SepLine::Absent) => None,
    };
    let attempts = match named {
        Some(named) => vec![attempt(lines, top, with(form, named), options)?],
        None => attempts(lines, opened, top, form, options)?,
    };
    let mut chosen = choose(attempts);
    if let Err((
        _,
        Flaw::Form(FormFlaw::HeaderNotDecodable {
            encoding,
            likely: found,
        }),
    )) = &mut chosen
        && *encoding == UTF_8
    {
        // Of a copy the bytes are others.
        let mut sample = Vec::new();
        let bytes = Blocks::new(opened, 0);
        bytes.take(SAMPLE).read_to_end(&mut sample)?;
        *found = Some(likely(&sample));
    }
    Ok(chosen)
}

fn with(form: Dialect, delimiter: Delimiter) -> Dialect {
    Dialect { delimiter, ..form }
}

/// Reads the first record with each usual delimiter; with those that are not in it only where the
/// others do not make a header of it.
///
/// The comma is the first: the `lines` from the top on are read with it.
fn attempts(
    lines: Lines<Blocks>,
    opened: &Arc<Opened>,
    top: Position,
    form: Dialect,
    options: &ReadOptions,
) -> io::Result<Vec<Attempt<Head>>> {
    let form = with(form, Delimiter::COMMA);
    let mut records = Records::new(lines, form.delimiter, None);
    let first = records.next()?;
    let is_in_it = |by: &Delimiter| {
        let first = first.as_ref();
        first.is_some_and(|record| record.text.contains(&by.byte()))
    };
    let others = Delimiter::USUAL.map(|(delimiter, _)| delimiter);
    let others = others.into_iter().filter(|by| *by != Delimiter::COMMA);
    let (likely, others): (Vec<Delimiter>, Vec<Delimiter>) = others.partition(is_in_it);
    let mut attempts = vec![judged(records, first.as_ref(), top, form, options)?];
    for delimiters in [likely, others] {
        for delimiter in delimiters {
            let form = with(form, delimiter);
            attempts.push(attempt(top.lines_of(opened), top, form, options)?);
        }
        if attempts.iter().any(|attempt| attempt.outcome.is_ok()) {
            break;
        }
    }
    Ok(attempts)
}

/// Reads the first record with one delimiter.
fn attempt(
    lines: Lines<Blocks>,
    top: Position,
    form: Dialect,
    options: &ReadOptions,
) -> io::Result<Attempt<Head>> {
    let mut records = Records::new(lines, form.delimiter, None);
    let first = records.next()?;
    judged(records, first.as_ref(), top, form, options)
}

/// What the first record comes to, behind which the others are read.
fn judged(
    mut records: Records<Blocks>,
    first: Option<&Record>,
    top: Position,
    form: Dialect,
    options: &ReadOptions,
) -> io::Result<Attempt<Head>> {
    let delimiter = form.delimiter;
    let Some(record) = first else {
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
            End::CrLf | End::CrCrLf => LineEnd::CrLf,
            End::Cr => LineEnd::Cr,
            End::Lf | End::Record | End::File | End::OutOfReach => LineEnd::Lf,
        },
        ..form
    };
    let names = names(&records, record, form);
    let is_known = |name: &&String| is_known(&normal(name), options);
    let known: Vec<String> = match &names {
        Ok(names) => names.iter().filter(is_known).cloned().collect(),
        Err(_) => Vec::new(),
    };
    let understood = names
        .clone()
        .and_then(|names| understand(&names, form, options));
    let outcome = match understood {
        Ok((header, layout)) => Ok(Head {
            header,
            layout,
            body,
        }),
        Err(flaw) => Err((
            Some(record.line),
            match later_header(&mut records, form, options)? {
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

/// The line of a header that stands further down.
fn later_header<R: io::BufRead>(
    records: &mut Records<R>,
    form: Dialect,
    options: &ReadOptions,
) -> io::Result<Option<u64>> {
    for _ in 0..TITLES {
        let Some(record) = records.next()? else {
            break;
        };
        let names = names(records, &record, form);
        if names.is_ok_and(|names| understand(&names, form, options).is_ok()) {
            return Ok(Some(record.line));
        }
    }
    Ok(None)
}

/// The names of a header.
fn names<R: io::BufRead>(
    records: &Records<R>,
    record: &Record,
    form: Dialect,
) -> Result<Vec<String>, Flaw> {
    let is_bare = |pair: &[u8]| pair[0] == b'\r' && !b"\r\n".contains(&pair[1]);
    if let Some(place) = record.text.iter().position(|&byte| byte == 0) {
        // The first character of a header is of ASCII: half of it is nothing.
        let likely = if place == 0 { UTF_16BE } else { UTF_16LE };
        return Err(FormFlaw::Utf16 { likely }.into());
    }
    if records.lines().terminator() == Terminator::Lf && record.text.windows(2).any(is_bare) {
        return Err(FormFlaw::CarriageReturns.into());
    }
    if record.end == End::OutOfReach {
        return Err(Flaw::HeaderTooLong);
    }
    if record.quotes != Quotes::Sound {
        return Err(Flaw::HeaderQuote);
    }
    let name = |value: &[u8]| {
        let (_, value) = typed_cell::split(value, form.container);
        let text = std::str::from_utf8(value).ok();
        let (encoding, likely) = (form.encoding, None);
        text.map(|name| name.trim().to_owned())
            .ok_or_else(|| FormFlaw::HeaderNotDecodable { encoding, likely }.into())
    };
    let fields = records.fields().iter();
    fields
        .map(|field| name(&field.value(&record.text)))
        .collect()
}

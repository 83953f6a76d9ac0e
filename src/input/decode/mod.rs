//! From a file of any form to the bytes of CSV in UTF-8, which everything behind reads.
//!
//! A file that is in that form already stays where it is, and costs nothing. Any other one is
//! written to a private copy, once: so it is read twice and cannot change. What could not be decoded is
//! [marked](crate::model::undecodable) in there, and is the error of its row.

mod archive;
mod encoding;
mod gzip;
mod line_ends;
mod parts;
mod sheet_csv;
mod text;
mod trouble;
mod workbook;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

use encoding_rs::{Encoding, UTF_8};

pub(super) use encoding::likely;

use super::error::Error;
use super::form_flaw::FormFlaw;
use super::lines::Terminator;
use super::opened::Opened;
use crate::model::dialect::{BYTE_ORDER_MARK, Container, Dialect, NamedForm};
use crate::model::sheet::SheetRead;
use trouble::Trouble;

/// A source of any form, readable as CSV in UTF-8.
#[derive(Debug)]
pub(super) struct Decoded {
    /// What is read.
    pub(super) opened: Opened,
    /// What the source is, as far as a header is not needed to say so.
    pub(super) form: Dialect,
    /// Where the text starts, behind the byte order mark.
    pub(super) start: u64,
    /// Which sheet of a workbook it is of.
    pub(super) sheet: Option<SheetRead>,
}

/// What is between the bytes of a source and the bytes of CSV in UTF-8.
enum Decoder<'a> {
    /// gzip.
    Gzip,
    /// A workbook, of which this sheet was named.
    Workbook(Option<&'a str>),
    /// An encoding.
    Text(&'static Encoding),
}

/// Makes a source readable as CSV in UTF-8.
///
/// # Errors
///
/// Its form is none that is read, it is damaged, it changed meanwhile, or it cannot be copied.
pub(super) fn decode(name: &str, opened: Opened, named: &NamedForm) -> Result<Decoded, Error> {
    unwrapped(opened, named).map_err(|trouble| trouble.of(name))
}

/// Takes off one wrapping after the other.
fn unwrapped(mut opened: Opened, named: &NamedForm) -> Result<Decoded, Trouble> {
    let limit = most(opened.size);
    let mut form = Dialect::default();
    let mut sheet = None;
    if starts_with(&opened, gzip::START)? {
        opened = through(opened, &Decoder::Gzip, limit)?.0;
        form.container = Container::Gzip;
        if starts_with(&opened, gzip::START)? {
            return Err(FormFlaw::PackedTwice.into());
        }
    }
    if starts_with(&opened, workbook::OLD_START)? {
        let old = workbook::old(&mut Reader::new(&opened)).map_err(Trouble::Read)?;
        return Err(FormFlaw::Other(old).into());
    }
    if starts_with(&opened, archive::START)? {
        let named = named.sheet.as_deref();
        (opened, sheet) = through(opened, &Decoder::Workbook(named), limit)?;
        form.container = Container::Workbook;
        opened.terminator = Terminator::Record;
        let start = 0;
        return Ok(Decoded {
            opened,
            form,
            start,
            sheet,
        });
    }
    if named.sheet.is_some() {
        return Err(FormFlaw::NotAWorkbook.into());
    }
    form.encoding = encoding::of(&start(&opened)?, named.encoding)?;
    if form.encoding != UTF_8 {
        opened = through(opened, &Decoder::Text(form.encoding), limit)?.0;
    }
    opened.terminator = line_ends::terminator(&mut Reader::new(&opened)).map_err(Trouble::Read)?;
    form.marked = starts_with(&opened, BYTE_ORDER_MARK)?;
    let start = if form.marked {
        BYTE_ORDER_MARK.len() as u64
    } else {
        0
    };
    Ok(Decoded {
        opened,
        form,
        start,
        sheet,
    })
}

/// How large what is in a source of this size may be: more than that nobody means.
fn most(size: u64) -> u64 {
    size.saturating_mul(1_000).saturating_add(64 << 20)
}

/// Copies a source through a decoder.
fn through(
    opened: Opened,
    decoder: &Decoder<'_>,
    limit: u64,
) -> Result<(Opened, Option<SheetRead>), Trouble> {
    let copied = copied(&opened, decoder, limit);
    // Half of it may be of another state of the file: that says more than whatever went wrong.
    if let Some(change) = opened.change().map_err(Trouble::Read)? {
        return Err(Trouble::Changed(change));
    }
    let (copy, sheet) = copied?;
    let opened = opened.reading(copy).map_err(Trouble::Write)?;
    Ok((opened, sheet))
}

fn copied(
    opened: &Opened,
    decoder: &Decoder<'_>,
    limit: u64,
) -> Result<(File, Option<SheetRead>), Trouble> {
    let open = || Reader::new(opened);
    match decoder {
        Decoder::Gzip => Ok((gzip::unpack(&mut open(), limit)?, None)),
        Decoder::Text(encoding) => Ok((text::decode(&mut open(), encoding)?, None)),
        Decoder::Workbook(named) => {
            let (copy, sheet) = workbook::read(&open, limit, *named)?;
            Ok((copy, Some(sheet)))
        }
    }
}

fn starts_with(opened: &Opened, bytes: &[u8]) -> Result<bool, Trouble> {
    Ok(start(opened)?.starts_with(bytes))
}

/// The first bytes of a source.
fn start(opened: &Opened) -> Result<Vec<u8>, Trouble> {
    let mut start = Vec::new();
    let mut reader = Reader::new(opened).take(8);
    reader.read_to_end(&mut start).map_err(Trouble::Read)?;
    Ok(start)
}

/// The bytes of a source, unchecked.
struct Reader<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl<'a> Reader<'a> {
    fn new(opened: &'a Opened) -> Self {
        Self {
            file: &opened.file,
            at: 0,
            end: opened.size,
        }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_sub(self.at);
        let most = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let count = self.file.read_at(&mut buffer[..most], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(offset) => self.end.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

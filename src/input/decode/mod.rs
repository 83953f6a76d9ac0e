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

use encoding_rs::UTF_8;

pub(super) use encoding::likely;

use super::error::Error;
use super::form_flaw::FormFlaw;
use super::lines::Terminator;
use super::opened::Opened;
use crate::model::dialect::{BYTE_ORDER_MARK, Container, Dialect, NamedForm};
use crate::model::sheet::SheetRead;
use trouble::Trouble;

/// How many bytes of a source are looked at for its form; nearly every file has a line end in them.
const LOOKED_AT: usize = 8 * 1024;

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
    let mut start = start_of(&opened)?;
    if start.starts_with(gzip::START) {
        opened = through(opened, |packed| gzip::unpack(packed, limit))?;
        form.container = Container::Gzip;
        start = start_of(&opened)?;
        if start.starts_with(gzip::START) {
            return Err(FormFlaw::PackedTwice.into());
        }
    }
    if start.starts_with(workbook::OLD_START) {
        let old = workbook::old(&mut Reader::new(&opened)).map_err(Trouble::Read)?;
        return Err(FormFlaw::Other(old).into());
    }
    if start.starts_with(archive::START) {
        form.container = Container::Workbook;
        return of_sheet(opened, form, limit, named.sheet.as_deref());
    }
    if named.sheet.is_some() {
        return Err(FormFlaw::NotAWorkbook.into());
    }
    let encoding = encoding::of(&start, named.encoding)?;
    if encoding != UTF_8 {
        opened = through(opened, |text| text::decode(text, encoding))?;
        start = start_of(&opened)?;
    }
    let mut text = Reader::new(&opened);
    text.at = start.len() as u64;
    let terminator = line_ends::terminator(&mut start.as_slice().chain(text));
    opened.terminator = terminator.map_err(Trouble::Read)?;
    form.encoding = encoding;
    form.marked = start.starts_with(BYTE_ORDER_MARK);
    Ok(Decoded {
        opened,
        start: if form.marked {
            BYTE_ORDER_MARK.len() as u64
        } else {
            0
        },
        form,
        sheet: None,
    })
}

/// Takes a sheet out of a workbook.
fn of_sheet(
    opened: Opened,
    form: Dialect,
    limit: u64,
    named: Option<&str>,
) -> Result<Decoded, Trouble> {
    let mut sheet = None;
    let mut opened = through(opened, |book| {
        let (copy, read) = workbook::read(&|| book.clone(), limit, named)?;
        sheet = Some(read);
        Ok(copy)
    })?;
    opened.terminator = Terminator::Record;
    Ok(Decoded {
        opened,
        form,
        start: 0,
        sheet,
    })
}

/// How large what is in a source of this size may be: more than that nobody means.
fn most(size: u64) -> u64 {
    size.saturating_mul(1_000).saturating_add(64 << 20)
}

/// The same source, read from the copy that a decoder makes of it.
fn through(
    opened: Opened,
    decoder: impl FnOnce(&mut Reader<'_>) -> Result<File, Trouble>,
) -> Result<Opened, Trouble> {
    let copied = decoder(&mut Reader::new(&opened));
    // Half of it may be of another state of the file: that says more than whatever went wrong.
    if let Some(change) = opened.change().map_err(Trouble::Read)? {
        return Err(Trouble::Changed(change));
    }
    opened.reading(copied?).map_err(Trouble::Write)
}

/// The first bytes of a source, read once: what they say of its form is looked up in them.
fn start_of(opened: &Opened) -> Result<Vec<u8>, Trouble> {
    let mut start = Vec::with_capacity(LOOKED_AT);
    let mut reader = Reader::new(opened).take(LOOKED_AT as u64);
    reader.read_to_end(&mut start).map_err(Trouble::Read)?;
    Ok(start)
}

/// The bytes of a source, unchecked.
#[derive(Clone)]
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
        loop {
            match self.file.read_at(&mut buffer[..most], self.at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(count) => {
                    self.at += count as u64;
                    return Ok(count);
                }
            }
        }
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

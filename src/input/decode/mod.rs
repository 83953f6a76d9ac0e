//! From a file of any form to the bytes of CSV in UTF-8, which everything behind reads.
//!
//! A file that is in that form already stays where it is, and costs nothing. Any other one is
//! written to a private copy, once: so it is read twice and cannot change. What could not be decoded is
//! [marked](crate::model::undecodable) in there, and is the error of its row.

mod encoding;
mod line_ends;
mod text;
mod trouble;

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;

use encoding_rs::{Encoding, UTF_8};

pub(super) use encoding::likely;

use super::error::Error;
use super::form_flaw::FormFlaw;
use super::opened::Opened;
use crate::model::dialect::{BYTE_ORDER_MARK, Dialect, NamedForm};
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
}

/// What is between the bytes of a source and the bytes of CSV in UTF-8.
enum Decoder {
    /// An encoding.
    Text(&'static Encoding),
}

/// Makes a source readable as CSV in UTF-8.
///
/// # Errors
///
/// Its form is none that is read, it is damaged, it changed meanwhile, or it cannot be copied.
pub(super) fn decode(name: &str, opened: Opened, named: &NamedForm) -> Result<Decoded, Error> {
    let error = |trouble: Trouble| trouble.of(name);
    let start = start(&opened).map_err(|source| error(Trouble::Read(source)))?;
    if let Some(flaw) = foreign(&start) {
        return Err(error(flaw.into()));
    }
    let encoding = encoding::of(&start, named.encoding).map_err(|flaw| error(flaw.into()))?;
    let mut opened = opened;
    if encoding != UTF_8 {
        opened = decoded(name, opened, &Decoder::Text(encoding))?;
    }
    finished(opened, encoding).map_err(error)
}

/// Recognizes files of another kind by their first bytes.
fn foreign(start: &[u8]) -> Option<FormFlaw> {
    match start {
        [0x1f, 0x8b, ..] => Some(FormFlaw::Gzip),
        [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(FormFlaw::Workbook),
        _ => None,
    }
}

/// Finds out what is left to know of bytes that are CSV in UTF-8.
fn finished(mut opened: Opened, encoding: &'static Encoding) -> Result<Decoded, Trouble> {
    let mut bytes = Reader::new(&opened);
    opened.terminator = line_ends::terminator(&mut bytes).map_err(Trouble::Read)?;
    let marked = start(&opened)
        .map_err(Trouble::Read)?
        .starts_with(BYTE_ORDER_MARK);
    Ok(Decoded {
        opened,
        form: Dialect {
            encoding,
            marked,
            ..Dialect::default()
        },
        start: if marked {
            BYTE_ORDER_MARK.len() as u64
        } else {
            0
        },
    })
}

/// Copies a source through a decoder.
fn decoded(name: &str, opened: Opened, decoder: &Decoder) -> Result<Opened, Error> {
    let copied = copied(&opened, decoder).map_err(|trouble| trouble.of(name));
    // Half of it may be of another state of the file: that says more than whatever went wrong.
    opened.check_unchanged(name)?;
    let copy = copied?;
    opened
        .reading(copy)
        .map_err(|source| Trouble::Write(source).of(name))
}

fn copied(opened: &Opened, decoder: &Decoder) -> Result<File, Trouble> {
    let mut from = Reader::new(opened);
    match decoder {
        Decoder::Text(encoding) => text::decode(&mut from, encoding),
    }
}

/// The first bytes of a source.
fn start(opened: &Opened) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    Reader::new(opened).take(8).read_to_end(&mut start)?;
    Ok(start)
}

/// The bytes of a source from the first on, unchecked.
struct Reader<'a> {
    file: &'a File,
    at: u64,
    left: u64,
}

impl<'a> Reader<'a> {
    fn new(opened: &'a Opened) -> Self {
        Self {
            file: &opened.file,
            at: 0,
            left: opened.size,
        }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let count = self.file.read_at(&mut buffer[..most], self.at)?;
        self.at += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

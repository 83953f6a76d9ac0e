//! Reading a wave: from the bytes of a CSV file to [`InputRow`](crate::model::row::InputRow)s.
//!
//! What a cell means is not decided here; see [`validate`](mod@crate::model::validate).
//! Nothing here talks to PingOne, keeps more than a record, or ever writes to the
//! input.
//!
//! | file | what it knows |
//! |---|---|
//! | [`source`] | files, pipes, and whether they changed |
//! | `blocks` | bytes, as they were at first |
//! | `lines` | line ends, line numbers |
//! | `records` | which lines belong together |
//! | `fields` | commas and quotes |
//! | `header`, `slips` | names of columns, and their misspellings |
//! | [`rows`] | cells, and what is wrong with a record |

mod blocks;
pub mod error;
mod fields;
mod header;
mod lines;
mod records;
pub mod rows;
mod slips;
pub mod source;

use std::io::{self, Read};
use std::sync::Arc;

use crate::model::dialect::{BYTE_ORDER_MARK, Dialect, LineEnd};
use crate::model::row::{Column, Header};
use error::{Error, Flaw};
use header::Layout;
use lines::{End, Lines};
use records::{Quotes, Records};
use rows::{Head, Rows};
use source::{Fingerprint, Opened, Source};

/// How a wave is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The pairs of `--column`: a column, and the header that it is under.
    pub columns: Vec<(Column, String)>,
}

/// A wave that was opened, and whose header was understood.
#[derive(Debug)]
pub struct Wave {
    opened: Arc<Opened>,
    name: Arc<str>,
    header: Header,
    layout: Arc<Layout>,
    body: Place,
}

/// A place between two records.
#[derive(Clone, Copy, Debug)]
struct Place {
    lines: u64,
    bytes: u64,
    before: Head,
}

impl Wave {
    /// Opens a wave and reads its header.
    ///
    /// # Errors
    ///
    /// An [`Error`] that says whether it [is the caller's](Error::is_usage), and what to do.
    pub fn open(source: &Source, options: &ReadOptions) -> Result<Self, Error> {
        let name = source.to_string();
        let opened = Arc::new(Opened::open(source)?);
        let refuse = |line, flaw| Error::NotAWave {
            name: name.clone(),
            line,
            flaw,
        };
        let (line, names, dialect, body) = match read_header(&opened) {
            Ok(Ok(read)) => read,
            Ok(Err((line, flaw))) => return Err(refuse(line, flaw)),
            Err(source) => return Err(Error::reading(name, source)),
        };
        let (header, layout) = header::understand(&names, &options.columns)
            .map_err(|flaw| refuse(Some(line), flaw))?;
        Ok(Self {
            opened,
            name: name.into(),
            header: header.in_dialect(dialect),
            layout: Arc::new(layout),
            body,
        })
    }

    /// The names of the columns, and where the known ones are; wavepair's own are not among them.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The rows from the first on; each call starts anew.
    ///
    /// What one pass has read of the file another one finds the same, or ends with
    /// [`Error::Changed`] before it gives a row of what is not.
    pub fn rows(&self) -> Rows {
        let Place {
            lines,
            bytes,
            before,
        } = self.body;
        let lines = Lines::new(self.opened.read_from(bytes), lines, bytes);
        let (layout, name) = (Arc::clone(&self.layout), Arc::clone(&self.name));
        Rows::new(lines, layout, name, before)
    }

    /// The length of the file in bytes, when it was opened.
    pub fn size(&self) -> u64 {
        self.opened.fingerprint.size
    }

    /// What the file was when it was opened; for a pipe, what its copy is.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.opened.fingerprint
    }

    /// Checks that the file is what it was when it was opened.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] where it was written to, replaced or deleted.
    pub fn check_unchanged(&self) -> Result<(), Error> {
        let name = self.name.to_string();
        match self.opened.change() {
            Ok(None) => Ok(()),
            Ok(Some(change)) => Err(Error::Changed { name, change }),
            Err(source) => Err(Error::Read { name, source }),
        }
    }
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

/// The line of the header, its names, the form of the file, and where the rows start; or where and
/// why it is none.
type HeaderOrFlaw = Result<(u64, Vec<String>, Dialect, Place), (Option<u64>, Flaw)>;

/// Reads the first record of a file.
fn read_header(opened: &Arc<Opened>) -> io::Result<HeaderOrFlaw> {
    let mut start = Vec::new();
    opened.read_from(0).take(8).read_to_end(&mut start)?;
    if let Some(flaw) = foreign(&start) {
        return Ok(Err((None, flaw)));
    }
    let marked = start.starts_with(BYTE_ORDER_MARK);
    let mark = if marked {
        BYTE_ORDER_MARK.len() as u64
    } else {
        0
    };
    let mut records = Records::new(Lines::new(opened.read_from(mark), 0, mark), None);
    let Some(record) = records.next()? else {
        return Ok(Err((None, Flaw::Empty)));
    };
    let is_bare = |pair: &[u8]| pair[0] == b'\r' && pair[1] != b'\n';
    let flaw = if record.text.contains(&0) {
        Some(Flaw::Utf16)
    } else if record.text.windows(2).any(is_bare) {
        Some(Flaw::CarriageReturns)
    } else if record.end == End::OutOfReach {
        Some(Flaw::HeaderTooLong)
    } else if record.quotes != Quotes::Sound {
        Some(Flaw::HeaderQuote)
    } else {
        None
    };
    if let Some(flaw) = flaw {
        return Ok(Err((Some(record.line), flaw)));
    }
    let mut names = Vec::new();
    for field in records.fields() {
        match std::str::from_utf8(&field.value(&record.text)) {
            Ok(name) => names.push(name.trim().to_owned()),
            Err(_) => return Ok(Err((Some(record.line), Flaw::HeaderNotUtf8))),
        }
    }
    let body = Place {
        lines: records.lines().read(),
        bytes: records.lines().bytes(),
        before: Head {
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
    Ok(Ok((record.line, names, dialect, body)))
}

#[cfg(test)]
mod tests;

//! Reading a wave: from the bytes of a CSV file to [`InputRow`](crate::model::row::InputRow)s.
//!
//! What a cell means is not decided here; see [`validate`](mod@crate::model::validate).
//! Nothing here talks to PingOne, keeps more than a record, or ever writes to the
//! input.
//!
//! | file | what it knows |
//! |---|---|
//! | [`source`], `opened`, `source_bytes`, `spool` | files, pipes, copies of them, and whether they changed |
//! | `decode` | which form a file has, and how CSV in UTF-8 is made of it |
//! | `memory`, `blocks`, [`steady`] | bytes, as they were at first |
//! | `lines` | line ends, line numbers |
//! | `records` | which lines belong together, by their delimiters and quotes |
//! | `head`, `delimiter`, `sep_line` | the first record, and what stands between its fields |
//! | `names`, `header`, `misspelling` | names of columns, what they mean, and their misspellings |
//! | `flaw`, `form_flaw` | what is wrong with a file as a whole, and with its form |
//! | [`rows`], `typed_cell`, `not_a_row` | cells, and what is wrong with a record |

mod blocks;
mod decode;
mod delimiter;
pub(crate) mod error;
pub(crate) mod flaw;
pub(crate) mod form_flaw;
mod head;
mod header;
mod lines;
mod memory;
mod misspelling;
mod names;
mod not_a_row;
mod opened;
mod records;
pub(crate) mod rows;
mod sep_line;
pub(crate) mod source;
mod source_bytes;
mod spool;
pub(crate) mod steady;
mod typed_cell;

use std::ffi::OsStr;
use std::sync::Arc;

use crate::model::dialect::NamedForm;
use crate::model::request::RowDefaults;
use crate::model::row::{Column, Header};
use crate::model::sheet::SheetRead;
use crate::model::user_name::UserBy;
use error::Error;
use flaw::Flaw;
use head::Position;
use header::Layout;
use opened::Opened;
use rows::Rows;
use source::Source;

/// How a wave is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The pairs of `--column`: a column, and the header that it is under.
    pub columns: Vec<(Column, String)>,
    /// What is said of the form of the file, and not to be recognized.
    pub form: NamedForm,
    /// How the rows name their users, where that is said; else by the first of all ways that is there.
    pub user_by: Option<UserBy>,
    /// What stands in for missing columns, where that is known: a wave in which no row can be right
    /// for want of a column is refused then.
    pub defaults: Option<RowDefaults>,
    /// Whether a header without a row is a wave: whoever asks for that knows how many rows to expect.
    pub may_be_empty: bool,
}

/// A wave that was opened, and whose header was understood.
#[derive(Debug)]
pub struct Wave {
    opened: Arc<Opened>,
    name: Arc<str>,
    header: Header,
    layout: Arc<Layout>,
    body: Position,
    sheet: Option<SheetRead>,
}

impl Wave {
    /// Opens a wave, reads its header, and makes sure that there are rows.
    ///
    /// A header with columns without a name takes a pass over the file, which must have nothing in them.
    ///
    /// # Errors
    ///
    /// An [`Error`] that says whether it [is the caller's](Error::is_usage), and what to do.
    pub fn open(source: &Source, options: &ReadOptions) -> Result<Self, Error> {
        let name = source.to_string();
        let decoded = decode::decode(&name, Opened::open(source)?, &options.form)?;
        let opened = Arc::new(decoded.opened);
        let head = match head::read(&opened, decoded.form, decoded.start, options) {
            Ok(Ok(head)) => head,
            Ok(Err((line, flaw))) => {
                let flaw = flaw.beside(source);
                return Err(Error::NotAWave { name, line, flaw });
            }
            Err(source) => return Err(Error::reading(name, source)),
        };
        let wave = Self {
            opened,
            name: name.into(),
            header: head.header,
            layout: Arc::new(head.layout),
            body: head.body,
            sheet: decoded.sheet,
        };
        wave.check_rows(options.may_be_empty)?;
        Ok(wave)
    }

    /// Refuses a wave that has no row, or content in a column without a name.
    fn check_rows(&self, may_be_empty: bool) -> Result<(), Error> {
        let mut rows = self.rows();
        let is_empty = rows.next().transpose()?.is_none();
        let flaw = if is_empty && !may_be_empty {
            Some((None, Flaw::NoRows))
        } else if self.layout.nameless.is_empty() {
            None
        } else {
            let nameless = self.rows().nameless_content()?;
            nameless.map(|(line, column)| (Some(line), Flaw::Nameless { column }))
        };
        match flaw {
            None => Ok(()),
            Some((line, flaw)) => Err(Error::NotAWave {
                name: self.name.to_string(),
                line,
                flaw,
            }),
        }
    }

    /// The names of the columns, and where the known ones are; wavepair's own are not among them.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Which sheet of a workbook the rows are of.
    pub(crate) fn sheet(&self) -> Option<&SheetRead> {
        self.sheet.as_ref()
    }

    /// The rows from the first on; each call starts anew.
    ///
    /// What one pass has read of the file another one finds the same, or ends with
    /// [`Error::Changed`] before it gives a row of what is not.
    pub fn rows(&self) -> Rows {
        let lines = self.body.lines_of(&self.opened);
        let (layout, name) = (Arc::clone(&self.layout), Arc::clone(&self.name));
        Rows::new(lines, layout, name, self.body.before)
    }

    /// The last part of the file's name; `-` for what has none.
    pub fn file_name(&self) -> &OsStr {
        self.opened.file_name()
    }

    /// Gives all bytes of the file as a file system has them, in order, whatever form they are in.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or [`Error::Changed`].
    pub(crate) fn source_bytes(&self, take: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        source_bytes::source_bytes(&self.opened, take)
            .map_err(|source| Error::reading(self.name.to_string(), source))
    }

    /// Checks that the file is what it was when it was opened.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] where it was written to, replaced or deleted.
    pub fn check_unchanged(&self) -> Result<(), Error> {
        self.opened.check_unchanged(&self.name)
    }
}

#[cfg(test)]
mod tests;

//! Rows on their way to a file, in the form that the file has.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use csv::Terminator;

use super::sheet::{Holds, Sheet};
use super::value::Value;
use crate::model::dialect::{Dialect, LineEnd};
use crate::model::file_form::FileForm;

/// The form of a file of rows, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lines of text.
    Text(Dialect),
    /// A workbook that gets its place in this folder.
    Workbook(PathBuf),
}

impl Form {
    /// The form of a file by its name; `wave` is how the wave is written.
    pub(crate) fn of(path: &Path, wave: Dialect) -> Self {
        match FileForm::of(path) {
            FileForm::Workbook => Form::Workbook(match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
                _ => PathBuf::from("."),
            }),
            // A name of another kind was refused before.
            FileForm::Text | FileForm::Foreign => Form::Text(wave),
        }
    }
}

/// Rows on their way.
#[derive(Debug)]
pub(super) enum Table<W: Write> {
    /// As lines of text.
    Text(Box<csv::Writer<W>>),
    /// As a sheet, which is written when it is complete.
    Sheet {
        /// The rows.
        sheet: Sheet,
        /// Where to.
        out: W,
    },
}

impl<W: Write + Send> Table<W> {
    /// Writes the header; `name` is the name of a sheet.
    ///
    /// # Errors
    ///
    /// What `out` says, or a sheet has no place for its rows.
    pub(super) fn begin(
        mut out: W,
        form: &Form,
        name: &str,
        header: &[(&str, Holds)],
    ) -> io::Result<Self> {
        let dialect = match form {
            Form::Text(dialect) => dialect,
            Form::Workbook(folder) => {
                let sheet = Sheet::begin(folder, name, header)?;
                return Ok(Table::Sheet { sheet, out });
            }
        };
        out.write_all(dialect.start())?;
        let mut csv = csv::WriterBuilder::new()
            .flexible(true)
            .delimiter(dialect.delimiter.byte())
            .terminator(match dialect.line_end {
                LineEnd::Lf => Terminator::Any(b'\n'),
                LineEnd::CrLf => Terminator::CRLF,
                LineEnd::Cr => Terminator::Any(b'\r'),
            })
            .from_writer(out);
        csv.write_record(header.iter().map(|(name, _)| name))?;
        Ok(Table::Text(Box::new(csv)))
    }

    /// Writes a row below the others.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        match self {
            Table::Sheet { sheet, .. } => sheet.row(values),
            Table::Text(csv) => {
                for value in values {
                    csv.write_field(value.text().as_bytes())?;
                }
                Ok(csv.write_record(None::<&[u8]>)?)
            }
        }
    }

    /// Hands the last rows down, and gives back what they were written to.
    ///
    /// # Errors
    ///
    /// What that says.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Table::Text(csv) => (*csv).into_inner().map_err(csv::IntoInnerError::into_error),
            Table::Sheet { sheet, mut out } => {
                sheet.finish(&mut out)?;
                Ok(out)
            }
        }
    }
}

//! Rows on their way to a file, in the form that the file has.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::lines::Lines;
use super::sheet::{Holds, Sheet};
use super::value::Value;
use crate::model::dialect::{Container, Dialect, LineEnd};
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
            FileForm::Text | FileForm::Foreign => Form::Text(match wave.container {
                Container::Plain | Container::Gzip => wave,
                // As a spreadsheet likes it best.
                Container::Workbook => Dialect {
                    encoding: encoding_rs::UTF_8,
                    marked: true,
                    line_end: LineEnd::CrLf,
                    ..wave
                },
            }),
        }
    }
}

/// Rows on their way.
#[derive(Debug)]
pub(super) enum Table<W: Write> {
    /// As lines of text.
    Text(Lines<W>),
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
        out: W,
        form: &Form,
        name: &str,
        header: &[(&str, Holds)],
    ) -> io::Result<Self> {
        match form {
            Form::Workbook(folder) => {
                let sheet = Sheet::begin(folder, name, header)?;
                Ok(Table::Sheet { sheet, out })
            }
            Form::Text(dialect) => {
                let mut lines = Lines::begin(out, *dialect)?;
                let names = header.iter().map(|(name, _)| Value::Text((*name).into()));
                lines.row(&names.collect::<Vec<_>>())?;
                Ok(Table::Text(lines))
            }
        }
    }

    /// Writes a row below the others.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        match self {
            Table::Sheet { sheet, .. } => sheet.row(values),
            Table::Text(lines) => lines.row(values),
        }
    }

    /// Hands the last rows down, and gives back what they were written to.
    ///
    /// # Errors
    ///
    /// What that says.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Table::Text(lines) => lines.finish(),
            Table::Sheet { sheet, mut out } => {
                sheet.finish(&mut out)?;
                Ok(out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dialect::Delimiter;

    #[test]
    fn text_is_written_as_the_wave_is_and_that_of_a_workbook_for_spreadsheets() {
        let wave = Dialect {
            container: Container::Gzip,
            encoding: encoding_rs::UTF_16LE,
            marked: true,
            delimiter: Delimiter::SEMICOLON,
            line_end: LineEnd::Cr,
        };
        for name in ["-", "r.csv", "folder.xlsx/r"] {
            assert_eq!(Form::of(Path::new(name), wave), Form::Text(wave));
        }
        let workbook = Dialect {
            container: Container::Workbook,
            ..Dialect::default()
        };
        let Form::Text(text) = Form::of(Path::new("r.csv"), workbook) else {
            panic!("a name that ends in .csv is of text");
        };
        let mut lines = Lines::begin(Vec::new(), text).unwrap();
        lines
            .row(&[Value::Number(1), Value::Text("é".into())])
            .unwrap();
        assert_eq!(lines.finish().unwrap(), "\u{feff}1,é\r\n".as_bytes());
        for wave in [wave, workbook] {
            for (name, folder) in [("r.xlsx", "."), ("a/r.XLSX", "a")] {
                let form = Form::Workbook(folder.into());
                assert_eq!(Form::of(Path::new(name), wave), form);
            }
        }
    }
}

//! What is in a rejects file, in its form.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::model::dialect::{Delimiter, Dialect};
use crate::model::event::RowFinished;
use crate::model::formula::marked;
use crate::model::row::{Header, InputRow};
use crate::report::as_written::Summed;
use crate::report::cell::{guarded, neutral};
use crate::report::record::{in_columns, push_field, texts_in_columns};
use crate::report::sheet::{Holds, Sheet};
use crate::report::table::Form;
use crate::report::value::Value;

/// The columns behind the input's own.
pub(crate) const COLUMNS: [&str; 3] = ["wavepair_outcome", "wavepair_code", "wavepair_message"];

/// A header and the rows below it, on their way to a file.
#[derive(Debug)]
pub(super) struct Body {
    file: Summed,
    columns: usize,
    /// What parts the fields of a row that was read.
    delimiter: Delimiter,
    guard: bool,
    rows: Rows,
}

#[derive(Debug)]
enum Rows {
    /// Lines, written as those of the input are.
    Lines(Dialect),
    /// A sheet, which comes into the file when it is complete.
    Sheet(Sheet),
}

impl Body {
    /// Begins with the columns of the input; `guard` marks what a spreadsheet would run.
    ///
    /// # Errors
    ///
    /// They cannot be written.
    pub(super) fn begin(
        file: Summed,
        form: &Form,
        header: &Header,
        guard: bool,
    ) -> io::Result<Self> {
        let names = header.names().iter().map(String::as_str).chain(COLUMNS);
        let mut body = Self {
            file,
            columns: header.names().len(),
            delimiter: header.dialect().delimiter,
            guard,
            rows: match form {
                Form::Text(dialect) => Rows::Lines(*dialect),
                Form::Workbook(folder) => {
                    let names: Vec<_> = names.clone().map(|name| name_in(guard, name)).collect();
                    let columns: Vec<_> = names
                        .iter()
                        .map(|name| (name.as_ref(), Holds::Text))
                        .collect();
                    Rows::Sheet(Sheet::begin(folder, "rejects", &columns)?)
                }
            },
        };
        if let Rows::Lines(dialect) = body.rows {
            let mut line = dialect.start().to_vec();
            for (place, name) in names.enumerate() {
                if place > 0 {
                    line.push(dialect.delimiter.byte());
                }
                push_field(&mut line, name, dialect.delimiter, guard);
            }
            body.line(line, dialect)?;
        }
        Ok(body)
    }

    /// Adds a row, as it was read, and why it is here.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn add(&mut self, row: &InputRow, ended: &RowFinished) -> io::Result<()> {
        let code = ended.code.as_deref().unwrap_or_default();
        let message = ended.message.as_deref().unwrap_or_default();
        match &mut self.rows {
            Rows::Lines(dialect) => {
                let dialect = *dialect;
                let mut line = in_columns(&row.raw, self.columns, dialect.delimiter, self.guard);
                for text in [ended.outcome.as_str(), code, message] {
                    line.push(dialect.delimiter.byte());
                    push_field(&mut line, &neutral(text), dialect.delimiter, self.guard);
                }
                self.line(line, dialect)
            }
            Rows::Sheet(sheet) => {
                let texts = texts_in_columns(&row.raw, self.columns, self.delimiter, self.guard);
                let mut values: Vec<_> = texts
                    .into_iter()
                    .map(|text| Value::Text(text.into()))
                    .collect();
                values.push(Value::Outcome(ended.outcome));
                for text in [code, message] {
                    values.push(Value::Text(marked_if(self.guard, text)));
                }
                sheet.row(&values)
            }
        }
    }

    /// Gives out the file with all of it.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn finish(mut self) -> io::Result<Summed> {
        if let Rows::Sheet(sheet) = self.rows {
            sheet.finish(&mut self.file)?;
        }
        Ok(self.file)
    }

    fn line(&mut self, mut line: Vec<u8>, dialect: Dialect) -> io::Result<()> {
        line.extend_from_slice(dialect.line_end.bytes());
        self.file.write_all(&line)
    }
}

/// The name of a column, which has to mean the same when it is read again.
fn name_in(guard: bool, name: &str) -> Cow<'_, str> {
    if guard {
        marked(name)
    } else {
        Cow::Borrowed(name)
    }
}

/// A text of ours, or of a server's, as a cell.
fn marked_if(guard: bool, text: &str) -> Cow<'_, str> {
    if guard { guarded(text) } else { neutral(text) }
}

//! What is in a rejects file, in its form.

use std::borrow::Cow;
use std::io;

use crate::model::dialect::Dialect;
use crate::model::event::RowFinished;
use crate::model::fields::joined;
use crate::model::formula::marked;
use crate::model::row::{Header, InputRow};
use crate::report::as_written::Summed;
use crate::report::cell::{guarded, neutral};
use crate::report::record::{in_columns, texts_in_columns};
use crate::report::sheet::Holds;
use crate::report::table::{Form, Table};
use crate::report::value::Value;

/// The columns behind the input's own.
pub(crate) const COLUMNS: [&str; 3] = ["wavepair_outcome", "wavepair_code", "wavepair_message"];

/// A header and the rows below it, on their way to a file.
#[derive(Debug)]
pub(super) struct Body {
    table: Table<Summed>,
    /// How many columns the input has.
    columns: usize,
    /// How the input is written.
    dialect: Dialect,
    guard: bool,
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
        let names = header.names().iter().map(|name| marked_if(guard, name));
        let names: Vec<_> = names.chain(COLUMNS.map(Cow::Borrowed)).collect();
        let columns: Vec<_> = names.iter().map(|name| (&**name, Holds::Text)).collect();
        Ok(Self {
            table: Table::begin(file, form, "rejects", &columns)?,
            columns: header.names().len(),
            dialect: header.dialect(),
            guard,
        })
    }

    /// Adds a row, as it was read, and why it is here.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn add(&mut self, row: &InputRow, ended: &RowFinished) -> io::Result<()> {
        let (columns, dialect, guard) = (self.columns, self.dialect, self.guard);
        let delimiter = dialect.delimiter;
        let code = ended.code.as_deref().unwrap_or_default();
        let message = ended.message.as_deref().unwrap_or_default();
        match &mut self.table {
            Table::Text(lines) => {
                let mut line = in_columns(&row.raw, columns, delimiter, guard);
                let texts = [ended.outcome.as_str(), code, message].map(neutral);
                let fields = texts.iter().map(|text| marked_if(guard, text).into_owned());
                line.push(delimiter.byte());
                line.extend(joined(fields, delimiter));
                lines.line(line)
            }
            Table::Sheet { sheet, .. } => {
                let texts = texts_in_columns(&row.raw, columns, dialect, guard);
                let mut values: Vec<_> = texts
                    .into_iter()
                    .map(|text| Value::Text(text.into()))
                    .collect();
                values.push(Value::Outcome(ended.outcome));
                values.extend([code, message].map(|text| Value::Text(text_in(guard, text))));
                sheet.row(&values)
            }
        }
    }

    /// Gives out the file with all of it.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn finish(self) -> io::Result<Summed> {
        self.table.finish()
    }
}

/// A text that is marked, where that is wanted, and not changed otherwise: the name of a column has to
/// mean the same when it is read again.
fn marked_if(guard: bool, text: &str) -> Cow<'_, str> {
    if guard {
        marked(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// A text of ours, or of a server's, as a cell.
fn text_in(guard: bool, text: &str) -> Cow<'_, str> {
    if guard { guarded(text) } else { neutral(text) }
}

//! The file of what became of each device of a run that is undone.

use std::io::{self, Write};

use super::cells::{Cells, Options, shown};
use super::sheet::Holds;
use super::table::{Form, Table};
use super::value::Value;
use crate::model::ids::{DeviceId, UserId};
use crate::model::phone::E164;
use crate::model::request::DeviceType;
use crate::model::row::RowNumber;
use crate::model::undo::UndoVerdict;

/// The columns of the file.
pub const COLUMNS: [&str; 8] = [
    "row",
    "line",
    "verdict",
    "device_id",
    "user_id",
    "type",
    "phone",
    "message",
];

/// The columns of them that hold numbers.
const NUMBERS: [&str; 2] = ["row", "line"];

/// What is said of one device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UndoRow<'a> {
    /// The row that asked for it, where that is known.
    pub row: Option<RowNumber>,
    /// The line on which that starts, where the wave is there to tell.
    pub line: Option<u64>,
    /// What became of it.
    pub verdict: UndoVerdict,
    /// Its ID, where PingOne told one.
    pub device: Option<DeviceId>,
    /// Whose it is.
    pub user: UserId,
    /// What kind it is.
    pub kind: DeviceType,
    /// Its phone, where it has one and that was not purged.
    pub phone: Option<E164>,
    /// What happened and what to do, where there is anything to say.
    pub message: Option<&'a str>,
}

/// Writes devices line by line.
#[derive(Debug)]
pub(crate) struct UndoWriter<W: Write> {
    table: Table<W>,
    cells: Cells,
}

impl<W: Write + Send> UndoWriter<W> {
    /// Writes the header, in the form that the file is to have.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub(crate) fn new(out: W, form: &Form, options: Options) -> io::Result<Self> {
        let columns = COLUMNS.map(|name| {
            let is_number = NUMBERS.contains(&name);
            let holds = if is_number {
                Holds::Numbers
            } else {
                Holds::Text
            };
            (name, holds)
        });
        Ok(Self {
            table: Table::begin(out, form, "undone", &columns)?,
            cells: Cells::without_wave(options),
        })
    }

    /// Writes the line of a device.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(crate) fn row(&mut self, row: &UndoRow<'_>) -> io::Result<()> {
        let number = |number: Option<u64>| number.map_or(Value::Nothing, Value::Number);
        let cells = self.cells;
        let phone = row.phone.map(|phone| cells.phone(phone));
        let message = row.message.unwrap_or_default();
        self.table.row(&[
            number(row.row.map(|row| row.0)),
            number(row.line),
            cells.text(row.verdict.as_str()),
            shown(row.device),
            shown(Some(row.user)),
            cells.text(row.kind.as_str()),
            cells.text(phone.unwrap_or_default()),
            cells.text(cells.message(message)),
        ])
    }

    /// Hands the last lines down, and gives back what they were written to.
    ///
    /// # Errors
    ///
    /// What that says.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.table.finish()
    }
}

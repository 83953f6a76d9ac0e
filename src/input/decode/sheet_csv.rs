//! The rows of a sheet as lines of CSV.
//!
//! Each row is one line, the empty ones too, so that the number of a line is that of its row. What ends
//! a line is no line end: a cell may have some.

use calamine::{DataRef, ExcelDateTime};

use super::trouble::Trouble;
use crate::input::form_flaw::FormFlaw;
use crate::input::lines::Terminator;
use crate::input::spool::Spool;
use crate::input::typed_cell::Kind;
use crate::model::dialect::Delimiter;
use crate::model::fields::joined;
use crate::model::undecodable;

/// What ends a line.
const END: u8 = Terminator::Record.byte();

/// Writes the cells of a sheet, which come in order.
#[derive(Debug)]
pub(super) struct SheetCsv {
    spool: Spool,
    /// The row that the next line is of, from 0.
    row: u32,
    /// How many columns the first row with content has; each row behind it has as many.
    width: Option<usize>,
    cells: Vec<(usize, Vec<u8>)>,
}

impl SheetCsv {
    pub(super) fn new(spool: Spool) -> Self {
        Self {
            spool,
            row: 0,
            width: None,
            cells: Vec::new(),
        }
    }

    /// Takes a cell with content.
    ///
    /// # Errors
    ///
    /// It stands before one that came earlier: two rows would be one.
    pub(super) fn take(&mut self, (row, column): (u32, u32), cell: Vec<u8>) -> Result<(), Trouble> {
        if row < self.row {
            return Err(FormFlaw::Damaged.into());
        }
        self.go_to(row)?;
        let column = usize::try_from(column).map_err(|_| FormFlaw::Damaged)?;
        if self.cells.last().is_some_and(|(last, _)| *last >= column) {
            return Err(FormFlaw::Damaged.into());
        }
        self.cells.push((column, cell));
        Ok(())
    }

    /// Ends the lines before a row.
    fn go_to(&mut self, row: u32) -> Result<(), Trouble> {
        while self.row < row {
            self.end_line()?;
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), Trouble> {
        let cells = std::mem::take(&mut self.cells);
        let mut line = Vec::new();
        if let Some((last, _)) = cells.last() {
            let width = *self.width.get_or_insert(last + 1);
            let mut cells = cells.iter().peekable();
            let columns = (0..width.max(last + 1)).map(|column| {
                let cell = cells.next_if(|(place, _)| *place == column);
                cell.map_or(&[][..], |(_, cell)| cell)
            });
            line = joined(columns, Delimiter::COMMA);
        }
        line.push(END);
        self.spool.write(&line)?;
        self.row += 1;
        Ok(())
    }

    /// Ends the last line.
    pub(super) fn finish(mut self) -> Result<Spool, Trouble> {
        if !self.cells.is_empty() {
            self.end_line()?;
        }
        Ok(self.spool)
    }
}

/// A cell as it goes through CSV; nothing where it has no content.
pub(super) fn cell(value: &DataRef<'_>, is_formula: bool) -> Option<Vec<u8>> {
    match value {
        DataRef::Empty if is_formula => Some(typed(Kind::Formula, "")),
        DataRef::Empty => None,
        DataRef::String(value) => text(value),
        DataRef::SharedString(value) => text(value),
        DataRef::Bool(value) => text(if *value { "TRUE" } else { "FALSE" }),
        DataRef::Int(number) => Some(typed(Kind::Number, &number.to_string())),
        DataRef::Float(number) => Some(typed(Kind::Number, &number_text(*number))),
        DataRef::DateTime(date) => Some(typed(Kind::Date, &date_text(date))),
        DataRef::DateTimeIso(date) | DataRef::DurationIso(date) => Some(typed(Kind::Date, date)),
        DataRef::Error(error) => Some(typed(Kind::Error, &error.to_string())),
    }
}

fn typed(kind: Kind, text: &str) -> Vec<u8> {
    let mut cell = vec![kind.mark()];
    cell.extend_from_slice(text.as_bytes());
    cell
}

fn text(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() {
        return None;
    }
    let mut cell = Vec::with_capacity(text.len());
    for &byte in text.as_bytes() {
        if byte == END {
            undecodable::push(&mut cell, byte);
        } else {
            cell.push(byte);
        }
    }
    Some(cell)
}

/// A number without an exponent: an integer as one.
fn number_text(number: f64) -> String {
    format!("{number}")
}

fn date_text(date: &ExcelDateTime) -> String {
    if date.is_duration() {
        return number_text(date.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        return day;
    }
    format!("{day} {hour:02}:{minute:02}:{second:02}")
}

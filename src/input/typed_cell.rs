//! Cells of a sheet that are no text: what they are goes with them through CSV, and is judged there.
//!
//! A byte that no text in UTF-8 has stands in front of such a cell's text.

use crate::model::dialect::Container;
use crate::model::invalid::{InvalidCode, Problem};
use crate::model::phone::stored_number::number_cell;
use crate::model::row::Column;

/// What a cell of a sheet is, besides text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number.
    Number,
    /// A date or a time.
    Date,
    /// An error such as `#N/A`.
    Error,
    /// A formula that was never worked out.
    Formula,
}

/// The kinds, and what stands in front of them.
const MARKS: [(Kind, u8); 4] = [
    (Kind::Number, 0xf8),
    (Kind::Date, 0xf9),
    (Kind::Error, 0xfa),
    (Kind::Formula, 0xfb),
];

/// A spreadsheet keeps so many digits of a number, and makes zeros of the others.
const DIGITS: usize = 15;

impl Kind {
    /// What stands in front of it.
    pub(super) fn mark(self) -> u8 {
        let mut marks = MARKS.iter();
        let found = marks.find(|(kind, _)| *kind == self);
        found.expect("each kind has one").1
    }
}

/// The kind of a cell, where it came from a sheet, and its text.
pub(super) fn split(cell: &[u8], container: Container) -> (Option<Kind>, &[u8]) {
    match container {
        Container::Plain | Container::Gzip => (None, cell),
        Container::Workbook => {
            let first = cell.first();
            let found = MARKS.iter().find(|(_, mark)| Some(mark) == first);
            found.map_or((None, cell), |(kind, _)| (Some(*kind), &cell[1..]))
        }
    }
}

/// A record without what its cells are marked with, where it came from a sheet.
pub(super) fn unmarked(mut record: Vec<u8>, container: Container) -> Vec<u8> {
    match container {
        Container::Plain | Container::Gzip => {}
        Container::Workbook => record.retain(|byte| MARKS.iter().all(|(_, mark)| mark != byte)),
    }
    record
}

/// What is wrong with a cell of this kind in a column that means something.
///
/// An error in the phone's column is a word for no value there, as it is in any file.
pub(super) fn problem(kind: Kind, text: &str, column: Column) -> Option<Problem> {
    if let (Kind::Number, Column::Phone) = (kind, column) {
        // What is not a number after all is no number that a phone could be.
        return Some(number_cell(text.parse().unwrap_or(f64::NAN)));
    }
    let name = column.name();
    let (code, message) = match (kind, column) {
        (Kind::Number, _) if text.bytes().filter(u8::is_ascii_digit).count() > DIGITS => (
            InvalidCode::NumberCell,
            format!(
                "the sheet holds `{name}` as a number, of which it keeps {DIGITS} digits; make the \
                 column one of text and write the value again"
            ),
        ),
        (Kind::Error, Column::Phone) | (Kind::Number, _) => return None,
        (Kind::Date, _) => (
            InvalidCode::DateCell,
            format!("the sheet holds a date in `{name}`; make the cell one of text"),
        ),
        (Kind::Error, _) => (
            InvalidCode::ErrorCell,
            format!("the sheet has an error in `{name}`; correct its formula, or write the value"),
        ),
        (Kind::Formula, _) => (
            InvalidCode::FormulaCell,
            format!(
                "`{name}` is a formula without a value; open the workbook in a spreadsheet, which \
                 works it out, and save it"
            ),
        ),
    };
    Some(Problem::new(code, message))
}

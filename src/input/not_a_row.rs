//! Lines between the rows that are none: a header that comes again, a comment, a total. Pure.

use super::header::Layout;
use super::names::{PHONE, column, normal};
use crate::model::dialect::BYTE_ORDER_MARK;
use crate::model::invalid::{InvalidCode, Problem};
use crate::model::row::{Cells, Column};

/// What a line of totals begins with.
const TOTALS: [&str; 12] = [
    "total",
    "totals",
    "subtotal",
    "grand",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "anzahl",
    "count",
    "totale",
    "eof",
];

/// Tells of a record that looks like something else than a row; `fits` says whether it has as many
/// fields as the header.
///
/// A row whose first cell has nothing but what a UUID has is passed over at once.
pub(super) fn look(record: &[u8], cells: &Cells, fits: bool, layout: &Layout) -> Option<Problem> {
    let first = cells.iter().find(|cell| !cell.is_empty())?;
    if first
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    {
        return None;
    }
    let is_marked = record.starts_with(BYTE_ORDER_MARK);
    if is_header(cells, layout) {
        return Some(Problem::new(
            InvalidCode::HeaderAgain,
            "the header comes again here, as in files that were put together; delete this line",
        ));
    }
    let what = if is_marked {
        "a byte order mark stands before this row, as where another file was put behind this one; \
         write the row again without it"
    } else if is_comment(first, cells, fits) {
        "this line looks like a comment; delete it"
    } else if is_total(first, cells, layout) {
        "this line looks like a total; delete it"
    } else {
        return None;
    };
    Some(Problem::new(InvalidCode::NotARow, what))
}

/// Whether the cells are the names of the header, or of columns that are known, in any order.
fn is_header(cells: &Cells, layout: &Layout) -> bool {
    let mut known = 0;
    for (place, cell) in cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_empty())
    {
        let word = normal(cell.trim_start_matches('\u{feff}'));
        if layout.words.get(place) != Some(&word) && column(&word).is_none() {
            return false;
        }
        known += 1;
    }
    known > 1
}

fn is_comment(first: &str, cells: &Cells, fits: bool) -> bool {
    let is_alone = cells.iter().filter(|cell| !cell.is_empty()).count() == 1;
    let start = first.trim_start();
    (start.starts_with('#') || start.starts_with("//")) && (is_alone || !fits)
}

fn is_total(first: &str, cells: &Cells, layout: &Layout) -> bool {
    let digits = |cell: &str| cell.bytes().filter(u8::is_ascii_digit).count();
    let phone = layout
        .place(Column::Phone)
        .map_or("", |place| cells.get(place));
    let word = first.split(|c: char| !c.is_alphanumeric()).next();
    let word = word.unwrap_or_default().to_lowercase();
    TOTALS.contains(&word.as_str()) && digits(phone) < PHONE
}

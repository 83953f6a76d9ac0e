//! A record as it was read, before anything is said about its values.

use std::fmt;

pub use super::column::Column;
use super::dialect::Dialect;
use super::invalid::Problem;
use super::user_name::UserBy;

/// The number of a data row, from 1; the header and blank lines are no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowNumber(pub u64);

impl fmt::Display for RowNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The header of a wave: its names, and where the known columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    names: Vec<String>,
    places: [Option<usize>; Column::ALL.len()],
    dialect: Dialect,
    user_by: UserBy,
    likely_email: Option<String>,
}

impl Header {
    /// Pairs the names of a file with the places of the columns found in it.
    pub fn new(names: Vec<String>, found: &[(Column, usize)]) -> Self {
        let mut places = [None; Column::ALL.len()];
        for &(column, place) in found {
            places[column as usize] = Some(place);
        }
        Self {
            names,
            places,
            dialect: Dialect::default(),
            user_by: UserBy::Id,
            likely_email: None,
        }
    }

    /// Notes how the rows name their users.
    #[must_use]
    pub fn naming_users_by(self, user_by: UserBy) -> Self {
        Self { user_by, ..self }
    }

    /// How the rows name their users.
    pub fn user_by(&self) -> UserBy {
        self.user_by
    }

    /// Notes the header of a column that may hold the addresses of `EMAIL` devices, though it is not
    /// called so.
    #[must_use]
    pub fn with_likely_email(self, likely_email: Option<String>) -> Self {
        Self {
            likely_email,
            ..self
        }
    }

    /// The header of a column that may hold the addresses of `EMAIL` devices, where no column is
    /// called so.
    pub fn likely_email(&self) -> Option<&str> {
        self.likely_email.as_deref()
    }

    /// Notes the form of the file that the header stands in.
    #[must_use]
    pub fn in_dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The form of the file that the header stands in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The names, as the file writes them, white space round them dropped.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a column, from 0, where the file has it.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }
}

/// One record of the input.
#[derive(Clone, PartialEq, Eq)]
pub struct InputRow {
    /// Its number among the data rows.
    pub number: RowNumber,
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// One cell for each column of the header.
    pub cells: Cells,
    /// The record's own bytes, without its line end.
    pub raw: Vec<u8>,
    /// What is wrong with the record as such: then its cells are shown, and not judged.
    pub fault: Option<Problem>,
}

impl fmt::Debug for InputRow {
    /// The bytes of a record hold a phone: only where it stands is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InputRow({}, line {})", self.number, self.line)
    }
}

/// The cells of a record: as many as the header has names.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    /// No cell yet, and room for so many with so many bytes in all.
    pub fn with_capacity(cells: usize, bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            ends: Vec::with_capacity(cells),
        }
    }

    /// Adds a cell behind the others.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// The cell at a place, from 0; empty where there is none.
    pub fn get(&self, place: usize) -> &str {
        let Some(&end) = self.ends.get(place) else {
            return "";
        };
        let start = match place.checked_sub(1) {
            Some(before) => self.ends[before],
            None => 0,
        };
        &self.text[start..end]
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no cell at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.get(place))
    }
}

impl fmt::Debug for Cells {
    /// Cells hold phones: only their number is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cells({})", self.len())
    }
}

impl<'a> FromIterator<&'a str> for Cells {
    fn from_iter<I: IntoIterator<Item = &'a str>>(cells: I) -> Self {
        let mut all = Cells::default();
        for cell in cells {
            all.push(cell);
        }
        all
    }
}

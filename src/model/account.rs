//! Whether every line of an input is accounted for. Pure.

/// What a whole pass over an input came to: its lines counted twice, and its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Physical lines, counted by their ends in the bytes of the file.
    pub lines: u64,
    /// Lines that the header takes up.
    pub header: u64,
    /// Blank lines, those before the header included.
    pub blank: u64,
    /// Lines that the rows take up; a row may span several.
    pub of_rows: u64,
    /// Rows.
    pub rows: u64,
}

impl Account {
    /// The lines that are the header's, blank or a row's.
    pub fn known_lines(&self) -> u64 {
        self.header + self.blank + self.of_rows
    }

    /// Whether each physical line is known, and no line is known twice.
    pub fn balances(&self) -> bool {
        self.lines == self.known_lines()
    }
}

//! Rows whose phones get no passcode, because no texts and calls go to their countries.

/// How many such rows there are, and where the first of them is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeniedRows {
    /// How many.
    pub rows: u64,
    /// On which line the first of them starts.
    pub line: u64,
}

impl DeniedRows {
    /// Counts a row that starts on this line.
    pub(crate) fn add(&mut self, line: u64) {
        if self.rows == 0 {
            self.line = line;
        }
        self.rows += 1;
    }
}

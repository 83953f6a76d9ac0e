//! Which sheet of a workbook is a wave.

/// The sheet that was read, and what a person may not expect of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SheetRead {
    /// Its name.
    pub(crate) name: String,
    /// How many more sheets a spreadsheet shows, where nobody named this one.
    pub(crate) others: u64,
    /// How many rows with content a spreadsheet does not show; they are read all the same.
    pub(crate) hidden_rows: u64,
}

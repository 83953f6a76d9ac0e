//! How a file of rows is written, besides what stands in its cells.
//!
//! What goes back to people is written as their own file was: their spreadsheet opened that one.

/// The form of a file of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// Whether the file starts with the byte order mark of UTF-8, by which a spreadsheet knows it.
    pub marked: bool,
    /// How its lines end.
    pub line_end: LineEnd,
}

impl Dialect {
    /// What stands between two fields.
    pub const DELIMITER: u8 = b',';

    /// What the file starts with, before its header.
    pub fn start(self) -> &'static [u8] {
        if self.marked { BYTE_ORDER_MARK } else { b"" }
    }
}

/// U+FEFF in UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How the lines of a file end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnd {
    /// With LF.
    #[default]
    Lf,
    /// With CR and LF.
    CrLf,
}

impl LineEnd {
    /// Its bytes.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            LineEnd::Lf => b"\n",
            LineEnd::CrLf => b"\r\n",
        }
    }
}

//! What the rows of a wave ask for, judged one by one.

use super::request::RowDefaults;
use super::row::{Header, InputRow};
use super::shared_phones::Sharers;
use super::validate::{JudgedRow, validate};

/// Judges the rows of a wave, in their order, from the first one on.
#[derive(Debug)]
pub(crate) struct RowJudge<'a> {
    header: &'a Header,
    defaults: &'a RowDefaults,
    sharers: Sharers,
}

impl<'a> RowJudge<'a> {
    /// `defaults` stand in for empty cells, and `sharers` tell what is done about phones of several
    /// users.
    pub(crate) fn new(header: &'a Header, defaults: &'a RowDefaults, sharers: Sharers) -> Self {
        Self {
            header,
            defaults,
            sharers,
        }
    }

    /// Judges the next row.
    pub(crate) fn judge(&mut self, row: &InputRow) -> JudgedRow {
        let mut judged = validate(self.header, row, self.defaults);
        self.sharers.judge(&mut judged);
        judged
    }
}

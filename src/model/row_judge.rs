//! What the rows of a wave ask for, judged one by one.

use super::names::Names;
use super::request::RowDefaults;
use super::row::{Header, InputRow};
use super::shared_phones::Sharers;
use super::validate::{JudgedRow, validate};

/// Judges the rows of a wave, in their order, from the first one on.
#[derive(Debug)]
pub(crate) struct RowJudge<'a> {
    header: &'a Header,
    defaults: &'a RowDefaults,
    names: &'a Names,
    sharers: Sharers,
}

impl<'a> RowJudge<'a> {
    /// `defaults` stand in for empty cells, `names` tell whose names are in the rows, and `sharers` tell what is done about phones of several
    /// users.
    pub(crate) fn new(
        header: &'a Header,
        defaults: &'a RowDefaults,
        names: &'a Names,
        sharers: Sharers,
    ) -> Self {
        Self {
            header,
            defaults,
            names,
            sharers,
        }
    }

    /// Judges the next row.
    pub(crate) fn judge(&mut self, row: &InputRow) -> JudgedRow {
        let mut judged = validate(self.header, row, self.defaults, self.names);
        self.sharers.judge(&mut judged);
        judged
    }
}

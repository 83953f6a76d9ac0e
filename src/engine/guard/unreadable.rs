//! Listings that nobody could read, before any could be: the host is wrong, or phones are masked.

use std::collections::BTreeSet;

use crate::model::code;
use crate::model::outcome::Answer;
use crate::model::row::RowNumber;

/// How many rows are taken up whose listings cannot be read, before any could.
const MOST: usize = 10;

/// The rows whose listing could not be read.
#[derive(Debug, Default)]
pub(super) struct UnreadableListings {
    rows: BTreeSet<RowNumber>,
}

impl UnreadableListings {
    /// Takes note of one more; gives of how many rows there were, if that is too many. One row that is
    /// looked for again and again says nothing of the others.
    pub(super) fn add(&mut self, row: RowNumber, answer: &Answer) -> Option<usize> {
        // Others say that PingOne has trouble, and nothing of the host.
        let foreign = matches!(
            answer.code.as_deref(),
            Some(code::UNREADABLE_LISTING | code::UNEXPECTED_STATUS | code::NOT_FOUND)
        );
        if foreign {
            self.rows.insert(row);
        }
        (foreign && self.rows.len() >= MOST).then_some(self.rows.len())
    }
}

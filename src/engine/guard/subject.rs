//! What an answer is about.

use std::time::Duration;

use crate::model::ids::{PolicyId, UserId};
use crate::model::outcome::Refusal;
use crate::model::row::RowNumber;

/// What an answer is about.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Subject {
    /// The row.
    pub(in crate::engine) row: RowNumber,
    /// Its user.
    pub(in crate::engine) user: UserId,
    /// Its policy.
    pub(in crate::engine) policy: PolicyId,
    /// The number of the request.
    pub(in crate::engine) seq: u64,
    /// Whether the row was refused for the same reason before, in this run or an earlier one.
    pub(in crate::engine) refused_before: bool,
    /// Whether its user's ID is one that an earlier run looked up.
    pub(in crate::engine) is_remembered: bool,
    /// How long the answer took.
    pub(in crate::engine) took: Duration,
}

impl Subject {
    /// Whether a refusal is about this row alone; `takes_others` says whether devices were made for
    /// others.
    pub(super) fn stands_alone(&self, refusal: Refusal, takes_others: bool) -> bool {
        self.is_outdated(refusal) || self.refused_before && takes_others
    }

    /// Whether a refusal says that what is remembered of the user is outdated: the name is asked for
    /// anew then.
    pub(super) fn is_outdated(&self, refusal: Refusal) -> bool {
        self.is_remembered && refusal == Refusal::UserUnknown
    }
}

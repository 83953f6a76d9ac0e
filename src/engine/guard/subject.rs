//! What an answer is about.

use std::time::Duration;

use crate::model::ids::{PolicyId, UserId};
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
    /// How long the answer took.
    pub(in crate::engine) took: Duration,
}

//! The same refusal, time after time: it is about the tenant and not about the rows.

use super::subject::Subject;
use crate::model::ids::UserId;
use crate::model::outcome::{Answer, Refusal};
use crate::model::row::RowNumber;

/// How many of one code in a row are about the tenant, once a device was created.
const SAME: usize = 10;
const FORBIDDEN_AT_FIRST: usize = 3;

/// Refusals of one code, with nothing else between them.
#[derive(Debug, Default)]
pub(super) struct Streak {
    code: String,
    /// Whether listings were refused, and not creates.
    of_looks: bool,
    count: usize,
    users: Vec<UserId>,
    rows: Vec<RowNumber>,
}

impl Streak {
    /// Takes note of one more refusal, of a listing or of a create.
    pub(super) fn add(&mut self, subject: Subject, of_looks: bool, answer: &Answer) {
        let code = answer.code.as_deref().unwrap_or_default();
        if self.code != code || self.of_looks != of_looks {
            *self = Self {
                code: code.to_owned(),
                of_looks,
                ..Self::default()
            };
        }
        self.count += 1;
        if self.users.len() < SAME && !self.users.contains(&subject.user) {
            self.users.push(subject.user);
            self.rows.push(subject.row);
        }
    }

    /// Takes note of a listing that was given: it ends a streak of those that were not.
    pub(super) fn listed(&mut self) {
        if self.of_looks {
            *self = Self::default();
        }
    }

    /// How many there were, if that is too many; `canary` is how many go first, before any success.
    pub(super) fn too_many(&self, refusal: Refusal, canary: Option<usize>) -> Option<usize> {
        let users = self.users.len();
        let (seen, most) = match (canary, refusal) {
            (Some(_), Refusal::Forbidden) => (users, FORBIDDEN_AT_FIRST),
            (None | Some(0), _) => (self.count, SAME),
            (Some(canary), Refusal::UserUnknown) => (users, canary),
            (Some(canary), _) => (self.count, canary),
        };
        (seen >= most).then_some(seen)
    }

    /// How many creates more may be on their way while all are refused: as many as it takes to stop.
    pub(super) fn left(&self) -> Option<usize> {
        let refused = self.count > 0 && !self.of_looks;
        refused.then(|| SAME.saturating_sub(self.count).max(1))
    }

    /// Example rows, for a message.
    pub(super) fn rows(&self) -> String {
        let rows: Vec<String> = self.rows.iter().take(3).map(ToString::to_string).collect();
        rows.join(", ")
    }
}

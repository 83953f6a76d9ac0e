//! The same refusal, time after time: it is about the tenant and not about the rows.

use super::breaker::Kind;
use super::subject::Subject;
use crate::model::ids::UserId;
use crate::model::outcome::{Answer, Refusal};
use crate::model::row::RowNumber;

/// How many of one code in a row are about the tenant, once a device was created: by then most rows
/// are right, and so many wrong ones do not follow each other by chance.
const SAME: usize = 10;
/// How many users may be forbidden before any device was created: a role that is limited to a
/// population forbids some users and not others.
const FORBIDDEN_AT_FIRST: usize = 3;

/// Refusals of one code, with nothing else between them.
#[derive(Debug, Default)]
pub(super) struct Streak {
    code: String,
    /// What was refused; none yet.
    kind: Option<Kind>,
    count: usize,
    users: Vec<UserId>,
    rows: Vec<RowNumber>,
}

impl Streak {
    /// Takes note of one more refusal of a request of this kind.
    pub(super) fn add(&mut self, subject: Subject, kind: Kind, answer: &Answer) {
        let code = answer.code.as_deref().unwrap_or_default();
        if self.code != code || self.kind != Some(kind) {
            *self = Self {
                code: code.to_owned(),
                kind: Some(kind),
                ..Self::default()
            };
        }
        self.count += 1;
        if self.users.len() < SAME && !self.users.contains(&subject.user) {
            self.users.push(subject.user);
            self.rows.push(subject.row);
        }
    }

    /// Takes note of a request of this kind that was not refused: it ends a streak of those that
    /// were. Creates have their own end.
    pub(super) fn served(&mut self, kind: Kind) {
        if self.kind == Some(kind) {
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
        let refused = self.count > 0 && self.kind == Some(Kind::Create);
        refused.then(|| SAME.saturating_sub(self.count).max(1))
    }

    /// Example rows, for a message.
    pub(super) fn rows(&self) -> String {
        let rows: Vec<String> = self.rows.iter().take(3).map(ToString::to_string).collect();
        rows.join(", ")
    }
}

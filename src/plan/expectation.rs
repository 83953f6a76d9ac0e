//! What a run is expected to do for a row, by what a dry run says of it. Pure.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use crate::model::entry::{LedgerEntry, Moment, RESENDS_MAX};
use crate::model::outcome::Outcome;

/// What a run is expected to do for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Expectation {
    /// It creates the device.
    Create,
    /// It finds the device.
    Existing,
    /// It finds out what became of an earlier request, and sends no other one.
    Settle,
    /// It asks for nothing: the row is done, wrong or refused.
    Nothing,
}

impl Expectation {
    /// All of them, in the order in which people are told of them.
    pub(crate) const ALL: [Expectation; 4] = [
        Expectation::Create,
        Expectation::Existing,
        Expectation::Settle,
        Expectation::Nothing,
    ];

    /// The word in a plan.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Expectation::Create => "create",
            Expectation::Existing => "existing",
            Expectation::Settle => "settle",
            Expectation::Nothing => "nothing",
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that no plan has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected create, existing, settle or nothing")]
pub(crate) struct NoExpectation;

impl FromStr for Expectation {
    type Err = NoExpectation;

    fn from_str(text: &str) -> Result<Self, NoExpectation> {
        let mut all = Self::ALL.into_iter();
        all.find(|expect| expect.as_str() == text)
            .ok_or(NoExpectation)
    }
}

/// A request of an earlier run that nobody knows the answer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenRequest {
    /// The last instant at which it could have been sent.
    pub last_send: Moment,
    /// How many requests followed unanswered ones.
    pub resends: u32,
}

impl OpenRequest {
    /// The one of a ledger's entry, where it has one.
    pub(crate) fn of(entry: &LedgerEntry) -> Option<Self> {
        entry.doubt.as_ref().map(|doubt| Self {
            last_send: doubt.last_send.clone(),
            resends: entry.resends,
        })
    }

    /// Whether a run may send another one where PingOne does not list the device: this one was sent
    /// so long ago, and `settle` is how long it may still take effect.
    pub(crate) fn may_be_followed(&self, age: Duration, settle: Duration) -> bool {
        age >= settle && self.resends < RESENDS_MAX
    }
}

/// What a run is expected to do for a row of which a dry run says `outcome`; `open` is whether an
/// earlier request of it is open, and then whether another one may follow it.
///
/// | a dry run says | nothing is open | open, and may be followed | open |
/// | --- | --- | --- | --- |
/// | `ready` | create | create | settle |
/// | `existing` | existing | settle | settle |
/// | `unknown` | settle | settle | settle |
/// | anything else | nothing | nothing | nothing |
pub(crate) fn expectation(outcome: Outcome, open: Option<bool>) -> Expectation {
    match (outcome, open) {
        (Outcome::Ready, None | Some(true)) => Expectation::Create,
        (Outcome::Existing, None) => Expectation::Existing,
        (Outcome::Ready | Outcome::Existing, Some(_)) | (Outcome::Unknown, _) => {
            Expectation::Settle
        }
        (
            Outcome::Created
            | Outcome::Duplicate
            | Outcome::Invalid
            | Outcome::Rejected
            | Outcome::Failed
            | Outcome::Pending,
            _,
        ) => Expectation::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_run_would_send_today_is_expected_to_be_created() {
        use Expectation::{Create, Existing, Nothing, Settle};
        for (outcome, expected) in [
            (Outcome::Ready, [Create, Create, Settle]),
            (Outcome::Existing, [Existing, Settle, Settle]),
            (Outcome::Unknown, [Settle; 3]),
            (Outcome::Created, [Nothing; 3]),
            (Outcome::Duplicate, [Nothing; 3]),
            (Outcome::Invalid, [Nothing; 3]),
            (Outcome::Rejected, [Nothing; 3]),
            (Outcome::Failed, [Nothing; 3]),
            (Outcome::Pending, [Nothing; 3]),
        ] {
            let found = [None, Some(true), Some(false)].map(|open| expectation(outcome, open));
            assert_eq!(found, expected, "{outcome}");
        }
    }

    #[test]
    fn a_request_is_followed_once_it_has_settled_and_three_times_at_most() {
        const HOUR: Duration = Duration::from_hours(1);
        for (minutes, resends, may) in
            [(59, 0, false), (60, 0, true), (60, 2, true), (60, 3, false)]
        {
            let open = OpenRequest {
                last_send: Moment {
                    wall_ms: 0,
                    boot_ms: 0,
                    boot_id: String::new(),
                },
                resends,
            };
            let age = Duration::from_mins(minutes);
            assert_eq!(open.may_be_followed(age, HOUR), may, "{minutes} {resends}");
        }
    }
}

//! What differs between a plan and what a run finds, and how people are told. Pure.

use std::fmt;

use super::digest::Digest;
use super::file::Deciding;
use crate::model::counted::{count, counted};
use crate::model::ids::{EnvironmentId, RunId};
use crate::model::ledger_mark::LedgerMark;

/// One thing in which a plan and what a run finds differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The wave has other bytes.
    Wave {
        /// In the plan.
        planned: Digest,
        /// As it is.
        now: Digest,
    },
    /// The same bytes are another number of rows.
    Rows {
        /// In the plan.
        planned: u64,
        /// As it is.
        now: u64,
    },
    /// It is for another environment.
    Environment {
        /// In the plan.
        planned: EnvironmentId,
        /// Of the run.
        now: EnvironmentId,
    },
    /// It is for another host.
    Host {
        /// In the plan.
        planned: String,
        /// Of the run.
        now: String,
    },
    /// A setting that decides about rows has another value.
    Setting {
        /// The option, without dashes.
        name: String,
        /// In the plan.
        planned: Side,
        /// Of the run.
        now: Side,
    },
    /// The ledger has gone on since.
    LedgerGrew {
        /// In the plan.
        planned: LedgerMark,
        /// As it is.
        now: LedgerMark,
    },
    /// The ledger is not the one that the plan rests on.
    OtherLedger {
        /// A run that it would know.
        missing: Option<RunId>,
    },
    /// A row is judged otherwise than the plan says.
    Row {
        /// Which row.
        row: u64,
        /// The line on which it starts.
        line: u64,
    },
    /// What the plan says that it comes to is not what its rows come to.
    Totals,
}

/// What one side has of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// This value.
    Value(String),
    /// No value.
    NotGiven,
    /// No such setting: another wavepair made it.
    NotKnown,
}

impl Side {
    /// What settings have under a name.
    pub(crate) fn of(settings: &Deciding, name: &str) -> Self {
        match settings.get(name) {
            Some(Some(value)) => Side::Value(value.clone()),
            Some(None) => Side::NotGiven,
            None => Side::NotKnown,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Side::Value(value) => f.write_str(&value.replace('\n', ", ")),
            Side::NotGiven => f.write_str("not given"),
            Side::NotKnown => f.write_str("not known"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Wave { planned, now } => write!(
                f,
                "the wave has other bytes (SHA-256 {}, in the plan {})",
                short(*now),
                short(*planned)
            ),
            Difference::Rows { planned, now } => write!(
                f,
                "the wave is read as {}, in the plan {}",
                counted(*now, "row"),
                count(*planned)
            ),
            Difference::Environment { planned, now } => {
                write!(f, "the environment is {now}, in the plan {planned}")
            }
            Difference::Host { planned, now } => {
                write!(f, "the host is {now}, in the plan {planned}")
            }
            // Of phones no more than that.
            Difference::Setting { name, .. } if name == "shared-phones-file" => {
                write!(f, "the phones of `--{name}` are others")
            }
            Difference::Setting { name, planned, now } => {
                write!(f, "`--{name}` is {now}, in the plan {planned}")
            }
            Difference::LedgerGrew { planned, now } if planned.runs == now.runs => {
                f.write_str("the ledger has gone on since the plan was made")
            }
            Difference::LedgerGrew { planned, now } => write!(
                f,
                "the ledger has gone on since the plan was made (runs: {}, in the plan {})",
                count(now.runs),
                count(planned.runs)
            ),
            Difference::OtherLedger { missing: Some(run) } => {
                write!(f, "the ledger is another one: it does not know run {run}")
            }
            Difference::OtherLedger { missing: None } => {
                f.write_str("the ledger is another one: it knows less than the plan")
            }
            Difference::Row { row, line } => write!(
                f,
                "row {row}, line {line}, asks for something else than the plan says"
            ),
            Difference::Totals => {
                f.write_str("its totals are not those of its rows, so it was edited")
            }
        }
    }
}

/// As much of a digest as tells it from others.
fn short(digest: Digest) -> String {
    let mut text = digest.to_string();
    text.truncate(12);
    text
}

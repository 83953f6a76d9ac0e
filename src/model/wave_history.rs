//! How a wave went, as its ledger tells it.

use std::collections::BTreeMap;

use super::ids::RunId;

/// A run that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PastRun {
    /// The how-manieth of the ledger it is, from 1.
    pub number: u64,
    /// The run.
    pub id: RunId,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// When it was over; `None` where it is still going on.
    pub finished_ms: Option<i64>,
    /// How it ended; `None` where it did not live to say so.
    pub exit_code: Option<u8>,
    /// Why it ended before its wave did, where it did.
    pub stopped: Option<String>,
}

/// What a run did in one minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Minute {
    /// How many devices it created.
    pub created: u64,
    /// How many creates PingOne answered with 429.
    pub throttled: u64,
}

/// A run, and what it did when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunHistory {
    /// The run.
    pub run: PastRun,
    /// What it did, by minutes since 1970; minutes without anything are left out.
    pub minutes: BTreeMap<i64, Minute>,
}

//! What a run leaves of itself in the ledger: how it was called, and what it came to. Its last screen
//! is shown again of that, word for word.

mod called;
mod paces;
mod reason;

pub(crate) use called::Called;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};

use super::command_line::CommandLine;
use super::last_screen::Ending;
use super::rejects::Written;
use crate::exit::ExitCode;
use crate::model::outcome::Outcome;
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;
use crate::model::summary::{Requests, Summary};
use crate::model::tally::{CodeCount, Tally};
use paces::KeptPaces;
use reason::KeptReason;

/// What a run came to, in the form in which the ledger keeps it.
///
/// Its keys only grow in number: a ledger is read by later versions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct KeptRun {
    rows: u64,
    outcomes: BTreeMap<String, u64>,
    codes: BTreeMap<String, KeptCount>,
    seen_twice: Option<KeptCount>,
    nameless: u64,
    of_other_shards: u64,
    created_now: u64,
    #[serde(with = "KeptRequests")]
    requests: Requests,
    throttled: u64,
    retries: u64,
    paces: Option<KeptPaces>,
    stopped: Option<KeptReason>,
    took_ms: u64,
    results: Option<PathBuf>,
    rejects: Option<PathBuf>,
    edited_rejects: Vec<PathBuf>,
    wave_is_stream: bool,
    deadline_ms: Option<i64>,
    settled_from_ms: Option<i64>,
    given_up: u64,
}

/// What is known of an end besides its summary.
#[derive(Clone, Debug)]
pub(crate) struct EndFacts<'a> {
    /// How long the run took.
    pub took: Duration,
    /// Where each row is told of, where that is a file that was written.
    pub results: Option<&'a Path>,
    /// Where the rows to correct are, where they were written.
    pub rejects: Option<&'a Written>,
    /// Whether the wave has no name that another command could read it by.
    pub wave_is_stream: bool,
    /// From when on its `--deadline` is past for ever, where it is.
    pub deadline: Option<Timestamp>,
    /// From when on rows in doubt can be settled, where there are some that can.
    pub settled_from: Option<Timestamp>,
    /// How many rows in doubt no run sends again.
    pub given_up: u64,
}

/// A run as the ledger knows it, besides what it left.
#[derive(Clone, Debug)]
pub(crate) struct OfRun<'a> {
    /// A summary of nothing that has happened in it yet.
    pub begun: Summary,
    /// How it ended.
    pub exit: ExitCode,
    /// How it was called.
    pub command: &'a CommandLine,
    /// The time now.
    pub now: &'a ZonedDateTime,
}

impl KeptRun {
    /// What is kept of a run that ended so.
    pub(crate) fn new(summary: &Summary, end: &EndFacts<'_>) -> Self {
        let Tally {
            outcomes,
            codes,
            seen_twice,
            nameless,
            of_other_shards,
        } = &summary.tally;
        let counts = outcomes.iter().filter(|(_, rows)| *rows > 0);
        let codes = codes.iter();
        let rejects = end.rejects;
        Self {
            rows: summary.rows,
            outcomes: counts
                .map(|(outcome, rows)| (outcome.as_str().to_owned(), rows))
                .collect(),
            codes: codes
                .map(|(code, count)| (code.clone(), KeptCount::from(*count)))
                .collect(),
            seen_twice: seen_twice.map(KeptCount::from),
            nameless: *nameless,
            of_other_shards: *of_other_shards,
            created_now: summary.created_now,
            requests: summary.requests,
            throttled: summary.throttled,
            retries: summary.retries,
            paces: summary.paces.as_ref().map(KeptPaces::from),
            stopped: summary.stopped.clone().map(KeptReason),
            took_ms: u64::try_from(end.took.as_millis()).unwrap_or(u64::MAX),
            results: end.results.map(Path::to_owned),
            rejects: rejects.and_then(|rejects| rejects.path.clone()),
            edited_rejects: rejects.map_or_else(Vec::new, |rejects| rejects.kept.clone()),
            wave_is_stream: end.wave_is_stream,
            deadline_ms: end.deadline.map(Timestamp::as_millisecond),
            settled_from_ms: end.settled_from.map(Timestamp::as_millisecond),
            given_up: end.given_up,
        }
    }

    /// Reads what [`to_json`](Self::to_json) wrote; nothing where it is not that.
    pub(crate) fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The form in which the ledger keeps it.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Its summary, as far as it is kept; `begun` is one of nothing that has happened yet.
    pub(crate) fn summary(&self, begun: Summary) -> Summary {
        let mut tally = Tally::default();
        for outcome in Outcome::ALL {
            let rows = self.outcomes.get(outcome.as_str());
            tally.outcomes.add_rows(outcome, rows.copied().unwrap_or(0));
        }
        let codes = self.codes.iter();
        tally.codes = codes
            .map(|(code, count)| (code.clone(), (*count).into()))
            .collect();
        tally.seen_twice = self.seen_twice.map(Into::into);
        tally.nameless = self.nameless;
        tally.of_other_shards = self.of_other_shards;
        Summary {
            rows: self.rows,
            tally,
            created_now: self.created_now,
            requests: self.requests,
            throttled: self.throttled,
            retries: self.retries,
            paces: self.paces.as_ref().map(Into::into),
            stopped: self.stopped.clone().map(StopReason::from),
            ..begun
        }
    }

    /// How long the run took.
    pub(crate) fn took(&self) -> Duration {
        Duration::from_millis(self.took_ms)
    }

    /// Shows the end of the run to `tell`, as it was and as of now.
    pub(crate) fn ending<T>(&self, of: &OfRun<'_>, tell: impl FnOnce(&Ending<'_>) -> T) -> T {
        let summary = self.summary(of.begun.clone());
        let at = |ms: Option<i64>| Timestamp::from_millisecond(ms?).ok();
        let results = self.results.as_ref().map(|path| path.display().to_string());
        let rejects = Written {
            path: self.rejects.clone(),
            kept: self.edited_rejects.clone(),
        };
        let zone: &TimeZone = of.now.time_zone();
        let deadline = at(self.deadline_ms);
        tell(&Ending {
            summary: &summary,
            exit: of.exit,
            took: self.took(),
            results: results.as_deref(),
            rejects: Some(&rejects),
            held_back: 0,
            command: of.command,
            wave_is_stream: self.wave_is_stream,
            forgotten: false,
            deadline_is_past: deadline.is_some_and(|at| at <= of.now.timestamp()),
            now: of.now,
            settled_from: at(self.settled_from_ms).map(|at| at.to_zoned_datetime(zone.clone())),
            given_up: self.given_up,
        })
    }
}

/// Rows of one code, as they are kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct KeptCount {
    rows: u64,
    row: u64,
    line: u64,
}

impl From<CodeCount> for KeptCount {
    fn from(count: CodeCount) -> Self {
        Self {
            rows: count.rows,
            row: count.example.0,
            line: count.line,
        }
    }
}

impl From<KeptCount> for CodeCount {
    fn from(kept: KeptCount) -> Self {
        Self {
            rows: kept.rows,
            example: RowNumber(kept.row),
            line: kept.line,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Requests")]
struct KeptRequests {
    token: u64,
    list: u64,
    create: u64,
    mfa: u64,
    #[serde(default)]
    delete: u64,
    read: u64,
}

#[cfg(test)]
mod tests;

//! What is known of a run, brought together.

use std::time::Duration;

use jiff::{Timestamp, ZonedDateTime};

use crate::commands::looked_back::LookedBack;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::{Held, RunEntry};
use crate::model::counts::Counts;
use crate::model::outcome::Outcome;
use crate::model::summary::Summary;
use crate::report::kept_run::{Called, KeptRun};
use crate::settings::table::takes_value;

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is going on.
    Running,
    /// It came to its end, and said how.
    Ended(ExitCode),
    /// It did not live to say how it ended.
    CutShort,
}

impl Standing {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Standing::Running => "running",
            Standing::Ended(exit) => exit.word(),
            Standing::CutShort => "cut_short",
        }
    }
}

/// What is known of a run.
#[derive(Debug)]
pub(super) struct Known {
    /// What the ledger says.
    pub(super) entry: RunEntry,
    pub(super) standing: Standing,
    pub(super) started: Timestamp,
    /// How long it took, or takes already; not known where it was cut short.
    pub(super) took: Option<Duration>,
    /// How many rows have each outcome: all of the wave's where it came to its end; else what it has
    /// settled itself.
    pub(super) outcomes: Option<Counts>,
    /// How many devices it created itself.
    pub(super) created: Option<u64>,
    /// How many more it has asked for, and not heard of.
    pub(super) in_flight: u64,
    /// How many it deleted, where it undoes another run.
    pub(super) deleted: u64,
    pub(super) kept: Option<KeptRun>,
    pub(super) called: Option<Called>,
}

impl Known {
    /// Every run of a ledger, the last one first.
    pub(super) fn all(ledger: &LookedBack, now: &ZonedDateTime) -> Result<Vec<Self>, Error> {
        let runs = ledger.reader.runs()?;
        runs.into_iter()
            .enumerate()
            .map(|(at, run)| Self::new(ledger, run, at == 0, now))
            .collect()
    }

    fn new(
        ledger: &LookedBack,
        entry: RunEntry,
        is_last: bool,
        now: &ZonedDateTime,
    ) -> Result<Self, Error> {
        let standing = standing(&entry, is_last, &ledger.held);
        let at = |ms| Timestamp::from_millisecond(ms).unwrap_or_default();
        let started = at(entry.started_ms);
        let kept = entry.account.as_deref().and_then(KeptRun::from_json);
        let until = match standing {
            Standing::Running => Some(now.timestamp()),
            Standing::Ended(_) => entry.finished_ms.map(at),
            Standing::CutShort => None,
        };
        let took = until.map(|until| {
            // A clock that was set back meanwhile says nothing.
            Duration::try_from(until.duration_since(started)).unwrap_or_default()
        });
        let mut known = Self {
            standing,
            started,
            took: kept.as_ref().map(KeptRun::took).or(took),
            outcomes: None,
            created: None,
            in_flight: 0,
            deleted: 0,
            called: entry
                .called
                .as_deref()
                .and_then(|json| Called::from_json(json, &takes_value)),
            kept,
            entry,
        };
        if let Some(kept) = &known.kept {
            let summary = kept.summary(known.begun());
            known.outcomes = Some(summary.tally.outcomes);
            known.created = Some(summary.created_now);
        } else if let Some(so_far) = ledger.reader.so_far(&known.entry)? {
            known.created = Some(so_far.outcomes.get(Outcome::Created));
            known.outcomes = Some(so_far.outcomes);
            known.in_flight = so_far.in_flight;
            known.deleted = so_far.deleted;
        }
        Ok(known)
    }

    /// A summary of the run of which nothing else is known yet.
    pub(super) fn begun(&self) -> Summary {
        let wave = self.entry.wave.clone();
        Summary::new(self.entry.id, wave, None, false, self.started)
    }

    /// How many devices it created in a second.
    pub(super) fn per_second(&self) -> Option<f64> {
        let seconds = self.took?.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let created = self.created? as f64;
        (seconds > 0.0 && created > 0.0).then(|| created / seconds)
    }
}

/// A run is going on where it is the last one, has not ended, and whoever holds the ledger began when
/// it did. A run that was killed has not ended either, and somebody else may hold its ledger by now.
fn standing(run: &RunEntry, is_last: bool, held: &Held) -> Standing {
    if let Some(exit) = run.exit_code.and_then(ExitCode::of) {
        return Standing::Ended(exit);
    }
    let is_its_own = match held {
        Held::ByNobody => false,
        Held::By(holder) => holder
            .as_ref()
            .is_none_or(|holder| holder.since.as_millisecond() == run.started_ms),
    };
    if is_last && run.finished_ms.is_none() && is_its_own {
        Standing::Running
    } else {
        Standing::CutShort
    }
}

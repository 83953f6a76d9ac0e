//! What Prometheus is told of a run: counts and times; no name, no phone, and of a path its last part.

mod text;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use jiff::Timestamp;

use self::text::{Family, Text};
use crate::exit::ExitCode;
use crate::model::event::{AnswerCounts, Event};
use crate::model::outcome::Outcome;
use crate::model::summary::Summary;
use crate::report::safe_file::{self, SafeFile};

const ROWS: Family = Family::gauge(
    "wavepair_rows",
    "Rows of the wave by what became of them, in this run or an earlier one.",
);
const REQUESTS: Family = Family::counter(
    "wavepair_requests_total",
    "Requests of the run by kind and HTTP status of the answer; none where there was no answer.",
);
const PACE: Family = Family::gauge(
    "wavepair_pace_requests_per_second",
    "Pace of a group of requests, as it was told last.",
);
const HOLDS: Family = Family::counter(
    "wavepair_holds_total",
    "Pauses that PingOne asked for in the run, for a group of requests or for all.",
);
const HELD: Family = Family::counter(
    "wavepair_held_seconds_total",
    "Time in which none of a group of requests was sent, because PingOne asked for that.",
);
const EXIT_CODE: Family = Family::gauge(
    "wavepair_exit_code",
    "Exit code of the last run of the wave that has ended.",
);
const LAST_END: Family = Family::gauge(
    "wavepair_last_end_timestamp_seconds",
    "When the last run of the wave ended, in seconds since 1970.",
);
const LAST_SUCCESS: Family = Family::gauge(
    "wavepair_last_success_timestamp_seconds",
    "When a run of the wave ended with code 0 the last time, in seconds since 1970.",
);

/// As much of an earlier file as is read: many times what we write.
const LONGEST: u64 = 1 << 20;

/// Gives the file this text, whole.
///
/// Others may read it: whoever collects it is another user.
///
/// # Errors
///
/// It cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), safe_file::Error> {
    let mut file = SafeFile::create(path)?.for_all()?;
    let written = file.write_all(text.as_bytes());
    written.map_err(safe_file::failing(path, "written"))?;
    file.commit()
}

/// What is counted for Prometheus while a run goes on, besides its summary.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// What the file says of runs before this one.
    before: String,
    /// How many pauses there were, for each group and for all.
    holds: BTreeMap<&'static str, u64>,
}

impl Metrics {
    /// Starts from the file of an earlier run: how that one ended holds until this one has.
    pub(crate) fn after(path: &Path) -> Self {
        let mut before = String::new();
        // One that cannot be read says nothing; whether it can be written is asked elsewhere.
        let file = safe_file::open(path);
        let read = file.and_then(|file| file.take(LONGEST).read_to_string(&mut before));
        Self {
            before: read.map(|_| before).unwrap_or_default(),
            holds: BTreeMap::new(),
        }
    }

    /// Takes an event in.
    pub(crate) fn on(&mut self, event: &Event) {
        if let Event::Held { group, .. } = event {
            let group = group.map_or("all", |group| group.as_str());
            *self.holds.entry(group).or_default() += 1;
        }
    }

    /// The file, as the run stands or has ended.
    pub(crate) fn text(
        &self,
        summary: &Summary,
        answers: &AnswerCounts,
        ended: Option<(ExitCode, Timestamp)>,
    ) -> String {
        let environment = summary.environment.map(|id| id.to_string());
        let mut text = Text::about(&[
            ("environment", &environment.unwrap_or_default()),
            ("wave", &wave(summary)),
        ]);
        rows(&mut text, summary);
        requests(&mut text, answers);
        self.pace(&mut text, summary);
        self.ends(&mut text, ended);
        text.into_text()
    }

    fn pace(&self, text: &mut Text, summary: &Summary) {
        let paces = || summary.paces.iter().flat_map(|paces| &paces.groups);
        let rates = paces().filter_map(|(group, pace)| {
            let rate = pace.last?.per_second();
            Some(([("group", group.as_str())], rate))
        });
        text.family(&PACE, rates);
        let holds = self.holds.iter();
        text.family(
            &HOLDS,
            holds.map(|(group, count)| ([("group", *group)], number(*count))),
        );
        let held = paces().map(|(group, pace)| {
            let held = pace.held.as_secs_f64();
            ([("group", group.as_str())], held)
        });
        text.family(&HELD, held);
    }

    fn ends(&self, text: &mut Text, ended: Option<(ExitCode, Timestamp)>) {
        let seconds = |at: Timestamp| at.as_duration().as_secs_f64().floor();
        let code = ended.map(|(code, _)| f64::from(code.code()));
        let end = ended.map(|(_, at)| seconds(at));
        let success = ended.filter(|(code, _)| *code == ExitCode::Done);
        let success = success.map(|(_, at)| seconds(at));
        for (family, now) in [
            (&EXIT_CODE, code),
            (&LAST_END, end),
            (&LAST_SUCCESS, success),
        ] {
            let value = now.or_else(|| text.value_in(&self.before, family));
            text.family(family, value.map(|value| (&[][..], value)));
        }
    }
}

/// The last part of the wave's path; of a wave of several shards, with the shard, which writes a file
/// of its own.
fn wave(summary: &Summary) -> String {
    let name = Path::new(&summary.wave).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    if summary.shard.is_whole() {
        name.into_owned()
    } else {
        format!("{name} {}", summary.shard)
    }
}

fn rows(text: &mut Text, summary: &Summary) {
    // A row is `ready` in a dry run alone, which tells nobody.
    let outcomes = summary.tally.outcomes.iter();
    let outcomes = outcomes.filter(|(outcome, _)| *outcome != Outcome::Ready);
    text.family(
        &ROWS,
        outcomes.map(|(outcome, rows)| ([("outcome", outcome.as_str())], number(rows))),
    );
}

fn requests(text: &mut Text, answers: &AnswerCounts) {
    // Several kinds have one word.
    let mut counts: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for ((kind, status), count) in answers {
        let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        *counts.entry((kind.word(), status)).or_default() += count;
    }
    let counts = counts.iter();
    text.family(
        &REQUESTS,
        counts.map(|((kind, status), count)| {
            let labels = [("kind", *kind), ("status", status.as_str())];
            (labels, number(*count))
        }),
    );
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;

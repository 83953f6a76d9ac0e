//! What is about to happen, before it does. Pure.

use std::path::Path;
use std::time::Duration;

use jiff::ZonedDateTime;
use serde_json::{Map, Value};

use super::cell::neutral;
use super::notice::Notice;
use super::quantity::{at_best, count, counted, moment, span};
use super::wrap::{hanging, wrapped};
use crate::model::ids::EnvironmentId;
use crate::model::messages::Messages;
use crate::model::shard::Shard;
use crate::plan::Existing;

/// How far the second column stands from the first one's start.
const COLUMN: usize = 13;

/// Below how many columns there is no room for two.
const NARROW: usize = 50;

/// What is about to happen.
#[derive(Clone, Debug)]
pub(crate) struct Start<'a> {
    /// What is done.
    pub kind: Kind,
    /// The wave, as the command line names it.
    pub wave: &'a str,
    /// How many rows it has.
    pub rows: u64,
    /// Which shard of it is meant, and how many of the rows that has.
    pub shard: (Shard, u64),
    /// The column that names the user.
    pub users_by: &'a str,
    /// Where the devices are created, as far as that is known.
    pub environment: Option<EnvironmentId>,
    /// The API's host, as far as that is known.
    pub host: Option<&'a str>,
    /// What is known before it begins, and where that is kept.
    pub ledger: Option<Ledger<'a>>,
    /// How fast a run is.
    pub pace: Pace,
    /// When a run stops by itself, where that was asked for.
    pub stops: Option<&'a StopsAt>,
    /// How many devices a run creates at most, where that was asked for.
    pub limit: Option<u64>,
    /// Which messages a run may send to people.
    pub messages: Messages,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Devices are created.
    Run,
    /// Nothing: it is said what a run would do.
    DryRun,
    /// The same, and PingOne is asked.
    OnlineDryRun,
}

/// How fast a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    /// The ceiling in requests per second; `None` where there is none.
    pub rate: Option<f64>,
    /// Of what the license lets through, the part that is the ceiling, where that is not read yet.
    pub share: Option<f64>,
    /// Whether the pace is found on the way.
    pub is_found: bool,
    /// The rate of creates that PingOne refused not long ago, per second.
    pub refused: Option<f64>,
    /// How many requests a new device takes: two where the user's devices are listed first.
    pub requests_per_row: u32,
}

/// What is known before a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ledger<'a> {
    /// Where it is; nothing where it is thrown away at the end.
    pub path: Option<&'a Path>,
    /// Whether no run has begun on it before.
    pub is_new: bool,
    /// How it is known what PingOne has already.
    pub existing: Existing,
}

impl Ledger<'_> {
    fn is_unchecked(self) -> bool {
        self.existing == Existing::Unchecked
    }

    fn lines(self) -> Vec<(&'static str, String)> {
        let ledger = match self.path {
            Some(path) => {
                let new = if self.is_new { " (new)" } else { "" };
                format!("{}{new}", neutral(&path.to_string_lossy()))
            }
            None => "thrown away at the end".to_owned(),
        };
        let mut lines = vec![("ledger", ledger)];
        let existing = match self.existing {
            Existing::Skip | Existing::Ledger => None,
            Existing::Report => Some(
                "by the device report: a device that somebody else paired in the last 15 minutes \
                 would not be seen",
            ),
            Existing::Unchecked => Some(
                "NOT CHECKED (`--existing unchecked`): a device that PingOne has and this ledger \
                 does not know is created again",
            ),
        };
        lines.extend(existing.map(|text| ("existing", text.to_owned())));
        lines
    }
}

/// When a run stops by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct StopsAt {
    /// At this moment, in the zone in which it is told.
    pub at: ZonedDateTime,
    /// So long from now.
    pub within: Duration,
}

impl Start<'_> {
    /// A few lines: each names a thing and says it. Messages to people have a notice of their own.
    pub(crate) fn notices(&self, width: Option<usize>) -> [Notice; 2] {
        [self.plan(width), self.messages(width)]
    }

    fn plan(&self, width: Option<usize>) -> Notice {
        let wave = neutral(self.wave);
        let rows = counted(self.rows, "row");
        let is_run = self.kind == Kind::Run;
        let dry_run = match self.kind {
            Kind::Run => None,
            Kind::DryRun => Some("nothing is sent: this is what a run would do"),
            Kind::OnlineDryRun => Some("PingOne is asked, and nothing is changed there"),
        };
        let users = neutral(self.users_by);
        let mut lines = vec![("wave", format!("{wave}: {rows}, users by {users}"))];
        lines.extend(self.shard().map(|shard| ("shard", shard)));
        lines.extend(dry_run.map(|said| ("dry run", said.to_owned())));
        let environment = self.environment.map(|id| id.to_string());
        lines.extend(environment.clone().map(|id| ("environment", id)));
        let host = self.host.map(neutral);
        lines.extend(host.map(|host| ("host", host.into_owned())));
        lines.extend(self.ledger.iter().flat_map(|ledger| ledger.lines()));
        lines.push(("pace", self.pace()));
        lines.extend(self.ends().map(|ends| ("stops", ends)));
        let ledger = self.ledger.and_then(|ledger| ledger.path);
        Notice::info("plan", format!("{wave}: {rows}"))
            .fact("wave", self.wave)
            .fact("rows", self.rows)
            .fact("shard", self.shard().map(|_| self.shard.0.to_string()))
            .fact("rows_of_shard", self.shard.1)
            .fact("dry_run", !is_run)
            .fact("environment", environment)
            .fact("host", self.host)
            .fact(
                "ledger",
                ledger.map(|path| path.to_string_lossy().into_owned()),
            )
            .fact("ledger_is_new", self.ledger.map(|ledger| ledger.is_new))
            .fact("unchecked", self.ledger.map(Ledger::is_unchecked))
            .fact("requests_per_second", self.pace.rate)
            .fact("seconds_at_best", self.at_best().map(|time| time.as_secs()))
            .fact(
                "stops_at",
                self.stops.map(|stops| stops.at.timestamp().to_string()),
            )
            .fact("limit", self.limit)
            .shown_as(table(&lines, width))
    }

    /// The part of the wave that is meant, where not all of it is.
    fn shard(&self) -> Option<String> {
        let (shard, rows) = self.shard;
        let of = counted(self.rows, "row");
        (!shard.is_whole()).then(|| format!("{shard}: {} of the {of}", count(rows)))
    }

    /// Who hears of it. Shown with `-q` too where anybody does: it cannot be taken back.
    fn messages(&self, width: Option<usize>) -> Notice {
        let text = match self.kind {
            Kind::Run => are_sent(&self.messages, self.limit),
            Kind::DryRun | Kind::OnlineDryRun => would_be_sent(&self.messages),
        };
        let notice = messages_notice(&text, &self.messages);
        let notice = notice.shown_as(table(&[("messages", text)], width));
        if self.messages.total() > 0 {
            notice.even_if_quiet()
        } else {
            notice
        }
    }

    /// How long a run takes where PingOne answers at once and nothing is to be asked twice.
    fn at_best(&self) -> Option<Duration> {
        let (_, rows) = self.shard;
        let rows = self.limit.map_or(rows, |limit| rows.min(limit));
        let requests = rows.saturating_mul(self.pace.requests_per_row.into());
        // Two limits of different requests: the slower one decides.
        at_best(requests, self.pace.rate).max(at_best(rows, self.pace.refused))
    }

    fn pace(&self) -> String {
        let Some(rate) = self.pace.rate.filter(|rate| *rate > 0.0) else {
            if let Some(share) = self.pace.share {
                let percent = (share * 100.0).round();
                return format!("at most {percent} % of what the license lets through");
            }
            if self.pace.is_found {
                return self.found_on_the_way();
            }
            return "as fast as PingOne allows".to_owned();
        };
        let unit = rate_of("requests", rate);
        match (self.at_best().map(span), self.kind) {
            (Some(time), Kind::Run) => format!("at most {unit}, {time} at best"),
            (Some(time), Kind::DryRun | Kind::OnlineDryRun) => {
                format!("a run takes {time} at best, with at most {unit}")
            }
            (None, _) => format!("at most {unit}"),
        }
    }

    fn found_on_the_way(&self) -> String {
        let Some(refused) = self.pace.refused else {
            return "found on the way: more and more requests/s until PingOne refuses one"
                .to_owned();
        };
        let refused = rate_of("creates", refused);
        let time = self
            .at_best()
            .map_or_else(String::new, |time| format!(", {} at best", span(time)));
        format!(
            "found on the way, begun below the {refused} that PingOne refused not long ago{time}"
        )
    }

    fn ends(&self) -> Option<String> {
        let at = self.stops.map(|stops| {
            // Of a time that is more than a day away nobody knows the day.
            let far = stops.within >= Duration::from_hours(24);
            format!("at {} (in {})", moment(&stops.at, far), span(stops.within))
        });
        let after = self
            .limit
            .map(|limit| format!("after {}", counted(limit, "new device")));
        match (at, after) {
            (Some(at), Some(after)) => Some(format!("{at}, or {after}")),
            (at, after) => at.or(after),
        }
    }
}

/// `25 requests/s`, or so many a minute where there is less than one a second.
fn rate_of(what: &str, per_second: f64) -> String {
    if per_second >= 1.0 {
        format!("{} {what}/s", (per_second * 10.0).round() / 10.0)
    } else {
        format!("{} {what}/min", (per_second * 600.0).round() / 10.0)
    }
}

/// Lays out what is said of each thing, in two columns where there is room.
fn table(lines: &[(&str, String)], width: Option<usize>) -> String {
    let narrow = width.is_some_and(|width| width < NARROW);
    let line = |(name, text): &(&str, String)| {
        if narrow {
            wrapped(&format!("{name}: {text}"), width)
        } else {
            hanging(&format!("{name:<COLUMN$}{text}"), COLUMN, width)
        }
    };
    lines.iter().map(line).collect()
}

fn are_sent(messages: &Messages, limit: Option<u64>) -> String {
    let total = counted(messages.total(), "message");
    match limit.filter(|limit| *limit < messages.total()) {
        _ if messages.total() == 0 => "this run sends no messages to people".to_owned(),
        Some(limit) => {
            let limit = count(limit);
            format!(
                "this run sends at most {limit} of {total} to {}",
                to_whom(messages)
            )
        }
        None => format!("this run sends {total} to {}", to_whom(messages)),
    }
}

fn would_be_sent(messages: &Messages) -> String {
    if messages.total() == 0 {
        return "a run would send no messages to people".to_owned();
    }
    let total = counted(messages.total(), "message");
    format!("a run would send {total} to {}", to_whom(messages))
}

fn to_whom(messages: &Messages) -> String {
    let people = match messages.people() {
        1 => "1 person".to_owned(),
        people => format!("{} people", count(people)),
    };
    format!("{people} ({})", by_kind(messages))
}

/// `WhatsApp 9, SMS 1`.
fn by_kind(messages: &Messages) -> String {
    let kinds = messages.iter();
    let kinds: Vec<_> = kinds
        .map(|(kind, number)| format!("{} {}", kind.name(), count(number)))
        .collect();
    kinds.join(", ")
}

fn messages_notice(text: &str, messages: &Messages) -> Notice {
    let kinds = messages.iter();
    let kinds: Map<_, _> = kinds
        .map(|(kind, number)| (kind.as_str().to_owned(), number.into()))
        .collect();
    Notice::info("messages", text)
        .fact("messages", Value::Object(kinds))
        .fact("people", messages.people())
}

/// What a dry run says at its end, when it knows what PingOne has already.
pub(crate) fn messages_of_a_run(messages: &Messages) -> Notice {
    let text = would_be_sent(messages);
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let sentence: String = first.chain(letters).chain(['.']).collect();
    messages_notice(&sentence, messages)
}

/// Asks a person whether messages may be sent.
pub(crate) fn question(messages: &Messages) -> Notice {
    let total = counted(messages.total(), "message");
    let text = format!("Send {total} to {}? [y/N]", to_whom(messages));
    Notice::info("question", text).into_prompt()
}

#[cfg(test)]
mod tests;

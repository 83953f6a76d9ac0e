//! One page about a wave, for whoever has to know how it went. Pure.
//!
//! It stands alone: no script, and nothing is asked of anybody, which its own policy (W3C, Content
//! Security Policy Level 3) has a browser hold it to. All text is escaped by the template engine.

mod bars;
mod chart;
mod gather;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use askama::Template;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

pub(crate) use gather::Gathered;

use super::cell::{neutral, without_phones};
use super::quantity::{count, counted, moment, span};
use crate::exit::ExitCode;
use crate::model::code;
use crate::model::ids::{EnvironmentId, PolicyId, RunId};
use crate::model::invalid::InvalidCode;
use crate::model::minute::Minute;
use crate::model::outcome::Outcome;
use crate::model::tally::CodeCount;
use crate::model::verdict::Verdict;
use bars::{Bar, Label, bars};
use chart::{Chart, HEIGHT, chart};

/// The most codes that are shown with examples.
const REASONS: usize = 30;

/// The most runs that are shown: the last ones.
const RUNS: usize = 12;

/// What a page tells.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// The wave, as it was named.
    pub wave: &'a str,
    /// The environment, where it is known.
    pub environment: Option<EnvironmentId>,
    /// What became of the rows.
    pub rows: &'a Gathered,
    /// What the policies are called, as far as anybody has looked them up.
    pub policies: &'a HashMap<PolicyId, String>,
    /// The runs, the first one first.
    pub runs: &'a [RunHistory],
    /// What to do next, each with the command for it.
    pub next: Vec<Next>,
    /// When the page is made.
    pub now: &'a ZonedDateTime,
}

/// A run that was begun, and what it did when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunHistory {
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
    /// What it did, by minutes since 1970; minutes without anything are left out.
    pub minutes: BTreeMap<i64, Minute>,
}

/// Something to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Next {
    /// What.
    pub what: String,
    /// The command, where there is one.
    pub command: Option<String>,
}

/// Writes the page.
///
/// # Errors
///
/// None: what the template needs was checked when it was built.
pub(crate) fn page(facts: &Facts<'_>) -> Result<String, askama::Error> {
    Page::of(facts).render()
}

#[derive(Template)]
#[template(path = "page.html", config = "src/report/page/askama.toml")]
struct Page {
    wave: String,
    made: String,
    environment: Option<String>,
    headline: String,
    outcomes: Vec<Share>,
    groups: Vec<Division>,
    reasons: Vec<Reason>,
    further_reasons: Option<String>,
    runs: Vec<Run>,
    earlier_runs: Option<String>,
    verified: Option<Verified>,
    next: Vec<Next>,
}

/// The rows of one outcome.
struct Share {
    word: &'static str,
    meaning: &'static str,
    rows: String,
    /// Where its part of the bar begins and how long it is, in thousandths.
    x: u64,
    width: u64,
}

/// The rows divided by something.
struct Division {
    title: &'static str,
    name: &'static str,
    counted: &'static str,
    bars: Vec<Bar>,
}

struct Reason {
    code: String,
    rows: String,
    meaning: String,
    advice: String,
    examples: Vec<String>,
}

struct Run {
    id: String,
    began: String,
    took: String,
    ended: String,
    chart: Option<Chart>,
    /// What the chart says, in words.
    pace: String,
}

struct Verified {
    when: String,
    verdicts: Vec<(&'static str, String, String)>,
}

impl Page {
    fn of(facts: &Facts<'_>) -> Self {
        let rows = facts.rows;
        let reasons = reasons(rows);
        let further = rows.examples.len().saturating_sub(REASONS) as u64;
        let earlier = facts.runs.len().saturating_sub(RUNS);
        let zone = facts.now.time_zone();
        Self {
            wave: neutral(facts.wave).into_owned(),
            made: moment(facts.now, true),
            environment: facts.environment.map(|it| it.to_string()),
            headline: headline(rows),
            outcomes: outcomes(rows),
            groups: divisions(rows, facts.policies),
            reasons,
            further_reasons: (further > 0)
                .then(|| format!("{} more in the results.", counted(further, "code"))),
            runs: facts.runs[earlier..]
                .iter()
                .rev()
                .map(|run| Run::of(run, zone))
                .collect(),
            earlier_runs: (earlier > 0)
                .then(|| format!("{} before them.", counted(earlier as u64, "run"))),
            verified: verified(rows, zone),
            next: facts.next.clone(),
        }
    }
}

/// How it went, in one sentence.
fn headline(rows: &Gathered) -> String {
    let outcomes = &rows.tally.outcomes;
    let people = rows.people();
    let (of_them, have, their) = if people == 1 {
        ("person", "has", "the")
    } else {
        ("people", "have", "their")
    };
    let mut text = format!(
        "{} of {} {of_them} {have} {their} device.",
        count(rows.equipped()),
        count(people),
    );
    for (open, singular, plural) in [
        (
            outcomes.any_of(&[Outcome::Invalid, Outcome::Rejected]),
            "needs correction",
            "need correction",
        ),
        (
            outcomes.any_of(&[Outcome::Failed, Outcome::Unknown, Outcome::Pending]),
            "waits for another run",
            "wait for another run",
        ),
    ] {
        if open > 0 {
            let verb = if open == 1 { singular } else { plural };
            text = format!("{text} {} {verb}.", counted(open, "row"));
        }
    }
    text
}

/// Every outcome that a row has, with its part of one bar.
fn outcomes(rows: &Gathered) -> Vec<Share> {
    let outcomes = &rows.tally.outcomes;
    let all = outcomes.total().max(1);
    let mut before = 0;
    let mut shares = Vec::new();
    for (outcome, rows) in outcomes.iter().filter(|(_, rows)| *rows > 0) {
        let (x, end) = (before * 1000 / all, (before + rows) * 1000 / all);
        before += rows;
        shares.push(Share {
            word: outcome.as_str(),
            meaning: meaning(outcome),
            rows: count(rows),
            x,
            // One row of many still shows.
            width: (end - x).max(2),
        });
    }
    shares
}

/// What an outcome means to somebody who was not there.
fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "the device was created",
        Outcome::Existing => "the person had this device already",
        Outcome::Duplicate => "the row asks for the same device as an earlier one",
        Outcome::Invalid => "the row itself is wrong; nothing was sent",
        Outcome::Rejected => "PingOne refused it",
        Outcome::Failed => "not created for now; another run tries again",
        Outcome::Unknown => "perhaps created; another run looks for it",
        Outcome::Pending => "no run has come to it yet",
        Outcome::Ready => "a run would create it",
    }
}

fn divisions(rows: &Gathered, names: &HashMap<PolicyId, String>) -> Vec<Division> {
    let types = rows
        .types
        .iter()
        .map(|(kind, rows)| (Label::named(*kind), *rows));
    let policies = rows.policies.iter();
    let policies = policies.map(|(id, rows)| (policy(*id, names), *rows));
    let countries = rows.countries.by_frequency().into_iter();
    let countries = countries.map(|(code, phones)| (Label::named(format!("+{code}")), phones));
    let divisions = [
        ("By type", "type", "rows", bars(types.collect())),
        ("By policy", "policy", "rows", bars(policies.collect())),
        (
            "By country",
            "calling code",
            "phones",
            bars(countries.collect()),
        ),
    ];
    let divisions = divisions.into_iter().filter(|(.., bars)| !bars.is_empty());
    divisions
        .map(|(title, name, counted, bars)| Division {
            title,
            name,
            counted,
            bars,
        })
        .collect()
}

/// A policy by its name, with its ID behind it; by its ID alone where nobody knows the name.
fn policy(id: PolicyId, names: &HashMap<PolicyId, String>) -> Label {
    match names.get(&id) {
        Some(name) => Label {
            name: without_phones(&neutral(name)).into_owned(),
            id: Some(id.to_string()),
        },
        None => Label::named(id.to_string()),
    }
}

/// The codes of the rows, the most frequent first.
fn reasons(rows: &Gathered) -> Vec<Reason> {
    let mut codes: Vec<_> = rows.tally.codes.iter().collect();
    codes.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.rows));
    let reason = |(code, seen): (&String, &CodeCount)| {
        let (meaning, advice) = said_of(code);
        let examples = rows.examples.get(code).into_iter().flatten();
        Reason {
            code: without_phones(&neutral(code)).into_owned(),
            rows: counted(seen.rows, "row"),
            meaning,
            advice,
            examples: examples.map(example).collect(),
        }
    };
    codes.into_iter().take(REASONS).map(reason).collect()
}

fn example(example: &gather::Example) -> String {
    let mut parts = vec![format!("line {}", example.line)];
    parts.extend(example.address.clone());
    parts.extend(example.user.map(|user| format!("user {user}")));
    parts.join(", ")
}

/// What a code means, and what to do about it.
fn said_of(word: &str) -> (String, String) {
    let invalid = InvalidCode::ALL.iter().find(|code| code.as_str() == word);
    if let Some(code) = invalid {
        return (plain(code.meaning()), plain(code.advice()));
    }
    match code::known(word) {
        Some(code) => (plain(code.meaning), plain(code.advice)),
        None => (
            "PingOne's own code".to_owned(),
            "the messages in the results say what to do".to_owned(),
        ),
    }
}

/// Text of the README without its marks.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

impl Run {
    fn of(run: &RunHistory, zone: &TimeZone) -> Self {
        let sum = |of: fn(&Minute) -> u64| run.minutes.values().map(of).sum::<u64>();
        let (created, throttled) = (sum(|it| it.created), sum(|it| it.throttled));
        let mut pace = format!("{} created", counted(created, "device"));
        if throttled > 0 {
            pace = format!("{pace}, {} 429", counted(throttled, "answer"));
        }
        let took = run
            .finished_ms
            .map(|end| end.saturating_sub(run.started_ms));
        let took = took.and_then(|took| u64::try_from(took).ok());
        let known = |code| ExitCode::ALL.into_iter().find(|known| known.code() == code);
        let ended = match (run.exit_code, run.exit_code.and_then(known)) {
            (Some(number), Some(code)) => format!("{number}: {}", plain(code.meaning())),
            (Some(number), None) => number.to_string(),
            (None, _) if run.finished_ms.is_some() => "was killed".to_owned(),
            (None, _) => "is going on, or was killed".to_owned(),
        };
        let stopped = run
            .stopped
            .iter()
            .map(|why| format!("stopped: {}", neutral(why)));
        Self {
            id: run.id.to_string(),
            began: at(run.started_ms, zone),
            took: took.map_or_else(String::new, |took| span(Duration::from_millis(took))),
            ended: std::iter::once(ended)
                .chain(stopped)
                .collect::<Vec<_>>()
                .join("; "),
            chart: chart(&run.minutes),
            pace,
        }
    }
}

fn verified(rows: &Gathered, zone: &TimeZone) -> Option<Verified> {
    let when = rows.verified_ms?;
    let verdict = |verdict: &Verdict| {
        let rows = rows.verdicts.get(verdict.as_str())?;
        Some((verdict.as_str(), plain(verdict.meaning()), count(*rows)))
    };
    Some(Verified {
        when: at(when, zone),
        verdicts: Verdict::ALL.iter().filter_map(verdict).collect(),
    })
}

/// A moment in milliseconds since 1970, as people write it.
fn at(ms: i64, zone: &TimeZone) -> String {
    let time = Timestamp::from_millisecond(ms).unwrap_or_default();
    moment(&time.to_zoned_datetime(zone.clone()), true)
}

#[cfg(test)]
mod tests;

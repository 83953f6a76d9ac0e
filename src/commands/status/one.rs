//! One run for a person: how it was called, how it went, and its last screen, word for word.

use jiff::ZonedDateTime;
use serde_json::{Map, Value};

use super::known::{Known, Standing};
use super::text::{per_second, rows, stands};
use crate::exit::ExitCode;
use crate::model::pace_reading::{Millirate, PaceReading};
use crate::model::summary::Requests;
use crate::report::cell::neutral;
use crate::report::command_line::CommandLine;
use crate::report::kept_run::OfRun;
use crate::report::last_screen::closing;
use crate::report::quantity::{count, counted, elapsed, moment, span};
use crate::report::wrap::{command_line, hanging};

/// What lies before the facts.
const INDENT: usize = 12;

/// Everything about a run; `later` are the runs that began after it.
pub(super) fn text(
    run: &Known,
    later: &[Known],
    now: &ZonedDateTime,
    width: Option<usize>,
) -> String {
    let fact = |name: &str, value: &str| {
        hanging(&format!("  {name:<9} {}", neutral(value)), INDENT, width)
    };
    let mut text = hanging(&format!("run {}: {}", run.entry.id, stands(run)), 2, width);
    for (name, value) in facts(run, now) {
        text += &fact(name, &value);
    }
    if let Some(later) = later
        .iter()
        .find(|later| later.entry.wave == run.entry.wave)
    {
        text += &fact(
            "later",
            &format!("run {}: {}", later.entry.id, stands(later)),
        );
    }
    text + &ending(run, now, width)
}

fn facts(run: &Known, now: &ZonedDateTime) -> Vec<(&'static str, String)> {
    let mut facts = vec![("wave", run.entry.wave.clone())];
    if let Some(called) = &run.called {
        facts.push(("command", called.command.spelled()));
        let folder = called.folder.as_ref();
        facts.extend(folder.map(|folder| ("folder", folder.display().to_string())));
    }
    let settings = settings(&run.entry.settings);
    facts.extend((!settings.is_empty()).then_some(("settings", settings)));
    let began = run.started.to_zoned_datetime(now.time_zone().clone());
    facts.push(("began", moment(&began, true)));
    facts.extend(run.took.map(|took| ("took", elapsed(took))));
    if !matches!(run.standing, Standing::Ended(_)) {
        facts.push(("rows", rows(run)));
    } else if run.deleted > 0 {
        facts.push(("devices", rows(run)));
    }
    facts.extend(per_second(run).map(|rate| ("created", rate)));
    if let Some(kept) = &run.kept {
        let summary = kept.summary(run.begun());
        if let Some(paces) = &summary.paces {
            let of_all = paces.ceiling.map(|rate| format!("at most {rate} together"));
            facts.extend(of_all.map(|told| ("pace", told)));
            let groups = paces.groups.iter();
            facts.extend(groups.map(|(group, reading)| (group.requests(), pace(reading))));
        }
        facts.push(("requests", requests(summary.requests)));
        facts.push(("429s", count(summary.throttled)));
    }
    facts
}

/// How the pace of a rate group went: `10/s at first, 17.5/s at last, 2 refusals, held for 1 s`.
fn pace(pace: &PaceReading) -> String {
    let rate = |rate: Option<Millirate>, what: &str| rate.map(|rate| format!("{rate} {what}"));
    let rates = [
        rate(pace.first, "at first"),
        rate(pace.highest, "at its highest"),
        rate(pace.last, "at last"),
    ];
    let mut parts: Vec<_> = rates.into_iter().flatten().collect();
    parts.push(counted(pace.events, "refusal"));
    if !pace.held.is_zero() {
        parts.push(format!("held for {}", span(pace.held)));
    }
    parts.join(", ")
}

/// The settings by which rows were judged, as far as any was said: `policy default, type SMS`.
fn settings(json: &str) -> String {
    let settings: Map<String, Value> = serde_json::from_str(json).unwrap_or_default();
    let said = settings.iter().filter_map(|(key, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Array(texts) if !texts.is_empty() => {
                let texts = texts.iter().filter_map(Value::as_str);
                texts.collect::<Vec<_>>().join(" ")
            }
            Value::Bool(true) => return Some(key.clone()),
            Value::Null
            | Value::Bool(false)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => return None,
        };
        Some(format!("{key} {value}"))
    });
    said.collect::<Vec<_>>().join(", ").replace('_', " ")
}

fn requests(sent: Requests) -> String {
    let kinds = [
        (sent.create, "create"),
        (sent.list, "list"),
        (sent.read, "lookup"),
        (sent.mfa, "MFA"),
        (sent.token, "token"),
    ];
    let some = kinds.into_iter().filter(|(sent, _)| *sent > 0);
    let some: Vec<_> = some
        .map(|(sent, kind)| format!("{} {kind}", count(sent)))
        .collect();
    if some.is_empty() {
        "none".to_owned()
    } else {
        some.join(", ")
    }
}

/// What the run said at its end, as of now; of one that did not live to say it, how to go on.
fn ending(run: &Known, now: &ZonedDateTime, width: Option<usize>) -> String {
    let command = run.called.as_ref().map(|called| &called.command);
    let (Standing::Ended(exit), Some(kept)) = (run.standing, &run.kept) else {
        return cut_short(run, command, width);
    };
    let typed = CommandLine::new(Vec::new(), &|_| false);
    let of = of_run(run, exit, command.unwrap_or(&typed), now);
    let notices = kept.ending(&of, |ending| closing(ending, width));
    notices
        .iter()
        .map(|notice| notice.text(width, false))
        .collect()
}

/// What the last screen of a run is made of, besides what the run left.
pub(super) fn of_run<'a>(
    run: &Known,
    exit: ExitCode,
    command: &'a CommandLine,
    now: &'a ZonedDateTime,
) -> OfRun<'a> {
    OfRun {
        begun: run.begun(),
        exit,
        command,
        now,
    }
}

fn cut_short(run: &Known, command: Option<&CommandLine>, width: Option<usize>) -> String {
    let stopped = run
        .entry
        .stopped
        .as_ref()
        .map(|stopped| hanging(&format!("stopped: {}", neutral(&stopped.message)), 2, width));
    let mut text = stopped.unwrap_or_default();
    if let (Standing::CutShort, Some(command)) = (run.standing, command) {
        text += &hanging(
            "\nIt did not live to say how it ended. Nothing is lost: go on with",
            0,
            width,
        );
        text += &command_line(&neutral(&command.spelled()));
    }
    text
}

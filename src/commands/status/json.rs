//! The runs of a ledger for a script. Keys are stable: what is not known is null.

use std::collections::BTreeMap;

use jiff::ZonedDateTime;
use serde_json::{Map, Value, json};

use super::known::{Known, Standing};
use super::one::of_run;
use crate::commands::looked_back::LookedBack;
use crate::report::last_screen::left_over;
use crate::report::notice::Notice;
use crate::report::summary_json::{pace, requests};

/// All of them, the last one first.
pub(super) fn list(ledger: &LookedBack, runs: &[Known]) -> String {
    let runs: Vec<_> = runs.iter().map(|run| Value::Object(object(run))).collect();
    written(&json!({"ledger": ledger.path.to_string_lossy(), "runs": runs}))
}

/// One of them, with everything that is known of it.
pub(super) fn one(run: &Known, now: &ZonedDateTime) -> String {
    let mut object = object(run);
    let called = run.called.as_ref();
    let folder = called.and_then(|called| called.folder.as_ref());
    object.extend([
        (
            "command".to_owned(),
            json!(called.map(|called| called.command.spelled())),
        ),
        (
            "folder".to_owned(),
            json!(folder.map(|folder| folder.to_string_lossy())),
        ),
        (
            "settings".to_owned(),
            serde_json::from_str(&run.entry.settings).unwrap_or_default(),
        ),
    ]);
    let summary = run.kept.as_ref().map(|kept| kept.summary(run.begun()));
    let summary = summary.as_ref();
    let codes = summary.map(|summary| {
        let codes = summary.tally.codes.iter();
        let codes = codes.map(|(code, count)| (code.clone(), json!(count.rows)));
        codes.collect::<Map<_, _>>()
    });
    object.extend([
        ("codes".to_owned(), json!(codes)),
        (
            "requests".to_owned(),
            json!(summary.map(|summary| requests(summary).into_iter().collect::<BTreeMap<_, _>>())),
        ),
        (
            "throttled".to_owned(),
            json!(summary.map(|summary| summary.throttled)),
        ),
        (
            "retries".to_owned(),
            json!(summary.map(|summary| summary.retries)),
        ),
        (
            "pace".to_owned(),
            json!(summary.and_then(|summary| summary.paces.as_ref().map(pace))),
        ),
        ("next".to_owned(), json!(next(run, now))),
    ]);
    written(&Value::Object(object))
}

/// What is left to do, as the last screen of the run has it; null where that is not known.
fn next(run: &Known, now: &ZonedDateTime) -> Option<Vec<Map<String, Value>>> {
    let (Standing::Ended(exit), Some(kept), Some(called)) = (run.standing, &run.kept, &run.called)
    else {
        return None;
    };
    let of = of_run(run, exit, &called.command, now);
    let notices = kept.ending(&of, left_over);
    Some(notices.iter().map(Notice::object).collect())
}

fn object(run: &Known) -> Map<String, Value> {
    let exit = match run.standing {
        Standing::Ended(exit) => Some(exit.code()),
        Standing::Running | Standing::CutShort => None,
    };
    let finished = run.entry.finished_ms.filter(|_| exit.is_some());
    let finished = finished.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let outcomes = run.outcomes.as_ref().map(|outcomes| {
        let counts = outcomes.iter();
        let counts = counts.map(|(outcome, rows)| (outcome.as_str().to_owned(), json!(rows)));
        counts.collect::<Map<_, _>>()
    });
    let stopped = run.entry.stopped.as_ref();
    let entries = [
        ("run_id", json!(run.entry.id.to_string())),
        ("wave", json!(run.entry.wave)),
        ("state", json!(run.standing.word())),
        ("exit_code", json!(exit)),
        ("started_at", json!(format!("{:.3}", run.started))),
        ("finished_at", json!(finished.map(|at| format!("{at:.3}")))),
        ("seconds", json!(run.took.map(|took| took.as_secs_f64()))),
        ("rows", json!(run.entry.rows)),
        ("outcomes", json!(outcomes)),
        ("in_flight", json!(run.in_flight)),
        ("created", json!(run.created)),
        ("deleted", json!(run.deleted)),
        ("created_per_second", json!(run.per_second())),
        (
            "stopped",
            json!(stopped.map(|it| json!({"code": it.code, "message": it.message}))),
        ),
    ];
    entries
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect()
}

fn written(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text + "\n"
}

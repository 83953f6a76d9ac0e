//! The runs of a ledger for a person: a line each.

use jiff::ZonedDateTime;

use super::known::{Known, Standing};
use crate::commands::looked_back::LookedBack;
use crate::model::outcome::Outcome;
use crate::report::cell::neutral;
use crate::report::quantity::{count, counted, elapsed, moment};
use crate::report::wrap::hanging;

/// All of them, the last one first.
pub(super) fn list(
    ledger: &LookedBack,
    runs: &[Known],
    now: &ZonedDateTime,
    width: Option<usize>,
) -> String {
    if runs.is_empty() {
        let path = ledger.path.to_string_lossy();
        return hanging(&format!("no run has begun on {}", neutral(&path)), 2, width);
    }
    runs.iter()
        .map(|run| hanging(&line(run, now), 2, width))
        .collect()
}

/// One run: its ID, how it stands, when it began, how long it took, its wave, and its rows.
fn line(run: &Known, now: &ZonedDateTime) -> String {
    let began = run.started.to_zoned_datetime(now.time_zone().clone());
    let mut parts = vec![
        format!("{}  {}", run.entry.id, stands(run)),
        moment(&began, true),
        neutral(&run.entry.wave).into_owned(),
    ];
    parts.extend(run.took.map(elapsed));
    let rows = rows(run);
    parts.extend((!rows.is_empty()).then_some(rows));
    parts.extend(per_second(run));
    parts.join("  ")
}

/// How a run stands, in a word, behind its exit code where it has one.
pub(super) fn stands(run: &Known) -> String {
    let word = run.standing.word().replace('_', " ");
    match run.standing {
        Standing::Ended(exit) => format!("{} {word}", exit.code()),
        Standing::Running | Standing::CutShort => word,
    }
}

/// The rows of a run by their outcomes: `4,812 created, 90 existing`.
pub(super) fn rows(run: &Known) -> String {
    let mut parts = Vec::new();
    if let Some(outcomes) = &run.outcomes {
        let some = outcomes.iter().filter(|(_, rows)| *rows > 0);
        parts.extend(some.map(|(outcome, rows)| format!("{} {}", count(rows), outcome.as_str())));
    }
    if run.deleted > 0 {
        parts.push(format!("{} deleted", count(run.deleted)));
    }
    if run.in_flight > 0 {
        parts.push(format!("{} on the wire", count(run.in_flight)));
    }
    let all = run.entry.rows.map(|rows| counted(rows, "row"));
    let is_whole = matches!(run.standing, Standing::Ended(_));
    if let Some(all) = all.filter(|_| !is_whole) {
        if parts.is_empty() {
            parts.push("nothing".to_owned());
        }
        return format!("{} so far, of {all}", parts.join(", "));
    }
    parts.join(", ")
}

/// How many devices a run created in a second, where it created some.
pub(super) fn per_second(run: &Known) -> Option<String> {
    let all_earlier = run
        .outcomes
        .as_ref()
        .is_none_or(|outcomes| outcomes.get(Outcome::Created) == 0);
    let rate = run.per_second().filter(|_| !all_earlier)?;
    Some(if rate < 10.0 {
        format!("{rate:.1}/s")
    } else {
        format!("{rate:.0}/s")
    })
}

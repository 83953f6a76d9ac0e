//! What people are told of a plan when it is written, and again when a run demands it. Pure.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::cell::neutral;
use super::command_line::CommandLine;
use super::next_command::carried_out_by;
use super::notice::Notice;
use super::quantity::count;
use super::wrap::{command_line, wrapped};
use crate::plan::{Expectation, Totals};

/// How many policies, types or countries a line names; the others are summed.
const NAMED: usize = 8;

/// Between two counts.
const DOT: &str = " · ";

/// What a plan comes to that was just written, and the command that carries it out.
pub(crate) fn written(
    path: &Path,
    totals: &Totals,
    command: &CommandLine,
    width: Option<usize>,
) -> Notice {
    let command = carried_out_by(command);
    // It stands apart from the lines above, which tell of the run to come.
    let text = "\n".to_owned()
        + &lines("plan", path, totals, width)
        + &wrapped("When it is reviewed, carry it out by:", width)
        + &command_line(&command);
    notice("plan", path, totals)
        .fact("command", command)
        .shown_as(text)
}

/// What a plan comes to that a run carries out.
pub(crate) fn demanded(path: &Path, totals: &Totals, width: Option<usize>) -> Notice {
    let text = lines("by plan", path, totals, width);
    notice("by plan", path, totals).shown_as(text)
}

fn lines(title: &str, path: &Path, totals: &Totals, width: Option<usize>) -> String {
    let path = path.to_string_lossy();
    let mut text = wrapped(&format!("{title} {}:", neutral(&path)), width);
    let counts = Expectation::ALL.map(|expect| {
        let rows = count(totals.of(expect));
        format!("{expect} {rows}")
    });
    text += &wrapped(&format!("  {}", counts.join(DOT)), width);
    for (what, counts) in totals.created() {
        if !counts.is_empty() {
            text += &wrapped(&format!("  create by {what}: {}", named(counts)), width);
        }
    }
    text
}

/// The same for programs.
fn notice(title: &str, path: &Path, totals: &Totals) -> Notice {
    let path = path.to_string_lossy();
    let mut notice = Notice::info("plan_file", format!("{title} {path}")).fact("plan", &*path);
    for expect in Expectation::ALL {
        notice = notice.fact(expect.as_str(), totals.of(expect));
    }
    for (what, counts) in totals.created() {
        let all = { counts.iter() }.map(|(name, rows)| (name.clone(), (*rows).into()));
        let all = Value::Object(all.collect::<Map<_, _>>());
        notice = notice.fact(fact_of(what), all);
    }
    notice
}

fn fact_of(what: &str) -> &'static str {
    match what {
        "policy" => "create_by_policy",
        "type" => "create_by_type",
        _ => "create_by_country",
    }
}

/// The most frequent of them by name, and the sum of the others.
fn named(counts: &BTreeMap<String, u64>) -> String {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(name, rows)| (Reverse(**rows), *name));
    let (named, others) = counts.split_at(counts.len().min(NAMED));
    let mut parts: Vec<_> = { named.iter() }
        .map(|(name, rows)| format!("{name} {}", count(**rows)))
        .collect();
    if !others.is_empty() {
        let rows = others.iter().map(|(_, rows)| **rows).sum();
        parts.push(format!("{} others {}", others.len(), count(rows)));
    }
    parts.join(DOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_are_named_and_the_others_are_summed() {
        let counts = |rows: &[u64]| -> BTreeMap<String, u64> {
            (1..)
                .zip(rows)
                .map(|(code, rows)| (format!("+{code}"), *rows))
                .collect()
        };
        for (rows, text) in [
            (&[1_200][..], "+1 1,200"),
            (&[1, 2, 1], "+2 2 · +1 1 · +3 1"),
            (
                &[9, 9, 9, 9, 9, 9, 9, 9, 1_000, 1],
                "+9 1,000 · +1 9 · +2 9 · +3 9 · +4 9 · +5 9 · +6 9 · +7 9 · 2 others 10",
            ),
        ] {
            assert_eq!(named(&counts(rows)), text);
        }
    }
}

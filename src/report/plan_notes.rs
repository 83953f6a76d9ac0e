//! What people are told of a plan when it is written, and again when a run demands it. Pure.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::cell::neutral;
use super::notice::Notice;
use super::quantity::count;
use super::wrap::wrapped;
use crate::plan::{Expectation, Totals};

/// How many policies, types or countries a line names; the others are summed.
const NAMED: usize = 8;

/// Between two counts.
const DOT: &str = " · ";

/// What a plan comes to, under a title such as `plan review.jsonl`.
pub(crate) fn totals(title: &str, path: &Path, totals: &Totals, width: Option<usize>) -> Notice {
    let path = path.to_string_lossy();
    let title = format!("{title} {}", neutral(&path));
    let mut text = wrapped(&format!("{title}:"), width);
    let counts = Expectation::ALL.map(|expect| {
        let rows = count(totals.of(expect));
        format!("{expect} {rows}")
    });
    text += &wrapped(&format!("  {}", counts.join(DOT)), width);
    let mut notice = Notice::info("plan_file", title).fact("plan", &*path);
    for expect in Expectation::ALL {
        notice = notice.fact(expect.as_str(), totals.of(expect));
    }
    for (what, counts) in totals.created() {
        if !counts.is_empty() {
            text += &wrapped(&format!("  create by {what}: {}", named(counts)), width);
        }
        let all = { counts.iter() }.map(|(name, rows)| (name.clone(), (*rows).into()));
        let all = Value::Object(all.collect::<Map<_, _>>());
        notice = notice.fact(fact_of(what), all);
    }
    notice.shown_as(text)
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

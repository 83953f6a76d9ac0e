//! What became of the rows, as a table.

use serde_json::{Map, Value};

use super::countries::{as_fact, countries};
use super::ending::Ending;
use crate::exit::ExitCode;
use crate::model::outcome::Outcome;
use crate::model::summary::Summary;
use crate::model::tally::CodeCount;
use crate::report::cell::{neutral, without_phones};
use crate::report::notice::Notice;
use crate::report::quantity::{count, counted, elapsed};
use crate::report::wrap::{shortened, wrapped};

/// How many reasons the table names.
const REASONS: usize = 5;

/// How much of a code is shown.
const CODE_WIDTH: usize = 48;

/// What became of the rows, as a table.
pub(super) fn result(ending: &Ending<'_>, width: Option<usize>) -> Notice {
    let summary = ending.summary;
    let kind = if summary.dry_run { "dry run" } else { "run" };
    let ours = summary.our_rows();
    let mut rows = counted(ours, "row");
    if !summary.shard.is_whole() {
        rows = format!("{rows} of shard {}", summary.shard);
    }
    let took = elapsed(ending.took);
    let title = format!("{rows} in {took} ({kind} {})", summary.run);
    let mut text = "\n".to_owned() + &wrapped(&title, width);
    let mut outcomes = Map::new();
    let counts = summary
        .tally
        .outcomes
        .iter()
        .map(|(_, rows)| count(rows).len());
    let longest = counts.max().unwrap_or_default();
    text.push('\n');
    for (outcome, rows) in summary.tally.outcomes.iter() {
        outcomes.insert(outcome.as_str().to_owned(), rows.into());
        if rows == 0 {
            continue;
        }
        let earlier = if outcome == Outcome::Created {
            earlier(rows, summary.created_now)
        } else {
            String::new()
        };
        let rows = count(rows);
        text += &wrapped(
            &format!("  {:<11}{rows:>longest$}{earlier}", outcome.as_str()),
            width,
        );
    }
    text += &countries(&summary.countries, width);
    text += &reasons(summary, width);
    let mut notice = Notice::info("result", format!("{rows} in {took}"))
        .fact("rows", ours)
        .fact("seconds", ending.took.as_secs_f64())
        .fact("outcomes", Value::Object(outcomes));
    if summary.dry_run {
        notice = notice.fact("countries", as_fact(&summary.countries));
    }
    if let Some(results) = ending.results {
        text += "\n";
        text += &wrapped(&format!("results: {}", neutral(results)), width);
        notice = notice.fact("results", results);
    }
    if ending.exit != ExitCode::Done {
        // What is left stands apart.
        text.push('\n');
    }
    notice.shown_as(text)
}

/// The most frequent reasons, each with where to look; nothing where there is none.
fn reasons(summary: &Summary, width: Option<usize>) -> String {
    let mut codes: Vec<_> = summary.tally.codes.iter().collect();
    codes.sort_by_key(|(_, count)| std::cmp::Reverse(count.rows));
    if codes.is_empty() {
        return String::new();
    }
    let named: Vec<[String; 3]> = codes
        .iter()
        .take(REASONS)
        .map(|(code, seen)| {
            [
                shortened(&without_phones(&neutral(code)), CODE_WIDTH),
                count(seen.rows),
                place(seen),
            ]
        })
        .collect();
    let header = ["most frequent reasons", "rows", "example"].map(str::to_owned);
    let mut text = "\n".to_owned();
    text += &table(&header, &named, width);
    if codes.len() > REASONS {
        let more = codes.len() - REASONS;
        text += &wrapped(&format!("  and {more} more in the results file"), width);
    }
    text
}

/// Lays out three columns, the second of numbers; one below the other where they do not fit.
fn table(header: &[String; 3], rows: &[[String; 3]], width: Option<usize>) -> String {
    let lines = || std::iter::once(header).chain(rows);
    let longest = |column: usize| {
        let lengths = lines().map(|line| line[column].chars().count());
        lengths.max().unwrap_or_default()
    };
    let (first, second, third) = (longest(0), longest(1), longest(2));
    let needed = 2 + first + 2 + second + 2 + third;
    if width.is_some_and(|width| width < needed) {
        let stacked = rows.iter().map(|[code, rows, place]| {
            let below = wrapped(&format!("    {rows}: {place}"), width);
            format!("  {code}\n{below}")
        });
        let title = wrapped(&format!("  {}", header[0]), width);
        return std::iter::once(title).chain(stacked).collect();
    }
    let line =
        |[code, rows, place]: &[String; 3]| format!("  {code:<first$}  {rows:>second$}  {place}\n");
    lines().map(line).collect()
}

/// Where the first row of a kind is, by the results and by the file.
pub(super) fn place(seen: &CodeCount) -> String {
    format!("row {}, line {}", seen.example, seen.line)
}

/// How many of the devices are no news: that a wave which is run again creates nothing anew.
fn earlier(created: u64, now: u64) -> String {
    match created.saturating_sub(now) {
        0 => String::new(),
        all if all == created => "  (in earlier runs)".to_owned(),
        some => format!("  ({} in earlier runs)", count(some)),
    }
}

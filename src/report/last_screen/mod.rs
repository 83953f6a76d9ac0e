//! What became of a run, and how to go on. Pure.

use std::time::Duration;

use jiff::ZonedDateTime;
use serde_json::{Map, Value};
use tracing::Level;

use super::cell::{neutral, without_phones};
use super::command_line::CommandLine;
use super::next_command::{Left, Step, TENANT_OPTIONS, steps};
use super::notice::Notice;
use super::paragraph::{shortened, wrapped};
use super::quantity::{clock_time, count, counted, elapsed};
use super::rejects::Written;
use super::start_line::messages_of_a_run;
use crate::exit::ExitCode;
use crate::model::outcome::Outcome;
use crate::model::shared_phones::SharedPhones;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::model::tally::CodeCount;

/// How many reasons the table names.
const REASONS: usize = 5;

/// How much of a code is shown.
const CODE_WIDTH: usize = 48;

/// How a run ended, and what its screen needs besides the counts.
#[derive(Clone, Debug)]
pub struct Ending<'a> {
    /// What the rows came to.
    pub summary: &'a Summary,
    /// The code that it ends with.
    pub exit: ExitCode,
    /// How long it took.
    pub took: Duration,
    /// Where each row is told of, where that is a file that was written.
    pub results: Option<&'a str>,
    /// Where the rows to correct are, where they were written.
    pub rejects: Option<&'a Written>,
    /// How many lines about rows were held back.
    pub held_back: u64,
    /// The command that was typed.
    pub command: &'a CommandLine,
    /// Whether the wave has no name that another command could read it by.
    pub wave_is_stream: bool,
    /// Whether the ledger is gone with the run.
    pub forgotten: bool,
    /// Whether `--deadline` named a moment that is past.
    pub deadline_is_past: bool,
    /// The time now.
    pub now: &'a ZonedDateTime,
    /// From when on rows in doubt can be settled, where there are some that can.
    pub settled_from: Option<ZonedDateTime>,
    /// How many rows in doubt no run sends again.
    pub given_up: u64,
}

/// Says what became of the rows, then what is left and how to go on.
pub fn closing(ending: &Ending<'_>, width: Option<usize>) -> Vec<Notice> {
    let mut notices = Vec::new();
    if ending.held_back > 0 {
        let more = count(ending.held_back);
        let place = ending.results.map_or("the results".into(), neutral);
        let text = format!("and {more} more in {place}");
        notices.push(
            Notice::new("more_rows", Level::WARN, &text)
                .fact("lines", ending.held_back)
                .shown_as(wrapped(&text, width)),
        );
    }
    if let Some(SharedPhones { phones, example }) = ending.summary.shared_phones {
        let phones = counted(phones, "phone");
        let [one, other] = example;
        notices.push(Notice::warning(format!(
            "{phones} with more than one user, such as in lines {one} and {other}. \
             Whoever has such a phone gets the passcodes of each of its users."
        )));
    }
    let summary = ending.summary;
    if summary.dry_run && summary.messages.total() > 0 {
        notices.push(messages_of_a_run(&summary.messages));
    }
    notices.push(result(ending, width));
    notices.extend(incomplete(ending, width));
    notices
}

/// What became of the rows, as a table.
fn result(ending: &Ending<'_>, width: Option<usize>) -> Notice {
    let summary = ending.summary;
    let kind = if summary.dry_run { "dry run" } else { "run" };
    let rows = counted(summary.rows, "row");
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
    text += &reasons(summary, width);
    let mut notice = Notice::info("result", format!("{rows} in {took}"))
        .fact("rows", summary.rows)
        .fact("seconds", ending.took.as_secs_f64())
        .fact("outcomes", Value::Object(outcomes));
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
fn place(seen: &CodeCount) -> String {
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

/// Why something is left to do, and the commands that go on; empty where nothing is.
fn incomplete(ending: &Ending<'_>, width: Option<usize>) -> Vec<Notice> {
    if ending.exit == ExitCode::Done {
        return Vec::new();
    }
    let summary = ending.summary;
    let outcomes = &summary.tally.outcomes;
    let to_correct = outcomes.any_of(&[Outcome::Invalid, Outcome::Rejected]);
    let open = outcomes.any_of(&[Outcome::Failed, Outcome::Unknown, Outcome::Pending]);
    let mut notices = Vec::new();
    notices.extend(
        summary
            .stopped
            .as_ref()
            .map(|reason| stopped(reason, summary, ending.command)),
    );
    notices.extend((!summary.conserved()).then(|| unaccounted(summary)));
    notices.extend(summary.tally.seen_twice.as_ref().map(twice));
    let left = Left {
        exit: ending.exit,
        stopped: summary.stopped.as_ref(),
        to_correct,
        open,
        rejects: ending.rejects.and_then(Written::to_correct),
        forgotten: ending.forgotten,
        deadline_is_past: ending.deadline_is_past,
        wave_is_stream: ending.wave_is_stream,
    };
    for step in steps(&left, ending.command) {
        notices.push(match step {
            Step::Correct(command) => correct(to_correct, ending.rejects, command, width),
            Step::GoOn(command) => go_on(ending, &command, width),
            Step::BeginAnew => Notice::info(
                "begin_anew",
                "This rehearsal kept no ledger, so the next one begins anew. With `--ledger FILE` the next one goes on.",
            ),
        });
    }
    // The first of them stands apart from the table, the others follow.
    notices.into_iter().map(Notice::even_if_quiet).collect()
}

fn stopped(reason: &StopReason, summary: &Summary, command: &CommandLine) -> Notice {
    let pending = summary.tally.outcomes.get(Outcome::Pending);
    let left = match pending {
        0 => String::new(),
        rows => format!("; {} pending", counted(rows, "row")),
    };
    let text = format!("stopped: {reason}{left}");
    Notice::info("stopped", text)
        .hint(reason.hint().map(|hint| for_this_tenant(hint, command)))
        .fact("stop_code", reason.code().as_str())
        .fact("pending", pending)
}

/// A hint whose doctor looks at the tenant that was named on the command line.
fn for_this_tenant(hint: &str, command: &CommandLine) -> String {
    const DOCTOR: &str = "`wavepair doctor";
    let named = command.only(&TENANT_OPTIONS);
    hint.replacen(DOCTOR, &format!("{DOCTOR}{named}"), 1)
}

fn unaccounted(summary: &Summary) -> Notice {
    let outcomes = &summary.tally.outcomes;
    let (all, known) = match summary.account {
        Some(account) if !account.balances() => {
            (counted(account.lines, "line"), account.known_lines())
        }
        Some(account) if account.rows != outcomes.total() => {
            (counted(account.rows, "row"), outcomes.total())
        }
        Some(_) | None => (counted(summary.rows, "row"), outcomes.total()),
    };
    let known = count(known);
    Notice::error(format!(
        "{all} read and {known} accounted for. This is a fault of wavepair; the \
         ledger is sound, and `wavepair results` tells what it knows."
    ))
}

fn twice(seen: &CodeCount) -> Notice {
    let rows = counted(seen.rows, "row");
    Notice::error(format!(
        "PingOne lists the device of {rows} more than once, such as that of {}. \
         Remove all but one of each.",
        place(seen)
    ))
}

/// Which rows a person is to correct, where, and what takes them then.
fn correct(
    rows: u64,
    rejects: Option<&Written>,
    command: Option<String>,
    width: Option<usize>,
) -> Notice {
    let verb = if rows == 1 { "needs" } else { "need" };
    let need = format!("{} {verb} correction", counted(rows, "row"));
    let notice = |text: &str| Notice::new("correct", Level::WARN, text).fact("rows", rows);
    let edited = rejects.and_then(|rejects| rejects.kept.first());
    let written = rejects.and_then(|rejects| rejects.path.as_deref());
    let (Some(written), Some(command)) = (written, command) else {
        let text = format!("{need}: see the results, and correct the input.");
        return notice(&text).shown_as(wrapped(&text, width));
    };
    let place = written.to_string_lossy();
    let shown = neutral(&place);
    let them = if rows == 1 { "it" } else { "them" };
    let text = match edited.map(|edited| edited.to_string_lossy()) {
        None => format!("{need}. Correct {them} in {shown}, then run:"),
        Some(edited) => format!(
            "{need}. Somebody has edited {edited}, so it stays as it is; the rows as they are now \
             are in {shown}. When {edited} is corrected, run:",
            edited = neutral(&edited),
        ),
    };
    notice(&text)
        .fact("rejects", &*place)
        .fact("command", &*command)
        .shown_as(wrapped(&text, width) + &command_line(&command))
}

/// What another run takes up, from when on that is worth it, and its command.
fn go_on(ending: &Ending<'_>, command: &str, width: Option<usize>) -> Notice {
    let outcomes = &ending.summary.tally.outcomes;
    let settled_from = ending.settled_from.as_ref();
    let after = settled_from.filter(|at| *at > ending.now);
    let mut sentences = remaining(ending, after);
    sentences.push(lead(ending));
    let text = sentences.join(" ");
    let mut notice = Notice::new("go_on", Level::WARN, &text)
        .fact("failed", outcomes.get(Outcome::Failed))
        .fact("in_doubt", outcomes.get(Outcome::Unknown))
        .fact("command", command);
    if let Some(at) = after {
        notice = notice.fact("after", at.timestamp().to_string());
    }
    notice.shown_as(wrapped(&text, width) + &command_line(command))
}

/// One sentence for each kind of row that another run takes up.
fn remaining(ending: &Ending<'_>, after: Option<&ZonedDateTime>) -> Vec<String> {
    let outcomes = &ending.summary.tally.outcomes;
    let (failed, unknown) = (
        outcomes.get(Outcome::Failed),
        outcomes.get(Outcome::Unknown),
    );
    let given_up = ending.given_up.min(unknown);
    let in_doubt = unknown - given_up;
    let settles = after.map_or("another run settles that".to_owned(), |at| {
        format!("run again after {}", clock_time(at, ending.now))
    });
    let rows = |count: u64, one: &str, many: &str| {
        let verb = if count == 1 { one } else { many };
        format!("{} {verb}", counted(count, "row"))
    };
    let mut sentences = Vec::new();
    if failed > 0 {
        let rows = rows(failed, "is", "are");
        sentences.push(format!("{rows} left for another run."));
    }
    let nameless = ending.summary.tally.nameless;
    if nameless > 0 {
        let rows = rows(nameless, "is", "are");
        sentences.push(format!(
            "{rows} created, and PingOne has not told the ID yet: another run looks for it."
        ));
    }
    if in_doubt > 0 {
        let rows = rows(in_doubt, "is", "are");
        sentences.push(format!(
            "{rows} in doubt, perhaps created and not listed yet: {settles}."
        ));
    }
    if given_up > 0 {
        let rows = rows(given_up, "was", "were");
        sentences.push(format!(
            "{rows} asked for four times and never listed: look for the users in PingOne's audit log."
        ));
    }
    sentences
}

/// What has to come before the command, and what it is then.
fn lead(ending: &Ending<'_>) -> String {
    let when = when(ending);
    if ending.wave_is_stream {
        // Such as `/dev/fd/63`, of `<(…)`: the name is gone with the process that had it.
        format!("{when}, with the wave on standard input:")
    } else {
        format!("{when} with:")
    }
}

fn when(ending: &Ending<'_>) -> &'static str {
    if ending.summary.tally.seen_twice.is_some() {
        return "When they are removed, go on";
    }
    if let Some(StopReason::InputChanged { .. }) = ending.summary.stopped {
        return "When the file is right, go on";
    }
    match ending.exit {
        ExitCode::Broken | ExitCode::Usage | ExitCode::Pointless => {
            "When the cause is removed, go on"
        }
        ExitCode::NeedsPerson => "Then go on",
        ExitCode::Done
        | ExitCode::RunAgain
        | ExitCode::Busy
        | ExitCode::OutOfTime
        | ExitCode::Interrupted
        | ExitCode::Terminated => "Go on",
    }
}

/// A command stands alone in its line, however long: it is to be copied.
fn command_line(command: &str) -> String {
    format!("  {command}\n")
}

#[cfg(test)]
mod tests;

//! What is left, and how to go on.

use jiff::{Timestamp, ZonedDateTime};
use tracing::Level;

use super::ending::Ending;
use super::outcomes::place;
use crate::exit::ExitCode;
use crate::model::outcome::Outcome;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::model::tally::CodeCount;
use crate::report::cell::neutral;
use crate::report::command_line::CommandLine;
use crate::report::next_command::{FILE_OPTIONS, Left, Step, TENANT_OPTIONS, steps};
use crate::report::notice::Notice;
use crate::report::quantity::{clock_time, count, counted};
use crate::report::rejects::Written;
use crate::report::wrap::{command_line, wrapped};

/// Why something is left to do, and the commands that go on; empty where nothing is.
pub(super) fn incomplete(ending: &Ending<'_>, width: Option<usize>) -> Vec<Notice> {
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
            Step::CorrectWave(command) => correct_wave(ending, to_correct, &command, width),
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
    let named = command.only(&[&TENANT_OPTIONS[..], &FILE_OPTIONS].concat());
    hint.replacen(DOCTOR, &format!("{DOCTOR}{named}"), 1)
}

fn unaccounted(summary: &Summary) -> Notice {
    let known = summary.tally.rows();
    let (all, known) = match summary.account {
        Some(account) if !account.balances() => {
            (counted(account.lines, "line"), account.known_lines())
        }
        Some(account) if account.rows != known => (counted(account.rows, "row"), known),
        Some(_) | None => (counted(summary.rows, "row"), known),
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
    let (need, them) = needed(rows);
    let notice = |text: &str| Notice::new("correct", Level::WARN, text).fact("rows", rows);
    let edited = rejects.and_then(|rejects| rejects.kept.first());
    let written = rejects.and_then(|rejects| rejects.path.as_deref());
    let (Some(written), Some(command)) = (written, command) else {
        let text = format!("{need}: see the results, and correct the input.");
        return notice(&text).shown_as(wrapped(&text, width));
    };
    let place = written.to_string_lossy();
    let shown = neutral(&place);
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

/// Which rows a person is to correct in the wave itself, before anything of it is sent.
fn correct_wave(ending: &Ending<'_>, rows: u64, command: &str, width: Option<usize>) -> Notice {
    let rejects = ending.rejects.and_then(|rejects| rejects.path.as_deref());
    let rejects = rejects.map(|path| path.to_string_lossy());
    let place = rejects.as_deref().map_or("the results".into(), neutral);
    let (need, object) = needed(rows);
    let then = if ending.wave_is_stream {
        "in the wave, then run, with it on standard input".to_owned()
    } else {
        format!("in {}, then run", neutral(&ending.summary.wave))
    };
    let text = format!("{need}, see {place}. Correct {object} {then}:");
    Notice::new("correct", Level::WARN, &text)
        .fact("rows", rows)
        .fact("rejects", rejects.as_deref())
        .fact("command", command)
        .shown_as(wrapped(&text, width) + &command_line(command))
}

/// That so many rows need correction, and the word for them behind that.
fn needed(rows: u64) -> (String, &'static str) {
    let (verb, them) = if rows == 1 {
        ("needs", "it")
    } else {
        ("need", "them")
    };
    (format!("{} {verb} correction", counted(rows, "row")), them)
}

/// What another run takes up, from when on that is worth it, and its command.
fn go_on(ending: &Ending<'_>, command: &str, width: Option<usize>) -> Notice {
    let outcomes = &ending.summary.tally.outcomes;
    let settled_from = ending.settled_from.as_ref();
    let asked = wanted_from(ending);
    let after = settled_from.max(asked.as_ref());
    let after = after.filter(|at| *at > ending.now);
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

/// From when on PingOne lets another run go on, where it asked for such a wait.
fn wanted_from(ending: &Ending<'_>) -> Option<ZonedDateTime> {
    let Some(StopReason::AskedToWait { until_ms }) = ending.summary.stopped else {
        return None;
    };
    let until = Timestamp::from_millisecond(until_ms).ok()?;
    Some(until.to_zoned_datetime(ending.now.time_zone().clone()))
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
    if let Some(from) = wanted_from(ending) {
        let time = clock_time(&from, ending.now);
        sentences.push(format!("PingOne lets nothing through before {time}."));
    }
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
            "{rows} asked for four times and never listed: look for the users in PingOne's audit log, then decide with `wavepair resolve`."
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

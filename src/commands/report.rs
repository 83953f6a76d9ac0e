//! `wavepair report`: one page about a wave, from the input and the ledger.

use std::io::{self, Write};
use std::path::Path;

use super::past_run::PastRun;
use super::{Invocation, outputs};
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::Reader;
use crate::model::counts::Counts;
use crate::model::outcome::Outcome;
use crate::model::shard::Shard;
use crate::model::shell;
use crate::report::next_command::TENANT_OPTIONS;
use crate::report::notice::Notice;
use crate::report::output::Output;
use crate::report::page::{Facts, Gathered, Next, RunHistory, page};
use crate::report::quantity::counted;
use crate::settings::report::Report;
use crate::settings::run::wave_name;

/// Writes the page; works while a run is going on.
///
/// # Errors
///
/// The input or the ledger cannot be read, or there is none, or the page cannot be written.
pub(crate) fn report(settings: &Report, invocation: &Invocation) -> Result<ExitCode, Error> {
    outputs::check(&settings.files, invocation)?;
    let last = PastRun::read(&settings.wave, &settings.ledger, settings.binding.as_ref())?;
    let past = last.wave(&settings.rows, &settings.checks, &settings.files)?;
    let mut rows = Gathered::new(last.ledger.verified()?);
    let sharers = past.sharing.of_results();
    last.tell(&past, sharers, &settings.checks, &mut [&mut rows])?;
    let policies = last.ledger.policy_names()?;
    let runs = history(&last.ledger, &wave_name(&settings.wave))?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(last);
    let name = past.wave.file_name().to_string_lossy();
    let wave = if past.shard.is_whole() {
        name.into_owned()
    } else {
        format!("{name}, shard {}", past.shard)
    };
    let facts = Facts {
        wave: &wave,
        environment: settings.binding.as_ref().map(|it| it.environment),
        next: next(settings, &rows.tally.outcomes, past.shard, invocation),
        rows: &rows,
        policies: &policies,
        runs: &runs,
        now: &clock::local().zoned(),
    };
    let text = page(&facts).map_err(|error| Error::Results(io::Error::other(error)))?;
    write(&settings.files.results, &text)?;
    let place = settings.files.results.display();
    let said = Notice::info(
        "page",
        format!("The page is {place}: open it in a browser, or mail it."),
    );
    invocation.console.say(&said);
    Ok(ExitCode::Done)
}

/// The runs of a wave, the first one first.
fn history(ledger: &Reader, wave: &str) -> Result<Vec<RunHistory>, Error> {
    let mut runs = ledger.runs()?;
    runs.retain(|run| run.wave == wave);
    let told = runs.into_iter().rev().map(|run| {
        Ok(RunHistory {
            minutes: ledger.minutes(&run)?,
            id: run.id,
            started_ms: run.started_ms,
            finished_ms: run.finished_ms,
            exit_code: run.exit_code,
            stopped: run.stopped.map(|why| why.message),
        })
    });
    told.collect()
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let mut out = Output::spooled(path)?;
    out.write_all(text.as_bytes()).map_err(Error::Results)?;
    if let Some(waiting) = out.settle()? {
        waiting.write()?;
    }
    Ok(())
}

/// What to do next: correct the rejects, go on with the rest, look at what is there.
fn next(settings: &Report, outcomes: &Counts, shard: Shard, invocation: &Invocation) -> Vec<Next> {
    let tenant = invocation.command.only(&TENANT_OPTIONS);
    let part = if shard.is_whole() {
        String::new()
    } else {
        format!(" --shard {shard}")
    };
    let command = |name: &str, file: &Path| {
        let file = shell::command([&file.as_os_str().to_owned()]);
        let part = if name == "run" { part.as_str() } else { "" };
        Some(format!("wavepair {name} {file}{part}{tenant}"))
    };
    let to_correct = outcomes.any_of(&[Outcome::Invalid, Outcome::Rejected]);
    let open = outcomes.any_of(&[Outcome::Failed, Outcome::Unknown, Outcome::Pending]);
    let mut next = Vec::new();
    if to_correct > 0 {
        // A rehearsal's have another name, and whoever moved them knows where they are.
        let rejects = settings.rejects.as_deref().filter(|it| it.exists());
        // A row that is corrected may be another user's then, and so of another shard.
        let rejects = rejects.filter(|_| shard.is_whole());
        let rows = counted(to_correct, "row");
        next.push(match rejects {
            Some(rejects) => Next {
                what: format!("Correct {rows} in {}, then run them:", rejects.display()),
                command: command("run", rejects),
            },
            None => Next {
                what: format!("Correct {rows}: the rejects say which, and why."),
                command: None,
            },
        });
    }
    if open > 0 {
        next.push(Next {
            what: format!("Run the wave again for {}:", counted(open, "row")),
            command: command("run", &settings.wave),
        });
    }
    if next.is_empty() {
        next.push(Next {
            what: "Nothing is left. See from outside that each device is there:".to_owned(),
            command: command("verify", &settings.wave),
        });
    }
    next
}

//! The end of a run or of a dry run: its last screen, and its summary.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::Invocation;
use super::join::Doubts;
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::standard_stream::is_standard;
use crate::model::stop::Stopped;
use crate::model::summary::Summary;
use crate::report::console::Console;
use crate::report::kept_run::{EndFacts, KeptRun};
use crate::report::last_screen::{Ending, closing};
use crate::report::output::Output;
use crate::report::rejects::Written;
use crate::report::summary_json;
use crate::settings::files::Files;

/// What is known of an end besides its summary.
#[derive(Debug)]
pub(super) struct End<'a> {
    pub(super) exit: ExitCode,
    pub(super) took: Duration,
    pub(super) files: &'a Files,
    /// Where its rejects are, if its results and rejects were written.
    pub(super) written: Option<Written>,
    /// Which rows are in doubt, where that is known.
    pub(super) doubts: Option<Doubts>,
    /// Whether the ledger is gone with the run.
    pub(super) forgotten: bool,
    /// From when on the same command is refused, because its deadline is past.
    pub(super) past_from: Option<Timestamp>,
}

impl End<'_> {
    /// Where each row is told of, where that is a file that was written.
    fn results(&self) -> Option<&Path> {
        let results = self.written.as_ref().map(|_| self.files.results.as_path());
        results.filter(|path| !is_standard(path))
    }

    /// How long it is until rows in doubt can be settled, where there are some that can.
    fn settled_in(&self) -> Option<Duration> {
        self.doubts.as_ref().and_then(|doubts| doubts.settled_in)
    }

    fn given_up(&self) -> u64 {
        self.doubts.as_ref().map_or(0, |doubts| doubts.given_up)
    }

    /// What the ledger keeps of the run.
    pub(super) fn kept(&self, summary: &Summary) -> KeptRun {
        let settled_from = |time| clock::wall().checked_add(time).ok();
        let facts = EndFacts {
            took: self.took,
            results: self.results(),
            rejects: self.written.as_ref(),
            wave_is_stream: self.files.wave_is_stream,
            deadline: self.past_from,
            settled_from: self.settled_in().and_then(settled_from),
            given_up: self.given_up(),
        };
        KeptRun::new(summary, &facts)
    }
}

/// Shows what became of the wave, and writes the summary where one is wanted.
pub(super) fn finish(
    summary: &Summary,
    end: &End<'_>,
    invocation: &Invocation,
) -> Result<(), Error> {
    let results = end.results().map(|path| path.display().to_string());
    let now = clock::local().zoned();
    let settled_from = |time| now.checked_add(time).ok();
    let ending = Ending {
        summary,
        exit: end.exit,
        took: end.took,
        results: results.as_deref(),
        rejects: end.written.as_ref(),
        held_back: invocation.console.line_limit().held_back(),
        command: &invocation.command,
        wave_is_stream: end.files.wave_is_stream,
        forgotten: end.forgotten,
        deadline_is_past: end.past_from.is_some_and(|at| at <= now.timestamp()),
        now: &now,
        settled_from: end.settled_in().and_then(settled_from),
        given_up: end.given_up(),
    };
    let width = Console::width();
    for notice in closing(&ending, width) {
        invocation.console.say(&notice);
    }
    write(summary, end.exit, None, end.files)
}

/// Ends a command that has a summary: where it failed the summary says so, and what an earlier
/// command wrote there does not stay.
pub(super) fn ended(
    end: Result<ExitCode, Error>,
    summary: &Summary,
    files: &Files,
    invocation: &Invocation,
) -> Result<ExitCode, Error> {
    invocation.stopped.replace(summary.stopped.clone());
    if let (exit, Some(failed)) = how_it_ended(&end) {
        // What failed first says more than that the summary of it cannot be written either.
        write(summary, exit, Some(failed), files).ok();
    }
    end
}

/// The code that a command ends with, and why it failed where it did.
pub(super) fn how_it_ended(end: &Result<ExitCode, Error>) -> (ExitCode, Option<Stopped>) {
    match end {
        Ok(exit) => (*exit, None),
        Err(error) => (error.exit_code(), Some(error.stopped())),
    }
}

/// Writes the summary where one is wanted; `failed` is why the command failed, where it did.
pub(super) fn write(
    summary: &Summary,
    exit: ExitCode,
    failed: Option<Stopped>,
    files: &Files,
) -> Result<(), Error> {
    let Some(path) = &files.summary else {
        return Ok(());
    };
    let mut out = Output::create(path)?;
    summary_json::write(summary, clock::wall(), exit, failed, &mut out).map_err(Error::Results)?;
    Ok(out.finish()?)
}

//! How a run ended, and what its screen needs besides the counts.

use std::time::Duration;

use jiff::ZonedDateTime;

use crate::exit::ExitCode;
use crate::model::summary::Summary;
use crate::report::command_line::CommandLine;
use crate::report::rejects::Written;

/// How a run ended, and what its screen needs besides the counts.
#[derive(Clone, Debug)]
pub(crate) struct Ending<'a> {
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

//! Wiring only: open, connect, call, return. What is decided is decided elsewhere.

mod advice;
mod ahead;
mod announce;
mod asked_anew;
mod claims;
pub(crate) mod config;
mod demanded;
mod descriptors;
pub(crate) mod doctor;
pub(crate) mod dry_run;
mod finish;
mod foresee;
mod foretell;
pub(crate) mod hand_over;
mod join;
mod ledger_notes;
mod licensed;
mod looked_back;
pub(crate) mod man;
mod memory;
mod metrics;
mod names;
mod names_of_run;
mod not_asked;
mod on_end;
mod online;
mod open_ledger;
mod opened_wave;
mod outputs;
mod panics;
mod parts;
mod past_run;
mod plan_basis;
mod plan_draft;
mod planned;
mod policies;
mod prepare;
mod preview;
pub(crate) mod print;
pub(crate) mod probe;
pub(crate) mod purge;
mod question;
mod read_ledger;
pub(crate) mod report;
mod report_wait;
mod reported;
pub(crate) mod resolve;
pub(crate) mod results;
pub(crate) mod run;
mod run_record;
pub(crate) mod sandbox;
mod send;
pub(crate) mod show;
mod signals;
pub(crate) mod status;
mod stopped;
mod target;
pub(crate) mod template;
pub(crate) mod undo;
mod user_states;
mod verified_row;
pub(crate) mod verify;
mod wave_files;
mod wave_memory;

use std::cell::RefCell;

use crate::clock;
use crate::error::Error;
use crate::model::ids::RunId;
use crate::model::stop::StopReason;
use crate::report::command_line::CommandLine;
use crate::report::console::Console;
use crate::report::log_setup;
use crate::report::manner::Style;
use crate::report::progress::Progress;
use crate::report::progress_line::Goal;

/// A new run's ID.
pub(crate) fn new_run_id() -> RunId {
    let now = clock::wall();
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    let timestamp = uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds);
    RunId::from_uuid(uuid::Uuid::new_v7(timestamp))
}

/// How the process was called, and where it speaks.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// What was typed.
    pub command: CommandLine,
    /// The run that it is; for other commands nobody sees it.
    pub run: RunId,
    /// What goes to standard error.
    pub console: Console,
    /// Whether more is shown than usual.
    pub verbose: bool,
    /// Whether the answer to every question is yes.
    pub yes: bool,
    /// How progress is shown, where it is.
    pub progress: Option<Style>,
    /// Whether standard error is a terminal.
    pub is_terminal: bool,
    /// What is logged, and where it goes.
    pub log: log_setup::Options,
    /// Why the command stopped before it was done, where it has.
    pub stopped: RefCell<Option<StopReason>>,
}

impl Invocation {
    /// Starts logging.
    ///
    /// # Errors
    ///
    /// The log's file cannot be opened where it was named.
    pub(crate) fn start_log(&self) -> Result<(), Error> {
        log_setup::init(&self.log, &self.console).map_err(|source| Error::Output {
            what: "log",
            source,
            hint: "name another file with `--log-file`".to_owned(),
        })
    }

    /// Shows progress from now on, where it was asked for.
    fn start_progress(&self, rows: u64, goal: Goal) -> Option<Progress> {
        let style = self.progress?;
        Some(Progress::start(&self.console, style, rows, goal))
    }
}

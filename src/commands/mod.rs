//! Wiring only: open, connect, call, return. What is decided is decided elsewhere.

mod advice;
mod descriptors;
pub mod doctor;
pub mod dry_run;
mod join;
mod online;
mod panics;
pub mod results;
pub mod run;
pub mod sandbox;
mod signals;
mod target;
pub mod template;
mod wanted;

use std::ffi::OsString;

use crate::model::row::Column;
use crate::report::console::Console;
use crate::report::progress::{Choice, Progress};
use crate::report::start_line::{Plan, Size, Start, start};

/// How the process was called, and where it speaks.
#[derive(Debug)]
pub struct Invocation {
    /// The words of the command line.
    pub argv: Vec<OsString>,
    /// What goes to standard error.
    pub console: Console,
    /// Whether only errors are shown, and what is left to do.
    pub quiet: bool,
    /// How progress is shown.
    pub progress: Choice,
    /// Whether standard error is a terminal.
    pub is_terminal: bool,
    /// The kind of terminal, by `TERM`.
    pub term: Option<String>,
}

impl Invocation {
    /// Says what is about to happen.
    fn announce(&self, wave: &str, rows: u64, plan: Plan<'_>) {
        if self.quiet {
            return;
        }
        let users_by = Column::UserId.name();
        self.console.print(&start(&Start {
            wave,
            size: Size::Rows(rows),
            users_by,
            plan,
        }));
    }

    /// Shows progress from now on, where it was asked for.
    fn start_progress(&self, rows: u64, bytes: u64) -> Option<Progress> {
        let style = self
            .progress
            .style(self.is_terminal, self.term.as_deref())?;
        Some(Progress::start(&self.console, style, Some(rows), bytes))
    }
}

//! Wiring only: open, connect, call, return. What is decided is decided elsewhere.

mod advice;
pub mod doctor;
pub mod dry_run;
mod join;
mod online;
pub mod results;
pub mod run;
pub mod sandbox;
mod signals;
mod target;
pub mod template;

use std::ffi::OsString;

use crate::report::console::Console;
use crate::report::progress::Choice;

/// How the process was called, and where it speaks.
#[derive(Debug)]
pub struct Invocation {
    /// The words of the command line.
    pub argv: Vec<OsString>,
    /// What goes to standard error.
    pub console: Console,
    /// How progress is shown.
    pub progress: Choice,
    /// Whether standard error is a terminal.
    pub is_terminal: bool,
    /// The kind of terminal, by `TERM`.
    pub term: Option<String>,
}

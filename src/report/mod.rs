//! Everything that a person or a script sees of a run.
//!
//! A reporter hears events and changes nothing: it cannot fail a run, and it does
//! not hold one up. What it says comes from the same facts as the exit code does,
//! because both are folds over the same events. Nothing here sends, decides or
//! remembers anything for a later run.

pub mod cell;
pub mod command_line;
pub mod quantity;
pub mod wrap;

pub mod output;
pub mod safe_file;
pub mod standard_output;

mod as_written;
pub mod earlier_runs;
pub mod known_row;
pub mod known_state;
mod record;
pub mod rejects;
pub mod result_row;
pub mod results;
pub mod results_writer;
pub mod results_written;
pub mod row_sink;

pub mod last_screen;
pub mod next_command;
pub mod start_line;
pub mod summary_json;

mod bar_screen;
pub mod console;
pub mod lifetime;
pub mod line_limit;
pub mod log;
pub mod log_lines;
pub mod log_setup;
pub mod manner;
pub mod notice;
mod painter;
pub mod panics;
pub mod progress;
pub mod progress_line;
mod rate_window;

#[cfg(test)]
mod fixture;

pub use crate::model::shell;

use std::cell::RefCell;
use std::io;

use crate::model::event::Event;
use crate::model::summary::Summary;
use known_row::KnownRow;
use progress::Progress;
use result_row::ResultRow;
use row_sink::RowSink;

/// Everyone who hears of a run.
#[derive(Debug)]
pub struct Reporters {
    /// What the run comes to.
    pub summary: Summary,
    progress: Option<Progress>,
}

impl Reporters {
    /// Gathers those that were asked for. The log hears every event; [`log_setup`] says what is kept.
    pub fn new(summary: Summary, progress: Option<Progress>) -> Self {
        Self { summary, progress }
    }

    /// Tells all of them.
    pub fn on(&mut self, event: &Event) {
        self.summary.on(event);
        if let Some(progress) = &self.progress {
            progress.on(event);
        }
        log::on(event);
    }

    /// Takes the progress off the screen, and gives out what the run came to.
    pub fn finish(self) -> Summary {
        self.summary
    }
}

/// Tells all of them of rows that no engine tells of; they hear of requests meanwhile.
impl RowSink for &RefCell<Reporters> {
    fn take(&mut self, _: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let mut reporters = self.borrow_mut();
        reporters.on(&Event::RowRead { bytes: 0 });
        reporters.on(&Event::RowFinished(result.finished.clone()));
        Ok(())
    }
}

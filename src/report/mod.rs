//! Everything that a person or a script sees of a run.
//!
//! A reporter hears events and changes nothing: it cannot fail a run, and it does
//! not hold one up. What it says comes from the same facts as the exit code does,
//! because both are folds over the same events. Nothing here sends, decides or
//! remembers anything for a later run.

pub(crate) mod cell;
pub(crate) mod command_line;
pub(crate) mod quantity;
pub(crate) mod wrap;

pub(crate) mod output;
pub(crate) mod safe_file;
pub(crate) mod sheet;
pub(crate) mod standard_output;

mod as_written;
mod cells;
pub(crate) mod earlier_runs;
mod encoded;
mod judged_ahead;
pub(crate) mod known_row;
pub(crate) mod known_state;
mod lines;
pub(crate) mod plan_writer;
pub(crate) mod purge_screen;
mod record;
pub(crate) mod rejects;
pub(crate) mod result_row;
pub(crate) mod results;
pub(crate) mod results_writer;
pub(crate) mod results_written;
pub(crate) mod row_sink;
pub(crate) mod table;
pub(crate) mod told_notes;
pub(crate) mod undo_screen;
pub(crate) mod undo_writer;
mod value;
pub(crate) mod verdict_screen;
pub(crate) mod verdict_writer;
pub(crate) mod what_next;

pub(crate) mod cost_notes;
pub(crate) mod country_notes;
pub(crate) mod kept_run;
pub(crate) mod last_screen;
pub(crate) mod next_command;
pub(crate) mod plan_notes;
pub(crate) mod report_notes;
pub(crate) mod sheet_notes;
pub(crate) mod start_line;
pub(crate) mod summary_json;
pub(crate) mod user_notes;

mod bar_screen;
pub(crate) mod console;
pub(crate) mod error_object;
pub(crate) mod lifetime;
pub(crate) mod line_limit;
pub(crate) mod log;
pub(crate) mod log_lines;
pub(crate) mod log_setup;
pub(crate) mod manner;
pub(crate) mod metrics;
pub(crate) mod notice;
mod outcome_words;
pub(crate) mod page;
mod painter;
pub(crate) mod panics;
pub(crate) mod print_form;
pub(crate) mod progress;
pub(crate) mod progress_line;
mod rate_window;

#[cfg(test)]
mod fixture;

pub(crate) use crate::model::shell;

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
pub(crate) struct Reporters {
    /// What the run comes to.
    pub summary: Summary,
    progress: Option<Progress>,
}

impl Reporters {
    /// Gathers those that were asked for. The log hears every event; [`log_setup`] says what is kept.
    pub(crate) fn new(summary: Summary, progress: Option<Progress>) -> Self {
        Self { summary, progress }
    }

    /// Tells all of them.
    pub(crate) fn on(&mut self, event: &Event) {
        self.summary.on(event);
        if let Some(progress) = &self.progress {
            progress.on(event);
        }
        log::on(event);
    }

    /// Takes the progress off the screen, and gives out what the run came to.
    pub(crate) fn finish(self) -> Summary {
        self.summary
    }
}

/// Tells all of them of rows that no engine tells of; they hear of requests meanwhile.
impl RowSink for &RefCell<Reporters> {
    fn take(&mut self, _: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let mut reporters = self.borrow_mut();
        reporters.on(&Event::RowRead);
        reporters.on(&Event::RowFinished(result.finished.clone()));
        Ok(())
    }

    fn pass(&mut self, _: &ResultRow) {
        let summary = &mut self.borrow_mut().summary;
        summary.rows += 1;
        summary.tally.of_other_shards += 1;
    }
}

//! What a look over the rows of a wave tells before a run begins.

use std::borrow::Borrow;
use std::io;

use super::join::join;
use super::memory::Memory;
use super::opened_wave::OpenedWave;
use crate::error::Error;
use crate::ledger::Reader;
use crate::model::messages::{MessageBook, Messages};
use crate::model::outcome::Outcome;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::report::known_row::KnownRow;
use crate::report::known_state::Mode;
use crate::report::result_row::ResultRow;
use crate::report::row_sink::RowSink;

/// What is known of a run before it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Foreseen {
    /// The messages that it may send to people.
    pub(super) messages: Messages,
    /// Why nothing of the wave is sent, where nothing is.
    pub(super) refused: Option<StopReason>,
}

impl Foreseen {
    /// Notes it in what the run comes to.
    pub(super) fn note_in(self, summary: &mut Summary) {
        summary.messages = self.messages;
        if let Some(reason) = &self.refused {
            summary.stop(reason);
        }
    }
}

/// Looks over the rows, where the wave or the settings ask for it.
///
/// Nearly every run asks for nothing of the kind: its rows are not judged once more then. `ledger` is
/// asked for where a row asks for a message, or may be refused for an earlier wave.
///
/// # Errors
///
/// The wave or the ledger cannot be read.
pub(super) fn foresee<L: Borrow<Reader>>(
    opened: &OpenedWave,
    ledger: &dyn Fn() -> Result<Option<L>, Error>,
) -> Result<Foreseen, Error> {
    if !opened.is_looked_over() {
        return Ok(Foreseen::default());
    }
    let (mut book, mut invalid) = (MessageBook::default(), InvalidRows::default());
    // What is done already sends no message; it makes a row wrong only where that is asked for.
    let ledger = if opened.asks_for_messages || opened.sharing.refuses() {
        ledger()?
    } else {
        None
    };
    let ledger = ledger.as_ref().map(Borrow::borrow);
    join(
        &opened.wave,
        opened.judge(),
        &Mode::DryRun,
        opened.memory(Memory::of_dry_run(ledger, opened.recreate))?,
        &mut [&mut book, &mut invalid],
    )?;
    Ok(match invalid.reason().filter(|_| opened.strict) {
        None => Foreseen {
            messages: book.messages(),
            refused: None,
        },
        refused => Foreseen {
            messages: Messages::default(),
            refused,
        },
    })
}

/// Counts the rows that are wrong in themselves.
#[derive(Clone, Copy, Debug, Default)]
struct InvalidRows {
    rows: u64,
    /// The line of the first of them.
    line: u64,
}

impl InvalidRows {
    fn reason(self) -> Option<StopReason> {
        let Self { rows, line } = self;
        (rows > 0).then_some(StopReason::InvalidRows { rows, line })
    }

    fn add(&mut self, result: &ResultRow) {
        if result.finished.outcome == Outcome::Invalid {
            if self.rows == 0 {
                self.line = result.finished.who.line;
            }
            self.rows += 1;
        }
    }
}

impl RowSink for InvalidRows {
    fn take(&mut self, _: &KnownRow, result: &ResultRow) -> io::Result<()> {
        self.add(result);
        Ok(())
    }

    // Each shard keeps back its rows for a wrong row of any.
    fn pass(&mut self, result: &ResultRow) {
        self.add(result);
    }
}

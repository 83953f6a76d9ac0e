//! What became of the devices: in the file, on the screen, in the exit code.

use tokio::time::Instant;

use super::chosen::Chosen;
use crate::clock;
use crate::commands::Invocation;
use crate::commands::finish::write;
use crate::engine::undo::Fate;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::dialect::Dialect;
use crate::model::event::{Event, RowFinished, RowLabel};
use crate::model::outcome::Outcome;
use crate::model::request::Address;
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::model::undo::{UndoCounts, UndoVerdict};
use crate::report::console::Console;
use crate::report::output::Output;
use crate::report::results_writer::Options;
use crate::report::table::Form;
use crate::report::undo_screen::After;
use crate::report::undo_writer::{UndoRow, UndoWriter};
use crate::settings::files::Files;

/// What became of each device, as far as it was come to.
#[derive(Debug)]
pub(super) struct Fates(Vec<Option<Fate>>);

impl Fates {
    pub(super) fn new(devices: usize) -> Self {
        Self(vec![None; devices])
    }

    /// Takes what became of the device in this place; gives what a bar is told of it.
    pub(super) fn take(&mut self, place: usize, chosen: &Chosen, fate: Fate) -> Option<Event> {
        let outcome = match fate.verdict {
            UndoVerdict::Deleted | UndoVerdict::AlreadyGone => Outcome::Existing,
            UndoVerdict::Kept => Outcome::Rejected,
            UndoVerdict::Failed => Outcome::Failed,
            UndoVerdict::Pending => Outcome::Pending,
        };
        *self.0.get_mut(place)? = Some(fate);
        let made = chosen.made.get(place)?;
        let who = RowLabel {
            row: made.row.unwrap_or(RowNumber(made.entry.number)),
            line: 0,
            user: Some(made.user),
            address: made.address.as_ref().map(Address::masked),
        };
        let finished = RowFinished::new(who, outcome, made.entry.device);
        Some(Event::RowFinished(finished))
    }

    /// What is said of the device in this place.
    fn of(&self, place: usize) -> Fate {
        let fate = self.0.get(place).cloned().flatten();
        fate.unwrap_or(Fate {
            verdict: UndoVerdict::Pending,
            message: None,
        })
    }
}

/// Everything that an end is told from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending<'a> {
    pub(super) chosen: &'a Chosen,
    pub(super) fates: &'a Fates,
    pub(super) files: &'a Files,
    pub(super) cells: Options,
    pub(super) dry_run: bool,
    pub(super) started: Instant,
}

impl Ending<'_> {
    fn counts(&self) -> UndoCounts {
        let mut counts = UndoCounts::default();
        for place in 0..self.chosen.made.len() {
            counts.add(self.fates.of(place).verdict);
        }
        counts
    }

    /// How it ends: by what became of the devices, and by why it stopped where it did.
    pub(super) fn exit(&self, stopped: Option<&StopReason>) -> ExitCode {
        let stopped = stopped.map_or(ExitCode::Done, StopReason::exit_code);
        let mut found = UndoCounts::default();
        for place in 0..self.chosen.made.len() {
            let verdict = self.fates.of(place).verdict;
            // That a device would be deleted is what a look is to find out.
            if !(self.dry_run && verdict == UndoVerdict::Pending) {
                found.add(verdict);
            }
        }
        found.exit_code().or(stopped)
    }

    /// Writes the file: a line for each device.
    pub(super) fn write(&self) -> Result<(), Error> {
        let out = Output::spooled(&self.files.results)?;
        let form = Form::of(&self.files.results, Dialect::default());
        let mut writer = UndoWriter::new(out, &form, self.cells).map_err(Error::Results)?;
        for (place, made) in self.chosen.made.iter().enumerate() {
            let fate = self.fates.of(place);
            let known = self.chosen.places.of(made.entry.number);
            let message = fate.message.as_deref();
            let pending = (fate.verdict == UndoVerdict::Pending && message.is_none())
                .then_some("the command stopped before this device; give the same command again");
            let row = UndoRow {
                row: known.map(|(row, _)| row).or(made.row),
                line: known.map(|(_, line)| line),
                verdict: fate.verdict,
                device: made.entry.device,
                user: made.user,
                kind: made.kind,
                phone: made.address.as_ref().and_then(Address::phone),
                message: message.or(pending),
            };
            writer.row(&row).map_err(Error::Results)?;
        }
        Ok(writer.finish().map_err(Error::Results)?.finish()?)
    }

    /// Says what it came to, and writes the summary.
    pub(super) fn tell(
        &self,
        exit: ExitCode,
        summary: &mut Summary,
        invocation: &Invocation,
    ) -> Result<(), Error> {
        let counts = self.counts();
        let again = invocation.command.spelled();
        let after = After {
            counts: &counts,
            took: clock::now().duration_since(self.started),
            file: &self.files.results,
            again: Some(&again),
            dry_run: self.dry_run,
        };
        for notice in after.notices(Console::width()) {
            invocation.console.say(&notice);
        }
        summary.rows = self.chosen.made.len() as u64;
        summary.undone = Some(counts);
        write(summary, exit, None, self.files)
    }
}

//! The plan that an online dry run writes, where one is asked for.

use std::path::Path;

use super::Invocation;
use super::opened_wave::OpenedWave;
use super::plan_basis::basis;
use crate::error::Error;
use crate::ledger::{Binding, Reader};
use crate::plan::file::Head;
use crate::report::console::Console;
use crate::report::notice::Notice;
use crate::report::plan_notes;
use crate::report::plan_writer::PlanWriter;
use crate::report::row_sink::RowSink;
use crate::settings::Error as SettingsError;
use crate::settings::run::DryRun;

/// A plan that grows with the rows of a dry run; none where none is asked for.
#[derive(Debug)]
pub(super) struct PlanDraft(Option<(Head, PlanWriter)>);

impl PlanDraft {
    /// Begins the plan, where the settings name one.
    ///
    /// # Errors
    ///
    /// The wave cannot be read, or the ledger could not: a plan rests on both.
    pub(super) fn begin(
        settings: &DryRun,
        opened: &OpenedWave,
        reader: Option<&Reader>,
        binding: &Binding,
    ) -> Result<Self, Error> {
        if settings.files.plan.is_none() {
            return Ok(Self(None));
        }
        let is_there = settings.ledger.path().is_some_and(Path::exists);
        if is_there && reader.is_none() {
            let error = SettingsError::new("a plan rests on the ledger, which cannot be read");
            return Err(error
                .hint("a run brings it up to date; then make the plan")
                .into());
        }
        // Before any of its entries is read: a run that goes on meanwhile is seen by it.
        let mark = reader.map(Reader::mark).transpose()?.unwrap_or_default();
        let (head, key) = basis(&settings.common, opened, binding, mark)?;
        let settle = settings.common.pace.retry.settle;
        let writer = PlanWriter::new(key, settle).map_err(|source| Error::System {
            what: "no private file for the rows of the plan",
            source,
        })?;
        Ok(Self(Some((head, writer))))
    }

    /// It, for the list of those who hear of the rows.
    pub(super) fn sink(&mut self) -> Option<&mut dyn RowSink> {
        let (_, writer) = self.0.as_mut()?;
        Some(writer)
    }

    /// Gives the plan its name, and says what it comes to and which command demands it.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn write(self, settings: &DryRun, invocation: &Invocation) -> Result<(), Error> {
        let (Some((head, writer)), Some(path)) = (self.0, &settings.files.plan) else {
            return Ok(());
        };
        let totals = writer.finish(head, path)?;
        let width = Console::width();
        let notice = plan_notes::written(path, &totals, &invocation.command, width);
        invocation.console.say(&notice);
        Ok(())
    }
}

/// Says that no plan is written, where one was asked for.
pub(super) fn no_plan(settings: &DryRun, invocation: &Invocation) {
    if settings.files.plan.is_some() {
        let what =
            "no plan is written, because nothing would be sent, or not every row was asked for";
        invocation.console.say(&Notice::warning(what));
    }
}

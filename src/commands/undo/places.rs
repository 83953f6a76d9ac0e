//! Where devices stand in the wave that asked for them.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::commands::past_run::PastRun;
use crate::error::Error;
use crate::ledger::Binding;
use crate::model::outcome::Outcome;
use crate::model::row::RowNumber;
use crate::report::known_row::KnownRow;
use crate::report::result_row::ResultRow;
use crate::report::row_sink::RowSink;
use crate::settings::checks::Checks;
use crate::settings::rows::RowSettings;
use crate::settings::undo::Undo;

/// The rows and lines of a wave, by the numbers of their devices' entries.
#[derive(Debug, Default)]
pub(super) struct Places(HashMap<u64, (RowNumber, u64)>);

impl Places {
    /// Reads them from the wave, where it is still there and can be read as its last run read it. It
    /// decides nothing: without it there is a row less to read in a file.
    pub(super) fn read(wave: &Path, settings: &Undo, binding: &Binding) -> Self {
        Self::found(wave, settings, binding).unwrap_or_default()
    }

    fn found(wave: &Path, settings: &Undo, binding: &Binding) -> Result<Self, Error> {
        let (rows, checks) = (RowSettings::default(), Checks::default());
        let past = PastRun::read(wave, &settings.ledger, Some(binding))?;
        let opened = past.wave(&rows, &checks, &settings.files(wave))?;
        let sharers = opened.sharing.of_run();
        let mut places = Self::default();
        past.tell(&opened, sharers, &checks, &mut [&mut places])?;
        Ok(places)
    }

    /// The row of a device, and the line on which it starts.
    pub(super) fn of(&self, entry: u64) -> Option<(RowNumber, u64)> {
        self.0.get(&entry).copied()
    }
}

impl RowSink for Places {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let finished = &result.finished;
        if finished.outcome != Outcome::Duplicate
            && let Some(entry) = row.known.entry_number()
        {
            self.0.insert(entry, (finished.who.row, finished.who.line));
        }
        Ok(())
    }
}

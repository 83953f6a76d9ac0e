//! Which devices are undone: those of one run, or some of them.

use std::collections::HashSet;
use std::path::Path;

use super::places::Places;
use crate::commands::looked_back::position;
use crate::commands::read_ledger::needed;
use crate::error::Error;
use crate::ledger::{Binding, MadeDevice, RunEntry};
use crate::model::entry::DeviceState;
use crate::model::ids::DeviceId;
use crate::model::request::Address;
use crate::report::cell::PURGED;
use crate::report::earlier_runs::devices_in;
use crate::report::safe_file::failing;
use crate::settings::Error as SettingsError;
use crate::settings::undo::Undo;

/// How many devices a person is shown before they are deleted.
const EXAMPLES: usize = 3;

/// The devices that are undone.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The run that created them.
    pub(super) run: RunEntry,
    /// The devices, in the order of their rows as far as those are known.
    pub(super) made: Vec<MadeDevice>,
    /// Where they stand in the wave.
    pub(super) places: Places,
}

impl Chosen {
    /// Reads them from the ledger; changes nothing.
    ///
    /// # Errors
    ///
    /// There is no ledger, no such run or more than one, or a file cannot be read.
    pub(super) fn read(settings: &Undo, binding: &Binding) -> Result<Self, Error> {
        let reader = needed(&settings.ledger, Some(binding))?;
        let mut runs = reader.runs()?;
        // An undo is a run too, and has made nothing.
        runs.retain(|run| run.undoes.is_none());
        let ids = runs.iter().map(|run| run.id);
        let run = runs.swap_remove(position(&settings.run, ids, &settings.ledger)?);
        let mut made = reader.made_by(run.id)?;
        drop(reader);
        if let Some(file) = &settings.only {
            let wanted = named_in(file)?;
            made.retain(|made| made.entry.device.is_some_and(|id| wanted.contains(&id)));
        }
        made.sort_by_key(|made| (made.row.is_none(), made.row, made.entry.number));
        let places = Places::read(Path::new(&run.wave), settings, binding);
        Ok(Self { run, made, places })
    }

    /// How many are left to be undone.
    pub(super) fn left(&self) -> u64 {
        self.made.iter().filter(|made| is_left(made)).count() as u64
    }

    /// How many were undone before.
    pub(super) fn done(&self) -> u64 {
        let done = |made: &&MadeDevice| made.entry.state == DeviceState::Undone;
        self.made.iter().filter(done).count() as u64
    }

    /// Some of those that are left, as a person may see them.
    pub(super) fn examples(&self) -> Vec<String> {
        let left = self.made.iter().filter(|made| is_left(made));
        let shown = left.take(EXAMPLES).map(|made| {
            let row = made.row.map(|row| format!("row {row}, "));
            format!(
                "{}user {}, {} {}",
                row.unwrap_or_default(),
                made.user,
                made.kind,
                made.address
                    .as_ref()
                    .map_or_else(|| PURGED.to_owned(), Address::masked)
            )
        });
        shown.collect()
    }
}

fn is_left(made: &MadeDevice) -> bool {
    made.entry.state != DeviceState::Undone && made.entry.device.is_some()
}

/// The devices that a results file names.
fn named_in(file: &Path) -> Result<HashSet<DeviceId>, Error> {
    let devices = devices_in(file).map_err(failing(file, "read"))?;
    devices.ok_or_else(|| {
        let what = format!(
            "{} is no results file in CSV, so it names no device",
            file.display()
        );
        SettingsError::new(what)
            .hint(
                "`--only` takes the results file of a wave, or some of its lines below its header",
            )
            .into()
    })
}

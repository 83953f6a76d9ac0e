//! What `report` is told.

use std::path::PathBuf;

use super::Error;
use super::checks::Checks;
use super::file_names::Kind;
use super::files::{Files, wave};
use super::rows::RowSettings;
use super::sources::Sources;
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use crate::clock::Now;
use crate::ledger::Binding;

/// What `report` is told.
#[derive(Debug)]
pub struct Report {
    /// The wave.
    pub wave: PathBuf,
    /// How its rows are judged, as far as that was said; the last run says the rest.
    pub rows: RowSettings,
    /// What it has to be like as a whole.
    pub checks: Checks,
    /// Where the page is written.
    pub files: Files,
    /// Where a run writes the rows that a person must look at, where that has a name.
    pub rejects: Option<PathBuf>,
    /// The ledger.
    pub ledger: PathBuf,
    /// What the ledger is bound to, where the settings say so.
    pub binding: Option<Binding>,
}

impl Report {
    /// Resolves what was typed; no credential is looked at.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or nothing says which ledger is meant.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        check_zone(sources.env, now)?;
        let (rows, checks) = (RowSettings::resolve(sources)?, Checks::resolve(sources)?);
        let (ledger, binding) = WhichLedger::needed(sources)?;
        let wave = wave(sources);
        let files = Files::of_page(sources, &wave);
        files.check_page(sources, &wave, &ledger)?;
        Ok(Self {
            rejects: Files::resolve(sources, &wave, Kind::default()).rejects,
            wave,
            rows,
            checks,
            files,
            ledger,
            binding,
        })
    }
}

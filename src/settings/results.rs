//! What `results` is told.

use std::path::PathBuf;

use super::Error;
use super::checks::Checks;
use super::file_names::Kind;
use super::files::{Files, wave};
use super::pace::Pace;
use super::rows::RowSettings;
use super::shard::shard;
use super::sources::Sources;
use super::tenant::GivenTenant;
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use crate::clock::Now;
use crate::ledger::Binding;
use crate::model::shard::Shard;

/// What `results` is told.
#[derive(Debug)]
pub struct Results {
    /// The wave.
    pub wave: PathBuf,
    /// How its rows are judged and written, as far as that was said; the last run says the rest.
    pub rows: RowSettings,
    /// What it has to be like as a whole.
    pub checks: Checks,
    /// Where things are written.
    pub files: Files,
    /// The ledger.
    pub ledger: PathBuf,
    /// What the ledger is bound to, where the settings say so.
    pub binding: Option<Binding>,
    /// Which part of the wave is meant.
    pub shard: Shard,
}

impl Results {
    /// Resolves what was typed; no credential is looked at.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or nothing says which ledger is meant.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        check_zone(sources.env, now)?;
        Pace::resolve(sources)?;
        let (rows, checks) = (RowSettings::resolve(sources)?, Checks::resolve(sources)?);
        let tenant = GivenTenant::read(sources);
        tenant.check()?;
        let (ledger, binding) = WhichLedger::resolve(sources, tenant.binding()).needed()?;
        let wave = wave(sources);
        let shard = shard(sources)?;
        let kind = Kind {
            shard,
            ..Kind::default()
        };
        let files = Files::resolve(sources, &wave, kind);
        files.check(sources, &wave, Some(&ledger))?;
        Ok(Self {
            wave,
            rows,
            checks,
            files,
            ledger,
            binding,
            shard,
        })
    }
}

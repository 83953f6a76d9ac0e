//! What `results` is told.

use std::path::PathBuf;

use super::checks::Checks;
use super::file_names::Kind;
use super::files::{Files, wave};
use super::pace::Pace;
use super::rows::RowSettings;
use super::shard::shard;
use super::sources::Sources;
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use super::{Error, table};
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
    /// Of what they are written.
    pub of: Ledgers,
    /// What the ledgers are bound to, where the settings say so.
    pub binding: Option<Binding>,
}

/// Of what the results of a wave are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ledgers {
    /// Of one shard, which has this ledger.
    OfShard(Shard, PathBuf),
    /// Of the whole wave.
    OfWave {
        /// The ledger, or those of the shards in any order.
        ledgers: Vec<PathBuf>,
        /// Whether some of the shards may be missing.
        partial: bool,
    },
}

impl Ledgers {
    fn resolve(sources: &Sources<'_>, shard: Shard, ledger: PathBuf) -> Result<Self, Error> {
        let mut ledgers = sources.typed_paths(&table::LEDGER);
        let partial = sources.is_on(&table::shards::PARTIAL);
        if ledgers.is_empty() {
            ledgers.push(ledger);
        }
        if shard.is_whole() {
            return Ok(Self::OfWave { ledgers, partial });
        }
        if ledgers.len() > 1 || partial {
            let error = Error::new(format!("`--shard {shard}` writes the results of one shard"));
            let hint =
                "name its ledger alone; for the results of the whole wave leave `--shard` out";
            return Err(error.hint(hint));
        }
        Ok(Self::OfShard(shard, ledgers.remove(0)))
    }

    /// Each of them.
    fn paths(&self) -> &[PathBuf] {
        match self {
            Self::OfShard(_, ledger) => std::slice::from_ref(ledger),
            Self::OfWave { ledgers, .. } => ledgers,
        }
    }
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
        let (ledger, binding) = WhichLedger::needed(sources)?;
        let wave = wave(sources);
        let shard = shard(sources)?;
        let kind = Kind {
            shard,
            ..Kind::default()
        };
        let files = Files::resolve(sources, &wave, kind);
        let of = Ledgers::resolve(sources, shard, ledger)?;
        for ledger in of.paths() {
            files.check(sources, &wave, Some(ledger))?;
        }
        Ok(Self {
            wave,
            rows,
            checks,
            files,
            of,
            binding,
        })
    }
}

//! What `purge` is told.

use std::path::PathBuf;
use std::time::Duration;

use super::sources::Sources;
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use super::{Error, table};
use crate::clock::Now;
use crate::ledger::Binding;

/// What `purge` is told.
#[derive(Debug)]
pub struct Purge {
    /// How long ago a device was settled at least.
    pub older_than: Duration,
    /// Whether it only counts.
    pub dry_run: bool,
    /// The ledger.
    pub ledger: PathBuf,
    /// What the ledger is bound to, where the settings say so.
    pub binding: Option<Binding>,
}

impl Purge {
    /// Resolves what was typed; no credential is looked at.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or nothing says how old, or which ledger is meant.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        check_zone(sources.env, now)?;
        let older_than = sources.find(&table::purge::OLDER_THAN)?;
        let older_than = older_than.ok_or_else(|| {
            Error::new("nothing says how old is old enough")
                .hint("say it with `--older-than`, such as `--older-than 400d`")
        })?;
        let (ledger, binding) = WhichLedger::needed(sources)?;
        Ok(Self {
            older_than,
            dry_run: sources.is_on(&table::DRY_RUN),
            ledger,
            binding,
        })
    }
}

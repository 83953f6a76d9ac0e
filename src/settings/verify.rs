//! What `verify` is told.

use std::path::PathBuf;

use super::checks::Checks;
use super::file_names::{Kind, Writer};
use super::files::{self, Files};
use super::pace::Pace;
use super::rows::RowSettings;
use super::sources::Sources;
use super::tenant::{GivenTenant, Problems, Tenant};
use super::zone::check_zone;
use super::{Error, table};
use crate::clock::Now;

/// What `verify` is told.
#[derive(Debug)]
pub struct Verify {
    /// The wave.
    pub wave: PathBuf,
    /// How its rows are judged and written, as far as that was said; the last run says the rest.
    pub rows: RowSettings,
    /// What it has to be like as a whole.
    pub checks: Checks,
    /// Where things are written.
    pub files: Files,
    /// Whom to ask.
    pub tenant: Box<Tenant>,
    /// The ledger.
    pub ledger: PathBuf,
    /// How fast, and how often again.
    pub pace: Pace,
    /// Whether users are listed one by one, at once.
    pub lists_users: bool,
}

impl Verify {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or something that is needed and missing.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        check_zone(sources.env, now)?;
        let tenant = GivenTenant::read(sources);
        tenant.check()?;
        let pace = Pace::resolve(sources)?;
        let (rows, checks) = (RowSettings::resolve(sources)?, Checks::resolve(sources)?);
        let tenant = tenant.into_tenant(sources).map_err(Problems::into_error)?;
        let ledger = files::ledger(sources, tenant.environment)?;
        let wave = files::wave(sources);
        let kind = Kind {
            by: Writer::Verify,
            ..Kind::default()
        };
        let files = Files::resolve(sources, &wave, kind);
        files.check(sources, &wave, Some(&ledger))?;
        Ok(Self {
            wave,
            rows,
            checks,
            files,
            tenant: Box::new(tenant),
            ledger,
            pace,
            lists_users: sources.is_on(&table::NOW),
        })
    }
}

//! What `undo` is told.

use std::path::{Path, PathBuf};

use super::file_names::{Kind, Writer};
use super::files::{self, Files};
use super::pace::{Pace, Stops};
use super::rows::RowSettings;
use super::sources::Sources;
use super::tenant::{GivenTenant, Problems, Tenant};
use super::zone::check_zone;
use super::{Error, table};
use crate::clock::Now;
use crate::model::run_ref::RunRef;
use crate::model::undo::Change;
use crate::report::results_writer::Options;

/// What `undo` is told.
#[derive(Debug)]
pub struct Undo {
    /// The run whose devices are deleted.
    pub run: RunRef,
    /// Whether devices are looked at alone.
    pub dry_run: bool,
    /// The results file whose rows are undone, where not all are.
    pub only: Option<PathBuf>,
    /// What may have been changed, and a device is deleted all the same.
    pub(crate) even_if_changed: Vec<Change>,
    /// Where it is written what became of each device, where that was said; `-` is standard output.
    out: Option<PathBuf>,
    /// The summary as JSON, where one is wanted.
    pub summary: Option<PathBuf>,
    /// How cells are written.
    pub(crate) cells: Options,
    /// Whom to ask.
    pub tenant: Box<Tenant>,
    /// The ledger.
    pub ledger: PathBuf,
    /// How fast, and how often again.
    pub pace: Pace,
    /// When to stop early.
    pub stops: Stops,
}

impl Undo {
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
        let stops = Stops::resolve(sources, pace.concurrency, now)?;
        let tenant = tenant.into_tenant(sources).map_err(Problems::into_error)?;
        let ledger = files::ledger(sources, tenant.environment)?;
        let undo = Self {
            run: sources.required(&table::undo::UNDO_RUN)?,
            dry_run: sources.is_on(&table::DRY_RUN),
            only: sources.path(&table::undo::ONLY),
            even_if_changed: sources.values(&table::undo::EVEN_IF_CHANGED)?,
            out: sources.path(&table::RESULTS),
            summary: sources.path(&table::telling::SUMMARY),
            cells: RowSettings::resolve(sources)?.cells(),
            tenant: Box::new(tenant),
            ledger,
            pace,
            stops,
        };
        if let Some(only) = &undo.only {
            undo.files(Path::new("-"))
                .check(sources, only, Some(&undo.ledger))?;
        }
        Ok(undo)
    }

    /// Where things are written about a run of this wave.
    pub(crate) fn files(&self, wave: &Path) -> Files {
        let kind = Kind {
            by: Writer::Undo,
            dry_run: self.dry_run,
            ..Kind::default()
        };
        Files::named(self.out.clone(), self.summary.clone(), wave, kind)
    }
}

//! A ledger that somebody looks back at: read beside whoever writes, and without any credential.

use std::path::{Path, PathBuf};

use super::read_ledger::needed;
use crate::error::Error;
use crate::ledger::{Binding, Held, Reader, held};
use crate::model::ids::RunId;
use crate::model::run_ref::RunRef;
use crate::report::cell::neutral;
use crate::settings::Error as SettingsError;

/// A ledger, open for reading.
#[derive(Debug)]
pub(super) struct LookedBack {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What is in it.
    pub(super) reader: Reader,
    /// Who had it when it was opened.
    pub(super) held: Held,
}

impl LookedBack {
    /// Opens a ledger.
    ///
    /// # Errors
    ///
    /// There is none, or it cannot be read.
    pub(super) fn open(path: &Path, binding: Option<&Binding>) -> Result<Self, Error> {
        // First: a run that ends meanwhile has written down how before it lets go.
        let held = held(path)?;
        let reader = needed(path, binding)?;
        Ok(Self {
            path: path.to_owned(),
            reader,
            held,
        })
    }
}

/// Which of the runs of a ledger is meant.
///
/// # Errors
///
/// None, or several.
pub(super) fn position(
    meant: &RunRef,
    runs: impl Iterator<Item = RunId>,
    ledger: &Path,
) -> Result<usize, Error> {
    let mut fitting = runs.enumerate().filter(|(_, run)| meant.fits(*run));
    let error = match (fitting.next(), fitting.next()) {
        (Some((at, _)), None) => return Ok(at),
        (None, _) => {
            let path = ledger.to_string_lossy();
            let path = neutral(&path);
            let error = SettingsError::new(format!("the ledger {path} knows no run {meant}"));
            error.hint("`wavepair status` lists its runs")
        }
        (Some((_, one)), Some((_, other))) => {
            let what = format!("several runs begin with {meant}, such as {one} and {other}");
            SettingsError::new(what).hint("write more of the ID")
        }
    };
    Err(error.into())
}

//! The ledger of a run: looked at, and refused where it is not to be trusted without a look.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::Invocation;
use super::ledger_notes::doubtful;
use super::read_ledger::refused;
use super::target::Remote;
use crate::clock;
use crate::error::Error;
use crate::ledger::{Binding, Flaw, Found, Opened, Reader, RunRecord};
use crate::model::ids::RunId;
use crate::model::ledger_mark::LedgerMark;
use crate::model::pace_reading::Millirate;
use crate::model::rate_group::RateGroup;
use crate::model::shard::Shard;
use crate::plan::demand::LedgerNow;
use crate::plan::{Distrust, Evidence, Existing, distrust};
use crate::report::earlier_runs::first_unknown;
use crate::report::notice::Notice;
use crate::report::safe_file::failing;
use crate::report::start_line;
use crate::settings::Error as SettingsError;
use crate::settings::files::Files;

/// A ledger that a run may begin on; nothing of it is changed yet.
#[derive(Debug)]
pub(super) struct Looked {
    found: Found,
    place: Place,
}

/// A ledger that a run has begun on.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) opened: Opened,
    // Where it is thrown away, it is as soon as nobody needs it.
    _place: Place,
}

/// Where a ledger is.
#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// Its folder, where it is thrown away at the end.
    scratch: Option<TempDir>,
}

impl Place {
    fn of(ledger: Option<PathBuf>) -> Result<Self, Error> {
        if let Some(path) = ledger {
            let scratch = None;
            return Ok(Self { path, scratch });
        }
        let scratch = tempfile::Builder::new()
            .prefix("wavepair-")
            .tempdir()
            .map_err(|source| Error::System {
                what: "no folder for a throw-away ledger",
                source,
            })?;
        Ok(Self {
            path: scratch.path().join("ledger.db"),
            scratch: Some(scratch),
        })
    }
}

impl Looked {
    /// Whether it is thrown away at the end.
    pub(super) fn is_forgotten(&self) -> bool {
        self.place.scratch.is_some()
    }

    /// What a person is told of it at the start.
    pub(super) fn shown(&self, existing: Existing) -> start_line::Ledger<'_> {
        start_line::Ledger {
            path: (!self.is_forgotten()).then_some(self.place.path.as_path()),
            is_new: self.found.is_new(),
            existing,
        }
    }

    /// How far it has come since it was `planned` on; `may_have_grown` is whether it may have.
    pub(super) fn now(&self, planned: LedgerMark, may_have_grown: bool) -> LedgerNow {
        let last_run = planned.last_run;
        LedgerNow {
            mark: self.found.mark(),
            knows_last_run: last_run.is_none_or(|run| self.found.knows_run(run)),
            may_have_grown,
        }
    }

    /// What is in it, where it is not new and up to date.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(super) fn reader(&self, binding: &Binding) -> Result<Option<Reader>, Error> {
        if self.found.is_new() {
            return Ok(None);
        }
        match Reader::open(&self.place.path, Some(binding)) {
            // This run brings it up to date: until then nothing can be told of it.
            Err(error) if matches!(error.flaw, Flaw::Outdated(_)) => Ok(None),
            reader => Ok(reader?),
        }
    }

    /// The rates that PingOne was found to refuse not long ago.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(super) fn refused(&self, remote: &Remote) -> Result<Vec<(RateGroup, Millirate)>, Error> {
        refused(self.reader(&remote.binding)?.as_ref())
    }

    /// Records that a run begins.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn begin(self, record: &RunRecord) -> Result<Begun, Error> {
        Ok(Begun {
            opened: self.found.begin(record, &clock::moment())?,
            _place: self.place,
        })
    }
}

/// Looks at the ledger of a run; at one to be thrown away where none is named.
///
/// # Errors
///
/// It cannot be used, or not be trusted as `--existing` would have it; it stays as it was then.
pub(super) fn look(
    ledger: Option<PathBuf>,
    remote: &Remote,
    (existing, shard): (Existing, Shard),
    files: &Files,
    invocation: &Invocation,
) -> Result<Looked, Error> {
    let results = files.results.as_path();
    let kept = Place::of(ledger)?;
    let found = Found::look(&kept.path, &remote.binding)?.of_shard(shard)?;
    if let Some(kind) = found.doubtful_file_system() {
        let notice = Notice::warning(doubtful(&kept.path, kind));
        invocation.console.say(&notice);
    }
    // A rehearsal has a ledger of its own, and results of its own.
    let unknown_run = if remote.is_rehearsal() {
        None
    } else {
        first_unknown(results, &|run| found.knows_run(run)).map_err(failing(results, "read"))?
    };
    let evidence = Evidence {
        has_looked: found.has_looked(),
        has_lost_its_counter: found.has_lost_its_counter(),
        has_unknown_run: unknown_run.is_some(),
    };
    if let Some(distrust) = distrust(existing, evidence) {
        return Err(refusal(existing, distrust, &kept.path).into());
    }
    if let Some(run) = unknown_run {
        let warning = of_another(results, &kept.path, run);
        invocation.console.say(&warning);
    }
    Ok(Looked { found, place: kept })
}

/// How the run before on a wave ended, for a run that another one kept from beginning.
///
/// A ledger that was refused for another reason is not read.
pub(super) fn last_exit_code(
    error: &Error,
    ledger: Option<&Path>,
    remote: &Remote,
    wave: &str,
) -> Option<u8> {
    let Error::Ledger(error) = error else {
        return None;
    };
    if !matches!(error.flaw, Flaw::Held(_)) {
        return None;
    }
    let reader = Reader::open(ledger?, Some(&remote.binding)).ok()??;
    reader.last_run(wave).ok()??.exit_code
}

fn refusal(existing: Existing, distrust: Distrust, ledger: &Path) -> SettingsError {
    let flag = existing.as_str();
    let ledger = ledger.display();
    let why = match distrust {
        Distrust::NeverLooked => {
            format!("no run with `--existing skip` has finished on the ledger {ledger} yet")
        }
        Distrust::NoCounter => format!(
            "{ledger}.runs is gone, so nothing shows whether the ledger {ledger} is complete"
        ),
        Distrust::UnknownRun => {
            format!("the results of this wave name a run that the ledger {ledger} does not know")
        }
    };
    let hint = match distrust {
        Distrust::NeverLooked | Distrust::NoCounter => {
            "run with `--existing skip`, the default: it lists each user's devices first, so \
             none is created twice"
        }
        Distrust::UnknownRun => {
            "name the ledger of that run with `--ledger`; or run with `--existing skip`, the \
             default: it lists each user's devices first, so none is created twice"
        }
    };
    SettingsError::new(format!("`--existing {flag}` cannot be used: {why}")).hint(hint)
}

fn of_another(results: &Path, ledger: &Path, run: RunId) -> Notice {
    let what = format!(
        "{} names run {run}, which the ledger {} does not know: another ledger was used",
        results.display(),
        ledger.display()
    );
    Notice::warning(what)
        .hint(Some("name that one with `--ledger` if it is still there"))
        .even_if_quiet()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_why_and_what_is_safe() {
        for (distrust, says) in [
            (Distrust::NeverLooked, "no run with `--existing skip`"),
            (Distrust::NoCounter, "l.db.runs is gone"),
            (Distrust::UnknownRun, "does not know"),
        ] {
            let error = refusal(Existing::Ledger, distrust, Path::new("l.db"));
            assert!(error.to_string().contains(says), "{error}");
            assert!(error.remedy().unwrap().contains("`--existing skip`"));
        }
    }
}

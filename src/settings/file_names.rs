//! How files about a wave are named where nobody names them.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::stream::is_stream;
use crate::model::file_form::{FileForm, WAVE_ENDINGS};
use crate::model::shard::Shard;

/// Which command writes files about a wave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Writer {
    /// `run` or `results`.
    #[default]
    Run,
    /// `verify`: `WAVE.verify.csv`, and no rejects.
    Verify,
    /// `undo`: `WAVE.undo.csv`, of its dry run `WAVE.undo.dry-run.csv`, and no rejects.
    Undo,
}

/// What the files are of, as their default names say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Of a dry run: `WAVE.dry-run.csv`; of a workbook, `WAVE.dry-run.xlsx`, as with all of them.
    pub dry_run: bool,
    /// Which command writes them.
    pub by: Writer,
    /// Of a rehearsal: `WAVE.sandbox.results.csv`, `WAVE.sandbox.rejects.csv`. What it invents never
    /// replaces what is real.
    pub sandbox: bool,
    /// Of a shard: `WAVE.results.2-of-3.csv`. Those of the others lie beside it.
    pub shard: Shard,
}

impl Kind {
    /// What stands in the name of the results.
    pub(super) fn results(self) -> String {
        let kind = match (self.by, self.dry_run, self.sandbox) {
            (Writer::Verify, _, _) => "verify",
            (Writer::Undo, true, _) => "undo.dry-run",
            (Writer::Undo, false, _) => "undo",
            (Writer::Run, true, _) => "dry-run",
            (Writer::Run, false, true) => "sandbox.results",
            (Writer::Run, false, false) => "results",
        };
        self.of_shard(kind)
    }

    /// What stands in the name of the rejects.
    pub(super) fn rejects(self) -> String {
        self.of_shard(if self.sandbox {
            "sandbox.rejects"
        } else {
            "rejects"
        })
    }

    fn of_shard(self, kind: &str) -> String {
        let shard = self.shard.in_file_names();
        shard.map_or_else(|| kind.to_owned(), |shard| format!("{kind}.{shard}"))
    }
}

/// A file beside the wave, named after it; `None` for what [is a stream](is_stream).
///
/// `2026-11.csv` and `2026-11.csv.gz` give `2026-11.KIND.csv`, and `2026-11.xlsx` gives
/// `2026-11.KIND.xlsx`.
pub(super) fn beside(wave: &Path, kind: &str) -> Option<PathBuf> {
    if is_stream(wave) {
        return None;
    }
    // Not as text: two names that are no UTF-8 would become one.
    let name = wave.file_name()?.as_bytes();
    let stem = WAVE_ENDINGS
        .into_iter()
        .find_map(|known| {
            let (stem, end) = name.split_at_checked(name.len().checked_sub(known.len())?)?;
            (!stem.is_empty() && end.eq_ignore_ascii_case(known.as_bytes())).then_some(stem)
        })
        .unwrap_or(name);
    let ending = match FileForm::of(wave) {
        FileForm::Workbook => ".xlsx",
        FileForm::Text | FileForm::Foreign => ".csv",
    };
    let name = [stem, b".", kind.as_bytes(), ending.as_bytes()].concat();
    Some(wave.with_file_name(OsString::from_vec(name)))
}

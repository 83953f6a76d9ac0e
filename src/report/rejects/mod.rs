//! The rejects file: the rows that need a person, in the input's own bytes.
//!
//! It can be mended and fed back as it is: the columns behind the input's own
//! start with `wavepair_`, and the reader of the input skips those.

mod body;

pub(crate) use body::COLUMNS;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::as_written::{self, Found, Summed};
use super::known_row::KnownRow;
use super::result_row::ResultRow;
use super::row_sink::RowSink;
use super::safe_file::{self, Error, failing};
use super::table::Form;
use crate::model::event::RowFinished;
use crate::model::outcome::Outcome;
use crate::model::row::{Header, InputRow};
use body::Body;

/// What became of the rejects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Where they are; `None` where there are none.
    pub path: Option<PathBuf>,
    /// Files that have a name of the rejects and are not as wavepair wrote them: they stay.
    pub kept: Vec<PathBuf>,
}

impl Written {
    /// The file in which a person corrects rows: the one that somebody is at work on, where there is
    /// one; `None` where there is nothing to correct.
    pub(crate) fn to_correct(&self) -> Option<&Path> {
        let written = self.path.as_deref()?;
        Some(self.kept.first().map_or(written, PathBuf::as_path))
    }
}

/// A rejects file: made when there is a first row for it.
#[derive(Debug)]
pub(crate) struct Rejects {
    path: PathBuf,
    wave: OsString,
    header: Header,
    /// Whether what a spreadsheet would run is marked.
    guard: bool,
    body: Option<Body>,
    /// What went wrong first: the results are written all the same.
    trouble: Option<Error>,
}

impl Rejects {
    /// Prepares a file of a wave, in the form that its name says; `raw_cells` leaves formulas as they
    /// are.
    ///
    /// `wave` is the file name of the input: a file that was written of another one is not replaced.
    pub(crate) fn new(path: PathBuf, wave: OsString, header: &Header, raw_cells: bool) -> Self {
        Self {
            path,
            wave,
            header: header.clone(),
            guard: !raw_cells,
            body: None,
            trouble: None,
        }
    }

    fn add(&mut self, row: &InputRow, ended: &RowFinished) -> Result<(), Error> {
        let body = match &mut self.body {
            Some(body) => body,
            none => {
                let file = Summed::create(&self.path, &self.wave)?;
                let form = Form::of(&self.path, self.header.dialect());
                let body = Body::begin(file, &form, &self.header, self.guard);
                none.insert(body.map_err(failing(&self.path, "written"))?)
            }
        };
        body.add(row, ended).map_err(failing(&self.path, "written"))
    }

    /// Gives the file its name; without a row, removes what earlier runs wrote.
    ///
    /// Only a file that is still as wavepair wrote it is replaced or removed. Where somebody has
    /// worked on it, the new one gets the next name: `wave.rejects-2.csv`.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::commit`](super::safe_file::SafeFile::commit), or what went wrong before.
    pub(crate) fn commit(self) -> Result<Written, Error> {
        let Self {
            path,
            wave,
            body,
            trouble,
            ..
        } = self;
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        let complete = match body {
            Some(body) => {
                let file = body.finish().map_err(failing(&path, "written"))?;
                Some(file.complete()?)
            }
            None => None,
        };
        let (mut file, sum) = complete.unzip();
        let mut written = Written::default();
        for name in names_of(&path) {
            let found = as_written::look(&name, &wave, sum.as_ref().filter(|_| file.is_some()));
            match (found, file.take()) {
                (Found::SomethingElse, unnamed) => {
                    file = unnamed;
                    // Behind the name that was taken, a file of somebody else's is none of ours.
                    if written.path.is_none() {
                        written.kept.push(name);
                    }
                }
                (Found::Nothing, Some(unnamed)) => {
                    file = unnamed.take(&name)?;
                    written.path = file.is_none().then_some(name);
                }
                (Found::AsWritten, Some(unnamed)) => {
                    unnamed.replace(&name)?;
                    written.path = Some(name);
                }
                (Found::AsWritten, None) => safe_file::remove(&name)?,
                (Found::Nothing, None) => return Ok(written),
            }
        }
        Ok(written)
    }
}

/// Takes the rows that a person must look at; [`Rejects::commit`] tells where that failed.
impl RowSink for Rejects {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let ended = &result.finished;
        let is_ours = matches!(ended.outcome, Outcome::Invalid | Outcome::Rejected);
        if is_ours && self.trouble.is_none() {
            self.trouble = self.add(&row.input, ended).err();
        }
        Ok(())
    }
}

/// The names that the rejects may get, one after the other: `a.csv`, `a-2.csv`, `a-3.csv`.
fn names_of(path: &Path) -> impl Iterator<Item = PathBuf> + '_ {
    let stem = path.file_stem().unwrap_or_default();
    let others = (2_u32..).map(move |number| {
        let mut name = stem.to_owned();
        name.push(format!("-{number}"));
        if let Some(ending) = path.extension() {
            name.push(".");
            name.push(ending);
        }
        path.with_file_name(name)
    });
    std::iter::once(path.to_owned()).chain(others)
}

#[cfg(test)]
mod tests;

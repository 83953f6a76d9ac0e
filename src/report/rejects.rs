//! The rejects file: the rows that need a person, in the input's own bytes.
//!
//! It can be mended and fed back as it is: the columns behind the input's own
//! start with `wavepair_`, and the reader of the input skips those.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::as_written::{self, Checksum, Found};
use super::cell::neutral;
use super::known_row::KnownRow;
use super::record::{in_columns, push_field};
use super::result_row::ResultRow;
use super::row_sink::RowSink;
use super::safe_file::{self, Error, SafeFile, failing};
use crate::model::dialect::Dialect;
use crate::model::event::RowFinished;
use crate::model::outcome::Outcome;
use crate::model::row::{Header, InputRow};

/// The columns behind the input's own.
pub(crate) const COLUMNS: [&str; 3] = ["wavepair_outcome", "wavepair_code", "wavepair_message"];

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
    names: Vec<String>,
    dialect: Dialect,
    /// Whether what a spreadsheet would run is marked.
    guard: bool,
    file: Option<SafeFile>,
    checksum: Checksum,
    /// What went wrong first: the results are written all the same.
    trouble: Option<Error>,
}

impl Rejects {
    /// Prepares a file in the dialect of the input; `raw_cells` leaves formulas as they are.
    ///
    /// `wave` is the file name of the input: a file that was written of another one is not replaced.
    pub(crate) fn new(path: PathBuf, wave: OsString, header: &Header, raw_cells: bool) -> Self {
        Self {
            path,
            checksum: Checksum::of(&wave),
            wave,
            names: header.names().to_vec(),
            dialect: header.dialect(),
            guard: !raw_cells,
            file: None,
            trouble: None,
        }
    }

    fn add(&mut self, row: &InputRow, ended: &RowFinished) -> Result<(), Error> {
        let dialect = self.dialect;
        let delimiter = dialect.delimiter;
        if self.file.is_none() {
            self.file = Some(SafeFile::create(&self.path)?);
            let names = self.names.iter().map(String::as_str).chain(COLUMNS);
            let mut line = dialect.start().to_vec();
            for (place, name) in names.enumerate() {
                if place > 0 {
                    line.push(delimiter.byte());
                }
                push_field(&mut line, name, delimiter, self.guard);
            }
            self.line(line)?;
        }
        let mut line = in_columns(&row.raw, self.names.len(), delimiter, self.guard);
        let code = ended.code.as_deref().unwrap_or_default();
        let message = ended.message.as_deref().unwrap_or_default();
        for text in [ended.outcome.as_str(), code, message] {
            line.push(delimiter.byte());
            push_field(&mut line, &neutral(text), delimiter, self.guard);
        }
        self.line(line)
    }

    /// Gives the file its name; without a row, removes what earlier runs wrote.
    ///
    /// Only a file that is still as wavepair wrote it is replaced or removed. Where somebody has
    /// worked on it, the new one gets the next name: `wave.rejects-2.csv`.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::commit`], or what went wrong before.
    pub(crate) fn commit(self) -> Result<Written, Error> {
        let Self {
            path,
            wave,
            file,
            checksum,
            trouble,
            ..
        } = self;
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        let mut written = Written::default();
        let written_now = file.as_ref().map(|_| &checksum);
        let mut file = match file {
            Some(file) => {
                checksum.note_in(&file);
                Some(file.complete()?)
            }
            None => None,
        };
        for name in names_of(&path) {
            let found = as_written::look(&name, &wave, written_now.filter(|_| file.is_some()));
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

    fn line(&mut self, mut line: Vec<u8>) -> Result<(), Error> {
        line.extend_from_slice(self.dialect.line_end.bytes());
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        self.checksum.add(&line);
        file.write_all(&line)
            .map_err(failing(&self.path, "written"))
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
mod tests {
    use super::*;
    use crate::model::dialect::LineEnd;
    use crate::report::fixture::{broken_row, header, row};
    use crate::report::known_state::Mode;
    use std::fs;

    fn wave() -> OsString {
        "wave.csv".into()
    }

    fn refused(number: u64, record: &str, message: &str) -> (KnownRow, ResultRow) {
        let row = broken_row(row(number, &[record]), message);
        let result = ResultRow::of(&row, &Mode::DryRun);
        (row, result)
    }

    #[test]
    fn rejected_rows_keep_their_bytes_and_the_others_stay_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.rejects.csv");
        let mut rejects = Rejects::new(
            path.clone(),
            wave(),
            &header(&["user_id", "my, phone"]),
            false,
        );
        for (row, result) in [
            refused(1, " x,\"+44 7911\"", "2 fields, not 3"),
            refused(2, "x", "=1+1"),
            refused(3, "x,\"open", "a quote"),
        ] {
            rejects.take(&row, &result).unwrap();
        }
        let (row, mut fine) = refused(4, "y,z", "");
        fine.finished.outcome = Outcome::Failed;
        rejects.take(&row, &fine).unwrap();

        let written = rejects.commit().unwrap();
        assert_eq!(written.path, Some(path.clone()));
        insta::assert_snapshot!(fs::read_to_string(&path).unwrap(), @r#"
        user_id,"my, phone",wavepair_outcome,wavepair_code,wavepair_message
         x,"+44 7911",invalid,field_count,"2 fields, not 3"
        x,,invalid,field_count,'=1+1
        "x,""open",,invalid,field_count,a quote
        "#);
    }

    #[test]
    fn it_has_the_mark_and_the_line_ends_of_the_input() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.rejects.csv");
        let header = header(&["user_id", "=note"]).in_dialect(Dialect {
            marked: true,
            line_end: LineEnd::CrLf,
            ..Dialect::default()
        });
        for (raw_cells, note) in [(false, "'=note"), (true, "=note")] {
            let mut rejects = Rejects::new(path.clone(), wave(), &header, raw_cells);
            let (row, result) = refused(1, "x,\"a\nb\"", "m");
            rejects.take(&row, &result).unwrap();
            rejects.commit().unwrap();
            assert_eq!(
                fs::read_to_string(&path).unwrap(),
                format!(
                    "\u{feff}user_id,{note},wavepair_outcome,wavepair_code,wavepair_message\r\n\
                     x,\"a\nb\",invalid,field_count,m\r\n"
                )
            );
        }
    }

    /// Writes rejects of a wave with these messages; tells by file names where they are and what stayed.
    fn commit(path: &Path, wave: &str, messages: &[&str]) -> (Option<String>, Vec<String>) {
        let header = header(&["user_id"]);
        let mut rejects = Rejects::new(path.to_owned(), wave.into(), &header, false);
        for message in messages {
            let (row, result) = refused(1, "x", message);
            rejects.take(&row, &result).unwrap();
        }
        let written = rejects.commit().unwrap();
        let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        (
            written.path.map(name),
            written.kept.into_iter().map(name).collect(),
        )
    }

    fn files(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn found(path: &str, kept: &[&str]) -> (Option<String>, Vec<String>) {
        let kept = kept.iter().map(|&name| name.to_owned()).collect();
        (Some(path.to_owned()).filter(|path| !path.is_empty()), kept)
    }

    #[test]
    fn what_is_as_it_was_written_is_replaced_and_goes_when_there_are_no_rejects() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.rejects.csv");
        assert_eq!(commit(&path, "wave.csv", &[]), found("", &[]));
        for messages in [&["a"][..], &["b", "c"], &["b", "c"]] {
            let written = commit(&path, "wave.csv", messages);
            assert_eq!(written, found("wave.rejects.csv", &[]));
            assert_eq!(files(folder.path()), ["wave.rejects.csv"]);
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert_eq!(lines, messages.len() + 1);
        }
        assert_eq!(commit(&path, "wave.csv", &[]), found("", &[]));
        assert_eq!(files(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn what_somebody_has_worked_on_stays_to_the_byte_and_the_new_file_gets_the_next_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let path = at("wave.rejects.csv");
        commit(&path, "wave.csv", &["a"]);
        fs::write(&path, "mended\n").unwrap();
        let second = found("wave.rejects-2.csv", &["wave.rejects.csv"]);
        assert_eq!(commit(&path, "wave.csv", &["b"]), second);
        // Nobody has worked on the second one yet.
        assert_eq!(commit(&path, "wave.csv", &["c"]), second);
        fs::write(at("wave.rejects-2.csv"), "mended too\n").unwrap();
        assert_eq!(
            commit(&path, "wave.csv", &["d"]),
            found(
                "wave.rejects-3.csv",
                &["wave.rejects.csv", "wave.rejects-2.csv"]
            )
        );
        // Nothing is left to reject.
        let both = ["wave.rejects.csv", "wave.rejects-2.csv"];
        assert_eq!(commit(&path, "wave.csv", &[]), found("", &both));
        assert_eq!(
            files(folder.path()),
            ["wave.rejects-2.csv", "wave.rejects.csv"]
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "mended\n");

        // Whoever worked on the first one takes it away: its name is free again.
        commit(&path, "wave.csv", &["e"]);
        fs::remove_file(&path).unwrap();
        let first = found("wave.rejects.csv", &[]);
        assert_eq!(commit(&path, "wave.csv", &["f"]), first);
        assert_eq!(
            fs::read_to_string(at("wave.rejects-2.csv")).unwrap(),
            "mended too\n"
        );
    }

    #[test]
    fn of_two_waves_with_one_rejects_path_none_replaces_or_removes_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects");
        assert_eq!(commit(&path, "a.csv", &["a"]), found("rejects", &[]));
        let second = found("rejects-2", &["rejects"]);
        assert_eq!(commit(&path, "b.csv", &["b"]), second);
        assert_eq!(commit(&path, "a.csv", &["a2"]), found("rejects", &[]));
        assert_eq!(commit(&path, "b.csv", &["b2"]), second);
        assert_eq!(commit(&path, "b.csv", &[]), found("", &["rejects"]));
        assert_eq!(files(folder.path()), ["rejects"]);
    }

    #[test]
    fn a_file_that_wavepair_did_not_write_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.rejects.csv");
        fs::write(&path, "user_id,phone\nx,y\n").unwrap();
        let real = folder.path().join("real.csv");
        fs::write(&real, "x").unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join("wave.rejects-2.csv")).unwrap();
        let kept = ["wave.rejects.csv", "wave.rejects-2.csv"];
        assert_eq!(commit(&path, "wave.csv", &[]), found("", &kept));
        assert_eq!(fs::read_to_string(&real).unwrap(), "x");
        assert_eq!(fs::read_to_string(&path).unwrap(), "user_id,phone\nx,y\n");
    }
}

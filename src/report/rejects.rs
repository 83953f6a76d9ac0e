//! The rejects file: the rows that need a person, in the input's own bytes.
//!
//! It can be mended and fed back as it is: the columns behind the input's own
//! start with `wavepair_`, and the reader of the input skips those.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::cell::neutral;
use super::record::{Record, push_field};
use super::result_row::ResultRow;
use super::safe_file::{self, Error, SafeFile};
use crate::model::dialect::Dialect;
use crate::model::outcome::Outcome;
use crate::model::row::{Header, InputRow};

/// The columns behind the input's own.
pub const COLUMNS: [&str; 3] = ["wavepair_outcome", "wavepair_code", "wavepair_message"];

/// What became of the rejects file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It holds so many rows.
    Rows(u64),
    /// There was nothing to reject, and an earlier run's file is gone or never was.
    Nothing,
    /// There was nothing to reject; a file that wavepair did not write has the name, and stays.
    StrangerLeft,
}

/// A rejects file: made when there is a first row for it.
#[derive(Debug)]
pub struct Rejects {
    path: PathBuf,
    names: Vec<String>,
    dialect: Dialect,
    /// Whether what a spreadsheet would run is marked.
    guard: bool,
    file: Option<SafeFile>,
    rows: u64,
}

impl Rejects {
    /// Prepares a file in the dialect of the input; `raw_cells` leaves formulas as they are.
    pub fn new(path: PathBuf, header: &Header, raw_cells: bool) -> Self {
        Self {
            path,
            names: header.names().to_vec(),
            dialect: header.dialect(),
            guard: !raw_cells,
            file: None,
            rows: 0,
        }
    }

    /// Takes a row if a person must look at it.
    ///
    /// # Errors
    ///
    /// Where the file cannot be made or written.
    pub fn offer(&mut self, row: &InputRow, result: &ResultRow) -> Result<(), Error> {
        if !matches!(result.outcome, Outcome::Invalid | Outcome::Rejected) {
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(SafeFile::create(&self.path)?);
            let names = self.names.iter().map(String::as_str).chain(COLUMNS);
            let mut line = self.dialect.start().to_vec();
            for (place, name) in names.enumerate() {
                if place > 0 {
                    line.push(Dialect::DELIMITER);
                }
                push_field(&mut line, name, self.guard);
            }
            self.line(line)?;
        }
        let record = Record::of(&row.raw);
        let mut line = record.in_columns(self.names.len(), self.guard);
        let code = result.code.as_deref().unwrap_or_default();
        let message = result.message.as_deref().unwrap_or_default();
        for text in [result.outcome.as_str(), code, message] {
            line.push(Dialect::DELIMITER);
            push_field(&mut line, &neutral(text), self.guard);
        }
        self.rows += 1;
        self.line(line)
    }

    /// Gives the file its name; without a row, removes the one that an earlier run wrote.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::commit`].
    pub fn commit(self) -> Result<Written, Error> {
        if let Some(file) = self.file {
            file.commit()?;
            return Ok(Written::Rows(self.rows));
        }
        match is_ours(&self.path) {
            Some(true) => safe_file::remove(&self.path).map(|()| Written::Nothing),
            Some(false) => Ok(Written::StrangerLeft),
            None => Ok(Written::Nothing),
        }
    }

    fn line(&mut self, mut line: Vec<u8>) -> Result<(), Error> {
        line.extend_from_slice(self.dialect.line_end.bytes());
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        file.write_all(&line).map_err(|source| Error::Io {
            path: self.path.clone(),
            what: "written",
            source,
        })
    }
}

/// Whether a regular file's header ends with our columns; `None` where there is no file.
fn is_ours(path: &Path) -> Option<bool> {
    const LONGEST_HEADER: u64 = 1 << 20;
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(safe_file::flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
        .open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(_) => return Some(false),
    };
    let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
    let mut header = Vec::new();
    let read = BufReader::new(file.take(LONGEST_HEADER)).read_until(b'\n', &mut header);
    let ending = COLUMNS.join(",");
    Some(is_file && read.is_ok() && header.trim_ascii_end().ends_with(ending.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dialect::LineEnd;
    use crate::model::invalid::{InvalidCode, Problem};
    use crate::report::fixture::{defaults, header, row};
    use std::fs;

    fn refused(number: u64, record: &str, message: &str) -> (InputRow, ResultRow) {
        let mut row = row(number, &[record]);
        row.raw = record.as_bytes().to_vec();
        let problem = Problem::new(InvalidCode::FieldCount, message);
        let header = header(&["user_id", "phone"]);
        let result = ResultRow::invalid(&header, &row, &defaults(), &problem.into());
        (row, result)
    }

    #[test]
    fn rejected_rows_keep_their_bytes_and_the_others_stay_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.rejects.csv");
        let mut rejects = Rejects::new(path.clone(), &header(&["user_id", "my, phone"]), false);
        for (row, result) in [
            refused(1, " x,\"+44 7911\"", "2 fields, not 3"),
            refused(2, "x", "=1+1"),
            refused(3, "x,\"open", "a quote"),
        ] {
            rejects.offer(&row, &result).unwrap();
        }
        let (row, mut fine) = refused(4, "y,z", "");
        fine.outcome = Outcome::Failed;
        rejects.offer(&row, &fine).unwrap();

        assert_eq!(rejects.commit().unwrap(), Written::Rows(3));
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
        });
        for (raw_cells, note) in [(false, "'=note"), (true, "=note")] {
            let mut rejects = Rejects::new(path.clone(), &header, raw_cells);
            let (row, result) = refused(1, "x,\"a\nb\"", "m");
            rejects.offer(&row, &result).unwrap();
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

    #[test]
    fn without_rejects_an_earlier_runs_file_goes_and_a_strangers_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.rejects.csv");
        let nothing = || Rejects::new(path.clone(), &header(&["user_id"]), false).commit();
        assert_eq!(nothing().unwrap(), Written::Nothing);
        assert!(!path.exists());

        fs::write(&path, "user_id,phone\nx,y\n").unwrap();
        assert_eq!(nothing().unwrap(), Written::StrangerLeft);
        assert!(path.exists());

        let ours = format!("user_id,phone,{}\r\nx,y,invalid,a,b\r\n", COLUMNS.join(","));
        fs::write(&path, &ours).unwrap();
        assert_eq!(nothing().unwrap(), Written::Nothing);
        assert!(!path.exists());

        let real = folder.path().join("real.csv");
        fs::write(&real, &ours).unwrap();
        std::os::unix::fs::symlink(&real, &path).unwrap();
        assert_eq!(nothing().unwrap(), Written::StrangerLeft);
        assert!(real.exists());
    }
}

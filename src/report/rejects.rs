//! The rejects file: the rows that need a person, in the input's own bytes.
//!
//! It can be mended and fed back as it is: the columns behind the input's own
//! start with `wavepair_`, and the reader of the input skips those.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::cell::guarded;
use super::record::Record;
use super::result_row::ResultRow;
use super::safe_file::{self, Error, SafeFile};
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
    /// How many columns of an earlier rejects file the input carries behind its own.
    surplus: usize,
    delimiter: u8,
    file: Option<SafeFile>,
    rows: u64,
}

impl Rejects {
    /// Prepares a file in the dialect of the input.
    pub fn new(path: PathBuf, header: &Header, delimiter: u8) -> Self {
        let mut names = header.names().to_vec();
        // Where the input is a rejects file itself, the new columns take the place of the old.
        let surplus = if names.ends_with(&COLUMNS.map(str::to_owned)) {
            COLUMNS.len()
        } else {
            0
        };
        names.truncate(names.len() - surplus);
        Self {
            path,
            names,
            surplus,
            delimiter,
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
            let mut line = Vec::new();
            for (place, name) in names.enumerate() {
                if place > 0 {
                    line.push(self.delimiter);
                }
                push_field(&mut line, name, self.delimiter);
            }
            self.line(line)?;
        }
        let record = Record::of(&row.raw, self.delimiter);
        let mut line = record.in_columns(self.names.len(), self.surplus);
        let code = result.code.as_deref().unwrap_or_default();
        let message = result.message.as_deref().unwrap_or_default();
        for text in [result.outcome.as_str(), code, message] {
            line.push(self.delimiter);
            push_field(&mut line, &guarded(text), self.delimiter);
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
        match is_ours(&self.path, self.delimiter) {
            Some(true) => safe_file::remove(&self.path).map(|()| Written::Nothing),
            Some(false) => Ok(Written::StrangerLeft),
            None => Ok(Written::Nothing),
        }
    }

    fn line(&mut self, mut line: Vec<u8>) -> Result<(), Error> {
        line.push(b'\n');
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

fn push_field(line: &mut Vec<u8>, text: &str, delimiter: u8) {
    let bare = text
        .bytes()
        .all(|b| b != delimiter && !matches!(b, b'"' | b'\r' | b'\n'));
    if bare {
        line.extend_from_slice(text.as_bytes());
    } else {
        super::record::push_quoted(line, text.as_bytes());
    }
}

/// Whether a regular file's header ends with our columns; `None` where there is no file.
fn is_ours(path: &Path, delimiter: u8) -> Option<bool> {
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
    let ending = COLUMNS.join(&char::from(delimiter).to_string());
    Some(is_file && read.is_ok() && header.trim_ascii_end().ends_with(ending.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let mut rejects = Rejects::new(path.clone(), &header(&["user_id", "my; phone"]), b';');
        for (row, result) in [
            refused(1, " x;\"+44 7911\"", "2 fields; not 3"),
            refused(2, "x", "=1+1"),
            refused(3, "x;\"open", "a quote"),
        ] {
            rejects.offer(&row, &result).unwrap();
        }
        let (row, mut fine) = refused(4, "y;z", "");
        fine.outcome = Outcome::Failed;
        rejects.offer(&row, &fine).unwrap();

        assert_eq!(rejects.commit().unwrap(), Written::Rows(3));
        insta::assert_snapshot!(fs::read_to_string(&path).unwrap(), @r#"
        user_id;"my; phone";wavepair_outcome;wavepair_code;wavepair_message
         x;"+44 7911";invalid;field_count;"2 fields; not 3"
        x;;invalid;field_count;'=1+1
        "x;""open";;invalid;field_count;a quote
        "#);
    }

    #[test]
    fn a_rejects_file_that_is_fed_back_does_not_grow() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("again.rejects.csv");
        let names = ["user_id", "phone", COLUMNS[0], COLUMNS[1], COLUMNS[2]];
        let mut rejects = Rejects::new(path.clone(), &header(&names), b',');
        let (row, result) = refused(1, "x,1,invalid,old,\"old, too\"", "new");
        rejects.offer(&row, &result).unwrap();
        rejects.commit().unwrap();
        insta::assert_snapshot!(fs::read_to_string(&path).unwrap(), @r"
        user_id,phone,wavepair_outcome,wavepair_code,wavepair_message
        x,1,invalid,field_count,new
        ");
    }

    #[test]
    fn without_rejects_an_earlier_runs_file_goes_and_a_strangers_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.rejects.csv");
        let nothing = || Rejects::new(path.clone(), &header(&["user_id"]), b',').commit();
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

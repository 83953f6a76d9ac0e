//! Which runs wrote the results that are there already.
//!
//! A run that is about to replace them can tell by that whether it has the ledger which the runs
//! before it had: the same command from another shell, or from cron, may lead to another one.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::safe_file;
use crate::model::dialect::{BYTE_ORDER_MARK, Delimiter};
use crate::model::fields::{Fields, Progress};
use crate::model::ids::{DeviceId, RunId};

/// The longest line that is read; whatever is longer wavepair has not written.
const LINE_MAX: u64 = 1 << 24;

/// The first run that a results file names and that is not known; nothing where there is no such
/// file, where it is none, or where every run is known.
///
/// # Errors
///
/// It is there and cannot be read.
pub(crate) fn first_unknown(
    path: &Path,
    is_known: &dyn Fn(RunId) -> bool,
) -> io::Result<Option<RunId>> {
    let Some(file) = open(path)? else {
        return Ok(None);
    };
    let Some(mut lines) = Lines::behind_header(BufReader::with_capacity(1 << 16, file))? else {
        return Ok(None);
    };
    let (Some(place), Some(_)) = (lines.position(b"run_id"), lines.position(b"outcome")) else {
        return Ok(None);
    };
    let mut before = None;
    while lines.next()? {
        let id = lines.cell(place).unwrap_or_default();
        let id = std::str::from_utf8(&id).ok();
        let Some(run) = id.and_then(|id| id.parse().ok()) else {
            continue;
        };
        if before == Some(run) {
            continue;
        }
        if !is_known(run) {
            return Ok(Some(run));
        }
        before = Some(run);
    }
    Ok(None)
}

/// The devices that a results file names; nothing where there is no such file, or it is none.
///
/// # Errors
///
/// It is there and cannot be read.
pub(crate) fn devices_in(path: &Path) -> io::Result<Option<HashSet<DeviceId>>> {
    let Some(file) = open(path)? else {
        return Ok(None);
    };
    let Some(mut lines) = Lines::behind_header(BufReader::with_capacity(1 << 16, file))? else {
        return Ok(None);
    };
    let (Some(place), Some(_)) = (lines.position(b"device_id"), lines.position(b"outcome")) else {
        return Ok(None);
    };
    let mut devices = HashSet::new();
    while lines.next()? {
        let id = lines.cell(place).unwrap_or_default();
        let id = std::str::from_utf8(&id).ok();
        devices.extend(id.and_then(|id| id.parse::<DeviceId>().ok()));
    }
    Ok(Some(devices))
}

/// Opens a regular file; nothing where there is none.
fn open(path: &Path) -> io::Result<Option<File>> {
    match safe_file::open(path) {
        Ok(file) => Ok(file.metadata()?.is_file().then_some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The lines of a results file, each of them a record; read within bounds whatever it holds.
struct Lines {
    file: BufReader<File>,
    line: Vec<u8>,
    fields: Fields,
}

impl Lines {
    /// Reads the first line, which says what separates the fields; nothing where there is none.
    fn behind_header(file: BufReader<File>) -> io::Result<Option<Self>> {
        let mut lines = Self {
            file,
            line: Vec::new(),
            fields: Fields::new(Delimiter::COMMA),
        };
        if !lines.next()? {
            return Ok(None);
        }
        if let Some(delimiter) = delimiter_behind(FIRST, &lines.line) {
            lines.fields = Fields::new(delimiter);
            lines.split();
        }
        Ok(Some(lines))
    }

    /// Reads the next line; tells whether there was one.
    fn next(&mut self) -> io::Result<bool> {
        self.line.clear();
        let read = (&mut self.file)
            .take(LINE_MAX)
            .read_until(b'\n', &mut self.line)?;
        let end = [&b"\r\n"[..], b"\n"];
        let end = end.iter().find(|end| self.line.ends_with(end));
        self.line
            .truncate(self.line.len() - end.map_or(0, |end| end.len()));
        self.split();
        Ok(read > 0)
    }

    fn split(&mut self) {
        self.fields.clear();
        match self.fields.go_on(&self.line) {
            Progress::Complete => {}
            Progress::Misplaced => self.fields.split_plainly(&self.line),
            // A quote that somebody opened costs its own line.
            Progress::Open => self.fields.clear(),
        }
    }

    fn cell(&self, place: usize) -> Option<Cow<'_, [u8]>> {
        Some(self.fields.found().get(place)?.value(&self.line))
    }

    fn position(&self, name: &[u8]) -> Option<usize> {
        let mut fields = self.fields.found().iter();
        fields.position(|field| *field.value(&self.line) == *name)
    }
}

/// The first column.
const FIRST: &[u8] = b"row";

/// What separates the columns of a header that begins with this one.
fn delimiter_behind(first: &[u8], header: &[u8]) -> Option<Delimiter> {
    let header = header.strip_prefix(BYTE_ORDER_MARK).unwrap_or(header);
    let behind = header.strip_prefix(first)?.first()?;
    Delimiter::of(char::from(*behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "01a20e4e-9eca-71f8-bd37-da1bbf7b4920";
    const THEIRS: &str = "01a20e4e-9eca-71f8-bd37-da1bbf7b4921";

    fn found(text: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.csv");
        std::fs::write(&path, text).unwrap();
        let known = |run: RunId| run.to_string() == OURS;
        let found = first_unknown(&path, &known).unwrap();
        found.map(|run| run.to_string())
    }

    #[test]
    fn an_unknown_run_is_found_in_any_row_and_in_its_own_column_alone() {
        for (text, unknown) in [
            ("", None),
            ("row,outcome,run_id\n", None),
            (&format!("row,outcome,run_id\n1,created,{OURS}\n"), None),
            (
                &format!("row,outcome,run_id\n1,created,{THEIRS}\n"),
                Some(THEIRS),
            ),
            (
                &format!(
                    "\u{feff}row,outcome,run_id\r\n1,created,{OURS}\r\n2,pending,\r\n3,existing,{THEIRS}\r\n"
                ),
                Some(THEIRS),
            ),
            (
                &format!("row,outcome,message,run_id\n1,failed,\"a, \"\"b\"\"\",{THEIRS}"),
                Some(THEIRS),
            ),
            (
                &format!("\u{feff}row;outcome;run_id\n1;created;{THEIRS}\n"),
                Some(THEIRS),
            ),
            // No run's ID: the wave carries a column of that content through.
            (
                &format!("row,outcome,run_id,input.run_id\n1,created,{OURS},{THEIRS}\n"),
                None,
            ),
            // Not a results file.
            (&format!("run_id\n{THEIRS}\n"), None),
            (&format!("a,b\n1,{THEIRS}\n"), None),
            // A quote that somebody opened costs its own line.
            (
                &format!("row,outcome,run_id\n1,\"created,{OURS}\n2,created,{THEIRS}\n"),
                Some(THEIRS),
            ),
            ("row,outcome,run_id\n1,created,nonsense\n2\n\n", None),
        ] {
            assert_eq!(found(text).as_deref(), unknown, "{text}");
        }
    }

    #[test]
    fn where_there_is_no_file_or_no_regular_one_there_is_nothing_to_know() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().join("none.csv"), folder.path().to_owned()] {
            assert_eq!(first_unknown(&path, &|_| false).unwrap(), None);
        }
    }
}

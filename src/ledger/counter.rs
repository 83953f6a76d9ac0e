//! How far a ledger had come, in a second file: an older copy gives itself away.
//!
//! A ledger that was deleted, restored from a backup, or whose write-ahead log lost its end to
//! damage knows nothing of the devices that were created since. They would be found by listing
//! them first, but a listing may lag, and `--existing ledger` does not list: so such a ledger is
//! refused until a person says that it is meant. One without its counter is trusted by nobody who
//! does not list.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::error::Lacks;
use super::file::{beside, if_there, replace};
use crate::model::ids::RunId;
use crate::model::ledger_mark::LedgerMark;

/// Two numbers of twenty digits at most, with room to spare.
const LONGEST: u64 = 256;

/// What stands behind the numbers of a ledger that was given away.
const GIVEN: &str = "given";

/// How far a ledger has come; it only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Runs that began.
    pub(super) runs: u64,
    /// Events of its history that were committed.
    pub(super) events: u64,
}

impl Extent {
    /// The same, with the run that began last.
    pub(super) fn mark(self, last_run: Option<RunId>) -> LedgerMark {
        let Self { runs, events } = self;
        LedgerMark {
            runs,
            events,
            last_run,
        }
    }

    /// What it lacks of another; nothing where it is as far.
    pub(super) fn lacks(self, other: Self) -> Option<Lacks> {
        if self.runs < other.runs {
            Some(Lacks::Runs {
                known: self.runs,
                of: other.runs,
            })
        } else if self.events < other.events {
            Some(Lacks::Events {
                held: self.events,
                of: other.events,
            })
        } else {
            None
        }
    }
}

/// How far a ledger has come by what is in it.
pub(super) fn extent(connection: &Connection) -> rusqlite::Result<Extent> {
    let count = |sql: &str| -> rusqlite::Result<u64> {
        let number: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        Ok(u64::try_from(number).unwrap_or(0))
    };
    Ok(Extent {
        runs: count("SELECT count(*) FROM runs")?,
        events: count("SELECT coalesce(max(id), 0) FROM events")?,
    })
}

/// The file that counts.
#[derive(Debug)]
pub(super) struct Counter {
    path: PathBuf,
    /// Open once a run has begun, with what it holds.
    counted: Option<(File, Extent)>,
}

impl Counter {
    pub(super) fn of(ledger: &Path) -> Self {
        Self {
            path: beside(ledger, ".runs"),
            counted: None,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How far the ledger had come at least; nothing where the file is not there or says nothing.
    pub(super) fn read(&self) -> io::Result<Option<Extent>> {
        let mut text = Vec::new();
        let Some(file) = if_there(File::open(&self.path))? else {
            return Ok(None);
        };
        file.take(LONGEST).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text);
        let mut numbers = text.split_whitespace().map(|word| word.parse().ok());
        let runs = numbers.next().flatten();
        let events = numbers.next().flatten().unwrap_or(0);
        Ok(runs.map(|runs| Extent { runs, events }))
    }

    /// Whether it says that what the ledger knows was given to another: an older copy of the ledger does
    /// not know that.
    pub(super) fn is_given(&self) -> io::Result<bool> {
        let mut text = Vec::new();
        if let Some(file) = if_there(File::open(&self.path))? {
            file.take(LONGEST).read_to_end(&mut text)?;
        }
        let text = String::from_utf8_lossy(&text);
        Ok(text.split_whitespace().any(|word| word == GIVEN))
    }

    /// Writes that what the ledger knows is given to another, whole or not at all, and durably.
    pub(super) fn give(&self, extent: Extent) -> io::Result<()> {
        let text = format!("{} {GIVEN}\n", line(extent).trim_end());
        replace(&self.path, text.as_bytes()).map(drop)
    }

    /// Writes the beginning of a run, whole or not at all, and durably.
    pub(super) fn begin(&mut self, extent: Extent) -> io::Result<()> {
        let file = replace(&self.path, line(extent).as_bytes())?;
        self.counted = Some((file, extent));
        Ok(())
    }

    /// Writes that so many events are committed.
    ///
    /// Neither synced nor insisted on: a number that is too small notices less, and is never wrong,
    /// as it is written after a commit that was synced.
    pub(super) fn note(&mut self, events: u64) {
        if let Some((file, extent)) = &mut self.counted {
            extent.events = extent.events.max(events);
            // No number gets shorter, so nothing of the line before is left.
            drop(file.write_all_at(line(*extent).as_bytes(), 0));
        }
    }
}

fn line(Extent { runs, events }: Extent) -> String {
    format!("{runs} {events}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(runs: u64, events: u64) -> Extent {
        Extent { runs, events }
    }

    #[test]
    fn a_counter_of_any_length_is_read_within_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let counter = Counter::of(&folder.path().join("ledger.db"));
        let file = File::create(counter.path()).unwrap();
        file.write_all_at(b"3 4 ", 0).unwrap();
        // A hole of a gibibyte: whoever reads on needs so much memory.
        file.set_len(1 << 30).unwrap();
        assert_eq!(counter.read().unwrap(), Some(extent(3, 4)));
    }

    #[test]
    fn a_counter_that_is_missing_or_says_nothing_counts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let counter = Counter::of(&folder.path().join("ledger.db"));
        assert_eq!(counter.read().unwrap(), None);
        for (text, counted) in [
            ("", None),
            ("many", None),
            ("-1", None),
            ("7\n", Some(extent(7, 0))),
            (" 12 ", Some(extent(12, 0))),
            ("12 345\n", Some(extent(12, 345))),
            ("12 few\n", Some(extent(12, 0))),
        ] {
            std::fs::write(counter.path(), text).unwrap();
            assert_eq!(counter.read().unwrap(), counted, "{text:?}");
        }
    }

    #[test]
    fn a_counter_that_cannot_be_read_is_not_one_that_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let counter = Counter::of(&folder.path().join("ledger.db"));
        std::fs::create_dir(counter.path()).unwrap();
        assert!(counter.read().is_err());
    }

    #[test]
    fn what_is_written_is_read_again_and_nothing_else_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut counter = Counter::of(&folder.path().join("ledger.db"));
        for runs in [1, 2] {
            counter.begin(extent(runs, 8)).unwrap();
            assert_eq!(counter.read().unwrap(), Some(extent(runs, 8)));
            for (noted, events) in [(9, 9), (12, 12), (11, 12), (1_000, 1_000)] {
                counter.note(noted);
                assert_eq!(counter.read().unwrap(), Some(extent(runs, events)));
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_ledger_lacks_what_was_counted_beyond_it() {
        for (ledger, counted, lacks) in [
            (extent(2, 10), extent(2, 10), None),
            (extent(3, 11), extent(2, 10), None),
            (
                extent(1, 10),
                extent(2, 10),
                Some("knows of 1 run out of 2"),
            ),
            (
                extent(2, 9),
                extent(2, 10),
                Some("holds 9 events out of 10"),
            ),
        ] {
            let found = ledger.lacks(counted).map(|lacks| lacks.to_string());
            assert_eq!(found.as_deref(), lacks);
        }
    }
}

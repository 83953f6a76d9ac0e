//! How many runs a ledger has seen, in a second file: an older copy gives itself away.
//!
//! A ledger that was deleted or restored from a backup knows nothing of the devices
//! that were created since. They would be found by listing them first, but a listing
//! may lag, and `--existing create` does not list: so such a ledger is refused until a
//! person says that it is meant.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::file::{beside, folder};

/// The file that counts.
#[derive(Debug)]
pub(super) struct Counter {
    path: PathBuf,
}

impl Counter {
    pub(super) fn of(ledger: &Path) -> Self {
        Self {
            path: beside(ledger, ".runs"),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many runs there were; none where the file is not there or says nothing.
    pub(super) fn read(&self) -> io::Result<u64> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(text.trim().parse().unwrap_or(0)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Writes the number, whole or not at all.
    pub(super) fn write(&self, runs: u64) -> io::Result<()> {
        let folder = folder(&self.path);
        let mut file = tempfile::Builder::new()
            .prefix(".wavepair-")
            .tempfile_in(folder)?;
        writeln!(file, "{runs}")?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        std::fs::File::open(folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_is_missing_or_says_nothing_counts_from_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let counter = Counter::of(&folder.path().join("ledger.db"));
        assert_eq!(counter.read().unwrap(), 0);
        for (text, runs) in [("", 0), ("many", 0), ("-1", 0), ("7\n", 7), (" 12 ", 12)] {
            std::fs::write(counter.path(), text).unwrap();
            assert_eq!(counter.read().unwrap(), runs, "{text:?}");
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
        let counter = Counter::of(&folder.path().join("ledger.db"));
        for runs in [1, 2] {
            counter.write(runs).unwrap();
            assert_eq!(counter.read().unwrap(), runs);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

//! One run at a time: an advisory lock on a file beside the ledger.
//!
//! The kernel frees it when its holder dies, so there is no stale lock to break.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::file::{beside, no_follow};

/// Holds the lock until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Why a lock was not had.
#[derive(Debug)]
pub(super) enum LockError {
    /// Another process holds it.
    Held,
    /// The file could not be made or locked.
    Io(io::Error),
}

impl Lock {
    /// Takes the lock of a ledger, or says at once that another process has it.
    pub(super) fn take(ledger: &Path) -> Result<Self, LockError> {
        let path = path(ledger);
        loop {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .custom_flags(no_follow())
                .open(&path)
                .map_err(LockError::Io)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(LockError::Held),
                Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
            }
            // Somebody may have removed the file between the opening and the locking and made
            // it anew: then the lock just taken is on a file that nobody else will open.
            if is_at(&file, &path).map_err(LockError::Io)? {
                return Ok(Self { _file: file });
            }
        }
    }
}

/// Whether a path still leads to an open file.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    match std::fs::symlink_metadata(path) {
        Ok(there) => Ok(there.ino() == ours.ino() && there.dev() == ours.dev()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn path(ledger: &Path) -> PathBuf {
    beside(ledger, ".lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_until_the_first_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger.db");
        let first = Lock::take(&ledger).unwrap();
        assert!(matches!(Lock::take(&ledger), Err(LockError::Held)));
        drop(first);
        assert!(Lock::take(&ledger).is_ok());
    }

    #[test]
    fn a_lock_file_that_is_a_symbolic_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger.db");
        let elsewhere = folder.path().join("elsewhere");
        std::fs::write(&elsewhere, "kept").unwrap();
        std::os::unix::fs::symlink(&elsewhere, path(&ledger)).unwrap();
        assert!(matches!(Lock::take(&ledger), Err(LockError::Io(_))));
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "kept");
    }

    #[test]
    fn a_file_that_was_removed_or_made_anew_is_not_the_one_that_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db.lock");
        let file = File::create(&path).unwrap();
        assert!(is_at(&file, &path).unwrap());
        std::fs::remove_file(&path).unwrap();
        assert!(!is_at(&file, &path).unwrap(), "removed");
        let anew = File::create(&path).unwrap();
        assert!(!is_at(&file, &path).unwrap(), "made anew");
        assert!(is_at(&anew, &path).unwrap());
        assert!(is_at(&anew, &path.join("beyond")).is_err(), "not known");
    }
}

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
            let ours = file.metadata().map_err(LockError::Io)?;
            match std::fs::symlink_metadata(&path) {
                Ok(there) if there.ino() == ours.ino() && there.dev() == ours.dev() => {
                    return Ok(Self { _file: file });
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(LockError::Io(error)),
            }
        }
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
}

//! One run at a time: an advisory lock on a file beside the ledger.
//!
//! The kernel frees it when its holder dies, so there is no stale lock to break. What the holder
//! writes into the file is for people, and nothing is decided by it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::Error;
use super::file::{beside, identity, if_there, no_follow};
use super::holder::Holder;

/// Holds the lock until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    signed: bool,
}

/// Why a lock was not had.
#[derive(Debug)]
pub(super) enum LockError {
    /// Another process holds it; who that is, where it says so.
    Held(Option<Holder>),
    /// The file could not be made or locked.
    Io(io::Error),
}

impl Lock {
    /// Takes the lock of a ledger, or says at once that another process has it.
    pub(super) fn take(ledger: &Path) -> Result<Self, LockError> {
        loop {
            // Nobody removes the file but by hand: it is there the second time at the latest.
            if let Some(lock) = Self::open(ledger, true)? {
                return Ok(lock);
            }
        }
    }

    /// The same, where the file is there: makes none.
    pub(super) fn take_existing(ledger: &Path) -> Result<Option<Self>, LockError> {
        Self::open(ledger, false)
    }

    fn open(ledger: &Path, make: bool) -> Result<Option<Self>, LockError> {
        let path = path(ledger);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(make)
            .truncate(false)
            .mode(0o600)
            .custom_flags(no_follow())
            .open(&path);
        let file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !make => return Ok(None),
            Err(error) => return Err(LockError::Io(error)),
        };
        lock(&file)?;
        // Somebody may have removed the file between the opening and the locking and made
        // it anew: then the lock just taken is on a file that nobody else will open.
        let signed = false;
        Ok(is_at(&file, &path)
            .map_err(LockError::Io)?
            .then_some(Self { file, signed }))
    }

    /// Writes down who holds it, for others to show; a full disk is no hindrance.
    pub(super) fn sign(&mut self, holder: &Holder) {
        self.signed = true;
        holder.write(&self.file).ok();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While the lock is still held: nobody is shown who no longer holds it.
        if self.signed {
            self.file.set_len(0).ok();
        }
    }
}

/// Locks a file, or says who has it. A holder without a name is asked a little longer: `verify` holds
/// a ledger for one commit, and is to keep no run from beginning.
fn lock(file: &File) -> Result<(), LockError> {
    const PAUSE: Duration = Duration::from_millis(20);
    const PAUSES: u32 = 50;
    for pauses in 0..=PAUSES {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
            Err(TryLockError::WouldBlock) => {}
        }
        let holder = Holder::read(file);
        if holder.is_some() || pauses == PAUSES {
            return Err(LockError::Held(holder));
        }
        std::thread::sleep(PAUSE);
    }
    Err(LockError::Held(None))
}

/// Who holds a ledger at a moment.
#[derive(Debug)]
pub(crate) enum Held {
    /// Nobody.
    ByNobody,
    /// Another process; who that is, where it says so.
    By(Option<Holder>),
}

/// Who holds a ledger just now; takes nothing, and makes no file.
///
/// # Errors
///
/// The file beside it cannot be read.
pub(crate) fn held(ledger: &Path) -> Result<Held, Error> {
    let ask = || {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(no_follow())
            .open(path(ledger));
        let Some(file) = if_there(file)? else {
            return Ok(Held::ByNobody);
        };
        // Shared, and let go of at once: a run that begins in this moment asks again.
        match file.try_lock_shared() {
            Ok(()) => Ok(Held::ByNobody),
            Err(TryLockError::WouldBlock) => Ok(Held::By(Holder::read(&file))),
            Err(TryLockError::Error(error)) => Err(error),
        }
    };
    ask().map_err(Error::unusable(ledger))
}

/// Who holds a ledger by what the file beside it says.
pub(super) fn holder(ledger: &Path) -> Option<Holder> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(no_follow())
        .open(path(ledger))
        .ok()?;
    Holder::read(&file)
}

/// Whether a path still leads to an open file.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let there = if_there(std::fs::symlink_metadata(path))?;
    let there = there.map(|there| (there.dev(), there.ino()));
    Ok(there == Some(identity(file)?))
}

fn path(ledger: &Path) -> PathBuf {
    beside(ledger, ".lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody() -> Holder {
        Holder {
            process: 4242,
            since: "2026-11-30T05:12:03.25Z".parse().unwrap(),
            wave: "/waves/2026-11.csv".to_owned(),
        }
    }

    #[test]
    fn a_second_holder_is_refused_until_the_first_lets_go_and_told_who_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger.db");
        assert!(Lock::take_existing(&ledger).unwrap().is_none());
        let mut first = Lock::take(&ledger).unwrap();
        assert!(matches!(Lock::take(&ledger), Err(LockError::Held(None))));
        first.sign(&somebody());
        for second in [Lock::take(&ledger).map(Some), Lock::take_existing(&ledger)] {
            let Err(LockError::Held(Some(holder))) = second else {
                panic!("{second:?}");
            };
            assert_eq!(holder, somebody());
            assert_eq!(
                holder.to_string(),
                "process 4242, since 2026-11-30 05:12:03 UTC, with the wave /waves/2026-11.csv"
            );
        }
        drop(first);
        assert_eq!(holder(&ledger), None, "nobody is named who has let go");
        let second = Lock::take_existing(&ledger).unwrap();
        assert!(second.is_some());
    }

    #[test]
    fn what_the_file_says_is_shown_only_if_whole_and_steers_no_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger.db");
        let file = |text: &str| {
            std::fs::write(path(&ledger), text).unwrap();
            holder(&ledger).map(|holder| holder.to_string())
        };
        for nothing in [
            "",
            "process 1\n",
            "process \u{1b}[2J\nsince 2026-11-30T05:12:03Z\nwave /w\n",
            "process 1\nsince \u{1b}[2J\nwave /w\n",
            "process 99999999999\nsince 2026-11-30T05:12:03Z\nwave /w\n",
        ] {
            assert_eq!(file(nothing), None, "{nothing:?}");
        }
        let steering = "process 1\nsince 2026-11-30T05:12:03Z\nwave /w\u{1b}[2J\u{202e}\r\nmore\n";
        let shown = file(steering).unwrap();
        assert!(shown.ends_with(r"/w\u{1b}[2J\u{202e}"), "{shown}");
        let long = format!(
            "process 1\nsince 2026-11-30T05:12:03Z\nwave {}",
            "w".repeat(1 << 20)
        );
        assert!(file(&long).unwrap().len() < 10_000);
        let mut lock = Lock::take(&ledger).unwrap();
        lock.sign(&Holder {
            wave: "/w\nprocess 7\u{1b}".to_owned(),
            ..somebody()
        });
        assert_eq!(holder(&ledger).unwrap().wave, r"/w\u{a}process 7\u{1b}");
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

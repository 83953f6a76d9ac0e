//! What is where a ledger is named: looked at, and nothing of it changed.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::binding::Binding;
use super::counter::Counter;
use super::error::{Error, Flaw};
use super::file::{folder, if_there, no_follow};
use super::file_system::{self, check_room};
use super::lock::{Lock, LockError, holder};
use super::look::{Facts, has_log, look};
use super::trust::{check_companions, check_file, check_folder, check_kind};
use crate::model::shard::Shard;

/// What a ledger is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A run: nobody else's may begin on it.
    Run,
    /// To give what it knows to another: as a run, and it may have been begun before.
    HandOver,
    /// To read what is in it, or to say whether a run can begin on it.
    Reading,
}

/// What is where a ledger was named.
#[derive(Debug)]
pub(super) struct Place {
    /// What the ledger says; nothing where it is new.
    pub(super) facts: Option<Facts>,
    pub(super) has_counter: bool,
    /// The name of a file system on which locks and syncs may not hold.
    pub(super) doubtful: Option<&'static str>,
    // After everything else: closing any copy of the ledger's file would drop the locks that
    // SQLite has on it.
    pub(super) lock: Option<Lock>,
    /// The file: empty where the ledger is new, or nothing.
    pub(super) file: Option<File>,
}

impl Place {
    /// Looks at what is where a ledger is named, and changes nothing.
    pub(super) fn look_at(
        path: &Path,
        binding: Option<&Binding>,
        purpose: Purpose,
    ) -> Result<Self, Error> {
        let unusable = Error::unusable(path);
        let doubtful = file_system::check(path)?;
        // Readers need it, too: SQLite keeps its index of the log there.
        check_room(path)?;
        if folder(path).is_dir() {
            check_folder(path)?;
            check_companions(path)?;
        }
        let lock = match purpose {
            Purpose::Run | Purpose::HandOver => {
                Lock::take_existing(path).map_err(|error| held(path, error))?
            }
            Purpose::Reading => None,
        };
        let counter = Counter::of(path);
        let has_counter = counter.read().map_err(unusable)?.is_some();
        let mut place = Self {
            facts: None,
            file: None,
            has_counter,
            lock,
            doubtful,
        };
        place.file = open(path)?;
        let Some(file) = &place.file else {
            check_that_none_is_missing(path, &counter)?;
            return Ok(place);
        };
        check_file(path, file)?;
        if purpose != Purpose::Reading {
            file.try_lock().map_err(|error| match error {
                TryLockError::WouldBlock => Flaw::Held(holder(path)).of(path),
                TryLockError::Error(source) => unusable(source),
            })?;
        }
        if file.metadata().map_err(unusable)?.len() == 0 {
            check_that_none_is_missing(path, &counter)?;
            return Ok(place);
        }
        let facts = look(path, file, &counter, purpose != Purpose::Reading)?;
        if let (Some(ours), Some(theirs)) = (binding, &facts.binding)
            && ours != theirs
        {
            let (theirs, ours) = (theirs.clone(), ours.clone());
            return Err(Flaw::Foreign { theirs, ours }.of(path));
        }
        if purpose == Purpose::Run {
            check_not_given(path, &facts, &counter)?;
        }
        place.facts = Some(facts);
        Ok(place)
    }
}

/// Opens the file of a ledger; nothing where there is none.
fn open(path: &Path) -> Result<Option<File>, Error> {
    let unusable = Error::unusable(path);
    let there = if_there(std::fs::symlink_metadata(path)).map_err(unusable)?;
    let Some(metadata) = there else {
        return Ok(None);
    };
    check_kind(path, &metadata)?;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(no_follow())
        .open(path);
    if_there(file).map_err(unusable)
}

/// Refuses to take a place for a new ledger's where one was.
fn check_that_none_is_missing(path: &Path, counter: &Counter) -> Result<(), Error> {
    let once = counter.read().map_err(Error::unusable(path))?;
    let none = Facts::default().extent;
    if let Some(lacks) = once.and_then(|once| none.lacks(once)) {
        let counter = counter.path().to_owned();
        return Err(Flaw::Older { lacks, counter }.of(path));
    }
    if has_log(path) {
        let what = "it is gone or empty, and its log (`-wal`) is there";
        return Err(Flaw::Damaged(what.to_owned()).of(path));
    }
    Ok(())
}

/// Refuses to go on with a ledger whose devices are another's by now.
pub(super) fn check_not_given(path: &Path, facts: &Facts, counter: &Counter) -> Result<(), Error> {
    if let Some(given) = &facts.given {
        return Err(given.flaw().of(path));
    }
    if counter.is_given().map_err(Error::unusable(path))? {
        return Err(Flaw::GivenAway(None).of(path));
    }
    Ok(())
}

/// Refuses a ledger for another shard than is meant.
pub(super) fn check_shard(path: &Path, theirs: Shard, ours: Shard) -> Result<(), Error> {
    if theirs == ours {
        return Ok(());
    }
    Err(Flaw::OfShard { theirs, ours }.of(path))
}

/// What it means that a lock was not had.
pub(super) fn held(path: &Path, error: LockError) -> Error {
    match error {
        LockError::Held(holder) => Flaw::Held(holder).of(path),
        LockError::Io(source) => Flaw::Unusable(source).of(path),
    }
}

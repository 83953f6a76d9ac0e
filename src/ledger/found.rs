//! A ledger as it is found: looked at and held before anything of it is changed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use jiff::Timestamp;

use super::ballast::Ballast;
use super::counter::Counter;
use super::create::create;
use super::file::{UNFINISHED, beside, connect, folder, identity, make_folder, no_follow, prepare};
use super::lock::{Holder, Lock, LockError, holder};
use super::look::{Facts, has_log, look};
use super::reader::Reader;
use super::trust::{
    check_companions, check_file, check_folder, check_kind, check_room, others_have_rights,
};
use super::writer::{Begun, Writer};
use super::{Binding, Error, Ledger, Opened, RunRecord, file_system, schema};
use crate::model::entry::Moment;
use crate::model::ids::RunId;

/// A ledger that a run may begin on, or where a new one can be made; nothing of it is changed yet.
///
/// While it is held no other run begins on it. Dropped, everything is as it was.
#[derive(Debug)]
pub struct Found {
    path: PathBuf,
    binding: Binding,
    doubtful: Option<&'static str>,
    has_counter: bool,
    /// Nothing where the ledger is new.
    facts: Option<Facts>,
    // After everything else: closing any copy of the ledger's file would drop the locks that
    // SQLite has on it.
    lock: Option<Lock>,
    file: Option<File>,
}

/// What a ledger is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A run: nobody else's may begin on it.
    Run,
    /// To read what is in it, or to say whether a run can begin on it.
    Reading,
}

/// What is where a ledger was named.
pub(super) struct Place {
    /// What the ledger says; nothing where it is new.
    pub(super) facts: Option<Facts>,
    /// The file: empty where the ledger is new, or nothing.
    file: Option<File>,
    has_counter: bool,
    lock: Option<Lock>,
    /// The name of a file system on which locks and syncs may not hold.
    doubtful: Option<&'static str>,
}

impl Found {
    /// Looks at a ledger for a run, and holds it where it is there.
    ///
    /// # Errors
    ///
    /// Held by another run, bound to another tenant, damaged, newer, older than it once was, not a
    /// ledger, known by another name too, open to others, or not writable. Nothing was changed.
    pub fn look(path: &Path, binding: &Binding) -> Result<Self, Error> {
        let place = look_at(path, Some(binding), Purpose::Run)?;
        Ok(Self {
            path: path.to_owned(),
            binding: binding.clone(),
            doubtful: place.doubtful,
            has_counter: place.has_counter,
            facts: place.facts,
            lock: place.lock,
            file: place.file,
        })
    }

    /// Whether no run has ever begun on it.
    pub fn is_new(&self) -> bool {
        let facts = self.facts.as_ref();
        facts.is_none_or(|facts| facts.extent.runs == 0)
    }

    /// Whether a run that lists users' devices first has finished on it.
    pub fn has_looked(&self) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.has_looked)
    }

    /// Whether something was asked of PingOne with it, and the file is gone that shows whether it
    /// is complete.
    pub fn has_lost_its_counter(&self) -> bool {
        let facts = self.facts.as_ref();
        !self.has_counter && facts.is_some_and(|facts| facts.extent.events > 0)
    }

    /// Whether a run is one of its own.
    pub fn knows_run(&self, run: RunId) -> bool {
        let facts = self.facts.as_ref();
        facts.is_some_and(|facts| facts.runs.contains(&run))
    }

    /// What a person is to know of the file system that it lies on, if anything.
    pub fn warning(&self) -> Option<String> {
        self.doubtful.map(|kind| doubt(&self.path, kind))
    }

    /// Makes the ledger where there is none, and records that a run begins.
    ///
    /// # Errors
    ///
    /// It cannot be written. Nothing has been sent by then.
    pub fn begin(self, run: &RunRecord, now: &Moment) -> Result<Opened, Error> {
        let Self {
            path,
            binding,
            has_counter: _,
            doubtful: _,
            facts,
            lock,
            file,
        } = self;
        let unusable = |source| Error::Unusable {
            path: path.clone(),
            source,
        };
        make_folder(folder(&path)).map_err(unusable)?;
        check_folder(&path)?;
        let mut lock = match lock {
            Some(lock) => lock,
            None => Lock::take(&path).map_err(|error| held(&path, error))?,
        };
        // Another run may have made it, and be done with it, since it was looked for.
        if !is_as_it_was(&path, file.as_ref()).map_err(unusable)? {
            return Err(Error::Held { path, holder: None });
        }
        lock.sign(&Holder {
            process: std::process::id(),
            since: Timestamp::from_millisecond(now.wall_ms).unwrap_or_default(),
            wave: run.wave.clone(),
        });
        clear_leftovers(&path).map_err(unusable)?;
        // Before the ledger: where there is no room for it there is none for a run.
        let ballast = Ballast::load(&path).map_err(unusable)?;
        let file = match (file, facts.is_some()) {
            (Some(file), true) => {
                make_private(&file).map_err(unusable)?;
                file
            }
            // Over an empty file, too, which stays open and held until then.
            (empty, _) => {
                let made = create(&path, &binding).map_err(unusable)?;
                made.try_lock().map_err(|error| match error {
                    TryLockError::WouldBlock => Error::Held {
                        path: path.clone(),
                        holder: None,
                    },
                    TryLockError::Error(source) => unusable(source),
                })?;
                drop(empty);
                made
            }
        };
        let mut connection = connect(&path)?;
        prepare(&path, &mut connection)?;
        let identity = identity(&file).map_err(unusable)?;
        let counter = Counter::of(&path);
        let mut writer = Writer::new(connection, &path, run.id, ballast, counter, identity);
        writer.bind(&binding)?;
        let Begun {
            left_in_flight,
            previous_exit_code,
        } = writer.begin_run(run, now)?;
        let reader = Reader::beside_writer(&path)?;
        let (commands, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.serve(&queue))
            .map_err(unusable)?;
        Ok(Opened {
            ledger: Ledger {
                path,
                reader,
                commands: Some(commands),
                thread: Some(thread),
                _locks: (lock, file),
            },
            left_in_flight,
            previous_exit_code,
        })
    }
}

/// Whether a run can begin on a ledger, as far as that can be told without holding it.
#[derive(Debug)]
pub struct Check {
    /// Whether there is none yet, and it can be made.
    pub is_new: bool,
    /// Whether an earlier wavepair wrote it, so that only a run brings it up to date.
    pub is_outdated: bool,
    /// What a person is to know of the file system that it lies on, if anything.
    pub warning: Option<String>,
}

impl Check {
    /// Looks at a ledger as a run does, and changes nothing.
    ///
    /// # Errors
    ///
    /// As [`Found::look`]; whether another run holds it is not asked.
    pub fn look(path: &Path, binding: &Binding) -> Result<Self, Error> {
        let place = look_at(path, Some(binding), Purpose::Reading)?;
        let is_outdated = |facts: &Facts| facts.version < schema::current_version();
        Ok(Self {
            is_new: place.facts.is_none(),
            is_outdated: place.facts.as_ref().is_some_and(is_outdated),
            warning: place.doubtful.map(|kind| doubt(path, kind)),
        })
    }
}

/// What a person is to know of a file system on which locks and syncs may not hold.
fn doubt(path: &Path, kind: &str) -> String {
    format!(
        "the ledger {} is on {kind}: whether its locks and syncs hold depends on what is behind \
         that; a local disk is safe",
        path.display()
    )
}

/// Looks at what is where a ledger is named, and changes nothing.
pub(super) fn look_at(
    path: &Path,
    binding: Option<&Binding>,
    purpose: Purpose,
) -> Result<Place, Error> {
    let unusable = |source| Error::Unusable {
        path: path.to_owned(),
        source,
    };
    let doubtful = file_system::check(path)?;
    // Readers need it, too: SQLite keeps its index of the log there.
    check_room(path)?;
    if folder(path).is_dir() {
        check_folder(path)?;
        check_companions(path)?;
    }
    let lock = match purpose {
        Purpose::Run => Lock::take_existing(path).map_err(|error| held(path, error))?,
        Purpose::Reading => None,
    };
    let counter = Counter::of(path);
    let has_counter = counter.read().map_err(unusable)?.is_some();
    let mut place = Place {
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
    if purpose == Purpose::Run {
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::Held {
                path: path.to_owned(),
                holder: holder(path),
            },
            TryLockError::Error(source) => unusable(source),
        })?;
    }
    if file.metadata().map_err(unusable)?.len() == 0 {
        check_that_none_is_missing(path, &counter)?;
        return Ok(place);
    }
    let facts = look(path, file, &counter, purpose == Purpose::Run)?;
    if let (Some(ours), Some(theirs)) = (binding, &facts.binding)
        && ours != theirs
    {
        return Err(Error::Foreign {
            path: path.to_owned(),
            theirs: theirs.to_string(),
            ours: ours.to_string(),
        });
    }
    place.facts = Some(facts);
    Ok(place)
}

/// Opens the file of a ledger; nothing where there is none.
fn open(path: &Path) -> Result<Option<File>, Error> {
    let unusable = |source| Error::Unusable {
        path: path.to_owned(),
        source,
    };
    match std::fs::symlink_metadata(path) {
        Ok(metadata) => check_kind(path, &metadata)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(error)),
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(no_follow())
        .open(path);
    match file {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(error)),
    }
}

/// Refuses to take a place for a new ledger's where one was.
fn check_that_none_is_missing(path: &Path, counter: &Counter) -> Result<(), Error> {
    let once = counter.read().map_err(|source| Error::Unusable {
        path: path.to_owned(),
        source,
    })?;
    let none = Facts::default().extent;
    if let Some(lacks) = once.and_then(|once| none.lacks(once)) {
        return Err(Error::Older {
            path: path.to_owned(),
            lacks,
            counter: counter.path().to_owned(),
        });
    }
    if has_log(path) {
        return Err(Error::Damaged {
            path: path.to_owned(),
            what: "it is gone or empty, and its log (`-wal`) is there".to_owned(),
        });
    }
    Ok(())
}

fn held(path: &Path, error: LockError) -> Error {
    let path = path.to_owned();
    match error {
        LockError::Held(holder) => Error::Held { path, holder },
        LockError::Io(source) => Error::Unusable { path, source },
    }
}

/// Removes what a killed run had not finished.
fn clear_leftovers(path: &Path) -> io::Result<()> {
    for leftover in UNFINISHED {
        match std::fs::remove_file(beside(path, leftover)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Whether what is at a path is what was there when it was looked at.
fn is_as_it_was(path: &Path, file: Option<&File>) -> io::Result<bool> {
    let there = match std::fs::symlink_metadata(path) {
        Ok(there) => Some((there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok(there == file.map(identity).transpose()?)
}

fn make_private(file: &File) -> io::Result<()> {
    if others_have_rights(file.metadata()?.mode()) {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

//! A ledger as it is found: looked at and held before anything of it is changed.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::ballast::Ballast;
use super::binding::Binding;
use super::counter::Counter;
use super::create::create;
use super::error::{Error, Flaw};
use super::file::{
    UNFINISHED, beside, connect, folder, identity, if_there, make_folder, prepare, remove_if_there,
};
use super::handle::{Ledger, Opened};
use super::holder::Holder;
use super::lock::Lock;
use super::look::Facts;
use super::place::{Place, Purpose, check_shard, held};
use super::reader::Reader;
use super::runs::RunRecord;
use super::schema;
use super::served::Served;
use super::trust::{check_folder, others_have_rights};
use super::writer::Writer;
use crate::model::entry::Moment;
use crate::model::ids::RunId;
use crate::model::ledger_mark::LedgerMark;
use crate::model::shard::Shard;

/// A ledger that a run may begin on, or where a new one can be made; nothing of it is changed yet.
///
/// While it is held no other run begins on it. Dropped, everything is as it was.
#[derive(Debug)]
pub struct Found {
    path: PathBuf,
    binding: Binding,
    shard: Shard,
    place: Place,
}

impl Found {
    /// Looks at a ledger for a run, and holds it where it is there.
    ///
    /// # Errors
    ///
    /// Held by another run, bound to another tenant, damaged, newer, older than it once was, not a
    /// ledger, known by another name too, open to others, or not writable. Nothing was changed.
    pub fn look(path: &Path, binding: &Binding) -> Result<Self, Error> {
        let place = Place::look_at(path, Some(binding), Purpose::Run)?;
        let bound = place.facts.as_ref().map(|facts| facts.shard);
        Ok(Self {
            path: path.to_owned(),
            binding: binding.clone(),
            shard: bound.unwrap_or_default(),
            place,
        })
    }

    /// The same for a run of this shard of a wave: a new ledger is made for it.
    ///
    /// # Errors
    ///
    /// It is for another shard. Nothing was changed.
    pub fn of_shard(self, shard: Shard) -> Result<Self, Error> {
        match &self.place.facts {
            Some(facts) => check_shard(&self.path, facts.shard, shard).map(|()| self),
            None => Ok(Self { shard, ..self }),
        }
    }

    /// Whether no run has ever begun on it.
    pub fn is_new(&self) -> bool {
        let facts = self.place.facts.as_ref();
        facts.is_none_or(|facts| facts.extent.runs == 0)
    }

    /// Whether a run that lists users' devices first has finished on it.
    pub fn has_looked(&self) -> bool {
        let facts = self.place.facts.as_ref();
        facts.is_some_and(|facts| facts.has_looked)
    }

    /// Whether something was asked of PingOne with it, and the file is gone that shows whether it
    /// is complete.
    pub fn has_lost_its_counter(&self) -> bool {
        let facts = self.place.facts.as_ref();
        !self.place.has_counter && facts.is_some_and(|facts| facts.extent.events > 0)
    }

    /// How far it has come.
    pub fn mark(&self) -> LedgerMark {
        let mark = |facts: &Facts| facts.extent.mark(facts.last_run);
        self.place.facts.as_ref().map(mark).unwrap_or_default()
    }

    /// Whether a run is one of its own.
    pub fn knows_run(&self, run: RunId) -> bool {
        let facts = self.place.facts.as_ref();
        facts.is_some_and(|facts| facts.runs.contains(&run))
    }

    /// The name of the file system that it lies on, where locks and syncs may not hold there.
    pub fn doubtful_file_system(&self) -> Option<&'static str> {
        self.place.doubtful
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
            shard,
            place,
        } = self;
        let unusable = Error::unusable(&path);
        make_folder(folder(&path)).map_err(unusable)?;
        check_folder(&path)?;
        let mut lock = match place.lock {
            Some(lock) => lock,
            None => Lock::take(&path).map_err(|error| held(&path, error))?,
        };
        // Another run may have made it, and be done with it, since it was looked for.
        if !is_as_it_was(&path, place.file.as_ref()).map_err(unusable)? {
            return Err(Flaw::Held(None).of(&path));
        }
        lock.sign(&Holder {
            process: std::process::id(),
            since: Timestamp::from_millisecond(now.wall_ms).unwrap_or_default(),
            wave: run.wave.clone(),
        });
        // What a killed run had not finished.
        for leftover in UNFINISHED {
            remove_if_there(&beside(&path, leftover)).map_err(unusable)?;
        }
        // Before the ledger: where there is no room for it there is none for a run.
        let ballast = Ballast::load(&path).map_err(unusable)?;
        let file = match (place.file, place.facts) {
            (Some(file), Some(_)) => {
                make_private(&file).map_err(unusable)?;
                file
            }
            (empty, _) => make(&path, (&binding, shard), empty)?,
        };
        let mut connection = connect(&path)?;
        prepare(&path, &mut connection)?;
        let identity = identity(&file).map_err(unusable)?;
        let counter = Counter::of(&path);
        let mut writer = Writer::new(connection, &path, run.id, ballast, counter, identity);
        writer.bind(&binding, shard)?;
        let previous_exit_code = writer.begin_run(run, now)?;
        let reader = Reader::beside_writer(&path)?;
        let served = Served::new(&path, reader, writer, (lock, file)).map_err(unusable)?;
        Ok(Opened {
            ledger: Ledger::in_file(served),
            previous_exit_code,
        })
    }
}

/// Whether a run can begin on a ledger, as far as that can be told without holding it.
#[derive(Debug)]
pub(crate) struct Check {
    /// Whether there is none yet, and it can be made.
    pub is_new: bool,
    /// Whether an earlier wavepair wrote it, so that only a run brings it up to date.
    pub is_outdated: bool,
    /// The name of the file system that it lies on, where locks and syncs may not hold there.
    pub doubtful_file_system: Option<&'static str>,
}

impl Check {
    /// Looks at a ledger as a run does, and changes nothing.
    ///
    /// # Errors
    ///
    /// As [`Found::look`]; whether another run holds it is not asked.
    pub(crate) fn look(path: &Path, binding: &Binding) -> Result<Self, Error> {
        let place = Place::look_at(path, Some(binding), Purpose::Reading)?;
        let version = place.facts.map(|facts| facts.version);
        Ok(Self {
            is_new: version.is_none(),
            is_outdated: version.is_some_and(|version| version < schema::current_version()),
            doubtful_file_system: place.doubtful,
        })
    }
}

/// Makes a new ledger and holds it, over an empty file where there is one.
fn make(path: &Path, bound: (&Binding, Shard), empty: Option<File>) -> Result<File, Error> {
    let unusable = Error::unusable(path);
    let made = create(path, bound).map_err(unusable)?;
    made.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => Flaw::Held(None).of(path),
        TryLockError::Error(source) => unusable(source),
    })?;
    // Open and held until here: nobody else could begin on it.
    drop(empty);
    Ok(made)
}

/// Whether what is at a path is what was there when it was looked at.
fn is_as_it_was(path: &Path, file: Option<&File>) -> io::Result<bool> {
    let there = if_there(std::fs::symlink_metadata(path))?;
    let there = there.map(|there| (there.dev(), there.ino()));
    Ok(there == file.map(identity).transpose()?)
}

fn make_private(file: &File) -> io::Result<()> {
    if others_have_rights(file.metadata()?.mode()) {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

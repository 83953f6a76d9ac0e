//! What several ledgers know goes into one, or what one knows into several.
//!
//! Two ledgers that both count as the one of a user would create a device twice. So there is no moment
//! at which two do: the new ones are made whole under another name, then the old ones are marked as given
//! away, each synced, and only then the new ones get their names. Whoever is killed on the way
//! gives the same command again: it finds the marks, makes what is missing anew from the old
//! ledgers, which nobody could go on with meanwhile, and goes on.

mod build;
mod order;

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use self::build::{Build, Fault};
use super::binding::Binding;
use super::counter::{Counter, Extent, extent};
use super::create::mark_as_logged;
use super::error::{Error, Flaw};
use super::file::{
    beside, connect, create_private, folder, make_folder, opening, prepare, remove_if_there,
};
use super::given::{self, Given};
use super::lock::Lock;
use super::place::{Place, Purpose, held};
use crate::model::ids::RunId;
use crate::model::shard::Shard;
use crate::model::shard_set::ShardSet;

/// What is put behind the name of a ledger until it is whole.
const NEW: &str = ".new";

/// Gives all that the ledgers of the shards of a wave know to one ledger for whole waves.
///
/// # Errors
///
/// They are not those of all shards, or not of one tenant; one is held, did not end its last run, or
/// was given to another; two of them contradict each other; or there is a ledger of that name. Nothing
/// was changed then. Or a disk fails: the same command goes on.
pub(crate) fn merge(from: &[PathBuf], into: &Path, id: RunId) -> Result<(), Error> {
    let old = hold_all(from)?;
    let shards: Vec<_> = old.iter().map(|old| old.shard).collect();
    let whole = shards.iter().all(|shard| shard.is_whole());
    let unfit = |why: String| Flaw::Unfit(why).of(into);
    let set = if whole {
        Ok(Vec::new())
    } else {
        ShardSet::of(&shards).map(|set| set.missing())
    };
    let missing = set.map_err(|misfit| unfit(misfit.to_string()))?;
    if let Some(shard) = missing.first() {
        return Err(unfit(format!("the ledger of shard {shard} is missing")));
    }
    hand_over(&old, &[(into.to_owned(), Shard::WHOLE)], id)
}

/// Gives what a ledger for whole waves knows to one ledger for each shard, in their order.
///
/// # Errors
///
/// As [`merge`].
pub(crate) fn split(from: &Path, into: &[PathBuf], id: RunId) -> Result<(), Error> {
    let old = hold_all(&[from.to_owned()])?;
    let of = u32::try_from(into.len()).unwrap_or(u32::MAX);
    let shards = (1..=of).map(|number| Shard::new(number, of));
    let shards: Vec<_> = shards
        .collect::<Result<_, _>>()
        .map_err(|error| Flaw::Unfit(error.to_string()).of(from))?;
    if let Some(part) = old
        .iter()
        .map(|old| old.shard)
        .find(|shard| !shard.is_whole())
    {
        let why = format!("it is for {}, and is not split again", part.part());
        return Err(Flaw::Unfit(why).of(from));
    }
    let into: Vec<_> = into.iter().cloned().zip(shards).collect();
    hand_over(&old, &into, id)
}

/// A ledger that is given away, held for as long as this lasts.
struct Old {
    path: PathBuf,
    binding: Binding,
    shard: Shard,
    given: Option<Given>,
    extent: Extent,
    connection: Connection,
    // After the connection: closing any copy of the file drops the locks that SQLite has on it.
    _place: Place,
}

fn hold_all(paths: &[PathBuf]) -> Result<Vec<Old>, Error> {
    let mut all: Vec<Old> = Vec::new();
    for path in paths {
        let bound = all.first().map(|first| first.binding.clone());
        all.push(hold(path, bound.as_ref())?);
    }
    Ok(all)
}

fn hold(path: &Path, bound: Option<&Binding>) -> Result<Old, Error> {
    let place = Place::look_at(path, bound, Purpose::HandOver)?;
    let unfit = |why: &str| Flaw::Unfit(why.to_owned()).of(path);
    let Some(facts) = place.facts.as_ref() else {
        return Err(unfit("there is no ledger"));
    };
    if facts.is_open {
        return Err(unfit("its last run did not end; run it to its end first"));
    }
    let binding = facts.binding.clone();
    let binding = binding.ok_or_else(|| unfit("no run has begun on it"))?;
    let (shard, extent) = (facts.shard, facts.extent);
    let mut connection = connect(path)?;
    prepare(path, &mut connection)?;
    let given = given::read(&connection).map_err(|source| opening(path, source))?;
    Ok(Old {
        path: path.canonicalize().map_err(Error::unusable(path))?,
        binding,
        shard,
        given,
        extent,
        connection,
        _place: place,
    })
}

/// Makes the new ledgers, marks the old ones, and gives the new ones their names, in this order.
fn hand_over(old: &[Old], into: &[(PathBuf, Shard)], id: RunId) -> Result<(), Error> {
    let names: Vec<_> = into
        .iter()
        .map(|(path, _)| std::path::absolute(path).map_err(Error::unusable(path)))
        .collect::<Result<_, _>>()?;
    let shown: Vec<_> = names.iter().map(|path| path.to_string_lossy()).collect();
    let wanted = shown.join("\n");
    let begun = old.iter().find_map(|old| old.given.as_ref());
    let id = begun.map_or(id, |given| given.id);
    for it in old {
        if let Some(given) = it
            .given
            .as_ref()
            .filter(|it| it.id != id || it.into != wanted)
        {
            return Err(given.flaw().of(&it.path));
        }
    }
    let is_done = old
        .iter()
        .all(|it| it.given.as_ref().is_some_and(|it| it.is_done));
    let mut made = Vec::new();
    for (path, (_, shard)) in names.iter().zip(into) {
        made.push(New::make(path, *shard, old, (id, is_done))?);
    }
    for it in old {
        it.mark(&Given::new(id, &wanted, false))?;
    }
    for new in made {
        new.name()?;
    }
    for it in old {
        it.mark(&Given::new(id, &wanted, true))?;
    }
    Ok(())
}

impl Old {
    /// Writes down that it is given away, in the ledger and beside it.
    fn mark(&self, given: &Given) -> Result<(), Error> {
        let written = given.write(&self.connection);
        written.map_err(|source| opening(&self.path, source))?;
        let counter = Counter::of(&self.path).give(self.extent);
        counter.map_err(Error::unusable(&self.path))
    }
}

/// A new ledger, under another name as yet.
struct New {
    path: PathBuf,
    /// Nothing where it has its name already.
    made: Option<Extent>,
    _lock: Lock,
}

impl New {
    /// Makes a ledger whole beside its name; leaves one that has its name already.
    fn make(
        path: &Path,
        shard: Shard,
        old: &[Old],
        (id, is_done): (RunId, bool),
    ) -> Result<Self, Error> {
        let unusable = Error::unusable(path);
        make_folder(folder(path)).map_err(unusable)?;
        let lock = Lock::take(path).map_err(|error| held(path, error))?;
        let there = Place::look_at(path, None, Purpose::Reading)?;
        if there.facts.is_some() {
            drop(there);
            let connection = connect(path)?;
            let taken = given::taken(&connection).map_err(|source| opening(path, source))?;
            if taken != Some(id) {
                let why = "there is a ledger of that name already";
                return Err(Flaw::Unfit(why.to_owned()).of(path));
            }
            let mut counter = Counter::of(path);
            if !is_done && counter.read().map_err(unusable)?.is_none() {
                // Killed after it got its name: without a counter nobody who does not list trusts it.
                let extent = extent(&connection).map_err(|source| opening(path, source))?;
                counter.begin(extent).map_err(unusable)?;
            }
            return Ok(Self {
                path: path.to_owned(),
                made: None,
                _lock: lock,
            });
        }
        if is_done {
            // It was there and was gone on with: what the old ones know is not all any more.
            let given = old.iter().find_map(|old| old.given.as_ref());
            let flaw = given.map(Given::flaw);
            return Err(flaw.unwrap_or(Flaw::GivenAway(None)).of(&old[0].path));
        }
        let unfinished = beside(path, NEW);
        remove_if_there(&unfinished).map_err(unusable)?;
        drop(create_private(&unfinished).map_err(unusable)?);
        let from: Vec<_> = old.iter().map(|old| old.path.clone()).collect();
        let begun = Build::begin(&unfinished, (&old[0].binding, shard), &from);
        let made = begun.map_err(Fault::Sqlite).and_then(Build::run);
        let written = made.and_then(|(connection, extent)| {
            given::take(&connection, id)?;
            connection.close().map_err(|(_, source)| source)?;
            Ok(extent)
        });
        let extent = written.map_err(|fault| {
            std::fs::remove_file(&unfinished).ok();
            match fault {
                Fault::TwoOutcomes(user) => Flaw::TwoOutcomes(user).of(path),
                Fault::TwoKeys => {
                    let why = "two of the others were purged, each with a key of its own";
                    Flaw::Unfit(why.to_owned()).of(path)
                }
                Fault::Sqlite(source) => opening(path, source),
            }
        })?;
        mark_as_logged(&unfinished).map_err(unusable)?;
        Ok(Self {
            path: path.to_owned(),
            made: Some(extent),
            _lock: lock,
        })
    }

    /// Gives it its name, durably.
    fn name(self) -> Result<(), Error> {
        let unusable = Error::unusable(&self.path);
        let Some(extent) = self.made else {
            return Ok(());
        };
        std::fs::rename(beside(&self.path, NEW), &self.path)
            .and_then(|()| File::open(folder(&self.path))?.sync_all())
            .map_err(unusable)?;
        Counter::of(&self.path).begin(extent).map_err(unusable)
    }
}

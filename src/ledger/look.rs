//! What a ledger says of itself, read without changing a byte of it or beside it.
//!
//! A ledger that is refused stays wholly as it was: its log is not folded into it, no file is made
//! beside it, and its modes are the same. So it is looked at first, and changed last.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::binding::{self, Binding};
use super::counter::{Counter, Extent, extent};
use super::error::{Error, Flaw};
use super::file::{beside, check_format, connect, connect_by_uri, keep_log, opening};
use super::given::{self, Given};
use super::runs;
use crate::model::ids::RunId;
use crate::model::shard::Shard;

/// The first version of the schema that knows of ledgers that were given away.
const KNOWS_HAND_OVERS: usize = 15;

/// What a ledger says of itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// How many steps of the schema it has behind it.
    pub(super) version: usize,
    /// The tenant, once it is bound to one.
    pub(super) binding: Option<Binding>,
    /// Which shard of its waves it is for.
    pub(super) shard: Shard,
    /// Whether what it knows was given to another ledger, and to which.
    pub(super) given: Option<Given>,
    /// How far it has come.
    pub(super) extent: Extent,
    /// Its runs.
    pub(super) runs: BTreeSet<RunId>,
    /// The last of them; not known of a ledger before the fourth step.
    pub(super) last_run: Option<RunId>,
    /// Whether a run that lists users' devices first has finished on it.
    pub(super) has_looked: bool,
    /// Whether the last run did not end, or is still going on.
    pub(super) is_open: bool,
}

/// Who else has the ledger open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Company {
    /// Nobody.
    Alone,
    /// Somebody: a reader, or a run.
    Others,
}

/// Whether anything lies in the log beside a ledger.
pub(super) fn has_log(path: &Path) -> bool {
    std::fs::symlink_metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// Reads what a ledger says of itself and refuses one that is none, newer, damaged, or older than it
/// once was. `file` is the ledger, open; `holds` is whether no other run can begin on it meanwhile.
///
/// # Errors
///
/// As said; and it cannot be read.
pub(super) fn look(
    path: &Path,
    file: &File,
    counter: &Counter,
    holds: bool,
) -> Result<Facts, Error> {
    // Whoever holds no lock may meet a run that is just beginning.
    const TRIES: usize = 10;
    for _ in 1..TRIES {
        let (before, had_log) = (stamp(path, file), has_log(path));
        let looked = look_once(path, counter, holds);
        // With a log SQLite sees one state of it, whoever writes meanwhile.
        if had_log || stamp(path, file) == before {
            return looked;
        }
    }
    look_once(path, counter, holds)
}

/// Changes when anybody writes to the ledger.
fn stamp(path: &Path, file: &File) -> Option<(u64, i64, i64, bool)> {
    let main = file.metadata().ok()?;
    Some((main.len(), main.mtime(), main.mtime_nsec(), has_log(path)))
}

fn look_once(path: &Path, counter: &Counter, holds: bool) -> Result<Facts, Error> {
    // First: a run that is going on writes the number after what it counts.
    let once = counter.read().map_err(Error::unusable(path))?;
    let has_log = has_log(path);
    let (connection, company) = open(path, has_log)?;
    let facts = read(path, &connection)?;
    if facts.is_open && (company == Company::Alone || holds) {
        check_soundness(path, &connection)?;
    }
    // Whoever folds the log into the ledger leaves no log, and nothing is missing then. Otherwise
    // what was sent last stands in a log that is not here: the ledger was moved, or is a copy.
    let is_cut_off = facts.is_open && !has_log;
    let damaged = || {
        let what = "its last run did not end, and its log (`-wal`) is missing";
        Flaw::Damaged(what.to_owned()).of(path)
    };
    let Some(once) = once else {
        return if is_cut_off {
            Err(damaged())
        } else {
            Ok(facts)
        };
    };
    match facts.extent.lacks(once) {
        None => Ok(facts),
        Some(_) if is_cut_off && facts.extent.runs >= once.runs => Err(damaged()),
        Some(lacks) => {
            let counter = counter.path().to_owned();
            Err(Flaw::Older { lacks, counter }.of(path))
        }
    }
}

/// Opens a ledger so that nothing is changed by it.
fn open(path: &Path, has_log: bool) -> Result<(Connection, Company), Error> {
    if !has_log {
        // All there is stands in the one file: SQLite needs no file beside it then.
        let connection = connect_by_uri(path, &immutable(path)?)?;
        return Ok((connection, Company::Alone));
    }
    let wrap = |source| opening(path, source);
    let log_stays = |connection: &Connection| {
        keep_log(connection, true).map_err(wrap)?;
        connection
            .execute_batch("PRAGMA query_only = ON")
            .map_err(wrap)
    };
    // The index of the log is kept in memory as long as nobody else has the ledger open.
    let connection = connect(path)?;
    log_stays(&connection)?;
    connection
        .busy_timeout(std::time::Duration::ZERO)
        .map_err(wrap)?;
    connection
        .pragma_update(None, "locking_mode", "EXCLUSIVE")
        .map_err(wrap)?;
    match connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())) {
        Ok(()) => return Ok((connection, Company::Alone)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
        Err(error) => return Err(wrap(error)),
    }
    drop(connection);
    // Somebody has, and so the index is there as a file.
    let connection = connect(path)?;
    log_stays(&connection)?;
    Ok((connection, Company::Others))
}

/// A file as SQLite names it where it is not to look for anything beside it (sqlite.org/uri.html).
fn immutable(path: &Path) -> Result<String, Error> {
    let real = path.canonicalize().map_err(Error::unusable(path))?;
    let mut uri = "file:".to_owned();
    for byte in real.as_os_str().as_bytes() {
        // Every byte in this form: no character of a path means anything then.
        write!(uri, "%{byte:02x}").ok();
    }
    uri.push_str("?immutable=1");
    Ok(uri)
}

fn read(path: &Path, connection: &Connection) -> Result<Facts, Error> {
    let version = check_format(path, connection)?;
    let facts = || -> rusqlite::Result<Facts> {
        Ok(Facts {
            version,
            binding: Binding::read(connection)?,
            shard: binding::shard(connection, version)?,
            given: if version >= KNOWS_HAND_OVERS {
                given::read(connection)?
            } else {
                None
            },
            extent: extent(connection)?,
            runs: runs::ids(connection)?,
            last_run: if version >= 4 {
                runs::last_begun(connection)?
            } else {
                None
            },
            // Before this step nobody wrote down whether a run looked first.
            has_looked: version >= 4 && runs::any_looked(connection)?,
            is_open: runs::any_open(connection)?,
        })
    };
    facts().map_err(|source| opening(path, source))
}

/// Lets SQLite check the whole file.
fn check_soundness(path: &Path, connection: &Connection) -> Result<(), Error> {
    let verdict: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|source| opening(path, source))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(Flaw::Damaged(verdict).of(path))
}

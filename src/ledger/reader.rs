//! Reading what is known, beside whoever writes.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row};

use super::file::{SYNCHRONOUS, connect, opening, sqlite};
use super::found::{Purpose, look_at};
use super::look::has_log;
use super::read_ahead::{Key, ReadAhead, ReadRange};
use super::{Binding, Error, LastRun, doubt, schema};
use crate::model::entry::{DeviceState, LedgerEntry, Moment};
use crate::model::ids::{DeviceId, EnvironmentId, RunId};
use crate::model::outcome::Answer;
use crate::model::request::{DeviceKey, RequestDigest};
use crate::model::stop::Stopped;

/// A ledger, open for reading.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    connection: Connection,
    /// Whether one state of the file is being looked at; that saves taking a lock for each entry.
    snapshot: Cell<bool>,
    ahead: RefCell<ReadAhead>,
}

const ENTRY: &str = "
SELECT id, state, device, created_at, run, attempts, resends, was_absent,
       doubt_since, last_send_wall, last_send_boot, last_send_boot_id,
       http_status, code, message, correlation_id, audit_owed, asked_at,
       unproven, lost_wall, lost_boot, lost_boot_id, refused_request
FROM devices WHERE user = ?1 AND type = ?2 AND address = ?3";

const ENTRIES_AFTER: &str = "
SELECT id, state, device, created_at, run, attempts, resends, was_absent,
       doubt_since, last_send_wall, last_send_boot, last_send_boot_id,
       http_status, code, message, correlation_id, audit_owed, asked_at,
       unproven, lost_wall, lost_boot, lost_boot_id, refused_request, user, type, address
FROM devices WHERE id > ?1 ORDER BY id LIMIT ?2";

impl Reader {
    /// Opens a ledger that is there; `None` where there is none yet.
    ///
    /// Without a `binding` it may be bound to any tenant. One that is refused stays as it was.
    ///
    /// # Errors
    ///
    /// It is damaged, older than it once was, newer, from an earlier wavepair, bound to another
    /// tenant, not a ledger, or not ours alone.
    pub fn open(path: &Path, binding: Option<&Binding>) -> Result<Option<Self>, Error> {
        let has_log = has_log(path);
        // The file that it looks at is closed again before SQLite has it open: closing any copy
        // of a file drops the locks that this process has on it.
        let Some(facts) = look_at(path, binding, Purpose::Reading)?.facts else {
            return Ok(None);
        };
        let known = schema::current_version();
        if facts.version < known {
            // Only a run brings it up to date.
            return Err(Error::Outdated {
                path: path.to_owned(),
                found: facts.version,
                known,
            });
        }
        let connection = connect(path)?;
        let wrap = |source| opening(path, source);
        if has_log {
            // What a run left is the next run's to fold in.
            connection
                .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
                .map_err(wrap)?;
        }
        connection
            .execute_batch("PRAGMA query_only = ON")
            .map_err(wrap)?;
        Self::set_up(path, connection).map(Some)
    }

    pub(super) fn beside_writer(path: &Path) -> Result<Self, Error> {
        // Not opened read-only: whoever closes the file last folds the write-ahead log into it.
        let connection = connect(path)?;
        connection
            .execute_batch("PRAGMA query_only = ON")
            .map_err(|source| opening(path, source))?;
        Self::set_up(path, connection)
    }

    fn set_up(path: &Path, connection: Connection) -> Result<Self, Error> {
        connection
            .pragma_update(None, "cache_size", "-2048")
            .map_err(|source| opening(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            snapshot: Cell::new(false),
            ahead: RefCell::default(),
        })
    }

    /// Looks at the latest state from now on; until then all entries are of one state of the
    /// file, whatever is written meanwhile.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn refresh(&self) -> Result<(), Error> {
        if !self.snapshot.replace(false) {
            return Ok(());
        }
        self.ahead.borrow_mut().forget();
        self.connection
            .execute_batch("COMMIT")
            .map_err(|source| sqlite(&self.path, source))
    }

    /// What is known of a device, in the state of the file that the first call found.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn entry(&self, key: &DeviceKey) -> Result<Option<LedgerEntry>, Error> {
        let wrap = |source| sqlite(&self.path, source);
        if !self.snapshot.replace(true) {
            self.connection.execute_batch("BEGIN").map_err(wrap)?;
        }
        if let Some(entry) = self.ahead.borrow_mut().take(&Key::from(key)) {
            return Ok(Some(entry));
        }
        let mut statement = self.connection.prepare_cached(ENTRY).map_err(wrap)?;
        let found = statement
            .query_row(
                (key.user.as_bytes(), key.kind.as_str(), key.address.key()),
                entry,
            )
            .optional()
            .map_err(wrap)?;
        let number = found.as_ref().map(|found| found.number);
        let range = number.and_then(|number| self.ahead.borrow_mut().looked_up(number));
        if let Some(range) = range {
            self.read_ahead(&range).map_err(wrap)?;
        }
        Ok(found)
    }

    fn read_ahead(&self, range: &ReadRange) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(ENTRIES_AFTER)?;
        let mut rows = statement.query((
            i64::try_from(range.after).unwrap_or(i64::MAX),
            i64::try_from(range.count).unwrap_or(i64::MAX),
        ))?;
        let mut ahead = self.ahead.borrow_mut();
        while let Some(row) = rows.next()? {
            let key = Key {
                user: row.get(23)?,
                kind: row.get_ref(24)?.as_str()?,
                address: Cow::Borrowed(row.get_ref(25)?.as_str()?),
            };
            ahead.keep(&key, entry(row)?);
        }
        Ok(())
    }

    /// Whether another device than this one has this ID.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> Result<bool, Error> {
        let wrap = |source| sqlite(&self.path, source);
        self.connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM devices WHERE device = ?1
                    AND NOT (user = ?2 AND type = ?3 AND address = ?4))",
            )
            .map_err(wrap)?
            .query_row(
                (
                    id.as_bytes(),
                    key.user.as_bytes(),
                    key.kind.as_str(),
                    key.address.key(),
                ),
                |row| row.get(0),
            )
            .map_err(wrap)
    }

    /// Whether any run has created or found a device.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn any_device(&self) -> Result<bool, Error> {
        self.connection
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM devices WHERE state IN ('created', 'found'))",
                [],
                |row| row.get(0),
            )
            .map_err(|source| sqlite(&self.path, source))
    }

    /// How the file is kept, in words for a person.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn storage(&self) -> Result<String, Error> {
        let wrap = |source| sqlite(&self.path, source);
        let mode: String = self
            .connection
            .pragma_query_value(None, "journal_mode", |row| row.get(0))
            .map_err(wrap)?;
        let count = |states: &str| -> Result<i64, Error> {
            let sql = format!("SELECT count(*) FROM devices WHERE state IN ({states})");
            self.connection
                .query_row(&sql, [], |row| row.get(0))
                .map_err(wrap)
        };
        let created = count("'created'")?;
        let existing = count("'found', 'several'")?;
        let unresolved = count("'in_flight', 'unresolved'")?;
        Ok(format!(
            "devices: {created} created, {existing} existing, {unresolved} in doubt; SQLite {}, journal_mode={mode}, synchronous={SYNCHRONOUS}",
            rusqlite::version()
        ))
    }

    /// The last run of a wave, as far as it has come.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn last_run(&self, wave: &str) -> Result<Option<LastRun>, Error> {
        self.connection
            .query_row(
                "SELECT settings, exit_code, stop_code, stop_message FROM runs
                 WHERE wave = ?1 ORDER BY number DESC LIMIT 1",
                [wave],
                |row| {
                    let (code, message): (Option<String>, Option<String>) =
                        (row.get(2)?, row.get(3)?);
                    let stopped = code.zip(message);
                    Ok(LastRun {
                        settings: row.get(0)?,
                        exit_code: row.get(1)?,
                        stopped: stopped.map(|(code, message)| Stopped { code, message }),
                    })
                },
            )
            .optional()
            .map_err(|source| sqlite(&self.path, source))
    }

    /// The exit code of the last run of a wave that this ledger holds.
    ///
    /// Nothing where there was none, or where it did not live to write one down; a run that was
    /// refused before it began is not in the ledger.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn last_exit_code(&self, wave: &str) -> Result<Option<u8>, Error> {
        last_exit_code(&self.connection, wave).map_err(|source| sqlite(&self.path, source))
    }
}

pub(super) fn last_exit_code(connection: &Connection, wave: &str) -> rusqlite::Result<Option<u8>> {
    let code = connection
        .query_row(
            "SELECT exit_code FROM runs WHERE wave = ?1 ORDER BY number DESC LIMIT 1",
            [wave],
            |row| row.get(0),
        )
        .optional()?;
    Ok(code.flatten())
}

pub(super) fn binding(connection: &Connection) -> rusqlite::Result<Option<Binding>> {
    connection
        .query_row("SELECT api_host, environment FROM binding", [], |row| {
            Ok(Binding {
                api_host: row.get(0)?,
                environment: EnvironmentId::from_bytes(row.get(1)?),
            })
        })
        .optional()
}

/// A moment in three columns, from `first` on.
fn moment(row: &Row<'_>, first: usize) -> rusqlite::Result<Moment> {
    Ok(Moment {
        wall_ms: row.get(first)?,
        boot_ms: row.get(first + 1)?,
        boot_id: row.get(first + 2)?,
    })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<LedgerEntry> {
    let state: String = row.get(1)?;
    let state = DeviceState::ALL
        .into_iter()
        .find(|known| known.as_str() == state)
        .ok_or(rusqlite::Error::InvalidColumnName(state))?;
    let doubt = match row.get::<_, Option<i64>>(8)? {
        Some(since) => Some(doubt(since, &moment(row, 9)?)),
        None => None,
    };
    let is_lost = row.get::<_, Option<i64>>(19)?.is_some();
    Ok(LedgerEntry {
        number: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
        state,
        device: row.get::<_, Option<[u8; 16]>>(2)?.map(DeviceId::from_bytes),
        created_at: row.get(3)?,
        run: RunId::from_bytes(row.get(4)?),
        attempts: row.get(5)?,
        resends: row.get(6)?,
        was_absent: row.get(7)?,
        doubt,
        asked_ms: row.get(17)?,
        recheck_owed: row.get(16)?,
        lost: is_lost.then(|| moment(row, 19)).transpose()?,
        unproven: row.get(18)?,
        refused: row
            .get::<_, Option<[u8; 16]>>(22)?
            .map(RequestDigest::from_bytes),
        answer: Answer {
            http_status: row.get(12)?,
            code: row.get(13)?,
            message: row.get(14)?,
            correlation_id: row.get(15)?,
        },
    })
}

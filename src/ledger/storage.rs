//! How a ledger is kept, and how much is in it.

use rusqlite::{Connection, Result};

use super::devices;
use super::file::SYNCHRONOUS;
use crate::model::counts::Counts;

/// How a ledger is kept, and how much is in it.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The devices that it knows of, by the outcomes of their rows.
    pub devices: Counts,
    /// The version of SQLite.
    pub sqlite: &'static str,
    /// SQLite's `journal_mode`.
    pub journal_mode: String,
    /// SQLite's `synchronous`, as a run has it.
    pub synchronous: &'static str,
}

pub(super) fn read(connection: &Connection) -> Result<Storage> {
    Ok(Storage {
        devices: devices::count(connection)?,
        sqlite: rusqlite::version(),
        journal_mode: connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?,
        synchronous: SYNCHRONOUS,
    })
}

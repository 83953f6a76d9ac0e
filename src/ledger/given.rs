//! That a ledger was given away, and that another was made of it.

use rusqlite::{Connection, OptionalExtension, Result, named_params, params};

use super::error::Flaw;
use crate::model::ids::RunId;

/// Where to a ledger is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// Which giving it is, by the ID that its command had: the new ledgers know it too.
    pub(super) id: RunId,
    /// The new ledgers by their absolute paths, one a line.
    pub(super) into: String,
    /// Whether they have had their names.
    pub(super) is_done: bool,
}

impl Given {
    pub(super) fn new(id: RunId, into: &str, is_done: bool) -> Self {
        Self {
            id,
            into: into.to_owned(),
            is_done,
        }
    }

    /// Writes it down, durably.
    pub(super) fn write(&self, connection: &Connection) -> Result<()> {
        connection
            .execute(
                "INSERT OR REPLACE INTO hand_overs (id, given_to, done) VALUES (:id, :into, :done)",
                named_params! {":id": self.id, ":into": self.into, ":done": self.is_done},
            )
            .map(drop)
    }

    /// What is wrong with such a ledger for whoever would run on it.
    pub(super) fn flaw(&self) -> Flaw {
        Flaw::GivenAway(Some(self.into.replace('\n', ", ")))
    }
}

/// Where to a ledger was given, or is about to be.
pub(super) fn read(connection: &Connection) -> Result<Option<Given>> {
    let sql = "SELECT id, given_to, done FROM hand_overs WHERE given_to IS NOT NULL";
    connection
        .query_row(sql, [], |row| {
            Ok(Given {
                id: row.get(0)?,
                into: row.get(1)?,
                is_done: row.get(2)?,
            })
        })
        .optional()
}

/// By which giving a ledger was made, where it was.
pub(super) fn taken(connection: &Connection) -> Result<Option<RunId>> {
    let sql = "SELECT id FROM hand_overs WHERE given_to IS NULL";
    connection.query_row(sql, [], |row| row.get(0)).optional()
}

/// Writes down by which giving a ledger is made.
pub(super) fn take(connection: &Connection, id: RunId) -> Result<()> {
    let sql = "INSERT INTO hand_overs (id, given_to, done) VALUES (?1, NULL, 1)";
    connection.execute(sql, params![id]).map(drop)
}

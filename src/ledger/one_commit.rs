//! One commit by a command that begins no run.
//!
//! It is not to keep a run from beginning: it holds the ledger for this commit alone, and where a run
//! holds it, nothing is written.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::binding::Binding;
use super::error::Error;
use super::file::{connect, keep_log, prepare, sqlite};
use super::place::{Place, Purpose};

/// Writes in one commit, and gives what `write` gives; where that is nothing, nothing is written.
///
/// # Errors
///
/// A run holds the ledger, or it cannot be written: nothing is.
pub(super) fn in_one_commit<T>(
    path: &Path,
    binding: &Binding,
    write: impl FnOnce(&Connection) -> rusqlite::Result<Option<T>>,
) -> Result<Option<T>, Error> {
    // Held until the connection is closed: closing any copy of the file drops SQLite's locks on it.
    let place = Place::look_at(path, Some(binding), Purpose::Run)?;
    let is_open = place.facts.as_ref().is_some_and(|facts| facts.is_open);
    let mut connection = connect(path)?;
    prepare(path, &mut connection)?;
    // What a run left is the next run's to fold in.
    let kept = keep_log(&connection, is_open);
    let written = kept.and_then(|()| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(given) = write(&transaction)? else {
            return Ok(None);
        };
        transaction.commit().map(|()| Some(given))
    });
    let written = written.map_err(|source| sqlite(path, source))?;
    drop(connection);
    drop(place);
    Ok(written)
}

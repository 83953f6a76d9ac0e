//! That a device was looked for from outside, in its history.
//!
//! `verify` begins no run, and is not to keep one from beginning: it holds the ledger for this one
//! commit, and where a run holds it, nothing is written.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, named_params};

use super::binding::Binding;
use super::error::Error;
use super::file::{connect, keep_log, prepare, sqlite};
use super::place::{Place, Purpose};
use super::values::EventKind;
use crate::model::entry::Moment;
use crate::model::verdict::Verdict;

/// Writes down what was found of devices, each by the number of its entry.
///
/// # Errors
///
/// A run holds the ledger, or it cannot be written.
pub(crate) fn note_verified(
    path: &Path,
    binding: &Binding,
    found: &[(u64, Verdict)],
    now: &Moment,
) -> Result<(), Error> {
    if found.is_empty() {
        return Ok(());
    }
    // Held until the connection is closed: closing any copy of the file drops SQLite's locks on it.
    let place = Place::look_at(path, Some(binding), Purpose::Run)?;
    let is_open = place.facts.as_ref().is_some_and(|facts| facts.is_open);
    let mut connection = connect(path)?;
    prepare(path, &mut connection)?;
    // What a run left is the next run's to fold in.
    let kept = if is_open {
        keep_log(&connection, true)
    } else {
        Ok(())
    };
    let written = kept.and_then(|()| write(&mut connection, found, now));
    written.map_err(|source| sqlite(path, source))?;
    drop(connection);
    drop(place);
    Ok(())
}

fn write(
    connection: &mut Connection,
    found: &[(u64, Verdict)],
    now: &Moment,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    {
        let mut statement = transaction.prepare(
            "INSERT INTO events (device, run, at, event, attempt, code)
             SELECT id, run, :now, :verified, attempts, :verdict FROM devices WHERE id = :entry",
        )?;
        for (entry, verdict) in found {
            statement.execute(named_params! {
                ":entry": i64::try_from(*entry).unwrap_or(i64::MAX),
                ":now": now.wall_ms,
                ":verified": EventKind::Verified,
                ":verdict": verdict.as_str(),
            })?;
        }
    }
    transaction.commit()
}

/// What a look from outside said last of each device, by the number of its entry, and when.
pub(super) fn verified(connection: &Connection) -> rusqlite::Result<BTreeMap<u64, (i64, Verdict)>> {
    let mut statement = connection
        .prepare("SELECT device, at, code FROM events WHERE event = :verified ORDER BY id")?;
    let mut rows = statement.query(named_params! {":verified": EventKind::Verified})?;
    let mut last = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let word: String = row.get("code")?;
        // A newer wavepair may know more verdicts than this one.
        let known = Verdict::ALL.iter().find(|known| known.as_str() == word);
        if let Some(&verdict) = known {
            let entry: i64 = row.get("device")?;
            last.insert(entry.unsigned_abs(), (row.get("at")?, verdict));
        }
    }
    Ok(last)
}

//! That a device was looked for from outside, in its history.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, named_params};

use super::binding::Binding;
use super::error::Error;
use super::one_commit::in_one_commit;
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
    let noted = in_one_commit(path, binding, |connection| {
        let mut statement = connection.prepare(
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
        Ok(Some(()))
    });
    noted.map(|_| ())
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

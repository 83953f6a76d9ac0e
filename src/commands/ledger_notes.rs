//! What a person is told of how a ledger is kept.

use std::path::Path;

use crate::ledger::{Binding, Check, Error, Reader, Storage};
use crate::model::outcome::Outcome;

/// What a person is to know of a file system on which locks and syncs may not hold.
pub(super) fn doubtful(ledger: &Path, kind: &str) -> String {
    format!(
        "the ledger {} is on {kind}: whether its locks and syncs hold depends on what is behind \
         that; a local disk is safe",
        ledger.display()
    )
}

/// What there is of the ledger that a run would use.
///
/// # Errors
///
/// It cannot be read.
pub(super) fn found_at(path: &Path, found: &Check, binding: &Binding) -> Result<String, Error> {
    let shown = path.display();
    if found.is_new {
        return Ok(format!("{shown} is not there yet; the first run makes it"));
    }
    if found.is_outdated {
        return Ok(format!(
            "{shown} is from an earlier wavepair; the next run brings it up to date"
        ));
    }
    let reader = Reader::open(path, Some(binding))?;
    let storage = reader.map(|reader| reader.storage()).transpose()?;
    let kept = storage.as_ref().map(kept).unwrap_or_default();
    Ok(format!("{shown}: {kept}"))
}

/// How a ledger is kept, and how much is in it.
fn kept(storage: &Storage) -> String {
    let Storage {
        devices,
        sqlite,
        journal_mode,
        synchronous,
    } = storage;
    format!(
        "devices: {} created, {} existing, {} in doubt; SQLite {sqlite}, \
         journal_mode={journal_mode}, synchronous={synchronous}",
        devices.get(Outcome::Created),
        devices.get(Outcome::Existing),
        devices.get(Outcome::Unknown),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::counts::Counts;

    #[test]
    fn a_person_is_told_how_much_is_known_and_how_it_is_kept() {
        let mut devices = Counts::default();
        for (outcome, count) in [
            (Outcome::Created, 5),
            (Outcome::Existing, 4),
            (Outcome::Unknown, 3),
            (Outcome::Failed, 2),
        ] {
            devices.add_rows(outcome, count);
        }
        let storage = Storage {
            devices,
            sqlite: "3.53.0",
            journal_mode: "wal".to_owned(),
            synchronous: "FULL",
        };
        assert_eq!(
            kept(&storage),
            "devices: 5 created, 4 existing, 3 in doubt; SQLite 3.53.0, journal_mode=wal, \
             synchronous=FULL"
        );
    }
}

//! The ledger, as a run would find it.

use std::path::Path;

use super::checkup::Checkup;
use crate::commands::ledger_notes::{doubtful, found_at};
use crate::ledger::{Binding, Check};

/// Looks at the ledger as a run does: whatever that would be refused for is not ok.
pub(super) fn check_ledger(path: &Path, binding: &Binding, report: &mut Checkup<'_>) {
    let found = Check::look(path, binding).and_then(|found| {
        if let Some(kind) = found.doubtful_file_system {
            report.warn("ledger", &doubtful(path, kind));
        }
        found_at(path, &found, binding)
    });
    match found {
        Ok(found) => report.ok("ledger", &found),
        Err(error) => {
            let hint = error.hint().unwrap_or_default();
            report.fail("ledger", &format!("{error}; {hint}"));
        }
    }
}

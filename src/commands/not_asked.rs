//! Rows of which a dry run that asks nobody cannot say for whom they ask.

use std::io;

use super::Invocation;
use crate::model::outcome::Outcome;
use crate::model::validate::Unasked;
use crate::report::known_row::KnownRow;
use crate::report::notice::Notice;
use crate::report::quantity::counted;
use crate::report::result_row::ResultRow;
use crate::report::row_sink::RowSink;

/// Counts such rows.
#[derive(Debug, Default)]
pub(super) struct NotAsked {
    rows: u64,
}

impl NotAsked {
    /// Says how many there are, where there are any.
    pub(super) fn tell(&self, invocation: &Invocation) {
        if self.rows == 0 {
            return;
        }
        let rows = counted(self.rows, "row");
        let text = format!(
            "the names in {rows} were not looked up: whether PingOne knows them is told by \
             `--dry-run --online`, and by a run"
        );
        let notice = Notice::info("names", text).fact("rows", self.rows);
        invocation.console.say(&notice);
    }
}

impl RowSink for NotAsked {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        if let Err(Unasked::Unresolved(_)) = &row.judged.verdict
            && result.finished.outcome == Outcome::Ready
        {
            self.rows += 1;
        }
        Ok(())
    }
}

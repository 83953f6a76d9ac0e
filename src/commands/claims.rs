//! What the results of a wave say, as far as a look from outside needs it.
//!
//! It is gathered in one pass, so that nobody holds the ledger while PingOne is asked.

use std::io;

use super::reported::Wanted;
use crate::model::entry::DeviceState;
use crate::model::ids::DeviceId;
use crate::model::outcome::Outcome;
use crate::model::tally::Tally;
use crate::report::known_row::KnownRow;
use crate::report::known_state::KnownState;
use crate::report::result_row::ResultRow;
use crate::report::row_sink::RowSink;

/// What the results say of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowClaim {
    /// How it ended, or where it stands.
    pub(super) outcome: Outcome,
    /// Whether it has a device that should be there.
    pub(super) is_there: bool,
    /// The device, where its ID is known.
    pub(super) device: Option<DeviceId>,
    /// The number of the device's entry in the ledger; none for a row that repeats an earlier one.
    pub(super) entry: Option<u64>,
    /// The code of the row, where it has one.
    pub(super) code: Option<Box<str>>,
}

/// What the results say of all rows, in input order.
#[derive(Debug, Default)]
pub(super) struct Claims {
    pub(super) rows: Vec<RowClaim>,
    /// For which devices somebody has to be asked.
    pub(super) wanted: Wanted,
    /// When the last device of them was asked for, in milliseconds since 1970.
    pub(super) last_create_ms: Option<i64>,
    /// The outcomes, counted, and the rows of other shards.
    pub(super) tally: Tally,
}

impl Claims {
    /// How many devices there are to look for.
    pub(super) fn devices(&self) -> u64 {
        self.rows.iter().filter(|row| row.is_there).count() as u64
    }
}

impl RowSink for Claims {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let finished = &result.finished;
        let entry = match &row.known {
            KnownState::Entry(entry) => Some(entry),
            KnownState::Untouched | KnownState::Finding { .. } => None,
        };
        let is_repeated = finished.outcome == Outcome::Duplicate;
        // What became of the row that it repeats holds for it.
        let of_first = entry.is_some_and(|entry| is_repeated && entry.state.outcome().is_there());
        let is_there = finished.outcome.is_there() || of_first;
        if is_there && let Ok(valid) = &row.judged.verdict {
            self.wanted.note(valid.request.key.kind);
        }
        if let Some(entry) = entry.filter(|entry| is_there && entry.state == DeviceState::Created) {
            self.last_create_ms = self.last_create_ms.max(entry.asked_ms);
        }
        self.tally.add(finished);
        self.rows.push(RowClaim {
            outcome: finished.outcome,
            is_there,
            device: finished.device,
            entry: entry.filter(|_| !is_repeated).map(|entry| entry.number),
            code: finished.code.as_deref().map(Box::from),
        });
        Ok(())
    }

    fn pass(&mut self, result: &ResultRow) {
        self.tally.pass(result);
    }
}

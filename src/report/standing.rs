//! What is known of a device when its row is written down.

use crate::model::entry::LedgerEntry;
use crate::model::ids::DeviceId;
use crate::model::outcome::{Answer, Device, Outcome};

/// Whether the file tells of a run, or of what a run would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A device that was never asked for is `pending`.
    Run,
    /// It is `ready`, and so is one that the next run asks for again.
    DryRun,
}

/// What is known of the device that a valid row asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: it was never asked for.
    Untouched,
    /// What the ledger says.
    Entry(LedgerEntry),
    /// What PingOne said just now, while nothing was sent: for a dry run that asks.
    Finding {
        /// What it means for the row.
        outcome: Outcome,
        /// The device, where PingOne lists one.
        device: Option<Device>,
        /// What the answer said.
        answer: Answer,
    },
}

impl Standing {
    /// The number of the device's entry in the ledger, if it has one.
    pub fn entry_number(&self) -> Option<u64> {
        match self {
            Standing::Entry(entry) => Some(entry.number),
            Standing::Untouched | Standing::Finding { .. } => None,
        }
    }

    /// The device's ID, where one is known.
    pub fn device(&self) -> Option<DeviceId> {
        match self {
            Standing::Untouched => None,
            Standing::Entry(entry) => entry.device,
            Standing::Finding { device, .. } => device.as_ref()?.id,
        }
    }
}

impl From<Option<LedgerEntry>> for Standing {
    fn from(entry: Option<LedgerEntry>) -> Self {
        entry.map_or(Standing::Untouched, Standing::Entry)
    }
}

//! What is known of a device when its row is written down.

use crate::model::code;
use crate::model::entry::LedgerEntry;
use crate::model::ids::DeviceId;
use crate::model::mfa::MfaState;
use crate::model::outcome::{Answer, Device, Outcome};
use crate::model::shard::Shard;
use crate::model::stop::Stopped;
use crate::plan::OpenRequest;

/// Whether the file tells of a run, or of what a run would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A device that was never asked for is `pending`, for this reason.
    Run(NotReached),
    /// It is `ready`, and so is one that the next run asks for again.
    DryRun,
}

/// Why nothing was sent for a row, as far as the ledger tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotReached {
    /// No run of this wave has begun.
    NoRun,
    /// The last run of it ended before it came to the row.
    Stopped(Stopped),
    /// The last run of it has not written down how it ended: it was killed, or is going on.
    CutShort,
    /// The last run of it came to the end of the wave: the row was not there then.
    NewRow,
    /// It belongs to a shard whose ledger is not read.
    OfShard(Shard),
}

impl NotReached {
    /// The stable word for it.
    pub(crate) fn code(&self) -> &str {
        match self {
            NotReached::Stopped(stopped) => &stopped.code,
            NotReached::CutShort => code::RUN_CUT_SHORT,
            NotReached::NoRun | NotReached::NewRow => code::NOT_RUN_YET,
            NotReached::OfShard(_) => code::SHARD_MISSING,
        }
    }

    /// What happened and what to do.
    pub(crate) fn message(&self) -> String {
        let (what, to_do) = match self {
            NotReached::OfShard(shard) => {
                return format!(
                    "what became of the row stands in the ledger of shard {shard}, which was not read; \
                     name it with `--ledger` too"
                );
            }
            NotReached::NoRun => ("no run of this wave has begun", "run it"),
            NotReached::Stopped(stopped) => (stopped.message.as_str(), "run the wave again"),
            NotReached::CutShort => (
                "the last run of this wave was killed before it came here, or is still going on",
                "run the wave again",
            ),
            NotReached::NewRow => (
                "the row was not there, or was another one, when this wave was last run",
                "run the wave again",
            ),
        };
        format!("nothing was sent: {what}; {to_do}")
    }
}

/// What is known of the device that a valid row asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KnownState {
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

impl KnownState {
    /// The number of the device's entry in the ledger, if it has one.
    pub(crate) fn entry_number(&self) -> Option<u64> {
        match self {
            KnownState::Entry(entry) => Some(entry.number),
            KnownState::Untouched | KnownState::Finding { .. } => None,
        }
    }

    /// The request that the ledger knows no answer to, where there is one.
    pub(crate) fn open_request(&self) -> Option<OpenRequest> {
        match self {
            KnownState::Entry(entry) => OpenRequest::of(entry),
            KnownState::Untouched | KnownState::Finding { .. } => None,
        }
    }

    /// Whether a run may send a create for it: nothing says that it is there.
    pub(crate) fn may_be_sent(&self) -> bool {
        match self {
            KnownState::Untouched => true,
            KnownState::Entry(entry) => {
                !entry.state.is_final() && entry.state.why_not_created().is_none()
            }
            KnownState::Finding { .. } => false,
        }
    }

    /// The device's ID, where one is known.
    pub(crate) fn device(&self) -> Option<DeviceId> {
        match self {
            KnownState::Untouched => None,
            KnownState::Entry(entry) => entry.device,
            KnownState::Finding { device, .. } => device.as_ref()?.id,
        }
    }
}

/// What is known of a device, and of whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// What is known of the device.
    pub state: KnownState,
    /// Whether its user can use MFA, where that was looked at.
    pub mfa: Option<MfaState>,
}

impl From<KnownState> for Known {
    fn from(state: KnownState) -> Self {
        Self { state, mfa: None }
    }
}

impl From<Option<LedgerEntry>> for KnownState {
    fn from(entry: Option<LedgerEntry>) -> Self {
        entry.map_or(KnownState::Untouched, KnownState::Entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stop::{StopCode, StopReason};

    #[test]
    fn every_row_that_was_not_reached_says_why_and_what_to_do() {
        let pointless = StopReason::Pointless {
            code: StopCode::PermissionMissing,
            what: "PingOne refuses".to_owned(),
            hint: "give it a role".to_owned(),
        };
        for (why, code, message) in [
            (
                NotReached::NoRun,
                "not_run_yet",
                "nothing was sent: no run of this wave has begun; run it",
            ),
            (
                NotReached::Stopped(Stopped::from(&pointless)),
                "permission_missing",
                "nothing was sent: PingOne refuses; give it a role; run the wave again",
            ),
            (
                NotReached::CutShort,
                "run_cut_short",
                "nothing was sent: the last run of this wave was killed before it came here, or \
                 is still going on; run the wave again",
            ),
            (
                NotReached::NewRow,
                "not_run_yet",
                "nothing was sent: the row was not there, or was another one, when this wave was \
                 last run; run the wave again",
            ),
            (
                NotReached::OfShard("2/3".parse().unwrap()),
                "shard_missing",
                "what became of the row stands in the ledger of shard 2/3, which was not read; name it \
                 with `--ledger` too",
            ),
        ] {
            assert_eq!((why.code(), why.message().as_str()), (code, message));
        }
    }
}

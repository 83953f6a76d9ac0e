//! What comes next for a device that the ledger knows. Pure.

use super::result_row::{GIVEN_UP, IN_DOUBT, NAMELESS, SEEN_TWICE, UNPROVEN};
use crate::model::entry::{DeviceState, LedgerEntry, RESENDS_MAX};

/// What comes next for a device, in the words of the results where these have any.
pub(crate) fn what_next(entry: &LedgerEntry) -> &'static str {
    match entry.state {
        _ if entry.is_seen_twice() => SEEN_TWICE,
        DeviceState::Several => SEEN_TWICE,
        DeviceState::Created if entry.recheck_owed && entry.device.is_none() => NAMELESS,
        DeviceState::Created if entry.recheck_owed => {
            "created; the next run looks once more whether it is there only once"
        }
        DeviceState::Created => "nothing: the device is there",
        DeviceState::Found => "nothing: PingOne had the device before wavepair asked for it",
        DeviceState::InFlight | DeviceState::Unresolved if entry.resends >= RESENDS_MAX => GIVEN_UP,
        DeviceState::InFlight | DeviceState::Unresolved => IN_DOUBT,
        DeviceState::Rejected | DeviceState::Failed if entry.unproven => UNPROVEN,
        DeviceState::Rejected => "PingOne refused it; the next run of the wave tries again",
        DeviceState::Undoing => "about to be deleted: the same `undo` goes on with it",
        DeviceState::Undone => "nothing: it was deleted; `--recreate` creates it anew",
        DeviceState::Failed => "certainly not created; the next run of the wave tries again",
    }
}

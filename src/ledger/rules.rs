//! The transitions of a device as values: which are allowed, and what each makes of its entry. Pure.

use super::batch::{Intent, Settled};
use crate::model::entry::{DeviceState, LedgerEntry, Moment, RESENDS_MAX, UnansweredSend};
use crate::model::ids::RunId;
use crate::model::imprint::Imprint;
use crate::model::outcome::Device;

/// The entry of a device that is about to be asked for: of what was, only the counts are left.
///
/// # Errors
///
/// The intent breaks a rule: this one.
pub(super) fn intended(
    before: Option<LedgerEntry>,
    intent: &Intent,
    run: RunId,
    now: &Moment,
) -> Result<LedgerEntry, String> {
    check(intent, before.as_ref())?;
    let new = LedgerEntry::new(DeviceState::InFlight, run);
    let before = before.unwrap_or_else(|| new.clone());
    // What was deleted is over, with all that was lost on the way to it; a listing may show it still.
    let resends = if before.state == DeviceState::Undone {
        0
    } else {
        before.resends
    };
    Ok(LedgerEntry {
        number: before.number,
        deleted: before.last_deleted(),
        attempts: before.attempts + 1,
        resends: resends + u32::from(intent.resend),
        was_absent: intent.was_absent,
        doubt: Some(UnansweredSend {
            since_ms: intent.asked_ms,
            last_send: now.clone(),
        }),
        asked_ms: Some(intent.asked_ms),
        ..new
    })
}

/// The rules I3 and I4: never while one is open, never again without settling, three times at most;
/// and not after a refusal that may be another's before somebody has looked.
fn check(intent: &Intent, before: Option<&LedgerEntry>) -> Result<(), String> {
    use DeviceState as S;
    let Intent {
        resend,
        was_absent,
        looked,
        ..
    } = *intent;
    let broken = match before {
        None if resend => "sent again, and never sent before",
        None => return Ok(()),
        Some(before) => match (before.state, resend) {
            (S::Failed | S::Rejected, false) if before.unproven && !looked => {
                "its refusal may be another's, and nobody has looked for the device since"
            }
            (S::Failed | S::Rejected, false) => return Ok(()),
            (S::Failed | S::Rejected, true) => {
                "the device was never in doubt, so nothing is sent again"
            }
            (S::Several, false) if was_absent => return Ok(()),
            (S::Unresolved, true) if before.resends < RESENDS_MAX => return Ok(()),
            (S::Unresolved, true) => "sent again three times already; a person must decide",
            (S::Unresolved, false) => "an earlier request may have created the device",
            (S::Undone, false) if looked => return Ok(()),
            (S::Undone, true | false) => {
                "the device was undone, and nobody has looked whether it is gone"
            }
            (S::Undoing, true | false) => "the device is being undone",
            (S::InFlight, true | false) => "a request for this device is still open",
            (S::Created | S::Found | S::Several, true | false) => "the device is there already",
        },
    };
    let row = intent.request.row;
    Err(format!("row {row}: {broken}"))
}

/// The entry of a device that is settled: how often it was asked for, and when, stays.
///
/// # Errors
///
/// A device cannot be settled like this.
pub(super) fn settled(
    before: Option<LedgerEntry>,
    end: &Settled,
    run: RunId,
    now: &Moment,
) -> Result<LedgerEntry, String> {
    let (is_end, may_be_ours, is_refused) = match end.state {
        DeviceState::Created | DeviceState::Unresolved => (true, true, false),
        DeviceState::Rejected | DeviceState::Failed => (true, false, true),
        DeviceState::Found | DeviceState::Several => (true, false, false),
        DeviceState::InFlight | DeviceState::Undoing | DeviceState::Undone => (false, false, false),
    };
    if (end.state == DeviceState::Unresolved) != end.last_send.is_some() || !is_end {
        let state = end.state.as_str();
        return Err(format!("a device cannot be settled as {state}"));
    }
    let before = before.unwrap_or_else(|| LedgerEntry::new(end.state, run));
    // What a run created stays its own, whichever run learns of it.
    let stays_its_own = may_be_ours && before.attempts > 0;
    let device = end.device.as_ref();
    let since_ms = before
        .doubt
        .as_ref()
        .map_or(now.wall_ms, |doubt| doubt.since_ms);
    Ok(LedgerEntry {
        state: end.state,
        device: device.and_then(|device| device.id),
        created_at: device.and_then(|device| device.created_at.clone()),
        imprint: imprint(&before, device),
        run: if stays_its_own { before.run } else { run },
        doubt: end.last_send.clone().map(|last_send| UnansweredSend {
            since_ms,
            last_send,
        }),
        recheck_owed: end.recheck_owed,
        lost: end.lost.clone().filter(|_| end.recheck_owed),
        unproven: end.unproven,
        refused: is_refused.then_some(end.request),
        answer: end.answer.clone(),
        ..before
    })
}

/// What a device looked like when it was made or found: what comes later may be somebody's change.
fn imprint(before: &LedgerEntry, device: Option<&Device>) -> Imprint {
    let is_known = before.device.is_some() && before.device == device.and_then(|device| device.id);
    if is_known {
        return before.imprint.clone();
    }
    device.map_or_else(Imprint::default, |device| device.imprint.clone())
}

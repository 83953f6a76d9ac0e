//! The transitions of a device: which are allowed, and what each makes of its entry.

use rusqlite::{Connection, named_params};

use super::batch::{Intent, Recorded, Settled};
use super::devices::{self, Key};
use super::values::EventKind;
use crate::model::code::INTERRUPTED;
use crate::model::entry::{DeviceState, LedgerEntry, Moment, RESENDS_MAX, UnansweredSend};
use crate::model::ids::RunId;
use crate::model::request::DeviceRequest;

/// What a batch failed on.
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    Invariant(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Fault::Sqlite(error)
    }
}

/// Writes that a device is about to be asked for.
pub(super) fn intend(
    transaction: &Connection,
    run: RunId,
    intent: Intent,
    now: &Moment,
) -> Result<Recorded<DeviceRequest>, Fault> {
    let key = Key::from(&intent.request.key);
    let before = devices::find(transaction, &key)?;
    check_intent(&intent, before.as_ref())?;
    let mut entry = asked_for(before, &intent, run, now);
    entry.number = devices::write(transaction, &key, &entry)?;
    let attempt = entry.attempts;
    let kind = if intent.resend {
        EventKind::Resend
    } else {
        EventKind::Intent
    };
    let name = format!("{}-{attempt}", intent.transaction);
    record(transaction, &entry, run, kind, Some(&name), now)?;
    Ok(Recorded {
        value: intent.request,
        entry: entry.number,
        attempt,
    })
}

/// The rules I3 and I4: never while one is open, never again without settling, three times at most;
/// and not after a refusal that may be another's before somebody has looked.
fn check_intent(intent: &Intent, before: Option<&LedgerEntry>) -> Result<(), Fault> {
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
            (S::InFlight, true | false) => "a request for this device is still open",
            (S::Created | S::Found | S::Several, true | false) => "the device is there already",
        },
    };
    let row = intent.request.row;
    Err(Fault::Invariant(format!("row {row}: {broken}")))
}

/// The entry of a device that is about to be asked for: of what was, only the counts are left.
fn asked_for(
    before: Option<LedgerEntry>,
    intent: &Intent,
    run: RunId,
    now: &Moment,
) -> LedgerEntry {
    let new = LedgerEntry::new(DeviceState::InFlight, run);
    let before = before.unwrap_or_else(|| new.clone());
    LedgerEntry {
        number: before.number,
        attempts: before.attempts + 1,
        resends: before.resends + u32::from(intent.resend),
        was_absent: intent.was_absent,
        doubt: Some(UnansweredSend {
            since_ms: intent.asked_ms,
            last_send: now.clone(),
        }),
        asked_ms: Some(intent.asked_ms),
        ..new
    }
}

/// Writes what became of a device, and gives the number of its entry.
pub(super) fn settle(
    transaction: &Connection,
    run: RunId,
    end: &Settled,
    now: &Moment,
) -> Result<u64, Fault> {
    if (end.state == DeviceState::Unresolved) != end.last_send.is_some()
        || end.state == DeviceState::InFlight
    {
        return Err(Fault::Invariant(format!(
            "a device cannot be settled as {}",
            end.state.as_str()
        )));
    }
    let key = Key::from(&end.key);
    let before = devices::find(transaction, &key)?;
    let mut entry = settled(before, end, run, now);
    entry.number = devices::write(transaction, &key, &entry)?;
    let kind = EventKind::Settled(end.state);
    record(transaction, &entry, run, kind, None, now)?;
    Ok(entry.number)
}

/// The entry of a device that is settled: how often it was asked for, and when, stays.
fn settled(before: Option<LedgerEntry>, end: &Settled, run: RunId, now: &Moment) -> LedgerEntry {
    let before = before.unwrap_or_else(|| LedgerEntry::new(end.state, run));
    let (may_be_ours, is_refused) = match end.state {
        DeviceState::Created | DeviceState::Unresolved => (true, false),
        DeviceState::Rejected | DeviceState::Failed => (false, true),
        DeviceState::InFlight | DeviceState::Found | DeviceState::Several => (false, false),
    };
    // What a run created stays its own, whichever run learns of it.
    let stays_its_own = may_be_ours && before.attempts > 0;
    let device = end.device.as_ref();
    let since_ms = before.doubt.map_or(now.wall_ms, |doubt| doubt.since_ms);
    LedgerEntry {
        state: end.state,
        device: device.and_then(|device| device.id),
        created_at: device.and_then(|device| device.created_at.clone()),
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
    }
}

/// Turns what earlier runs left in flight into what it is: unresolved.
///
/// Such a request may have been sent as late as its process died, which was before this one got the
/// lock: that is the moment from which it settles.
pub(super) fn settle_left_in_flight(
    transaction: &Connection,
    run: RunId,
    now: &Moment,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO events (device, run, at, event, attempt)
         SELECT id, :run, :now, :kind, attempts FROM devices WHERE state = :in_flight",
        named_params! {
            ":run": run,
            ":now": now.wall_ms,
            ":kind": EventKind::LeftInFlight,
            ":in_flight": DeviceState::InFlight,
        },
    )?;
    transaction.execute(
        "UPDATE devices SET state = :unresolved, code = :code, message = NULL, http_status = NULL,
                last_send_wall = :wall, last_send_boot = :boot, last_send_boot_id = :boot_id
         WHERE state = :in_flight",
        named_params! {
            ":unresolved": DeviceState::Unresolved,
            ":code": INTERRUPTED,
            ":wall": now.wall_ms,
            ":boot": now.boot_ms,
            ":boot_id": now.boot_id,
            ":in_flight": DeviceState::InFlight,
        },
    )?;
    Ok(())
}

/// Adds to the history of a device, which nobody changes any more; `name` is the identifier under
/// which PingOne's audit log knows the request.
fn record(
    transaction: &Connection,
    entry: &LedgerEntry,
    run: RunId,
    kind: EventKind,
    name: Option<&str>,
    now: &Moment,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO events (device, run, at, event, attempt,
                    http_status, code, correlation_id, transaction_id)
             VALUES (:device, :run, :at, :event, :attempt,
                    :http_status, :code, :correlation_id, :transaction)",
        )?
        .execute(named_params! {
            ":device": i64::try_from(entry.number).unwrap_or(i64::MAX),
            ":run": run,
            ":at": now.wall_ms,
            ":event": kind,
            ":attempt": entry.attempts,
            ":http_status": entry.answer.http_status,
            ":code": entry.answer.code,
            ":correlation_id": entry.answer.correlation_id,
            ":transaction": name,
        })
        .map(drop)
}

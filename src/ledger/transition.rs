//! The transitions of a device, written down.

use std::collections::HashMap;

use rusqlite::{Connection, named_params};

use super::batch::{Intent, Recorded, Settled};
use super::devices;
use super::digests::Digests;
use super::keys::Key;
use super::rules;
use super::undo::{self, UndoNote};
use super::values::{EventKind, UuidText};
use crate::model::code::INTERRUPTED;
use crate::model::entry::{DeviceState, LedgerEntry, Moment};
use crate::model::ids::RunId;
use crate::model::row::RowNumber;

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

/// The entries of the devices that this run has in flight, as they stand on disk: what is known of
/// each is asked for once more within moments.
pub(super) type InFlight = HashMap<Key, LedgerEntry>;

/// What a run writes in: a transaction on a ledger, with the digests of what was purged there.
#[derive(Clone, Copy)]
pub(super) struct Writing<'a> {
    pub(super) transaction: &'a Connection,
    pub(super) digests: Option<&'a Digests>,
    pub(super) run: RunId,
}

/// Writes that a device is about to be asked for.
pub(super) fn intend(
    writing: Writing<'_>,
    in_flight: &mut InFlight,
    intent: Intent,
    now: &Moment,
) -> Result<Recorded, Fault> {
    let Writing {
        transaction, run, ..
    } = writing;
    let key = Key::from(&intent.request.key);
    let entry = write_intent(writing, &key, &intent, now)?;
    let attempt = entry.attempts;
    let kind = if intent.resend {
        EventKind::Resend
    } else {
        EventKind::Intent
    };
    record(
        transaction,
        &entry,
        run,
        kind,
        Some(intent.request.row),
        now,
    )?;
    let recorded = Recorded {
        request: intent.request,
        entry: entry.number,
        attempt,
    };
    in_flight.insert(key, entry);
    Ok(recorded)
}

fn write_intent(
    writing: Writing<'_>,
    key: &Key,
    intent: &Intent,
    now: &Moment,
) -> Result<LedgerEntry, Fault> {
    let Writing {
        transaction,
        digests,
        run,
    } = writing;
    let after = |before| rules::intended(before, intent, run, now).map_err(Fault::Invariant);
    if !intent.resend {
        // Mostly it was never asked for, and whether it was is told by writing it: to look first
        // would be a second way through an index of all devices.
        let entry = after(None)?;
        if let Some(number) = devices::write_new(transaction, digests, (key, &entry))? {
            return Ok(LedgerEntry { number, ..entry });
        }
    }
    let mut entry = after(devices::take(transaction, digests, key)?)?;
    entry.number = devices::write(transaction, key, &entry)?;
    Ok(entry)
}

/// Writes what became of a device, and gives the number of its entry.
pub(super) fn settle(
    writing: Writing<'_>,
    in_flight: &mut InFlight,
    end: &Settled,
    now: &Moment,
) -> Result<u64, Fault> {
    let Writing {
        transaction,
        digests,
        run,
    } = writing;
    let key = Key::from(&end.key);
    let before = match in_flight.remove(&key) {
        Some(entry) => Some(entry),
        None => devices::take(transaction, digests, &key)?,
    };
    let mut entry = rules::settled(before, end, run, now).map_err(Fault::Invariant)?;
    entry.number = devices::write(transaction, &key, &entry)?;
    let kind = EventKind::Settled(end.state);
    record(transaction, &entry, run, kind, None, now)?;
    Ok(entry.number)
}

/// Writes what is said of a device that is undone.
pub(super) fn undo(writing: Writing<'_>, note: &UndoNote, now: &Moment) -> Result<(), Fault> {
    let Writing {
        transaction,
        digests,
        run,
    } = writing;
    let key = Key::from(&note.key);
    let before = devices::take(transaction, digests, &key)?;
    let entry = undo::stepped(before, note, now).map_err(Fault::Invariant)?;
    devices::write(transaction, &key, &entry)?;
    let told = LedgerEntry {
        answer: note.step.answer(),
        ..entry
    };
    let kind = EventKind::Settled(told.state);
    record(transaction, &told, run, kind, None, now)?;
    Ok(())
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
         SELECT id, (SELECT number FROM runs WHERE id = :run), :now, :kind, attempts
         FROM devices WHERE state = :in_flight",
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

/// Adds to the history of a device, which nobody changes any more; `row` is the row of the wave that
/// asks for it.
pub(super) fn record(
    transaction: &Connection,
    entry: &LedgerEntry,
    run: RunId,
    kind: EventKind,
    row: Option<RowNumber>,
    now: &Moment,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO events (device, run, at, event, attempt,
                    http_status, code, correlation_id, row)
             VALUES (:device, (SELECT number FROM runs WHERE id = :run), :at, :event, :attempt,
                    :http_status, :code, :correlation_id, :row)",
        )?
        .execute(named_params! {
            ":device": i64::try_from(entry.number).unwrap_or(i64::MAX),
            ":run": run,
            ":at": now.wall_ms,
            ":event": kind,
            ":attempt": entry.attempts,
            ":http_status": entry.answer.http_status,
            ":code": entry.answer.code,
            ":correlation_id": entry.answer.correlation_id.as_ref().map(UuidText),
            ":row": row.map(|row| i64::try_from(row.0).unwrap_or(i64::MAX)),
        })
        .map(drop)
}

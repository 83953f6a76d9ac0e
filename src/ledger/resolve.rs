//! What a person decided about a device, written down: the only way out of a state that is final.

use std::path::Path;

use rusqlite::{Connection, named_params};

use super::binding::Binding;
use super::devices;
use super::digests::Digests;
use super::error::Error;
use super::keys::Key;
use super::one_commit::in_one_commit;
use super::transition::record;
use super::values::EventKind;
use crate::model::code::RESOLVED_ABSENT;
use crate::model::entry::{DeviceState, KeptAddress, LedgerEntry, Moment};
use crate::model::imprint::Imprint;
use crate::model::outcome::Answer;
use crate::model::request::DeviceKey;
use crate::model::resolution::{Decision, Testimony};

/// Writes down what a person decided about a device, which was `seen` so; tells whether it was, and
/// nothing is written where the ledger has gone on meanwhile.
///
/// # Errors
///
/// A run holds the ledger, or it cannot be written.
pub(crate) fn resolve(
    path: &Path,
    binding: &Binding,
    (key, seen): (&DeviceKey, &LedgerEntry),
    (decision, testimony): (Decision, &Testimony),
    now: &Moment,
) -> Result<bool, Error> {
    let key = Key::from(key);
    let written = in_one_commit(path, binding, |connection| {
        let digests = Digests::of(connection)?;
        let before = devices::take(connection, digests.as_ref(), &key)?;
        let before = before.filter(|before| *before == whole(seen));
        let Some(before) = before else {
            return Ok(None);
        };
        write(connection, &key, &before, (decision, testimony), now).map(Some)
    });
    Ok(written?.is_some())
}

/// An entry as it is once something is written about it.
fn whole(seen: &LedgerEntry) -> LedgerEntry {
    LedgerEntry {
        address: KeptAddress::Whole,
        ..seen.clone()
    }
}

fn write(
    transaction: &Connection,
    key: &Key,
    before: &LedgerEntry,
    (decision, testimony): (Decision, &Testimony),
    now: &Moment,
) -> rusqlite::Result<()> {
    let after = decided(before, decision);
    let kind = EventKind::Settled(after.state);
    record(transaction, &after, after.run, kind, None, now)?;
    transaction.execute(
        "INSERT INTO decisions (event, note, person) VALUES (:event, :note, :person)",
        named_params! {
            ":event": transaction.last_insert_rowid(),
            ":note": testimony.note,
            ":person": testimony.person,
        },
    )?;
    devices::write(transaction, key, &after).map(drop)
}

/// The entry of a device once that is decided. How often it was asked for stays: where it is not there,
/// it may be asked for once more, and a lost answer is a person's again.
fn decided(before: &LedgerEntry, decision: Decision) -> LedgerEntry {
    let is_same = before.device.is_some() && before.device == decision.device;
    let absent = decision.state == DeviceState::Failed;
    LedgerEntry {
        state: decision.state,
        device: decision.device,
        created_at: before.created_at.clone().filter(|_| is_same),
        imprint: if is_same {
            before.imprint.clone()
        } else {
            Imprint::default()
        },
        doubt: None,
        recheck_owed: false,
        lost: None,
        unproven: false,
        refused: None,
        answer: Answer {
            code: absent.then(|| RESOLVED_ABSENT.to_owned()),
            ..Answer::default()
        },
        ..before.clone()
    }
}

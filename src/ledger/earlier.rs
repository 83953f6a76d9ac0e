//! Which phones another user has from an earlier wave.
//!
//! Earlier than a wave are the devices that the ledger knew when the wave was first run: what the
//! same wave asks for itself, and whatever comes later, changes nothing of what is told of its rows.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Result, named_params};

use super::digests::Digests;
use super::values::AddressText;
use crate::model::earlier_use::EarlierUse;
use crate::model::entry::DeviceState;
use crate::model::ids::UserId;
use crate::model::phone::E164;

/// The number of the last device that was known before a wave was first run: of all of them where it
/// was not yet.
pub(super) fn last_before(connection: &Connection, wave: &str) -> Result<u64> {
    let last: i64 = connection.query_row(
        "SELECT coalesce(
            (SELECT devices_before FROM runs WHERE wave = :wave ORDER BY number LIMIT 1),
            (SELECT max(id) FROM devices),
            0)",
        named_params! {":wave": wave},
        |row| row.get(0),
    )?;
    // Numbers of devices are counted from 1.
    Ok(u64::try_from(last).unwrap_or_default())
}

/// With which wave another user has a phone, by the devices up to the number `last`: a purged phone is
/// known by its digest.
pub(super) fn find(
    connection: &Connection,
    digests: Option<&Digests>,
    (phone, user): (E164, UserId),
    last: u64,
) -> Result<Option<EarlierUse>> {
    let digits = phone.digits();
    let digest = digests.map(|digests| digests.digest(&digits));
    let last = i64::try_from(last).unwrap_or(i64::MAX);
    let in_full = AddressText(&digits);
    let mut device = first_of_another(connection, IN_FULL, &in_full, user, last)?;
    if let Some(digest) = &digest {
        let purged = first_of_another(connection, PURGED, digest, user, last)?;
        // Whichever came first.
        device = device.into_iter().chain(purged).min();
    }
    let Some(device) = device else {
        return Ok(None);
    };
    // A later run of its own wave may have written to it: the run that it is of is no help.
    let wave: String = connection
        .prepare_cached(
            "SELECT wave FROM runs WHERE devices_before < :device ORDER BY number DESC LIMIT 1",
        )?
        .query_row(named_params! {":device": device}, |row| row.get(0))?;
    let mut is_asked_for = has(connection, IN_FULL, &in_full, user)?;
    if let Some(digest) = &digest {
        is_asked_for |= has(connection, PURGED, digest, user)?;
    }
    Ok(Some(EarlierUse {
        wave: wave.into(),
        is_asked_for,
    }))
}

/// Where a phone stands in full, and where a digest does: each has an index of its own.
const IN_FULL: &str = "typeof(address) = 'integer'";
const PURGED: &str = "typeof(address) = 'blob'";

/// A device that PingOne refused does not count: nobody has its phone for it.
const COUNTS: &str = "address = :address AND state NOT IN (:rejected, :failed)";

fn first_of_another(
    connection: &Connection,
    form: &str,
    address: &dyn ToSql,
    user: UserId,
    last: i64,
) -> Result<Option<i64>> {
    let sql = format!(
        "SELECT id FROM devices WHERE {form} AND {COUNTS} AND id <= :last AND user <> :user
         ORDER BY id LIMIT 1"
    );
    let found = named_params! {
        ":address": address, ":last": last, ":user": user,
        ":rejected": DeviceState::Rejected, ":failed": DeviceState::Failed,
    };
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row(found, |row| row.get(0)).optional()
}

fn has(connection: &Connection, form: &str, address: &dyn ToSql, user: UserId) -> Result<bool> {
    let sql =
        format!("SELECT EXISTS (SELECT 1 FROM devices WHERE {form} AND {COUNTS} AND user = :user)");
    let asked = named_params! {
        ":address": address, ":user": user,
        ":rejected": DeviceState::Rejected, ":failed": DeviceState::Failed,
    };
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row(asked, |row| row.get(0))
}

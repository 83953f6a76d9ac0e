//! Which phones another user has from an earlier wave.
//!
//! Earlier than a wave are the devices that the ledger knew when the wave was first run: what the
//! same wave asks for itself, and whatever comes later, changes nothing of what is told of its rows.

use rusqlite::{Connection, OptionalExtension, Result, named_params};

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

/// With which wave another user has a phone, by the devices up to the number `last`.
///
/// A device that PingOne refused does not count: nobody has its phone for it.
pub(super) fn find(
    connection: &Connection,
    (phone, user): (E164, UserId),
    last: u64,
) -> Result<Option<EarlierUse>> {
    let digits = phone.digits();
    let address = AddressText(&digits);
    let (rejected, failed) = (DeviceState::Rejected, DeviceState::Failed);
    let last = i64::try_from(last).unwrap_or(i64::MAX);
    let mut first_of_another = connection.prepare_cached(
        "SELECT id FROM devices
         WHERE typeof(address) = 'integer' AND address = :address AND id <= :last AND user <> :user
            AND state NOT IN (:rejected, :failed)
         ORDER BY id LIMIT 1",
    )?;
    let found = named_params! {
        ":address": address, ":last": last, ":user": user,
        ":rejected": rejected, ":failed": failed
    };
    let found = first_of_another.query_row(found, |row| row.get::<_, i64>(0));
    let Some(device) = found.optional()? else {
        return Ok(None);
    };
    // A later run of its own wave may have written to it: the run that it is of is no help.
    let wave: String = connection
        .prepare_cached(
            "SELECT wave FROM runs WHERE devices_before < :device ORDER BY number DESC LIMIT 1",
        )?
        .query_row(named_params! {":device": device}, |row| row.get(0))?;
    let is_asked_for = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM devices
                WHERE typeof(address) = 'integer' AND address = :address AND user = :user
                    AND state NOT IN (:rejected, :failed))",
        )?
        .query_row(
            named_params! {
                ":address": address, ":user": user, ":rejected": rejected, ":failed": failed
            },
            |row| row.get(0),
        )?;
    Ok(Some(EarlierUse {
        wave: wave.into(),
        is_asked_for,
    }))
}

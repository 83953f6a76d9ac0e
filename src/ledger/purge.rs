//! Taking old phones, mailboxes, names, messages and correlation IDs out of a ledger, so that nothing
//! of them is left in its files, and every device is still recognised.
//!
//! Each part is done by what is found in the file, and does no harm a second time: a purge that is
//! killed is gone on with by the next one.

use std::path::Path;

use rusqlite::types::ToSql;
use rusqlite::{Connection, Result, TransactionBehavior, named_params};

use super::binding::Binding;
use super::counter::{Counter, extent};
use super::digests::Digests;
use super::error::{Error, Flaw};
use super::file::{connect, fold_log, keep_log, opening, prepare};
use super::place::{Place, Purpose};
use super::values::{AddressText, EventKind};
use crate::model::code::DUPLICATE_FOUND;
use crate::model::entry::DeviceState;
use crate::model::purge::PurgeCounts;

/// Nothing is left to find out of such a device. One without an ID, or that has yet to be looked at, or
/// that is listed twice, is not settled; nor is one whose refusal may be another's.
const IS_SETTLED: &str = "(state IN (:created, :found) AND devices.device IS NOT NULL
        OR state IN (:rejected, :failed, :undone))
    AND doubt_since IS NULL AND audit_owed = 0 AND unproven = 0 AND code IS NOT :twice";

/// When each device came where it stands. To look for it from outside moves nothing.
const SETTLED_AT: &str =
    "SELECT device, max(at) AS at FROM events WHERE event <> :verified GROUP BY device";

/// How many devices share a commit.
const BATCH: usize = 1000;

/// Finds what a purge would take out that was settled before this moment, in milliseconds since 1970.
pub(super) fn count(connection: &Connection, before_ms: i64) -> Result<PurgeCounts> {
    let sql = format!(
        "SELECT typeof(address) = 'blob' AS purged, {IS_SETTLED} AS settled,
                coalesce(last.at, 0) < :before AS old, count(*)
         FROM devices LEFT JOIN ({SETTLED_AT}) AS last ON last.device = devices.id
         GROUP BY 1, 2, 3"
    );
    let mut purge = PurgeCounts::default();
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(settled_by(&before_ms).as_slice())?;
    while let Some(row) = rows.next()? {
        let devices = row.get::<_, i64>(3)?.unsigned_abs();
        let place = match (row.get(0)?, row.get(1)?, row.get(2)?) {
            (true, _, _) => &mut purge.earlier,
            (false, false, _) => &mut purge.open,
            (false, true, false) => &mut purge.younger,
            (false, true, true) => &mut purge.devices,
        };
        *place += devices;
    }
    let names: i64 = connection.query_row(
        &format!("SELECT count(*) FROM lookups WHERE {IS_OLD_NAME}"),
        named_params! {":before": before_ms},
        |row| row.get(0),
    )?;
    purge.names = names.unsigned_abs();
    Ok(purge)
}

/// The parameters of [`IS_SETTLED`] and [`SETTLED_AT`], and `:before`.
fn settled_by(before_ms: &i64) -> [(&'static str, &dyn ToSql); 8] {
    [
        (":created", &DeviceState::Created),
        (":found", &DeviceState::Found),
        (":rejected", &DeviceState::Rejected),
        (":failed", &DeviceState::Failed),
        (":undone", &DeviceState::Undone),
        (":twice", &DUPLICATE_FOUND),
        (":verified", &EventKind::Verified),
        (":before", before_ms),
    ]
}

/// A policy's name is nobody's.
const IS_OLD_NAME: &str = "kind <> 'policy' AND typeof(value) = 'text' AND asked_at < :before";

/// Takes out what was settled before this moment, in milliseconds since 1970; gives what that was, and
/// nothing where there is no ledger. What is in doubt stays as it is.
///
/// # Errors
///
/// A run holds the ledger, or it cannot be read or written; what was done by then stands, and the same
/// call goes on.
pub(crate) fn purge(
    path: &Path,
    binding: Option<&Binding>,
    before_ms: i64,
) -> std::result::Result<Option<PurgeCounts>, Error> {
    // Held until the connection is closed: closing any copy of the file drops SQLite's locks on it.
    let place = Place::look_at(path, binding, Purpose::Run)?;
    let Some(facts) = &place.facts else {
        return Ok(None);
    };
    if facts.is_open && !place.has_counter {
        // What the log says of the open run would stand nowhere once the log is empty.
        let what =
            "its last run did not end, and the file that counts its runs (`.runs`) is missing";
        return Err(Flaw::Damaged(what.to_owned()).of(path));
    }
    let mut connection = connect(path)?;
    prepare(path, &mut connection)?;
    let purged = (|| {
        let found = count(&connection, before_ms)?;
        take_out(&mut connection, before_ms)?;
        Ok(found)
    })();
    let purged = purged.map_err(|source| opening(path, source))?;
    if facts.is_open {
        // Where the log of an open run is empty, the counter shows that nothing is missing.
        let extent = extent(&connection).map_err(|source| opening(path, source))?;
        let counted = Counter::of(path).begin(extent);
        counted.map_err(Error::unusable(path))?;
    }
    let emptied = (|| {
        // What was taken out is in no page any more, and then in no frame of the log.
        connection.execute_batch("VACUUM")?;
        keep_log(&connection, false)?;
        fold_log(&connection)
    })();
    emptied.map_err(|source| opening(path, source))?;
    drop(connection);
    drop(place);
    Ok(Some(purged))
}

fn take_out(connection: &mut Connection, before_ms: i64) -> Result<()> {
    let due = due(connection, before_ms)?;
    for batch in due.chunks(BATCH) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let digests = Digests::made_for(&transaction)?;
        for device in batch {
            take_address(&transaction, &digests, *device)?;
        }
        transaction.commit()?;
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Of an earlier purge too, which may have been killed before it came here.
    transaction.execute(
        "UPDATE events SET correlation_id = NULL WHERE correlation_id IS NOT NULL
            AND device IN (SELECT id FROM devices WHERE typeof(address) = 'blob')",
        [],
    )?;
    transaction.execute(
        "UPDATE decisions SET note = NULL, person = NULL WHERE event IN (SELECT id FROM events
            WHERE device IN (SELECT id FROM devices WHERE typeof(address) = 'blob'))",
        [],
    )?;
    take_names(&transaction, before_ms)?;
    transaction.commit()
}

/// The numbers of the devices that are purged.
fn due(connection: &Connection, before_ms: i64) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT id FROM devices LEFT JOIN ({SETTLED_AT}) AS last ON last.device = devices.id
         WHERE typeof(address) <> 'blob' AND {IS_SETTLED} AND coalesce(last.at, 0) < :before"
    );
    let mut statement = connection.prepare(&sql)?;
    statement
        .query_map(settled_by(&before_ms).as_slice(), |row| row.get(0))?
        .collect()
}

fn take_address(connection: &Connection, digests: &Digests, device: i64) -> Result<()> {
    let address: AddressText<String> = connection
        .prepare_cached("SELECT address FROM devices WHERE id = :id")?
        .query_row(named_params! {":id": device}, |row| row.get(0))?;
    connection
        .prepare_cached(
            "UPDATE devices SET address = :digest, message = NULL, correlation_id = NULL
             WHERE id = :id",
        )?
        .execute(named_params! {":id": device, ":digest": digests.digest(&address.0)})
        .map(drop)
}

fn take_names(connection: &Connection, before_ms: i64) -> Result<()> {
    let mut statement = connection.prepare(&format!(
        "SELECT kind, value FROM lookups WHERE {IS_OLD_NAME}"
    ))?;
    let names = statement.query_map(named_params! {":before": before_ms}, |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let names: Vec<(String, String)> = names.collect::<Result<_>>()?;
    if names.is_empty() {
        return Ok(());
    }
    let digests = Digests::made_for(connection)?;
    // Looked up again since an earlier purge: the later answer counts.
    let mut take = connection.prepare(
        "UPDATE OR REPLACE lookups SET value = :digest WHERE kind = :kind AND value = :value",
    )?;
    for (kind, value) in names {
        let digest = digests.digest(&value);
        take.execute(named_params! {":kind": kind, ":value": value, ":digest": digest})?;
    }
    Ok(())
}

//! The table of devices: the one place where a row is read, and the one where it is written.

use std::sync::LazyLock;

use rusqlite::types::{FromSql, ToSql, Type};
use rusqlite::{Connection, OptionalExtension, Result, Row, Statement, named_params};

use super::digests::{Digest, Digests};
use super::keys::{Key, StoredKey};
use super::values::{AddressText, TimeText, UuidText};
use crate::model::counts::Counts;
use crate::model::entry::{DeviceState, KeptAddress, LedgerEntry, Moment, UnansweredSend};
use crate::model::ids::{DeviceId, RunId};

/// Names every column, and ties it to the field of an entry that is read from it and written to it.
macro_rules! columns {
    ($($column:ident = $name:literal $(=> $($field:ident).+)?,)+) => {
        /// A column, in the order in which all of them are read and bound.
        #[derive(Clone, Copy)]
        enum Column { $($column,)+ }

        const NAMES: &[&str] = &[$($name,)+];

        fn read_fields(row: &Row<'_>, entry: &mut LedgerEntry) -> Result<()> {
            $($(entry.$($field).+ = get(row, Column::$column)?;)?)+
            Ok(())
        }

        fn bind_fields(statement: &mut Statement<'_>, entry: &LedgerEntry) -> Result<()> {
            $($(bind(statement, Column::$column, &entry.$($field).+)?;)?)+
            Ok(())
        }
    };
}

columns! {
    Number = "id",
    User = "user",
    Kind = "type",
    Address = "address",
    State = "state" => state,
    Device = "device" => device,
    CreatedAt = "created_at",
    Run = "run" => run,
    Attempts = "attempts" => attempts,
    Resends = "resends" => resends,
    WasAbsent = "was_absent" => was_absent,
    DoubtSince = "doubt_since",
    LastSendWall = "last_send_wall",
    LastSendBoot = "last_send_boot",
    LastSendBootId = "last_send_boot_id",
    AskedAt = "asked_at" => asked_ms,
    RecheckOwed = "audit_owed" => recheck_owed,
    LostWall = "lost_wall",
    LostBoot = "lost_boot",
    LostBootId = "lost_boot_id",
    Unproven = "unproven" => unproven,
    RefusedRequest = "refused_request" => refused,
    HttpStatus = "http_status" => answer.http_status,
    Code = "code" => answer.code,
    Message = "message" => answer.message,
    CorrelationId = "correlation_id",
    UpdatedAt = "updated_at",
    Status = "status" => imprint.status,
    Nickname = "nickname" => imprint.nickname,
    Deleted = "deleted" => deleted,
}

/// The three columns of a moment.
type MomentColumns = [Column; 3];

const LAST_SEND: MomentColumns = [
    Column::LastSendWall,
    Column::LastSendBoot,
    Column::LastSendBootId,
];
const LOST: MomentColumns = [Column::LostWall, Column::LostBoot, Column::LostBootId];

const OF_KEY: &str = "user = :user AND type = :type AND address = :address";

/// The column in which a run is known by its number, which is shorter than its ID.
const RUN: &str = NAMES[Column::Run as usize];

static SELECT: LazyLock<String> = LazyLock::new(|| {
    let read = |name: &&str| match *name {
        RUN => "(SELECT id FROM runs WHERE number = run)".to_owned(),
        name => name.to_owned(),
    };
    let columns: Vec<_> = NAMES.iter().map(read).collect();
    format!("SELECT {} FROM devices", columns.join(", "))
});
static FIND: LazyLock<String> = LazyLock::new(|| format!("{} WHERE {OF_KEY}", *SELECT));
static RESTORE: LazyLock<String> =
    LazyLock::new(|| format!("UPDATE devices SET address = :in_full WHERE {OF_KEY}"));
static AFTER: LazyLock<String> =
    LazyLock::new(|| format!("{} WHERE id > :after ORDER BY id LIMIT :count", *SELECT));
static OF_RUN: LazyLock<String> = LazyLock::new(|| {
    let of_run = "WHERE run = (SELECT number FROM runs WHERE id = :run) ORDER BY id";
    format!("{} {of_run}", *SELECT)
});
/// What is written to a column, from the parameter in its place.
fn written(name: &str, place: usize) -> String {
    if name == RUN {
        format!("(SELECT number FROM runs WHERE id = ?{place})")
    } else {
        format!("?{place}")
    }
}

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let values = NAMES.iter().zip(1..);
    let values: Vec<_> = values.map(|(name, place)| written(name, place)).collect();
    let (names, values) = (NAMES.join(", "), values.join(", "));
    format!("INSERT INTO devices ({names}) VALUES ({values})")
});
static INSERT_IF_NEW: LazyLock<String> =
    LazyLock::new(|| format!("{} ON CONFLICT (user, type, address) DO NOTHING", *INSERT));
static UPDATE: LazyLock<String> = LazyLock::new(|| {
    let values = NAMES.iter().zip(1..).skip(Column::State as usize);
    let values: Vec<_> = values
        .map(|(name, place)| format!("{name} = {}", written(name, place)))
        .collect();
    format!("UPDATE devices SET {} WHERE id = ?1", values.join(", "))
});
const HAS_ELSEWHERE: &str = "SELECT EXISTS (SELECT 1 FROM devices WHERE device = :device
    AND NOT (user = :user AND type = :type AND address IN (:address, :digest)))";

/// What is known of a device, its address purged or not; `digests` are those of the ledger.
pub(super) fn find(
    connection: &Connection,
    digests: Option<&Digests>,
    key: &Key,
) -> Result<Option<LedgerEntry>> {
    let found = find_at(connection, key, &AddressText(&key.address))?;
    match digests {
        Some(digests) if found.is_none() => find_at(connection, key, &digests.digest(&key.address)),
        Some(_) | None => Ok(found),
    }
}

fn find_at(connection: &Connection, key: &Key, address: &dyn ToSql) -> Result<Option<LedgerEntry>> {
    connection
        .prepare_cached(&FIND)?
        .query_row(
            named_params! {":user": key.user, ":type": key.kind, ":address": address},
            entry,
        )
        .optional()
}

/// The same, for whoever writes about the device: from now on its address stands in full again, as
/// requests are sent to it.
pub(super) fn take(
    connection: &Connection,
    digests: Option<&Digests>,
    key: &Key,
) -> Result<Option<LedgerEntry>> {
    let Some(found) = find(connection, digests, key)? else {
        return Ok(None);
    };
    if found.is_purged() {
        let digest = digests.map(|digests| digests.digest(&key.address));
        connection
            .prepare_cached(&RESTORE)?
            .execute(named_params! {
                ":in_full": AddressText(&key.address),
                ":user": key.user,
                ":type": key.kind,
                ":address": digest,
            })?;
    }
    Ok(Some(LedgerEntry {
        address: KeptAddress::Whole,
        ..found
    }))
}

/// Gives so many entries whose numbers are greater, each with the key of its device.
pub(super) fn after(
    connection: &Connection,
    number: u64,
    count: u64,
    keep: &mut dyn FnMut(StoredKey, LedgerEntry),
) -> Result<()> {
    let [number, count] = [number, count].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
    let mut statement = connection.prepare_cached(&AFTER)?;
    let mut rows = statement.query(named_params! {":after": number, ":count": count})?;
    while let Some(row) = rows.next()? {
        keep(key(row)?, entry(row)?);
    }
    Ok(())
}

/// Gives the entries that are a run's own, in order, each with the key of its device.
pub(super) fn of_run(
    connection: &Connection,
    run: RunId,
    keep: &mut dyn FnMut(StoredKey, LedgerEntry) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(&OF_RUN)?;
    let mut rows = statement.query(named_params! {":run": run})?;
    while let Some(row) = rows.next()? {
        keep(key(row)?, entry(row)?)?;
    }
    Ok(())
}

/// Whether another device than this one has this ID.
pub(super) fn has_elsewhere(
    connection: &Connection,
    digests: Option<&Digests>,
    (id, key): (DeviceId, &Key),
) -> Result<bool> {
    let address = AddressText(&key.address);
    let digest = digests.map(|digests| digests.digest(&key.address));
    let digest: &dyn ToSql = match &digest {
        Some(digest) => digest,
        None => &address,
    };
    connection.prepare_cached(HAS_ELSEWHERE)?.query_row(
        named_params! {
            ":device": id,
            ":user": key.user,
            ":type": key.kind,
            ":address": address,
            ":digest": digest,
        },
        |row| row.get(0),
    )
}

/// Whether any was created or found.
pub(super) fn any(connection: &Connection) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM devices WHERE state IN (:created, :found))",
        named_params! {":created": DeviceState::Created, ":found": DeviceState::Found},
        |row| row.get(0),
    )
}

/// How many there are, by the outcomes of their rows.
pub(super) fn count(connection: &Connection) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut states = connection.prepare("SELECT state, count(*) FROM devices GROUP BY state")?;
    let mut rows = states.query([])?;
    while let Some(row) = rows.next()? {
        let state: DeviceState = row.get(0)?;
        counts.add_rows(state.outcome(), unsigned(row, 1)?);
    }
    Ok(counts)
}

/// Writes the entry of a device, and gives its number: a new one where it has none yet.
pub(super) fn write(connection: &Connection, key: &Key, entry: &LedgerEntry) -> Result<u64> {
    if entry.number == 0 {
        write_by(&INSERT, connection, key, entry)?;
        return Ok(last_number(connection));
    }
    write_by(&UPDATE, connection, key, entry)?;
    Ok(entry.number)
}

/// Writes the entry of a device that has none yet, and gives its number; where it has one, nothing
/// is written or given.
pub(super) fn write_new(
    connection: &Connection,
    digests: Option<&Digests>,
    (key, entry): (&Key, &LedgerEntry),
) -> Result<Option<u64>> {
    if let Some(digests) = digests
        && find_at(connection, key, &digests.digest(&key.address))?.is_some()
    {
        return Ok(None);
    }
    let written = write_by(&INSERT_IF_NEW, connection, key, entry)?;
    Ok((written > 0).then(|| last_number(connection)))
}

fn last_number(connection: &Connection) -> u64 {
    // SQLite counts from 1.
    u64::try_from(connection.last_insert_rowid()).unwrap_or_default()
}

/// Binds an entry to a statement and gives how many rows that wrote.
fn write_by(sql: &str, connection: &Connection, key: &Key, entry: &LedgerEntry) -> Result<usize> {
    let mut statement = connection.prepare_cached(sql)?;
    let known = (entry.number > 0).then_some(i64::try_from(entry.number).unwrap_or(i64::MAX));
    bind(&mut statement, Column::Number, &known)?;
    bind(&mut statement, Column::User, &key.user)?;
    bind(&mut statement, Column::Kind, &key.kind)?;
    bind(&mut statement, Column::Address, &AddressText(&key.address))?;
    let created_at = entry.created_at.as_ref().map(TimeText);
    bind(&mut statement, Column::CreatedAt, &created_at)?;
    let updated_at = entry.imprint.updated_at.as_ref().map(TimeText);
    bind(&mut statement, Column::UpdatedAt, &updated_at)?;
    let correlation_id = entry.answer.correlation_id.as_ref().map(UuidText);
    bind(&mut statement, Column::CorrelationId, &correlation_id)?;
    let doubt = entry.doubt.as_ref();
    let since = doubt.map(|doubt| doubt.since_ms);
    bind(&mut statement, Column::DoubtSince, &since)?;
    let last_send = doubt.map(|doubt| &doubt.last_send);
    bind_moment(&mut statement, LAST_SEND, last_send)?;
    bind_moment(&mut statement, LOST, entry.lost.as_ref())?;
    bind_fields(&mut statement, entry)?;
    statement.raw_execute()
}

fn get<T: FromSql>(row: &Row<'_>, column: Column) -> Result<T> {
    row.get(column as usize)
}

fn bind(statement: &mut Statement<'_>, column: Column, value: &dyn ToSql) -> Result<()> {
    // Parameters are counted from 1.
    statement.raw_bind_parameter(column as usize + 1, value)
}

fn bind_moment(
    statement: &mut Statement<'_>,
    [wall, boot, boot_id]: MomentColumns,
    moment: Option<&Moment>,
) -> Result<()> {
    bind(statement, wall, &moment.map(|moment| moment.wall_ms))?;
    bind(statement, boot, &moment.map(|moment| moment.boot_ms))?;
    bind(statement, boot_id, &moment.map(|moment| &moment.boot_id))
}

fn key(row: &Row<'_>) -> Result<StoredKey> {
    let address = match kept_address(row)? {
        KeptAddress::Whole => Some(get::<AddressText<_>>(row, Column::Address)?.0),
        KeptAddress::Digest => None,
    };
    Ok(StoredKey {
        user: get(row, Column::User)?,
        kind: get(row, Column::Kind)?,
        address,
    })
}

/// Whether a digest stands in the place of the address.
fn kept_address(row: &Row<'_>) -> Result<KeptAddress> {
    let address = row.get_ref(Column::Address as usize)?;
    if address.data_type() != Type::Blob {
        return Ok(KeptAddress::Whole);
    }
    get::<Digest>(row, Column::Address).map(|_| KeptAddress::Digest)
}

fn entry(row: &Row<'_>) -> Result<LedgerEntry> {
    let state = get(row, Column::State)?;
    let mut entry = LedgerEntry::new(state, get(row, Column::Run)?);
    entry.number = unsigned(row, Column::Number as usize)?;
    entry.address = kept_address(row)?;
    let since: Option<i64> = get(row, Column::DoubtSince)?;
    let doubt = since.zip(moment(row, LAST_SEND)?);
    entry.doubt = doubt.map(|(since_ms, last_send)| UnansweredSend {
        since_ms,
        last_send,
    });
    entry.lost = moment(row, LOST)?;
    let created_at: Option<TimeText<_>> = get(row, Column::CreatedAt)?;
    entry.created_at = created_at.map(|it| it.0);
    let updated_at: Option<TimeText<_>> = get(row, Column::UpdatedAt)?;
    entry.imprint.updated_at = updated_at.map(|it| it.0);
    let correlation_id: Option<UuidText<_>> = get(row, Column::CorrelationId)?;
    entry.answer.correlation_id = correlation_id.map(|it| it.0);
    read_fields(row, &mut entry)?;
    Ok(entry)
}

fn moment(row: &Row<'_>, [wall, boot, boot_id]: MomentColumns) -> Result<Option<Moment>> {
    let Some(wall_ms) = get(row, wall)? else {
        return Ok(None);
    };
    Ok(Some(Moment {
        wall_ms,
        boot_ms: get(row, boot)?,
        boot_id: get(row, boot_id)?,
    }))
}

/// A number that is never negative.
fn unsigned(row: &Row<'_>, place: usize) -> Result<u64> {
    let number: i64 = row.get(place)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(place, number))
}

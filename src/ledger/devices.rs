//! The table of devices: the one place where a row is read, and the one where it is written.

use std::borrow::Cow;
use std::sync::LazyLock;

use rusqlite::types::{FromSql, ToSql};
use rusqlite::{Connection, OptionalExtension, Result, Row, Statement, named_params};

use crate::model::entry::{DeviceState, LedgerEntry, Moment, UnansweredSend};
use crate::model::ids::{DeviceId, UserId};
use crate::model::outcome::Answer;
use crate::model::request::{DeviceKey, DeviceType};
use crate::model::tally::Counts;

macro_rules! columns {
    ($($column:ident = $name:literal,)+) => {
        /// A column, in the order in which all of them are read and bound.
        #[derive(Clone, Copy)]
        enum Column { $($column,)+ }

        const NAMES: &[&str] = &[$($name,)+];
    };
}

columns! {
    Number = "id",
    User = "user",
    Kind = "type",
    Address = "address",
    State = "state",
    Device = "device",
    CreatedAt = "created_at",
    Run = "run",
    Attempts = "attempts",
    Resends = "resends",
    WasAbsent = "was_absent",
    DoubtSince = "doubt_since",
    LastSendWall = "last_send_wall",
    LastSendBoot = "last_send_boot",
    LastSendBootId = "last_send_boot_id",
    AskedAt = "asked_at",
    RecheckOwed = "audit_owed",
    LostWall = "lost_wall",
    LostBoot = "lost_boot",
    LostBootId = "lost_boot_id",
    Unproven = "unproven",
    RefusedRequest = "refused_request",
    HttpStatus = "http_status",
    Code = "code",
    Message = "message",
    CorrelationId = "correlation_id",
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

static SELECT: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM devices", NAMES.join(", ")));
static FIND: LazyLock<String> = LazyLock::new(|| format!("{} WHERE {OF_KEY}", *SELECT));
static AFTER: LazyLock<String> =
    LazyLock::new(|| format!("{} WHERE id > :after ORDER BY id LIMIT :count", *SELECT));
static INSERT: LazyLock<String> = LazyLock::new(|| {
    let values: Vec<_> = (1..=NAMES.len()).map(|place| format!("?{place}")).collect();
    let (names, values) = (NAMES.join(", "), values.join(", "));
    format!("INSERT INTO devices ({names}) VALUES ({values})")
});
static UPDATE: LazyLock<String> = LazyLock::new(|| {
    let values = NAMES.iter().zip(1..).skip(Column::State as usize);
    let values: Vec<_> = values
        .map(|(name, place)| format!("{name} = ?{place}"))
        .collect();
    format!("UPDATE devices SET {} WHERE id = ?1", values.join(", "))
});
static HAS_ELSEWHERE: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT EXISTS (SELECT 1 FROM devices WHERE device = :device AND NOT ({OF_KEY}))")
});

/// A device's key as the ledger has it.
#[derive(Debug, Hash, PartialEq, Eq)]
pub(super) struct Key<'a> {
    pub(super) user: UserId,
    pub(super) kind: DeviceType,
    pub(super) address: Cow<'a, str>,
}

impl<'a> From<&'a DeviceKey> for Key<'a> {
    fn from(key: &'a DeviceKey) -> Self {
        Self {
            user: key.user,
            kind: key.kind,
            address: Cow::Owned(key.address.key()),
        }
    }
}

impl Key<'_> {
    /// The same, for longer.
    pub(super) fn to_owned(&self) -> Key<'static> {
        Key {
            user: self.user,
            kind: self.kind,
            address: Cow::Owned(self.address.to_string()),
        }
    }
}

/// What is known of a device.
pub(super) fn find(connection: &Connection, key: &Key<'_>) -> Result<Option<LedgerEntry>> {
    connection
        .prepare_cached(&FIND)?
        .query_row(
            named_params! {":user": key.user, ":type": key.kind, ":address": key.address},
            |row| Cells(row).entry(),
        )
        .optional()
}

/// Gives so many entries whose numbers are greater, each with the key of its device.
pub(super) fn after(
    connection: &Connection,
    number: u64,
    count: u64,
    keep: &mut dyn FnMut(&Key<'_>, LedgerEntry),
) -> Result<()> {
    let [number, count] = [number, count].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
    let mut statement = connection.prepare_cached(&AFTER)?;
    let mut rows = statement.query(named_params! {":after": number, ":count": count})?;
    while let Some(row) = rows.next()? {
        let cells = Cells(row);
        keep(&cells.key()?, cells.entry()?);
    }
    Ok(())
}

/// Whether another device than this one has this ID.
pub(super) fn has_elsewhere(connection: &Connection, id: DeviceId, key: &Key<'_>) -> Result<bool> {
    connection.prepare_cached(&HAS_ELSEWHERE)?.query_row(
        named_params! {
            ":device": id, ":user": key.user, ":type": key.kind, ":address": key.address
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
pub(super) fn write(connection: &Connection, key: &Key<'_>, entry: &LedgerEntry) -> Result<u64> {
    let is_new = entry.number == 0;
    let mut statement = connection.prepare_cached(if is_new { &INSERT } else { &UPDATE })?;
    let known = (!is_new).then_some(i64::try_from(entry.number).unwrap_or(i64::MAX));
    set(&mut statement, Column::Number, &known)?;
    set(&mut statement, Column::User, &key.user)?;
    set(&mut statement, Column::Kind, &key.kind)?;
    set(&mut statement, Column::Address, &key.address)?;
    bind(&mut statement, entry)?;
    statement.raw_execute()?;
    let number = known.unwrap_or_else(|| connection.last_insert_rowid());
    // SQLite counts from 1.
    Ok(u64::try_from(number).unwrap_or_default())
}

fn set(statement: &mut Statement<'_>, column: Column, value: &dyn ToSql) -> Result<()> {
    statement.raw_bind_parameter(column as usize + 1, value)
}

fn set_moment(
    statement: &mut Statement<'_>,
    [wall, boot, boot_id]: MomentColumns,
    moment: Option<&Moment>,
) -> Result<()> {
    set(statement, wall, &moment.map(|moment| moment.wall_ms))?;
    set(statement, boot, &moment.map(|moment| moment.boot_ms))?;
    set(statement, boot_id, &moment.map(|moment| &moment.boot_id))
}

/// Binds everything that a later turn may change.
fn bind(statement: &mut Statement<'_>, entry: &LedgerEntry) -> Result<()> {
    // Field by field: one that is added has to be written as well.
    let LedgerEntry {
        number: _,
        state,
        device,
        created_at,
        run,
        attempts,
        resends,
        was_absent,
        doubt,
        asked_ms,
        recheck_owed,
        lost,
        unproven,
        refused,
        answer,
    } = entry;
    let doubt = doubt.as_ref();
    set_moment(statement, LAST_SEND, doubt.map(|doubt| &doubt.last_send))?;
    set_moment(statement, LOST, lost.as_ref())?;
    let values: [(Column, &dyn ToSql); 16] = [
        (Column::State, state),
        (Column::Device, device),
        (Column::CreatedAt, created_at),
        (Column::Run, run),
        (Column::Attempts, attempts),
        (Column::Resends, resends),
        (Column::WasAbsent, was_absent),
        (Column::DoubtSince, &doubt.map(|doubt| doubt.since_ms)),
        (Column::AskedAt, asked_ms),
        (Column::RecheckOwed, recheck_owed),
        (Column::Unproven, unproven),
        (Column::RefusedRequest, refused),
        (Column::HttpStatus, &answer.http_status),
        (Column::Code, &answer.code),
        (Column::Message, &answer.message),
        (Column::CorrelationId, &answer.correlation_id),
    ];
    let mut values = values.into_iter();
    values.try_for_each(|(column, value)| set(statement, column, value))
}

/// One row, with all of its columns.
struct Cells<'a>(&'a Row<'a>);

impl Cells<'_> {
    fn get<T: FromSql>(&self, column: Column) -> Result<T> {
        self.0.get(column as usize)
    }

    fn key(&self) -> Result<Key<'_>> {
        Ok(Key {
            user: self.get(Column::User)?,
            kind: self.get(Column::Kind)?,
            address: Cow::Borrowed(self.0.get_ref(Column::Address as usize)?.as_str()?),
        })
    }

    fn moment(&self, [wall, boot, boot_id]: MomentColumns) -> Result<Option<Moment>> {
        let Some(wall_ms) = self.get(wall)? else {
            return Ok(None);
        };
        Ok(Some(Moment {
            wall_ms,
            boot_ms: self.get(boot)?,
            boot_id: self.get(boot_id)?,
        }))
    }

    fn entry(&self) -> Result<LedgerEntry> {
        let since: Option<i64> = self.get(Column::DoubtSince)?;
        let doubt = since.zip(self.moment(LAST_SEND)?);
        Ok(LedgerEntry {
            number: unsigned(self.0, Column::Number as usize)?,
            state: self.get(Column::State)?,
            device: self.get(Column::Device)?,
            created_at: self.get(Column::CreatedAt)?,
            run: self.get(Column::Run)?,
            attempts: self.get(Column::Attempts)?,
            resends: self.get(Column::Resends)?,
            was_absent: self.get(Column::WasAbsent)?,
            doubt: doubt.map(|(since_ms, last_send)| UnansweredSend {
                since_ms,
                last_send,
            }),
            asked_ms: self.get(Column::AskedAt)?,
            recheck_owed: self.get(Column::RecheckOwed)?,
            lost: self.moment(LOST)?,
            unproven: self.get(Column::Unproven)?,
            refused: self.get(Column::RefusedRequest)?,
            answer: Answer {
                http_status: self.get(Column::HttpStatus)?,
                code: self.get(Column::Code)?,
                message: self.get(Column::Message)?,
                correlation_id: self.get(Column::CorrelationId)?,
            },
        })
    }
}

/// A number that is never negative.
fn unsigned(row: &Row<'_>, place: usize) -> Result<u64> {
    let number: i64 = row.get(place)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(place, number))
}

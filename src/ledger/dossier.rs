//! All that is known of single devices: what stands of them, and what happened to them.

use rusqlite::types::ToSql;
use rusqlite::{Connection, Result, named_params};
use uuid::Uuid;

use super::devices;
use super::digests::digest_of;
use super::keys::{Key, StoredKey};
use super::values::{AddressText, EventKind, UuidText};
use crate::model::code::DUPLICATE_FOUND;
use crate::model::entry::{DeviceState, LedgerEntry, RESENDS_MAX};
use crate::model::ids::{DeviceId, RunId, UserId};
use crate::model::request::{Address, DeviceKey, DeviceType};
use crate::model::resolution::Testimony;
use crate::model::row::RowNumber;

/// Which devices somebody asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sought<'a> {
    /// This one.
    Key(&'a DeviceKey),
    /// Those of this user, this one, and those of which an answer has this correlation ID.
    Id(Uuid),
    /// Those that send their passcodes there.
    Address(&'a Address),
    /// Those of which an answer has this correlation ID.
    Correlation(&'a str),
    /// The one that this request was for.
    Transaction(RunId, RowNumber, u32),
    /// Those that no run settles: a person has to.
    NeedsPerson,
}

/// All that is known of a device. Its address is no text that may be shown as it is.
#[derive(Clone)]
pub(crate) struct Dossier {
    /// Whose it is.
    pub user: UserId,
    /// What kind it is.
    pub kind: DeviceType,
    /// The digits of its phone, or its mailbox; nothing where that was purged.
    pub address: Option<String>,
    /// How it stands.
    pub entry: LedgerEntry,
    /// What happened to it, in order.
    pub events: Vec<PastEvent>,
}

/// Something that happened to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PastEvent {
    /// When it was written down, in milliseconds since 1970.
    pub at_ms: i64,
    /// In which run.
    pub run: RunId,
    /// What it was.
    pub kind: EventKind,
    /// The number of the attempt, counted over all runs.
    pub attempt: u32,
    /// The row that asked for it.
    pub row: Option<RowNumber>,
    /// The status of the answer.
    pub http_status: Option<u16>,
    /// The code of the answer.
    pub code: Option<String>,
    /// What PingOne's support asks for.
    pub correlation_id: Option<String>,
    /// Why and by whom it was decided, where a person did.
    pub decided: Option<Testimony>,
}

/// The devices that somebody asks for, in the order in which they came into the ledger.
pub(super) fn find(connection: &Connection, sought: Sought<'_>) -> Result<Vec<Dossier>> {
    let numbers = numbers(connection, sought)?;
    let mut dossiers = Vec::with_capacity(numbers.len());
    for number in numbers {
        let before = u64::try_from(number - 1).unwrap_or_default();
        devices::after(connection, before, 1, &mut |key, entry| {
            let StoredKey {
                user,
                kind,
                address,
            } = key;
            dossiers.push(Dossier {
                user,
                kind,
                address,
                entry,
                events: Vec::new(),
            });
        })?;
    }
    for dossier in &mut dossiers {
        dossier.events = events(connection, dossier.entry.number)?;
    }
    Ok(dossiers)
}

/// The numbers of their entries. Nothing but users and devices has an index: a person waits for this,
/// and no run.
fn numbers(connection: &Connection, sought: Sought<'_>) -> Result<Vec<i64>> {
    const ANSWERED: &str = "correlation_id = :id OR id IN
        (SELECT device FROM events WHERE correlation_id = :id)";
    let ask = |which: &str, values: &[(&str, &dyn ToSql)]| -> Result<Vec<i64>> {
        let sql = format!("SELECT id FROM devices WHERE {which} ORDER BY id");
        let mut statement = connection.prepare(&sql)?;
        statement.query_map(values, |row| row.get(0))?.collect()
    };
    match sought {
        Sought::Key(key) => {
            let Key {
                user,
                kind,
                address,
            } = Key::from(key);
            ask(
                "user = :user AND type = :type AND (address = :address OR address = :digest)",
                named_params! {
                    ":user": user,
                    ":type": kind,
                    ":address": AddressText(&address),
                    ":digest": digest_of(connection, &address)?,
                },
            )
        }
        Sought::Id(id) => {
            let (user, device) = (UserId::from_uuid(id), DeviceId::from_uuid(id));
            let text = id.to_string();
            ask(
                &format!("user = :user OR device = :device OR {ANSWERED}"),
                named_params! {":user": user, ":device": device, ":id": UuidText(&text)},
            )
        }
        Sought::Address(address) => {
            let address = address.key();
            ask(
                "address = :address OR address = :digest",
                named_params! {
                    ":address": AddressText(&address),
                    ":digest": digest_of(connection, &address)?,
                },
            )
        }
        Sought::Correlation(id) => {
            let id = id.to_owned();
            ask(ANSWERED, named_params! {":id": UuidText(&id)})
        }
        Sought::NeedsPerson => ask(NEEDS_PERSON, &needs_person()),
        Sought::Transaction(run, row, attempt) => ask(
            "id IN (SELECT device FROM events WHERE row = :row AND attempt = :attempt
                AND run = (SELECT number FROM runs WHERE id = :run))",
            named_params! {
                ":run": run,
                ":row": i64::try_from(row.0).unwrap_or(i64::MAX),
                ":attempt": attempt,
            },
        ),
    }
}

/// What no run settles: given up, there more than once, or without an ID.
const NEEDS_PERSON: &str = "state = :several OR state = :unresolved AND resends >= :most
    OR state = :created AND device IS NULL OR state IN (:created, :found) AND code = :twice";

fn needs_person() -> [(&'static str, &'static dyn ToSql); 6] {
    [
        (":several", &DeviceState::Several),
        (":unresolved", &DeviceState::Unresolved),
        (":created", &DeviceState::Created),
        (":found", &DeviceState::Found),
        (":most", &RESENDS_MAX),
        (":twice", &DUPLICATE_FOUND),
    ]
}

fn events(connection: &Connection, device: u64) -> Result<Vec<PastEvent>> {
    let mut statement = connection.prepare(
        "SELECT at, (SELECT id FROM runs WHERE number = run) AS run, events.event, attempt, row,
                http_status, code, correlation_id, decisions.event IS NOT NULL AS decided, note, person
         FROM events LEFT JOIN decisions ON decisions.event = events.id
         WHERE device = :device ORDER BY id",
    )?;
    let device = i64::try_from(device).unwrap_or(i64::MAX);
    let events = statement.query_map(named_params! {":device": device}, |row| {
        let number: Option<i64> = row.get("row")?;
        let correlation: Option<UuidText<String>> = row.get("correlation_id")?;
        Ok(PastEvent {
            at_ms: row.get("at")?,
            run: row.get("run")?,
            kind: row.get("event")?,
            attempt: row.get("attempt")?,
            row: number
                .and_then(|row| u64::try_from(row).ok())
                .map(RowNumber),
            http_status: row.get("http_status")?,
            code: row.get("code")?,
            correlation_id: correlation.map(|id| id.0),
            decided: if row.get("decided")? {
                let (note, person) = (row.get("note")?, row.get("person")?);
                Some(Testimony { note, person })
            } else {
                None
            },
        })
    })?;
    events.collect()
}

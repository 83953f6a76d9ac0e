//! The transitions of a device: which are allowed, and how each is written.

use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};

use super::{Intent, Recorded, Settled};
use crate::model::entry::{DeviceState, Moment, RESENDS_MAX};
use crate::model::ids::RunId;
use crate::model::request::{DeviceKey, DeviceRequest};

/// What a turn failed on.
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    Invariant(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Fault::Sqlite(error)
    }
}

/// What must be known of a device before its state is changed.
struct Before {
    id: i64,
    state: String,
    attempts: u32,
    resends: u32,
    doubt_since: Option<i64>,
    unproven: bool,
}

fn before(transaction: &Transaction<'_>, key: &DeviceKey) -> rusqlite::Result<Option<Before>> {
    transaction
        .prepare_cached(
            "SELECT id, state, attempts, resends, doubt_since, unproven FROM devices
             WHERE user = ?1 AND type = ?2 AND address = ?3",
        )?
        .query_row(
            (key.user.as_bytes(), key.kind.as_str(), key.address.key()),
            |row| {
                Ok(Before {
                    id: row.get(0)?,
                    state: row.get(1)?,
                    attempts: row.get(2)?,
                    resends: row.get(3)?,
                    doubt_since: row.get(4)?,
                    unproven: row.get(5)?,
                })
            },
        )
        .optional()
}

pub(super) fn intend(
    transaction: &Transaction<'_>,
    run: RunId,
    intent: Intent,
    now: &Moment,
) -> Result<Recorded<DeviceRequest>, Fault> {
    let Intent {
        request,
        resend,
        was_absent,
        looked,
        asked_ms,
        transaction: name,
    } = intent;
    let (id, attempt) = match before(transaction, &request.key)? {
        None if resend => {
            return Err(Fault::Invariant(format!(
                "row {}: sent again, and never sent before",
                request.row
            )));
        }
        None => {
            insert(transaction)?.execute(params![
                request.key.user.as_bytes(),
                request.key.kind.as_str(),
                request.key.address.key(),
                DeviceState::InFlight.as_str(),
                run.as_bytes(),
                1,
                was_absent,
                asked_ms,
                now.wall_ms,
                now.boot_ms,
                now.boot_id,
                None::<&[u8]>,
                None::<&str>,
                None::<u16>,
                None::<&str>,
                None::<&str>,
                None::<&str>,
                false,
                asked_ms,
                false,
                None::<i64>,
                None::<i64>,
                None::<&str>,
                None::<&[u8]>,
            ])?;
            (transaction.last_insert_rowid(), 1)
        }
        Some(before) => {
            check_intent(&request, resend, was_absent, looked, &before)?;
            let attempt = before.attempts + 1;
            transaction
                .prepare_cached(
                    "UPDATE devices SET state = 'in_flight', run = ?2, attempts = ?3,
                            resends = resends + ?4, was_absent = ?5, doubt_since = ?6,
                            asked_at = ?6, last_send_wall = ?7, last_send_boot = ?8, last_send_boot_id = ?9,
                            device = NULL, created_at = NULL, http_status = NULL, code = NULL,
                            message = NULL, correlation_id = NULL, unproven = 0,
                            refused_request = NULL
                     WHERE id = ?1",
                )?
                .execute(params![
                    before.id,
                    run.as_bytes(),
                    attempt,
                    resend,
                    was_absent,
                    asked_ms,
                    now.wall_ms,
                    now.boot_ms,
                    now.boot_id
                ])?;
            (before.id, attempt)
        }
    };
    record(transaction)?.execute(params![
        id,
        run.as_bytes(),
        now.wall_ms,
        if resend { "resend" } else { "intent" },
        attempt,
        None::<u16>,
        None::<&str>,
        None::<&str>,
        format!("{name}-{attempt}"),
    ])?;
    Ok(Recorded {
        value: request,
        entry: entry_number(id)?,
        attempt,
    })
}

/// The rules I3 and I4: never while one is open, never again without settling, three times at most;
/// and not after a refusal that may be another's before somebody has looked.
fn check_intent(
    request: &DeviceRequest,
    resend: bool,
    was_absent: bool,
    looked: bool,
    before: &Before,
) -> Result<(), Fault> {
    let refuse = |why: &str| Err(Fault::Invariant(format!("row {}: {why}", request.row)));
    match (before.state.as_str(), resend) {
        ("failed" | "rejected", false) if before.unproven && !looked => {
            refuse("its refusal may be another's, and nobody has looked for the device since")
        }
        ("failed" | "rejected", false) => Ok(()),
        ("several", false) if was_absent => Ok(()),
        ("unresolved", true) if before.resends < RESENDS_MAX => Ok(()),
        ("unresolved", true) => refuse("sent again three times already; a person must decide"),
        ("unresolved", false) => refuse("an earlier request may have created the device"),
        ("in_flight", _) => refuse("a request for this device is still open"),
        ("created" | "found" | "several", _) => refuse("the device is there already"),
        (_, _) => refuse("the device was never in doubt, so nothing is sent again"),
    }
}

pub(super) fn settle(
    transaction: &Transaction<'_>,
    run: RunId,
    end: &Settled,
    now: &Moment,
) -> Result<u64, Fault> {
    let device = end.device.as_ref();
    let device_id = device.and_then(|device| device.id);
    let device_id = device_id.as_ref().map(|id| id.as_bytes().as_slice());
    let created_at = device.and_then(|device| device.created_at.as_deref());
    let last_send = end.last_send.as_ref();
    let lost = end.lost.as_ref().filter(|_| end.recheck_owed);
    let is_refused = matches!(end.state, DeviceState::Failed | DeviceState::Rejected);
    let refused = is_refused.then(|| end.request.as_bytes().as_slice());
    if (end.state == DeviceState::Unresolved) != last_send.is_some()
        || end.state == DeviceState::InFlight
    {
        return Err(Fault::Invariant(format!(
            "a device cannot be settled as {}",
            end.state.as_str()
        )));
    }
    let (id, attempts) = match before(transaction, &end.key)? {
        None => {
            insert(transaction)?.execute(params![
                end.key.user.as_bytes(),
                end.key.kind.as_str(),
                end.key.address.key(),
                end.state.as_str(),
                run.as_bytes(),
                0,
                false,
                last_send.map(|_| now.wall_ms),
                last_send.map(|moment| moment.wall_ms),
                last_send.map(|moment| moment.boot_ms),
                last_send.map(|moment| moment.boot_id.as_str()),
                device_id,
                created_at,
                end.answer.http_status,
                end.answer.code,
                end.answer.message,
                end.answer.correlation_id,
                end.recheck_owed,
                None::<i64>,
                end.unproven,
                lost.map(|moment| moment.wall_ms),
                lost.map(|moment| moment.boot_ms),
                lost.map(|moment| moment.boot_id.as_str()),
                refused,
            ])?;
            (transaction.last_insert_rowid(), 0)
        }
        Some(before) => {
            update(transaction)?.execute(params![
                before.id,
                end.state.as_str(),
                run.as_bytes(),
                last_send.map(|_| before.doubt_since.unwrap_or(now.wall_ms)),
                last_send.map(|moment| moment.wall_ms),
                last_send.map(|moment| moment.boot_ms),
                last_send.map(|moment| moment.boot_id.as_str()),
                device_id,
                created_at,
                end.answer.http_status,
                end.answer.code,
                end.answer.message,
                end.answer.correlation_id,
                end.recheck_owed,
                end.unproven,
                lost.map(|moment| moment.wall_ms),
                lost.map(|moment| moment.boot_ms),
                lost.map(|moment| moment.boot_id.as_str()),
                refused,
            ])?;
            (before.id, before.attempts)
        }
    };
    record(transaction)?.execute(params![
        id,
        run.as_bytes(),
        now.wall_ms,
        end.state.as_str(),
        attempts,
        end.answer.http_status,
        end.answer.code,
        end.answer.correlation_id,
        None::<&str>,
    ])?;
    entry_number(id)
}

fn insert<'c>(transaction: &'c Transaction<'_>) -> rusqlite::Result<CachedStatement<'c>> {
    transaction.prepare_cached(
        "INSERT INTO devices (user, type, address, state, run, attempts, was_absent, doubt_since,
                last_send_wall, last_send_boot, last_send_boot_id, device, created_at,
                http_status, code, message, correlation_id, audit_owed, asked_at,
                unproven, lost_wall, lost_boot, lost_boot_id, refused_request)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                ?20, ?21, ?22, ?23, ?24)",
    )
}

fn update<'c>(transaction: &'c Transaction<'_>) -> rusqlite::Result<CachedStatement<'c>> {
    // What a run created stays its own, whichever run learns of it.
    transaction.prepare_cached(
        "UPDATE devices SET state = ?2,
                run = iif(attempts > 0 AND ?2 IN ('created', 'unresolved'), run, ?3), doubt_since = ?4, last_send_wall = ?5,
                last_send_boot = ?6, last_send_boot_id = ?7, device = ?8, created_at = ?9,
                http_status = ?10, code = ?11, message = ?12, correlation_id = ?13, audit_owed = ?14,
                unproven = ?15, lost_wall = ?16, lost_boot = ?17, lost_boot_id = ?18,
                refused_request = ?19
         WHERE id = ?1",
    )
}

fn record<'c>(transaction: &'c Transaction<'_>) -> rusqlite::Result<CachedStatement<'c>> {
    transaction.prepare_cached(
        "INSERT INTO events (device, run, at, event, attempt, http_status, code, correlation_id, transaction_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
}

fn entry_number(id: i64) -> Result<u64, Fault> {
    u64::try_from(id).map_err(|_| Fault::Invariant(format!("the entry number {id} is negative")))
}

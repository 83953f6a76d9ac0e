//! The table of users: who can use MFA, as far as somebody has looked.

use rusqlite::{Connection, OptionalExtension, Result, named_params};

use crate::model::ids::{RunId, UserId};
use crate::model::mfa::{MfaNote, MfaState};

/// What is known of a user's MFA, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotedMfa {
    /// What was found or done.
    pub state: MfaState,
    /// When, in wall-clock milliseconds since 1970.
    pub noted_ms: i64,
}

/// What is known of a user.
pub(super) fn find(connection: &Connection, user: UserId) -> Result<Option<NotedMfa>> {
    connection
        .prepare_cached("SELECT mfa, noted_at FROM users WHERE id = :id")?
        .query_row(named_params! {":id": user}, |row| {
            Ok(NotedMfa {
                state: row.get("mfa")?,
                noted_ms: row.get("noted_at")?,
            })
        })
        .optional()
}

/// Whether anything is known of any.
pub(super) fn any(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM users)";
    connection.query_row(sql, [], |row| row.get(0))
}

/// Writes what was found of a user, or done, over what was known before.
pub(super) fn note(connection: &Connection, run: RunId, note: MfaNote, now_ms: i64) -> Result<()> {
    let before = find(connection, note.user)?.map(|known| known.state);
    connection
        .prepare_cached(
            "INSERT INTO users (id, mfa, run, noted_at)
             VALUES (:id, :mfa, (SELECT number FROM runs WHERE id = :run), :now)
             ON CONFLICT (id) DO UPDATE
             SET mfa = excluded.mfa, run = excluded.run, noted_at = excluded.noted_at",
        )?
        .execute(named_params! {
            ":id": note.user,
            ":mfa": note.state.over(before),
            ":run": run,
            ":now": now_ms,
        })
        .map(drop)
}

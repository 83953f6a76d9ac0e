//! The table of names that were looked up, and whose they are.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};

use super::digests::digest_of;
use crate::model::ids::{PolicyId, UserId};
use crate::model::mfa::UserState;
use crate::model::names::{LookupFault, NameAnswer, NamedUser, PolicyAnswer};
use crate::model::policy_ref::PolicyRef;
use crate::model::user_name::UserName;

/// The kind of a policy's name; kinds of users' names are called like their columns.
const POLICY: &str = "policy";

/// When nobody asked.
const NEVER_ASKED_MS: i64 = 0;

/// The last answer to a look-up of a user's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// What it told.
    pub answer: NameAnswer,
    /// When, in milliseconds since 1970.
    pub asked_ms: i64,
}

/// Something to write down of a name.
#[derive(Clone, Debug)]
pub(crate) enum LookupNote {
    /// What a look-up of a user's name told.
    User(UserName, NameAnswer),
    /// What a plan says of a user's name. Nobody asked: a later run does.
    Planned(UserName, NameAnswer),
    /// What the listing of policies told of one.
    Policy(PolicyRef, PolicyAnswer),
}

/// What was told last of a user's name.
pub(super) fn user(connection: &Connection, name: &UserName) -> Result<Option<Remembered>> {
    let sql = "SELECT found, matches, other_case, disabled, mfa, bypassed, code, message, asked_at
               FROM lookups WHERE kind = :kind AND value = :value";
    let mut statement = connection.prepare_cached(sql)?;
    let mut find = |value: &dyn ToSql| {
        let parameters = named_params! {":kind": name.kind().as_str(), ":value": value};
        let found = statement.query_row(parameters, |row| {
            Ok(Remembered {
                answer: answer(row)?,
                asked_ms: row.get("asked_at")?,
            })
        });
        found.optional()
    };
    let found = find(&name.key())?;
    if found.is_some() {
        return Ok(found);
    }
    match digest_of(connection, &name.key())? {
        Some(digest) => find(&digest),
        None => Ok(None),
    }
}

fn answer(row: &Row<'_>) -> Result<NameAnswer> {
    let found: Option<[u8; 16]> = row.get("found")?;
    let matches: Option<u32> = row.get("matches")?;
    Ok(match (found, matches) {
        (Some(id), _) => NameAnswer::One(NamedUser {
            id: UserId::from_bytes(id),
            state: UserState {
                mfa: row.get("mfa")?,
                disabled: row.get("disabled")?,
                bypassed: row.get("bypassed")?,
            },
            is_remembered: true,
        }),
        (None, Some(0)) if row.get("other_case")? => NameAnswer::OtherCase,
        (None, Some(0)) => NameAnswer::Nobody,
        (None, Some(matches)) => NameAnswer::Several(matches),
        (None, None) => NameAnswer::Failed(Arc::new(LookupFault {
            code: row.get("code")?,
            message: row.get("message")?,
        })),
    })
}

/// What was told last of a policy that is not named by its ID.
pub(super) fn policy(connection: &Connection, policy: &PolicyRef) -> Result<Option<PolicyAnswer>> {
    let sql = "SELECT found, matches FROM lookups WHERE kind = :kind AND value = :value";
    let mut statement = connection.prepare_cached(sql)?;
    let parameters = named_params! {":kind": POLICY, ":value": policy.to_string()};
    let found = statement.query_row(parameters, |row| {
        let found: Option<[u8; 16]> = row.get("found")?;
        let matches: u32 = row.get("matches")?;
        Ok(match (found, matches) {
            (Some(id), _) => PolicyAnswer::One(PolicyId::from_bytes(id)),
            (None, 0) => PolicyAnswer::None,
            (None, matches) => PolicyAnswer::Several(matches),
        })
    });
    found.optional()
}

/// What policies are called that were looked up: of two names the one that was asked for last, and
/// `default` where there is no other.
pub(super) fn policy_names(connection: &Connection) -> Result<HashMap<PolicyId, String>> {
    let sql = "SELECT found, value FROM lookups
               WHERE kind = :kind AND found IS NOT NULL ORDER BY value <> 'default', asked_at";
    let mut statement = connection.prepare(sql)?;
    let found = statement.query_map(named_params! {":kind": POLICY}, |row| {
        Ok((PolicyId::from_bytes(row.get("found")?), row.get("value")?))
    })?;
    found.collect()
}

/// What stands in the columns of an answer.
#[derive(Default)]
struct Columns<'a> {
    found: Option<[u8; 16]>,
    matches: Option<u32>,
    other_case: bool,
    state: UserState,
    fault: Option<&'a LookupFault>,
}

impl<'a> Columns<'a> {
    fn of_user(answer: &'a NameAnswer) -> Self {
        let matches = |matches| Self {
            matches: Some(matches),
            ..Self::default()
        };
        match answer {
            NameAnswer::One(user) => Self {
                found: Some(*user.id.as_bytes()),
                state: user.state,
                ..matches(1)
            },
            NameAnswer::Nobody => matches(0),
            NameAnswer::OtherCase => Self {
                other_case: true,
                ..matches(0)
            },
            NameAnswer::Several(users) => matches(*users),
            NameAnswer::Failed(fault) => Self {
                fault: Some(fault),
                ..Self::default()
            },
        }
    }

    fn of_policy(answer: PolicyAnswer) -> Self {
        let (found, matches) = match answer {
            PolicyAnswer::One(id) => (Some(*id.as_bytes()), 1),
            PolicyAnswer::None => (None, 0),
            PolicyAnswer::Several(policies) => (None, policies),
        };
        Self {
            found,
            matches: Some(matches),
            ..Self::default()
        }
    }
}

/// Writes an answer down, in place of an earlier one, or takes it out.
pub(super) fn write(connection: &Connection, note: &LookupNote, now_ms: i64) -> Result<()> {
    match note {
        LookupNote::User(name, answer) => {
            let key = (name.kind().as_str(), &*name.key());
            put(connection, key, &Columns::of_user(answer), now_ms)
        }
        LookupNote::Planned(name, answer) => {
            let key = (name.kind().as_str(), &*name.key());
            put(connection, key, &Columns::of_user(answer), NEVER_ASKED_MS)
        }
        LookupNote::Policy(policy, answer) => {
            let key = (POLICY, &*policy.to_string());
            put(connection, key, &Columns::of_policy(*answer), now_ms)
        }
    }
}

fn put(
    connection: &Connection,
    (kind, value): (&str, &str),
    columns: &Columns<'_>,
    now_ms: i64,
) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO lookups
                   (kind, value, found, matches, other_case, disabled, mfa, bypassed, code, message, asked_at)
               VALUES (:kind, :value, :found, :matches, :other_case, :disabled, :mfa, :bypassed,
                       :code, :message, :now)";
    let mut statement = connection.prepare_cached(sql)?;
    let state = columns.state;
    statement
        .execute(named_params! {
            ":kind": kind,
            ":value": value,
            ":found": columns.found,
            ":matches": columns.matches,
            ":other_case": columns.other_case,
            ":disabled": state.disabled,
            ":mfa": state.mfa,
            ":bypassed": state.bypassed,
            ":code": columns.fault.map(|fault| &fault.code),
            ":message": columns.fault.map(|fault| &fault.message),
            ":now": now_ms,
        })
        .map(drop)
}

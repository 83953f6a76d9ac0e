//! How our types stand in the columns of a ledger.
//!
//! A value that is none of its type is an error when it is read: the file is damaged, or newer than
//! it says.

use rusqlite::Result;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::model::entry::DeviceState;
use crate::model::ids::{DeviceId, EnvironmentId, RunId, UserId};
use crate::model::mfa::MfaState;
use crate::model::request::{DeviceType, RequestDigest};

/// What happened to a device.
#[derive(Clone, Copy, Debug)]
pub(super) enum EventKind {
    /// It is about to be asked for.
    Intent,
    /// It is about to be asked for once more, after a request that was not answered.
    Resend,
    /// The run that asked for it died before the answer was written down.
    LeftInFlight,
    /// It is in this state now.
    Settled(DeviceState),
}

impl ToSql for EventKind {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            EventKind::Intent => "intent",
            EventKind::Resend => "resend",
            EventKind::LeftInFlight => "left_in_flight",
            EventKind::Settled(state) => state.as_str(),
        }))
    }
}

macro_rules! words {
    ($($type:ty, $what:literal;)+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_str()))
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let text = value.as_str()?;
                let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
                known.ok_or_else(|| {
                    FromSqlError::Other(concat!("it holds a word that is no ", $what).into())
                })
            }
        }
    )+};
}

words! {
    DeviceState, "state of a device";
    DeviceType, "type of device";
    MfaState, "state of a user's MFA";
}

macro_rules! bytes {
    ($($type:ty),+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_bytes().as_slice()))
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                FromSql::column_result(value).map(Self::from_bytes)
            }
        }
    )+};
}

bytes!(UserId, DeviceId, RunId, EnvironmentId, RequestDigest);

//! How our types stand in the columns of a ledger.
//!
//! A value that is none of its type is an error when it is read: the file is damaged, or newer than
//! it says.

use jiff::Timestamp;
use rusqlite::Result;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use uuid::Uuid;

use super::digests::Digest;
use crate::model::entry::DeviceState;
use crate::model::ids::{DeviceId, EnvironmentId, RunId, UserId};
use crate::model::imprint::NicknameDigest;
use crate::model::mfa::MfaState;
use crate::model::request::{DeviceStatus, DeviceType, RequestDigest};

/// What happened to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// It is about to be asked for.
    Intent,
    /// It is about to be asked for once more, after a request that was not answered.
    Resend,
    /// The run that asked for it died before the answer was written down.
    LeftInFlight,
    /// It is in this state now.
    Settled(DeviceState),
    /// Somebody looked for it from outside.
    Verified,
}

impl FromSql for EventKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(match value.as_i64()? {
            0 => EventKind::Intent,
            7 => EventKind::Resend,
            8 => EventKind::LeftInFlight,
            9 => EventKind::Verified,
            // As numbers of states 7 and 8 are taken here.
            10 => EventKind::Settled(DeviceState::Undoing),
            11 => EventKind::Settled(DeviceState::Undone),
            _ => EventKind::Settled(DeviceState::column_result(value)?),
        })
    }
}

impl ToSql for EventKind {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        match self {
            EventKind::Intent => DeviceState::InFlight.to_sql(),
            EventKind::Settled(DeviceState::Undoing) => Ok(ToSqlOutput::from(10)),
            EventKind::Settled(DeviceState::Undone) => Ok(ToSqlOutput::from(11)),
            EventKind::Settled(state) => state.to_sql(),
            EventKind::Resend => Ok(ToSqlOutput::from(7)),
            EventKind::LeftInFlight => Ok(ToSqlOutput::from(8)),
            EventKind::Verified => Ok(ToSqlOutput::from(9)),
        }
    }
}

/// Gives each value a number. SQLite keeps 0 and 1 in no byte at all: they are the most frequent.
macro_rules! numbers {
    ($($type:ident, $what:literal { $($variant:ident = $number:literal,)+ })+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(match self {
                    $($type::$variant => $number,)+
                }))
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_i64()? {
                    $($number => Ok($type::$variant),)+
                    _ => Err(FromSqlError::Other(
                        concat!("it holds a number that is no ", $what).into(),
                    )),
                }
            }
        }
    )+};
}

numbers! {
    DeviceState, "state of a device" {
        InFlight = 0,
        Created = 1,
        Found = 2,
        Several = 3,
        Rejected = 4,
        Failed = 5,
        Unresolved = 6,
        Undoing = 7,
        Undone = 8,
    }
    DeviceStatus, "status of a device" {
        Active = 0,
        ActivationRequired = 1,
    }
    DeviceType, "type of device" {
        WhatsApp = 0,
        Sms = 1,
        Voice = 2,
        Email = 3,
    }
    MfaState, "state of a user's MFA" {
        Already = 0,
        Enabled = 1,
        Off = 2,
        Switching = 3,
    }
}

/// An address: a number where it is the digits of a phone, else text.
#[derive(Clone, Copy, Debug)]
pub(super) struct AddressText<T>(pub(super) T);

/// A phone has no more digits (E.164).
const DIGITS_MAX: usize = 15;

impl ToSql for AddressText<&String> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        let text = self.0.as_str();
        let is_number = text.len() <= DIGITS_MAX && !text.starts_with('0');
        // A sign would be lost: only digits are read.
        let digits =
            Some(text).filter(|text| is_number && text.bytes().all(|b| b.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse::<i64>().ok());
        Ok(number.map_or_else(|| ToSqlOutput::from(text), ToSqlOutput::from))
    }
}

impl FromSql for AddressText<String> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if let ValueRef::Integer(number) = value {
            return Ok(Self(number.to_string()));
        }
        value.as_str().map(|text| Self(text.to_owned()))
    }
}

/// A text that is mostly a UUID: its sixteen bytes where they give it back as it was, else itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct UuidText<T>(pub(super) T);

impl ToSql for UuidText<&String> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        let text = self.0.as_str();
        let same =
            |uuid: &Uuid| *uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == *text;
        let uuid = Uuid::try_parse(text).ok().filter(same);
        Ok(match uuid {
            Some(uuid) => ToSqlOutput::from(uuid.into_bytes().to_vec()),
            None => ToSqlOutput::from(text),
        })
    }
}

impl FromSql for UuidText<String> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if let ValueRef::Blob(_) = value {
            let bytes = FromSql::column_result(value)?;
            return Ok(Self(Uuid::from_bytes(bytes).hyphenated().to_string()));
        }
        value.as_str().map(|text| Self(text.to_owned()))
    }
}

/// A text that is mostly a time with milliseconds, in UTC: how many they are since 1970, where that
/// gives it back as it was, else itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeText<T>(pub(super) T);

fn time(ms: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(ms).ok()?;
    Some(format!("{time:.3}"))
}

impl ToSql for TimeText<&String> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        let text = self.0.as_str();
        let ms = text
            .parse::<Timestamp>()
            .ok()
            .map(Timestamp::as_millisecond);
        let ms = ms.filter(|ms| time(*ms).as_deref() == Some(text));
        Ok(ms.map_or_else(|| ToSqlOutput::from(text), ToSqlOutput::from))
    }
}

impl FromSql for TimeText<String> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if let ValueRef::Integer(ms) = value {
            let time = time(ms).ok_or(FromSqlError::OutOfRange(ms))?;
            return Ok(Self(time));
        }
        value.as_str().map(|text| Self(text.to_owned()))
    }
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

bytes!(
    UserId,
    DeviceId,
    RunId,
    EnvironmentId,
    RequestDigest,
    NicknameDigest,
    Digest
);

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::*;

    fn kept(value: &dyn ToSql) -> Value {
        let output = value.to_sql().unwrap();
        if let ToSqlOutput::Borrowed(value) = output {
            return value.try_into().unwrap();
        }
        let ToSqlOutput::Owned(value) = output else {
            panic!("{output:?}");
        };
        value
    }

    fn read<T: FromSql>(value: &Value) -> T {
        T::column_result(value.into()).unwrap()
    }

    #[test]
    fn every_kind_of_event_is_given_back_as_it_was() {
        let states = DeviceState::ALL.into_iter().map(EventKind::Settled);
        let others = [
            EventKind::Intent,
            EventKind::Resend,
            EventKind::LeftInFlight,
            EventKind::Verified,
        ];
        for kind in states.chain(others) {
            // To be in flight is to be about to be asked for.
            let expected = if kind == EventKind::Settled(DeviceState::InFlight) {
                EventKind::Intent
            } else {
                kind
            };
            assert_eq!(read::<EventKind>(&kept(&kind)), expected);
        }
    }

    #[test]
    fn a_phone_is_kept_as_a_number_and_every_address_is_given_back_as_it_was() {
        for (address, is_number) in [
            ("15125551234", true),
            ("1", true),
            ("999999999999999", true),
            ("9999999999999999", false),
            ("015125551234", false),
            ("0", false),
            ("+15125551234", false),
            ("-1", false),
            ("1512555123\u{0664}", false),
            ("", false),
            ("a@example.com", false),
            ("1@example.com", false),
            ("1e3", false),
        ] {
            let address = address.to_owned();
            let value = kept(&AddressText(&address));
            assert_eq!(matches!(value, Value::Integer(_)), is_number, "{address}");
            assert_eq!(read::<AddressText<String>>(&value).0, address);
        }
    }

    #[test]
    fn a_uuid_is_kept_in_its_bytes_and_every_text_is_given_back_as_it_was() {
        for (text, is_short) in [
            ("9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506", true),
            ("00000000-0000-0000-0000-000000000000", true),
            ("9F1C2A34-5B6D-4E7F-8A90-B1C2D3E4F506", false),
            ("9f1c2a345b6d4e7f8a90b1c2d3e4f506", false),
            ("{9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506}", false),
            ("9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f50", false),
            ("0123456789abcdef", false),
            ("c-1", false),
            ("", false),
        ] {
            let text = text.to_owned();
            let value = kept(&UuidText(&text));
            assert_eq!(matches!(value, Value::Blob(_)), is_short, "{text}");
            assert_eq!(read::<UuidText<String>>(&value).0, text);
        }
    }

    #[test]
    fn a_time_with_milliseconds_is_kept_as_a_number_and_texts_come_back_whole() {
        for (text, is_short) in [
            ("2026-11-01T08:00:00.000Z", true),
            ("2026-11-01T08:00:00.123Z", true),
            ("1969-12-31T23:59:59.999Z", true),
            ("9999-12-30T21:59:59.999Z", true),
            ("2026-11-01T08:00:00Z", false),
            ("2026-11-01T08:00:00.12Z", false),
            ("2026-11-01T08:00:00.1234Z", false),
            ("2026-11-01T08:00:00.123+00:00", false),
            ("2026-11-01T08:00:00.123z", false),
            ("2026-11-01 08:00:00.123Z", false),
            ("2016-12-31T23:59:60.000Z", false),
            ("2026-02-30T08:00:00.000Z", false),
            ("yesterday", false),
            ("7", false),
            ("", false),
        ] {
            let text = text.to_owned();
            let value = kept(&TimeText(&text));
            assert_eq!(matches!(value, Value::Integer(_)), is_short, "{text}");
            assert_eq!(read::<TimeText<String>>(&value).0, text);
        }
    }
}

//! A user, as far as it decides whether a device is of any use to them.

use bytes::Bytes;
use serde::Deserialize;

use crate::model::code;
use crate::model::ids::UserId;
use crate::model::mfa::UserState;

use super::head::{BodyFault, Head};
use super::read::{ReadError, malformed, read_answer};
use super::wire::lenient;

/// What is read of a user ("Users" of the PingOne Platform API reference).
///
/// A member that is not what it should be counts as missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Document {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    enabled: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    lifecycle: Option<Status>,
    #[serde(deserialize_with = "lenient")]
    account: Option<Account>,
    #[serde(deserialize_with = "lenient")]
    mfa_enabled: Option<bool>,
    #[serde(rename = "bypassMFAEnabled", deserialize_with = "lenient")]
    bypass_mfa_enabled: Option<bool>,
}

/// `lifecycle`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    #[serde(deserialize_with = "lenient")]
    status: Option<String>,
}

/// `account`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Account {
    #[serde(deserialize_with = "lenient")]
    can_authenticate: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    status: Option<String>,
}

impl Document {
    /// Whose it is, where that is told.
    pub(super) fn id(&self) -> Option<UserId> {
        self.id.as_deref()?.parse().ok()
    }

    pub(super) fn state(&self) -> UserState {
        let lifecycle = self.lifecycle.as_ref();
        let lifecycle = lifecycle.and_then(|lifecycle| lifecycle.status.as_deref());
        let account = self.account.as_ref();
        let locked = account.is_some_and(|account| {
            account.can_authenticate == Some(false) || account.status.as_deref() == Some("LOCKED")
        });
        let is_ready = lifecycle.is_none_or(|status| status == "ACCOUNT_OK");
        UserState {
            mfa: self.mfa_enabled,
            disabled: self.enabled == Some(false) || locked || !is_ready,
            bypassed: self.bypass_mfa_enabled == Some(true),
        }
    }
}

/// Reads the answer to a read of one user.
///
/// # Errors
///
/// As [`read_answer`], and [`ReadFailure::Malformed`](super::read::ReadFailure::Malformed) for another
/// user than the one of this ID.
pub(super) fn answer(
    id: UserId,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Result<UserState, ReadError> {
    let user: Document = read_answer(head, body)?;
    if user.id() == Some(id) {
        return Ok(user.state());
    }
    let message = "the answer shows another user than the one who was asked for";
    Err(malformed(head, code::UNREADABLE_ANSWER, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Proof;
    use crate::pingone::read::ReadFailure;

    const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";

    fn read(members: &str) -> Result<UserState, ReadFailure> {
        let head = Head::bare(200, Proof::Proven);
        let body = Ok(Bytes::from(format!("{{{members}}}")));
        let read = answer(USER.parse().unwrap(), &head, &body);
        read.map_err(|error| error.failure)
    }

    #[test]
    fn what_decides_is_read_and_what_is_odd_or_missing_counts_as_not_said() {
        let usable = UserState::default();
        let disabled = UserState {
            disabled: true,
            ..usable
        };
        let mfa = |on| UserState {
            mfa: Some(on),
            ..usable
        };
        for (members, expected) in [
            ("", usable),
            (r#","mfaEnabled":true,"enabled":true"#, mfa(true)),
            (r#","mfaEnabled":false,"enabled":null"#, mfa(false)),
            (r#","mfaEnabled":"false""#, usable),
            (r#","enabled":false"#, disabled),
            (r#","lifecycle":{"status":"ACCOUNT_OK"}"#, usable),
            (
                r#","lifecycle":{"status":"VERIFICATION_REQUIRED"}"#,
                disabled,
            ),
            (r#","lifecycle":{"status":7},"account":[]"#, usable),
            (
                r#","account":{"canAuthenticate":true,"status":"OK"}"#,
                usable,
            ),
            (r#","account":{"canAuthenticate":false}"#, disabled),
            (r#","account":{"status":"LOCKED"}"#, disabled),
            (
                r#","bypassMFAEnabled":true"#,
                UserState {
                    bypassed: true,
                    ..usable
                },
            ),
        ] {
            let members = format!(r#""id":"{USER}"{members}"#);
            assert_eq!(read(&members), Ok(expected), "{members}");
        }
    }

    #[test]
    fn a_user_who_is_not_the_one_that_was_asked_for_is_none() {
        for members in [
            "",
            r#""id":null,"mfaEnabled":true"#,
            r#""id":"22222222-2222-4222-8222-222222222222","mfaEnabled":true"#,
        ] {
            assert_eq!(read(members), Err(ReadFailure::Malformed), "{members}");
        }
        let upper = format!(r#""id":"{}""#, USER.to_uppercase());
        assert_eq!(read(&upper), Ok(UserState::default()));
    }
}

//! Why a run stops, in words for whoever has to mend it.

use std::time::Duration;

use super::LONGEST_HOLD;
use crate::model::ids::PolicyId;
use crate::model::outcome::{Answer, Refusal};
use crate::model::stop::{StopCode, StopReason};
use crate::pingone::hint;

/// The stable word for a refusal that came time after time.
pub(super) fn code_of_refusals(refusal: Refusal) -> StopCode {
    match refusal {
        Refusal::Forbidden => StopCode::PermissionMissing,
        Refusal::UserUnknown => StopCode::UsersUnknown,
        Refusal::DeviceLimit => StopCode::DeviceLimitReached,
        Refusal::Unreachable
        | Refusal::Untrusted
        | Refusal::OutOfResources
        | Refusal::Withheld
        | Refusal::Throttled { .. }
        | Refusal::Unauthorized
        | Refusal::AlreadyThere
        | Refusal::Invalid
        | Refusal::Conflicting
        | Refusal::Misdirected => StopCode::SameRefusal,
    }
}

/// What to do about it; `policy` is that of the last row.
pub(super) fn of_refusals(refusal: Refusal, api: &str, policy: PolicyId) -> String {
    let hint = match refusal {
        Refusal::Forbidden => {
            "give the worker application the role Identity Data Admin on this environment, \
             and check the environment's ID"
        }
        Refusal::UserUnknown => {
            return asked_at(
                "check that the users are in this environment (`WAVEPAIR_ENVIRONMENT`, `--environment`) \
                 and that the API address is right; users who were made some minutes ago may not be \
                 visible yet",
                api,
            );
        }
        Refusal::DeviceLimit => {
            "raise the number of allowed devices in PingOne's MFA settings, or remove old devices"
        }
        Refusal::Unreachable
        | Refusal::Untrusted
        | Refusal::OutOfResources
        | Refusal::Withheld
        | Refusal::Throttled { .. }
        | Refusal::Unauthorized
        | Refusal::AlreadyThere
        | Refusal::Invalid
        | Refusal::Conflicting
        | Refusal::Misdirected => {
            return format!(
                "check that the policy is there and allows this type of device: `wavepair doctor --policy {policy}`"
            );
        }
    };
    hint.to_owned()
}

/// A hint with the address that it may be about.
pub(super) fn asked_at(hint: &str, api: &str) -> String {
    format!("{hint}; the API is asked at {api}")
}

pub(in crate::engine) fn too_long(retry_after: Option<Duration>) -> Option<StopReason> {
    retry_after
        .filter(|&delay| delay > LONGEST_HOLD)
        .map(|delay| StopReason::Unavailable {
            what: format!("PingOne asks to wait {} s", delay.as_secs()),
        })
}

pub(super) fn untrusted(answer: &Answer) -> StopReason {
    pointless(
        StopCode::NotTrusted,
        format!("the connection cannot be trusted ({})", said(answer)),
        hint::UNTRUSTED,
    )
}

pub(super) fn captive_portal(answer: &Answer) -> StopReason {
    pointless(
        StopCode::WrongHost,
        format!(
            "a network wants somebody to sign in first ({})",
            said(answer)
        ),
        hint::CAPTIVE_PORTAL,
    )
}

pub(super) fn redirected(answer: &Answer, api: &str) -> StopReason {
    pointless(
        StopCode::WrongHost,
        format!(
            "the API answered with a redirect ({}), which is never followed",
            said(answer)
        ),
        &asked_at(hint::WRONG_HOST, api),
    )
}

pub(super) fn wrong_device() -> StopReason {
    pointless(
        StopCode::AnswersMixedUp,
        "an answer was about another device than the one asked for".to_owned(),
        hint::MIXED_UP,
    )
}

pub(in crate::engine) fn mixed_up() -> StopReason {
    pointless(
        StopCode::AnswersMixedUp,
        "an answer was to another request than ours".to_owned(),
        hint::MIXED_UP,
    )
}

pub(super) fn misdirected(answer: &Answer) -> String {
    format!(
        "the API does not understand the request ({}): the wrong host, or a fault in wavepair",
        said(answer)
    )
}

pub(in crate::engine) fn pointless(code: StopCode, what: String, hint: &str) -> StopReason {
    StopReason::Pointless {
        code,
        what,
        hint: hint.to_owned(),
    }
}

pub(super) fn unreadable(rows: usize, answer: &Answer, api: &str) -> StopReason {
    pointless(
        StopCode::WrongHost,
        format!(
            "the devices of {rows} rows' users cannot be told from their listings, and none before ({})",
            said(answer)
        ),
        &asked_at(
            "check the API address and what stands between, and that phones are not masked for this client",
            api,
        ),
    )
}

/// The code and status of an answer, for a message.
pub(super) fn said(answer: &Answer) -> String {
    let code = answer.code.as_deref().unwrap_or("no code");
    match answer.http_status {
        Some(status) => format!("HTTP {status}, {code}"),
        None => code.to_owned(),
    }
}

//! Why a run stops, in words for whoever has to mend it. Nowhere else.

use std::time::Duration;

use jiff::Timestamp;

use super::guard::Kind;
use super::guard::breaker::{Trip, TripCause};
use super::options::LONGEST_HOLD;
use crate::model::code;
use crate::model::counted::{count, counted};
use crate::model::ids::PolicyId;
use crate::model::outcome::{Answer, LookOutcome, Refusal};
use crate::model::stop::{StopCode, StopReason};
use crate::model::why_nothing::WhyNothing;
use crate::pingone::grant::{TokenError, TokenFailure};
use crate::pingone::hint;
use crate::pingone::read::{ReadError, ReadFailure};

/// A new access token is refused as well.
pub(super) fn unauthorized() -> StopReason {
    pointless(
        StopCode::CredentialsRefused,
        "PingOne refuses a new access token (HTTP 401)".to_owned(),
        hint::UNAUTHORIZED,
    )
}

/// Listings are not allowed, and nothing else was asked for.
pub(super) fn forbidden() -> StopReason {
    pointless(
        StopCode::PermissionMissing,
        "PingOne does not let this client list a user's devices (HTTP 403)".to_owned(),
        hint::FORBIDDEN,
    )
}

/// So many access tokens in a row were good for no request.
pub(super) fn tokens_too_short(tokens: u32) -> StopReason {
    pointless(
        StopCode::TokensTooShort,
        format!("{tokens} access tokens in a row had expired before they could be used"),
        "raise the life of access tokens in PingOne (the environment's settings), or look for what makes the token endpoint slow: a proxy, `--token-url`",
    )
}

/// There is no access token to be had.
pub(super) fn no_token(error: &TokenError) -> StopReason {
    let what = format!("no access token: {error}");
    match error.failure {
        TokenFailure::Transient { .. } => StopReason::Unavailable { what },
        TokenFailure::Unsupported | TokenFailure::Refused => {
            pointless(StopCode::CredentialsRefused, what, error.hint)
        }
        TokenFailure::Untrusted => pointless(StopCode::NotTrusted, what, error.hint),
        TokenFailure::Redirected | TokenFailure::CaptivePortal | TokenFailure::Malformed => {
            pointless(StopCode::WrongHost, what, error.hint)
        }
    }
}

/// The end of questions that do not get to PingOne, or not to PingOne alone.
pub(super) fn out_of_trust(outcome: &LookOutcome, answer: &Answer) -> StopReason {
    let code = if *outcome == LookOutcome::Nothing(WhyNothing::Untrusted) {
        StopCode::NotTrusted
    } else {
        StopCode::WrongHost
    };
    let advice = hint::of_look(outcome);
    let what = answer.message.as_ref().or(answer.code.as_ref());
    let what = hint::without_advice(what.map_or("", String::as_str), advice);
    pointless(code, what.to_owned(), advice)
}

/// The end of look-ups that are refused whoever is asked for; `None` where another one may be answered.
pub(super) fn of_look_up(error: &ReadError) -> Option<StopReason> {
    match error.failure {
        ReadFailure::Malformed if error.answer.code.as_deref() == Some(code::MIXED_UP) => {
            return Some(mixed_up());
        }
        ReadFailure::Malformed | ReadFailure::Transient { .. } => return None,
        ReadFailure::Unauthorized => return Some(unauthorized()),
        ReadFailure::Forbidden
        | ReadFailure::Untrusted
        | ReadFailure::CaptivePortal
        | ReadFailure::NotFound
        | ReadFailure::Redirected => {}
    }
    let what = match error.answer.http_status {
        Some(status) => format!("PingOne does not tell who the users are (HTTP {status})"),
        None => error.answer.message.clone().unwrap_or_default(),
    };
    Some(of_users(error, what))
}

/// The end of questions about users, one of which was refused like this; `what` says that.
pub(crate) fn of_users(error: &ReadError, what: String) -> StopReason {
    let hint = if error.failure == ReadFailure::Forbidden {
        hint::FORBIDDEN
    } else {
        error.hint()
    };
    of_read(error, what, hint)
}

/// The end of questions, one of which was refused like this; `what` says that, and `hint` what to do
/// where it does not pass by itself.
pub(crate) fn of_read(error: &ReadError, what: String, hint: &str) -> StopReason {
    let code = match error.failure {
        ReadFailure::Transient { .. } => return StopReason::Unavailable { what },
        ReadFailure::Unauthorized => StopCode::CredentialsRefused,
        ReadFailure::Forbidden => StopCode::PermissionMissing,
        ReadFailure::Untrusted => StopCode::NotTrusted,
        ReadFailure::NotFound
        | ReadFailure::Redirected
        | ReadFailure::CaptivePortal
        | ReadFailure::Malformed => StopCode::WrongHost,
    };
    pointless(code, what, hint)
}

/// PingOne asks for a longer pause, from now on, than is waited out.
pub(super) fn too_long(pause: Option<Duration>, now: Timestamp) -> Option<StopReason> {
    let pause = pause.filter(|&pause| pause > LONGEST_HOLD)?;
    let until = now.checked_add(pause).unwrap_or(Timestamp::MAX);
    Some(StopReason::AskedToWait {
        until_ms: until.as_millisecond(),
    })
}

/// PingOne has limited every request for so long.
pub(super) fn nothing_but_throttles(lasted: Duration) -> StopReason {
    StopReason::Unavailable {
        what: format!(
            "PingOne has answered nothing but 429 for {} min",
            lasted.as_secs() / 60
        ),
    }
}

/// Most requests fail, and waiting has no point; the last of them was answered like this.
pub(super) fn most_fail(trip: &Trip, answer: &Answer) -> StopReason {
    let what = match &trip.cause {
        TripCause::NoConnection { lasted } => {
            format!("no connection to PingOne for {} s", lasted.as_secs())
        }
        TripCause::ProbeFailed { kind, waited } => format!(
            "most {} failed, and so did one that was tried {} s later",
            kind.plural(),
            waited.as_secs()
        ),
        TripCause::MostFailed { kind, failed, of } => {
            format!(
                "{} of the last {} {} failed",
                count(*failed as u64),
                count(*of as u64),
                kind.plural()
            )
        }
        TripCause::RetriesUnaffordable => {
            "for a minute too few requests succeeded to try failed ones again".to_owned()
        }
    };
    StopReason::Unavailable {
        what: format!("{what} (the last with {})", describe(answer)),
    }
}

/// PingOne refused so many rows, one after the other, with the same code.
pub(super) fn same_refusal(
    (kind, refusal): (Kind, Refusal),
    (seen, rows): (usize, &str),
    answer: &Answer,
    policy: PolicyId,
    api: &str,
) -> StopReason {
    let (code, hint) = match kind {
        Kind::Mfa => of_mfa_refusals(refusal, policy, api),
        Kind::Create | Kind::Look => of_refusals(refusal, policy, api),
    };
    let answer = describe(answer);
    let what = format!(
        "PingOne refused {} consecutive rows with {answer} (rows {rows}, …)",
        count(seen as u64)
    );
    pointless(code, what, &hint)
}

/// The stable word for a refusal that came time after time, and what to do about it; `policy` is
/// that of the last row.
fn of_refusals(refusal: Refusal, policy: PolicyId, api: &str) -> (StopCode, String) {
    match refusal {
        Refusal::Forbidden => (
            StopCode::PermissionMissing,
            "give the worker application the role Identity Data Admin on this environment, \
             and check the environment's ID"
                .to_owned(),
        ),
        Refusal::UserUnknown => (
            StopCode::UsersUnknown,
            asked_at(
                "check that the users are in this environment (`WAVEPAIR_ENVIRONMENT`, `--environment`) \
                 and that the API address is right; users who were made some minutes ago may not be \
                 visible yet",
                api,
            ),
        ),
        Refusal::DeviceLimit => (
            StopCode::DeviceLimitReached,
            "raise the number of allowed devices in PingOne's MFA settings, or remove old devices"
                .to_owned(),
        ),
        Refusal::Unreachable
        | Refusal::Untrusted
        | Refusal::OutOfResources
        | Refusal::Withheld
        | Refusal::Throttled { .. }
        | Refusal::Unauthorized
        | Refusal::AlreadyThere
        | Refusal::Invalid
        | Refusal::Conflicting
        | Refusal::Misdirected => (
            StopCode::SameRefusal,
            format!(
                "check that the policy is there and allows this type of device: `wavepair doctor --policy {policy}`"
            ),
        ),
    }
}

/// The same for requests about users' MFA.
fn of_mfa_refusals(refusal: Refusal, policy: PolicyId, api: &str) -> (StopCode, String) {
    match refusal {
        Refusal::Forbidden => (StopCode::PermissionMissing, hint::MFA_FORBIDDEN.to_owned()),
        Refusal::Invalid => (
            StopCode::SameRefusal,
            "look at one of these users in PingOne, switch MFA on there, and run again; or leave it off with `--mfa check`"
                .to_owned(),
        ),
        Refusal::Unreachable
        | Refusal::Untrusted
        | Refusal::OutOfResources
        | Refusal::Withheld
        | Refusal::Throttled { .. }
        | Refusal::Unauthorized
        | Refusal::UserUnknown
        | Refusal::AlreadyThere
        | Refusal::DeviceLimit
        | Refusal::Conflicting
        | Refusal::Misdirected => of_refusals(refusal, policy, api),
    }
}

/// So many requests were lost whose devices PingOne does not list.
pub(super) fn requests_unanswered(requests: u64) -> StopReason {
    pointless(
        StopCode::RequestsUnanswered,
        format!(
            "{} went unanswered and PingOne does not list their devices",
            counted(requests, "request")
        ),
        "find out what loses the answers before more rows are left in doubt; \
         run again after the settling time",
    )
}

pub(super) fn untrusted(answer: &Answer) -> StopReason {
    pointless(
        StopCode::NotTrusted,
        format!("the connection cannot be trusted ({})", describe(answer)),
        hint::UNTRUSTED,
    )
}

pub(super) fn captive_portal(answer: &Answer) -> StopReason {
    pointless(
        StopCode::WrongHost,
        format!(
            "a network wants somebody to sign in first ({})",
            describe(answer)
        ),
        hint::CAPTIVE_PORTAL,
    )
}

pub(super) fn redirected(answer: &Answer, api: &str) -> StopReason {
    pointless(
        StopCode::WrongHost,
        format!(
            "the API answered with a redirect ({}), which is never followed",
            describe(answer)
        ),
        &asked_at(hint::WRONG_HOST, api),
    )
}

/// So many answers in a row were not PingOne's.
pub(super) fn foreign(answers: u32, answer: &Answer, api: &str) -> StopReason {
    pointless(
        StopCode::WrongHost,
        format!(
            "{} consecutive answers did not come from PingOne ({})",
            count(u64::from(answers)),
            describe(answer)
        ),
        &asked_at(
            "check the API address and what stands between: a proxy, a firewall, a sign-in page",
            api,
        ),
    )
}

/// The listings of so many rows could not be read, and none before.
pub(super) fn unreadable(rows: usize, answer: &Answer, api: &str) -> StopReason {
    pointless(
        StopCode::WrongHost,
        format!(
            "the devices of {} rows' users cannot be told from their listings, and none before ({})",
            count(rows as u64),
            describe(answer)
        ),
        &asked_at(
            "check the API address and what stands between, and that phones are not masked for this client",
            api,
        ),
    )
}

pub(super) fn wrong_device() -> StopReason {
    pointless(
        StopCode::AnswersMixedUp,
        "an answer was about another device than the one asked for".to_owned(),
        hint::MIXED_UP,
    )
}

pub(super) fn mixed_up() -> StopReason {
    pointless(
        StopCode::AnswersMixedUp,
        "an answer was to another request than ours".to_owned(),
        hint::MIXED_UP,
    )
}

pub(super) fn misdirected(answer: &Answer) -> StopReason {
    broken(format!(
        "the API does not understand the request ({}): the wrong host, or a fault in wavepair",
        describe(answer)
    ))
}

pub(super) fn no_resources(answer: &Answer) -> StopReason {
    broken(format!(
        "this machine cannot open even one connection ({})",
        describe(answer)
    ))
}

pub(super) fn disk_full() -> StopReason {
    broken(
        "the disk with the ledger is full, or its files may not get longer (`ulimit -f`)"
            .to_owned(),
    )
}

/// PingOne refused so many devices, one after the other, that were to be deleted.
pub(super) fn deletions_refused(refused: u64, answer: &Answer) -> StopReason {
    let (devices, answer) = (count(refused), describe(answer));
    let what = format!("PingOne refused {devices} devices in a row, the last with {answer}");
    pointless(StopCode::SameRefusal, what, "look at them in PingOne")
}

/// wavepair itself, or what it runs on, is at fault.
pub(super) fn broken(what: String) -> StopReason {
    StopReason::Broken { what }
}

fn pointless(code: StopCode, what: String, hint: &str) -> StopReason {
    StopReason::Pointless {
        code,
        what,
        hint: hint.to_owned(),
    }
}

/// A hint with the address that it may be about.
fn asked_at(hint: &str, api: &str) -> String {
    format!("{hint}; the API is asked at {api}")
}

/// The code and status of an answer.
fn describe(answer: &Answer) -> String {
    let code = answer.code.as_deref().unwrap_or("no code");
    match answer.http_status {
        Some(status) => format!("HTTP {status}, {code}"),
        None => code.to_owned(),
    }
}

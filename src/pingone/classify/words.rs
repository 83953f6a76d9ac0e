//! What an answer says of itself, in PingOne's words or in our own.

use std::time::Duration;

use crate::model::code;
use crate::model::outcome::{Ambiguity, Answer, Proof, Refusal};
use crate::model::request::DeviceKey;
use crate::pingone::head::Head;
use crate::pingone::own::Own;
use crate::pingone::ping_error::PingError;
use crate::pingone::retry_after::LONGEST;
use crate::pingone::transport::Fault;
use crate::pingone::{Answered, hint};

pub(super) fn answered<T>(outcome: T, answer: Answer, head: &Head) -> Answered<T> {
    Answered {
        outcome,
        answer,
        pause: head.pause(),
        proof: head.proof,
        date_ms: head.date_ms,
        fault: None,
    }
}

/// The wait that an answer asks for: by its header, or until the quota is reset that is used up.
///
/// The reset is measured against the answer's own `Date`, never against our clock, which may be wrong.
pub(super) fn pause(head: &Head, error: Option<&PingError>) -> Option<Duration> {
    let reset = error.filter(|error| head.status == 429 && error.has(QUOTA));
    let reset = reset.and_then(PingError::quota_reset_ms);
    let wait = reset
        .zip(head.date_ms)
        .map(|(at, now)| at.saturating_sub(now));
    let wait = wait
        .and_then(|ms| u64::try_from(ms).ok())
        .filter(|ms| *ms > 0);
    let wait = wait.map(|ms| Duration::from_millis(ms).min(LONGEST));
    head.pause().max(wait)
}

/// What came of a request about a device that got no answer: what is to be done about it, and why.
pub(super) fn unanswered<T>(
    outcome: T,
    advice: Option<&str>,
    fault: &Fault,
    key: &DeviceKey,
) -> Answered<T> {
    let answer = no_answer(fault, &Own::of(&key.address));
    Answered {
        outcome,
        answer: with_advice(answer, advice),
        pause: None,
        proof: Proof::Proven,
        date_ms: None,
        fault: Some(fault.kind),
    }
}

pub(super) const LIMIT: &str = "LIMIT_EXCEEDED";
pub(super) const QUOTA: &str = "QUOTA_EXCEEDED";

/// A row shows what happened and what to do: PingOne's words alone help nobody to mend it.
pub(super) fn with_advice(answer: Answer, advice: Option<&str>) -> Answer {
    let message = match (answer.message, advice) {
        (Some(what), Some(advice)) => Some(hint::advised(&what, advice)),
        (message, _) => message,
    };
    Answer { message, ..answer }
}

/// PingOne's own code and message where it gave them, the word and the status otherwise.
pub(super) fn in_words(head: &Head, error: Option<PingError>, word: &str, own: &Own) -> Answer {
    let Some(error) = error.filter(|_| head.status >= 400) else {
        let message = if word == code::THROTTLED {
            "too many requests".to_owned()
        } else if head.status >= 400 {
            format!("status {} without PingOne's error format", head.status)
        } else {
            format!("status {}, and not what PingOne answers here", head.status)
        };
        return own_words(head, Some(word), Some(message), own);
    };
    let deciding = if error.names_existing() {
        "UNIQUENESS_VIOLATION"
    } else if head.status == 429 && error.has(QUOTA) {
        QUOTA
    } else {
        LIMIT
    };
    let label = own.unless_in(Some(error.label(deciding)));
    let in_body = error.id().map(str::to_owned);
    Answer {
        http_status: Some(head.status),
        code: label.or_else(|| Some(word.to_owned())),
        message: Some(own.harmless(&error.describe())),
        correlation_id: own.unless_in(head.correlation_id.clone().or(in_body)),
    }
}

pub(super) fn own_words(
    head: &Head,
    word: Option<&str>,
    message: Option<String>,
    own: &Own,
) -> Answer {
    Answer {
        http_status: Some(head.status),
        code: word.map(str::to_owned),
        message,
        correlation_id: own.unless_in(head.correlation_id.clone()),
    }
}

pub(super) fn mixed_up(head: &Head, own: &Own) -> Answer {
    let message = "the answer is to another request than ours".to_owned();
    own_words(head, Some(code::MIXED_UP), Some(message), own)
}

/// What is said of a fault may be the server's words, such as the names in its certificate.
fn no_answer(fault: &Fault, own: &Own) -> Answer {
    Answer {
        http_status: None,
        code: Some(fault.kind.code().to_owned()),
        message: Some(own.harmless(&fault.message())),
        correlation_id: None,
    }
}

pub(super) fn refusal_code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Unreachable => code::UNREACHABLE,
        Refusal::Untrusted => code::TLS_FAILED,
        Refusal::OutOfResources => code::OUT_OF_RESOURCES,
        Refusal::Withheld => code::NOT_SENT,
        Refusal::Throttled { .. } => code::THROTTLED,
        Refusal::Unauthorized => code::UNAUTHORIZED,
        Refusal::Forbidden => code::FORBIDDEN,
        Refusal::UserUnknown => code::NOT_FOUND,
        Refusal::AlreadyThere | Refusal::DeviceLimit | Refusal::Invalid | Refusal::Conflicting => {
            code::REFUSED
        }
        Refusal::Misdirected => code::MISDIRECTED,
    }
}

pub(super) fn ambiguity_code(ambiguity: Ambiguity) -> &'static str {
    match ambiguity {
        Ambiguity::TimedOut => code::TIMED_OUT,
        Ambiguity::ConnectionLost => code::CONNECTION_LOST,
        Ambiguity::Unreadable => code::UNREADABLE_ANSWER,
        Ambiguity::Redirected => code::REDIRECTED,
        Ambiguity::CaptivePortal => code::CAPTIVE_PORTAL,
        Ambiguity::ServerError => code::SERVER_ERROR,
        Ambiguity::QuotaExceeded => code::QUOTA_EXCEEDED,
        Ambiguity::RequestTimeout => code::REQUEST_TIMEOUT,
        Ambiguity::Conflict => code::CONFLICT,
        Ambiguity::ForeignError => code::FOREIGN_ERROR,
        Ambiguity::UnexpectedStatus => code::UNEXPECTED_STATUS,
        Ambiguity::WrongDevice => code::WRONG_DEVICE,
        Ambiguity::MixedUp => code::MIXED_UP,
    }
}

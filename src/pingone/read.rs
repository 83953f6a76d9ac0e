//! What a read of policies or settings gave, or why it gave nothing.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;
use serde::de::DeserializeOwned;

use crate::model::code;
use crate::model::ids::PolicyId;
use crate::model::outcome::{Answer, Proof};

use super::head::{BodyFault, Head};
use super::next_page::Trail;
use super::ping_error::PingError;
use super::transport::Fault;
use super::{hint, redact, wire};

/// Why a read gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFailure {
    /// It may pass: no connection, no answer, a 408, a 429 or a 5xx.
    Transient {
        /// The wait that PingOne asks for, where it names one; unclamped.
        retry_after: Option<Duration>,
    },
    /// 401.
    Unauthorized,
    /// 403: not permitted, or no such environment.
    Forbidden,
    /// 404.
    NotFound,
    /// Certificate, plain-text peer, proxy refusal.
    Untrusted,
    /// A 3xx, which is never followed.
    Redirected,
    /// A 511: a network wants somebody to sign in first.
    CaptivePortal,
    /// An answer that is not what the documentation promises.
    Malformed,
}

/// A read that gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// Why.
    pub failure: ReadFailure,
    /// What the answer said about itself.
    pub answer: Answer,
}

impl ReadError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self.failure {
            ReadFailure::Transient { .. } if self.answer.http_status.is_none() => hint::NO_ANSWER,
            ReadFailure::Transient { .. } => hint::LATER,
            ReadFailure::Unauthorized => hint::UNAUTHORIZED,
            ReadFailure::Forbidden => {
                "reading policies and MFA settings needs the role Environment Admin or Configuration Read Only Admin on this environment; check `WAVEPAIR_ENVIRONMENT` too"
            }
            ReadFailure::CaptivePortal => hint::CAPTIVE_PORTAL,
            ReadFailure::NotFound | ReadFailure::Redirected | ReadFailure::Malformed => {
                hint::WRONG_HOST
            }
            ReadFailure::Untrusted => hint::UNTRUSTED,
        }
    }

    /// Whether PingOne limits requests: a 429.
    pub(crate) fn is_throttle(&self) -> bool {
        self.answer.http_status == Some(429)
    }

    /// The wait that PingOne asks for, where it names one; unclamped.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        if let ReadFailure::Transient { retry_after } = self.failure {
            retry_after
        } else {
            None
        }
    }

    pub(super) fn of_fault(fault: &Fault) -> Self {
        let failure = if fault.kind.is_distrust() {
            ReadFailure::Untrusted
        } else {
            ReadFailure::Transient { retry_after: None }
        };
        Self {
            failure,
            answer: Answer {
                http_status: None,
                code: Some(fault.kind.code().to_owned()),
                message: Some(fault.message()),
                correlation_id: None,
            },
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.answer.http_status {
            write!(f, "status {status}: ")?;
        }
        f.write_str(self.answer.message.as_deref().unwrap_or("no answer"))?;
        if let Some(id) = &self.answer.correlation_id {
            write!(f, " (correlation ID {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ReadError {}

/// Reads the answer to a read.
///
/// # Errors
///
/// A [`ReadError`] for anything but a 200 with the JSON that is expected.
pub fn read_answer<T: DeserializeOwned>(
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Result<T, ReadError> {
    let transient = ReadFailure::Transient {
        retry_after: head.pause(),
    };
    let (failure, word) = match (head.status, body) {
        _ if head.proof == Proof::MixedUp => (ReadFailure::Malformed, code::MIXED_UP),
        (200, Ok(body)) => match serde_json::from_slice(body) {
            Ok(read) => return Ok(read),
            // What went wrong may quote the answer; where it went wrong does not help.
            Err(_) => (ReadFailure::Malformed, code::UNREADABLE_ANSWER),
        },
        (200, Err(BodyFault::TimedOut)) => (transient, code::TIMED_OUT),
        (200, Err(BodyFault::CutOff)) => (transient, code::CONNECTION_LOST),
        (200, Err(BodyFault::TooLong)) => (ReadFailure::Malformed, code::UNREADABLE_ANSWER),
        (401, _) => (ReadFailure::Unauthorized, code::UNAUTHORIZED),
        (403, _) => (ReadFailure::Forbidden, code::FORBIDDEN),
        (404, _) => (ReadFailure::NotFound, code::NOT_FOUND),
        (408, _) => (transient, code::REQUEST_TIMEOUT),
        (429, _) => (transient, code::THROTTLED),
        (300..=399, _) => (ReadFailure::Redirected, code::REDIRECTED),
        (511, _) => (ReadFailure::CaptivePortal, code::CAPTIVE_PORTAL),
        (500..=599, _) => (transient, code::SERVER_ERROR),
        _ => (ReadFailure::Malformed, code::UNEXPECTED_STATUS),
    };
    let error = body.as_deref().ok().and_then(PingError::read);
    let error = error.filter(|_| head.status >= 400);
    let message = match &error {
        Some(error) => redact::harmless(&error.describe()),
        None if head.status == 200 => "the answer is not what PingOne documents".to_owned(),
        None => "an answer without PingOne's error format".to_owned(),
    };
    let word = error.map_or_else(|| word.to_owned(), |error| error.label(""));
    Err(failed(head, failure, word, message))
}

/// What a page of policies told us, and those before it.
#[derive(Debug)]
pub enum ListedPolicies {
    /// These are all.
    Whole(Vec<wire::Policy>),
    /// There is another page to ask for.
    GoesOn(PolicyPages),
}

/// The policies on the pages that were read so far, and where the next one is.
pub struct PolicyPages {
    next: Url,
    trail: Trail,
    policies: Vec<wire::Policy>,
}

impl PolicyPages {
    /// Where the next page is: on the same path of the same host as the ones before.
    pub(super) fn next(&self) -> &Url {
        &self.next
    }
}

impl fmt::Debug for PolicyPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyPages")
            .field("read", &self.trail.pages())
            .finish_non_exhaustive()
    }
}

/// Reads a page of policies from this address; `before` is what the pages before it told.
///
/// # Errors
///
/// As [`read_answer`], and [`ReadFailure::Malformed`] for a listing that is not whole with all its pages.
pub fn policies_answer(
    at: &Url,
    before: Option<&PolicyPages>,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Result<ListedPolicies, ReadError> {
    let page: wire::Collection<wire::Policies> = read_answer(head, body)?;
    let unreadable = |message: &str| malformed(head, code::UNREADABLE_LISTING, message);
    let embedded = page
        .embedded
        .ok_or_else(|| unreadable("the listing of policies is not whole"))?;
    let (mut trail, mut policies) = before
        .map(|before| (before.trail.clone(), before.policies.clone()))
        .unwrap_or_default();
    policies.extend(embedded.policies);
    let bytes = body.as_ref().map_or(0, Bytes::len);
    let next = trail.next(at, bytes, page.links.as_ref());
    let next = next.map_err(|astray| {
        let why = astray.why();
        unreadable(&format!("the listing of policies {why}"))
    })?;
    Ok(match next {
        None => ListedPolicies::Whole(policies),
        Some(next) => ListedPolicies::GoesOn(PolicyPages {
            next,
            trail,
            policies,
        }),
    })
}

/// Reads the answer to a read of one policy.
///
/// # Errors
///
/// As [`read_answer`], and [`ReadFailure::Malformed`] for another policy than the one of this ID.
pub(crate) fn policy_answer(
    id: PolicyId,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Result<wire::Policy, ReadError> {
    let policy: wire::Policy = read_answer(head, body)?;
    if policy.id.parse() == Ok(id) {
        return Ok(policy);
    }
    let message = "the answer shows another policy than the one that was asked for";
    Err(malformed(head, code::UNREADABLE_ANSWER, message))
}

pub(super) fn malformed(head: &Head, word: &str, message: &str) -> ReadError {
    let (word, message) = (word.to_owned(), message.to_owned());
    failed(head, ReadFailure::Malformed, word, message)
}

fn failed(head: &Head, failure: ReadFailure, word: String, message: String) -> ReadError {
    ReadError {
        failure,
        answer: Answer {
            http_status: Some(head.status),
            code: Some(word),
            message: Some(message),
            correlation_id: head.correlation_id.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "https://api.pingone.eu/v1/environments/e/deviceAuthenticationPolicies";

    fn policies(status: u16, body: &'static str) -> Result<Vec<wire::Policy>, ReadError> {
        match page(AT, None, status, body)? {
            ListedPolicies::Whole(policies) => Ok(policies),
            ListedPolicies::GoesOn(pages) => panic!("{pages:?}"),
        }
    }

    fn page(
        at: &str,
        before: Option<&PolicyPages>,
        status: u16,
        body: &'static str,
    ) -> Result<ListedPolicies, ReadError> {
        let head = Head {
            retry_after: Some(Duration::from_secs(3)),
            correlation_id: Some("c-1".to_owned()),
            ..Head::bare(status, Proof::Proven)
        };
        let body = Ok(Bytes::from_static(body.as_bytes()));
        policies_answer(&at.parse().unwrap(), before, &head, &body)
    }

    #[test]
    fn policies_are_read_whole_or_not_at_all() {
        let whole = r#"{"_embedded":{"deviceAuthenticationPolicies":[{"id":"p","name":"MFA","default":true,"whatsApp":{"enabled":true}}]}}"#;
        assert_eq!(policies(200, whole).unwrap().len(), 1);
        for part in [
            r#"{"_links":{}}"#,
            "<html>",
            r#"{"_links":{"next":{"href":"x"}},"_embedded":{"deviceAuthenticationPolicies":[]}}"#,
            r#"{"_links":{"next":{"href":"https://api.pingone.com/v1/environments/e/deviceAuthenticationPolicies?page=2"}},"_embedded":{"deviceAuthenticationPolicies":[]}}"#,
            r#"{"_links":{"next":{"href":""}},"_embedded":{"deviceAuthenticationPolicies":[]}}"#,
            r#"{"_links":{"next":{}},"_embedded":{"deviceAuthenticationPolicies":[]}}"#,
        ] {
            assert_eq!(
                policies(200, part).unwrap_err().failure,
                ReadFailure::Malformed,
                "{part}"
            );
        }
    }

    #[test]
    fn policies_on_several_pages_are_read_from_all_of_them_and_no_page_twice() {
        let first = r#"{"_links":{"next":{"href":"?page=2"}},"_embedded":{"deviceAuthenticationPolicies":[{"id":"p"}]}}"#;
        let ListedPolicies::GoesOn(pages) = page(AT, None, 200, first).unwrap() else {
            panic!("there is another page");
        };
        let second = format!("{AT}?page=2");
        assert_eq!(pages.next().as_str(), second);
        let last = r#"{"_embedded":{"deviceAuthenticationPolicies":[{"id":"q"}]}}"#;
        let ListedPolicies::Whole(policies) = page(&second, Some(&pages), 200, last).unwrap()
        else {
            panic!("that was the last page");
        };
        let ids: Vec<_> = policies.iter().map(|policy| policy.id.as_str()).collect();
        assert_eq!(ids, ["p", "q"]);
        let again = page(&second, Some(&pages), 200, first).unwrap_err();
        assert!(again.to_string().contains("another address"), "{again}");
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        let soon = ReadFailure::Transient {
            retry_after: Some(Duration::from_secs(3)),
        };
        let later = ReadFailure::Transient { retry_after: None };
        for (status, failure) in [
            (301, ReadFailure::Redirected),
            (400, ReadFailure::Malformed),
            (401, ReadFailure::Unauthorized),
            (403, ReadFailure::Forbidden),
            (404, ReadFailure::NotFound),
            (408, later),
            (429, soon),
            (500, later),
            (511, ReadFailure::CaptivePortal),
            (503, soon),
        ] {
            assert_eq!(
                policies(status, "").unwrap_err().failure,
                failure,
                "{status}"
            );
        }
    }

    #[test]
    fn an_error_says_what_pingone_said_and_names_the_answer() {
        let body = r#"{"code":"ACCESS_FAILED","message":"No access.","details":[{"code":"INSUFFICIENT_PERMISSIONS","message":"Not authorized."}]}"#;
        let error = policies(403, body).unwrap_err();
        assert_eq!(
            error.to_string(),
            "status 403: No access. Not authorized. (correlation ID c-1)"
        );
        assert_eq!(
            error.answer.code.as_deref(),
            Some("ACCESS_FAILED/INSUFFICIENT_PERMISSIONS")
        );
        assert!(error.hint().contains("Configuration Read Only Admin"));
    }
}

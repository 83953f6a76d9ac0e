//! What the head of an answer says, before its body is looked at.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

use super::redact;
use super::retry_after::{date_ms, retry_after};
use super::wire;
use crate::model::outcome::Proof;

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// The wait that `Retry-After` names, where it names one; unclamped.
    pub retry_after: Option<Duration>,
    /// The `Correlation-Id`, where it is a plain word of at most 100 characters.
    pub correlation_id: Option<String>,
    /// Whether the gateway before PingOne gave the request an ID.
    pub from_gateway: bool,
    /// Whether it is the head of the answer to our request.
    pub proof: Proof,
    /// The answer's own `Date`, in milliseconds since 1970.
    pub date_ms: Option<i64>,
}

/// Why the body of an answer is not there to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// It did not end in time.
    TimedOut,
    /// The connection ended before it did, or its framing is broken.
    CutOff,
    /// It is longer than the client is ready to hold.
    TooLong,
}

impl Head {
    /// Reads status and headers.
    pub fn new(status: u16, headers: &HeaderMap, proof: Proof) -> Self {
        let values = |name| headers.get_all(name).into_iter().map(HeaderValue::as_bytes);
        Self {
            status,
            retry_after: retry_after(values(RETRY_AFTER), values(DATE)),
            correlation_id: headers
                .get(wire::CORRELATION_ID)
                .and_then(|value| value.to_str().ok())
                .and_then(plain_word),
            from_gateway: wire::GATEWAY_IDS
                .into_iter()
                .any(|name| headers.get(name).is_some_and(|id| !id.is_empty())),
            proof,
            date_ms: date_ms(values(DATE)),
        }
    }

    /// The head of an answer of this status that says nothing else.
    #[cfg(test)]
    pub(super) fn bare(status: u16, proof: Proof) -> Self {
        Self {
            status,
            retry_after: None,
            correlation_id: None,
            from_gateway: false,
            proof,
            date_ms: None,
        }
    }

    /// The wait that a 429 or a 503 asks for.
    pub fn pause(&self) -> Option<Duration> {
        self.retry_after
            .filter(|_| self.status == 429 || self.status == 503)
    }
}

/// Takes a reference that may be shown as it is: visible ASCII, not too long, not empty, and
/// nothing in it that could be a phone or a token.
pub(super) fn plain_word(text: &str) -> Option<String> {
    let plain = (1..=100).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic())
        && redact::harmless(text) == text;
    plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, headers: &[(&'static str, &'static str)]) -> Head {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Head::new(status, &map, Proof::Proven)
    }

    #[test]
    fn a_correlation_id_is_kept_only_where_it_is_a_plain_word() {
        let id = "3f0d9a52-7c1e-4a55-9d0e-6f8c3f0b1a2d";
        assert_eq!(
            head(200, &[("Correlation-Id", id)])
                .correlation_id
                .as_deref(),
            Some(id)
        );
        assert_eq!(
            head(200, &[("correlation-id", "two words")]).correlation_id,
            None
        );
        for other in ["", "+15125551234", "c-15125551234"] {
            assert_eq!(head(200, &[("correlation-id", other)]).correlation_id, None);
        }
        assert_eq!(head(200, &[]).correlation_id, None);
    }

    #[test]
    fn the_gateways_id_is_known_under_each_of_its_names() {
        for name in ["x-amzn-RequestId", "x-amz-apigw-id", "apigw-requestid"] {
            assert!(head(429, &[(name, "a-1")]).from_gateway, "{name}");
        }
        for other in [("x-amzn-requestid", ""), ("x-request-id", "a-1")] {
            assert!(!head(429, &[other]).from_gateway, "{other:?}");
        }
    }

    #[test]
    fn only_a_429_and_a_503_ask_for_a_pause() {
        for (status, pause) in [(429, Some(7)), (503, Some(7)), (500, None), (201, None)] {
            let head = head(status, &[("retry-after", "7")]);
            assert_eq!(head.pause(), pause.map(Duration::from_secs), "{status}");
        }
    }
}

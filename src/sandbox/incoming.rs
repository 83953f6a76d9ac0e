//! What is read from a request before anybody knows what it asks for.

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderMap, HeaderName};
use hyper::{Request, StatusCode};

use super::errors;
use super::reply::Reply;
use super::store::random_uuid;
use crate::pingone::wire;

/// The longest body that is read.
const BODY_MAX: usize = 64 * 1024;
/// The longest request head ("Platform limits": 6 KB).
const HEAD_MAX: usize = 6 * 1024;

/// A request ends without an answer, and its connection with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Hangup {
    #[error("the connection is closed without an answer")]
    Close,
    #[error("the connection is reset")]
    Reset,
}

/// Reads a body, unless it is too long or its sender is gone.
pub(super) async fn read(body: Incoming) -> Result<Result<Bytes, Reply>, Hangup> {
    match Limited::new(body, BODY_MAX).collect().await {
        Ok(body) => Ok(Ok(body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {
            Ok(Err(errors::of_status(StatusCode::PAYLOAD_TOO_LARGE)))
        }
        Err(_) => Err(Hangup::Close),
    }
}

/// Tells whether a head is longer than PingOne takes.
pub(super) fn is_head_too_long(request: &Request<Incoming>) -> bool {
    let url = request
        .uri()
        .path_and_query()
        .map_or(0, |url| url.as_str().len());
    let headers = request.headers().iter();
    let size = url
        + headers
            .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
            .sum::<usize>();
    size > HEAD_MAX
}

/// The client's name for the request, as PingOne keeps it, or a new one.
pub(super) fn transaction_id(headers: &HeaderMap) -> String {
    match text(headers, HeaderName::from_static(wire::TRANSACTION_ID)) {
        Some(given) if !given.is_empty() => given
            .chars()
            .take(wire::TRANSACTION_ID_MAX)
            .map(|c| match c {
                '.' | '_' | '-' | '/' | '@' | '=' | '#' | '+' => c,
                _ if c.is_ascii_alphanumeric() => c,
                _ => '_',
            })
            .collect(),
        _ => random_uuid().to_string(),
    }
}

/// A header's value, if it is text.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

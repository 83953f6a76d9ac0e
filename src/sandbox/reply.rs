//! An answer, and how its bytes leave.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

use super::faults::RetryAfter;
use super::time::Clock;
use crate::pingone::wire::{self, ErrorBody};

/// The pace of a slow body.
const SLOW: Duration = Duration::from_millis(50);

pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// An answer before it has its correlation ID.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) content: Content,
    pub(super) flow: Flow,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

/// What an answer says.
pub(super) enum Content {
    /// PingOne's error body; its `id` is the answer's correlation ID.
    Error(Box<ErrorBody>),
    Json(Vec<u8>),
    /// What the gateway says by itself: PingOne has never heard of the request.
    Gateway(Vec<u8>),
    Html(String),
    Empty,
}

/// How an answer's body arrives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Whole,
    /// Half of what the head promises, then the connection ends.
    Cut,
    Slow,
    Endless,
}

impl Reply {
    pub(super) fn new(status: StatusCode, content: Content) -> Self {
        Self {
            status,
            content,
            flow: Flow::Whole,
            headers: Vec::new(),
        }
    }

    pub(super) fn json(status: StatusCode, document: &impl Serialize) -> Self {
        let json = serde_json::to_vec(document).expect("documents have string keys alone");
        Self::new(status, Content::Json(json))
    }

    /// What was asked for, as it is.
    pub(super) fn ok(document: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, document)
    }

    pub(super) fn error(status: StatusCode, body: ErrorBody) -> Self {
        Self::new(status, Content::Error(Box::new(body)))
    }

    /// Adds a header; one that HTTP cannot carry is left out.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub(super) fn with_retry_after(self, retry_after: Option<&RetryAfter>, clock: &Clock) -> Self {
        match retry_after {
            None => self,
            Some(RetryAfter::Text(text)) => self.with(header::RETRY_AFTER, text),
            Some(RetryAfter::Date(seconds)) => {
                self.with(header::RETRY_AFTER, &clock.http_date(*seconds))
            }
        }
    }

    /// Makes the response, with the headers that every answer of PingOne has, or of its gateway.
    pub(super) fn into_response(
        self,
        correlation: &str,
        transaction: Option<&str>,
    ) -> Response<Body> {
        let from_gateway = matches!(self.content, Content::Gateway(_));
        let (kind, bytes) = match self.content {
            Content::Error(mut body) => {
                body.id = Some(correlation.to_owned());
                let json = serde_json::to_vec(&body).expect("documents have string keys alone");
                (Some(wire::JSON), json)
            }
            Content::Json(json) | Content::Gateway(json) => (Some(wire::JSON), json),
            Content::Html(page) => (Some("text/html; charset=utf-8"), page.into_bytes()),
            Content::Empty => (None, Vec::new()),
        };
        let length = bytes.len();
        let mut response = Response::new(self.flow.body(Bytes::from(bytes)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if self.flow == Flow::Cut {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-store, must-revalidate"),
        );
        let own = if from_gateway {
            [Some((wire::GATEWAY_IDS[0], correlation)), None]
        } else {
            let transaction = transaction.map(|given| (wire::TRANSACTION_ID, given));
            [Some((wire::CORRELATION_ID, correlation)), transaction]
        };
        for (name, value) in own.into_iter().flatten() {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        headers.extend(self.headers);
        response
    }
}

impl Flow {
    fn body(self, bytes: Bytes) -> Body {
        match self {
            Self::Whole => Full::new(bytes)
                .map_err(|never: Infallible| match never {})
                .boxed_unsync(),
            Self::Cut => {
                let half = bytes.slice(..bytes.len() / 2);
                let ends = stream::once(async {
                    // Lets the first half leave before the connection ends.
                    tokio::task::yield_now().await;
                    Err(io::Error::from(io::ErrorKind::ConnectionAborted))
                });
                streamed(stream::iter([Ok(half)]).chain(ends))
            }
            Self::Slow => {
                let single = (0..bytes.len()).map(move |at| bytes.slice(at..=at));
                streamed(stream::iter(single).then(|byte| async {
                    tokio::time::sleep(SLOW).await;
                    Ok(byte)
                }))
            }
            Self::Endless => {
                let filler = Bytes::from_static(&[b' '; 16 * 1024]);
                streamed(stream::repeat(filler).then(|chunk| async {
                    tokio::task::yield_now().await;
                    Ok(chunk)
                }))
            }
        }
    }
}

/// A body that is made while it is sent.
pub(super) fn streamed<S>(chunks: S) -> Body
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    BodyExt::boxed_unsync(StreamBody::new(chunks.map(|chunk| chunk.map(Frame::data))))
}

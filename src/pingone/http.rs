//! Sends one request over a connection of ours, and gives its answer with a time limit on its body.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::client::legacy::{self, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use reqwest::header::{HeaderValue, USER_AGENT};
use reqwest::{IntoUrl, Method, RequestBuilder, Response};
use tokio::time::{Instant, Sleep};

use super::connect::{Connector, OUR_NAME};
use super::heard::{Heard, kind_of};
#[cfg(test)]
use super::played::{Play, Played};
use super::strict_head::doubtful_framing;
use super::transport::{Fault, FaultKind};
use crate::clock;

/// Sends requests: one version, no redirect, no repetition, no decompression.
#[derive(Clone)]
pub(super) struct Http {
    /// Makes requests, and sends none.
    requests: reqwest::Client,
    connector: Connector,
    connections: legacy::Client<Connector, reqwest::Body>,
    timeout: Duration,
    /// What came back, over all connections.
    pub(super) heard: Heard,
    #[cfg(test)]
    played: Option<Played>,
}

/// How long an unused connection is kept: short, so that few are found dead when they are needed.
pub(super) const POOL_IDLE: Duration = Duration::from_secs(4);

impl Http {
    /// Keeps no connection; `timeout` is for a request and its answer.
    pub(super) fn new(connector: Connector, timeout: Duration) -> Self {
        Self {
            requests: reqwest::Client::new(),
            connections: pool(connector.clone(), 0),
            connector,
            timeout,
            heard: Heard::default(),
            #[cfg(test)]
            played: None,
        }
    }

    /// The same, with a function that answers instead of the sockets.
    #[cfg(test)]
    pub(super) fn played(self, play: Play) -> Self {
        let played = Some(Played::new(play));
        Self { played, ..self }
    }

    /// The same with a pool of its own, in which at most so many unused connections are kept.
    pub(super) fn with_pool(&self, size: usize) -> Self {
        Self {
            connections: pool(self.connector.clone(), size),
            #[cfg(test)]
            played: self.played.as_ref().map(Played::with_pool),
            ..self.clone()
        }
    }

    /// A request to be filled and sent.
    pub(super) fn get(&self, url: impl IntoUrl) -> RequestBuilder {
        self.requests.get(url)
    }

    /// A request to be filled and sent.
    pub(super) fn post(&self, url: impl IntoUrl) -> RequestBuilder {
        self.requests.post(url)
    }

    /// A request to be filled and sent.
    pub(super) fn put(&self, url: impl IntoUrl) -> RequestBuilder {
        self.requests.put(url)
    }

    /// A request to be filled and sent.
    pub(super) fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder {
        self.requests.request(method, url)
    }

    /// Sends a request, once.
    ///
    /// # Errors
    ///
    /// There is no answer, or one that can be read in two ways. Its connection is not used again.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, Fault> {
        let request = request.build().map_err(|error| Fault::of(&error))?;
        let kind = kind_of(request.method(), request.url().path());
        let answer = self.exchange(request).await;
        let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        self.heard.note(kind, status);
        answer
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Response, Fault> {
        let deadline = clock::now() + self.timeout;
        let mut request = hyper::Request::<reqwest::Body>::try_from(request)
            .map_err(|error| Fault::of(&error))?;
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, HeaderValue::from_static(OUR_NAME));
        #[cfg(test)]
        if let Some(played) = &self.played {
            return played.send(request, deadline).await;
        }
        let connection = capture_connection(&mut request);
        let answer = tokio::time::timeout_at(deadline, self.connections.request(request))
            .await
            .map_err(|_| Fault::new(FaultKind::TimedOut))?
            .map_err(|error: Error| Fault::of(&error))?;
        if let Some(why) = doubtful_framing(answer.version(), answer.headers()) {
            if let Some(connection) = connection.connection_metadata().as_ref() {
                connection.poison();
            }
            return Err(Fault {
                kind: FaultKind::Unreadable,
                detail: why.to_owned(),
            });
        }
        Ok(answer.map(|body| InTime::until(deadline, body)).into())
    }
}

fn pool(connector: Connector, size: usize) -> legacy::Client<Connector, reqwest::Body> {
    legacy::Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(size)
        .build(connector)
}

/// A body that ends with an error where it does not come in time.
struct InTime {
    body: Incoming,
    deadline: Pin<Box<Sleep>>,
}

impl InTime {
    fn until(deadline: Instant, body: Incoming) -> reqwest::Body {
        let deadline = Box::pin(tokio::time::sleep_until(deadline));
        reqwest::Body::wrap(Self { body, deadline })
    }
}

impl Body for InTime {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.deadline
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

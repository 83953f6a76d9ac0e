//! A PingOne that a function plays, so that a run meets one in virtual time.
//!
//! All of the client is real but the sockets: its requests, whose answer it takes an answer for,
//! and what it makes of it.

use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{io, iter};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use hyper::{Request, Response};
use reqwest::Url;
use tokio::time::Instant;

use super::credentials::{ClientAuth, Credentials};
use super::ends::Ends;
use super::head::BodyFault;
use super::options::ClientOptions;
use super::transport::{Fault, FaultKind};
use crate::model::ids::EnvironmentId;
use crate::model::secret::Secret;

/// Answers one request. It reads the body when a connection would take it.
pub(crate) type Play = Arc<dyn Fn(Call) -> BoxFuture<'static, Result<Said, Fault>> + Send + Sync>;

/// A request on its way.
pub(crate) struct Call {
    pub(crate) request: Request<reqwest::Body>,
    /// The pool whose connections may carry it; none where it is to have its own.
    pub(crate) pool: Option<u64>,
}

/// An answer, as it comes from a connection.
pub(crate) struct Said {
    pub(crate) head: Response<()>,
    pub(crate) body: Vec<u8>,
    /// How its body ends, where that is not its end.
    pub(crate) cut: Option<BodyFault>,
    /// The number of the connection that it came on, never given to another one.
    pub(crate) connection: u64,
}

/// How a client asks whoever is played.
pub(crate) fn options(credentials: Option<Credentials>) -> ClientOptions {
    ClientOptions {
        api_url: url(""),
        environment: EnvironmentId::from_bytes([1; 16]),
        credentials,
        timeout: Duration::from_secs(30),
        connect_timeout: Duration::from_secs(10),
        authorities: None,
        proxy: None,
        source: None,
        pool: 8,
    }
}

/// With what it asks for tokens.
pub(crate) fn credentials() -> Credentials {
    Credentials {
        token_url: url("/as/token"),
        auth: ClientAuth::Basic,
        client_id: "wave".to_owned(),
        client_secret: Secret::new("secret".to_owned()),
    }
}

fn url(path: &str) -> Url {
    let url = format!("http://127.0.0.1:1{path}");
    url.parse().expect("it is one")
}

/// What answers instead of sockets.
#[derive(Clone)]
pub(super) struct Played {
    play: Play,
    pools: Arc<AtomicU64>,
    pool: Option<u64>,
}

impl Played {
    pub(super) fn new(play: Play) -> Self {
        Self {
            play,
            pools: Arc::default(),
            pool: None,
        }
    }

    /// The same with a pool of its own.
    pub(super) fn with_pool(&self) -> Self {
        Self {
            pool: Some(self.pools.fetch_add(1, Ordering::Relaxed)),
            ..self.clone()
        }
    }

    /// Has a request answered until the deadline.
    pub(super) async fn send(
        &self,
        request: Request<reqwest::Body>,
        deadline: Instant,
    ) -> Result<reqwest::Response, Fault> {
        let pool = self.pool;
        let said = tokio::time::timeout_at(deadline, (self.play)(Call { request, pool }));
        let said = said.await.map_err(|_| Fault::new(FaultKind::TimedOut))??;
        let at = |number| SocketAddr::from((Ipv6Addr::from(u128::from(number)), 443));
        let (mut head, ()) = said.head.into_parts();
        head.extensions.insert(Ends(at(said.connection), at(0)));
        let cut = said.cut.map(|cut| {
            Err(io::Error::from(match cut {
                BodyFault::TimedOut => io::ErrorKind::TimedOut,
                BodyFault::CutOff | BodyFault::TooLong => io::ErrorKind::UnexpectedEof,
            }))
        });
        let frames = iter::once(Ok(Frame::data(Bytes::from(said.body)))).chain(cut);
        let body = reqwest::Body::wrap(StreamBody::new(stream::iter(frames)));
        Ok(Response::from_parts(head, body).into())
    }
}

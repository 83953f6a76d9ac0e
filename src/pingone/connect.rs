//! Connections to PingOne: directly or by a tunnel, in TLS, and without it to this machine alone.
//!
//! They are made here, and not by the library that requests and answers are read with, because it
//! lets nobody see what this tool must see: the bytes of a head, the status that a proxy refuses
//! a tunnel with, and the address that a connection leads to.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::header::{HOST, PROXY_AUTHORIZATION, USER_AGENT};
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use reqwest::Url;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use tower_service::Service;

use super::connect_error::{ConnectError, failed, refusal, tcp_error};
use super::credentials::basic;
use super::ends::Ends;
use super::loopback;
use super::proxy::Proxy;
use super::resolver::{Boxed, Resolver};
use super::strict_head::StrictHead;

/// What we are called in requests.
pub(super) const OUR_NAME: &str = concat!("wavepair/", env!("CARGO_PKG_VERSION"));

/// How long a connection is idle before the system asks whether its other end is still there.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// Makes connections.
#[derive(Clone)]
pub(super) struct Connector(Arc<Inner>);

struct Inner {
    tcp: HttpConnector<Resolver>,
    /// None where everything is on this machine and not in TLS.
    tls: Option<TlsConnector>,
    proxy: Option<Proxy>,
    timeout: Duration,
}

impl Connector {
    /// A connector that makes each connection from this `source`, where one is named, and within this
    /// time, or none.
    pub(super) fn new(
        tls: Option<Arc<ClientConfig>>,
        proxy: Option<Proxy>,
        source: Option<IpAddr>,
        timeout: Duration,
    ) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        // Its family is that of every connection then: hosts are reached by no address of the other.
        tcp.set_local_address(source);
        Self(Arc::new(Inner {
            tcp,
            tls: tls.map(TlsConnector::from),
            proxy,
            timeout,
        }))
    }
}

impl Service<Uri> for Connector {
    type Response = Conn;
    type Error = ConnectError;
    type Future = Boxed<Result<Conn, ConnectError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let connecting = inner.connect(&to);
            tokio::time::timeout(inner.timeout, connecting)
                .await
                .unwrap_or(Err(ConnectError::TimedOut))
        })
    }
}

impl Inner {
    async fn connect(&self, to: &Uri) -> Result<Conn, ConnectError> {
        let in_tls = to.scheme_str() == Some("https");
        let proxy = self.proxy.as_ref().filter(|proxy| {
            let url = Url::parse(&to.to_string());
            url.is_ok_and(|url| proxy.serves(&url))
        });
        let (io, ends) = match proxy {
            Some(proxy) => self.tunnel(proxy, to).await?,
            None => self.tcp(to.clone(), in_tls).await?,
        };
        let io = if in_tls {
            self.handshake(to.host().unwrap_or_default(), io).await?
        } else {
            io
        };
        Ok(TokioIo::new(StrictHead::new(io, ends)))
    }

    /// A connection; to this machine, where what is said on it can be read on the way.
    async fn tcp(&self, to: Uri, in_tls: bool) -> Result<(Io, Option<Ends>), ConnectError> {
        let tcp = self.tcp.clone().call(to).await.map_err(tcp_error)?;
        let tcp = tcp.into_inner();
        let peer = tcp
            .peer_addr()
            .map_err(|error| ConnectError::Tcp(error.into()))?;
        let ends = tcp.local_addr().ok().map(|here| Ends(here, peer));
        if !in_tls && !loopback::is_local_address(peer.ip()) {
            return Err(ConnectError::NotLoopback(peer));
        }
        Ok((Box::new(tcp), ends))
    }

    async fn handshake(&self, host: &str, io: Io) -> Result<Io, ConnectError> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| ConnectError::Tls(io::Error::other(error)))?;
        let Some(tls) = &self.tls else {
            return Err(ConnectError::Tls(io::Error::other("TLS is not set up")));
        };
        match tls.connect(name, io).await {
            Ok(stream) => Ok(Box::new(stream)),
            // A handshake reports all that it does not trust or understand as invalid data.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(ConnectError::Tls(error))
            }
            Err(error) => Err(ConnectError::Tcp(error.into())),
        }
    }

    /// A connection through a proxy: `CONNECT` (RFC 9110, section 9.3.6).
    async fn tunnel(&self, proxy: &Proxy, to: &Uri) -> Result<(Io, Option<Ends>), ConnectError> {
        let at = Uri::try_from(proxy.url.as_str()).map_err(failed)?;
        let host = at.host().unwrap_or_default().to_owned();
        // The proxy may be anywhere: what PingOne is told is in TLS all the same.
        let (io, ends) = self.tcp(at, true).await?;
        let io = if proxy.url.scheme() == "https" {
            self.handshake(&host, io).await?
        } else {
            io
        };
        let io = TokioIo::new(io);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io)
            .await
            .map_err(failed)?;
        // Ends with the tunnel, or with the sender where there is none.
        tokio::spawn(connection.with_upgrades());
        let authority = format!(
            "{}:{}",
            to.host().unwrap_or_default(),
            to.port_u16().unwrap_or(443)
        );
        let mut request = Request::builder()
            .method(Method::CONNECT)
            .uri(&authority)
            .header(HOST, &authority)
            .header(USER_AGENT, OUR_NAME);
        if let Some(credentials) = &proxy.credentials {
            request = request.header(PROXY_AUTHORIZATION, basic(credentials));
        }
        let request = request
            .body(http_body_util::Empty::<bytes::Bytes>::new())
            .map_err(failed)?;
        let answer = sender.send_request(request).await.map_err(failed)?;
        refusal(answer.status().as_u16()).map_or(Ok(()), Err)?;
        let tunnel = hyper::upgrade::on(answer).await.map_err(failed)?;
        Ok((Box::new(TokioIo::new(tunnel)), ends))
    }
}

/// Both directions of a connection.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

type Io = Box<dyn Wire>;

/// A connection, ready for a request.
pub(super) type Conn = TokioIo<StrictHead<Io>>;

//! Why there is no connection to PingOne, or to the proxy before it.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use super::resolver::Unresolved;

type BoxError = Box<dyn Error + Send + Sync>;

/// Why there is no connection. Nothing was sent to PingOne then.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    /// The name does not resolve.
    #[error("the name does not resolve")]
    Unresolved(#[source] io::Error),
    /// Refused, unreachable, no route; or it ended in the handshake.
    #[error("no connection")]
    Tcp(#[source] BoxError),
    /// It took too long.
    #[error("no connection in time")]
    TimedOut,
    /// What answers is not trusted, or speaks no TLS.
    #[error("the TLS handshake failed")]
    Tls(#[source] io::Error),
    /// The proxy asks for credentials.
    #[error("the proxy asks for credentials")]
    ProxyAuth,
    /// The proxy does not make a tunnel to this host, and will not.
    #[error("the proxy answered with {0}")]
    ProxyForbids(u16),
    /// The proxy did not make a tunnel this time.
    #[error("the proxy made no tunnel")]
    ProxyFailed(#[source] BoxError),
    /// A host that is spoken to without TLS is not this machine.
    #[error("{} is not this machine, and there is no TLS", .0.ip())]
    NotLoopback(SocketAddr),
}

/// What a proxy's status means where it makes no tunnel: a matter of its rules, or of the moment.
pub(super) fn refusal(status: u16) -> Option<ConnectError> {
    match status {
        200..=299 => None,
        407 => Some(ConnectError::ProxyAuth),
        408 | 425 | 429 | 500 | 502..=504 | 506..=510 | 512..=599 => {
            Some(failed(format!("status {status}")))
        }
        _ => Some(ConnectError::ProxyForbids(status)),
    }
}

pub(super) fn failed(error: impl Into<BoxError>) -> ConnectError {
    ConnectError::ProxyFailed(error.into())
}

/// Reads the error of the library that connects: it wraps what our resolver says.
pub(super) fn tcp_error(error: impl Into<BoxError>) -> ConnectError {
    let error: BoxError = error.into();
    let mut inner: Option<&(dyn Error + 'static)> = Some(error.as_ref());
    while let Some(this) = inner {
        if let Some(Unresolved(why)) = this.downcast_ref() {
            return ConnectError::Unresolved(io::Error::new(why.kind(), why.to_string()));
        }
        inner = this.source();
    }
    ConnectError::Tcp(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_refuses_by_its_rules_is_told_from_one_in_trouble() {
        for status in [200, 204] {
            assert!(refusal(status).is_none(), "{status}");
        }
        assert!(matches!(refusal(407), Some(ConnectError::ProxyAuth)));
        for status in [302, 400, 401, 403, 404, 405, 451, 501, 505, 511] {
            assert!(
                matches!(refusal(status), Some(ConnectError::ProxyForbids(of)) if of == status),
                "{status}"
            );
        }
        for status in [408, 429, 500, 502, 503, 504, 522] {
            assert!(
                matches!(refusal(status), Some(ConnectError::ProxyFailed(_))),
                "{status}"
            );
        }
    }
}

//! Why a request got no answer, read from the chain of errors beneath it.

use std::error::Error;
use std::io;

use rustix::io::Errno;

use super::connect_error::ConnectError;
use super::redact;
use super::strict_head::BareLineFeed;
use crate::model::code;

/// Why a request got no answer.
///
/// This says what went wrong, not whether the request left: that is the
/// [receipt](super::body::Receipt)'s to say, and only that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What kind of trouble it was.
    pub kind: FaultKind,
    /// What the innermost error says; no URL, phone or token in it.
    pub detail: String,
}

/// The kinds of trouble that leave a request without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The name does not resolve.
    Dns,
    /// Refused, unreachable, no route, or ended inside the handshake.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// Certificate, host name, or a peer that speaks no TLS.
    Tls,
    /// The proxy wants credentials (407).
    ProxyAuth,
    /// The proxy makes no tunnel to this host, and will make none (403 and its like).
    ProxyForbids,
    /// The proxy made no tunnel this time.
    Proxy,
    /// Out of descriptors, ports or memory on this machine.
    OutOfResources,
    /// The whole request took too long.
    TimedOut,
    /// Something answered, and it was not HTTP, or too much of it.
    Unreadable,
    /// The connection ended, or anything else.
    Lost,
}

impl FaultKind {
    /// The stable word for it.
    pub(crate) fn code(self) -> &'static str {
        self.words().0
    }

    /// Whether it will not pass by itself: certificate, plain-text peer, proxy refusal.
    pub(crate) fn is_distrust(self) -> bool {
        matches!(self, Self::Tls | Self::ProxyAuth | Self::ProxyForbids)
    }

    /// Whether there was no connection, which may pass.
    pub(crate) fn is_out_of_reach(self) -> bool {
        matches!(
            self,
            Self::Dns | Self::Connect | Self::ConnectTimeout | Self::Proxy
        )
    }

    /// Whether there was a connection.
    pub(super) fn is_after_connecting(self) -> bool {
        matches!(self, Self::TimedOut | Self::Unreadable | Self::Lost)
    }

    /// The stable word for it, and what it means.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Dns => (code::DNS_FAILED, "the host's name does not resolve"),
            Self::Connect => (code::UNREACHABLE, "no connection"),
            Self::ConnectTimeout => (code::CONNECT_TIMEOUT, "no connection in time"),
            Self::Tls => (code::TLS_FAILED, "the TLS handshake failed"),
            Self::ProxyAuth => (code::PROXY_REFUSED, "the proxy asks for credentials"),
            Self::ProxyForbids => (
                code::PROXY_REFUSED,
                "the proxy does not let this host through",
            ),
            Self::Proxy => (code::PROXY_FAILED, "the proxy did not make a tunnel"),
            Self::OutOfResources => (
                code::OUT_OF_RESOURCES,
                "this machine is out of descriptors, ports or memory",
            ),
            Self::TimedOut => (code::TIMED_OUT, "no answer in time"),
            Self::Unreadable => (code::UNREADABLE_ANSWER, "the answer is not readable HTTP"),
            Self::Lost => (
                code::CONNECTION_LOST,
                "the connection ended before a complete answer",
            ),
        }
    }
}

impl Fault {
    /// Trouble of a kind that says it all.
    pub(super) fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            detail: String::new(),
        }
    }

    /// Reads the error of a request that got no answer.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Self {
        let chain: Vec<_> = Chain(Some(error)).collect();
        let connect = chain.iter().find_map(|error| error.downcast_ref());
        let kind = if chain.iter().any(|&error| is_shortage(error)) {
            FaultKind::OutOfResources
        } else if let Some(connect) = connect {
            connect_kind(connect)
        } else if chain.iter().any(|&error| is_unreadable(error)) {
            FaultKind::Unreadable
        } else {
            FaultKind::Lost
        };
        if let FaultKind::ConnectTimeout | FaultKind::ProxyAuth = kind {
            return Self::new(kind);
        }
        let detail = chain.last().map(ToString::to_string);
        Self {
            kind,
            detail: redact::harmless(&detail.unwrap_or_default()),
        }
    }

    /// What happened, for a message.
    pub(crate) fn message(&self) -> String {
        let (_, meaning) = self.kind.words();
        if self.detail.is_empty() {
            meaning.to_owned()
        } else {
            format!("{meaning}: {}", self.detail)
        }
    }
}

/// The errors beneath an error. An `io::Error` hides the one that it wraps from
/// `source`, so that one is asked for by name.
struct Chain<'a>(Option<&'a (dyn Error + 'static)>);

impl<'a> Iterator for Chain<'a> {
    type Item = &'a (dyn Error + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let error = self.0?;
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(|io| io.get_ref())
            .map(|inner| inner as &(dyn Error + 'static));
        self.0 = wrapped.or_else(|| error.source());
        Some(error)
    }
}

fn connect_kind(error: &ConnectError) -> FaultKind {
    match error {
        ConnectError::Unresolved(_) => FaultKind::Dns,
        ConnectError::Tcp(_) => FaultKind::Connect,
        ConnectError::TimedOut => FaultKind::ConnectTimeout,
        ConnectError::Tls(_) | ConnectError::NotLoopback(_) => FaultKind::Tls,
        ConnectError::ProxyAuth => FaultKind::ProxyAuth,
        ConnectError::ProxyForbids(_) => FaultKind::ProxyForbids,
        ConnectError::ProxyFailed(_) => FaultKind::Proxy,
    }
}

fn is_shortage(error: &(dyn Error + 'static)) -> bool {
    const SHORTAGES: [Errno; 6] = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::ADDRNOTAVAIL,
        Errno::ADDRINUSE,
        Errno::NOBUFS,
        Errno::NOMEM,
    ];
    error.downcast_ref::<io::Error>().is_some_and(|io| {
        io.kind() == io::ErrorKind::OutOfMemory
            || Errno::from_io_error(io).is_some_and(|errno| SHORTAGES.contains(&errno))
    })
}

fn is_unreadable(error: &(dyn Error + 'static)) -> bool {
    error.is::<BareLineFeed>()
        || error
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(error: io::Error, connecting: bool) -> FaultKind {
        let wrapped = io::Error::other(error);
        if connecting {
            Fault::of(&ConnectError::Tcp(wrapped.into())).kind
        } else {
            Fault::of(&wrapped).kind
        }
    }

    #[test]
    fn a_shortage_of_this_machine_is_told_from_trouble_on_the_way() {
        for (errno, expected) in [
            (Errno::MFILE, FaultKind::OutOfResources),
            (Errno::NFILE, FaultKind::OutOfResources),
            (Errno::ADDRNOTAVAIL, FaultKind::OutOfResources),
            (Errno::NOBUFS, FaultKind::OutOfResources),
            (Errno::CONNREFUSED, FaultKind::Connect),
            (Errno::HOSTUNREACH, FaultKind::Connect),
            (Errno::NETUNREACH, FaultKind::Connect),
        ] {
            let error = io::Error::from_raw_os_error(errno.raw_os_error());
            assert_eq!(kind(error, true), expected, "{errno:?}");
        }
    }

    #[test]
    fn what_ends_a_connection_is_no_matter_of_trust_once_it_was_made() {
        let invalid = io::Error::new(io::ErrorKind::InvalidData, "bad record");
        assert_eq!(kind(invalid, false), FaultKind::Lost);
        let slow = io::Error::from(io::ErrorKind::TimedOut);
        assert_eq!(kind(slow, false), FaultKind::Lost);
        let strict = io::Error::new(io::ErrorKind::InvalidData, BareLineFeed);
        assert_eq!(kind(strict, false), FaultKind::Unreadable);
    }

    #[test]
    fn trouble_in_connecting_is_told_apart_with_its_innermost_reason() {
        let reason = || io::Error::other("the reason");
        for (error, expected, detail) in [
            (
                ConnectError::Unresolved(reason()),
                FaultKind::Dns,
                "the reason",
            ),
            (
                ConnectError::Tcp(reason().into()),
                FaultKind::Connect,
                "the reason",
            ),
            (ConnectError::TimedOut, FaultKind::ConnectTimeout, ""),
            (ConnectError::Tls(reason()), FaultKind::Tls, "the reason"),
            (ConnectError::ProxyAuth, FaultKind::ProxyAuth, ""),
            (
                ConnectError::ProxyForbids(403),
                FaultKind::ProxyForbids,
                "the proxy answered with 403",
            ),
            (
                ConnectError::ProxyFailed(reason().into()),
                FaultKind::Proxy,
                "the reason",
            ),
        ] {
            let fault = Fault::of(&error);
            assert_eq!((fault.kind, fault.detail.as_str()), (expected, detail));
        }
    }
}

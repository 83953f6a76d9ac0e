//! Why a request got no answer, read from the chain of errors beneath it.

use std::error::Error;
use std::io;

use rustix::io::Errno;

use super::redact;
use crate::model::code;

/// Why a request got no answer.
///
/// This says what went wrong, not whether the request left: that is the
/// [receipt](super::body::Receipt)'s to say, and only that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of trouble it was.
    pub kind: FaultKind,
    /// What the innermost error says; no URL, phone or token in it.
    pub detail: String,
}

/// The kinds of trouble that leave a request without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
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
    /// The proxy made no tunnel.
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
    pub fn code(self) -> &'static str {
        match self {
            FaultKind::Dns => code::DNS_FAILED,
            FaultKind::Connect => code::UNREACHABLE,
            FaultKind::ConnectTimeout => code::CONNECT_TIMEOUT,
            FaultKind::Tls => code::TLS_FAILED,
            FaultKind::ProxyAuth => code::PROXY_REFUSED,
            FaultKind::Proxy => code::PROXY_FAILED,
            FaultKind::OutOfResources => code::OUT_OF_RESOURCES,
            FaultKind::TimedOut => code::TIMED_OUT,
            FaultKind::Unreadable => code::UNREADABLE_ANSWER,
            FaultKind::Lost => code::CONNECTION_LOST,
        }
    }

    /// Whether it will not pass by itself: certificate, plain-text peer, proxy refusal.
    pub fn is_distrust(self) -> bool {
        match self {
            FaultKind::Tls | FaultKind::ProxyAuth => true,
            FaultKind::Dns
            | FaultKind::Connect
            | FaultKind::ConnectTimeout
            | FaultKind::Proxy
            | FaultKind::OutOfResources
            | FaultKind::TimedOut
            | FaultKind::Unreadable
            | FaultKind::Lost => false,
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            FaultKind::Dns => "the host's name does not resolve",
            FaultKind::Connect => "no connection",
            FaultKind::ConnectTimeout => "no connection in time",
            FaultKind::Tls => "the TLS handshake failed",
            FaultKind::ProxyAuth => "the proxy asks for credentials",
            FaultKind::Proxy => "the proxy did not make a tunnel",
            FaultKind::OutOfResources => "this machine is out of descriptors, ports or memory",
            FaultKind::TimedOut => "no answer in time",
            FaultKind::Unreadable => "the answer is not readable HTTP",
            FaultKind::Lost => "the connection ended before a complete answer",
        }
    }
}

impl Fault {
    /// Reads the error of a request that got no answer.
    pub fn of(error: &reqwest::Error) -> Self {
        Self::read(Signs {
            connect: error.is_connect(),
            timeout: error.is_timeout(),
            dns: error.is_dns(),
            chain: error.source(),
        })
    }

    /// What happened, for a message.
    pub fn message(&self) -> String {
        let meaning = self.kind.meaning();
        if self.detail.is_empty() {
            meaning.to_owned()
        } else {
            format!("{meaning}: {}", self.detail)
        }
    }

    fn read(signs: Signs<'_>) -> Self {
        let chain: Vec<_> = Chain(signs.chain).collect();
        let kind = if chain.iter().any(|&error| is_shortage(error)) {
            FaultKind::OutOfResources
        } else if signs.dns {
            FaultKind::Dns
        } else if signs.connect {
            connect_kind(&chain, signs.timeout)
        } else if signs.timeout {
            FaultKind::TimedOut
        } else if chain.iter().any(|&error| is_unreadable(error)) {
            FaultKind::Unreadable
        } else {
            FaultKind::Lost
        };
        let detail = match kind {
            // The kind says it all.
            FaultKind::TimedOut | FaultKind::ConnectTimeout | FaultKind::ProxyAuth => None,
            FaultKind::Dns
            | FaultKind::Connect
            | FaultKind::Tls
            | FaultKind::Proxy
            | FaultKind::OutOfResources
            | FaultKind::Unreadable
            | FaultKind::Lost => chain.last(),
        };
        Self {
            kind,
            detail: detail.map_or_else(String::new, |error| redact::harmless(&error.to_string())),
        }
    }
}

/// What the HTTP library says of an error.
#[derive(Clone, Copy)]
struct Signs<'a> {
    connect: bool,
    timeout: bool,
    dns: bool,
    chain: Option<&'a (dyn Error + 'static)>,
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

fn connect_kind(chain: &[&(dyn Error + 'static)], timeout: bool) -> FaultKind {
    // The library's type for a failed tunnel is not public, so its words are all there is;
    // `a_proxy_that_refuses_is_told_from_one_that_fails` notices when they change.
    let tunnel = chain.iter().find_map(|error| {
        error
            .to_string()
            .strip_prefix("tunnel error: ")
            .map(str::to_owned)
    });
    match tunnel.as_deref() {
        Some("proxy authorization required") => return FaultKind::ProxyAuth,
        Some("failed to create underlying connection") | None => {}
        Some(_) => return FaultKind::Proxy,
    }
    // A handshake reports all that it does not trust or understand as invalid data,
    // and nothing else in making a connection does.
    let distrust = chain.iter().any(|error| {
        error
            .downcast_ref::<io::Error>()
            .is_some_and(|io| io.kind() == io::ErrorKind::InvalidData)
    });
    if distrust {
        FaultKind::Tls
    } else if timeout {
        FaultKind::ConnectTimeout
    } else {
        FaultKind::Connect
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
    error
        .downcast_ref::<hyper::Error>()
        .is_some_and(hyper::Error::is_parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(error: io::Error, connect: bool, timeout: bool) -> FaultKind {
        let wrapped = io::Error::other(error);
        Fault::read(Signs {
            connect,
            timeout,
            dns: false,
            chain: Some(&wrapped),
        })
        .kind
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
            assert_eq!(kind(error, true, false), expected, "{errno:?}");
        }
    }

    #[test]
    fn only_inside_a_connection_attempt_is_invalid_data_a_matter_of_trust() {
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, "bad certificate");
        assert_eq!(kind(invalid(), true, false), FaultKind::Tls);
        assert_eq!(kind(invalid(), false, false), FaultKind::Lost);
        let cut = io::Error::new(io::ErrorKind::UnexpectedEof, "tls handshake eof");
        assert_eq!(kind(cut, true, false), FaultKind::Connect);
    }

    #[test]
    fn a_timeout_is_one_of_connecting_only_where_the_library_says_so() {
        let slow = || io::Error::from(io::ErrorKind::TimedOut);
        assert_eq!(kind(slow(), true, true), FaultKind::ConnectTimeout);
        assert_eq!(kind(slow(), false, true), FaultKind::TimedOut);
    }
}

//! Which hosts are this machine, by what they are called and not by what `/etc/hosts` says of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// The addresses of `localhost` (RFC 6761, section 6.3).
pub(super) const ADDRESSES: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// Whether a name is that of this machine: `localhost`, or a name below it.
pub(super) fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let below = |at: usize| name.as_bytes().get(at) == Some(&b'.');
    name.len().checked_sub(LOCALHOST.len()).is_some_and(|at| {
        name.get(at..)
            .is_some_and(|end| end.eq_ignore_ascii_case(LOCALHOST))
            && (at == 0 || below(at - 1))
    })
}

const LOCALHOST: &str = "localhost";

/// Whether an address is one of this machine.
pub(super) fn is_local_address(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Whether a URL leads to this machine: then it is spoken to without TLS and never by a proxy.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        is_local_name(host) || address.parse().is_ok_and(is_local_address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for (url, expected) in [
            ("http://localhost:1", true),
            ("http://LocalHost", true),
            ("http://api.localhost:1", true),
            ("http://127.9.9.9", true),
            ("http://127.1", true),
            ("http://[::1]:8787", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://10.0.0.1", false),
            ("http://0.0.0.0", false),
            ("http://[::ffff:10.0.0.1]", false),
            ("http://localhost.example.com", false),
            ("http://notlocalhost", false),
            ("http://ocalhost", false),
        ] {
            assert_eq!(is_loopback(&url.parse().unwrap()), expected, "{url}");
        }
    }
}

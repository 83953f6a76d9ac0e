//! A proxy that makes tunnels to PingOne (RFC 9110, section 9.3.6), and who is reached without it.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use reqwest::Url;

use super::loopback::is_loopback;
use crate::model::secret::Secret;

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Where it is: `http` or `https`, a host and a port, and nothing else.
    pub url: Url,
    /// Name and password for it, as they are sent (RFC 7617).
    pub credentials: Option<Secret>,
    /// Who is reached without it.
    pub direct: Direct,
}

/// Hosts that are reached without a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Direct {
    /// Every host.
    pub all: bool,
    /// These names, and all names below them; in lower case, without a dot at either end.
    pub names: Vec<String>,
    /// These addresses.
    pub networks: Vec<IpNet>,
}

impl Direct {
    /// Whether a host, as it stands in a URL, is reached without a proxy.
    fn holds(&self, host: &str) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = address.parse::<IpAddr>() {
            let address = address.to_canonical();
            return self.all || self.networks.iter().any(|one| one.contains(&address));
        }
        let host = host.trim_end_matches('.').to_lowercase();
        let holds = |name: &String| {
            host.strip_suffix(name.as_str())
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        self.all || self.names.iter().any(holds)
    }
}

impl Proxy {
    /// Whether a request goes through the proxy.
    ///
    /// One to this machine never does, and nothing does that is not in TLS: the proxy would read it.
    pub fn serves(&self, url: &Url) -> bool {
        url.scheme() == "https"
            && !is_loopback(url)
            && url.host_str().is_some_and(|host| !self.direct.holds(host))
    }
}

impl fmt::Display for Proxy {
    /// Scheme, host and port; no credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or_default();
        write!(f, "{}://{host}:{port}", self.url.scheme())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(direct: Direct) -> Proxy {
        Proxy {
            url: "http://proxy.example.com:8080".parse().unwrap(),
            credentials: Some(Secret::new("user:hush".to_owned())),
            direct,
        }
    }

    #[test]
    fn what_is_not_in_tls_or_on_this_machine_never_goes_through_a_proxy() {
        let proxy = proxy(Direct::default());
        for (url, expected) in [
            ("https://api.pingone.eu/v1", true),
            ("https://10.0.0.1", true),
            ("http://api.pingone.eu", false),
            ("https://localhost:8443", false),
            ("https://api.localhost", false),
            ("https://127.0.0.1:1", false),
            ("https://[::1]:1", false),
            ("https://[::ffff:127.0.0.1]:1", false),
        ] {
            assert_eq!(proxy.serves(&url.parse().unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn a_name_stands_for_all_below_it_and_an_address_for_itself() {
        let direct = Direct {
            all: false,
            names: vec!["pingone.eu".to_owned()],
            networks: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
        };
        for (host, expected) in [
            ("pingone.eu", false),
            ("API.PingOne.EU", false),
            ("api.pingone.eu.", false),
            ("notpingone.eu", true),
            ("pingone.eu.example.com", true),
            ("10.200.3.4", false),
            ("[::ffff:10.0.0.1]", false),
            ("11.0.0.1", true),
            ("[fd12::1]", false),
            ("[fe80::1]", true),
        ] {
            let url = format!("https://{host}/").parse().unwrap();
            assert_eq!(proxy(direct.clone()).serves(&url), expected, "{host}");
        }
        let all = Direct {
            all: true,
            ..Direct::default()
        };
        for host in ["pingone.eu", "10.0.0.1"] {
            let url = format!("https://{host}/").parse().unwrap();
            assert!(!proxy(all.clone()).serves(&url), "{host}");
        }
    }

    #[test]
    fn no_way_of_printing_a_proxy_shows_its_credentials() {
        let proxy = proxy(Direct::default());
        assert_eq!(proxy.to_string(), "http://proxy.example.com:8080");
        assert!(!format!("{proxy:?}").contains("hush"));
    }
}

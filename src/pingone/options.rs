//! What a client is made of: where it connects, whom it trusts, how long it waits.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;

use crate::model::ids::EnvironmentId;

use super::connect::Connector;
use super::credentials::Credentials;
use super::http::Http;
use super::proxy::Proxy;
use super::tls::{self, ClientError};
use super::wire;

/// What a client needs to know. The URLs are `https`, or `http` on loopback: settings see to that.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// The API, with or without `/v1`.
    pub api_url: Url,
    /// The environment whose users get devices.
    pub environment: EnvironmentId,
    /// How to get tokens; `None` where one was given.
    pub credentials: Option<Credentials>,
    /// For one request, from its start to the end of its answer.
    pub timeout: Duration,
    /// For making a connection, TLS included.
    pub connect_timeout: Duration,
    /// PEM certificates of authorities that are trusted besides the platform's.
    pub authorities: Option<Vec<u8>>,
    /// The proxy; never for this machine, and never without TLS.
    pub proxy: Option<Proxy>,
    /// The address of this machine that connections are made from; the system's choice where there is
    /// none.
    pub source: Option<IpAddr>,
    /// How many unused connections are kept.
    pub pool: usize,
}

/// Sets up what requests are sent with. Connects to nothing yet.
pub(super) fn http(options: &ClientOptions) -> Result<Http, ClientError> {
    let token_url = options.credentials.as_ref().map(|c| &c.token_url);
    let in_tls = [Some(&options.api_url), token_url]
        .into_iter()
        .flatten()
        .any(|url| url.scheme() == "https");
    // Without TLS, the sandbox runs on machines that have no authorities, too.
    let tls = if in_tls || options.authorities.is_some() {
        Some(tls::config(options.authorities.as_deref())?)
    } else {
        None
    };
    let connector = Connector::new(
        tls,
        options.proxy.clone(),
        options.source,
        options.connect_timeout,
    );
    Ok(Http::new(connector, options.timeout))
}

/// The address that API paths are appended to: without query and trailing slash, with `/v1`.
pub(crate) fn api_base(url: &Url) -> String {
    let mut base = url.clone();
    base.set_query(None);
    base.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(wire::API_VERSION).unwrap_or(path);
    base.set_path(&format!("{path}{}", wire::API_VERSION));
    base.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_base_is_the_same_with_and_without_its_version() {
        for (given, base) in [
            ("https://api.pingone.eu", "https://api.pingone.eu/v1"),
            ("https://api.pingone.eu/", "https://api.pingone.eu/v1"),
            ("https://api.pingone.eu/v1", "https://api.pingone.eu/v1"),
            ("https://api.pingone.eu/v1//", "https://api.pingone.eu/v1"),
            ("https://v1", "https://v1/v1"),
            ("http://127.0.0.1:8787/p?q#f", "http://127.0.0.1:8787/p/v1"),
        ] {
            assert_eq!(api_base(&given.parse().unwrap()), base, "{given}");
        }
    }
}

//! What a client is made of: where it connects, whom it trusts, how long it waits.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Certificate, Url, redirect, retry, tls};

use crate::model::ids::EnvironmentId;

use super::credentials::Credentials;
use super::wire;

/// How long an unused connection is kept: short, so that few are found dead when they are needed.
pub(super) const POOL_IDLE: Duration = Duration::from_secs(4);

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
    /// Whether a proxy from the environment is used; never for loopback hosts.
    pub proxy: bool,
    /// How many unused connections are kept.
    pub pool: usize,
}

/// Why there can be no client.
#[derive(Debug)]
pub enum ClientError {
    /// The authorities are not PEM certificates.
    Authorities,
    /// TLS cannot be set up: most likely the platform has no authorities.
    Setup(String),
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Authorities => f.write_str("no readable PEM certificate in the CA file"),
            ClientError::Setup(why) => write!(f, "failed to set up TLS: {why}"),
        }
    }
}

impl std::error::Error for ClientError {}

/// Makes the HTTP client: one version, no redirect, no repetition, no decompression. It keeps at
/// most so many unused connections as `pool` says.
pub(super) fn http(options: &ClientOptions, pool: usize) -> Result<reqwest::Client, ClientError> {
    let token_url = options.credentials.as_ref().map(|c| &c.token_url);
    let urls = || [Some(&options.api_url), token_url].into_iter().flatten();

    let mut builder = reqwest::Client::builder()
        .http1_only()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .timeout(options.timeout)
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(pool)
        .tls_version_min(tls::Version::TLS_1_2)
        .https_only(urls().all(|url| url.scheme() == "https"))
        .user_agent(concat!("wavepair/", env!("CARGO_PKG_VERSION")));
    if let Some(pem) = &options.authorities {
        let roots = Certificate::from_pem_bundle(pem).map_err(|_| ClientError::Authorities)?;
        if roots.is_empty() {
            return Err(ClientError::Authorities);
        }
        builder = builder.tls_certs_merge(roots);
    } else if urls().all(|url| url.scheme() == "http") {
        // No TLS at all: the sandbox runs on machines without authorities, too.
        builder = builder.tls_certs_only([]);
    }
    if !options.proxy || urls().all(is_loopback) {
        builder = builder.no_proxy();
    }

    builder
        .build()
        .map_err(|error| ClientError::Setup(innermost(&error)))
}

/// The address that API paths are appended to: without query and trailing slash, with `/v1`.
pub fn api_base(url: &Url) -> String {
    let mut base = url.clone();
    base.set_query(None);
    base.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(wire::API_VERSION).unwrap_or(path);
    base.set_path(&format!("{path}{}", wire::API_VERSION));
    base.into()
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let ip = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
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

    #[test]
    fn only_this_machine_is_loopback() {
        for (url, expected) in [
            ("http://localhost:1", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:8787", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(is_loopback(&url.parse().unwrap()), expected, "{url}");
        }
    }
}

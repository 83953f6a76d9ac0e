//! Sends one request, reads one answer. Repeats nothing, follows nothing.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Certificate, RequestBuilder, Response, Url, redirect, retry, tls};

use crate::model::ids::{EnvironmentId, UserId};
use crate::model::outcome::{AttemptOutcome, LookOutcome};
use crate::model::request::{DeviceKey, DeviceRequest};
use crate::model::secret::Secret;

use super::body::{self, OneShot};
use super::grant::{self, ClientAuth, Granted, TokenError};
use super::head::{BodyFault, Head};
use super::read::{self, ReadError};
use super::token::AccessToken;
use super::transport::Fault;
use super::{Answered, classify, wire};

/// The longest answer that is read from the API.
pub const LONGEST_ANSWER: usize = 1024 * 1024;
/// The longest answer that is read from the token endpoint.
pub const LONGEST_TOKEN_ANSWER: usize = 64 * 1024;
/// How long an unused connection is kept: short, so that few are found dead when they are needed.
const POOL_IDLE: Duration = Duration::from_secs(4);

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

/// Who the client is, and where it says so.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The token endpoint.
    pub token_url: Url,
    /// How it authenticates.
    pub auth: ClientAuth,
    /// The worker application's ID.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
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

/// PingOne, as far as a run needs it.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    environment: EnvironmentId,
    credentials: Option<Arc<Credentials>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client. Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where TLS cannot be set up.
    pub fn new(options: &ClientOptions) -> Result<Self, ClientError> {
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
            .pool_max_idle_per_host(options.pool)
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

        let http = builder
            .build()
            .map_err(|error| ClientError::Setup(innermost(&error)))?;
        Ok(Self {
            http,
            base: api_base(&options.api_url),
            environment: options.environment,
            credentials: options.credentials.clone().map(Arc::new),
        })
    }

    /// Asks for a device, once.
    ///
    /// `transaction_id` names the attempt in PingOne's audit log: at most 100 of
    /// the characters that PingOne documents; any other becomes `_`.
    pub async fn create_device(
        &self,
        request: &DeviceRequest,
        token: &AccessToken,
        transaction_id: &str,
    ) -> Answered<AttemptOutcome> {
        let (body, receipt) = OneShot::new(body::create_device(request));
        let sent = self
            .http
            .post(self.devices(request.key.user))
            .headers(api_headers(token, Some(transaction_id)))
            .header(CONTENT_TYPE, wire::JSON)
            .body(reqwest::Body::wrap(body));
        match answer(sent, LONGEST_ANSWER).await {
            Ok((head, body)) => classify::create_answer(request, &head, &body),
            Err(fault) => classify::create_fault(&fault, receipt.handed_over()),
        }
    }

    /// Lists a user's devices, once, and looks for one of them.
    pub async fn list_devices(
        &self,
        key: &DeviceKey,
        token: &AccessToken,
        transaction_id: &str,
    ) -> Answered<LookOutcome> {
        let sent = self
            .http
            .get(self.devices(key.user))
            .headers(api_headers(token, Some(transaction_id)));
        match answer(sent, LONGEST_ANSWER).await {
            Ok((head, body)) => classify::list_answer(key, &head, &body),
            Err(fault) => classify::list_fault(&fault),
        }
    }

    /// Reads all device authentication policies of the environment, once.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where the listing was not given whole.
    pub async fn policies(&self, token: &AccessToken) -> Result<Vec<wire::Policy>, ReadError> {
        let (head, body) = self.read(wire::POLICIES, token).await?;
        read::policies_answer(&head, &body)
    }

    /// Reads the environment's MFA settings, once.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where they were not given.
    pub async fn mfa_settings(&self, token: &AccessToken) -> Result<wire::MfaSettings, ReadError> {
        let (head, body) = self.read(wire::MFA_SETTINGS, token).await?;
        read::read_answer(&head, &body)
    }

    /// Asks for an access token, once.
    ///
    /// # Errors
    ///
    /// A [`TokenError`], which says whether asking again makes sense. Without
    /// [`ClientOptions::credentials`] it never does.
    pub async fn fetch_token(&self) -> Result<Granted, TokenError> {
        let Some(credentials) = self.credentials.as_deref() else {
            return Err(TokenError::without_credentials());
        };
        let (id, secret) = (&credentials.client_id, &credentials.client_secret);
        let sent = self
            .http
            .post(credentials.token_url.clone())
            .header(ACCEPT, wire::JSON)
            .header(CONTENT_TYPE, wire::FORM)
            .body(grant::form(credentials.auth, id, secret));
        let sent = match credentials.auth {
            ClientAuth::Basic => {
                sent.basic_auth(grant::encode(id), Some(grant::encode(secret.expose())))
            }
            ClientAuth::Post => sent,
        };
        match answer(sent, LONGEST_TOKEN_ANSWER).await {
            Ok((head, body)) => grant::token_answer(&head, &body, secret),
            Err(fault) => Err(TokenError::of_fault(&fault)),
        }
    }

    async fn read(&self, template: &str, token: &AccessToken) -> Result<Read, ReadError> {
        let sent = self
            .http
            .get(self.url(template))
            .headers(api_headers(token, None));
        answer(sent, LONGEST_ANSWER)
            .await
            .map_err(|fault| ReadError::of_fault(&fault))
    }

    fn devices(&self, user: UserId) -> String {
        self.url(wire::DEVICES)
            .replace("{userID}", &user.to_string())
    }

    fn url(&self, template: &str) -> String {
        let path = template.replace("{envID}", &self.environment.to_string());
        format!("{}{path}", self.base)
    }
}

type Read = (Head, Result<Bytes, BodyFault>);

/// The address that API paths are appended to: without query and trailing slash, with `/v1`.
pub fn api_base(url: &Url) -> String {
    let mut base = url.clone();
    base.set_query(None);
    base.set_fragment(None);
    let base = base.as_str().trim_end_matches('/');
    if base.ends_with(wire::API_VERSION) {
        base.to_owned()
    } else {
        format!("{base}{}", wire::API_VERSION)
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let ip = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

fn api_headers(token: &AccessToken, transaction_id: Option<&str>) -> HeaderMap {
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.bearer().expose()))
        .expect("a token is visible ASCII");
    bearer.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, bearer);
    headers.insert(ACCEPT, HeaderValue::from_static(wire::JSON));
    if let Some(id) = transaction_id {
        let id = HeaderValue::try_from(audit_name(id)).expect("the name is visible ASCII");
        headers.insert(wire::TRANSACTION_ID, id);
    }
    headers
}

/// What PingOne would make of a transaction ID anyway, so that both logs have the same.
fn audit_name(id: &str) -> String {
    id.chars()
        .take(wire::TRANSACTION_ID_MAX)
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-/@=#+".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
}

async fn answer(request: RequestBuilder, longest: usize) -> Result<Read, Fault> {
    let response = request.send().await.map_err(|error| Fault::of(&error))?;
    let head = Head::new(response.status().as_u16(), response.headers());
    let body = read_body(response, longest).await;
    Ok((head, body))
}

async fn read_body(mut response: Response, longest: usize) -> Result<Bytes, BodyFault> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(chunk)) if body.len() + chunk.len() > longest => {
                return Err(BodyFault::TooLong);
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(error) if error.is_timeout() => return Err(BodyFault::TimedOut),
            Err(_) => return Err(BodyFault::CutOff),
        }
    }
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

    #[test]
    fn an_audit_name_has_only_characters_that_pingone_keeps() {
        assert_eq!(audit_name("run-1/row=2#3"), "run-1/row=2#3");
        assert_eq!(audit_name("a b\r\nc ü"), "a_b__c__");
        assert_eq!(audit_name(&"x".repeat(200)).len(), 100);
    }
}

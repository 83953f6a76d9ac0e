//! Sends one request, reads one answer. Repeats nothing, follows nothing.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, Response};

use crate::model::ids::{EnvironmentId, UserId};
use crate::model::outcome::{AttemptOutcome, LookOutcome};
use crate::model::request::{DeviceKey, DeviceRequest};

use super::body::{self, OneShot};
use super::credentials::{self, ClientAuth, Credentials};
use super::grant::{self, Granted, TokenError};
use super::head::{BodyFault, Head};
use super::options::{self, ClientError, ClientOptions};
use super::read::{self, ReadError};
use super::token::AccessToken;
use super::transport::Fault;
use super::{Answered, classify, wire};

/// The longest answer that is read from the API.
pub const LONGEST_ANSWER: usize = 1024 * 1024;
/// The longest answer that is read from the token endpoint.
pub const LONGEST_TOKEN_ANSWER: usize = 64 * 1024;

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
        let http = options::http(options)?;
        Ok(Self {
            http,
            base: options::api_base(&options.api_url),
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
            Err(fault) => classify::create_fault(&request.key, &fault, receipt.handed_over()),
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
            Err(fault) => classify::list_fault(key, &fault),
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
        let Some(own) = self.credentials.as_deref() else {
            return Err(TokenError::without_credentials());
        };
        let (id, secret) = (&own.client_id, &own.client_secret);
        let sent = self
            .http
            .post(own.token_url.clone())
            .header(ACCEPT, wire::JSON)
            .header(CONTENT_TYPE, wire::FORM)
            .body(credentials::form(own.auth, id, secret));
        let sent = match own.auth {
            ClientAuth::Basic => sent.basic_auth(
                credentials::encode(id),
                Some(credentials::encode(secret.expose())),
            ),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_name_has_only_characters_that_pingone_keeps() {
        assert_eq!(audit_name("run-1/row=2#3"), "run-1/row=2#3");
        assert_eq!(audit_name("a b\r\nc ü"), "a_b__c__");
        assert_eq!(audit_name(&"x".repeat(200)).len(), 100);
    }
}

//! Sends one request, reads one answer. Repeats nothing, follows nothing.

use std::fmt;
use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{RequestBuilder, Response, Url};

use crate::model::ids::{EnvironmentId, PolicyId, UserId};
use crate::model::mfa::{MfaOutcome, UserState};
use crate::model::outcome::{AttemptOutcome, LookOutcome, Proof};
use crate::model::request::{DeviceKey, DeviceRequest, DeviceType};
use crate::model::why_nothing::WhyNothing;

use super::anonymity::Anonymity;
use super::body::{self, OneShot};
use super::classify::Listed;
use super::connections::{Connection, Connections};
use super::credentials::Credentials;
use super::device_reports::{self, NextReportPage, ReportPage};
use super::exchange::{Read, api_headers, audit_name, head, read_body};
use super::grant::{self, Granted, TokenError};
use super::heard::Heard;
use super::http::Http;
use super::listing::Pages;
use super::options::{self, ClientOptions};
#[cfg(test)]
use super::played::Play;
use super::read::{self, ListedPolicies, PolicyPages, ReadError};
use super::tls::ClientError;
use super::token::AccessToken;
use super::token_request::token_request;
use super::transport::Fault;
use super::user_filter::UserFilter;
use super::users::{self, ListedUsers, UserPages};
use super::{Answered, classify, user, wire};

/// The longest answer that is read from the API.
pub(crate) const LONGEST_ANSWER: usize = 1024 * 1024;
/// The longest answer that is read from the token endpoint.
pub(crate) const LONGEST_TOKEN_ANSWER: usize = 64 * 1024;

/// PingOne, as far as a run needs it.
#[derive(Clone)]
pub struct Client {
    connections: Arc<Connections>,
    base: String,
    environment: EnvironmentId,
    credentials: Option<Arc<Credentials>>,
    /// Whether answers of this host say whose they are.
    anonymity: Anonymity,
    heard: Heard,
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
        Ok(Self::over(options::http(options)?, options))
    }

    fn over(http: Http, options: &ClientOptions) -> Self {
        Self {
            heard: http.heard.clone(),
            connections: Arc::new(Connections::new(http, options)),
            base: options::api_base(&options.api_url),
            environment: options.environment,
            credentials: options.credentials.clone().map(Arc::new),
            anonymity: Anonymity::default(),
        }
    }

    /// A client whose requests a function answers, instead of a socket.
    #[cfg(test)]
    pub(crate) fn played(options: &ClientOptions, play: Play) -> Result<Self, ClientError> {
        Ok(Self::over(options::http(options)?.played(play), options))
    }

    /// The address that API paths are appended to.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// What was answered, to this client and to each of its clones.
    pub(crate) fn heard(&self) -> &Heard {
        &self.heard
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
        connection: Connection,
    ) -> Answered<AttemptOutcome> {
        let (body, receipt) = OneShot::new(body::create_device(request));
        let url = self.of_user(wire::DEVICES, request.key.user);
        let build = |http: &Http| {
            http.post(url)
                .headers(api_headers(token))
                .header(CONTENT_TYPE, wire::JSON)
                .body(reqwest::Body::wrap(body))
        };
        match self.answer(connection, transaction_id, build).await {
            Ok((head, body)) => classify::create_answer(request, &head, &body),
            Err(fault) => classify::create_fault(&request.key, &fault, receipt.handed_over()),
        }
    }

    /// Asks for one page of the list of a user's devices, once, and looks for one of them.
    ///
    /// `before` is what the pages before it told; `None` for the first. A host whose listings do not say whose they are is asked on fresh connections alone.
    pub async fn list_devices(
        &self,
        key: &DeviceKey,
        before: Option<Pages>,
        token: &AccessToken,
        transaction_id: &str,
        connection: Connection,
    ) -> Listed {
        let url = match &before {
            Some(pages) => pages.next().clone(),
            None => parsed(&self.of_user(wire::DEVICES, key.user)),
        };
        let build = |http: &Http| http.get(url.clone()).headers(api_headers(token));
        let connection = self.anonymity.connection(connection);
        let listed = match self.answer(connection, transaction_id, build).await {
            Ok((head, body)) => classify::list_answer(key, &url, before, &head, &body),
            Err(fault) => Listed::Whole(classify::list_fault(key, &fault), None),
        };
        if let Listed::Whole(answered, _) = &listed {
            let is_unproven = answered.outcome == LookOutcome::Nothing(WhyNothing::Unproven);
            self.anonymity.note(is_unproven, &answered.answer);
        }
        listed
    }

    /// Asks whether a user can use MFA, or switches it on for them (`switches`), once.
    ///
    /// To switch it on twice does no harm. `key` is the device that it is about.
    pub async fn mfa(
        &self,
        key: &DeviceKey,
        switches: bool,
        token: &AccessToken,
        transaction_id: &str,
        connection: Connection,
    ) -> Answered<MfaOutcome> {
        let url = self.of_user(wire::MFA_ENABLED, key.user);
        let connection = self.anonymity.connection(connection);
        let build = |http: &Http| {
            if switches {
                let sent = http.put(url).headers(api_headers(token));
                sent.header(CONTENT_TYPE, wire::JSON)
                    .body(body::enable_mfa())
            } else {
                http.get(url).headers(api_headers(token))
            }
        };
        let answered = match self.answer(connection, transaction_id, build).await {
            Ok((head, body)) => classify::mfa::answer(key, &head, &body),
            Err(fault) => classify::mfa::fault(key, &fault),
        };
        let is_unproven = answered.outcome == MfaOutcome::Nothing(WhyNothing::Unproven);
        self.anonymity.note(is_unproven, &answered.answer);
        answered
    }

    /// Reads what of a user decides whether a device is of any use to them, once.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where it was not given; a user who is not there is
    /// [`ReadFailure::NotFound`](read::ReadFailure::NotFound).
    pub async fn user(&self, id: UserId, token: &AccessToken) -> Result<UserState, ReadError> {
        let url = parsed(&self.of_user(wire::USER, id));
        let (head, body) = self.read(url, token).await?;
        user::answer(id, &head, &body)
    }

    /// Where users are asked for.
    pub fn users_address(&self) -> String {
        self.url(wire::USERS)
    }

    /// Reads one page of the users for whom a filter holds, once.
    ///
    /// `before` is what the pages before it told; `None` for the first.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where the listing was not given, or cannot be whole.
    pub async fn users(
        &self,
        filter: &UserFilter,
        before: Option<UserPages>,
        token: &AccessToken,
        connection: Connection,
    ) -> Result<ListedUsers, ReadError> {
        let url = match &before {
            Some(pages) => pages.next().clone(),
            None => parsed(&filter.address(&self.users_address())),
        };
        let connection = self.connections.echoing(connection);
        let (head, body) = self.read_on(connection, url.clone(), token).await?;
        users::users_answer(filter.kind(), &url, before, &head, &body)
    }

    /// Reads one page of the environment's device authentication policies, once.
    ///
    /// `before` is what the pages before it told; `None` for the first.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where the listing was not given, or cannot be whole.
    pub async fn policies(
        &self,
        before: Option<&PolicyPages>,
        token: &AccessToken,
    ) -> Result<ListedPolicies, ReadError> {
        let url = match before {
            Some(pages) => pages.next().clone(),
            None => parsed(&self.url(wire::POLICIES)),
        };
        let (head, body) = self.read(url.clone(), token).await?;
        read::policies_answer(&url, before, &head, &body)
    }

    /// Reads one device authentication policy, once.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where it was not given; one that is not there is [`ReadFailure::NotFound`](read::ReadFailure::NotFound).
    pub async fn policy(
        &self,
        id: PolicyId,
        token: &AccessToken,
    ) -> Result<wire::Policy, ReadError> {
        let url = self
            .url(wire::POLICY)
            .replace("{policyID}", &id.to_string());
        let (head, body) = self.read(parsed(&url), token).await?;
        read::policy_answer(id, &head, &body)
    }

    /// Reads the environment's MFA settings, once.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where they were not given.
    pub async fn mfa_settings(&self, token: &AccessToken) -> Result<wire::MfaSettings, ReadError> {
        let (head, body) = self
            .read(parsed(&self.url(wire::MFA_SETTINGS)), token)
            .await?;
        read::read_answer(&head, &body)
    }

    /// Reads one page of the report of all devices of a type, once; the first one makes it.
    ///
    /// `before` is what the pages before it told; `None` for the first. What others were answered on
    /// its connection would be taken for a page: each goes out on a fresh one.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] where it was not given, or is not understood.
    pub async fn device_report(
        &self,
        kind: DeviceType,
        before: Option<&NextReportPage>,
        token: &AccessToken,
    ) -> Result<ReportPage, ReadError> {
        let reports = parsed(&self.url(wire::REPORTS));
        let build = |http: &Http| {
            let (url, body) = device_reports::question(kind, &reports, before);
            let asked = match body {
                Some(body) => http.post(url).header(CONTENT_TYPE, wire::JSON).body(body),
                None => http.get(url),
            };
            asked.headers(api_headers(token))
        };
        let name = uuid::Uuid::new_v4().to_string();
        let longest = device_reports::LONGEST_PAGE;
        let answer = self.answer_within(longest, Connection::Fresh, &name, build);
        let (head, body) = answer.await.map_err(|fault| ReadError::of_fault(&fault))?;
        device_reports::report_answer(kind, &reports, before, &head, &body)
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
        // Never behind another answer, and a token is asked for once an hour at most.
        let sender = self.connections.sender(Connection::Fresh);
        match sender.http.send(token_request(&sender.http, own)).await {
            Ok(response) => {
                let head = head(&response, Proof::Proven);
                let body = read_body(response, LONGEST_TOKEN_ANSWER).await;
                grant::token_answer(&head, &body, &own.client_secret)
            }
            Err(fault) => Err(TokenError::of_fault(&fault)),
        }
    }

    async fn read(&self, url: Url, token: &AccessToken) -> Result<Read, ReadError> {
        self.read_on(Connection::Kept, url, token).await
    }

    pub(super) async fn read_on(
        &self,
        on: Connection,
        url: Url,
        token: &AccessToken,
    ) -> Result<Read, ReadError> {
        let build = |http: &Http| http.get(url).headers(api_headers(token));
        let name = uuid::Uuid::new_v4().to_string();
        let answer = self.answer(on, &name, build).await;
        answer.map_err(|fault| ReadError::of_fault(&fault))
    }

    async fn answer(
        &self,
        connection: Connection,
        transaction_id: &str,
        build: impl FnOnce(&Http) -> RequestBuilder,
    ) -> Result<Read, Fault> {
        self.answer_within(LONGEST_ANSWER, connection, transaction_id, build)
            .await
    }

    /// Sends a request, reads its answer, and judges whether it is the answer to it.
    async fn answer_within(
        &self,
        longest: usize,
        connection: Connection,
        transaction_id: &str,
        build: impl FnOnce(&Http) -> RequestBuilder,
    ) -> Result<Read, Fault> {
        let name =
            HeaderValue::try_from(audit_name(transaction_id)).expect("the name is visible ASCII");
        let (response, proof) = self.respond(connection, &name, build).await?;
        let head = head(&response, proof);
        let body = read_body(response, longest).await;
        Ok((head, body))
    }

    /// Sends a request, and judges whether what comes is the answer to it. Its body is not read yet.
    pub(super) async fn respond(
        &self,
        connection: Connection,
        name: &HeaderValue,
        build: impl FnOnce(&Http) -> RequestBuilder,
    ) -> Result<(Response, Proof), Fault> {
        let sender = self.connections.sender(connection);
        let request = build(&sender.http).header(wire::TRANSACTION_ID, name.clone());
        let response = sender.http.send(request).await?;
        let proof = self.connections.judge(&sender, name, &response);
        Ok((response, proof))
    }

    pub(super) fn of_user(&self, template: &str, user: UserId) -> String {
        self.url(template).replace("{userID}", &user.to_string())
    }

    pub(super) fn url(&self, template: &str) -> String {
        let path = template.replace("{envID}", &self.environment.to_string());
        format!("{}{path}", self.base)
    }
}

pub(super) fn parsed(url: &str) -> Url {
    Url::parse(url).expect("the base is a URL")
}

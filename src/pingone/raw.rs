//! What the probe asks, and the answers as they came.
//!
//! A run wants to know what an answer means; the probe wants to know what it is. So this gives
//! status, headers and body, and judges nothing but whether they may be believed.
//!
//! | asked | name in PingOne's documentation |
//! | --- | --- |
//! | `POST`, `GET …/users/{userID}/devices` | "Create MFA User Device", "Read All MFA User Devices" |
//! | `DELETE …/users/{userID}/devices/{deviceID}` | "Delete MFA User Device" |
//! | `GET …/users/{userID}/mfaEnabled` | "Read User MFA Enabled" |
//! | `GET …/deviceAuthenticationPolicies` | "Read All Device Authentication Policies" |
//! | `POST …/dataExplorations` | "MFA Reports" |

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::body::{OneShot, Receipt};
use super::client::{Client, LONGEST_ANSWER};
use super::connections::Connection;
use super::exchange::{api_headers, audit_name, head, read_body};
use super::head::{BodyFault, Head};
use super::http::Http;
use super::own::Own;
use super::ping_error::PingError;
use super::token::AccessToken;
use super::transport::Fault;
use super::{device_reports, redact, wire};
use crate::model::ids::{DeviceId, EnvironmentId, UserId};
use crate::model::outcome::Proof;
use crate::model::request::{Address, DeviceType};

/// One entry of the report, in the answer: others' phones are nobody's business here.
const ONE_ENTRY: &str = "?expand=entries&limit=1";

/// Sends what the probe asks, once, on a connection of its own; gives the answer as it came.
///
/// `own` is the phone that no word of the answer may show; `transaction_id` names the request in PingOne's
/// audit log.
///
/// # Errors
///
/// There is no answer that can be believed.
pub(crate) async fn exchange(
    client: &Client,
    asked: &Exchange,
    own: &Address,
    token: &AccessToken,
    transaction_id: &str,
) -> Result<Exchanged, NoAnswer> {
    let name = HeaderValue::try_from(audit_name(transaction_id)).expect("it is visible ASCII");
    let (body, receipt) = asked.body();
    let build = |http: &Http| {
        let url = client.url(&asked.path());
        body.put(
            http.request(asked.method(), url)
                .headers(api_headers(token)),
        )
    };
    match client.respond(Connection::Fresh, &name, build).await {
        Ok((response, proof)) => {
            let head = head(&response, proof);
            let headers = response.headers().clone();
            let body = read_body(response, LONGEST_ANSWER).await;
            Exchanged::read(&head, &headers, &name, body, own)
        }
        Err(fault) => Err(NoAnswer::of_fault(&fault, receipt.as_ref(), own)),
    }
}

/// What is asked. Nothing but an ID gets into a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// Which devices a user has.
    Devices(UserId),
    /// Whether a user can use MFA.
    MfaEnabled(UserId),
    /// Which policies there are.
    Policies,
    /// Which policies another environment has.
    PoliciesOf(EnvironmentId),
    /// A device.
    Create(UserId, wire::CreateDevice),
    /// That a device is no more.
    Delete(UserId, DeviceId),
    /// The report of the WhatsApp devices of the environment.
    Report,
}

impl Exchange {
    fn method(&self) -> Method {
        match self {
            Self::Devices(_) | Self::MfaEnabled(_) | Self::Policies | Self::PoliciesOf(_) => {
                Method::GET
            }
            Self::Create(..) | Self::Report => Method::POST,
            Self::Delete(..) => Method::DELETE,
        }
    }

    /// The path; where it is about our environment, that is still open in it.
    fn path(&self) -> String {
        let (template, user, device) = match self {
            Self::Devices(user) | Self::Create(user, _) => (wire::DEVICES, Some(user), None),
            Self::MfaEnabled(user) => (wire::MFA_ENABLED, Some(user), None),
            Self::Policies | Self::PoliciesOf(_) => (wire::POLICIES, None, None),
            Self::Delete(user, device) => (wire::DEVICE, Some(user), Some(device)),
            Self::Report => (wire::REPORTS, None, None),
        };
        let mut path = template.to_owned();
        if let Some(user) = user {
            path = path.replace("{userID}", &user.to_string());
        }
        if let Some(device) = device {
            path = path.replace("{deviceID}", &device.to_string());
        }
        match self {
            Self::Report => path + ONE_ENTRY,
            Self::PoliciesOf(other) => path.replace("{envID}", &other.to_string()),
            Self::Devices(_)
            | Self::MfaEnabled(_)
            | Self::Policies
            | Self::Create(..)
            | Self::Delete(..) => path,
        }
    }

    /// What stands in the request, and what tells later whether it left.
    fn body(&self) -> (Content, Option<Receipt>) {
        match self {
            Self::Create(_, device) => {
                let bytes = serde_json::to_vec(device).expect("a struct of strings is always JSON");
                let (body, receipt) = OneShot::new(bytes.into());
                (Content::Device(body), Some(receipt))
            }
            Self::Report => {
                let question = device_reports::body(DeviceType::WhatsApp);
                (Content::Report(question), None)
            }
            Self::Devices(_)
            | Self::MfaEnabled(_)
            | Self::Policies
            | Self::PoliciesOf(_)
            | Self::Delete(..) => (Content::Nothing, None),
        }
    }
}

/// What stands in a request.
enum Content {
    Nothing,
    Device(OneShot),
    Report(Bytes),
}

impl Content {
    fn put(self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Nothing => request,
            Self::Device(body) => request
                .header(CONTENT_TYPE, wire::JSON)
                .body(reqwest::Body::wrap(body)),
            Self::Report(body) => request.header(CONTENT_TYPE, wire::JSON).body(body),
        }
    }
}

/// An answer as it came.
#[derive(Clone)]
pub(crate) struct Exchanged {
    /// The status.
    pub status: u16,
    /// The wait that `Retry-After` names, where it names one; unclamped.
    pub retry_after: Option<Duration>,
    /// The reference that support cases are found by.
    pub correlation_id: Option<String>,
    /// Whether it repeats the transaction ID that was sent.
    pub repeats_transaction: bool,
    /// Each header by its name, in small letters, with a value that may be shown.
    pub headers: Vec<(String, String)>,
    /// What PingOne says is wrong, where it says so in its own format.
    pub error: Option<Said>,
    /// The body, where it is JSON; it may hold phones.
    pub body: Option<Value>,
}

impl fmt::Debug for Exchanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchanged")
            .field("status", &self.status)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// What PingOne says is wrong: nothing in it has to be hidden any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Class and detail, such as `INVALID_DATA/INVALID_VALUE`.
    pub label: String,
    /// The members that it is about.
    pub targets: Vec<String>,
    /// Its words.
    pub message: String,
}

/// Why there is no answer that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoAnswer {
    /// What happened.
    pub message: String,
    /// Whether the request may have been heard all the same.
    pub may_be_heard: bool,
    /// Whether the connection cannot be trusted, so that no other request will fare better.
    pub is_distrust: bool,
}

impl Exchanged {
    fn read(
        head: &Head,
        headers: &HeaderMap,
        sent: &HeaderValue,
        body: Result<Bytes, BodyFault>,
        own: &Address,
    ) -> Result<Self, NoAnswer> {
        if head.proof == Proof::MixedUp {
            return Err(NoAnswer {
                message: "the answer is to another request".to_owned(),
                may_be_heard: true,
                is_distrust: false,
            });
        }
        let own = Own::of(own);
        let error = body.as_deref().ok().and_then(PingError::read);
        let error = error.filter(|_| head.status >= 400).map(|error| Said {
            label: error.label(""),
            targets: error.targets().map(|target| own.harmless(target)).collect(),
            message: own.harmless(&error.describe()),
        });
        let repeated = headers.get(wire::TRANSACTION_ID);
        let shown = |value: &HeaderValue| own.harmless(&String::from_utf8_lossy(value.as_bytes()));
        let headers = headers.iter();
        Ok(Self {
            status: head.status,
            retry_after: head.retry_after,
            correlation_id: own.unless_in(head.correlation_id.clone()),
            repeats_transaction: repeated
                .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(sent.as_bytes())),
            headers: headers
                .map(|(name, value)| (redact::harmless(name.as_str()), shown(value)))
                .collect(),
            error,
            body: body
                .ok()
                .and_then(|body| serde_json::from_slice(&body).ok()),
        })
    }
}

impl Said {
    /// Whether a 429 says that nothing was done, because of the pace.
    pub(crate) fn is_about_rate(&self) -> bool {
        self.label.starts_with("REQUEST_LIMITED") && !self.label.ends_with("QUOTA_EXCEEDED")
    }
}

impl NoAnswer {
    fn of_fault(fault: &Fault, receipt: Option<&Receipt>, own: &Address) -> Self {
        Self {
            message: Own::of(own).harmless(&fault.message()),
            may_be_heard: receipt.is_none_or(Receipt::handed_over),
            is_distrust: fault.kind.is_distrust(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::phone::E164;

    const OTHER: &str = "0d9c8b7a-6f5e-4d3c-8b2a-19087f6e5d4c";
    const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";

    #[test]
    fn each_question_goes_where_the_documentation_says() {
        let user: UserId = USER.parse().unwrap();
        let device = wire::CreateDevice {
            kind: "WHATSAPP".to_owned(),
            phone: None,
            email: None,
            policy: None,
            status: None,
            nickname: None,
            notification: None,
        };
        for (asked, expected) in [
            (
                Exchange::Devices(user),
                "GET /environments/{envID}/users/U/devices",
            ),
            (
                Exchange::MfaEnabled(user),
                "GET /environments/{envID}/users/U/mfaEnabled",
            ),
            (
                Exchange::Policies,
                "GET /environments/{envID}/deviceAuthenticationPolicies",
            ),
            (
                Exchange::PoliciesOf(OTHER.parse().unwrap()),
                "GET /environments/O/deviceAuthenticationPolicies",
            ),
            (
                Exchange::Create(user, device),
                "POST /environments/{envID}/users/U/devices",
            ),
            (
                Exchange::Delete(user, OTHER.parse().unwrap()),
                "DELETE /environments/{envID}/users/U/devices/O",
            ),
            (
                Exchange::Report,
                "POST /environments/{envID}/dataExplorations?expand=entries&limit=1",
            ),
        ] {
            let found = format!("{} {}", asked.method(), asked.path())
                .replace(OTHER, "O")
                .replace(USER, "U");
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_words_of_an_answer_do_not_show_the_phone() {
        let own = Address::Phone(E164::from_digits("15125551234").unwrap());
        let body = r#"{"code":"INVALID_DATA","message":"+1.512.555.1234 is wrong",
            "details":[{"code":"INVALID_VALUE","target":"phone","message":"5125551234"}]}"#;
        let mut headers = HeaderMap::new();
        headers.insert("x-seen", "15125551234".parse().unwrap());
        let head = Head::new(400, &headers, Proof::Proven);
        let sent = HeaderValue::from_static("probe-1");
        let body = Ok(Bytes::from_static(body.as_bytes()));
        let read = Exchanged::read(&head, &headers, &sent, body, &own).unwrap();
        let error = read.error.clone().unwrap();
        assert_eq!(error.label, "INVALID_DATA/INVALID_VALUE");
        assert_eq!(error.targets, ["phone"]);
        assert_eq!(error.message, "*** is wrong phone: ***");
        assert_eq!(read.headers, [("x-seen".to_owned(), "***".to_owned())]);
        assert!(!format!("{read:?}").contains("555"));
    }
}

//! PingOne's HTTP contract as data: paths, header names, JSON bodies.
//!
//! Client and sandbox share this file and nothing else, so a mistake here would
//! hide in both halves; `tests/it/contract` holds it against literal documents
//! from PingOne's documentation. Bodies that come in are read leniently: members
//! that are not needed are optional, unknown ones are ignored.
//!
//! Source of everything here: the PingOne Platform API reference, "Create MFA User
//! Device (WhatsApp)", "MFA Devices", "Device Authentication Policies", "MFA
//! Settings", "MFA Reports", "Error codes" and "Rate limiting".

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// `POST` and `GET`: create a device, list a user's devices.
pub(crate) const DEVICES: &str = "/environments/{envID}/users/{userID}/devices";
/// `GET` and `DELETE`: one device of a user.
pub(crate) const DEVICE: &str = "/environments/{envID}/users/{userID}/devices/{deviceID}";
/// `GET`: a user.
pub(crate) const USER: &str = "/environments/{envID}/users/{userID}";
/// `GET` and `PUT`: whether a user can use MFA.
pub(crate) const MFA_ENABLED: &str = "/environments/{envID}/users/{userID}/mfaEnabled";
/// `GET`: the users of an environment for whom a filter holds.
pub(crate) const USERS: &str = "/environments/{envID}/users";
/// `GET`: all device authentication policies of an environment.
pub(crate) const POLICIES: &str = "/environments/{envID}/deviceAuthenticationPolicies";
/// `GET`: one device authentication policy.
pub(crate) const POLICY: &str = "/environments/{envID}/deviceAuthenticationPolicies/{policyID}";
/// `GET`: an environment's MFA settings.
pub(crate) const MFA_SETTINGS: &str = "/environments/{envID}/mfaSettings";
/// `POST`: make a report of devices.
pub(crate) const REPORTS: &str = "/environments/{envID}/dataExplorations";
/// How a report is asked for, so that its entries come with it; the page is the largest that there is.
pub(crate) const REPORT_EXPANDED: &str = "expand=entries&limit=1000";
/// How a page of a report is asked for.
pub(crate) const REPORT_PAGE: &str = "limit=1000";
/// The template of the report of devices.
pub(crate) const REPORT_TEMPLATE: &str = "db632bfd-7054-4bde-b108-a384aac2d513";
/// The fields of the report that are asked for.
pub(crate) const REPORT_USER: &str = "userId";
/// See [`REPORT_USER`].
pub(crate) const REPORT_DEVICE: &str = "deviceId";
/// See [`REPORT_USER`].
pub(crate) const REPORT_STATUS: &str = "deviceStatus";
/// See [`REPORT_USER`]; for all types but `EMAIL`.
pub(crate) const REPORT_PHONE: &str = "phone";
/// See [`REPORT_USER`]; for `EMAIL`.
pub(crate) const REPORT_EMAIL: &str = "email";

/// The version segment that API paths begin with.
pub(crate) const API_VERSION: &str = "/v1";

/// The content type of every JSON request. On the devices path it *selects the
/// operation*: other types reorder devices.
pub(crate) const JSON: &str = "application/json";
/// The content type of a token request.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Names a request in PingOne's audit log; at most [`TRANSACTION_ID_MAX`] characters.
pub(crate) const TRANSACTION_ID: &str = "x-ping-external-transaction-id";
/// The longest transaction ID that PingOne keeps.
pub(crate) const TRANSACTION_ID_MAX: usize = 100;
/// Names an answer for PingOne's support.
pub(crate) const CORRELATION_ID: &str = "correlation-id";
/// Names an answer of the gateway before PingOne (Amazon API Gateway, "Amazon API Gateway important
/// notes": `x-amzn-RequestId` and `x-amz-apigw-id` of REST APIs, `apigw-requestid` of HTTP APIs).
pub(crate) const GATEWAY_IDS: [&str; 3] = ["x-amzn-requestid", "x-amz-apigw-id", "apigw-requestid"];
/// All that the gateway says where it throttles: `{"message": "Too Many Requests"}`.
pub(crate) const GATEWAY_THROTTLES: &str = "Too Many Requests";

/// The body of a create request. Members are written in this order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CreateDevice {
    /// `WHATSAPP`, `SMS`, `VOICE` or `EMAIL`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The phone, for all types but `EMAIL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The address, for `EMAIL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The device authentication policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Reference>,
    /// `ACTIVE` or `ACTIVATION_REQUIRED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Up to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Only with `ACTIVATION_REQUIRED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<Notification>,
}

/// The body of a request that switches a user's MFA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MfaEnabled {
    /// Whether the user can use MFA.
    pub mfa_enabled: bool,
}

/// A reference to something by its ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// A UUID.
    pub id: String,
}

/// How a user is told of a new device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notification {
    /// The template; its name is always `device_pairing`.
    pub template: Template,
}

/// A choice among the versions of a notification template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Template {
    /// A language tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The name of a variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// A device, as the answer to a create request and in listings.
///
/// A member that is not what it should be counts as missing: one odd device is not to hide the
/// others in a listing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Device {
    /// Links; absolute addresses.
    #[serde(rename = "_links", skip_serializing_if = "Option::is_none")]
    pub links: Option<serde_json::Value>,
    /// A UUID.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The environment it is in.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub environment: Option<Reference>,
    /// Whose it is.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub user: Option<Reference>,
    /// `WHATSAPP`, `SMS`, …
    #[serde(
        rename = "type",
        deserialize_with = "lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
    /// `ACTIVE` or `ACTIVATION_REQUIRED`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The phone in the spelling in which it was sent.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The address of an `EMAIL` device.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The user's name for it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
}

pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

/// A collection: `{"_links": …, "_embedded": {"<name>": […]}, "count": n, "size": n}`.
///
/// `count` and `size` follow PingOne's convention for collections and are not
/// shown for every one, so neither is required.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Collection<E> {
    /// Links; `next` is there where the listing goes on.
    #[serde(rename = "_links", skip_serializing_if = "Option::is_none")]
    pub links: Option<serde_json::Map<String, serde_json::Value>>,
    /// What the collection holds.
    #[serde(rename = "_embedded", skip_serializing_if = "Option::is_none")]
    pub embedded: Option<E>,
    /// How many there are in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// How many this page holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// The devices in a listing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Devices {
    /// In the user's order, the default device first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<Device>>,
}

/// The policies in a listing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Policies {
    /// Every device authentication policy of the environment.
    #[serde(rename = "deviceAuthenticationPolicies", default)]
    pub policies: Vec<Policy>,
}

/// A device authentication policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// A UUID.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Whether it is the environment's default; exactly one is.
    #[serde(default)]
    pub default: bool,
    /// Whether and how users are told of a new device: `NONE`, `EMAIL_THEN_SMS`, `SMS_THEN_EMAIL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_device_notification: Option<String>,
    /// The notification policy, which says to which countries messages go.
    #[serde(
        rename = "notificationsPolicy",
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub notifications: Option<Reference>,
    /// The method `WHATSAPP`; missing in older environments.
    #[serde(rename = "whatsApp", skip_serializing_if = "Option::is_none")]
    pub whatsapp: Option<Method>,
    /// The method `SMS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms: Option<Method>,
    /// The method `VOICE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<Method>,
    /// The method `EMAIL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Method>,
}

/// A method of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Method {
    /// Whether users may authenticate with it.
    #[serde(default)]
    pub enabled: bool,
    /// Whether new devices of this kind are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
}

/// An environment's MFA settings, as far as they are used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaSettings {
    /// Rules for new devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing: Option<Pairing>,
    /// Rules for new users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<NewUsers>,
}

/// Rules for new users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewUsers {
    /// Whether they can use MFA at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa_enabled: Option<bool>,
}

/// Rules for new devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pairing {
    /// How many devices a user may have, of all kinds together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_allowed_devices: Option<u32>,
}

/// The body of an error answer ("Error codes").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ErrorBody {
    /// The support reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The class, such as `INVALID_DATA`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What each fault is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Vec<ErrorDetail>>,
}

/// One fault inside an error answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorDetail {
    /// The kind of fault, such as `INVALID_VALUE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The member of the request that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Facts such as `maximumAllowed` or `existingId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_error: Option<serde_json::Value>,
}

/// The answer to a token request (RFC 6749, section 5.1).
#[derive(Serialize, Deserialize)]
pub(crate) struct TokenGranted {
    /// The token.
    pub access_token: Option<String>,
    /// `Bearer`.
    pub token_type: Option<String>,
    /// Its life in seconds.
    pub expires_in: Option<serde_json::Value>,
}

/// The answer to a refused token request (RFC 6749, section 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenRefused {
    /// Such as `invalid_client`.
    pub error: Option<String>,
    /// In English.
    pub error_description: Option<String>,
}

// These hold phones and tokens, which no log may show.
impl fmt::Debug for CreateDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateDevice")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenGranted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenGranted").finish_non_exhaustive()
    }
}

//! What PingOne shows of a tenant as a whole, as far as a person is told of it.
//!
//! | endpoint | name in PingOne's documentation |
//! | --- | --- |
//! | `GET …/billOfMaterials` | "Bill of Materials" |
//! | `GET …/capabilities` | "Capabilities" |
//! | `GET …/rateLimitIpConfigs` | "Rate Limiting" |
//! | `GET …/notificationsPolicies` | "Notification Policies" |
//! | `GET /environments` | "Read All Environments" |
//!
//! Everything is read leniently: what is missing is not known.

use std::net::IpAddr;

use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::client::{Client, LONGEST_ANSWER};
use super::connections::Connection;
use super::ends::Ends;
use super::exchange::{api_headers, head, read_body};
use super::http::Http;
use super::read::{ReadError, read_answer};
use super::token::AccessToken;
use super::wire::Collection;

/// A part of a tenant that is shown in one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Its products: [`Products`].
    Products,
    /// What its license allows: [`Capabilities`].
    Capabilities,
    /// The addresses without a share of the limit: [`AllowList`].
    AllowList,
    /// To which countries messages go: [`NotificationPolicies`].
    NotificationPolicies,
    /// The environments that the client may see: [`Environments`].
    Environments,
}

/// A part, and the address of this machine that it was asked from.
#[derive(Clone, Debug)]
pub(crate) struct Shown<T> {
    /// What was shown.
    pub what: T,
    /// Our own end of the connection, where that is known.
    pub from: Option<IpAddr>,
}

/// Reads one part, once, on a connection of its own.
///
/// # Errors
///
/// A [`ReadError`] where it was not given.
pub(crate) async fn read<T: DeserializeOwned>(
    client: &Client,
    part: Part,
    token: &AccessToken,
) -> Result<Shown<T>, ReadError> {
    let name = uuid::Uuid::new_v4().to_string();
    let name = HeaderValue::try_from(name).expect("a UUID is visible ASCII");
    let url = client.url(part.path());
    let build = |http: &Http| http.get(url).headers(api_headers(token));
    let answered = client.respond(Connection::Fresh, &name, build).await;
    let (response, proof) = answered.map_err(|fault| ReadError::of_fault(&fault))?;
    let from = response.extensions().get::<Ends>().map(|ends| ends.0.ip());
    let head = head(&response, proof);
    let body = read_body(response, LONGEST_ANSWER).await;
    let what = read_answer(&head, &body)?;
    Ok(Shown { what, from })
}

impl Part {
    fn path(self) -> &'static str {
        match self {
            Self::Products => "/environments/{envID}/billOfMaterials",
            Self::Capabilities => "/environments/{envID}/capabilities",
            Self::AllowList => "/environments/{envID}/rateLimitIpConfigs",
            Self::NotificationPolicies => "/environments/{envID}/notificationsPolicies",
            Self::Environments => "/environments",
        }
    }
}

/// The products of an environment.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Products {
    #[serde(default)]
    products: Vec<Kind>,
}

#[derive(Clone, Debug, Deserialize)]
struct Kind {
    #[serde(rename = "type", default)]
    kind: String,
}

impl Products {
    /// Whether PingOne MFA is among them.
    pub(crate) fn has_mfa(&self) -> bool {
        self.products
            .iter()
            .any(|product| product.kind == "PING_ONE_MFA")
    }
}

/// What a license allows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Capabilities {
    /// Whether passcodes may go out by WhatsApp.
    #[serde(rename = "canUseWhatsAppOtp")]
    pub whatsapp: Option<bool>,
    license_quantities: Quantities,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Quantities {
    rlg_mfa_rps: Option<Quantity>,
}

#[derive(Clone, Debug, Deserialize)]
struct Quantity {
    limit: Option<f64>,
}

impl Capabilities {
    /// How many MFA requests a second the license is for.
    pub(crate) fn mfa_rate(&self) -> Option<f64> {
        let quantity = self.license_quantities.rlg_mfa_rps.as_ref();
        quantity
            .and_then(|quantity| quantity.limit)
            .filter(|limit| *limit > 0.0)
    }
}

/// The addresses that no share of the limit holds for.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AllowList {
    #[serde(rename = "_embedded", default)]
    embedded: Allowed,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Allowed {
    #[serde(rename = "rateLimitIpConfigs", default)]
    entries: Vec<AllowListEntry>,
}

#[derive(Clone, Debug, Deserialize)]
struct AllowListEntry {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    value: String,
}

impl AllowList {
    /// The addresses and networks, as they are written.
    pub(crate) fn networks(&self) -> impl Iterator<Item = &str> {
        let entries = self.embedded.entries.iter();
        let allowed = entries.filter(|entry| entry.kind == "WHITELIST");
        allowed.map(|entry| entry.value.trim())
    }
}

/// To which countries messages go.
pub(crate) type NotificationPolicies = Collection<NotificationPolicyList>;

/// The notification policies of an environment.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NotificationPolicyList {
    /// All of them.
    #[serde(rename = "notificationsPolicies", default)]
    pub policies: Vec<NotificationPolicy>,
}

/// A notification policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotificationPolicy {
    /// Its ID.
    #[serde(default)]
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Whether it is the environment's default.
    #[serde(default)]
    pub default: bool,
    /// The countries that it lets messages go to.
    pub country_limit: Option<CountryLimit>,
}

/// The countries that messages go to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CountryLimit {
    /// `NONE`, `ALLOWED` or `DENIED`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// By their codes.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Which messages it is about, such as `SMS` and `Voice`; all of them where it does not say.
    pub delivery_methods: Option<Vec<String>>,
}

/// The environments that a client may see.
pub(crate) type Environments = Collection<EnvironmentList>;

/// Environments.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct EnvironmentList {
    /// All of them.
    #[serde(default)]
    pub environments: Vec<serde::de::IgnoredAny>,
}

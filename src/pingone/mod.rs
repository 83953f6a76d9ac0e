//! Our side of the conversation; no other room speaks HTTP to PingOne.
//!
//! [`client`] sends one request and reads one answer. What an answer means is
//! decided by pure functions: [`classify`] for devices, [`grant`] for tokens,
//! [`read`] for settings. Nothing here retries, waits or paces: that is the engine's,
//! and it gets facts to do it with. [`heard`] counts answers, and nothing goes by that.
//!
//! | endpoint | name in PingOne's documentation |
//! | --- | --- |
//! | `POST …/users/{userID}/devices` | "Create MFA User Device (WhatsApp)", "(SMS)", "(Voice)", "(Email)" |
//! | `GET …/users/{userID}/devices` | "Read All MFA User Devices" |
//! | `GET …/users/{userID}` | "Read User" |
//! | `GET`, `PUT …/users/{userID}/mfaEnabled` | "Read User MFA Enabled", "Update User MFA Enabled" |
//! | `GET …/users?filter=…` | "Read All Users", "Filter" |
//! | `GET …/deviceAuthenticationPolicies` | "Read All Device Authentication Policies" |
//! | `GET …/mfaSettings` | "Read MFA Settings" |
//! | `POST …/dataExplorations`, `GET …/dataExplorations/{id}/entries` | "MFA Reports" |
//! | `GET`, `DELETE …/users/{userID}/devices/{deviceID}` | "Read One MFA User Device", "Delete MFA User Device" |
//! | what the probe asks | see [`raw`] |
//! | what `doctor` asks of the tenant | see [`tenant`] |
//! | `POST …/as/token` | "Token (client credentials)" |

pub(crate) mod wire;

pub(crate) mod hint;

pub(crate) mod body;
pub(crate) mod head;
pub(crate) mod retry_after;
pub(crate) mod transport;

mod addressee;
mod anonymity;
pub(crate) mod classify;
mod device_match;
pub(crate) mod device_reports;
pub(crate) mod listing;
mod next_page;
pub(crate) mod one_device;
mod own;
mod ping_error;
pub(crate) mod raw;
pub(crate) mod read;
mod redact;
mod shown_phone;
pub(crate) mod user_filter;
pub(crate) mod users;

pub(crate) mod client;
mod connect;
mod connect_error;
pub(crate) mod connections;
pub(crate) mod credentials;
mod ends;
mod exchange;
pub(crate) mod grant;
pub(crate) mod heard;
mod http;
pub(crate) mod loopback;
pub(crate) mod options;
#[cfg(test)]
pub(crate) mod played;
pub(crate) mod proxy;
mod resolver;
mod strict_head;
pub(crate) mod tenant;
pub(crate) mod tls;
pub(crate) mod token;
mod token_request;
mod user;
pub(crate) mod user_devices;

use std::time::Duration;

use crate::model::outcome::{Answer, Proof};

/// What one request told us, and what the answer said about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered<T> {
    /// What it told us.
    pub outcome: T,
    /// For the ledger, the results file and support cases.
    pub answer: Answer,
    /// The wait that a 429 or a 503 asks for, whatever the outcome; unclamped.
    pub pause: Option<Duration>,
    /// Whether it is the answer to our request.
    pub proof: Proof,
    /// PingOne's clock, in milliseconds since 1970, where the answer has a `Date` (RFC 9110, 6.6.1).
    pub date_ms: Option<i64>,
    /// Why there was no answer, where there was none.
    pub(crate) fault: Option<transport::FaultKind>,
}

//! What was asked and what is stored, for tests to look at.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use serde::Serialize;

use super::kinds::Kind;

/// What the sandbox counted since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Requests by kind and by the status of their answer; 0 is a request without an answer.
    pub requests: BTreeMap<Kind, BTreeMap<u16, u64>>,
    /// Requests by the address that they came from.
    pub by_address: BTreeMap<IpAddr, u64>,
    /// Access tokens issued.
    pub tokens_issued: u64,
    /// Devices stored and not deleted.
    pub devices: usize,
    /// The most devices of one user, type and number that ever were there together; more than one is twice.
    pub most_per_key: u32,
    /// Requests that came before a `Retry-After` of their rate group ran out, those that were on their way
    /// when it was sent included.
    pub before_retry_after: u64,
    /// The most requests that were being answered at one time.
    pub peak_in_flight: usize,
    /// Whether the client's secret or a token was seen in a URL.
    pub secret_in_url: bool,
}

impl Stats {
    /// The requests of a kind, answered or not.
    pub fn requests_of(&self, kind: Kind) -> u64 {
        self.requests.get(&kind).map_or(0, |by| by.values().sum())
    }

    /// The requests of a kind that were answered with a status; 0 is none.
    pub fn answered(&self, kind: Kind, status: u16) -> u64 {
        let by_status = self.requests.get(&kind);
        by_status
            .and_then(|by| by.get(&status))
            .copied()
            .unwrap_or(0)
    }
}

/// A device that the sandbox holds.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The user's ID.
    pub user: String,
    /// `WHATSAPP`, `SMS`, `VOICE` or `EMAIL`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The phone as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The address of an `EMAIL` device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The device's ID.
    pub id: String,
    /// When it was stored, `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    pub at: String,
    /// The one-time password that activates it, while it waits for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otp: Option<String>,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held")
            .field("user", &self.user)
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

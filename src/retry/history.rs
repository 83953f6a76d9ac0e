//! What a run knows of a row that it works at.

use std::time::Duration;

use crate::model::outcome::{Device, Refusal};

/// What a run knows of a row that it works at.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all their combinations occur"
)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    /// Failures that count against [`RetryPolicy::attempts`](super::RetryPolicy::attempts).
    pub failures: u32,
    /// How often in a row a 429 named no wait.
    pub throttles: u32,
    /// Whether a 401 was answered with a new token already.
    pub reauthorized: bool,
    /// Whether a 404 was waited out already.
    pub waited_for_user: bool,
    /// How many requests about the user's MFA told nothing.
    pub mfa_failures: u32,
    /// How many listings in a row told nothing.
    pub blind_looks: u32,
    /// Whether a listing showed that the device was not there before the first request.
    pub was_absent: bool,
    /// How many requests followed unanswered ones, ever.
    pub resends: u32,
    /// Set while an unanswered request may have created the device.
    pub doubt: Option<Doubt>,
    /// A refusal that stands unless the listing shows the device.
    pub refusal: Option<Refusal>,
    /// When the intent was written of a request that was refused by an answer which may be
    /// another's, in milliseconds since 1970: it may have made the device after all.
    pub unproven_since_ms: Option<i64>,
    /// Whether an earlier run ended with PingOne not knowing the user.
    pub unknown_user_before: bool,
    /// Whether an earlier run saw more than one such device.
    pub several_before: bool,
    /// Whether no create may be sent for it, whatever comes.
    pub is_barred: bool,
}

impl History {
    /// Whether a device of ours has to be looked at once more: a request for it was not answered,
    /// or its ID is not known.
    pub(crate) fn is_recheck_owed(&self, device: Option<&Device>) -> bool {
        self.doubt.is_some() || self.resends > 0 || device.is_none_or(|device| device.id.is_none())
    }
}

/// An unanswered request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// When its intent was written, in wall-clock milliseconds since 1970.
    pub since_ms: i64,
    /// Its age at the first complete listing that did not show the device.
    pub first_negative: Option<Duration>,
    /// Whether it was answered after all, with a conflict: what is there then was there before it.
    pub met_conflict: bool,
}

impl Doubt {
    /// A request whose intent was written then, and which nobody has looked for yet.
    pub(crate) fn new(since_ms: i64) -> Self {
        Self {
            since_ms,
            first_negative: None,
            met_conflict: false,
        }
    }
}

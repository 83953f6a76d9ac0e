//! What goes to disk together, and what is given once it is there.

use crate::model::entry::{DeviceState, Moment};
use crate::model::outcome::{Answer, Device};
use crate::model::request::{DeviceKey, DeviceRequest, RequestDigest};

/// Proof that an intent is on disk: leave to send one create request.
///
/// Only [`Ledger::commit`](super::Ledger::commit) makes one, after its commit, and the function that
/// sends takes nothing less. "Sent before it was written down" does not compile.
#[derive(Debug)]
pub struct Recorded {
    pub(super) request: DeviceRequest,
    pub(super) entry: u64,
    pub(super) attempt: u32,
}

impl Recorded {
    /// What may be sent.
    pub fn request(&self) -> &DeviceRequest {
        &self.request
    }

    /// The number of the device's entry.
    pub fn entry(&self) -> u64 {
        self.entry
    }

    /// The number of this attempt, counted over all runs, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}

/// The wish to send one create request.
#[derive(Debug)]
pub struct Intent {
    /// What is to be sent.
    pub request: DeviceRequest,
    /// Whether it follows an unanswered attempt that was looked for in vain.
    pub resend: bool,
    /// Whether a listing has just shown that there is no such device.
    pub was_absent: bool,
    /// Whether a listing came since the device was last asked for.
    pub looked: bool,
    /// When this is, in milliseconds since 1970: by PingOne's clock, where that was heard.
    pub asked_ms: i64,
}

/// What a batch gives once all of it is on disk.
#[derive(Debug)]
pub struct Committed {
    /// Leave to send, for each intent in order.
    pub recorded: Vec<Recorded>,
    /// The numbers of the entries, for each settled device in order.
    pub settled: Vec<u64>,
    /// Whether the disk is full: what was settled is written, and no leave is given any more.
    pub disk_full: bool,
}

/// What became of a device.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Which device.
    pub key: DeviceKey,
    /// For which request: it is kept where the device was refused.
    pub request: RequestDigest,
    /// Its new state; anything but [`DeviceState::InFlight`].
    pub state: DeviceState,
    /// The device, where it is known.
    pub device: Option<Device>,
    /// When the last request could have been sent; with [`DeviceState::Unresolved`] only.
    pub last_send: Option<Moment>,
    /// Whether the device has yet to be looked at once more; with [`DeviceState::Created`] only.
    pub recheck_owed: bool,
    /// When a request for it that was not answered could have been sent last; where a last look is
    /// owed only.
    pub lost: Option<Moment>,
    /// Whether it was refused by an answer that may be another's.
    pub unproven: bool,
    /// What PingOne said.
    pub answer: Answer,
}

//! What a rule can decide.

use crate::model::entry::DeviceState;
use crate::model::outcome::Device;
use std::time::Duration;

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Ask for the device after this long, as far as the pace allows.
    Create {
        /// The wait.
        after: Duration,
        /// Whether this follows an unanswered request that was settled as absent.
        resend: bool,
    },
    /// List the user's devices after this long, as far as the pace allows.
    Look {
        /// The wait.
        after: Duration,
    },
    /// The row is done in this run.
    Finish(Verdict),
    /// Not known, and nothing to be learned before the unanswered request is so old. If the
    /// run lasts that long, look then; otherwise the row ends as unknown.
    Defer {
        /// The wait.
        after: Duration,
    },
}

impl Decision {
    /// List the user's devices as soon as the pace allows.
    pub(crate) const LOOK_NOW: Self = Self::Look {
        after: Duration::ZERO,
    };

    pub(super) fn create_now(resend: bool) -> Self {
        let after = Duration::ZERO;
        Self::Create { after, resend }
    }
}

/// How a row is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The state that the ledger keeps.
    pub state: DeviceState,
    /// The device, where it is known.
    pub device: Option<Device>,
}

impl Verdict {
    pub(super) fn of(state: DeviceState) -> Decision {
        Decision::Finish(Self {
            state,
            device: None,
        })
    }

    pub(super) fn with(state: DeviceState, device: &Device) -> Decision {
        Decision::Finish(Self {
            state,
            device: Some(device.clone()),
        })
    }
}

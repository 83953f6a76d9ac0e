//! What the ledger can say about a device.

use super::code::{DUPLICATE_FOUND, UNDOING, UNDONE, WITHHELD};
use super::ids::{DeviceId, RunId};
use super::imprint::Imprint;
use super::outcome::{Answer, Outcome};
use super::request::{DeviceRequest, RequestDigest};

/// How many create requests may follow unanswered ones for a device, ever: then a person decides.
pub(crate) const RESENDS_MAX: u32 = 3;

/// Where a device stands, for ever; a device the ledger has no entry of was never asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceState {
    /// An intent is on disk; whoever sent the request has not said how it ended.
    InFlight,
    /// Ours.
    Created,
    /// There, and not ours.
    Found,
    /// There more than once: a person must look, and the next run looks again.
    Several,
    /// PingOne said no for good.
    Rejected,
    /// Certainly not created; given up for now.
    Failed,
    /// Asked, and still not known.
    Unresolved,
    /// Ours, and about to be deleted by `undo`; whether it was, nobody has said.
    Undoing,
    /// It was ours, and is there no more: `undo` deleted it, or found it gone.
    Undone,
}

impl DeviceState {
    /// Every state.
    pub const ALL: [DeviceState; 9] = [
        DeviceState::InFlight,
        DeviceState::Created,
        DeviceState::Found,
        DeviceState::Several,
        DeviceState::Rejected,
        DeviceState::Failed,
        DeviceState::Unresolved,
        DeviceState::Undoing,
        DeviceState::Undone,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            DeviceState::InFlight => "in_flight",
            DeviceState::Created => "created",
            DeviceState::Found => "found",
            DeviceState::Several => "several",
            DeviceState::Rejected => "rejected",
            DeviceState::Failed => "failed",
            DeviceState::Unresolved => "unresolved",
            DeviceState::Undoing => "undoing",
            DeviceState::Undone => "undone",
        }
    }

    /// The outcome of a row whose device is in this state.
    pub fn outcome(self) -> Outcome {
        match self {
            DeviceState::InFlight | DeviceState::Unresolved => Outcome::Unknown,
            DeviceState::Created => Outcome::Created,
            DeviceState::Found | DeviceState::Several => Outcome::Existing,
            DeviceState::Rejected | DeviceState::Undoing | DeviceState::Undone => Outcome::Rejected,
            DeviceState::Failed => Outcome::Failed,
        }
    }

    /// The code and the message of a row whose device `undo` has deleted, or is about to.
    pub(crate) fn why_not_created(self) -> Option<(&'static str, &'static str)> {
        match self {
            DeviceState::Undone => Some((
                UNDONE,
                "`wavepair undo` deleted this device; to create it anew, run the wave with \
                 `--recreate`",
            )),
            DeviceState::Undoing => Some((
                UNDOING,
                "`wavepair undo` was about to delete this device, and nobody knows whether it is \
                 gone; give the same `wavepair undo` command again",
            )),
            DeviceState::InFlight
            | DeviceState::Created
            | DeviceState::Found
            | DeviceState::Several
            | DeviceState::Rejected
            | DeviceState::Failed
            | DeviceState::Unresolved => None,
        }
    }

    /// Whether PingOne did not make it when it was last asked for.
    pub(crate) fn is_refusal(self) -> bool {
        match self {
            DeviceState::Rejected | DeviceState::Failed => true,
            DeviceState::InFlight
            | DeviceState::Created
            | DeviceState::Found
            | DeviceState::Several
            | DeviceState::Unresolved
            | DeviceState::Undoing
            | DeviceState::Undone => false,
        }
    }

    /// Whether nothing is left to do for it: only an operator's command changes it.
    pub fn is_final(self) -> bool {
        match self {
            DeviceState::Created | DeviceState::Found => true,
            DeviceState::InFlight
            | DeviceState::Several
            | DeviceState::Rejected
            | DeviceState::Failed
            | DeviceState::Unresolved
            | DeviceState::Undoing
            | DeviceState::Undone => false,
        }
    }
}

/// A moment that a later process can measure its distance from.
///
/// The wall clock may be set and the monotonic clock ends with the boot, so
/// both are kept; see [`crate::clock`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970 by the wall clock.
    pub wall_ms: i64,
    /// Milliseconds since boot, suspend included.
    pub boot_ms: i64,
    /// Which boot; empty where the platform does not say.
    pub boot_id: String,
}

/// A request that may have created the device, and may yet; or may have deleted it, and may yet, where
/// it is being undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnansweredSend {
    /// When the first intent of the doubt was written, in milliseconds since 1970: by PingOne's clock,
    /// where that was heard.
    pub since_ms: i64,
    /// The last instant at which a lost request could have been sent.
    pub last_send: Moment,
}

/// How a ledger keeps the address of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptAddress {
    /// As it is.
    Whole,
    /// As a digest of itself, since `purge` took it out.
    Digest,
}

/// The ledger's entry of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The entry's own number: small and dense.
    pub number: u64,
    /// How its address is kept.
    pub address: KeptAddress,
    /// Where the device stands.
    pub state: DeviceState,
    /// Its ID, in the states that have one.
    pub device: Option<DeviceId>,
    /// PingOne's `createdAt`, as it was written.
    pub created_at: Option<String>,
    /// What it looked like when it was made, or found.
    pub imprint: Imprint,
    /// The run that created it or may have, otherwise the one that brought it into this state.
    pub run: RunId,
    /// The device that `undo` deleted, from when the next one is asked for: a listing that shows it is
    /// from before that.
    pub deleted: Option<DeviceId>,
    /// How many create requests were recorded for it, ever.
    pub attempts: u32,
    /// How many of them came after an unanswered one had been looked for in vain; at most three.
    pub resends: u32,
    /// Whether a listing showed that the device was not there before the first of them.
    pub was_absent: bool,
    /// Set while a request may have created the device, or may have deleted it.
    pub doubt: Option<UnansweredSend>,
    /// When it was last asked for, in milliseconds since 1970: by PingOne's clock, where that was heard.
    pub asked_ms: Option<i64>,
    /// Whether a device of ours has yet to be looked at once more: an answer was lost on the way to
    /// it, or its ID is not known.
    pub recheck_owed: bool,
    /// When a request for it that was not answered could have been sent last, where a last look is
    /// owed for that.
    pub lost: Option<Moment>,
    /// Whether the refusal that it ended with may be the answer to another request.
    pub unproven: bool,
    /// Which request that was, where it ended with a refusal; one that an older wavepair wrote does
    /// not say.
    pub refused: Option<RequestDigest>,
    /// What PingOne said last.
    pub answer: Answer,
}

impl LedgerEntry {
    /// The entry of a device that nothing was known of before a run brought it into this state.
    ///
    /// It has no number of its own yet.
    pub fn new(state: DeviceState, run: RunId) -> Self {
        Self {
            number: 0,
            address: KeptAddress::Whole,
            state,
            device: None,
            created_at: None,
            imprint: Imprint::default(),
            run,
            deleted: None,
            attempts: 0,
            resends: 0,
            was_absent: false,
            doubt: None,
            asked_ms: None,
            recheck_owed: false,
            lost: None,
            unproven: false,
            refused: None,
            answer: Answer::default(),
        }
    }

    /// Whether its address was taken out of the ledger.
    pub fn is_purged(&self) -> bool {
        self.address == KeptAddress::Digest
    }

    /// The outcome of its row.
    pub fn outcome(&self) -> Outcome {
        if self.unproven {
            // Only a refusal that is ours says that there is no device.
            return Outcome::Unknown;
        }
        self.state.outcome()
    }

    /// Whether PingOne listed the device more than once when it was last looked at.
    pub fn is_seen_twice(&self) -> bool {
        self.answer.code.as_deref() == Some(DUPLICATE_FOUND)
    }

    /// Whether the last create was held back after it was recorded: nothing was sent.
    pub fn was_withheld(&self) -> bool {
        self.state == DeviceState::Failed && self.answer.code.as_deref() == Some(WITHHELD)
    }

    /// Whether it ended with the refusal of another request than this one: under another policy, say.
    /// What became of that one says nothing of this one.
    pub fn is_of_another(&self, request: &DeviceRequest) -> bool {
        let refused = self.refused.filter(|_| !self.unproven);
        refused.is_some_and(|refused| refused != request.digest())
    }

    /// Whether PingOne did not know the user when it was last asked.
    pub fn user_was_unknown(&self) -> bool {
        self.answer.http_status == Some(404)
    }

    /// Whether the last request met another one for the same device, or PingOne said so.
    pub fn met_a_conflict(&self) -> bool {
        self.answer.http_status == Some(409)
    }

    /// The code with which PingOne last refused this very request, where it did.
    pub fn refused_as(&self, request: &DeviceRequest) -> Option<&str> {
        let is_told = self.was_refused() && !self.is_of_another(request);
        self.answer.code.as_deref().filter(|_| is_told)
    }

    /// The device that `undo` deleted last: a listing that shows it is from before that.
    pub(crate) fn last_deleted(&self) -> Option<DeviceId> {
        if self.state == DeviceState::Undone {
            self.device
        } else {
            self.deleted
        }
    }

    /// Whether PingOne refused the device when it was last asked for.
    pub fn was_refused(&self) -> bool {
        let is_answer = self.answer.http_status.is_some();
        self.state.is_refusal() && (is_answer || self.state == DeviceState::Rejected)
    }
}

//! What an attempt told us, and how a row ends: the words of the tool.

use std::fmt;
use std::time::Duration;

use super::ids::DeviceId;
use super::imprint::Imprint;
use super::why_nothing::{MayTellNothing, WhyNothing};

/// How a row ended, or where it stands: the words of the results file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// wavepair created the device, in this run or an earlier one.
    Created,
    /// PingOne already had this user's device of this type with these digits.
    Existing,
    /// Same user, type and phone as an earlier row of the file.
    Duplicate,
    /// The row itself is wrong; nothing was sent.
    Invalid,
    /// PingOne refused it for good.
    Rejected,
    /// Certainly not created; given up for now.
    Failed,
    /// Perhaps created; PingOne's listing does not show it yet.
    Unknown,
    /// Not attempted: the run stopped first.
    Pending,
    /// Dry run only: a run would create it.
    Ready,
}

impl Outcome {
    /// Every outcome, in the order in which the documentation lists them.
    pub const ALL: [Outcome; 9] = [
        Outcome::Created,
        Outcome::Existing,
        Outcome::Duplicate,
        Outcome::Invalid,
        Outcome::Rejected,
        Outcome::Failed,
        Outcome::Unknown,
        Outcome::Pending,
        Outcome::Ready,
    ];

    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Created => "created",
            Outcome::Existing => "existing",
            Outcome::Duplicate => "duplicate",
            Outcome::Invalid => "invalid",
            Outcome::Rejected => "rejected",
            Outcome::Failed => "failed",
            Outcome::Unknown => "unknown",
            Outcome::Pending => "pending",
            Outcome::Ready => "ready",
        }
    }

    /// Whether a row that ended so did not come to what it asks for.
    pub(crate) fn is_bad(self) -> bool {
        match self {
            Outcome::Invalid | Outcome::Rejected | Outcome::Failed | Outcome::Unknown => true,
            Outcome::Created
            | Outcome::Existing
            | Outcome::Duplicate
            | Outcome::Pending
            | Outcome::Ready => false,
        }
    }

    /// Whether PingOne has the device of a row that ended so; of a duplicate, its first row says that.
    pub(crate) fn is_there(self) -> bool {
        match self {
            Outcome::Created | Outcome::Existing => true,
            Outcome::Duplicate
            | Outcome::Invalid
            | Outcome::Rejected
            | Outcome::Failed
            | Outcome::Unknown
            | Outcome::Pending
            | Outcome::Ready => false,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A device as PingOne reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Its ID; `None` where the answer said "created" and was cut off before the ID.
    pub id: Option<DeviceId>,
    /// PingOne's `createdAt`, as it was written.
    pub created_at: Option<String>,
    /// What it looked like then.
    pub imprint: Imprint,
}

/// What one create request told us.
///
/// The three arms are the whole point. "Did" is finished, "did not" may be
/// tried again, "do not know" may only be asked about: there is no idempotency
/// key, so a request that is sent again after a lost answer makes a second
/// device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// PingOne has made the device.
    Created(Device),
    /// PingOne has certainly not made it.
    NotCreated(Refusal),
    /// PingOne may have made it, or may yet.
    Indeterminate(Ambiguity),
}

/// Why a device was certainly not created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The request never left: name, connection or time-out before its body was handed over.
    Unreachable,
    /// The request never left, and will not: certificate, plain-text peer, proxy refusal.
    Untrusted,
    /// The request never left: this machine is out of descriptors, ports or memory.
    OutOfResources,
    /// The request was withheld here, because the pace was held after it was recorded.
    Withheld,
    /// 429 `REQUEST_LIMITED`. The wait that PingOne asks for, where it names one.
    Throttled {
        /// From `Retry-After`, unclamped.
        retry_after: Option<Duration>,
    },
    /// 401: the token is not accepted.
    Unauthorized,
    /// 403: not permitted, no such environment, or a role that has not spread yet.
    Forbidden,
    /// 404: no such user, or not yet visible.
    UserUnknown,
    /// 400 with `UNIQUENESS_VIOLATION` or an `existingId`: there is such a device.
    AlreadyThere,
    /// 400 `REQUEST_FAILED`/`LIMIT_EXCEEDED`: the user has as many devices as allowed.
    DeviceLimit,
    /// 400 or 422 in PingOne's error shape: final for this input.
    Invalid,
    /// 410, 412, 423, 425: refused for now.
    Conflicting,
    /// 405, 411, 413, 414, 415, 431, 505: our mistake or the wrong host; the same for every row.
    Misdirected,
}

/// Why it is not known whether a device was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ambiguity {
    /// No answer in time, after the body was handed over.
    TimedOut,
    /// The connection ended before a complete answer, after the body was handed over.
    ConnectionLost,
    /// Something answered, and it was not readable HTTP.
    Unreadable,
    /// A 3xx, which is never followed.
    Redirected,
    /// A 511: a network wants somebody to sign in first.
    CaptivePortal,
    /// A 5xx: a gateway's error says nothing of what stands behind it.
    ServerError,
    /// A 429 about a quota, or not in PingOne's shape.
    QuotaExceeded,
    /// A 408.
    RequestTimeout,
    /// A 409.
    Conflict,
    /// A 4xx without PingOne's error shape: a firewall's page, not the service.
    ForeignError,
    /// A 2xx other than 201 without a matching device, or a status that means nothing here.
    UnexpectedStatus,
    /// A 201 or 200 about another user, type or phone than was asked for.
    WrongDevice,
    /// An answer that names another request than ours.
    MixedUp,
}

/// Whether an answer is the answer to our request.
///
/// What stands between may answer a request twice. The second answer then waits on the
/// connection, and is read as the answer to the next request on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// It repeats our transaction ID, its connection carried nothing before it, or nothing came
    /// at all and we know why.
    Proven,
    /// Nothing says whose answer it is.
    Unproven,
    /// It repeats another transaction ID than ours.
    MixedUp,
}

/// What an answer said about itself: for the ledger, the results file and support cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status, where there was one.
    pub http_status: Option<u16>,
    /// PingOne's code, its detail behind a slash, or one of wavepair's own words.
    pub code: Option<String>,
    /// What it said, with control characters, tokens and phones neutralized.
    pub message: Option<String>,
    /// The `Correlation-Id` header, or the error body's `id`.
    pub correlation_id: Option<String>,
}

/// What a complete, readable listing of a user's devices showed of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// No device of this type with this address.
    Absent,
    /// Exactly one.
    Present(Device),
    /// More than one: somebody must look. The first in PingOne's order is given.
    Several(Device),
}

/// What one list request told us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookOutcome {
    /// A complete and readable listing.
    Seen(Listing),
    /// 404: PingOne does not know the user.
    UserUnknown,
    /// Nothing.
    Nothing(WhyNothing),
}

impl MayTellNothing for LookOutcome {
    fn nothing(&self) -> Option<WhyNothing> {
        match self {
            LookOutcome::Seen(_) | LookOutcome::UserUnknown => None,
            LookOutcome::Nothing(why) => Some(*why),
        }
    }
}

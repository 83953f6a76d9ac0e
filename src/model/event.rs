//! Everything that a reporter can hear.

use std::collections::BTreeMap;
use std::time::Duration;

use super::counts::Counts;
use super::ids::{DeviceId, UserId};
use super::mfa::MfaOutcome;
use super::outcome::{Answer, AttemptOutcome, LookOutcome, Outcome};
use super::pace_reading::Paces;
use super::rate_group::RateGroup;
use super::request::DeviceRequest;
use super::row::RowNumber;
use super::stop::StopReason;
use crate::model::why_nothing::MayTellNothing;

/// Something that became true: announced only after it is on disk where it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A row was read.
    RowRead,
    /// The names in so many rows, from the first one on, have been looked up.
    LookingUp {
        /// How many rows.
        rows: u64,
    },
    /// A request was sent.
    Sent(RequestKind),
    /// A create request was answered, or given up.
    AttemptEnded {
        /// Whose row it is.
        who: RowLabel,
        /// The number of the attempt, counted over all runs.
        attempt: u32,
        /// What it told us.
        outcome: AttemptOutcome,
        /// What the answer said about itself.
        answer: Answer,
        /// How long it took.
        took: Duration,
        /// What follows.
        next: Next,
    },
    /// A list request was answered, or given up.
    LookEnded {
        /// Whose row it is.
        who: RowLabel,
        /// What it told us.
        outcome: LookOutcome,
        /// How long it took.
        took: Duration,
        /// What follows.
        next: Next,
    },
    /// A request about a user's MFA was answered, or given up.
    MfaEnded {
        /// Whose row it is for.
        who: RowLabel,
        /// What it told us.
        outcome: MfaOutcome,
        /// How long it took.
        took: Duration,
        /// What follows.
        next: Next,
    },
    /// A question that is about no row was answered 429.
    Throttled,
    /// Requests wait: PingOne asked for a pause.
    Held {
        /// Those of this rate group; all where there is none.
        group: Option<RateGroup>,
        /// For how long from now.
        delay: Duration,
    },
    /// The paces, when a run begins, where PingOne has refused one, and at the end.
    Paced(Paces),
    /// A row has its outcome, on disk.
    RowFinished(RowFinished),
    /// The same of a row whose user PingOne does not know any more, and whose ID an earlier run had
    /// looked up: the name is to be asked for anew, and until then the row counts for nothing.
    UserOutdated(RowFinished),
    /// So many rows are taken up once more, because other IDs belong to their names: what was told of
    /// them does not hold any more.
    TakenBack(Counts),
    /// Nothing is created any more from here on; what is in doubt may still be looked for.
    StopRequested {
        /// Why.
        reason: StopReason,
        /// How many requests are still on the wire.
        in_flight: usize,
    },
    /// All new rows are done; so many wait for a retry or another look, the next one so soon.
    Waiting {
        /// How many rows wait.
        rows: usize,
        /// How long until the first of them is due.
        next: Duration,
    },
}

impl Event {
    /// How a row ended, where it tells that.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        if let Event::RowFinished(finished) = self {
            Some(finished.outcome)
        } else {
            None
        }
    }

    /// Whether an answer was a 429.
    pub(crate) fn is_throttle(&self) -> bool {
        match self {
            Event::AttemptEnded { answer, .. } => answer.http_status == Some(429),
            Event::LookEnded { outcome, .. } => outcome.is_throttled(),
            Event::MfaEnded { outcome, .. } => outcome.is_throttled(),
            Event::Throttled => true,
            Event::RowRead
            | Event::LookingUp { .. }
            | Event::Sent(_)
            | Event::Held { .. }
            | Event::Paced(_)
            | Event::RowFinished(_)
            | Event::UserOutdated(_)
            | Event::TakenBack(_)
            | Event::StopRequested { .. }
            | Event::Waiting { .. } => false,
        }
    }
}

/// How many requests ended so: by kind, and by the status of the answer, where there was one.
pub(crate) type AnswerCounts = BTreeMap<(RequestKind, Option<u16>), u64>;

/// Which endpoint a request goes to, as the summary counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestKind {
    /// An access token.
    Token,
    /// The user's devices, before or after a create.
    List,
    /// A create.
    Create,
    /// Whether a user can use MFA: read, or switched on.
    Mfa,
    /// That a device is deleted.
    Delete,
    /// Users, by their names.
    User,
    /// Policies, settings and what the license allows.
    Read,
    /// The report of all devices.
    Report,
}

impl RequestKind {
    /// The word by which it is counted; all that are looked up have the same.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::List => "list",
            Self::Create => "create",
            Self::Mfa => "mfa",
            Self::Delete => "delete",
            Self::User | Self::Read | Self::Report => "lookup",
        }
    }

    /// With which other requests it is limited.
    pub fn group(self) -> RateGroup {
        match self {
            Self::Token => RateGroup::Token,
            Self::List => RateGroup::Lists,
            Self::Create | Self::Delete => RateGroup::Creates,
            Self::Mfa | Self::User => RateGroup::Directory,
            Self::Read => RateGroup::Settings,
            Self::Report => RateGroup::Reports,
        }
    }
}

/// What follows an answered request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The row is done.
    Finish,
    /// The device is asked for (again) after this long.
    Create(Duration),
    /// The user's devices are listed (again) after this long.
    Look(Duration),
    /// The user's MFA is asked about, or switched on, after this long.
    Mfa(Duration),
}

/// What may be said of a row in logs and messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowLabel {
    /// The row.
    pub row: RowNumber,
    /// The physical line on which it starts.
    pub line: u64,
    /// The user, where the row names one.
    pub user: Option<UserId>,
    /// The masked phone or email address, where the row names one.
    pub address: Option<String>,
}

impl From<&DeviceRequest> for RowLabel {
    fn from(request: &DeviceRequest) -> Self {
        Self {
            row: request.row,
            line: request.line,
            user: Some(request.key.user),
            address: Some(request.key.address.masked()),
        }
    }
}

/// How a row ended in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFinished {
    /// Which row.
    pub who: RowLabel,
    /// How it ended.
    pub outcome: Outcome,
    /// The device, where one is known.
    pub device: Option<DeviceId>,
    /// The code of the row, where there is one.
    pub code: Option<String>,
    /// What else is wrong with it: it is counted under these codes too.
    pub further_codes: Vec<&'static str>,
    /// The reason, where there is one.
    pub message: Option<String>,
    /// Whether an earlier run had settled it already.
    pub earlier: bool,
    /// Whether PingOne lists its device more than once, so that a person must look.
    pub seen_twice: bool,
}

impl RowFinished {
    /// A row of which there is nothing more to say.
    pub(crate) fn new(who: RowLabel, outcome: Outcome, device: Option<DeviceId>) -> Self {
        Self {
            who,
            outcome,
            device,
            code: None,
            further_codes: Vec::new(),
            message: None,
            earlier: false,
            seen_twice: false,
        }
    }
}

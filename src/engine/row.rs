//! A row that is being worked at: what is known of it, and what is done for it next.

use std::time::Duration;

use tokio::time::Instant;

use super::clocks::{LastSend, RemoteClock};
use super::guard::{Kind, Subject};
use super::options::UserSource;
use crate::clock;
use crate::model::code::DUPLICATE_FOUND;
use crate::model::entry::{DeviceState, LedgerEntry};
use crate::model::event::{Event, RowFinished, RowLabel};
use crate::model::ids::{DeviceId, UserId};
use crate::model::outcome::{Answer, Device, Outcome};
use crate::model::request::DeviceRequest;
use crate::pingone::connections::Connection;
use crate::pingone::listing::Pages;
use crate::plan::Bar;
use crate::retry::{Doubt, History};

/// What is done for a row next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// List the user's devices: before the device is asked for, or because a request is in doubt.
    Look,
    /// Ask for the device.
    Create {
        /// Whether an unanswered request went before, and was settled as absent.
        resend: bool,
    },
    /// Ask whether the user can use MFA, or switch it on; then ask for the device.
    Mfa {
        /// Whether it is switched on.
        switches: bool,
        /// As of the create that follows.
        resend: bool,
    },
    /// List the user's devices for the ID of this one, which is ours; then the row ends.
    Identify(Device),
    /// The row has ended. List the user's devices once more for this one, which is ours.
    Recheck(Device),
}

impl Phase {
    /// The request that it takes.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Phase::Create { .. } => Kind::Create,
            Phase::Mfa { .. } => Kind::Mfa,
            Phase::Look | Phase::Identify(_) | Phase::Recheck(_) => Kind::Look,
        }
    }

    /// The device, where it is ours.
    pub(super) fn ours(&self) -> Option<&Device> {
        match self {
            Phase::Identify(device) | Phase::Recheck(device) => Some(device),
            Phase::Look | Phase::Create { .. } | Phase::Mfa { .. } => None,
        }
    }
}

/// For which rows anything is still done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wanted {
    /// For all.
    #[default]
    All,
    /// Only for those whose device may be there: they are looked for.
    InDoubt,
    /// For none.
    Nothing,
}

/// One row that is being worked at.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) request: DeviceRequest,
    /// From where its user's ID is known.
    pub(super) source: UserSource,
    /// Whether the last answer that told anything was that PingOne does not know the user.
    pub(super) user_is_unknown: bool,
    /// Why no create is sent for it, whatever comes.
    pub(super) bar: Option<Bar>,
    pub(super) phase: Phase,
    pub(super) history: History,
    /// When the last intent was written in this run, or before a device of ours was made: by
    /// PingOne's clock, in milliseconds since 1970.
    pub(super) asked_ms: Option<i64>,
    /// Since when an unanswered request has been settling.
    pub(super) last_send: Option<LastSend>,
    /// What PingOne said last about a create of this row; the ledger has it too.
    pub(super) answer: Answer,
    /// The code with which PingOne refused the device last, in this run or an earlier one.
    pub(super) refused_as: Option<String>,
    /// How the device has stood since a create of it was refused, in this run or an earlier one.
    pub(super) refused: Option<DeviceState>,
    /// The number of the request that is on its way.
    pub(super) seq: u64,
    /// The pages of the user's devices that were read, where there are more, and when the first was
    /// asked for: what it did not show may have come since.
    pub(super) pages: Option<(Instant, Pages)>,
    /// Whether a create of this run ended without a device: then it has failed, so far.
    pub(super) failed: bool,
    /// Whether a listing came since the device was last asked for.
    pub(super) looked: bool,
    /// The device that `undo` deleted: a listing that shows it is from before.
    pub(super) deleted: Option<DeviceId>,
    /// The same, where nothing was asked for since when the run began.
    pub(super) undone: Option<DeviceId>,
    /// On which connection its next request goes out. Once an answer to it was lost, or may be
    /// another's, it stays away from those that anything else was on.
    pub(super) connection: Connection,
}

/// How a row ends in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowEnd {
    pub(super) outcome: Outcome,
    pub(super) device: Option<DeviceId>,
    pub(super) answer: Answer,
}

impl Row {
    /// A row that is taken up, with what the ledger knows of its device.
    pub(super) fn new(request: DeviceRequest, phase: Phase, entry: Option<&LedgerEntry>) -> Self {
        let mut history = History::default();
        // Under another policy, say, it may pass: then a refusal is news.
        let refused_as = entry.and_then(|entry| entry.refused_as(&request));
        let refused_as = refused_as.map(str::to_owned);
        if let Some(entry) = entry {
            // Whether it was absent before a request that was refused is no news of the next one,
            // unless the refusal may be another's.
            history.was_absent = entry.was_absent && (entry.unproven || !entry.was_refused());
            history.unproven_since_ms = entry.asked_ms.filter(|_| entry.unproven);
            history.resends = entry.resends;
            history.unknown_user_before = entry.user_was_unknown();
            history.several_before = entry.state == DeviceState::Several;
            history.doubt = entry.doubt.as_ref().map(|doubt| Doubt {
                met_conflict: entry.met_a_conflict(),
                ..Doubt::new(doubt.since_ms)
            });
        }
        Self {
            request,
            source: UserSource::Sure,
            user_is_unknown: false,
            bar: None,
            phase,
            history,
            asked_ms: None,
            last_send: None,
            answer: entry.map(|entry| entry.answer.clone()).unwrap_or_default(),
            refused: entry
                .filter(|_| refused_as.is_some())
                .map(|entry| entry.state),
            refused_as,
            seq: 0,
            pages: None,
            failed: false,
            looked: false,
            deleted: entry.and_then(LedgerEntry::last_deleted),
            undone: None,
            connection: match entry {
                Some(entry) if entry.doubt.is_some() || entry.unproven => Connection::Fresh,
                Some(_) | None => Connection::Kept,
            },
        }
    }

    /// Notes from where its user's ID is known.
    pub(super) fn know_user_from(&mut self, source: UserSource) {
        self.source = source;
        match source {
            UserSource::Sure => {}
            // Whoever was there before does not have to become visible first.
            UserSource::Remembered => self.history.waited_for_user = true,
            // Its transaction IDs may be those of the requests for the other user: a second answer to
            // one of them is not to be met.
            UserSource::AskedAnew => self.connection = Connection::Fresh,
        }
    }

    /// The same row, for which no create is sent.
    pub(super) fn barred(mut self, bar: Option<Bar>) -> Self {
        self.history.is_barred = bar.is_some();
        self.bar = bar;
        self
    }

    /// A look at a device of ours that an earlier run did not get to. `lost` is when a request for it
    /// that was not answered could have been sent last.
    pub(super) fn recheck(
        request: DeviceRequest,
        entry: &LedgerEntry,
        lost: Option<LastSend>,
    ) -> Self {
        let device = Device {
            id: entry.device,
            created_at: entry.created_at.clone(),
            imprint: entry.imprint.clone(),
        };
        Self {
            last_send: lost,
            asked_ms: entry.asked_ms,
            ..Self::new(request, Phase::Recheck(device), Some(entry))
        }
    }

    /// Whether its outcome stands, and only the look at its device is left.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Recheck(_))
    }

    /// Whether its device may be there although nobody has seen it.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.history.doubt.is_some() || self.history.unproven_since_ms.is_some()
    }

    /// Whether its create is one that follows an unanswered one.
    pub(super) fn resends(&self) -> bool {
        match self.phase {
            Phase::Create { resend } | Phase::Mfa { resend, .. } => resend,
            Phase::Look | Phase::Identify(_) | Phase::Recheck(_) => false,
        }
    }

    /// Whether it can neither be told as there nor as absent: it is in doubt, or the ledger says so
    /// until the next intent.
    pub(super) fn may_be_there(&self) -> bool {
        self.is_in_doubt() || self.resends()
    }

    /// Whether a look has to come before its create: without one, only PingOne's clock could tell a
    /// device of ours from one that somebody else made.
    pub(super) fn must_look_first(&self, remote: &RemoteClock, now: Instant) -> bool {
        let first = self.phase == Phase::Create { resend: false } && !self.looked;
        // Asked for each create: the wall clock alone.
        first && !remote.agrees(now, clock::wall().as_millisecond())
    }

    /// Whether anything is still done for it.
    pub(super) fn is_wanted(&self, wanted: Wanted) -> bool {
        match wanted {
            Wanted::All => true,
            Wanted::InDoubt => match self.phase {
                Phase::Look => self.is_in_doubt(),
                Phase::Create { .. } | Phase::Mfa { .. } => false,
                Phase::Identify(_) | Phase::Recheck(_) => true,
            },
            Wanted::Nothing => false,
        }
    }

    /// How it ends where nothing more is done for it; none where it was never sent, and stays
    /// pending, or where it has ended.
    pub(super) fn end_now(&self) -> Option<RowEnd> {
        let (outcome, device) = match &self.phase {
            Phase::Identify(device) => (Outcome::Created, device.id),
            Phase::Look | Phase::Create { .. } | Phase::Mfa { .. } if self.may_be_there() => {
                (Outcome::Unknown, None)
            }
            Phase::Look | Phase::Create { .. } | Phase::Mfa { .. } if self.failed => {
                (Outcome::Failed, None)
            }
            Phase::Look | Phase::Create { .. } | Phase::Mfa { .. } | Phase::Recheck(_) => {
                return None;
            }
        };
        Some(self.end(outcome, device))
    }

    /// How it ends, with what PingOne said last.
    pub(super) fn end(&self, outcome: Outcome, device: Option<DeviceId>) -> RowEnd {
        RowEnd {
            outcome,
            device,
            answer: self.answer.clone(),
        }
    }

    /// How long ago an unanswered request could have been sent at the latest.
    pub(super) fn age(&self, now: Instant) -> Duration {
        self.last_send
            .as_ref()
            .map_or(Duration::ZERO, |sent| sent.age(now))
    }

    /// What an answer to its request is about.
    pub(super) fn subject(&self, answer: &Answer, took: Duration) -> Subject {
        Subject {
            row: self.request.row,
            user: self.user(),
            policy: self.request.policy,
            seq: self.seq,
            refused_before: self.refused_as.is_some() && self.refused_as == answer.code,
            is_remembered: self.source == UserSource::Remembered,
            took,
        }
    }

    pub(super) fn user(&self) -> UserId {
        self.request.key.user
    }

    pub(super) fn label(&self) -> RowLabel {
        RowLabel::from(&self.request)
    }

    /// What is told of it once its end is on disk.
    pub(super) fn ended(&self, end: RowEnd) -> Event {
        let is_refused = matches!(end.outcome, Outcome::Failed | Outcome::Rejected);
        let finished = self.finished(end);
        // Nothing of it is in doubt then.
        if is_refused && self.user_is_unknown && self.source == UserSource::Remembered {
            Event::UserOutdated(finished)
        } else {
            Event::RowFinished(finished)
        }
    }

    fn finished(&self, end: RowEnd) -> RowFinished {
        RowFinished {
            seen_twice: end.answer.code.as_deref() == Some(DUPLICATE_FOUND),
            code: end.answer.code,
            message: end.answer.message,
            ..RowFinished::new(self.label(), end.outcome, end.device)
        }
    }
}

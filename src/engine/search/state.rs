//! All that is true at one instant: of PingOne, of the ledger and of the row.

use std::collections::hash_map::DefaultHasher;
use std::fmt::{self, Write};
use std::hash::Hasher;
use std::sync::LazyLock;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock;
use crate::engine::clocks::{LastSend, Opened};
use crate::engine::row::{Row, RowEnd};
use crate::engine::samples;
use crate::ledger::InMemory;
use crate::model::device_report::Reported;
use crate::model::entry::{DeviceState, LedgerEntry, Moment};
use crate::model::ids::DeviceId;
use crate::model::outcome::{Device, Outcome};
use crate::model::request::DeviceRequest;
use crate::plan::Existing;

/// How long a lost request settles, in seconds.
pub(super) const SETTLE: u64 = 4;
/// How long after it was given up a request may take effect.
pub(super) const LATEST: u64 = 2;
/// How old a listing may be. What is lost takes effect and shows before it has settled.
pub(super) const LAG: u64 = 2;
/// From when on an age counts no further.
pub(super) const OLD: u64 = 5;

/// Now, in every state: it is the ages that grow.
pub(super) static NOW: LazyLock<Instant> = LazyLock::new(samples::now);

/// What must hold in every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// One device at most is made.
    NeverTwice,
    /// What was or may be made is not told as refused or failed.
    NeverLost,
    /// What is told as created was made by us.
    Ours,
    /// I1 to I3: nothing is sent that the ledger has not taken as the only open intent.
    WrittenBefore,
    /// I4: nothing is sent before what was lost has settled.
    SettledBeforeResend,
    /// I5: as often as the first, the refused ones and three resends.
    NotTooOften,
    /// I6: two listings apart did not show it, the second once it had settled.
    LookedForTwice,
    /// A created device whose lost request may still take effect is looked at once more.
    RecheckOwed,
    /// Nothing is sent for a row that a plan bars.
    BarredIsNotSent,
}

/// A device that PingOne has, with its age as far as listings may not show it yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) ours: bool,
    pub(super) age: u64,
}

/// The last request whose answer was lost, as somebody sees it who sees everything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost {
    pub(super) age: u64,
    /// Its age at the first complete listing that did not show the device.
    pub(super) first_absent: Option<u64>,
    /// Whether I6 holds.
    pub(super) is_absent: bool,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) existing: Existing,
    /// Whether MFA is switched on before a create, and whether the user can use it by now, as far as
    /// the run knows.
    pub(super) enables_mfa: bool,
    pub(super) can_use_mfa: bool,
    pub(super) ledger: InMemory,
    pub(super) row: Option<Row>,
    /// How long the row waits for its next step.
    pub(super) wait: u64,
    pub(super) devices: Vec<Made>,
    /// In how many seconds a lost request takes effect.
    pub(super) late: Vec<u64>,
    /// How many requests were sent and not refused.
    pub(super) sent: u32,
    pub(super) lost: Option<Lost>,
}

impl Clone for State {
    fn clone(&self) -> Self {
        Self {
            ledger: self.ledger.clone(),
            row: self.row.as_ref().map(copy),
            devices: self.devices.clone(),
            late: self.late.clone(),
            ..*self
        }
    }
}

impl State {
    /// Before the first run: with and without a device that somebody else made.
    pub(super) fn beginnings() -> Vec<Self> {
        let mut all = Vec::new();
        for (existing, enables_mfa) in [
            (Existing::Skip, false),
            (Existing::Report, false),
            (Existing::Unchecked, false),
            (Existing::Unchecked, true),
        ] {
            // What somebody else made is found alike, whoever can use it.
            for theirs in [false, true].into_iter().filter(|it| !(*it && enables_mfa)) {
                let theirs = theirs.then_some(Made {
                    ours: false,
                    age: LAG,
                });
                all.push(Self {
                    existing,
                    enables_mfa,
                    can_use_mfa: !enables_mfa,
                    ledger: InMemory::default(),
                    row: None,
                    wait: 0,
                    devices: theirs.into_iter().collect(),
                    late: Vec::new(),
                    sent: 0,
                    lost: None,
                });
            }
        }
        all
    }

    pub(super) fn entry(&self) -> Option<&LedgerEntry> {
        self.ledger.entry(&request().key)
    }

    /// What a report shows that is new, or older than all that we have asked for.
    pub(super) fn reported(&self, is_new: bool) -> Reported {
        let all = self.devices.iter().enumerate();
        let mut shown = all.filter(|(_, made)| is_new || !made.ours);
        match (shown.next(), shown.next()) {
            (None, _) => Reported::NotThere,
            (Some((number, made)), None) => {
                let id = device(number, made.ours).id;
                id.map_or(Reported::Unclear, Reported::There)
            }
            (Some(_), Some(_)) => Reported::Unclear,
        }
    }

    /// How many devices our requests have made.
    pub(super) fn ours(&self) -> usize {
        self.devices.iter().filter(|made| made.ours).count()
    }

    /// Makes a device, of this age for the listings.
    pub(super) fn make(&mut self, age: u64) -> Device {
        self.devices.push(Made { ours: true, age });
        device(self.devices.len() - 1, true)
    }

    /// Lets as much time pass as the row has to wait.
    pub(super) fn pass_wait(&mut self) {
        let wait = std::mem::take(&mut self.wait);
        self.pass(wait);
    }

    /// Lets time pass, for all.
    pub(super) fn pass(&mut self, seconds: u64) {
        let due: Vec<u64> = self.late.extract_if(.., |left| *left <= seconds).collect();
        for left in &mut self.late {
            *left -= seconds;
        }
        for made in &mut self.devices {
            made.age = LAG.min(made.age + seconds);
        }
        for left in due {
            self.make(LAG.min(seconds - left));
        }
        if let Some(lost) = &mut self.lost {
            (lost.age, lost.first_absent) = older(lost.age, lost.first_absent, seconds);
        }
        if let Some(entry) = self.ledger.entry_mut(&request().key) {
            let doubt = entry.doubt.as_mut().map(|doubt| &mut doubt.last_send);
            for moment in doubt.into_iter().chain(&mut entry.lost) {
                *moment = at(OLD.min(age(moment) + seconds));
            }
        }
        if let Some(row) = &mut self.row
            && let Some(last_send) = &row.last_send
        {
            let doubt = row.history.doubt.as_mut();
            let first = doubt.map(|doubt| &mut doubt.first_negative);
            let first_seconds = first.as_deref().copied().flatten();
            let first_seconds = first_seconds.map(|age| age.as_secs());
            let (age, first_seconds) = older(last_send.age(*NOW).as_secs(), first_seconds, seconds);
            row.last_send = Some(sent(age));
            if let Some(first) = first {
                *first = first_seconds.map(Duration::from_secs);
            }
        }
    }

    /// Whether a promise is broken now.
    pub(super) fn judged(self) -> Result<Self, Promise> {
        let may_be_there = self.ours() > 0 || !self.late.is_empty();
        if self.ours() > 1 {
            return Err(Promise::NeverTwice);
        }
        let Some(entry) = self.entry() else {
            return Ok(self);
        };
        match entry.state {
            DeviceState::Failed | DeviceState::Rejected if may_be_there && !entry.unproven => {
                Err(Promise::NeverLost)
            }
            DeviceState::Created if self.ours() == 0 => Err(Promise::Ours),
            // One that was seen twice is looked at by every run.
            DeviceState::Created if entry.recheck_owed || entry.is_seen_twice() => Ok(self),
            DeviceState::Created if self.lost.is_some_and(|lost| lost.age < SETTLE) => {
                Err(Promise::RecheckOwed)
            }
            DeviceState::InFlight
            | DeviceState::Created
            | DeviceState::Found
            | DeviceState::Several
            | DeviceState::Rejected
            | DeviceState::Failed
            | DeviceState::Unresolved
            | DeviceState::Undoing
            | DeviceState::Undone => Ok(self),
        }
    }

    /// Ends the row, as it is told.
    pub(super) fn end(&mut self, end: Option<RowEnd>) -> Result<(), Promise> {
        let outcome = end.map(|end| end.outcome);
        let is_denied = matches!(outcome, Some(Outcome::Failed | Outcome::Rejected));
        if is_denied && (self.ours() > 0 || !self.late.is_empty()) {
            return Err(Promise::NeverLost);
        }
        Ok(())
    }

    /// What tells two states apart.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut text = Fingerprint(DefaultHasher::new());
        let Self {
            existing,
            enables_mfa,
            can_use_mfa,
            ledger: _,
            row,
            wait,
            devices,
            late,
            sent,
            lost,
        } = self;
        let entry = self.entry();
        let world = (existing, enables_mfa, can_use_mfa, wait, devices, late);
        let seen = (sent, lost, entry);
        // A hasher takes everything.
        let _ = write!(text, "{world:?} {seen:?}");
        if let Some(row) = row {
            let known = (&row.phase, &row.history, &row.last_send, &row.answer);
            let told = (row.refused, row.failed, row.looked, row.asked_ms);
            let _ = write!(text, "{known:?} {told:?}");
        }
        text.0.finish()
    }
}

struct Fingerprint(DefaultHasher);

impl Write for Fingerprint {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// An age after some time, and one within it: beyond [`OLD`] only their distance counts.
fn older(age: u64, within: Option<u64>, seconds: u64) -> (u64, Option<u64>) {
    let excess = (age + seconds).saturating_sub(OLD);
    let within = within.map(|within| within.saturating_sub(excess));
    (age + seconds - excess, within)
}

pub(super) fn request() -> DeviceRequest {
    samples::request(1, 1)
}

/// A device that PingOne shows: the number that it has there, and whose it is.
pub(super) fn device(number: usize, ours: bool) -> Device {
    let made = if ours {
        "2025-11-24T16:00:00Z"
    } else {
        "2020-01-01T00:00:00Z"
    };
    Device {
        id: u8::try_from(number)
            .ok()
            .map(|number| DeviceId::from_bytes([number; 16])),
        created_at: Some(made.to_owned()),
        ..Device::default()
    }
}

/// A moment so many seconds ago.
pub(super) fn at(seconds: u64) -> Moment {
    let ms = i64::try_from(seconds * 1000).unwrap();
    Moment {
        wall_ms: samples::ASKED_MS - ms,
        boot_ms: samples::ASKED_MS - ms,
        ..samples::moment()
    }
}

fn age(moment: &Moment) -> u64 {
    clock::age(moment, &at(0)).as_secs()
}

fn sent(age: u64) -> LastSend {
    opened().since(&at(age))
}

/// A run that begins now.
pub(super) fn opened() -> Opened {
    Opened {
        at: *NOW,
        moment: at(0),
    }
}

fn copy(row: &Row) -> Row {
    let Row {
        request,
        source,
        user_is_unknown,
        bar,
        phase,
        history,
        asked_ms,
        last_send,
        answer,
        refused_as,
        refused,
        seq,
        pages: _,
        failed,
        looked,
        deleted,
        undone,
        connection,
    } = row;
    Row {
        request: request.clone(),
        source: *source,
        user_is_unknown: *user_is_unknown,
        bar: bar.clone(),
        phase: phase.clone(),
        history: history.clone(),
        asked_ms: *asked_ms,
        last_send: last_send.clone(),
        answer: answer.clone(),
        refused_as: refused_as.clone(),
        refused: *refused,
        seq: *seq,
        pages: None,
        failed: *failed,
        looked: *looked,
        deleted: *deleted,
        undone: *undone,
        connection: *connection,
    }
}

//! What must hold, as somebody sees it who sees everything: the promises of a run, I1 to I6 among them.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::asked::{Asked, ROUNDING, Standing};
use super::pingone::{PingOne, Time};
use crate::engine::options::EngineOptions;
use crate::ledger::InMemory;
use crate::model::entry::{DeviceState, LedgerEntry, RESENDS_MAX};
use crate::model::event::RowFinished;
use crate::model::ids::UserId;
use crate::model::outcome::Outcome;
use crate::model::rate_group::{ByGroup, RateGroup};
use crate::model::request::DeviceRequest;

/// A promise that did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Broken {
    /// One device at most is made.
    MadeTwice,
    /// Nothing is asked for again that was made.
    SentAfterMade,
    /// I2: an intent is on disk before its request leaves.
    NotWrittenBefore,
    /// I3: one request of a user at a time.
    TwoAtOnce,
    /// I4: nothing is sent before what was lost has settled.
    SentTooSoon,
    /// I5: as often as the first, the refused ones and three resends.
    SentTooOften,
    /// I6: two complete listings apart did not show it, the second once it had settled.
    NotLookedForTwice,
    /// One complete listing comes before the first request, and after a refusal that may be another's.
    NotLookedFor,
    /// Nothing is made for a user who cannot use MFA, where that is to be switched on before.
    SentBeforeMfa,
    /// The same row has the same bytes.
    OtherBytes,
    /// What PingOne asks for is heard.
    NotHeld,
    /// No more devices are made than were to be.
    OverTheLimit,
    /// Nothing is sent once a stop was asked for, or time is up.
    SentAfterStop,
    /// What was or may be made is not told as refused or failed.
    Lost,
    /// What is created is there, and was made by us.
    NothingThere,
    /// What we made is not taken for somebody else's.
    TakenForAnothers,
    /// The ID is that of the device.
    OtherDevice,
    /// A created device whose lost request may still take effect is looked at once more.
    RecheckForgotten,
    /// The ledger takes all that it is told.
    LedgerRefuses,
    /// What is told of a row is what the ledger has.
    ToldOtherwise,
    /// A row ends once in a run, and in each that comes to its end.
    NotToldOnce,
    /// A run ends.
    Endless,
    /// No part of it panics.
    Panicked,
    /// In the end all is known.
    NotSettled,
}

/// What an answer tells whoever knows that it is the answer.
#[derive(Clone, Debug)]
pub(super) enum Told {
    Made,
    Refused,
    Unknown,
    Listing(Listing),
    Nothing,
}

/// A whole listing.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) user: UserId,
    /// Which of those that are wanted it shows.
    pub(super) shows: Vec<usize>,
    /// When it was asked for.
    pub(super) asked: Time,
}

/// The promises of a history, and what is known of it.
#[derive(Debug)]
pub(super) struct Judge {
    settle: Time,
    apart: Time,
    /// Whether what somebody made a moment before is told from ours.
    tells_apart: bool,
    asked: Vec<Asked>,
    held_until: ByGroup<Option<Instant>>,
    pub(super) has_stopped: bool,
    /// How many devices this run may make, and how long it may send.
    limits: (Option<u64>, Option<Instant>),
    /// How many creates of this run were not refused.
    made: u64,
    /// The rows that were told in this run.
    told: Vec<u64>,
    /// How many creates followed a lost one.
    pub(super) sent_again: u64,
    /// The first promise that did not hold.
    pub(super) broken: Option<Broken>,
}

impl Judge {
    pub(super) fn new(settle: Duration, tells_apart: bool, wanted: usize) -> Self {
        let us = |duration: Duration| Time::try_from(duration.as_micros()).expect("it is short");
        Self {
            settle: us(settle),
            apart: us(Duration::from_secs(30).min(settle / 4)),
            tells_apart,
            asked: std::iter::repeat_with(Asked::new).take(wanted).collect(),
            held_until: ByGroup::default(),
            has_stopped: false,
            limits: (None, None),
            made: 0,
            told: Vec::new(),
            sent_again: 0,
            broken: None,
        }
    }

    pub(super) fn breaks(&mut self, broken: Broken) {
        self.broken.get_or_insert(broken);
    }

    fn check(&mut self, holds: bool, or: Broken) {
        if !holds {
            self.breaks(or);
        }
    }

    /// A run begins.
    pub(super) fn begin_run(&mut self, options: &EngineOptions, now: Instant) {
        let until = options.max_duration.map(|most| now + most);
        self.limits = (options.limit, until);
        self.made = 0;
        self.held_until = ByGroup::default();
        self.has_stopped = false;
        self.told.clear();
    }

    /// A request is begun.
    pub(super) fn begins(&mut self, group: RateGroup, now: Instant) {
        let held = self.held_until.get(group).is_some_and(|until| now < until);
        self.check(group == RateGroup::Token || !held, Broken::NotHeld);
        let is_late = self.limits.1.is_some_and(|until| now >= until);
        self.check(!self.has_stopped && !is_late, Broken::SentAfterStop);
    }

    /// An answer has asked for no request of a group for so long, or for none at all.
    pub(super) fn holds(&mut self, group: Option<RateGroup>, hold: Duration, now: Instant) {
        let until = now + hold;
        for asked in RateGroup::ALL {
            if group.is_none_or(|group| group == asked) {
                let longest = self.held_until.get_mut(asked);
                *longest = Some(longest.map_or(until, |longest| longest.max(until)));
            }
        }
    }

    /// A create leaves, with this entry in the ledger.
    pub(super) fn sends(
        &mut self,
        (number, wanted): (usize, &[DeviceRequest]),
        (entry, attempt): (Option<&LedgerEntry>, u32),
        body: Bytes,
        looks_first: bool,
        now: Time,
    ) {
        let open = entry.filter(|entry| entry.state == DeviceState::InFlight);
        let is_written = open.is_some_and(|entry| entry.attempts == attempt);
        self.check(is_written, Broken::NotWrittenBefore);
        let user = wanted[number].key.user;
        let of_user = wanted.iter().zip(&self.asked);
        let mut of_user = of_user.filter(|(request, _)| request.key.user == user);
        let is_alone = of_user.all(|(_, asked)| asked.standing != Standing::OnItsWay);
        self.check(is_alone, Broken::TwoAtOnce);
        let spans = (self.settle, self.apart);
        let asked = &mut self.asked[number];
        let broken = asked.may_not_be_sent(spans, looks_first, now);
        asked.sent += 1;
        self.sent_again += u64::from(matches!(asked.standing, Standing::Lost(_)));
        let is_too_often = asked.sent > 1 + asked.refused + RESENDS_MAX;
        let is_another = asked.body.as_ref().is_some_and(|before| *before != body);
        asked.standing = Standing::OnItsWay;
        asked.absent.clear();
        asked.body = Some(body);
        if let Some(broken) = broken {
            self.breaks(broken);
        }
        self.made += 1;
        let is_more = self.limits.0.is_some_and(|limit| self.made > limit);
        self.check(!is_more, Broken::OverTheLimit);
        self.check(!is_too_often, Broken::SentTooOften);
        self.check(!is_another, Broken::OtherBytes);
    }

    /// A create leaves for a user who can use it, as far as MFA is concerned.
    pub(super) fn sends_to(&mut self, can_use_it: bool) {
        self.check(can_use_it, Broken::SentBeforeMfa);
    }

    /// A create came back with this, or with nothing.
    pub(super) fn came_back(&mut self, number: usize, told: &Told, is_stolen: bool, now: Time) {
        let asked = &mut self.asked[number];
        asked.standing = match told {
            _ if is_stolen => {
                asked.refused += 1;
                self.made = self.made.saturating_sub(1);
                Standing::Doubtful(now)
            }
            Told::Made => Standing::Made,
            Told::Refused => {
                asked.refused += 1;
                self.made = self.made.saturating_sub(1);
                Standing::Refused
            }
            Told::Unknown | Told::Listing(_) | Told::Nothing => Standing::Lost(now),
        };
    }

    pub(super) fn met_a_conflict(&mut self, number: usize) {
        self.asked[number].met_a_conflict = true;
    }

    /// A whole listing was read.
    pub(super) fn listed(&mut self, listing: &Listing, wanted: &[DeviceRequest]) {
        for (number, request) in wanted.iter().enumerate() {
            if request.key.user == listing.user && !listing.shows.contains(&number) {
                self.asked[number].absent.push(listing.asked);
            }
        }
    }

    /// A row was told of.
    pub(super) fn finished(
        &mut self,
        told: &RowFinished,
        number: usize,
        (pingone, ledger): (&PingOne, &InMemory),
    ) {
        let row = told.who.row.0;
        self.check(!self.told.contains(&row), Broken::NotToldOnce);
        self.told.push(row);
        if told.outcome == Outcome::Duplicate {
            return;
        }
        let entry = ledger.entry(&pingone.wanted[number].key);
        let written = entry.map(LedgerEntry::outcome);
        self.check(written == Some(told.outcome), Broken::ToldOtherwise);
        let is_denied = matches!(told.outcome, Outcome::Failed | Outcome::Rejected);
        let may_be_there = pingone.of(number).any(|made| made.ours) || pingone.owes(number);
        self.check(!(is_denied && may_be_there), Broken::Lost);
    }

    /// A run is over; `is_done` tells whether it came to the end of its wave.
    pub(super) fn end_run(
        &mut self,
        (pingone, ledger): (&PingOne, &InMemory),
        rows: usize,
        is_done: bool,
        now: Time,
    ) {
        self.check(!is_done || self.told.len() == rows, Broken::NotToldOnce);
        for number in 0..self.asked.len() {
            let ours = pingone.of(number).filter(|made| made.ours).count();
            self.check(ours <= 1, Broken::MadeTwice);
            if let Some(entry) = ledger.entry(&pingone.wanted[number].key) {
                self.check_entry(number, entry, pingone, now);
            }
        }
    }

    fn check_entry(&mut self, number: usize, entry: &LedgerEntry, pingone: &PingOne, now: Time) {
        let mut there = pingone.of(number);
        let is_known = entry.device.is_none_or(|id| {
            let mut all = pingone.of(number);
            all.any(|made| made.shown.id == id)
        });
        self.check(is_known, Broken::OtherDevice);
        let ours = pingone.of(number).any(|made| made.ours);
        match entry.state {
            DeviceState::Failed | DeviceState::Rejected => {
                let may_be_there = ours || pingone.owes(number);
                self.check(entry.unproven || !may_be_there, Broken::Lost);
            }
            DeviceState::Created => {
                let is_there = ours || !self.tells_apart && there.next().is_some();
                self.check(is_there, Broken::NothingThere);
                let is_owed = entry.recheck_owed || entry.is_seen_twice();
                let is_settling = match self.asked[number].standing {
                    Standing::Lost(since) => now - since < self.settle - ROUNDING,
                    Standing::Never
                    | Standing::OnItsWay
                    | Standing::Refused
                    | Standing::Doubtful(_)
                    | Standing::Made => false,
                };
                self.check(is_owed || !is_settling, Broken::RecheckForgotten);
            }
            DeviceState::Found => {
                let is_anothers = there.any(|made| !made.ours);
                let met = self.asked[number].met_a_conflict;
                self.check(is_anothers || met, Broken::TakenForAnothers);
            }
            DeviceState::InFlight
            | DeviceState::Several
            | DeviceState::Unresolved
            | DeviceState::Undoing
            | DeviceState::Undone => {}
        }
    }

    /// Whether nothing is left to learn.
    pub(super) fn is_settled(pingone: &PingOne, ledger: &InMemory) -> bool {
        let mut wanted = pingone.wanted.iter().enumerate();
        wanted.all(|(number, request)| {
            let is_there = pingone.of(number).next().is_some();
            ledger
                .entry(&request.key)
                .is_some_and(|entry| match entry.state {
                    DeviceState::Created => !entry.recheck_owed,
                    DeviceState::Found | DeviceState::Several => true,
                    DeviceState::Unresolved => entry.resends >= RESENDS_MAX && !is_there,
                    DeviceState::InFlight
                    | DeviceState::Rejected
                    | DeviceState::Failed
                    | DeviceState::Undoing
                    | DeviceState::Undone => false,
                })
        })
    }
}

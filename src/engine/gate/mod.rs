//! May this be sent now? The one owner of paces, holds, width, breaker and budget.

mod lead;

use std::time::Duration;

use tokio::time::Instant;

use self::lead::Ahead;
pub(super) use self::lead::Turn;
use super::guard::{Guard, Kind, Retried, RetryBudget, Subject};
use super::options::LONGEST_HOLD;
use super::reasons::too_long;
use crate::clock;
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{Answer, AttemptOutcome, LookOutcome, Outcome, Refusal};
use crate::model::pace_reading::{Millirate, Paces};
use crate::model::rate_group::{ByGroup, RateGroup};
use crate::model::stop::StopReason;
use crate::model::why_nothing::{MayTellNothing, WhyNothing};
use crate::pace::{Meters, Pacing, Wait};
use crate::pingone::Answered;
use crate::pingone::read::ReadError;

/// A hold that lasts longer ends with one request that goes first: nobody knows what is there by then.
const LONG_HOLD: Duration = Duration::from_secs(10);

/// The shortest hold: `Retry-After` has whole seconds, and 0 of them would be no hold at all.
const SHORTEST_HOLD: Duration = Duration::from_secs(1);

/// What stands between a request and the wire, for every request of a run.
#[derive(Debug)]
pub(super) struct Gate {
    meters: Meters,
    guard: Guard,
    budget: RetryBudget,
    /// Requests on the wire or on their way there. Those about users are for creates that follow.
    on_way: ByGroup<usize>,
    /// Creates that made a device or may have: what `limit` counts.
    devices: u64,
    limit: Option<u64>,
}

/// Whether one more request may be on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// It may.
    Free,
    /// Not before another is answered.
    Full,
    /// As many devices as were to be created are.
    LimitReached,
}

/// When a request that asks for leave may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// Now, under this number.
    Now(u64),
    /// It asks again at this moment.
    At(Instant),
    /// It asks again when another request was answered.
    AfterAnswer,
}

impl Gate {
    /// A gate that has seen nothing yet.
    pub(super) fn new(guard: Guard, pacing: Pacing, limit: Option<u64>) -> Self {
        Self {
            meters: Meters::new(pacing, clock::now()),
            guard,
            budget: RetryBudget::new(),
            on_way: ByGroup::default(),
            devices: 0,
            limit,
        }
    }

    /// Begins below the rates that earlier runs were refused not long ago.
    #[must_use]
    pub(super) fn below(mut self, refused: &[(RateGroup, Millirate)]) -> Self {
        self.meters = self.meters.below(refused);
        self
    }

    /// How many requests are on their way; a token is waited for by nobody else.
    pub(super) fn in_flight(&self) -> usize {
        let counted = |(group, on_way): (RateGroup, &usize)| {
            if group == RateGroup::Token {
                0
            } else {
                *on_way
            }
        };
        self.on_way.iter().map(counted).sum()
    }

    /// What is seen to next, where so many rows have nothing before them but their create.
    pub(super) fn turns(&self, ready: usize) -> &'static [Turn] {
        let asking = *self.on_way.get(RateGroup::Directory) as u64;
        let devices = self.devices.saturating_add(asking);
        let ahead = Ahead {
            ready,
            looking: *self.on_way.get(RateGroup::Lists),
            width: self.guard.width(),
            create_width: self.guard.create_width(),
            one_by_one: self.guard.creates_one_by_one(),
            left: self.limit.map(|limit| limit.saturating_sub(devices)),
        };
        ahead.turns()
    }

    /// Whether any device was created in this run.
    pub(super) fn any_created(&self) -> bool {
        self.guard.any_created()
    }

    /// Whether a request of this group has room beside those on their way.
    pub(super) fn room(&self, group: RateGroup) -> Room {
        let goes_beside_first = self.guard.traffic.is_probing(group) && *self.on_way.get(group) > 0;
        if !self.has_room() || goes_beside_first {
            return Room::Full;
        }
        let asking = *self.on_way.get(RateGroup::Directory);
        // Whoever is switched on is to have a device next: so they count as creates do.
        let to_come = asking + self.on_way.get(RateGroup::Creates);
        let devices = self.devices.saturating_add(asking as u64);
        let is_to_come = matches!(group, RateGroup::Creates | RateGroup::Directory);
        match self.limit {
            _ if !is_to_come => Room::Free,
            _ if to_come >= self.guard.create_width() => Room::Full,
            Some(limit) if devices >= limit => {
                // What is on its way may turn out to make none.
                if to_come == 0 {
                    Room::LimitReached
                } else {
                    Room::Full
                }
            }
            Some(_) | None => Room::Free,
        }
    }

    /// Whether a request of some kind has room beside those on their way.
    pub(super) fn has_room(&self) -> bool {
        self.in_flight() < self.guard.width()
    }

    /// How many requests that change something may be in flight.
    pub(super) fn create_width(&self) -> usize {
        self.guard.create_width()
    }

    /// Until when nothing is sent because the breaker tripped: most requests failed.
    pub(super) fn tripped_until(&self, now: Instant) -> Option<Instant> {
        self.guard.traffic.tripped_until(now)
    }

    /// Takes leave to send a request of this group now, and gives its number.
    ///
    /// # Errors
    ///
    /// When to ask again.
    pub(super) fn pass(&mut self, group: RateGroup) -> Result<u64, Instant> {
        let leave = self.meters.take(group, clock::now());
        leave.map_err(Wait::until)?;
        *self.on_way.get_mut(group) += 1;
        if group == RateGroup::Creates {
            self.devices += 1;
        }
        Ok(self.guard.traffic.number())
    }

    /// Whether a create that has passed, and is not sent yet, must not be: since then creates are
    /// held, or one is to go first.
    pub(super) fn withholds(&self, seq: u64, now: Instant) -> bool {
        let group = RateGroup::Creates;
        self.meters.held(group, now).is_some() || self.guard.traffic.withholds(group, seq)
    }

    /// Takes leave to send a request of this group if all that stands before it lets it through.
    pub(super) fn ask(&mut self, group: RateGroup, now: Instant) -> Leave {
        match (self.room(group), self.tripped_until(now)) {
            (Room::Full | Room::LimitReached, _) => Leave::AfterAnswer,
            (Room::Free, Some(moment)) => Leave::At(moment),
            (Room::Free, None) => self.pass(group).map_or_else(Leave::At, Leave::Now),
        }
    }

    /// Takes a create back that has passed and was not written down.
    pub(super) fn take_back_create(&mut self) {
        self.came_back(RateGroup::Creates);
        self.devices = self.devices.saturating_sub(1);
    }

    /// Takes note that a request is not on its way any more.
    pub(super) fn came_back(&mut self, group: RateGroup) {
        *self.on_way.get_mut(group) -= 1;
    }

    /// Whether a retry of this price can be paid for.
    pub(super) fn affords(&self, retry: Retried) -> bool {
        self.budget.affords(retry)
    }

    /// Takes note of an answered create; tells whether the run must stop. `retry` is what sending
    /// it again would cost, if that is wished.
    pub(super) fn heard_create(
        &mut self,
        subject: Subject,
        answered: &Answered<AttemptOutcome>,
        retry: Option<Retried>,
        now: Instant,
    ) -> Option<StopReason> {
        let is_throttled = matches!(
            answered.outcome,
            AttemptOutcome::NotCreated(Refusal::Throttled { .. })
        );
        let group = Kind::Create.group();
        self.pace_by(group, subject.seq, is_throttled, answered.pause);
        let stop = self.guard.on_create(subject, answered, now);
        match answered.outcome {
            AttemptOutcome::Created(_) => self.budget.succeeded(),
            AttemptOutcome::NotCreated(_) => {
                self.devices = self.devices.saturating_sub(1);
                if let Some(retry) = retry {
                    self.budget.pay_for_retry(retry, now);
                }
            }
            AttemptOutcome::Indeterminate(_) => {}
        }
        self.heed(Kind::Create, stop, answered, now)
    }

    /// Takes note of an answered listing; tells whether the run must stop. `empty_conflict` is the
    /// answer to a create that said there is such a device, where the listing is the first since and
    /// shows none.
    pub(super) fn heard_look(
        &mut self,
        subject: Subject,
        answered: &Answered<LookOutcome>,
        empty_conflict: Option<&Answer>,
        now: Instant,
    ) -> Option<StopReason> {
        self.heard_other(Kind::Look, subject.seq, answered, now);
        let mut stop = self.guard.on_look(subject, answered, now);
        if let Some(create) = empty_conflict {
            stop = stop.or_else(|| self.guard.on_empty_conflict(subject, create, now));
        }
        self.heed(Kind::Look, stop, answered, now)
    }

    /// Takes note of what an answer that is no create's says of pace and budget.
    fn heard_other<T: MayTellNothing>(
        &mut self,
        kind: Kind,
        seq: u64,
        answered: &Answered<T>,
        now: Instant,
    ) {
        let is_throttled = answered.outcome.is_throttled();
        self.pace_by(kind.group(), seq, is_throttled, answered.pause);
        let nothing = answered.outcome.nothing();
        if let Some(WhyNothing::NoInformation | WhyNothing::Unreadable) = nothing {
            self.budget.pay_for_look(now);
        }
    }

    /// Takes note of an answer as far as it tells which rate PingOne bears.
    fn pace_by(&mut self, group: RateGroup, seq: u64, is_throttled: bool, pause: Option<Duration>) {
        match pause {
            // A quota says nothing of the rate, and a rate limit asks for no such wait.
            Some(pause) if is_throttled && pause > LONGEST_HOLD => {}
            pause if is_throttled => {
                let next = self.guard.traffic.next_seq();
                let pause = pause.unwrap_or(SHORTEST_HOLD);
                self.meters.refused(group, seq, next, pause);
            }
            Some(_) | None => self.meters.answered(group),
        }
    }

    /// How the paces go.
    pub(super) fn paces(&self) -> Paces {
        self.meters.reading()
    }

    /// Takes note of an answer about a user's MFA; tells whether the run must stop.
    pub(super) fn heard_mfa(
        &mut self,
        subject: Subject,
        answered: &Answered<MfaOutcome>,
        now: Instant,
    ) -> Option<StopReason> {
        self.heard_other(Kind::Mfa, subject.seq, answered, now);
        let stop = self.guard.on_mfa(subject, answered, now);
        self.heed(Kind::Mfa, stop, answered, now)
    }

    /// Takes note of an answered question that is about no row, or of why it was not answered; holds
    /// its group where PingOne asks for that, and gives for how long: for the `usual` time where it
    /// names none.
    ///
    /// # Errors
    ///
    /// Going on is pointless.
    pub(super) fn heard_read(
        &mut self,
        (group, seq): (RateGroup, u64),
        error: Option<&ReadError>,
        usual: Duration,
        now: Instant,
    ) -> Result<Option<Duration>, StopReason> {
        let throttle = error.filter(|error| error.is_throttle());
        if throttle.is_none() {
            self.guard.traffic.probed(group, seq);
        }
        let is_answer = error.is_none_or(|error| error.answer.http_status.is_some());
        let stop = is_answer.then(|| self.guard.throttled.heard(throttle.is_some(), now));
        let stop = stop.flatten();
        let asked_for = throttle.and_then(ReadError::retry_after);
        self.pace_by(group, seq, throttle.is_some(), asked_for);
        if let Some(reason) = stop.or_else(|| too_long(asked_for, clock::wall())) {
            return Err(reason);
        }
        let delay = asked_for.unwrap_or(usual);
        let hold = |_: &ReadError| self.hold(Some(group), delay, now, fastrand::f64());
        Ok(throttle.map(hold))
    }

    /// Stops for the first of these reasons: what the guard says, a pause that is too long, or that too
    /// little succeeds to pay for retries.
    fn heed<T>(
        &mut self,
        kind: Kind,
        stop: Option<StopReason>,
        answered: &Answered<T>,
        now: Instant,
    ) -> Option<StopReason> {
        let stop = stop.or_else(|| too_long(answered.pause, clock::wall()));
        if stop.is_some() || !self.budget.is_exhausted(now) {
            return stop;
        }
        self.guard.on_exhausted(kind, &answered.answer, now)
    }

    /// Holds the requests of a group for so long, or all where there is none, and lets one go first
    /// after a long hold; gives the wait in full.
    ///
    /// `jitter`, from `0.0..1.0`, adds up to a tenth: every client that was throttled would
    /// otherwise come back in the same instant.
    pub(super) fn hold(
        &mut self,
        group: Option<RateGroup>,
        delay: Duration,
        now: Instant,
        jitter: f64,
    ) -> Duration {
        let delay = delay.clamp(SHORTEST_HOLD, LONGEST_HOLD);
        let delay = delay + delay.mul_f64(jitter * 0.1);
        self.meters.hold(group, now + delay, now);
        if delay > LONG_HOLD {
            self.guard.traffic.probe(group);
        }
        delay
    }

    /// Holds what an answer to a request of this kind asks to be held, for so long; gives its group and
    /// the wait in full. A 429 speaks for its group, anything else for PingOne as a whole.
    pub(super) fn hold_for(
        &mut self,
        kind: Kind,
        answer: &Answer,
        delay: Duration,
    ) -> (Option<RateGroup>, Duration) {
        let group = (answer.http_status == Some(429)).then(|| kind.group());
        let delay = self.hold(group, delay, clock::now(), fastrand::f64());
        (group, delay)
    }

    /// Lets one request go first, with a new token.
    pub(super) fn probe(&mut self) {
        self.guard.traffic.probe(None);
    }

    /// Takes note of a finished row; tells whether there are too many bad ones.
    pub(super) fn heard_row(&mut self, outcome: Outcome) -> Option<StopReason> {
        self.guard.on_row(outcome)
    }

    /// Takes note that a row's device did not show in two looks and may not be asked for again yet;
    /// tells whether there are too many of them.
    pub(super) fn heard_unsettled(&mut self) -> Option<StopReason> {
        self.guard.on_unsettled()
    }
}

#[cfg(test)]
mod tests;

//! May this be sent now? The one owner of pace, hold, width, breaker and budget.

use std::time::Duration;

use tokio::time::Instant;

use super::guard::{Guard, Kind, Retried, RetryBudget, Subject};
use super::options::LONGEST_HOLD;
use super::reasons::too_long;
use crate::clock;
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{Answer, AttemptOutcome, LookOutcome, Outcome, Refusal};
use crate::model::pace_reading::PaceReading;
use crate::model::stop::StopReason;
use crate::pace::{Meter, Pacing, Wait};
use crate::pingone::Answered;
use crate::pingone::read::ReadError;

/// A hold that lasts at least so long ends with one request that goes first.
const LONG_HOLD: Duration = Duration::from_secs(10);

/// The shortest hold.
const SHORTEST_HOLD: Duration = Duration::from_secs(1);

/// What stands between a request and the wire, for every request of a run.
#[derive(Debug)]
pub(super) struct Gate {
    meter: Meter,
    guard: Guard,
    budget: RetryBudget,
    looking: usize,
    /// Requests about users for whom a create is to follow.
    asking: usize,
    /// Creates on the wire or on their way there.
    creating: usize,
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

impl Gate {
    /// A gate that has seen nothing yet.
    pub(super) fn new(guard: Guard, pacing: Pacing, limit: Option<u64>) -> Self {
        Self {
            meter: Meter::new(pacing, clock::now()),
            guard,
            budget: RetryBudget::new(),
            looking: 0,
            asking: 0,
            creating: 0,
            devices: 0,
            limit,
        }
    }

    /// How many requests are on their way.
    pub(super) fn in_flight(&self) -> usize {
        self.looking + self.asking + self.creating
    }

    /// Whether any device was created in this run.
    pub(super) fn any_created(&self) -> bool {
        self.guard.any_created()
    }

    /// Whether a request of this kind has room beside those on their way.
    pub(super) fn room(&self, kind: Kind) -> Room {
        if !self.has_room() {
            return Room::Full;
        }
        // Whoever is switched on is to have a device next: so they count as creates do.
        let to_come = self.asking + self.creating;
        let devices = self.devices.saturating_add(self.asking as u64);
        match kind {
            Kind::Create | Kind::Mfa if to_come >= self.guard.create_width() => Room::Full,
            Kind::Create | Kind::Mfa if self.limit.is_some_and(|limit| devices >= limit) => {
                // What is on its way may turn out to make none.
                if to_come == 0 {
                    Room::LimitReached
                } else {
                    Room::Full
                }
            }
            Kind::Look | Kind::Create | Kind::Mfa => Room::Free,
        }
    }

    /// Whether a request of some kind has room beside those on their way.
    pub(super) fn has_room(&self) -> bool {
        self.in_flight() < self.guard.width()
    }

    /// Until when nothing is sent because most answers were failures.
    pub(super) fn closed_until(&self, now: Instant) -> Option<Instant> {
        self.guard.traffic.open_until(now)
    }

    /// Takes leave to send a request of this kind now, and gives its number.
    ///
    /// # Errors
    ///
    /// When to ask again.
    pub(super) fn pass(&mut self, kind: Kind) -> Result<u64, Instant> {
        self.meter.take(clock::now()).map_err(Wait::until)?;
        match kind {
            Kind::Look => self.looking += 1,
            Kind::Mfa => self.asking += 1,
            Kind::Create => {
                self.creating += 1;
                self.devices += 1;
            }
        }
        Ok(self.guard.traffic.number())
    }

    /// Whether a request that has passed, and is not sent yet, must not be: since then everything is
    /// held, or one is to go first.
    pub(super) fn withholds(&self, seq: u64, now: Instant) -> bool {
        self.meter.held(now).is_some() || self.guard.traffic.withholds(seq)
    }

    /// Takes a create back that has passed and was not written down.
    pub(super) fn take_back_create(&mut self) {
        self.creating -= 1;
        self.devices = self.devices.saturating_sub(1);
    }

    /// Takes note that a request is not on its way any more.
    pub(super) fn came_back(&mut self, kind: Kind) {
        match kind {
            Kind::Look => self.looking -= 1,
            Kind::Mfa => self.asking -= 1,
            Kind::Create => self.creating -= 1,
        }
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
        self.pace_by(subject.seq, is_throttled, answered.pause);
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
        stop.or_else(|| too_long(answered.pause))
            .or_else(|| self.heed_budget(Kind::Create, &answered.answer, now))
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
        let is_throttled = matches!(answered.outcome, LookOutcome::Throttled { .. });
        self.pace_by(subject.seq, is_throttled, answered.pause);
        let mut stop = self.guard.on_look(subject, answered, now);
        if let Some(create) = empty_conflict {
            stop = stop.or_else(|| self.guard.on_empty_conflict(subject, create, now));
        }
        if let LookOutcome::NoInformation | LookOutcome::Unreadable = answered.outcome {
            self.budget.pay_for_look(now);
        }
        stop.or_else(|| too_long(answered.pause))
            .or_else(|| self.heed_budget(Kind::Look, &answered.answer, now))
    }

    /// Takes note of an answer as far as it tells which rate PingOne bears.
    fn pace_by(&mut self, seq: u64, is_throttled: bool, pause: Option<Duration>) {
        match pause {
            // A quota says nothing of the rate, and a rate limit asks for no such wait.
            Some(pause) if is_throttled && pause > LONGEST_HOLD => {}
            pause if is_throttled => {
                let next = self.guard.traffic.next_seq();
                let pause = pause.unwrap_or(SHORTEST_HOLD);
                self.meter.refused(seq, next, pause);
            }
            Some(_) | None => self.meter.answered(),
        }
    }

    /// How the pace goes.
    pub(super) fn pace(&self) -> PaceReading {
        self.meter.reading()
    }

    /// Takes note of an answer about a user's MFA; tells whether the run must stop.
    pub(super) fn heard_mfa(
        &mut self,
        subject: Subject,
        answered: &Answered<MfaOutcome>,
        now: Instant,
    ) -> Option<StopReason> {
        let is_throttled = matches!(answered.outcome, MfaOutcome::Throttled { .. });
        self.pace_by(subject.seq, is_throttled, answered.pause);
        let stop = self.guard.on_mfa(subject, answered, now);
        if let MfaOutcome::NoInformation | MfaOutcome::Unreadable = answered.outcome {
            self.budget.pay_for_look(now);
        }
        stop.or_else(|| too_long(answered.pause))
            .or_else(|| self.heed_budget(Kind::Mfa, &answered.answer, now))
    }

    /// Takes note of an answered question that is about no row, or of why it was not answered; holds
    /// everything where PingOne asks for that, and gives for how long: for the `usual` time where it
    /// names none.
    ///
    /// # Errors
    ///
    /// Going on is pointless.
    pub(super) fn heard_read(
        &mut self,
        seq: u64,
        error: Option<&ReadError>,
        usual: Duration,
        now: Instant,
    ) -> Result<Option<Duration>, StopReason> {
        let throttle = error.filter(|error| error.is_throttle());
        if throttle.is_none() {
            self.guard.traffic.probed(seq);
        }
        let is_answer = error.is_none_or(|error| error.answer.http_status.is_some());
        let stop = is_answer.then(|| self.guard.throttled.heard(throttle.is_some(), now));
        let stop = stop.flatten();
        let asked_for = throttle.and_then(ReadError::retry_after);
        self.pace_by(seq, throttle.is_some(), asked_for);
        if let Some(reason) = stop.or_else(|| too_long(asked_for)) {
            return Err(reason);
        }
        let hold = |_: &ReadError| self.hold(asked_for.unwrap_or(usual), now, fastrand::f64());
        Ok(throttle.map(hold))
    }

    fn heed_budget(&mut self, kind: Kind, answer: &Answer, now: Instant) -> Option<StopReason> {
        if !self.budget.is_exhausted(now) {
            return None;
        }
        self.guard.on_exhausted(kind, answer, now)
    }

    /// Holds every request for so long, and lets one go first after a long hold; gives the wait in
    /// full.
    ///
    /// `jitter`, from `0.0..1.0`, adds up to a tenth: every client that was throttled would
    /// otherwise come back in the same instant.
    pub(super) fn hold(&mut self, delay: Duration, now: Instant, jitter: f64) -> Duration {
        let delay = delay.clamp(SHORTEST_HOLD, LONGEST_HOLD);
        let delay = delay + delay.mul_f64(jitter * 0.1);
        self.meter.hold(now + delay, now);
        if delay > LONG_HOLD {
            self.guard.traffic.probe();
        }
        delay
    }

    /// Lets one request go first, with a new token.
    pub(super) fn probe(&mut self) {
        self.guard.traffic.probe();
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

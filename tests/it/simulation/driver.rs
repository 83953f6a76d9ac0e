//! One history: runs, crashes and restarts over one row, by the engine's order of steps.
//!
//! The look after a resend that PingOne confirmed is left out: it changes no state.

use std::num::NonZeroU32;
use std::time::Duration;

use fastrand::Rng;
use wavepair::testing::clock;
use wavepair::testing::model::{
    Ambiguity, AttemptOutcome, DeviceState, LedgerEntry, Listing, LookOutcome, Proof, RESENDS_MAX,
    Refusal,
};
use wavepair::testing::plan::{Admission, Existing, admit};
use wavepair::testing::retry::{
    Decision, Doubt, History, RetryPolicy, Verdict, after_create, after_look,
};

use super::machine::{Clocks, Ledger};
use super::pingone::{Limit, PingOne};

const LONGEST_CREATE: i64 = 30_000;
const LONGEST_LOOK: i64 = 15_000;
/// More than the wall clock is ever set back, in settling times.
const CALM_DOWN: i64 = 50;
const STEPS_MAX: u32 = 400;

/// A rule that the driver breaks, to see that the properties notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defect {
    NoSettling,
    RetriesServerErrors,
    BelievesTheFirstNegative,
    SettlesFromTheIntent,
    TakesSilenceForAbsence,
    TrustsTheWallClock,
}

/// A promise that did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    MadeTwice,
    SentTooSoon,
    SentTooOften,
    LedgerRefuses,
    LostDevice,
    NothingThere,
    NotSettled,
    Endless,
}

enum Halt {
    Crash,
    Broken(Broken),
}

impl From<Broken> for Halt {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

struct Task {
    history: History,
    /// When an age was taken, and that age.
    last_send: Option<(i64, Duration)>,
    others_succeed: bool,
    /// Until when other rows keep the run going.
    others_until: i64,
    stop_at: i64,
}

pub(super) struct Driver {
    rng: Rng,
    now: i64,
    settle_ms: i64,
    clocks: Clocks,
    reboots: bool,
    ledger: Ledger,
    pingone: PingOne,
    policy: RetryPolicy,
    existing: Existing,
    defect: Option<Defect>,
    crash: f64,
    posts: u32,
    not_created: u32,
    /// When the last unanswered request was given up.
    unanswered: Option<i64>,
    steps: u32,
    calm: bool,
    trace: Option<Vec<String>>,
}

impl Driver {
    pub(super) fn new(seed: u64, defect: Option<Defect>, traced: bool) -> Self {
        let mut rng = Rng::with_seed(seed);
        let settle_ms = rng.i64(60_000..=7_200_000);
        let pingone = PingOne::draw(&mut rng, settle_ms, LONGEST_LOOK);
        let settle = match defect {
            Some(Defect::NoSettling) => Duration::ZERO,
            _ => ms(settle_ms),
        };
        let mut driver = Self {
            now: 1_764_000_000_000,
            settle_ms,
            clocks: Clocks::default(),
            reboots: rng.bool(),
            ledger: Ledger::default(),
            policy: RetryPolicy {
                attempts: NonZeroU32::new(rng.u32(1..=4)).unwrap(),
                base_delay: Duration::from_secs(1),
                max_delay: Duration::from_secs(30),
                settle,
                not_found_delay: Duration::from_secs(30),
            },
            existing: if rng.bool() {
                Existing::Skip
            } else {
                Existing::Unchecked
            },
            defect,
            crash: [0.0, 0.03, 0.15][rng.usize(..3)],
            posts: 0,
            not_created: 0,
            unanswered: None,
            steps: 0,
            calm: false,
            trace: traced.then(Vec::new),
            pingone,
            rng,
        };
        if driver.pingone.user_since >= 0 {
            driver.pingone.user_since += driver.now;
        }
        driver
    }

    pub(super) fn history(&mut self) -> Result<(), Broken> {
        self.note(|driver| {
            format!(
                "settle {} ms, {:?}, {:?}",
                driver.settle_ms, driver.existing, driver.pingone
            )
        });
        for _ in 0..self.rng.u8(1..=8) {
            self.run()?;
            self.between_runs();
        }
        self.calm = true;
        self.now += CALM_DOWN * self.settle_ms;
        self.pingone.calm_down(self.now);
        self.note(|_| "all is calm".to_owned());
        for _ in 0..4 {
            self.run()?;
            self.now += 2 * self.settle_ms;
        }
        self.pingone.advance(i64::MAX);
        self.made_once()?;
        self.settled()
    }

    /// What must hold once faults have stopped for long enough.
    fn settled(&self) -> Result<(), Broken> {
        let Some(entry) = &self.ledger.entry else {
            return Err(Broken::NotSettled);
        };
        let given_up = entry.resends >= RESENDS_MAX && !self.pingone.holds_one();
        let refused = self.pingone.limit != Limit::Ample;
        match entry.state {
            DeviceState::Created | DeviceState::Found | DeviceState::Several => Ok(()),
            DeviceState::Unresolved if given_up => Ok(()),
            DeviceState::Rejected if refused => Ok(()),
            DeviceState::InFlight
            | DeviceState::Unresolved
            | DeviceState::Rejected
            | DeviceState::Failed => Err(Broken::NotSettled),
        }
    }

    fn made_once(&self) -> Result<(), Broken> {
        match self.pingone.ours() {
            0 | 1 => Ok(()),
            _ => Err(Broken::MadeTwice),
        }
    }

    fn between_runs(&mut self) {
        self.now += match self.rng.u8(..3) {
            0 => self.rng.i64(0..60_000),
            1 => self.rng.i64(0..self.settle_ms),
            _ => self.rng.i64(0..3 * self.settle_ms),
        };
        // Across boots only the wall clock is left, so there it may lose time and never gain it.
        let jump = self.rng.i64(0..3 * self.settle_ms);
        match self.rng.u8(..6) {
            0 => self.clocks.ahead_ms -= jump,
            1 if !self.reboots => self.clocks.ahead_ms += jump,
            2 if self.reboots => self.clocks.reboot(self.now),
            _ => return,
        }
        self.note(|driver| format!("{:?}", driver.clocks));
    }

    fn run(&mut self) -> Result<(), Broken> {
        self.steps = 0;
        match self.row() {
            Ok(()) => {}
            Err(Halt::Crash) => self.note(|_| "crash".to_owned()),
            Err(Halt::Broken(broken)) => return Err(broken),
        }
        self.pingone.advance(self.now);
        self.note(|driver| format!("the run ends: {:?}", driver.ledger.state()));
        self.made_once()?;
        match self.ledger.state() {
            Some(DeviceState::Failed | DeviceState::Rejected)
                if self.pingone.ours() > 0 || self.pingone.owes() =>
            {
                Err(Broken::LostDevice)
            }
            Some(DeviceState::Created) if !self.pingone.holds_one() => Err(Broken::NothingThere),
            _ => Ok(()),
        }
    }

    fn row(&mut self) -> Result<(), Halt> {
        let opened = self.clocks.moment(self.now);
        let from_intent = self.defect == Some(Defect::SettlesFromTheIntent);
        self.ledger.open(&opened, from_intent);
        let entry = self.ledger.entry.clone();
        let admission = admit(entry.as_ref(), self.existing, None, self.policy.settle);
        self.note(|_| format!("a run begins: {admission:?}"));
        let mut decision = match admission {
            Admission::Skip(_) | Admission::Recheck => return Ok(()),
            Admission::Look | Admission::Settle => look(Duration::ZERO),
            Admission::Create => Decision::Create {
                after: Duration::ZERO,
                resend: false,
            },
        };
        let mut task = self.task(entry.as_ref());
        if let Some(doubt) = entry.and_then(|entry| entry.doubt) {
            let mut age = clock::age(&doubt.last_send, &opened);
            if self.defect == Some(Defect::TrustsTheWallClock) {
                age = ms((opened.wall_ms - doubt.last_send.wall_ms).max(0));
            }
            task.last_send = Some((self.now, age));
        }
        loop {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return Err(Broken::Endless.into());
            }
            let (after, step) = match decision {
                Decision::Finish(_) => return Ok(()),
                Decision::Create { after, resend } => (after, Some(resend)),
                // Nothing else is to be done, so nobody waits for this row.
                Decision::Defer { after } if self.now + millis(after) > task.others_until => {
                    return Ok(());
                }
                Decision::Look { after } | Decision::Defer { after } => (after, None),
            };
            if self.now + millis(after) >= task.stop_at {
                self.now = self.now.max(task.stop_at);
                return Ok(());
            }
            if !after.is_zero() {
                self.may_crash(millis(after))?;
                self.now += millis(after);
            }
            decision = match step {
                Some(resend) => self.create(&mut task, resend)?,
                None => self.look(&mut task)?,
            };
            self.note(|_| format!("  so: {decision:?}"));
        }
    }

    fn task(&mut self, entry: Option<&LedgerEntry>) -> Task {
        let history = entry.map_or_else(History::default, |entry| History {
            was_absent: entry.was_absent && !entry.was_refused(),
            resends: entry.resends,
            unknown_user_before: entry.user_was_unknown(),
            several_before: entry.state == DeviceState::Several,
            doubt: entry.doubt.as_ref().map(|doubt| Doubt::new(doubt.since_ms)),
            ..History::default()
        });
        let long = self.rng.bool();
        let stopped = !self.calm && self.rng.u8(..4) == 0;
        Task {
            history,
            last_send: None,
            others_succeed: self.rng.bool(),
            others_until: self.now + if long { 2 * self.settle_ms } else { 0 },
            stop_at: if stopped {
                self.now + self.rng.i64(0..self.settle_ms)
            } else {
                i64::MAX
            },
        }
    }

    fn create(&mut self, task: &mut Task, resend: bool) -> Result<Decision, Halt> {
        self.may_crash(0)?;
        if self.defect.is_none() && !self.ledger.accepts(resend, task.history.was_absent) {
            return Err(Broken::LedgerRefuses.into());
        }
        let intent = self.clocks.moment(self.now);
        let since_ms = intent.wall_ms;
        self.ledger.intend(resend, task.history.was_absent, intent);
        self.note(|_| format!("intent, resend {resend}"));
        if !self.calm && self.rng.u8(..10) == 0 {
            // The machine was suspended between the intent and the send.
            self.now += self.rng.i64(0..2 * self.settle_ms);
        }
        self.may_crash(0)?;
        let outcome = if !self.calm && self.rng.u8(..20) == 0 {
            AttemptOutcome::NotCreated(Refusal::Withheld)
        } else {
            self.post()?
        };
        let mut decision = after_create(
            &self.policy,
            &mut task.history,
            &outcome,
            Proof::Proven,
            since_ms,
            task.others_succeed,
            self.rng.f64(),
        );
        if self.defect == Some(Defect::RetriesServerErrors)
            && outcome == AttemptOutcome::Indeterminate(Ambiguity::ServerError)
            && task.history.resends < RESENDS_MAX
        {
            decision = resend_now(&mut task.history);
        }
        let (state, device) = match (&outcome, &decision) {
            (AttemptOutcome::Created(device), _) => (DeviceState::Created, Some(device)),
            (AttemptOutcome::Indeterminate(_), _) => (DeviceState::Unresolved, None),
            (AttemptOutcome::NotCreated(_), Decision::Finish(verdict)) => (verdict.state, None),
            (AttemptOutcome::NotCreated(_), _) => (DeviceState::Failed, None),
        };
        let unknown = outcome == AttemptOutcome::NotCreated(Refusal::UserUnknown);
        let now = self.clocks.moment(self.now);
        self.ledger
            .settle(state, device, unknown.then_some(404), now);
        task.last_send = Some((self.now, Duration::ZERO));
        Ok(decision)
    }

    /// Sends a create, and comes back with what is known when the outcome is written down.
    fn post(&mut self) -> Result<AttemptOutcome, Halt> {
        self.posts += 1;
        let wait = self.unanswered.map_or(i64::MAX, |since| self.now - since);
        if self.posts > 1 + self.not_created + RESENDS_MAX {
            return Err(Broken::SentTooOften.into());
        }
        if wait < self.settle_ms {
            self.note(|_| format!("sent {wait} ms after an unanswered request"));
            return Err(Broken::SentTooSoon.into());
        }
        let given_up = self.now + self.rng.i64(0..LONGEST_CREATE);
        let outcome = self.pingone.post(&mut self.rng, self.now, given_up);
        self.now = given_up;
        self.unanswered = Some(given_up);
        self.note(|_| format!("POST, given up or answered now: {outcome:?}"));
        self.may_crash(0)?;
        match outcome {
            AttemptOutcome::Created(_) => self.unanswered = None,
            AttemptOutcome::NotCreated(_) => {
                self.unanswered = None;
                self.not_created += 1;
            }
            AttemptOutcome::Indeterminate(_) => {}
        }
        Ok(outcome)
    }

    fn look(&mut self, task: &mut Task) -> Result<Decision, Halt> {
        let asked = self.now;
        self.now += self.rng.i64(0..LONGEST_LOOK);
        let mut outcome = self.pingone.list(&mut self.rng, asked, self.now);
        self.note(|_| format!("look: {outcome:?}"));
        self.may_crash(0)?;
        let doubted = task.history.doubt.is_some();
        if self.defect == Some(Defect::TakesSilenceForAbsence)
            && outcome == LookOutcome::NoInformation
        {
            outcome = LookOutcome::Seen(Listing::Absent);
        }
        if self.defect == Some(Defect::BelievesTheFirstNegative)
            && outcome == LookOutcome::Seen(Listing::Absent)
            && doubted
            && task.history.resends < RESENDS_MAX
        {
            return Ok(resend_now(&mut task.history));
        }
        let age = task
            .last_send
            .map_or(Duration::ZERO, |(at, age)| age + ms(self.now - at));
        let decision = after_look(
            &self.policy,
            &mut task.history,
            &outcome,
            age,
            task.others_succeed,
            self.rng.f64(),
        );
        if let Decision::Finish(Verdict { state, device }) = &decision
            && *state != DeviceState::Unresolved
            && (*state != DeviceState::Several || device.is_some())
        {
            let status = (outcome == LookOutcome::UserUnknown).then_some(404);
            let now = self.clocks.moment(self.now);
            self.ledger.settle(*state, device.as_ref(), status, now);
        }
        Ok(decision)
    }

    /// Ends the process, now or at some time of the next `within` milliseconds.
    fn may_crash(&mut self, within: i64) -> Result<(), Halt> {
        if self.calm || self.rng.f64() >= self.crash {
            return Ok(());
        }
        self.now += self.rng.i64(0..=within);
        Err(Halt::Crash)
    }

    fn note(&mut self, text: impl FnOnce(&Self) -> String) {
        if self.trace.is_some() {
            let line = format!("{:>12} {}", self.now - 1_764_000_000_000, text(self));
            self.trace.get_or_insert_default().push(line);
        }
    }

    pub(super) fn trace(self) -> String {
        self.trace.unwrap_or_default().join("\n")
    }
}

fn resend_now(history: &mut History) -> Decision {
    history.doubt = None;
    history.resends += 1;
    Decision::Create {
        after: Duration::ZERO,
        resend: true,
    }
}

fn look(after: Duration) -> Decision {
    Decision::Look { after }
}

fn ms(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap())
}

/// Rounded up, as timers do: never before its time.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap()
}

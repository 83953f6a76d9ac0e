//! What a run meets: the wire, PingOne behind it, the disk and the clocks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use hyper::Method;
use hyper::http::request::Parts;
use reqwest::header::RETRY_AFTER;

use super::counts::Counts;
use super::defect::Defect;
use super::exchange::{Exchange, Question, cursor_of, transaction, user_of};
use super::judge::{Judge, Listing, Told};
use super::lines::{Line, Lines};
use super::pingone::{PingOne, Time};
use super::says::{Answer, ECHO, Reply, digits, mfa_enabled, page};
use super::troubles;
use super::weather::{Echo, Naming, Weather};
use crate::clock;
use crate::clock::played::{self, Machine};
use crate::ledger::{Fate, InMemory, Writing};
use crate::model::rate_group::RateGroup;
use crate::pingone::played::Said;
use crate::pingone::transport::{Fault, FaultKind};
use crate::pingone::wire::CreateDevice;

/// Everything but the run.
#[derive(Debug)]
pub(super) struct World {
    pub(super) rng: Rng,
    pub(super) weather: Weather,
    pub(super) machine: Machine,
    pub(super) pingone: PingOne,
    pub(super) lines: Lines,
    pub(super) judge: Judge,
    pub(super) ledger: Arc<Mutex<InMemory>>,
    pub(super) defect: Option<Defect>,
    pub(super) trace: Option<Vec<String>>,
    /// Whether the process dies now.
    pub(super) dies: bool,
    /// How often the wall clock was set.
    pub(super) jumps: u32,
    pub(super) counts: Counts,
}

pub(super) type Shared = Arc<Mutex<World>>;

/// How often the clock of a machine is set back in a history at most.
pub(super) const JUMPS_MAX: u32 = 12;

pub(super) fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(super) fn time(&self) -> Time {
        Time::try_from(self.machine.time().as_micros()).expect("it is in our times")
    }

    pub(super) fn note(&mut self, what: impl FnOnce() -> String) {
        let now = self.time();
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>14} {}", now % 1_000_000_000_000, what()));
        }
    }

    /// Lets a machine sleep, or has its clock set, as the weather is.
    fn stir(&mut self) {
        if self.rng.f64() >= self.weather.sleepy {
            return;
        }
        self.counts.stirred += 1;
        let most = 2 * u64::try_from(self.weather.settle.as_millis()).expect("it is short");
        let ms = self.rng.u64(0..most);
        let by = i64::try_from(ms).expect("it is short");
        match self.rng.u8(..3) {
            0 => self.machine.suspended += Duration::from_millis(ms),
            1 => self.set_clock(-by),
            _ => self.set_clock(by),
        }
        played::set(Some(self.machine));
        self.note_clocks();
    }

    pub(super) fn note_clocks(&mut self) {
        let Machine {
            suspended,
            ahead_ms,
            booted: (boot, _),
            ..
        } = self.machine;
        self.note(|| {
            format!("boot {boot}, slept {suspended:?}, wall clock ahead by {ahead_ms} ms")
        });
    }

    /// Sets the wall clock. Across boots only that one is left, so there it gains no time.
    pub(super) fn set_clock(&mut self, by_ms: i64) {
        if self.jumps < JUMPS_MAX && (by_ms < 0 || !self.weather.reboots) {
            self.jumps += 1;
            self.machine.ahead_ms += by_ms;
            played::set(Some(self.machine));
        }
    }

    /// How the next commit goes.
    pub(super) fn write(&mut self) -> Writing {
        let mut delay = |most| Duration::from_micros(self.rng.u64(0..most));
        let (before, after) = (delay(20_000), delay(5_000));
        let is_bad = self.rng.f64() < self.weather.bad_disk;
        let fate = match self.rng.u8(..3) {
            _ if self.defect == Some(Defect::WritesAfterwards) => Fate::HoldsLater,
            _ if !is_bad => Fate::Holds,
            0 => Fate::DiskFull,
            half => Fate::Fails { holds: half == 1 },
        };
        Writing {
            before,
            after,
            fate,
        }
    }

    /// A connection for a request that is begun now, and how long that takes.
    pub(super) fn connect(
        &mut self,
        pool: Option<u64>,
        group: RateGroup,
    ) -> (Result<Line, FaultKind>, Duration) {
        self.stir();
        self.judge.begins(group, clock::now());
        let now = self.time();
        if let Some(line) = self.lines.kept(pool, now) {
            return (Ok(line), Duration::ZERO);
        }
        let soon = Duration::from_micros(self.rng.u64(0..50_000));
        match troubles::of_connecting(&mut self.rng, &self.weather) {
            Some(kind @ FaultKind::ConnectTimeout) => (Err(kind), Duration::from_secs(10)),
            Some(kind) => (Err(kind), soon),
            None => (Ok(self.lines.new_line(pool)), soon),
        }
    }

    /// Takes a request that has left.
    pub(super) fn receive(&mut self, line: Line, head: &Parts, body: Bytes) -> Exchange {
        self.counts.requests += 1;
        let now = self.time();
        self.pingone.advance(&self.weather, now);
        let latency = match self.rng.u8(..16) {
            0 => self.rng.i64(500_000..4_000_000),
            1 if self.weather.create_trouble > 0.0 => self.rng.i64(1_000_000..40_000_000),
            _ => self.rng.i64(2_000..300_000),
        };
        let at = now + latency;
        let is_stolen = line.late().is_some_and(|late| late < at);
        let (weather, rng) = (&self.weather, &mut self.rng);
        let path = head.uri.path();
        let (question, reply) = if path.ends_with("/token") {
            (Question::Token, self.pingone.token(rng, weather))
        } else if path.ends_with("/mfaEnabled") {
            let (user, switches) = (user_of(path), head.method == Method::PUT);
            self.counts.switches += u64::from(switches);
            let reply = self.pingone.mfa(rng, weather, (user, now), switches);
            (Question::Mfa(user), reply)
        } else if head.method == Method::GET {
            let (user, further) = (user_of(path), head.uri.query().and_then(cursor_of));
            let reply = self.pingone.list(rng, weather, (user, now), further);
            (Question::Look(user), reply)
        } else {
            let number = self.create(head, body, now);
            self.dies = self.rng.f64() < 10.0 * self.weather.crash;
            let (weather, rng) = (&self.weather, &mut self.rng);
            let (post, reply) = self.pingone.create(rng, weather, (number, now), is_stolen);
            (Question::Create(post, number), reply)
        };
        self.note(|| format!("{} {question:?} stolen {is_stolen}: {reply:?}", head.method));
        let reply = self.dressed(reply, transaction(head), now);
        Exchange {
            line,
            question,
            asked: now,
            own: (at, reply),
            is_stolen,
        }
    }

    /// Judges a create that has left; gives which device it is for.
    fn create(&mut self, head: &Parts, body: Bytes, now: Time) -> usize {
        let asked: CreateDevice = serde_json::from_slice(&body).expect("it is ours");
        let user = user_of(head.uri.path());
        let phone = asked.phone.expect("it has one");
        let mut wanted = self.pingone.wanted.iter();
        let number = wanted.position(|request| {
            let same = request.key.user == user && request.key.kind.as_str() == asked.kind;
            same && format!("+{}", digits(request)) == phone
        });
        let number = number.expect("it is of the wave");
        let attempt = transaction(head).rsplit('-').next();
        let attempt = attempt.and_then(|n| n.parse().ok()).unwrap_or(0);
        let ledger = lock(&self.ledger);
        let entry = ledger.entry(&self.pingone.wanted[number].key);
        let which = (number, &self.pingone.wanted[..]);
        let can_use_it = !self.weather.enables_mfa || self.pingone.people.has_mfa(user);
        self.judge.sends_to(can_use_it);
        let looks_first = self.weather.looks_first(self.machine.ahead_ms);
        self.judge
            .sends(which, (entry, attempt), body, looks_first, now);
        number
    }

    /// An answer with the headers that all have.
    fn dressed(&mut self, reply: Reply, transaction: &str, now: Time) -> Reply {
        let Reply::Answer(answer) = reply else {
            return reply;
        };
        let date = now / 1000 + self.weather.remote_ahead_ms;
        let answer = answer.dated(self.weather.dates.then_some(date));
        let repeats = match self.weather.echo {
            Echo::Always | Echo::InCapitals => true,
            Echo::Never => false,
            Echo::Sometimes => self.rng.bool(),
        };
        let capitals = self.weather.echo == Echo::InCapitals;
        Reply::Answer(match (repeats, capitals) {
            (false, _) => answer,
            (true, true) => answer.with(ECHO, transaction.to_uppercase()),
            (true, false) => answer.with(ECHO, transaction),
        })
    }

    /// Gives what comes on a connection: the answer, or one that is late.
    pub(super) fn answer(&mut self, exchange: Exchange, transaction: &str) -> Result<Said, Fault> {
        let now = self.time();
        self.pingone.advance(&self.weather, now);
        let (question, asked, is_stolen) = (exchange.question, exchange.asked, exchange.is_stolen);
        let (mut line, (at, own)) = (exchange.line, exchange.own);
        let late = is_stolen.then(|| line.take_late()).flatten();
        let reply = match (late, own) {
            (Some(late), own) => {
                if let Reply::Answer(own) = own {
                    line.add_late(at.max(now + 1), own);
                }
                Reply::Answer(late)
            }
            (None, own) => own,
        };
        self.counts.stolen[0] += u64::from(is_stolen && matches!(question, Question::Create(..)));
        self.counts.stolen[1] += u64::from(is_stolen && matches!(question, Question::Look(_)));
        self.judge_reply(question, &reply, (asked, is_stolen), now);
        let answer = match self.tampered(reply, question, transaction) {
            Reply::Answer(answer) => answer,
            Reply::Ends(kind) => return Err(fault(kind)),
            Reply::Silence => return Err(fault(FaultKind::TimedOut)),
        };
        if !is_stolen && self.rng.f64() < self.weather.twice {
            let after = [0, 300, 2_000, 40_000, 120_000, 2_000_000][self.rng.usize(..6)];
            line.add_late(now + after, answer.clone());
        }
        let number = line.number;
        if answer.cut.is_none() {
            self.lines.keep(line, now);
        }
        Ok(answer.said(number))
    }

    fn judge_reply(
        &mut self,
        question: Question,
        reply: &Reply,
        (asked, is_stolen): (Time, bool),
        now: Time,
    ) {
        let unknown = Told::Unknown;
        let told = match reply {
            Reply::Answer(answer) => &answer.told,
            Reply::Ends(_) | Reply::Silence => &unknown,
        };
        match question {
            Question::Token => return,
            // It tells nothing of a device.
            Question::Mfa(_) => {}
            Question::Create(post, number) => {
                let (weather, rng) = (&self.weather, &mut self.rng);
                self.pingone.given_up(rng, weather, post, now);
                self.counts.creates += 1;
                self.counts.lost += u64::from(matches!(told, Told::Unknown));
                self.judge.came_back(number, told, is_stolen, now);
                if matches!(reply, Reply::Answer(answer) if answer.status == 409) {
                    self.judge.met_a_conflict(number);
                }
            }
            Question::Look(user) => {
                if let Told::Listing(listing) = told
                    && listing.user == user
                {
                    let asked = if is_stolen { asked } else { listing.asked };
                    let listing = Listing {
                        asked,
                        ..listing.clone()
                    };
                    self.judge.listed(&listing, &self.pingone.wanted);
                }
            }
        }
        if let Reply::Answer(answer) = reply
            && let Some(hold) = answer.hold
            && (answer.status == 429 || answer.status == 503)
        {
            let group = (answer.status == 429).then(|| question.group());
            self.judge.holds(group, hold, clock::now());
        }
        self.note(|| format!("  comes back: stolen {is_stolen}, {reply:?}"));
    }

    /// What the run makes of a reply where a rule is broken on purpose.
    fn tampered(&self, reply: Reply, question: Question, transaction: &str) -> Reply {
        match (self.defect, question, reply) {
            (Some(Defect::SendsAgainAfterALoss), Question::Create(..), Reply::Ends(_)) => {
                Reply::Answer(troubles::refused_for_now().with(ECHO, transaction))
            }
            (Some(Defect::TakesSilenceForAbsence), Question::Look(user), Reply::Ends(_)) => {
                let body = page(&[], (0, 0), Some(user), None);
                Reply::Answer(Answer::new(200, body, Told::Nothing))
            }
            (Some(Defect::BelievesAnyAnswer), _, Reply::Answer(mut answer)) => {
                answer.headers.retain(|(name, _)| name.as_str() != ECHO);
                Reply::Answer(answer.with(ECHO, transaction))
            }
            (Some(Defect::HearsNoRetryAfter), _, Reply::Answer(mut answer)) => {
                answer.headers.retain(|(name, _)| *name != RETRY_AFTER);
                Reply::Answer(answer)
            }
            (Some(Defect::TakesAnythingForOn), Question::Mfa(user), reply) => {
                let is_throttle = matches!(&reply, Reply::Answer(answer) if answer.hold.is_some());
                if is_throttle {
                    return reply;
                }
                let body = mfa_enabled(true, user, Naming::Link);
                Reply::Answer(Answer::new(200, body, Told::Nothing).with(ECHO, transaction))
            }
            (_, _, reply) => reply,
        }
    }

    /// Takes note that nobody waits for an answer any more.
    pub(super) fn give_up(&mut self, exchange: &Exchange) {
        let now = self.time();
        self.pingone.advance(&self.weather, now);
        let is_create = matches!(exchange.question, Question::Create(..));
        if is_create {
            let silence = Reply::Silence;
            self.judge_reply(exchange.question, &silence, (exchange.asked, false), now);
        }
    }
}

/// Trouble of this kind.
pub(super) fn fault(kind: FaultKind) -> Fault {
    Fault {
        kind,
        detail: String::new(),
    }
}

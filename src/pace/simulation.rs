//! The pace in virtual time, against a bucket as PingOne's documents describe it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::clock;
use crate::model::pace_reading::PaceReading;

/// How many requests of a client are in flight at most.
const WIDTH: usize = 32;

/// A limit that is in force from a moment on.
pub(super) type Limits = Vec<(u64, f64)>;

/// A tenant: one bucket, filled at the limit, that holds as much as comes in so many seconds.
struct Tenant {
    limits: Limits,
    holds: f64,
    level: f64,
    filled: Duration,
}

impl Tenant {
    fn limit(&self, at: Duration) -> f64 {
        let passed = self
            .limits
            .iter()
            .take_while(|(from, _)| *from <= at.as_secs());
        passed.last().unwrap().1
    }

    /// Whether a request that comes at this moment is taken.
    fn takes(&mut self, at: Duration) -> bool {
        let limit = self.limit(at);
        self.level += limit * at.saturating_sub(self.filled).as_secs_f64();
        self.level = self.level.min(limit * self.holds);
        self.filled = at;
        if self.level < 1.0 {
            return false;
        }
        self.level -= 1.0;
        true
    }

    /// How many requests were allowed in a span, the bucket's content apart.
    fn allowed(&self, from: u64, to: u64) -> f64 {
        (from..to)
            .map(|second| self.limit(Duration::from_secs(second)))
            .sum()
    }
}

/// What is played.
pub(super) struct Case {
    pub(super) limits: Limits,
    /// What the bucket holds, in seconds of the limit.
    pub(super) holds: f64,
    pub(super) retry_after: Duration,
    pub(super) round_trip: Duration,
    pub(super) clients: usize,
    pub(super) pacing: Pacing,
    pub(super) seconds: u64,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            limits: always(35.0),
            holds: 1.0,
            retry_after: Duration::from_secs(1),
            round_trip: Duration::from_millis(80),
            clients: 1,
            pacing: Pacing::UpTo(1000.0),
            seconds: 300,
        }
    }
}

/// What came of it.
pub(super) struct Played {
    /// For each client and each second, how many requests were taken and refused.
    seconds: Vec<Vec<[u32; 2]>>,
    tenant: Tenant,
    pub(super) readings: Vec<PaceReading>,
    /// The launches of the first client, and when it was refused a rate.
    pub(super) launches: Vec<Duration>,
    pub(super) events: Vec<Duration>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Launch,
    Arrives { launch: u64 },
    Answered { launch: u64, taken: bool },
}

/// One that sends requests.
struct Client {
    meter: Meter,
    /// The number of the next launch.
    next: u64,
    in_flight: usize,
    /// Whether it would launch if fewer were in flight.
    is_full: bool,
    held_until: Duration,
}

/// What happens at which moment, to which client.
struct World<'a> {
    case: &'a Case,
    start: Instant,
    dice: fastrand::Rng,
    clients: Vec<Client>,
    steps: BinaryHeap<Reverse<(Duration, usize, Step)>>,
    played: Played,
}

impl Case {
    pub(super) async fn play(&self) -> Played {
        let start = clock::now();
        let client = || Client {
            meter: Meter::new(self.pacing, start),
            next: 0,
            in_flight: 0,
            is_full: false,
            held_until: Duration::ZERO,
        };
        let mut world = World {
            case: self,
            start,
            dice: fastrand::Rng::with_seed(7),
            clients: (0..self.clients).map(|_| client()).collect(),
            steps: BinaryHeap::new(),
            played: Played {
                seconds: vec![vec![[0; 2]; place(self.seconds) + 1]; self.clients],
                tenant: Tenant {
                    limits: self.limits.clone(),
                    holds: self.holds,
                    level: self.limits[0].1 * self.holds,
                    filled: Duration::ZERO,
                },
                readings: Vec::new(),
                launches: Vec::new(),
                events: Vec::new(),
            },
        };
        for client in 0..self.clients {
            // Not all in one moment.
            let later = Duration::from_millis(300) * u32::try_from(client).unwrap();
            world.then(later, client, Step::Launch);
        }
        while let Some(Reverse((at, client, step))) = world.steps.pop() {
            if at.as_secs() >= self.seconds {
                break;
            }
            tokio::time::advance((start + at).saturating_duration_since(clock::now())).await;
            match step {
                Step::Launch => world.launch(at, client),
                Step::Arrives { launch } => world.arrives(at, client, launch),
                Step::Answered { launch, taken } => world.answered(at, client, launch, taken),
            }
        }
        let readings = world.clients.iter().map(|client| client.meter.reading());
        world.played.readings = readings.collect();
        world.played
    }
}

impl World<'_> {
    fn then(&mut self, at: Duration, client: usize, step: Step) {
        self.steps.push(Reverse((at, client, step)));
    }

    /// Half of a round trip, more or less.
    fn trip(&mut self) -> Duration {
        self.case.round_trip.mul_f64(0.4 + 0.2 * self.dice.f64())
    }

    fn launch(&mut self, at: Duration, number: usize) {
        let client = &mut self.clients[number];
        if client.in_flight >= WIDTH {
            client.is_full = true;
            return;
        }
        if let Err(wait) = client.meter.take(self.start + at) {
            self.then(wait.until() - self.start, number, Step::Launch);
            return;
        }
        assert!(at >= client.held_until, "a launch while all is held");
        client.in_flight += 1;
        let launch = client.next;
        client.next += 1;
        if number == 0 {
            self.played.launches.push(at);
        }
        let trip = self.trip();
        self.then(at + trip, number, Step::Arrives { launch });
        self.then(at, number, Step::Launch);
    }

    fn arrives(&mut self, at: Duration, number: usize, launch: u64) {
        let taken = self.played.tenant.takes(at);
        self.played.seconds[number][place(at.as_secs())][usize::from(!taken)] += 1;
        let trip = self.trip();
        self.then(at + trip, number, Step::Answered { launch, taken });
    }

    fn answered(&mut self, at: Duration, number: usize, launch: u64, taken: bool) {
        let client = &mut self.clients[number];
        client.in_flight -= 1;
        if taken {
            client.meter.answered();
        } else {
            let events = client.meter.reading().events;
            let pause = self.case.retry_after.mul_f64(1.0 + 0.1 * self.dice.f64());
            client.meter.refused(launch, client.next, pause);
            let now = self.start + at;
            client.meter.hold(now + pause, now);
            client.held_until = client.held_until.max(at + pause);
            if number == 0 && client.meter.reading().events > events {
                self.played.events.push(at);
            }
        }
        if std::mem::take(&mut client.is_full) {
            self.then(at, number, Step::Launch);
        }
    }
}

fn place(second: u64) -> usize {
    usize::try_from(second).unwrap()
}

impl Played {
    /// Of what was allowed in a span of seconds: the share that was used, and the share of answers
    /// that were refusals.
    pub(super) fn shares(&self, from: u64, to: u64) -> (f64, f64) {
        let span = place(from)..place(to);
        let (mut taken, mut refused) = (0, 0);
        for client in &self.seconds {
            for [yes, no] in &client[span.clone()] {
                taken += yes;
                refused += no;
            }
        }
        let (taken, refused) = (f64::from(taken), f64::from(refused));
        (
            taken / self.tenant.allowed(from, to),
            refused / (taken + refused).max(1.0),
        )
    }

    /// How even the clients' shares are, 1 where they are the same (Jain's index).
    pub(super) fn evenness(&self, from: u64, to: u64) -> f64 {
        let span = place(from)..place(to);
        let of = |client: &Vec<[u32; 2]>| {
            f64::from(
                client[span.clone()]
                    .iter()
                    .map(|[taken, _]| taken)
                    .sum::<u32>(),
            )
        };
        let shares: Vec<f64> = self.seconds.iter().map(of).collect();
        let sum: f64 = shares.iter().sum();
        let squares: f64 = shares.iter().map(|share| share * share).sum();
        sum * sum / (f64::from(u32::try_from(shares.len()).unwrap()) * squares)
    }
}

/// A limit that is the same all the time.
pub(super) fn always(limit: f64) -> Limits {
    vec![(0, limit)]
}

//! The only module that waits: one loop that takes rows, paces them, writes them
//! down, sends them, and hears what became of them.
//!
//! - **Written before sent, told after written.** An intent is committed before
//!   its request leaves; an outcome is announced once it is on disk.
//! - **Paced before written.** Token and pace come first, the intent last, so that a
//!   crash leaves in doubt only what may really be on the wire.
//! - **The disk does not stop the wire.** A commit runs on the ledger's own thread;
//!   answers go on being read, and the next turn takes what has gathered.
//! - **One way back.** What must be done again goes back into this loop's queues, and
//!   nowhere else.

mod answers;
mod audit;
mod budget;
mod ending;
mod guard;
mod job;
mod launch;
pub mod questions;
mod remote_clock;
mod renew;
mod stop;
mod task;
mod turn;
mod whose;
mod wind_down;

use std::collections::VecDeque;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use thiserror::Error;
use tokio::time::Instant;

pub use self::guard::{GuardOptions, MaxErrors};
pub use self::stop::{Stop, Stopper, stop};

use self::budget::RetryBudget;
use self::guard::Guard;
use self::job::Done;
use self::remote_clock::RemoteClock;
use self::task::{Busy, Task, Timetable};
use self::turn::{Pending, Turn};
use crate::clock;
use crate::ledger::{self, Ledger};
use crate::model::entry::Moment;
use crate::model::event::{Event, RowLabel};
use crate::model::ids::RunId;
use crate::model::invalid::Invalid;
use crate::model::request::DeviceRequest;
use crate::model::stop::StopReason;
use crate::pingone::client::Client;
use crate::pingone::token::TokenCache;
use crate::plan::{Existing, Seen};
use crate::rate_limit::{Rate, RateLimiter};
use crate::retry::RetryPolicy;

/// What a run does, and how fast.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The run.
    pub run: RunId,
    /// What a device that exists already means.
    pub existing: Existing,
    /// What is tried again, and when.
    pub retry: RetryPolicy,
    /// When going on is pointless.
    pub guard: GuardOptions,
    /// The ceiling of the pace.
    pub rate: Rate,
    /// After how long to stop.
    pub max_duration: Option<Duration>,
    /// How many devices to create at most.
    pub limit: Option<u64>,
}

/// A row of the wave, judged.
#[derive(Debug)]
pub enum PlannedRow {
    /// It is wrong.
    Invalid {
        /// Which row.
        who: RowLabel,
        /// What is wrong with it.
        invalid: Invalid,
    },
    /// It asks for a device.
    Valid(DeviceRequest),
}

/// Why a run could not go on.
#[derive(Debug, Error)]
pub enum Error {
    /// The ledger failed: nothing was sent after that.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A part of the run panicked: nothing was sent after that.
    #[error("the run was cut short by a fault of wavepair itself")]
    Panicked,
}

/// Runs a wave: sends what has to be sent, and settles what can be settled.
///
/// `rows` gives the rows in input order, each with the number of input bytes read
/// so far, or why there is no next one: nothing new is sent then, and what is on the
/// wire is waited for and written down. Every step is told to `report` after it is on disk.
///
/// Returns why the run stopped before its input was done, if it did.
///
/// # Errors
///
/// The ledger failed, or a part of the run panicked. What was on the wire then was
/// waited for; the next run settles it.
pub async fn run(
    client: &Client,
    ledger: &Ledger,
    tokens: TokenCache,
    options: EngineOptions,
    stop: Stop,
    rows: &mut dyn Iterator<Item = Result<(PlannedRow, u64), StopReason>>,
    report: &mut dyn FnMut(&Event),
) -> Result<Option<StopReason>, Error> {
    let start = clock::now();
    let mut engine = Engine {
        client,
        ledger,
        limiter: RateLimiter::new(options.rate),
        guard: Guard::new(options.guard, ledger.any_device()?).of(client.address()),
        budget: RetryBudget::new(),
        tokens,
        token_tries: 0,
        token_wanted: false,
        token_due: None,
        create_refused: false,
        deadline: options.max_duration.map(|most| start + most),
        options,
        stop,
        reason: None,
        winding_down: None,
        rows: Some(rows),
        report,
        opened: (start, clock::moment()),
        remote: RemoteClock::default(),
        seen: Seen::default(),
        busy: Busy::default(),
        looks: VecDeque::new(),
        creates: VecDeque::new(),
        waiting: Timetable::default(),
        deferred: Timetable::default(),
        lasts: VecDeque::new(),
        audits: VecDeque::new(),
        jobs: FuturesUnordered::new(),
        looking: 0,
        creating: 0,
        devices: 0,
        pending: Pending::default(),
        turn: None,
        told_waiting: None,
        panicked: false,
    };
    let end = unless_it_panics(engine.work())
        .await
        .unwrap_or(Err(Error::Panicked));
    if end.is_err() {
        // Nothing more is sent; what is on the wire may still be answered, and is not cut off.
        while !matches!(unless_it_panics(engine.jobs.next()).await, Ok(None)) {}
    }
    end?;
    if engine.panicked {
        return Err(Error::Panicked);
    }
    Ok(engine.reason.or(engine.winding_down))
}

/// A part of the run has panicked.
struct Panicked;

/// Waits for something that may panic. What it has borrowed may be half done then.
async fn unless_it_panics<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let caught = AssertUnwindSafe(work).catch_unwind().await;
    caught.map_err(|_| Panicked)
}

struct Engine<'a> {
    client: &'a Client,
    ledger: &'a Ledger,
    options: EngineOptions,
    limiter: RateLimiter,
    guard: Guard,
    budget: RetryBudget,
    tokens: TokenCache,
    token_tries: u32,
    token_wanted: bool,
    /// When a token is asked for again.
    token_due: Option<Instant>,
    /// Whether the last create that was answered was refused for its token.
    create_refused: bool,
    deadline: Option<Instant>,
    stop: Stop,
    reason: Option<StopReason>,
    /// Why nothing more is created, while what is in doubt is still looked for.
    winding_down: Option<StopReason>,
    rows: Option<&'a mut dyn Iterator<Item = Result<(PlannedRow, u64), StopReason>>>,
    report: &'a mut dyn FnMut(&Event),
    /// When the run began, on both clocks.
    opened: (Instant, Moment),
    remote: RemoteClock,
    seen: Seen,
    busy: Busy,
    looks: VecDeque<Box<Task>>,
    creates: VecDeque<Box<Task>>,
    waiting: Timetable,
    deferred: Timetable,
    /// Rows that PingOne refused before: they come last.
    lasts: VecDeque<Box<Task>>,
    /// Devices of ours that are looked at once more when all else is done.
    audits: VecDeque<Box<Task>>,
    jobs: FuturesUnordered<LocalBoxFuture<'a, Done>>,
    looking: usize,
    /// Creates on the wire or on their way there.
    creating: usize,
    /// Creates that made a device or may have: what `limit` counts.
    devices: u64,
    pending: Pending,
    turn: Option<Turn<'a>>,
    told_waiting: Option<(usize, Instant)>,
    /// Whether a request was lost to a panic: its row is in flight for good.
    panicked: bool,
}

/// What to wait for when nothing more can be launched.
enum Wake {
    /// Until then at the latest.
    At(Instant),
    /// Until something happens.
    Event,
    /// Not at all: there are more rows to take up.
    Now,
}

impl Engine<'_> {
    async fn work(&mut self) -> Result<(), Error> {
        loop {
            self.heed_stop();
            let wake = self.launch()?;
            self.end_deferred();
            self.begin_turn();
            if self.begin_audits() {
                continue;
            }
            if self.is_done() {
                return Ok(());
            }
            self.tell_waiting();
            self.wait(wake).await?;
        }
    }

    /// Whether nothing is under way any more and nothing will be.
    fn is_done(&self) -> bool {
        // Under a stop nobody waits for a token any more.
        let answered = if self.reason.is_some() {
            self.looking + self.creating == 0
        } else {
            self.jobs.is_empty()
        };
        let quiet = answered && self.turn.is_none() && self.pending.is_empty();
        let out_of_work =
            self.is_out_of_work() && self.audits.is_empty() && self.deferred.is_empty();
        quiet && (self.reason.is_some() || out_of_work)
    }

    /// Whether no row is left that anything can be done for.
    fn is_out_of_work(&self) -> bool {
        self.rows.is_none()
            && self.looks.is_empty()
            && self.creates.is_empty()
            && self.waiting.is_empty()
    }

    /// Ends the rows that nobody waits for, once only they are left.
    fn end_deferred(&mut self) {
        let under_way = !self.jobs.is_empty() || self.turn.is_some() || !self.pending.is_empty();
        if under_way || !self.is_out_of_work() || !self.audits.is_empty() {
            return;
        }
        for task in self.deferred.drain() {
            self.finish_unknown(&task);
        }
    }

    /// Waits for an answer, a commit, a moment, or a wish to stop; takes all that is there.
    async fn wait(&mut self, wake: Wake) -> Result<(), Error> {
        let more = matches!(wake, Wake::Now);
        if more {
            tokio::task::yield_now().await;
        }
        let until = match wake {
            Wake::At(until) => Some(until),
            Wake::Now | Wake::Event => None,
        };
        let until = match (until, self.deadline.filter(|_| self.reason.is_none())) {
            (Some(until), Some(deadline)) => Some(until.min(deadline)),
            (until, deadline) => until.or(deadline),
        };
        let mut first = None;
        tokio::select! {
            biased;
            () = self.stop.asked(), if self.reason.is_none() => {}
            done = unless_it_panics(self.jobs.next()), if !self.jobs.is_empty() => {
                first = self.unless_lost(done);
            }
            committed = turn::committed(&mut self.turn), if self.turn.is_some() => {
                self.after_turn(committed?);
            }
            // Not by a timer, which would take up to a millisecond.
            () = std::future::ready(()), if more => {}
            () = sleep_until(until), if until.is_some() => {}
        }
        while let Some(done) = first {
            self.take(done)?;
            let next = unless_it_panics(self.jobs.next()).now_or_never();
            first = next.and_then(|done| self.unless_lost(done));
        }
        Ok(())
    }

    /// Stops where a request was lost to a panic. The others are not touched by it: their answers
    /// are still written down.
    fn unless_lost(&mut self, done: Result<Option<Done>, Panicked>) -> Option<Done> {
        done.unwrap_or_else(|Panicked| {
            self.panicked = true;
            self.request_stop(StopReason::Broken {
                what: Error::Panicked.to_string(),
            });
            None
        })
    }

    fn tell_waiting(&mut self) {
        let only_waiting = self.rows.is_none() && self.jobs.is_empty() && self.reason.is_none();
        let Some(due) = self.waiting.next_due().filter(|_| only_waiting) else {
            self.told_waiting = None;
            return;
        };
        let now = (self.waiting.len(), due);
        if self.told_waiting != Some(now) {
            self.told_waiting = Some(now);
            let next = due.saturating_duration_since(clock::now());
            (self.report)(&Event::Waiting { rows: now.0, next });
        }
    }
}

fn sleep_until(until: Option<Instant>) -> impl Future<Output = ()> {
    tokio::time::sleep_until(until.unwrap_or_else(clock::now))
}

//! The loop: it sends, waits, and hands on what comes. It has no rule of its own.

use std::sync::Arc;

use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::time::Instant;

use super::caught::{Panicked, unless_it_panics};
use super::clocks::{Opened, RemoteClock};
use super::ending::Ending;
use super::error::Error;
use super::gate::{Gate, Room, Turn};
use super::guard::{Guard, Kind};
use super::job::{Done, Job};
use super::journal::{CommittedBatch, Intended, Journal};
use super::mfa::MfaWatch;
use super::options::{EngineOptions, PlannedRow};
use super::queue::Queue;
use super::stop::Stop;
use super::tokens::{AfterVerdict, TokenVerdict, Tokens};
use super::wake::{Took, Wake};
use super::work::Work;
use super::{job, reasons};
use crate::clock;
use crate::ledger::{Ledger, Recorded};
use crate::model::event::{Event, RequestKind};
use crate::model::stop::StopReason;
use crate::pingone::client::Client;
use crate::pingone::token::{AccessToken, TokenCache};

/// Runs a wave: sends what has to be sent, and settles what can be settled.
///
/// `rows` gives the rows in input order, or why there is no next one: nothing new is
/// sent then, and what is on the wire is waited for and written down. An outcome is
/// told to `report` once it is on disk.
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
    rows: &mut dyn Iterator<Item = Result<PlannedRow, StopReason>>,
    report: &mut dyn FnMut(&Event),
) -> Result<Option<StopReason>, Error> {
    let start = clock::now();
    let guard = Guard::new(options.guard, client.address(), ledger.any_device()?);
    let mut engine = Engine {
        client,
        rows,
        tokens: Tokens::new(tokens),
        jobs: FuturesUnordered::new(),
        work: Work {
            queue: Queue::default(),
            gate: Gate::new(guard, options.pacing, options.limit).below(&options.refused),
            journal: Journal::new(ledger),
            ending: Ending::new(stop, options.max_duration.map(|most| start + most)),
            opened: Opened {
                at: start,
                moment: clock::moment(),
            },
            remote: RemoteClock::default(),
            mfa: MfaWatch::new(options.mfa),
            report,
            options,
        },
    };
    let end = unless_it_panics(engine.run())
        .await
        .unwrap_or(Err(Error::Panicked));
    if end.is_err() {
        // Nothing more is sent; what is on the wire may still be answered, and is not cut off.
        while !matches!(unless_it_panics(engine.jobs.next()).await, Ok(None)) {}
    }
    end?;
    engine.work.ending.into_result()
}

/// How many rows are read before answers are looked at again: to read is quick, but not for nothing.
const ROWS_AT_ONCE: u32 = 256;

/// A run.
struct Engine<'a> {
    client: &'a Client,
    rows: &'a mut dyn Iterator<Item = Result<PlannedRow, StopReason>>,
    tokens: Tokens,
    jobs: FuturesUnordered<LocalBoxFuture<'a, Done>>,
    work: Work<'a>,
}

impl Engine<'_> {
    async fn run(&mut self) -> Result<(), Error> {
        self.work.tell_paces();
        loop {
            if let Some(reason) = self.work.ending.due(clock::now()) {
                self.work.stop(reason);
            }
            let wake = self.send()?;
            let under_way = !self.jobs.is_empty();
            self.work.end_what_is_left(under_way);
            self.work.begin_batch();
            if self.work.has_stopped() {
                break;
            }
            if self.work.is_out_of_work(under_way) {
                if self.work.queue.begin_rechecks() {
                    continue;
                }
                if self.work.queue.is_empty() {
                    break;
                }
            }
            self.work.tell_waiting(under_way);
            self.wait(wake).await?;
        }
        self.work.tell_paces();
        Ok(())
    }

    /// Sends all that may be sent now, and takes new rows up where there is room; tells what to
    /// wait for then.
    fn send(&mut self) -> Result<Wake, Error> {
        let mut rows_read = 0;
        'next: while !self.work.ending.is_stopping() {
            let now = clock::now();
            self.work.queue.wake_due(now);
            if self.tokens.is_due(now) {
                self.fetch_token();
            }
            let mut waits = Vec::new();
            let ready = self.work.queue.ready();
            for turn in self.work.gate.turns(ready) {
                match self.take_turn(*turn, now)? {
                    Took::Row if rows_read == ROWS_AT_ONCE => return Ok(Wake::Now),
                    Took::Row => {
                        rows_read += 1;
                        continue 'next;
                    }
                    Took::Step => continue 'next,
                    Took::Waits(until) => waits.push(until),
                    Took::Nothing => {}
                }
            }
            waits.extend(self.work.queue.next_due());
            waits.extend(self.tokens.due());
            return Ok(Wake::at_first(waits));
        }
        Ok(Wake::Event)
    }

    /// Sends what is next of a kind, if all that stands before it lets it through. The pace comes last:
    /// leave that was taken is to be used at once.
    fn take_turn(&mut self, turn: Turn, now: Instant) -> Result<Took, Error> {
        let kind = match turn {
            Turn::Look => Kind::Look,
            Turn::Create => Kind::Create,
            Turn::Mfa => Kind::Mfa,
            Turn::Row => return self.take_row(),
        };
        let Some(next) = self.work.queue.next(kind) else {
            return Ok(Took::Nothing);
        };
        let must_look_first = next.must_look_first(&self.work.remote, now);
        match self.work.gate.room(kind.group()) {
            Room::Free => {}
            Room::Full => return Ok(Took::Nothing),
            Room::LimitReached => {
                self.work.stop(StopReason::LimitReached);
                return Ok(Took::Step);
            }
        }
        let Some(token) = self.token(now) else {
            return Ok(Took::Nothing);
        };
        if let Some(until) = self.work.gate.tripped_until(now) {
            return Ok(Took::Waits(until));
        }
        if must_look_first {
            self.work.queue.look_first();
            return Ok(Took::Step);
        }
        if kind == Kind::Create && self.work.minds_mfa() {
            return Ok(Took::Step);
        }
        Ok(match self.work.gate.pass(kind.group()) {
            Ok(seq) => {
                self.begin_request(kind, seq, token);
                Took::Step
            }
            Err(until) => Took::Waits(until),
        })
    }

    /// Sends a look, or a question about MFA; hands a create to the journal first.
    fn begin_request(&mut self, kind: Kind, seq: u64, token: Arc<AccessToken>) {
        let Some(mut row) = self.work.queue.pop(kind) else {
            return;
        };
        row.seq = seq;
        let (kind, word) = match kind {
            Kind::Create => return self.work.journal.intend(row, token),
            Kind::Mfa => (RequestKind::Mfa, "mfa"),
            Kind::Look => (RequestKind::List, "look"),
        };
        let transaction = format!("{}-{}-{word}", self.work.options.run, row.request.row);
        let job = Job::Ask {
            row,
            token,
            transaction,
        };
        self.begin_job(kind, job);
    }

    fn begin_job(&mut self, kind: RequestKind, job: Job) {
        (self.work.report)(&Event::Sent(kind));
        self.jobs.push(job.perform(self.client).boxed_local());
    }

    /// A token that is good for a while yet; has one fetched where there is none.
    fn token(&mut self, now: Instant) -> Option<Arc<AccessToken>> {
        let (token, fetch) = self.tokens.get(now);
        if fetch {
            self.fetch_token();
        }
        token
    }

    fn fetch_token(&mut self) {
        self.tokens.asked();
        self.begin_job(RequestKind::Token, Job::Token);
    }

    /// Takes a row of the wave up, where no listing is ready and there is room for its request.
    fn take_row(&mut self) -> Result<Took, Error> {
        let work = &mut self.work;
        let is_asked_for = work.ending.takes_rows() && work.queue.next(Kind::Look).is_none();
        if !is_asked_for || work.queue.is_full() || !work.gate.has_room() {
            return Ok(Took::Nothing);
        }
        match self.rows.next() {
            Some(Ok(row)) => {
                (work.report)(&Event::RowRead);
                work.take_row(row)?;
            }
            Some(Err(reason)) => work.stop(reason),
            None => work.end_of_rows(),
        }
        Ok(Took::Row)
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
        let until = until.into_iter().chain(self.work.ending.deadline()).min();
        let mut first = None;
        let work = &mut self.work;
        let (is_stopping, is_committing) =
            (work.ending.is_stopping(), work.journal.is_committing());
        tokio::select! {
            biased;
            () = work.ending.requested(), if !is_stopping => {}
            done = unless_it_panics(self.jobs.next()), if !self.jobs.is_empty() => {
                first = self.unless_lost(done);
            }
            committed = work.journal.committed(), if is_committing => {
                self.after_commit(committed?)?;
            }
            // Not by a timer, which would take up to a millisecond.
            () = std::future::ready(()), if more => {}
            () = tokio::time::sleep_until(until.unwrap_or_else(clock::now)), if until.is_some() => {}
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
            self.work.ending.panicked();
            self.work.stop(reasons::broken(Error::Panicked.to_string()));
            None
        })
    }

    fn take(&mut self, done: Done) -> Result<(), Error> {
        match done {
            Done::Create {
                row,
                attempt,
                token_generation,
                answered,
                took,
            } => {
                let verdict = TokenVerdict::of_create(&answered);
                self.came_back(Kind::Create, token_generation, verdict);
                self.work.take_create(row, attempt, answered, took)?;
            }
            Done::Look {
                row,
                token_generation,
                answered,
                took,
            } => {
                let verdict = TokenVerdict::of_other(&answered);
                self.came_back(Kind::Look, token_generation, verdict);
                self.work.take_look(row, answered, took)?;
            }
            Done::Mfa {
                row,
                token_generation,
                answered,
                took,
            } => {
                let verdict = TokenVerdict::of_other(&answered);
                self.came_back(Kind::Mfa, token_generation, verdict);
                self.work.take_mfa(row, &answered, took);
            }
            Done::Page {
                row,
                token_generation,
            } => {
                self.came_back(Kind::Look, token_generation, TokenVerdict::Accepted);
                self.work.queue.put_first(row);
            }
            Done::Token { asked, result } => {
                let now = clock::now();
                let date_ms = result.as_ref().ok().and_then(|granted| granted.date_ms);
                self.work.remote.hear(now, date_ms);
                let taken = self.tokens.answered(result, asked, now, fastrand::f64());
                self.work.stop_for(taken.err());
            }
        }
        Ok(())
    }

    /// Takes note of an answer, before anything follows from it.
    fn came_back(&mut self, kind: Kind, token_generation: u64, verdict: TokenVerdict) {
        self.work.gate.came_back(kind.group());
        match self.tokens.heard(kind, token_generation, verdict) {
            AfterVerdict::GoOn => {}
            AfterVerdict::Probe => self.work.gate.probe(),
            AfterVerdict::Stop(reason) => self.work.stop(reason),
        }
    }

    fn after_commit(&mut self, mut committed: CommittedBatch) -> Result<(), Error> {
        self.work.after_commit(&mut committed);
        for (intended, recorded) in committed.sendable {
            self.send_create(intended, recorded)?;
        }
        Ok(())
    }

    /// Sends a create that is on disk, unless everything was held or stopped meanwhile.
    fn send_create(&mut self, (row, token): Intended, recorded: Recorded) -> Result<(), Error> {
        let attempt = recorded.attempt();
        if self.work.ending.is_stopping() || self.work.gate.withholds(row.seq, clock::now()) {
            return self.take(job::not_sent(row, attempt, &token));
        }
        let transaction = row.request.transaction(self.work.options.run, attempt);
        self.begin_job(
            RequestKind::Create,
            Job::Create {
                row,
                recorded,
                token,
                transaction,
            },
        );
        Ok(())
    }
}

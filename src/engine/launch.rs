//! Taking rows up, and sending what may be sent.

use std::sync::Arc;

use futures::FutureExt;
use tokio::time::Instant;

use super::job::Job;
use super::task::{LastSend, Step, Task};
use super::{Engine, Error, PlannedRow, Wake};
use crate::clock;
use crate::ledger::Settled;
use crate::model::entry::{DeviceState, LedgerEntry, Moment};
use crate::model::event::{Event, RequestKind, RowFinished, RowLabel};
use crate::model::outcome::Outcome;
use crate::model::request::DeviceRequest;
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;
use crate::pingone::token::AccessToken;
use crate::plan::{Admission, admit, same_device_as};

/// The most rows that wait for a retry, a look or their user before new ones wait too.
const WAITING_MAX: usize = 10_000;
/// The most rows that PingOne refused before which wait for the end of the wave.
const LASTS_MAX: usize = 10_000;
/// How many rows are read before answers are looked at again.
const ROWS_AT_ONCE: u32 = 256;

/// What could be launched now.
enum Candidate {
    /// This.
    Step(Step),
    /// Nothing, until an answer comes.
    Blocked,
    /// Nothing, so a new row may be taken up.
    None,
}

impl Engine<'_> {
    /// Launches all that may be launched now; tells what to wait for then.
    pub(super) fn launch(&mut self) -> Result<Wake, Error> {
        let mut rows_read = 0;
        while self.reason.is_none() {
            let now = clock::now();
            self.wake_due(now);
            if self.looking + self.creating >= self.guard.width() {
                return Ok(self.next_due());
            }
            let step = match self.candidate() {
                Candidate::Step(step) => step,
                Candidate::Blocked => return Ok(self.next_due()),
                Candidate::None if self.rows.is_none() || self.is_full() => {
                    return Ok(self.next_due());
                }
                Candidate::None if rows_read == ROWS_AT_ONCE => return Ok(Wake::Now),
                Candidate::None => {
                    rows_read += 1;
                    self.take_row()?;
                    continue;
                }
            };
            let Some(token) = self.token(now) else {
                return Ok(self.next_due());
            };
            if let Some(until) = self.guard.open_until(now) {
                return Ok(Wake::At(until));
            }
            if self.must_look_first(now)
                && let Some(mut task) = self.creates.pop_front()
            {
                task.step = Step::Look;
                self.looks.push_back(task);
                continue;
            }
            if let Err(wait) = self.limiter.take() {
                return Ok(Wake::At(wait.until()));
            }
            match step {
                Step::Look => {
                    if let Some(task) = self.looks.pop_front() {
                        self.launch_look(task, token);
                    }
                }
                Step::Create { .. } => {
                    if let Some(mut task) = self.creates.pop_front() {
                        task.launch = self.guard.launch();
                        self.creating += 1;
                        self.devices += 1;
                        self.pending.intend(task, token);
                    }
                }
            }
        }
        Ok(Wake::Event)
    }

    /// What would be launched next: looks first, as they may free a row; then creates.
    fn candidate(&mut self) -> Candidate {
        if !self.looks.is_empty() {
            return Candidate::Step(Step::Look);
        }
        let Some(task) = self.creates.front() else {
            return Candidate::None;
        };
        if self.creating >= self.guard.create_width() {
            return Candidate::Blocked;
        }
        if self
            .options
            .limit
            .is_some_and(|limit| self.devices >= limit)
        {
            if self.creating == 0 {
                self.request_stop(StopReason::LimitReached);
            }
            return Candidate::Blocked;
        }
        Candidate::Step(task.step)
    }

    /// Whether the next create has to be preceded by a look: without one, only PingOne's clock could
    /// tell a device of ours from one that somebody else made.
    fn must_look_first(&self, now: Instant) -> bool {
        let next = self.creates.front().filter(|_| self.looks.is_empty());
        let first = next.filter(|task| task.step == Step::Create { resend: false });
        // Asked for each create: the wall clock alone, as a whole moment reads a file.
        let agrees = || self.remote.agrees(now, clock::wall().as_millisecond());
        first.is_some_and(|task| !task.looked && !agrees())
    }

    /// Whether so many rows wait that no new one is taken up.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() + self.busy.queued() >= WAITING_MAX
    }

    pub(super) fn wake_due(&mut self, now: Instant) {
        if self.token_due.is_some_and(|due| due <= now) {
            self.token_due = None;
            self.fetch_token();
        }
        while let Some(task) = self.waiting.due(now) {
            self.enqueue(task);
        }
        while let Some(task) = self.deferred.due(now) {
            if let Some(task) = self.busy.claim_user(task) {
                self.enqueue(task);
            }
        }
    }

    pub(super) fn enqueue(&mut self, task: Box<Task>) {
        if !self.is_wanted(&task) {
            self.free(&task);
            self.give_up(&task);
            return;
        }
        match task.step {
            Step::Look => self.looks.push_back(task),
            Step::Create { .. } => self.creates.push_back(task),
        }
    }

    pub(super) fn next_due(&self) -> Wake {
        let due = [
            self.waiting.next_due(),
            self.deferred.next_due(),
            self.token_due,
        ];
        due.into_iter()
            .flatten()
            .min()
            .map_or(Wake::Event, Wake::At)
    }

    fn launch_look(&mut self, mut task: Box<Task>, token: Arc<AccessToken>) {
        task.launch = self.guard.launch();
        self.looking += 1;
        (self.report)(&Event::Sent(RequestKind::List));
        let transaction = format!("{}-{}-look", self.options.run, task.request.row);
        let job = Job::Look {
            connection: task.connection,
            task,
            token,
            transaction,
        };
        self.jobs.push(job.perform(self.client).boxed_local());
    }

    fn take_row(&mut self) -> Result<(), Error> {
        let Some(rows) = self.rows.as_mut() else {
            return Ok(());
        };
        let Some(row) = rows.next() else {
            self.rows = None;
            for task in std::mem::take(&mut self.lasts) {
                self.begin(task);
            }
            return Ok(());
        };
        let (row, bytes) = match row {
            Ok(row) => row,
            Err(reason) => {
                self.request_stop(reason);
                return Ok(());
            }
        };
        (self.report)(&Event::RowRead { bytes });
        match row {
            PlannedRow::Invalid { who, invalid } => {
                self.row_finished(RowFinished {
                    who,
                    outcome: Outcome::Invalid,
                    device: None,
                    code: Some(invalid.code().as_str().to_owned()),
                    further_codes: invalid.further_codes(),
                    message: Some(invalid.message()),
                    earlier: false,
                    seen_twice: false,
                });
                Ok(())
            }
            PlannedRow::Valid(request) => self.take_request(request),
        }
    }

    fn take_request(&mut self, request: DeviceRequest) -> Result<(), Error> {
        if let Some(earlier) = self.busy.row_for(&request.key) {
            self.duplicate(&request, earlier);
            return Ok(());
        }
        let entry = self.ledger.entry(&request.key)?;
        if let Some(entry) = &entry
            && let Some(earlier) = self
                .seen
                .earlier(&request.key, Some(entry.number), request.row)
        {
            self.duplicate(&request, earlier);
            return Ok(());
        }
        let lost = entry.as_ref().and_then(|entry| entry.lost.as_ref());
        let lost = lost.map(|lost| self.since(lost));
        let lost_age = lost.as_ref().map(|lost| lost.age);
        let settle = self.options.retry.settle;
        let step = match admit(entry.as_ref(), self.options.existing, lost_age, settle) {
            Admission::Skip(outcome) => {
                let entry = entry.as_ref();
                self.row_finished(RowFinished {
                    who: RowLabel::from(&request),
                    outcome,
                    device: entry.and_then(|entry| entry.device),
                    code: None,
                    further_codes: Vec::new(),
                    message: None,
                    earlier: true,
                    seen_twice: false,
                });
                return Ok(());
            }
            Admission::Audit => {
                if let Some(entry) = &entry {
                    self.row_finished(RowFinished {
                        who: RowLabel::from(&request),
                        outcome: Outcome::Created,
                        device: entry.device,
                        code: None,
                        further_codes: Vec::new(),
                        message: None,
                        earlier: true,
                        seen_twice: false,
                    });
                    self.keep_for_audit(Box::new(Task::audit(request, entry, lost)));
                }
                return Ok(());
            }
            Admission::Look | Admission::Settle => Step::Look,
            Admission::Create => Step::Create { resend: false },
        };
        let mut task = Box::new(Task::new(request, step, entry.as_ref()));
        if let Some(entry) = &entry {
            task.last_send = self.last_send(entry);
            self.start_anew(&task, entry);
        }
        self.busy.take_up(&task);
        // What was refused before will hardly pass now: it is not to stand in the way of new rows.
        if task.refused_as.is_some() && self.lasts.len() < LASTS_MAX {
            self.lasts.push_back(task);
        } else {
            self.begin(task);
        }
        Ok(())
    }

    /// Begins to work at a row, once nothing else is done for its user.
    fn begin(&mut self, task: Box<Task>) {
        if let Some(task) = self.busy.claim_user(task) {
            self.enqueue(task);
        }
    }

    /// Lets a request settle from now on whose last send lies ahead of the wall clock: the clock was
    /// set back since, and would have to catch up first, run after run.
    fn start_anew(&mut self, task: &Task, entry: &LedgerEntry) {
        let now = &self.opened.1;
        let ahead = entry
            .doubt
            .as_ref()
            .is_some_and(|doubt| doubt.last_send.wall_ms > now.wall_ms);
        if ahead {
            let (state, answer) = (DeviceState::Unresolved, entry.answer.clone());
            self.pending.settle(
                task.request.row,
                Settled {
                    key: task.request.key.clone(),
                    request: task.request.digest(),
                    state,
                    device: None,
                    last_send: Some(now.clone()),
                    recheck_owed: false,
                    lost: None,
                    unproven: false,
                    answer,
                },
            );
        }
    }

    /// When an earlier run could have sent an unanswered request at the latest.
    fn last_send(&self, entry: &LedgerEntry) -> Option<LastSend> {
        Some(self.since(&entry.doubt.as_ref()?.last_send))
    }

    fn since(&self, moment: &Moment) -> LastSend {
        let (at, opened) = &self.opened;
        LastSend {
            at: *at,
            age: clock::age(moment, opened),
            moment: moment.clone(),
        }
    }

    fn duplicate(&mut self, request: &DeviceRequest, earlier: RowNumber) {
        self.row_finished(RowFinished {
            who: RowLabel::from(request),
            outcome: Outcome::Duplicate,
            device: None,
            code: None,
            further_codes: Vec::new(),
            message: Some(same_device_as(earlier)),
            earlier: false,
            seen_twice: false,
        });
    }
}

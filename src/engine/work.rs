//! The rows that are worked at: what an answer, a commit or the end does to them.
//!
//! It carries values between the parts that decide; it sends nothing and waits for nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::answers::{self, Context, Effects, Then};
use super::clocks::{Opened, RemoteClock};
use super::ending::Ending;
use super::error::Error;
use super::gate::Gate;
use super::guard::Kind;
use super::intake::{self, Asked, Intake};
use super::journal::{CommittedBatch, Journal};
use super::mfa::{Leave, MfaWatch};
use super::options::{EngineOptions, PlannedRow, UserSource};
use super::queue::Queue;
use super::row::{Row, RowEnd};
use super::{reasons, whose};
use crate::clock;
use crate::model::event::{Event, RowFinished};
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{Ambiguity, Answer, AttemptOutcome, LookOutcome};
use crate::model::stop::StopReason;
use crate::pingone::Answered;

/// The parts of a run that its rows go through.
pub(super) struct Work<'a> {
    pub(super) options: EngineOptions,
    pub(super) queue: Queue,
    pub(super) gate: Gate,
    pub(super) journal: Journal<'a>,
    pub(super) ending: Ending,
    pub(super) opened: Opened,
    pub(super) remote: RemoteClock,
    pub(super) mfa: MfaWatch,
    pub(super) report: &'a mut dyn FnMut(&Event),
}

impl Work<'_> {
    /// Takes a row of the wave up.
    pub(super) fn take_row(&mut self, row: PlannedRow) -> Result<(), Error> {
        let ended = match row {
            PlannedRow::Invalid { who, invalid } => intake::invalid(who, &invalid),
            PlannedRow::Unresolved { who, trouble } => intake::unresolved(who, &trouble),
            PlannedRow::Valid(request, source) => {
                return self.take_request((request, None), source);
            }
            PlannedRow::Barred(request, bar) => {
                return self.take_request((request, Some(bar)), UserSource::Sure);
            }
        };
        self.tell_finished(ended);
        Ok(())
    }

    fn take_request(&mut self, (request, bar): Asked, source: UserSource) -> Result<(), Error> {
        let (mut entry, mut earlier) = (None, self.queue.row_for(&request.key));
        if earlier.is_none() {
            (entry, earlier) = self.journal.look_up(&request.key, request.row)?;
        }
        if let Some(earlier) = earlier {
            self.tell_finished(intake::duplicate(&request, earlier));
            return Ok(());
        }
        let reported = self.journal.reported(&self.options.report, &request.key)?;
        let existing = (self.options.existing, reported);
        let settle = self.options.retry.settle;
        let (asked, existing) = ((request, bar), (existing, self.options.recreate));
        match intake::take_up(asked, entry.as_ref(), existing, settle, &self.opened) {
            Intake::Ends(finished) => self.tell_finished(finished),
            Intake::Settles(row, settled) => {
                let id = settled.device.as_ref().and_then(|it| it.id);
                let end = row.end(settled.state.outcome(), id);
                self.queue.note(&row);
                self.journal.settle(row.request.row, settled);
                self.finish(&row, end);
            }
            Intake::EndsAndRecheck(finished, row) => {
                self.tell_finished(finished);
                self.queue.keep_for_recheck(row);
            }
            Intake::Work {
                mut row,
                settled,
                after,
            } => {
                if let Some(settled) = settled {
                    self.journal.settle(row.request.row, settled);
                }
                row.know_user_from(source);
                self.mfa.learn(row.user(), &self.journal)?;
                self.queue.take_up(row, clock::now(), after);
            }
        }
        Ok(())
    }

    /// Begins what comes last, for the wave has no more rows.
    pub(super) fn end_of_rows(&mut self) {
        self.ending.rows_ended();
        self.queue.begin_lasts();
    }

    /// Takes the answer to a create, or that it was not sent.
    pub(super) fn take_create(
        &mut self,
        mut row: Box<Row>,
        attempt: u32,
        answered: Answered<AttemptOutcome>,
        took: Duration,
    ) -> Result<(), Error> {
        let wrong = AttemptOutcome::Indeterminate(Ambiguity::WrongDevice);
        let answered = whose::checked(&self.journal, &row, answered, whose::created, wrong)?;
        let price = answers::price(&answered);
        let affords_retry = price.is_none_or(|price| self.gate.affords(price));
        let context = self.context(took, answered.date_ms, affords_retry);
        let subject = row.subject(&answered.answer, took);
        let effects = answers::after_create(&self.options.retry, &mut row, &answered, &context);
        let now = context.now;
        let stop = self
            .gate
            .heard_create(subject, &answered, effects.retry, now);
        self.hold(Kind::Create, &answered.answer, effects.hold);
        (self.report)(&Event::AttemptEnded {
            who: row.label(),
            attempt,
            outcome: answered.outcome,
            answer: answered.answer,
            took,
            next: effects.next,
        });
        self.apply(row, effects, now);
        self.stop_for(stop);
        Ok(())
    }

    /// Takes the answer to a listing.
    pub(super) fn take_look(
        &mut self,
        mut row: Box<Row>,
        answered: Answered<LookOutcome>,
        took: Duration,
    ) -> Result<(), Error> {
        let answered = whose::checked_listing(&self.journal, &row, answered)?;
        let context = self.context(took, answered.date_ms, true);
        let subject = row.subject(&answered.answer, took);
        let empty_conflict = answers::is_empty_conflict(&row, &answered.outcome);
        let empty_conflict = empty_conflict.then(|| row.answer.clone());
        let effects = answers::after_look(&self.options.retry, &mut row, &answered, &context);
        let now = context.now;
        let stop = self
            .gate
            .heard_look(subject, &answered, empty_conflict.as_ref(), now);
        self.hold(Kind::Look, &answered.answer, effects.hold);
        (self.report)(&Event::LookEnded {
            who: row.label(),
            outcome: answered.outcome,
            took,
            next: effects.next,
        });
        self.apply(row, effects, now);
        self.stop_for(stop);
        Ok(())
    }

    /// Takes the answer to a request about a user's MFA.
    pub(super) fn take_mfa(
        &mut self,
        mut row: Box<Row>,
        answered: &Answered<MfaOutcome>,
        took: Duration,
    ) {
        let context = self.context(took, answered.date_ms, true);
        let subject = row.subject(&answered.answer, took);
        let retry = &self.options.retry;
        let news = answers::after_mfa(retry, &mut row, answered, &context);
        let effects = news.effects;
        let now = context.now;
        let stop = self.gate.heard_mfa(subject, answered, now);
        self.hold(Kind::Mfa, &answered.answer, effects.hold);
        (self.report)(&Event::MfaEnded {
            who: row.label(),
            outcome: answered.outcome.clone(),
            took,
            next: effects.next,
        });
        if let Some(state) = news.noted {
            self.journal.note(row.user(), state);
        }
        if let Some(standing) = news.standing {
            self.mfa.note(row.user(), standing);
        }
        self.apply(row, effects, now);
        self.stop_for(stop);
    }

    /// Has the user of the create that is next asked about first, or ends its row, where it may not be
    /// created for who cannot use MFA; tells whether it did either.
    pub(super) fn minds_mfa(&mut self) -> bool {
        let next = self.queue.next(Kind::Create);
        match next.map_or(Leave::Given, |row| self.mfa.leave(row)) {
            Leave::Given => return false,
            Leave::AskFirst => self.queue.ask_mfa_first(),
            Leave::Refused(answer) => {
                if let Some(mut row) = self.queue.pop(Kind::Create) {
                    let effects = answers::refuse(&mut row, &answer);
                    self.apply(row, effects, clock::now());
                }
            }
        }
        true
    }

    fn context(&mut self, took: Duration, date_ms: Option<i64>, affords_retry: bool) -> Context {
        let now = clock::now();
        self.remote.hear(now, date_ms);
        Context {
            now,
            moment: clock::moment(),
            took,
            others_succeed: self.gate.any_created(),
            affords_retry,
            jitter: fastrand::f64(),
        }
    }

    fn hold(&mut self, kind: Kind, answer: &Answer, delay: Option<Duration>) {
        if let Some(delay) = delay {
            let (group, delay) = self.gate.hold_for(kind, answer, delay);
            (self.report)(&Event::Held { group, delay });
            self.tell_paces();
        }
    }

    /// Tells how the paces go.
    pub(super) fn tell_paces(&mut self) {
        (self.report)(&Event::Paced(self.gate.paces()));
    }

    /// Does what follows an answer.
    fn apply(&mut self, row: Box<Row>, effects: Effects, now: Instant) {
        if let Some(settled) = effects.settled {
            self.journal.settle(row.request.row, settled);
        }
        match effects.then {
            Then::Go { after } => self.queue.put_later(row, now, after),
            Then::Next => self.queue.put_first(row),
            Then::Defer { after } => self.defer(row, now + after),
            Then::End(end) => {
                self.queue.free(row.user());
                self.finish(&row, end);
            }
            Then::EndAndRecheck(end) => {
                self.queue.free(row.user());
                self.finish(&row, end);
                self.queue.keep_for_recheck(row);
            }
            Then::Nothing => {}
        }
    }

    fn defer(&mut self, row: Box<Row>, due: Instant) {
        // What an earlier run left in doubt says nothing of how this one goes.
        let of_this_run = row.asked_ms.is_some();
        if let Err(row) = self.queue.defer(row, due) {
            self.end_now(&row);
        }
        if of_this_run && let Some(reason) = self.gate.heard_unsettled() {
            self.wind_down(reason);
        }
    }

    /// Ends a row as far as it has come; one that was never sent stays pending.
    fn end_now(&mut self, row: &Row) {
        if let Some(end) = row.end_now() {
            self.finish(row, end);
        }
    }

    /// Notes how a row ended; it is told once that is on disk.
    fn finish(&mut self, row: &Row, end: RowEnd) {
        self.journal.end(row.request.key.clone(), row.ended(end));
    }

    /// Whether no row is left but those that come last of all, and nothing is `under_way`.
    pub(super) fn is_out_of_work(&self, under_way: bool) -> bool {
        let quiet = !under_way && self.journal.is_idle();
        quiet && !self.ending.takes_rows() && self.queue.is_out_of_work()
    }

    /// Whether the run has stopped, and all is written down. Nobody waits for a token then.
    pub(super) fn has_stopped(&self) -> bool {
        self.ending.is_stopping() && self.gate.in_flight() == 0 && self.journal.is_idle()
    }

    /// Ends the rows that nothing is done for any more.
    pub(super) fn end_what_is_left(&mut self, under_way: bool) {
        let mut left = self.queue.dropped();
        if self.is_out_of_work(under_way) {
            left.extend(self.queue.end_deferred());
        }
        for row in left {
            self.end_now(&row);
        }
    }

    /// Hands what has gathered to the ledger.
    pub(super) fn begin_batch(&mut self) {
        if self.journal.is_committing() {
            return;
        }
        if self.ending.is_stopping() {
            // They were not written down yet, so they were never on their way.
            for (row, _) in self.journal.take_back() {
                self.gate.take_back_create();
                self.end_now(&row);
            }
        }
        if !self.journal.is_idle() {
            let moment = clock::moment();
            let asked_ms = self.remote.now_ms(clock::now());
            let asked_ms = asked_ms.unwrap_or(moment.wall_ms);
            self.journal.begin(moment, asked_ms);
        }
    }

    /// Tells what is on disk now, and ends what may not be sent any more.
    pub(super) fn after_commit(&mut self, committed: &mut CommittedBatch) {
        for (key, ended) in committed.ended.drain(..) {
            self.queue.settled(&key);
            self.tell_ended(&ended);
        }
        if committed.disk_full {
            self.stop(reasons::disk_full());
        }
        for (row, _) in committed.refused.drain(..) {
            self.gate.take_back_create();
            self.end_now(&row);
        }
    }

    fn tell_finished(&mut self, finished: RowFinished) {
        self.tell_ended(&Event::RowFinished(finished));
    }

    fn tell_ended(&mut self, ended: &Event) {
        let stop = ended.outcome().and_then(|it| self.gate.heard_row(it));
        (self.report)(ended);
        self.stop_for(stop);
    }

    /// Tells how many rows wait, where nothing else is done.
    pub(super) fn tell_waiting(&mut self, under_way: bool) {
        let only_waiting = !under_way && !self.ending.takes_rows() && !self.ending.is_stopping();
        if let Some((rows, due)) = self.queue.waiting_news(only_waiting) {
            let next = due.saturating_duration_since(clock::now());
            (self.report)(&Event::Waiting { rows, next });
        }
    }

    /// Stops where there is a reason to.
    pub(super) fn stop_for(&mut self, reason: Option<StopReason>) {
        if let Some(reason) = reason {
            self.stop(reason);
        }
    }

    /// Sends nothing new from here on, and ends the rows that wait as far as they have come.
    pub(super) fn stop(&mut self, reason: StopReason) {
        if self.ending.stop(&reason) {
            self.queue.stop();
            self.tell_stop(reason);
        }
    }

    /// Creates nothing more from here on, and goes on looking for what is in doubt; stops then.
    fn wind_down(&mut self, reason: StopReason) {
        if self.ending.wind_down(&reason) {
            self.queue.wind_down();
            self.tell_stop(reason);
        }
    }

    fn tell_stop(&mut self, reason: StopReason) {
        let in_flight = self.gate.in_flight();
        (self.report)(&Event::StopRequested { reason, in_flight });
    }
}

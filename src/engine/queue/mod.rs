//! Which row is next, of each kind: rows that are ready, that wait for their time, and that come last.
//!
//! It knows neither pace nor tokens, and sends nothing.

mod busy;
mod timetable;

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use self::busy::Busy;
use self::timetable::Timetable;
use super::guard::Kind;
use super::row::{Phase, Row, Wanted};
use crate::model::ids::UserId;
use crate::model::request::DeviceKey;
use crate::model::row::RowNumber;

// A bound to each list of rows keeps memory the same for a wave of any length.

/// The most rows that wait for a retry, a look or their user before new ones wait too.
const WAITING_MAX: usize = 10_000;
/// The most rows that PingOne refused before which wait for the end of the wave.
const LASTS_MAX: usize = 10_000;
/// The most rows without news whose settling time is waited for while others are worked at.
const DEFERRED_MAX: usize = 10_000;
/// The most devices that wait for the end of the run to be looked at.
const RECHECKS_MAX: usize = 10_000;

/// The rows that are worked at, but for those whose request is on its way.
///
/// A row that is put in when nothing is done for it any more is dropped: its user is free, and
/// [`Queue::dropped`] gives it.
#[derive(Debug, Default)]
pub(super) struct Queue {
    wanted: Wanted,
    busy: Busy,
    looks: VecDeque<Box<Row>>,
    /// What is asked about users before their create.
    questions: VecDeque<Box<Row>>,
    creates: VecDeque<Box<Row>>,
    waiting: Timetable,
    /// Rows that nobody waits for: they go on if the run lasts so long.
    deferred: Timetable,
    /// Rows that PingOne refused before.
    lasts: VecDeque<Box<Row>>,
    /// Devices of ours that are looked at once more when all else is done.
    rechecks: VecDeque<Box<Row>>,
    dropped: Vec<Row>,
    told_waiting: Option<(usize, Instant)>,
}

impl Queue {
    /// The row that asks for the same device and is not settled yet.
    pub(super) fn row_for(&self, key: &DeviceKey) -> Option<RowNumber> {
        self.busy.row_for(key)
    }

    /// Forgets a device that is settled.
    pub(super) fn settled(&mut self, key: &DeviceKey) {
        self.busy.settled(key);
    }

    /// Notes a row that ends without a request, so that a later one for the same device hears of it
    /// until it is settled.
    pub(super) fn note(&mut self, row: &Row) {
        self.busy.take_up(row);
    }

    /// Takes a row of the wave up whose first request may be sent so much later. It begins once
    /// nothing else is done for its user, and not before its time.
    pub(super) fn take_up(&mut self, row: Box<Row>, now: Instant, after: Duration) {
        self.busy.take_up(&row);
        // What was refused before will hardly pass now: it is not to stand in the way of new rows.
        let last = row.refused_as.is_some() && after.is_zero();
        if last && self.lasts.len() < LASTS_MAX {
            self.lasts.push_back(row);
        } else {
            self.begin(row, due(now, after));
        }
    }

    /// Begins the rows that come last, for the wave has no more rows.
    pub(super) fn begin_lasts(&mut self) {
        for row in std::mem::take(&mut self.lasts) {
            self.begin(row, None);
        }
    }

    fn begin(&mut self, row: Box<Row>, due: Option<Instant>) {
        if let Some(row) = self.busy.claim_user(row, due) {
            self.put_at(row, due);
        }
    }

    /// Puts a row in whose next request may be sent now.
    pub(super) fn put(&mut self, row: Box<Row>) {
        if row.is_wanted(self.wanted) {
            self.enqueue(row);
        } else {
            self.drop_row(row);
        }
    }

    /// Puts a row in that goes on with what it has begun, before all others of its kind: a listing
    /// that goes on tells nothing until then, and who can use MFA by now is to have a device.
    pub(super) fn put_first(&mut self, row: Box<Row>) {
        if row.is_wanted(self.wanted) {
            self.of_kind(row.phase.kind()).push_front(row);
        } else {
            self.drop_row(row);
        }
    }

    /// Puts a row in whose next request may be sent so much later.
    pub(super) fn put_later(&mut self, row: Box<Row>, now: Instant, after: Duration) {
        self.put_at(row, due(now, after));
    }

    fn put_at(&mut self, row: Box<Row>, due: Option<Instant>) {
        match due {
            Some(due) if row.is_wanted(self.wanted) => self.waiting.add(due, row),
            Some(_) | None => self.put(row),
        }
    }

    /// Puts a row in that goes on at `due`, if the run lasts so long; its user is free until then.
    ///
    /// # Errors
    ///
    /// There are too many of them, or nothing new is sent any more: the row is given back.
    pub(super) fn defer(&mut self, row: Box<Row>, due: Instant) -> Result<(), Box<Row>> {
        self.free(row.user());
        if self.deferred.len() >= DEFERRED_MAX || self.wanted != Wanted::All {
            return Err(row);
        }
        self.deferred.add(due, row);
        Ok(())
    }

    /// Has a device looked at once the wave is done, or sooner where very many wait for it.
    pub(super) fn keep_for_recheck(&mut self, row: Box<Row>) {
        self.rechecks.push_back(row);
        if self.rechecks.len() > RECHECKS_MAX {
            self.looks.extend(self.rechecks.pop_front());
        }
    }

    /// Begins to look at the devices that were kept for it; tells whether there are any.
    pub(super) fn begin_rechecks(&mut self) -> bool {
        let any = !self.rechecks.is_empty();
        self.looks.append(&mut self.rechecks);
        any
    }

    /// Lets the next row of the same user go on.
    pub(super) fn free(&mut self, user: UserId) {
        while let Some((next, due)) = self.busy.free_user(user) {
            if next.is_wanted(self.wanted) {
                self.put_at(next, due);
                return;
            }
            self.dropped.push(*next);
        }
    }

    fn enqueue(&mut self, row: Box<Row>) {
        self.of_kind(row.phase.kind()).push_back(row);
    }

    fn of_kind(&mut self, kind: Kind) -> &mut VecDeque<Box<Row>> {
        match kind {
            Kind::Look => &mut self.looks,
            Kind::Mfa => &mut self.questions,
            Kind::Create => &mut self.creates,
        }
    }

    fn drop_row(&mut self, row: Box<Row>) {
        let (user, ended) = (row.user(), row.has_ended());
        self.dropped.push(*row);
        if !ended {
            self.free(user);
        }
    }

    /// Puts the rows in whose time has come.
    pub(super) fn wake_due(&mut self, now: Instant) {
        while let Some(row) = self.waiting.due(now) {
            self.put(row);
        }
        while let Some(row) = self.deferred.due(now) {
            self.begin(row, None);
        }
    }

    /// The row whose request of this kind is sent next.
    pub(super) fn next(&self, kind: Kind) -> Option<&Row> {
        let next = match kind {
            Kind::Look => self.looks.front(),
            Kind::Mfa => self.questions.front(),
            Kind::Create => self.creates.front(),
        };
        next.map(|row| &**row)
    }

    /// Takes the row that [`Queue::next`] shows.
    pub(super) fn pop(&mut self, kind: Kind) -> Option<Box<Row>> {
        self.of_kind(kind).pop_front()
    }

    /// How many rows have nothing before them but their create, or a question about their user.
    pub(super) fn ready(&self) -> usize {
        self.questions.len() + self.creates.len()
    }

    /// Puts a look before the create that is next.
    pub(super) fn look_first(&mut self) {
        if let Some(mut row) = self.creates.pop_front() {
            row.phase = Phase::Look;
            self.looks.push_back(row);
        }
    }

    /// Has the user of the create that is next asked about first: whether they can use MFA.
    pub(super) fn ask_mfa_first(&mut self) {
        if let Some(mut row) = self.creates.pop_front() {
            let (switches, resend) = (false, row.resends());
            row.phase = Phase::Mfa { switches, resend };
            self.questions.push_back(row);
        }
    }

    /// Whether so many rows wait that no new one is taken up.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() + self.busy.queued() >= WAITING_MAX
    }

    /// When the next row's time comes.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let (waiting, deferred) = (self.waiting.next_due(), self.deferred.next_due());
        waiting.into_iter().chain(deferred).min()
    }

    /// Whether no row is left that anything can be done for, but for rechecks and for those that
    /// nobody waits for.
    pub(super) fn is_out_of_work(&self) -> bool {
        self.looks.is_empty() && self.ready() == 0 && self.waiting.is_empty()
    }

    /// Whether no row is left at all.
    pub(super) fn is_empty(&self) -> bool {
        self.is_out_of_work() && self.rechecks.is_empty() && self.deferred.is_empty()
    }

    /// Takes the rows that nobody waits for, once only they are left.
    pub(super) fn end_deferred(&mut self) -> Vec<Row> {
        if self.is_out_of_work() && self.rechecks.is_empty() {
            self.deferred.drain().collect()
        } else {
            Vec::new()
        }
    }

    /// How many rows wait and until when, if that is news.
    pub(super) fn waiting_news(&mut self, only_waiting: bool) -> Option<(usize, Instant)> {
        let due = self.waiting.next_due().filter(|_| only_waiting);
        let now = due.map(|due| (self.waiting.len(), due));
        let news = now.filter(|_| now != self.told_waiting);
        self.told_waiting = now;
        news
    }

    /// Does nothing more, for any row.
    pub(super) fn stop(&mut self) {
        self.wanted = Wanted::Nothing;
        self.lasts.clear();
        self.rechecks.clear();
        for kind in [Kind::Look, Kind::Mfa, Kind::Create] {
            let queued = std::mem::take(self.of_kind(kind));
            self.dropped.extend(queued.into_iter().map(|row| *row));
        }
        self.dropped.extend(self.waiting.drain());
        self.dropped.extend(self.deferred.drain());
        self.dropped.extend(self.busy.drain());
    }

    /// Asks for no device any more, and goes on looking for those that may be there.
    pub(super) fn wind_down(&mut self) {
        self.wanted = Wanted::InDoubt;
        self.lasts.clear();
        for kind in [Kind::Look, Kind::Mfa, Kind::Create] {
            for row in std::mem::take(self.of_kind(kind)) {
                self.put(row);
            }
        }
    }

    /// Takes the rows that nothing was done for any more.
    pub(super) fn dropped(&mut self) -> Vec<Row> {
        std::mem::take(&mut self.dropped)
    }
}

/// When something may be done that may be done so much later; nothing where that is now.
fn due(now: Instant, after: Duration) -> Option<Instant> {
    (!after.is_zero()).then(|| now + after)
}

#[cfg(test)]
mod tests;

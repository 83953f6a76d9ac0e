//! A row that is being worked at, and the queues it waits in.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::entry::{DeviceState, LedgerEntry, Moment};
use crate::model::event::RowLabel;
use crate::model::ids::UserId;
use crate::model::outcome::{Answer, Device};
use crate::model::request::{DeviceKey, DeviceRequest};
use crate::model::row::RowNumber;
use crate::pingone::connections::Connection;
use crate::pingone::listing::Pages;
use crate::retry::{Doubt, History};

/// What a task does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// List the user's devices.
    Look,
    /// Ask for the device.
    Create {
        /// Whether an unanswered request went before, and was settled as absent.
        resend: bool,
    },
}

/// One row that is being worked at.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) request: DeviceRequest,
    pub(super) history: History,
    pub(super) step: Step,
    /// When the last intent was written, by the wall clock.
    pub(super) intent_ms: i64,
    /// Since when an unanswered request has been settling.
    pub(super) last_send: Option<LastSend>,
    /// What PingOne said last about a create of this row; the ledger has it too.
    pub(super) answer: Answer,
    /// The device, where it is ours and is looked at once more.
    pub(super) made: Option<Device>,
    /// Whether the row has ended, and only the look at its device is left.
    pub(super) ended: bool,
    /// The code with which PingOne refused the device last, in this run or an earlier one.
    pub(super) refused_as: Option<String>,
    /// The number of the request that is on its way.
    pub(super) launch: u64,
    /// The pages of the user's devices that were read, where there are more, and when the first was
    /// asked for: what it did not show may have come since.
    pub(super) pages: Option<(Instant, Pages)>,
    /// Whether a create of this run ended without a device: then it has failed, so far.
    pub(super) failed: bool,
    /// Whether a listing came since the device was last asked for.
    pub(super) looked: bool,
    /// On which connection its next request goes out. Once an answer to it was lost, or may be
    /// another's, it stays away from those that anything else was on.
    pub(super) connection: Connection,
}

/// The last instant at which an unanswered request could have been sent.
#[derive(Clone, Debug)]
pub(super) struct LastSend {
    /// When its age was taken.
    pub(super) at: Instant,
    /// The age that it had then.
    pub(super) age: Duration,
    /// The same, for a later process.
    pub(super) moment: Moment,
}

impl Task {
    pub(super) fn new(request: DeviceRequest, step: Step, entry: Option<&LedgerEntry>) -> Self {
        let mut history = History::default();
        // Under another policy, say, it may pass: then a refusal is news.
        let refused_as = entry.and_then(|entry| entry.refused_as(&request));
        let refused_as = refused_as.map(str::to_owned);
        if let Some(entry) = entry {
            // Whether it was absent before a request that was refused is no news of the next one,
            // unless the refusal may be another's.
            history.was_absent = entry.was_absent && (entry.unproven || !entry.was_refused());
            history.unproven_since_ms = entry.asked_ms.filter(|_| entry.unproven);
            history.resends = entry.resends;
            history.sent_again = entry.resends > 0;
            history.conflict = entry.met_a_conflict();
            history.unknown_user_before = entry.user_was_unknown();
            history.several_before = entry.state == DeviceState::Several;
            history.doubt = entry.doubt.as_ref().map(|doubt| Doubt::new(doubt.since_ms));
        }
        Self {
            request,
            history,
            step,
            intent_ms: 0,
            last_send: None,
            answer: entry.map(|entry| entry.answer.clone()).unwrap_or_default(),
            made: None,
            ended: false,
            refused_as,
            launch: 0,
            pages: None,
            failed: false,
            looked: false,
            connection: match entry {
                Some(entry) if entry.doubt.is_some() || entry.unproven => Connection::Fresh,
                Some(_) | None => Connection::Kept,
            },
        }
    }

    /// A look at a device of ours that an earlier run did not get to. `lost` is when a request for it
    /// that was not answered could have been sent last.
    pub(super) fn audit(
        request: DeviceRequest,
        entry: &LedgerEntry,
        lost: Option<LastSend>,
    ) -> Self {
        let made = Device {
            id: entry.device,
            created_at: entry.created_at.clone(),
        };
        Self {
            made: Some(made),
            ended: true,
            last_send: lost,
            intent_ms: entry.asked_ms.unwrap_or(0),
            ..Self::new(request, Step::Look, Some(entry))
        }
    }

    /// How long ago an unanswered request could have been sent at the latest.
    pub(super) fn age(&self, now: Instant) -> Duration {
        self.last_send.as_ref().map_or(Duration::ZERO, |sent| {
            sent.age
                .saturating_add(now.saturating_duration_since(sent.at))
        })
    }

    pub(super) fn label(&self) -> RowLabel {
        RowLabel::from(&self.request)
    }
}

/// A task that waits for its time.
#[derive(Debug)]
struct Waiting {
    due: Instant,
    order: u64,
    task: Box<Task>,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        (self.due, self.order) == (other.due, other.order)
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    /// The earliest is the greatest, as a `BinaryHeap` gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.due, other.order).cmp(&(self.due, self.order))
    }
}

/// Tasks that wait for their time, the earliest first; in order of arrival where two are due at once.
#[derive(Debug, Default)]
pub(super) struct Timetable {
    heap: BinaryHeap<Waiting>,
    arrivals: u64,
}

impl Timetable {
    pub(super) fn add(&mut self, due: Instant, task: Box<Task>) {
        self.arrivals += 1;
        self.heap.push(Waiting {
            due,
            order: self.arrivals,
            task,
        });
    }

    /// The first task, if its time has come.
    pub(super) fn due(&mut self, now: Instant) -> Option<Box<Task>> {
        if self.heap.peek()?.due > now {
            return None;
        }
        self.heap.pop().map(|waiting| waiting.task)
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.heap.peek().map(|waiting| waiting.due)
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Takes every task, whether its time has come or not.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Task> + use<> {
        std::mem::take(&mut self.heap)
            .into_sorted_vec()
            .into_iter()
            .rev()
            .map(|waiting| *waiting.task)
    }
}

/// Which devices and users are being worked at.
///
/// One row at a time for a user: so a listing shows the effect of one request, and
/// the device limit is counted by PingOne as we count it.
#[derive(Debug, Default)]
pub(super) struct Busy {
    keys: HashMap<DeviceKey, RowNumber>,
    users: HashMap<UserId, VecDeque<Box<Task>>>,
    queued: usize,
}

impl Busy {
    /// The row that asks for the same device and is not settled yet.
    pub(super) fn row_for(&self, key: &DeviceKey) -> Option<RowNumber> {
        self.keys.get(key).copied()
    }

    /// Notes that a task's device is being worked at.
    pub(super) fn take_up(&mut self, task: &Task) {
        self.keys.insert(task.request.key.clone(), task.request.row);
    }

    /// Claims the user of a task; keeps the task until then where the user is busy.
    pub(super) fn claim_user(&mut self, task: Box<Task>) -> Option<Box<Task>> {
        let user = task.request.key.user;
        if let Some(queue) = self.users.get_mut(&user) {
            queue.push_back(task);
            self.queued += 1;
            None
        } else {
            self.users.insert(user, VecDeque::new());
            Some(task)
        }
    }

    /// Frees a user; gives the next task that waited for it.
    pub(super) fn free_user(&mut self, user: UserId) -> Option<Box<Task>> {
        let next = self.users.get_mut(&user)?.pop_front();
        if next.is_some() {
            self.queued -= 1;
        } else {
            self.users.remove(&user);
        }
        next
    }

    /// Forgets a device that is settled.
    pub(super) fn settled(&mut self, key: &DeviceKey) {
        self.keys.remove(key);
    }

    /// How many tasks wait for their user.
    pub(super) fn queued(&self) -> usize {
        self.queued
    }

    /// Takes every task that waits for its user.
    pub(super) fn drain(&mut self) -> Vec<Task> {
        self.queued = 0;
        let queues = self.users.values_mut().flat_map(std::mem::take);
        queues.map(|task| *task).collect()
    }
}

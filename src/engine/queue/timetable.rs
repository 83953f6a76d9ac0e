//! Rows that wait for their time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tokio::time::Instant;

use crate::engine::row::Row;

/// A row that waits for its time.
#[derive(Debug)]
struct Waiting {
    due: Instant,
    order: u64,
    row: Box<Row>,
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

/// Rows that wait for their time, the earliest first; in order of arrival where two are due at once.
#[derive(Debug, Default)]
pub(super) struct Timetable {
    heap: BinaryHeap<Waiting>,
    arrivals: u64,
}

impl Timetable {
    pub(super) fn add(&mut self, due: Instant, row: Box<Row>) {
        self.arrivals += 1;
        self.heap.push(Waiting {
            due,
            order: self.arrivals,
            row,
        });
    }

    /// The first row, if its time has come.
    pub(super) fn due(&mut self, now: Instant) -> Option<Box<Row>> {
        if self.heap.peek()?.due > now {
            return None;
        }
        self.heap.pop().map(|waiting| waiting.row)
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

    /// Takes every row, whether its time has come or not.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Row> + use<> {
        std::mem::take(&mut self.heap)
            .into_sorted_vec()
            .into_iter()
            .rev()
            .map(|waiting| *waiting.row)
    }
}

//! Which devices and users are being worked at.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use crate::engine::row::Row;
use crate::model::ids::UserId;
use crate::model::request::DeviceKey;
use crate::model::row::RowNumber;

/// Which devices and users are being worked at.
///
/// One row at a time for a user: so a listing shows the effect of one request, and
/// the device limit is counted by PingOne as we count it.
#[derive(Debug, Default)]
pub(super) struct Busy {
    keys: HashMap<DeviceKey, RowNumber>,
    users: HashMap<UserId, VecDeque<Queued>>,
    queued: usize,
}

/// A row that waits for its user, and when its first request may be sent, if not at once.
type Queued = (Box<Row>, Option<Instant>);

impl Busy {
    /// The row that asks for the same device and is not settled yet.
    pub(super) fn row_for(&self, key: &DeviceKey) -> Option<RowNumber> {
        self.keys.get(key).copied()
    }

    /// Notes that a row's device is being worked at.
    pub(super) fn take_up(&mut self, row: &Row) {
        self.keys.insert(row.request.key.clone(), row.request.row);
    }

    /// Claims the user of a row; keeps the row until then where the user is busy.
    pub(super) fn claim_user(&mut self, row: Box<Row>, due: Option<Instant>) -> Option<Box<Row>> {
        let user = row.user();
        if let Some(queue) = self.users.get_mut(&user) {
            queue.push_back((row, due));
            self.queued += 1;
            None
        } else {
            self.users.insert(user, VecDeque::new());
            Some(row)
        }
    }

    /// Frees a user; gives the next row that waited for it.
    pub(super) fn free_user(&mut self, user: UserId) -> Option<Queued> {
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

    /// How many rows wait for their user.
    pub(super) fn queued(&self) -> usize {
        self.queued
    }

    /// Takes every row that waits for its user.
    pub(super) fn drain(&mut self) -> Vec<Row> {
        self.queued = 0;
        let queues = self.users.values_mut().flat_map(std::mem::take);
        queues.map(|(row, _)| *row).collect()
    }
}

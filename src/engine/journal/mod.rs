//! What goes to disk together, and what comes back once it is there.
//!
//! While one batch is committed, the next one gathers.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::LocalBoxFuture;

use super::row::{Phase, Row};
use crate::ledger::{self, Committed, Intent, Ledger, NotedMfa, Recorded, Settled};
use crate::model::device_report::{DeviceReport, Reported};
use crate::model::entry::{LedgerEntry, Moment};
use crate::model::event::Event;
use crate::model::ids::{DeviceId, UserId};
use crate::model::mfa::{MfaNote, MfaState};
use crate::model::request::DeviceKey;
use crate::model::row::RowNumber;
use crate::pingone::token::AccessToken;
use crate::plan::Seen;

/// A create that waits to be written down, with the token that it will be sent with.
pub(super) type Intended = (Box<Row>, Arc<AccessToken>);

/// The engine's side of the ledger.
pub(super) struct Journal<'a> {
    ledger: &'a Ledger,
    seen: Seen,
    pending: PendingBatch,
    batch: Option<Batch<'a>>,
}

/// What waits for the next batch.
#[derive(Debug, Default)]
struct PendingBatch {
    noted: Vec<MfaNote>,
    settled: Vec<Settled>,
    intents: Vec<Intended>,
    after: AfterCommit,
}

/// What follows once a batch is on disk.
#[derive(Debug, Default)]
struct AfterCommit {
    settled_rows: Vec<RowNumber>,
    ended: Vec<(DeviceKey, Event)>,
}

/// A batch that is being committed.
struct Batch<'a> {
    commit: LocalBoxFuture<'a, Result<Committed, ledger::Error>>,
    /// The devices that it settles by their IDs.
    named: Vec<(DeviceId, DeviceKey)>,
    intents: Vec<Intended>,
    after: AfterCommit,
}

/// A batch that is on disk.
#[derive(Debug)]
pub(super) struct CommittedBatch {
    /// The rows that ended, and what is told of that.
    pub(super) ended: Vec<(DeviceKey, Event)>,
    /// The creates that may be sent.
    pub(super) sendable: Vec<(Intended, Recorded)>,
    /// Those that may not.
    pub(super) refused: Vec<Intended>,
    /// Whether the disk is full: what was settled is written, and nothing may be sent any more.
    pub(super) disk_full: bool,
}

impl<'a> Journal<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        Self {
            ledger,
            seen: Seen::default(),
            pending: PendingBatch::default(),
            batch: None,
        }
    }

    /// What the ledger knows of a device, and which earlier row of the wave asked for it.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub(super) fn look_up(
        &mut self,
        key: &DeviceKey,
        row: RowNumber,
    ) -> Result<(Option<LedgerEntry>, Option<RowNumber>), ledger::Error> {
        let entry = self.ledger.entry(key)?;
        let number = entry.as_ref().map(|entry| entry.number);
        // One without an entry is being worked at, or was never asked for.
        let earlier = number.and_then(|number| self.seen.earlier(key, Some(number), row));
        Ok((entry, earlier))
    }

    /// Whether another device than this one has this ID, on disk or on its way there.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub(super) fn has_elsewhere(
        &self,
        id: DeviceId,
        key: &DeviceKey,
    ) -> Result<bool, ledger::Error> {
        let pending = self.pending.settled.iter().filter_map(named);
        let batch = self.batch.iter().flat_map(|batch| &batch.named);
        let batch = batch.map(|(id, key)| (*id, key));
        let on_its_way = pending
            .chain(batch)
            .any(|(known, of)| known == id && of != key);
        Ok(on_its_way || self.ledger.has_elsewhere(id, key)?)
    }

    /// What a report tells of a device. One that shows another device's ID for it tells nothing.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub(super) fn reported(
        &self,
        report: &DeviceReport,
        key: &DeviceKey,
    ) -> Result<Reported, ledger::Error> {
        let reported = report.tells(key);
        Ok(match reported {
            Reported::There(id) if self.has_elsewhere(id, key)? => Reported::Unclear,
            Reported::There(_) | Reported::NotThere | Reported::Unclear => reported,
        })
    }

    /// Notes what became of a row's device.
    pub(super) fn settle(&mut self, row: RowNumber, settled: Settled) {
        self.pending.settled.push(settled);
        self.pending.after.settled_rows.push(row);
    }

    /// What the ledger knows of a user's MFA.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub(super) fn mfa(&self, user: UserId) -> Result<Option<NotedMfa>, ledger::Error> {
        self.ledger.mfa(user)
    }

    /// Notes what was found of a user's MFA, or done about it.
    pub(super) fn note(&mut self, user: UserId, state: MfaState) {
        self.pending.noted.push(MfaNote { user, state });
    }

    /// Notes that a create is to be sent.
    pub(super) fn intend(&mut self, row: Box<Row>, token: Arc<AccessToken>) {
        self.pending.intents.push((row, token));
    }

    /// Notes how a row ended, which is told once it is on disk.
    pub(super) fn end(&mut self, key: DeviceKey, ended: Event) {
        self.pending.after.ended.push((key, ended));
    }

    /// Takes the creates back that were not handed to the ledger yet.
    pub(super) fn take_back(&mut self) -> Vec<Intended> {
        std::mem::take(&mut self.pending.intents)
    }

    /// Whether a batch is being committed.
    pub(super) fn is_committing(&self) -> bool {
        self.batch.is_some()
    }

    /// Whether nothing waits to be written down.
    pub(super) fn is_idle(&self) -> bool {
        let PendingBatch {
            noted,
            settled,
            intents,
            after,
        } = &self.pending;
        let nothing =
            noted.is_empty() && settled.is_empty() && intents.is_empty() && after.ended.is_empty();
        nothing && self.batch.is_none()
    }

    /// Hands all that has gathered to the ledger, unless it is still busy with the batch before.
    ///
    /// `moment` is now, `asked_ms` the same by PingOne's clock, where that was heard.
    pub(super) fn begin(&mut self, moment: Moment, asked_ms: i64) {
        if self.batch.is_some() || self.is_idle() {
            return;
        }
        let PendingBatch {
            noted,
            settled,
            mut intents,
            after,
        } = std::mem::take(&mut self.pending);
        let intended = intents.iter_mut().map(|(row, _)| intent(row, asked_ms));
        let intended = intended.collect();
        let named = settled.iter().filter_map(named);
        let named = named.map(|(id, key)| (id, key.clone())).collect();
        self.batch = Some(Batch {
            commit: self
                .ledger
                .commit(noted, settled, intended, moment)
                .boxed_local(),
            named,
            intents,
            after,
        });
    }

    /// Waits until the batch is on disk.
    ///
    /// # Errors
    ///
    /// The ledger failed: nothing of the batch is on disk.
    pub(super) async fn committed(&mut self) -> Result<CommittedBatch, ledger::Error> {
        let Some(batch) = self.batch.as_mut() else {
            return std::future::pending().await;
        };
        let committed = (&mut batch.commit).await?;
        let Some(Batch { intents, after, .. }) = self.batch.take() else {
            return std::future::pending().await;
        };
        for (entry, row) in committed.settled.into_iter().zip(after.settled_rows) {
            self.seen.entered(entry, row);
        }
        for ((row, _), recorded) in intents.iter().zip(&committed.recorded) {
            self.seen.entered(recorded.entry(), row.request.row);
        }
        let (sendable, refused) = if committed.disk_full {
            (Vec::new(), intents)
        } else {
            (
                intents.into_iter().zip(committed.recorded).collect(),
                Vec::new(),
            )
        };
        Ok(CommittedBatch {
            ended: after.ended,
            sendable,
            refused,
            disk_full: committed.disk_full,
        })
    }
}

/// What is written down before a create of this row is sent.
pub(super) fn intent(row: &mut Row, asked_ms: i64) -> Intent {
    row.asked_ms = Some(asked_ms);
    Intent {
        request: row.request.clone(),
        resend: row.phase == Phase::Create { resend: true },
        was_absent: row.history.was_absent,
        looked: row.looked,
        asked_ms,
    }
}

/// The ID with which a device is settled.
fn named(settled: &Settled) -> Option<(DeviceId, &DeviceKey)> {
    let id = settled.device.as_ref()?.id?;
    Some((id, &settled.key))
}

#[cfg(test)]
mod tests;

//! What goes into the ledger together, and what follows once it is there.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::LocalBoxFuture;

use super::Engine;
use super::job::Job;
use super::task::{Step, Task};
use crate::clock;
use crate::ledger::{self, Intent, Receipt, Settled};
use crate::model::code;
use crate::model::event::{Event, RequestKind, RowFinished};
use crate::model::ids::DeviceId;
use crate::model::outcome::{Answer, AttemptOutcome, Proof, Refusal};
use crate::model::request::DeviceKey;
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;
use crate::pingone::Answered;
use crate::pingone::token::AccessToken;

/// What waits for the next turn.
#[derive(Debug, Default)]
pub(super) struct Pending {
    settled: Vec<Settled>,
    settled_rows: Vec<RowNumber>,
    intents: Vec<(Box<Task>, Arc<AccessToken>)>,
    finished: Vec<(DeviceKey, RowFinished)>,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.settled.is_empty() && self.intents.is_empty() && self.finished.is_empty()
    }

    pub(super) fn intend(&mut self, task: Box<Task>, token: Arc<AccessToken>) {
        self.intents.push((task, token));
    }

    /// Whether another device than this one is settled with this ID.
    pub(super) fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> bool {
        has_elsewhere(self.settled.iter().filter_map(named), id, key)
    }

    pub(super) fn settle(&mut self, row: RowNumber, settled: Settled) {
        self.settled_rows.push(row);
        self.settled.push(settled);
    }

    pub(super) fn finish(&mut self, key: DeviceKey, finished: RowFinished) {
        self.finished.push((key, finished));
    }
}

/// The ID with which a device is settled.
fn named(settled: &Settled) -> Option<(DeviceId, &DeviceKey)> {
    let id = settled.device.as_ref()?.id?;
    Some((id, &settled.key))
}

fn has_elsewhere<'a>(
    mut named: impl Iterator<Item = (DeviceId, &'a DeviceKey)>,
    id: DeviceId,
    key: &DeviceKey,
) -> bool {
    named.any(|(known, of)| known == id && of != key)
}

/// A turn that is being committed.
pub(super) struct Turn<'a> {
    commit: LocalBoxFuture<'a, Result<Receipt, ledger::Error>>,
    /// The devices that it settles by their IDs.
    named: Vec<(DeviceId, DeviceKey)>,
    settled_rows: Vec<RowNumber>,
    intents: Vec<(Box<Task>, Arc<AccessToken>)>,
    finished: Vec<(DeviceKey, RowFinished)>,
}

/// A turn that is on disk.
pub(super) struct Committed {
    receipt: Receipt,
    settled_rows: Vec<RowNumber>,
    intents: Vec<(Box<Task>, Arc<AccessToken>)>,
    finished: Vec<(DeviceKey, RowFinished)>,
}

/// Waits for a turn to be on disk.
pub(super) async fn committed(turn: &mut Option<Turn<'_>>) -> Result<Committed, ledger::Error> {
    let Some(running) = turn.as_mut() else {
        return std::future::pending().await;
    };
    let receipt = (&mut running.commit).await?;
    match turn.take() {
        Some(Turn {
            settled_rows,
            intents,
            finished,
            ..
        }) => Ok(Committed {
            receipt,
            settled_rows,
            intents,
            finished,
        }),
        None => std::future::pending().await,
    }
}

impl Turn<'_> {
    /// Whether it settles another device than this one with this ID.
    pub(super) fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> bool {
        let named = self.named.iter().map(|(id, key)| (*id, key));
        has_elsewhere(named, id, key)
    }
}

impl Engine<'_> {
    /// Hands all that has gathered to the ledger, unless it is still busy with the turn before.
    pub(super) fn begin_turn(&mut self) {
        if self.turn.is_some() {
            return;
        }
        if self.reason.is_some() {
            // They were not written down yet, so they were never on their way.
            for (task, _) in std::mem::take(&mut self.pending.intents) {
                self.creating -= 1;
                self.devices = self.devices.saturating_sub(1);
                self.give_up(&task);
            }
        }
        if self.pending.is_empty() {
            return;
        }
        let Pending {
            settled,
            settled_rows,
            mut intents,
            finished,
        } = std::mem::take(&mut self.pending);
        let moment = clock::moment();
        let run = self.options.run;
        let asked_ms = self.remote.now_ms(clock::now()).unwrap_or(moment.wall_ms);
        let intended = intents
            .iter_mut()
            .map(|(task, _)| {
                task.intent_ms = asked_ms;
                Intent {
                    request: task.request.clone(),
                    resend: task.step == Step::Create { resend: true },
                    was_absent: task.history.was_absent,
                    looked: task.looked,
                    asked_ms,
                    transaction: format!("{run}-{}", task.request.row),
                }
            })
            .collect::<Vec<_>>();
        let named = settled
            .iter()
            .filter_map(named)
            .map(|(id, key)| (id, key.clone()))
            .collect();
        let commit = self.ledger.turn(settled, intended, moment).boxed_local();
        self.turn = Some(Turn {
            commit,
            named,
            settled_rows,
            intents,
            finished,
        });
    }

    /// Tells what is on disk now, and sends what may be sent.
    pub(super) fn after_turn(&mut self, committed: Committed) {
        let Committed {
            receipt,
            settled_rows,
            intents,
            finished,
        } = committed;
        for (entry, row) in receipt.settled.into_iter().zip(settled_rows) {
            self.seen.entered(entry, row);
        }
        for (key, finished) in finished {
            self.busy.settled(&key);
            self.row_finished(finished);
        }
        if receipt.disk_full {
            self.request_stop(StopReason::Broken {
                what: "the disk with the ledger is full, or its files may not get longer (`ulimit -f`)"
                    .to_owned(),
            });
            self.creating -= intents.len();
            for (task, _) in &intents {
                self.give_up(task);
            }
            return;
        }
        for ((task, token), recorded) in intents.into_iter().zip(receipt.recorded) {
            self.seen.entered(recorded.entry(), task.request.row);
            let held = self.limiter.held(clock::now()).is_some();
            if held || self.reason.is_some() || self.guard.withholds(task.launch) {
                self.withhold(task, recorded.attempt());
                continue;
            }
            (self.report)(&Event::Sent(RequestKind::Create));
            let transaction = format!(
                "{}-{}-{}",
                self.options.run,
                task.request.row,
                recorded.attempt()
            );
            let job = Job::Create {
                connection: task.connection,
                task,
                recorded,
                token,
                transaction,
            };
            self.jobs.push(job.perform(self.client).boxed_local());
        }
    }

    /// Ends an intent that is not sent after all: everything was held or stopped while it was committed.
    fn withhold(&mut self, task: Box<Task>, attempt: u32) {
        self.creating -= 1;
        let outcome = AttemptOutcome::NotCreated(Refusal::Withheld);
        let answer = Answer {
            code: Some(code::WITHHELD.to_owned()),
            ..Answer::default()
        };
        self.take_create(
            task,
            attempt,
            Answered {
                outcome,
                answer,
                pause: None,
                proof: Proof::Proven,
                date_ms: None,
            },
            Duration::ZERO,
        );
    }
}

//! One more look at devices of ours, at the end of a run.
//!
//! An unanswered request may take effect later than anybody promised, and whatever
//! stands between may have sent it twice: every device that an answer was lost on the
//! way to is looked at once more, so that a second one is at least known of. And an
//! answer that said "created" may have been cut off before the ID, which the listing
//! has. Nothing is deleted. That such a look is owed is in the ledger: what a run
//! does not get to, or does before the settling time has passed, a later one does.

use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use super::task::{Step, Task};
use crate::ledger::Settled;
use crate::model::code;
use crate::model::entry::{DeviceState, Moment};
use crate::model::outcome::{Answer, Device};
use crate::retry::{Decision, Verdict};

/// What a person is told of a device that PingOne lists more than once.
pub(super) const SEVERAL: &str =
    "PingOne lists this device more than once; remove all but one of them";
/// The most devices that wait for the end of the run to be looked at.
const AUDITS_MAX: usize = 10_000;

/// Has a device that was created without an ID looked at before its row is done.
pub(super) fn look_for_id(task: &mut Task, device: &Device) -> Option<Decision> {
    if device.id.is_some() {
        return None;
    }
    task.made = Some(device.clone());
    Some(Decision::Look {
        after: Duration::ZERO,
    })
}

impl Engine<'_> {
    /// Keeps a row that ended as created, and has its device looked at once more.
    pub(super) fn audit_later(&mut self, mut task: Box<Task>, device: Device) {
        task.made = Some(device);
        task.ended = true;
        task.step = Step::Look;
        task.history.blind_looks = 0;
        self.keep_for_audit(task);
    }

    /// Has a device looked at once the wave is done, or sooner where very many wait for it.
    pub(super) fn keep_for_audit(&mut self, task: Box<Task>) {
        self.audits.push_back(task);
        if self.audits.len() > AUDITS_MAX {
            self.looks.extend(self.audits.pop_front());
        }
    }

    /// Looks at the devices that were kept for it, once nothing else is left to do; tells whether
    /// there are any.
    pub(super) fn begin_audits(&mut self) -> bool {
        let under_way = !self.jobs.is_empty() || self.turn.is_some() || !self.pending.is_empty();
        let now = self.reason.is_none() && !under_way && self.is_out_of_work();
        let any = now && !self.audits.is_empty();
        if any {
            self.looks.append(&mut self.audits);
        }
        any
    }

    /// When a request for a device that was not answered could have been sent last, where that was
    /// so late that a listing which was asked for at `asked` does not tell of all that it may do.
    pub(super) fn unsettled_send(&self, task: &Task, asked: Instant) -> Option<Moment> {
        let sent = task.last_send.as_ref()?;
        (task.age(asked) < self.options.retry.settle).then(|| sent.moment.clone())
    }

    /// Writes down what a look at a device of ours came to, and ends its row if that is still to be
    /// done. `asked` is when the listing was asked for.
    pub(super) fn end_audit(
        &mut self,
        task: &mut Task,
        verdict: &Verdict,
        listed: &Answer,
        asked: Instant,
    ) {
        let known = verdict.device.clone().or_else(|| task.made.clone());
        let id = known.as_ref().and_then(|device| device.id);
        if verdict.state == DeviceState::Several {
            task.answer.code = Some(code::DUPLICATE_FOUND.to_owned());
            task.answer.message = Some(SEVERAL.to_owned());
        } else if verdict.state == DeviceState::Created
            && task.answer.code.as_deref() == Some(code::DUPLICATE_FOUND)
        {
            task.answer = listed.clone();
        }
        if verdict.state != DeviceState::Unresolved {
            // The request may still take effect: a later run looks again.
            let lost = self.unsettled_send(task, asked);
            self.pending.settle(
                task.request.row,
                Settled {
                    key: task.request.key.clone(),
                    request: task.request.digest(),
                    state: DeviceState::Created,
                    device: known,
                    last_send: None,
                    recheck_owed: lost.is_some(),
                    lost,
                    unproven: false,
                    answer: task.answer.clone(),
                },
            );
        }
        if !task.ended {
            self.end_created(task, id);
        }
    }
}

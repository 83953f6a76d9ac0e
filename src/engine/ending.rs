//! Ending rows: what is told of them, and what their user's next row then does.

use super::Engine;
use super::task::Task;
use crate::model::code::DUPLICATE_FOUND;
use crate::model::entry::DeviceState;
use crate::model::event::{Event, RowFinished};
use crate::model::ids::DeviceId;
use crate::model::outcome::{Answer, Outcome};
use crate::retry::Verdict;

impl Engine<'_> {
    /// Lets the next row of the same user go on.
    pub(super) fn free(&mut self, task: &Task) {
        if task.ended {
            return;
        }
        while let Some(next) = self.busy.free_user(task.request.key.user) {
            if self.is_wanted(&next) {
                self.enqueue(next);
                return;
            }
            self.give_up(&next);
        }
    }

    pub(super) fn finish_with(&mut self, task: Box<Task>, verdict: &Verdict) {
        let device = verdict.device.as_ref();
        if verdict.state == DeviceState::Unresolved {
            self.free(&task);
            self.finish_unknown(&task);
        } else if verdict.state == DeviceState::Created {
            self.end_created(&task, device.and_then(|device| device.id));
            if let Some(device) = device.filter(|device| task.history.is_audit_owed(Some(device))) {
                self.audit_later(task, device.clone());
            }
        } else {
            self.free(&task);
            let id = device.and_then(|device| device.id);
            let outcome = if task.history.unproven_since_ms.is_some() {
                Outcome::Unknown
            } else {
                verdict.state.outcome()
            };
            self.finish(&task, outcome, id, task.answer.clone());
        }
    }

    /// Ends the row of a device that is ours.
    pub(super) fn end_created(&mut self, task: &Task, device: Option<DeviceId>) {
        self.free(task);
        self.finish(task, Outcome::Created, device, task.answer.clone());
    }

    pub(super) fn finish_unknown(&mut self, task: &Task) {
        self.finish(task, Outcome::Unknown, None, task.answer.clone());
    }

    /// Notes how a row ended; it is told once that is on disk.
    pub(super) fn finish(
        &mut self,
        task: &Task,
        outcome: Outcome,
        device: Option<DeviceId>,
        answer: Answer,
    ) {
        self.pending.finish(
            task.request.key.clone(),
            RowFinished {
                who: task.label(),
                outcome,
                device,
                seen_twice: answer.code.as_deref() == Some(DUPLICATE_FOUND),
                code: answer.code,
                further_codes: Vec::new(),
                message: answer.message,
                earlier: false,
            },
        );
    }

    pub(super) fn row_finished(&mut self, finished: RowFinished) {
        let stop = self.guard.on_row(finished.outcome);
        (self.report)(&Event::RowFinished(finished));
        self.stop_for(stop);
    }
}

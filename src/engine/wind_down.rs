//! Stopping before the wave is done, at once or once what is in doubt was looked for.

use super::Engine;
use super::task::{Step, Task};
use crate::clock;
use crate::model::event::Event;
use crate::model::outcome::Outcome;
use crate::model::stop::StopReason;

impl Engine<'_> {
    pub(super) fn heed_stop(&mut self) {
        if let Some(reason) = self.stop.reason() {
            self.request_stop(reason);
        }
        if self
            .deadline
            .is_some_and(|deadline| clock::now() >= deadline)
        {
            self.request_stop(StopReason::TimeIsUp);
        }
    }

    /// Sends nothing new from here on, and ends the rows that wait as far as they have come.
    pub(super) fn request_stop(&mut self, reason: StopReason) {
        if self.reason.is_some() {
            return;
        }
        let in_flight = self.looking + self.creating;
        (self.report)(&Event::StopRequested {
            reason: reason.clone(),
            in_flight,
        });
        self.reason = Some(reason);
        self.rows = None;
        let queued = self.looks.drain(..).chain(self.creates.drain(..));
        let mut waiting: Vec<Task> = queued.map(|task| *task).collect();
        self.lasts.clear();
        self.audits.clear();
        waiting.extend(self.waiting.drain());
        waiting.extend(self.deferred.drain());
        waiting.extend(self.busy.drain());
        for task in &waiting {
            self.give_up(task);
        }
    }

    /// Ends a row in this run as far as it has come; a row that was not sent stays pending.
    pub(super) fn give_up(&mut self, task: &Task) {
        let resend = task.step == Step::Create { resend: true };
        if task.ended {
            // Its row has its end.
        } else if let Some(device) = &task.made {
            self.finish(task, Outcome::Created, device.id, task.answer.clone());
        } else if task.history.doubt.is_some() || task.history.unproven_since_ms.is_some() || resend
        {
            self.finish_unknown(task);
        } else if task.failed {
            self.finish(task, Outcome::Failed, None, task.answer.clone());
        }
    }

    /// Creates nothing more from here on, and goes on looking for what is in doubt; stops then.
    pub(super) fn wind_down(&mut self, reason: StopReason) {
        if self.reason.is_some() || self.winding_down.is_some() {
            return;
        }
        let in_flight = self.looking + self.creating;
        (self.report)(&Event::StopRequested {
            reason: reason.clone(),
            in_flight,
        });
        self.winding_down = Some(reason);
        self.rows = None;
        self.lasts.clear();
        let queued = std::mem::take(&mut self.looks);
        for task in queued.into_iter().chain(std::mem::take(&mut self.creates)) {
            self.enqueue(task);
        }
    }

    /// Whether anything is still done for a row.
    pub(super) fn is_wanted(&self, task: &Task) -> bool {
        let only_looks = self.winding_down.is_some();
        let history = &task.history;
        let in_doubt = history.doubt.is_some() || history.unproven_since_ms.is_some();
        let looks = task.step == Step::Look && (in_doubt || task.made.is_some());
        self.reason.is_none() && (!only_looks || looks)
    }

    pub(super) fn stop_for(&mut self, reason: Option<StopReason>) {
        if let Some(reason) = reason {
            self.request_stop(reason);
        }
    }
}

//! One more look at a device that was asked for twice.
//!
//! An unanswered request that was settled as absent may take effect all the same,
//! later than anybody promised. Whoever sends again looks once more at the end, so
//! that a second device is at least known of. Nothing is deleted.

use std::time::Duration;

use super::Engine;
use super::task::Task;
use crate::model::entry::DeviceState;
use crate::model::event::{Event, Next};
use crate::model::outcome::{Answer, Device, Listing, LookOutcome, Outcome};
use crate::pingone::{Answered, code};
use crate::retry::Decision;

/// What a person is told of a device that PingOne lists more than once.
pub(super) const SEVERAL: &str =
    "PingOne lists this device more than once; remove all but one of them";

/// Has a device that was just made looked at before its row is done.
pub(super) fn look_once_more(task: &mut Task, device: &Device) -> Decision {
    task.made = Some(device.clone());
    Decision::Look {
        after: Duration::ZERO,
    }
}

impl<E: std::error::Error + 'static> Engine<'_, E> {
    /// Ends the row of a device that was looked at once more. It is ours, whatever the listing says.
    pub(super) fn audit(
        &mut self,
        task: &Task,
        device: Device,
        answered: Answered<LookOutcome>,
        took: Duration,
    ) {
        let mut answer = task.answer.clone();
        let id = device.id;
        if let LookOutcome::Seen(Listing::Several(_)) = answered.outcome {
            answer = Answer {
                code: Some(code::DUPLICATE_FOUND.to_owned()),
                message: Some(SEVERAL.to_owned()),
                ..answer
            };
            self.pending.settle(
                &task.request,
                DeviceState::Created,
                Some(device),
                None,
                answer.clone(),
            );
        }
        let (who, outcome, next) = (task.label(), answered.outcome, Next::Finish);
        (self.report)(&Event::LookEnded {
            who,
            outcome,
            took,
            next,
        });
        self.free(task);
        self.finish(task, Outcome::Created, id, answer);
    }
}

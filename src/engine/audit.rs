//! One more look at a device that was just made.
//!
//! An unanswered request that was settled as absent may take effect all the same,
//! later than anybody promised: whoever sends again looks once more at the end, so
//! that a second device is at least known of. And an answer that said "created" may
//! have been cut off before the ID, which the listing has. Nothing is deleted.

use std::time::Duration;

use super::Engine;
use super::task::Task;
use crate::model::entry::DeviceState;
use crate::model::event::{Event, Next};
use crate::model::outcome::{Device, Listing, LookOutcome, Outcome};
use crate::pingone::{Answered, code};
use crate::retry::{Decision, is_ours};

/// What a person is told of a device that PingOne lists more than once.
pub(super) const SEVERAL: &str =
    "PingOne lists this device more than once; remove all but one of them";

/// Has a device looked at before its row is done, where there is something to learn.
pub(super) fn look_once_more(task: &mut Task, device: &Device) -> Option<Decision> {
    if !task.history.sent_again && device.id.is_some() {
        return None;
    }
    task.made = Some(device.clone());
    Some(Decision::Look {
        after: Duration::ZERO,
    })
}

impl Engine<'_> {
    /// Ends the row of a device that was looked at once more. It is ours, whatever the listing says.
    pub(super) fn audit(
        &mut self,
        task: &Task,
        device: &Device,
        answered: Answered<LookOutcome>,
        took: Duration,
    ) {
        let mut answer = task.answer.clone();
        let known = match &answered.outcome {
            LookOutcome::Seen(Listing::Several(_)) => {
                answer.code = Some(code::DUPLICATE_FOUND.to_owned());
                answer.message = Some(SEVERAL.to_owned());
                device.clone()
            }
            // Somebody else's device may be all that a lagging listing shows.
            LookOutcome::Seen(Listing::Present(listed))
                if device.id.is_none()
                    && is_ours(listed, task.intent_ms, task.history.was_absent) =>
            {
                listed.clone()
            }
            LookOutcome::Seen(_)
            | LookOutcome::NoUser
            | LookOutcome::Throttled { .. }
            | LookOutcome::Unauthorized
            | LookOutcome::Forbidden
            | LookOutcome::NoInformation
            | LookOutcome::Untrusted
            | LookOutcome::Redirected => device.clone(),
        };
        let id = known.id;
        if known != *device || answer != task.answer {
            let (state, answer) = (DeviceState::Created, answer.clone());
            self.pending
                .settle(&task.request, state, Some(known), None, answer);
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

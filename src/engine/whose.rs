//! A device ID belongs to one row. Where an answer gives it to a second one, the answer is wrong.

use crate::model::code;
use crate::model::outcome::{Answer, AttemptOutcome, Device, Listing, LookOutcome};
use crate::pingone::Answered;

/// The device that an answered create names.
pub(super) fn created(outcome: &AttemptOutcome) -> Option<&Device> {
    let AttemptOutcome::Created(device) = outcome else {
        return None;
    };
    Some(device)
}

/// The device that a listing shows.
pub(super) fn listed(outcome: &LookOutcome) -> Option<&Device> {
    let LookOutcome::Seen(Listing::Present(device) | Listing::Several(device)) = outcome else {
        return None;
    };
    Some(device)
}

/// What an answer is worth that names the device of another row.
pub(super) fn of_another<T>(answered: Answered<T>, outcome: T) -> Answered<T> {
    Answered {
        outcome,
        answer: Answer {
            code: Some(code::WRONG_DEVICE.to_owned()),
            message: Some("the answer names the device of another row".to_owned()),
            ..answered.answer
        },
        ..answered
    }
}

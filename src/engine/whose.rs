//! A device ID belongs to one row. Where an answer gives it to a second one, the answer is wrong.

use crate::model::code;
use crate::model::outcome::{Ambiguity, Answer, AttemptOutcome, Device, Listing, LookOutcome};
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

/// What a create is worth whose answer names the device of another row.
pub(super) fn made_for_another(answered: Answered<AttemptOutcome>) -> Answered<AttemptOutcome> {
    Answered {
        outcome: AttemptOutcome::Indeterminate(Ambiguity::WrongDevice),
        answer: of_another(answered.answer),
        ..answered
    }
}

/// What a listing is worth that shows the device of another row.
pub(super) fn listed_for_another(answered: Answered<LookOutcome>) -> Answered<LookOutcome> {
    Answered {
        outcome: LookOutcome::MixedUp,
        answer: of_another(answered.answer),
        ..answered
    }
}

fn of_another(answer: Answer) -> Answer {
    Answer {
        code: Some(code::WRONG_DEVICE.to_owned()),
        message: Some("the answer names the device of another row".to_owned()),
        ..answer
    }
}

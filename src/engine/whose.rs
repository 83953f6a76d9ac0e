//! A device ID belongs to one row. Where an answer gives it to a second one, the answer is wrong.

use super::journal::Journal;
use super::row::Row;
use crate::ledger;
use crate::model::code;
use crate::model::outcome::{Answer, AttemptOutcome, Device, Listing, LookOutcome};
use crate::model::why_nothing::WhyNothing;
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

/// An answer as it came; `wrong` where the device that it names is another row's.
///
/// # Errors
///
/// The ledger cannot be read.
pub(super) fn checked<T>(
    journal: &Journal<'_>,
    row: &Row,
    answered: Answered<T>,
    named: fn(&T) -> Option<&Device>,
    wrong: T,
) -> Result<Answered<T>, ledger::Error> {
    let id = named(&answered.outcome).and_then(|device| device.id);
    match id {
        Some(id) if journal.has_elsewhere(id, &row.request.key)? => Ok(of_another(answered, wrong)),
        Some(_) | None => Ok(answered),
    }
}

/// A listing as it came. One that shows the very device that `undo` deleted is from before that, and
/// says nothing of now.
///
/// # Errors
///
/// The ledger cannot be read.
pub(super) fn checked_listing(
    journal: &Journal<'_>,
    row: &Row,
    answered: Answered<LookOutcome>,
) -> Result<Answered<LookOutcome>, ledger::Error> {
    let id = listed(&answered.outcome).and_then(|device| device.id);
    if id.is_none() || id != row.deleted {
        let wrong = LookOutcome::Nothing(WhyNothing::MixedUp);
        return checked(journal, row, answered, listed, wrong);
    }
    Ok(Answered {
        outcome: LookOutcome::Nothing(WhyNothing::NoInformation),
        answer: Answer {
            code: Some(code::STALE_LISTING.to_owned()),
            message: Some("the listing still shows the device that was deleted".to_owned()),
            ..answered.answer
        },
        ..answered
    })
}

/// What an answer is worth that names the device of another row.
fn of_another<T>(answered: Answered<T>, outcome: T) -> Answered<T> {
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

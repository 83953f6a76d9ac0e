//! A device ID belongs to one row. Where an answer gives it to a second one, the answer is wrong.

use super::{Engine, Error};
use crate::model::code;
use crate::model::outcome::{Ambiguity, Answer, AttemptOutcome, Device, Listing, LookOutcome};
use crate::model::request::DeviceKey;
use crate::pingone::Answered;

impl Engine<'_> {
    /// Takes a device for another's whose ID another row has.
    pub(super) fn unless_made_for_another(
        &self,
        key: &DeviceKey,
        answered: Answered<AttemptOutcome>,
    ) -> Result<Answered<AttemptOutcome>, Error> {
        let AttemptOutcome::Created(device) = &answered.outcome else {
            return Ok(answered);
        };
        if !self.is_of_another(key, device)? {
            return Ok(answered);
        }
        Ok(Answered {
            outcome: AttemptOutcome::Indeterminate(Ambiguity::WrongDevice),
            answer: of_another(answered.answer),
            ..answered
        })
    }

    /// Takes a listing for another's that shows a device whose ID another row has.
    pub(super) fn unless_listed_for_another(
        &self,
        key: &DeviceKey,
        answered: Answered<LookOutcome>,
    ) -> Result<Answered<LookOutcome>, Error> {
        let LookOutcome::Seen(Listing::Present(device) | Listing::Several(device)) =
            &answered.outcome
        else {
            return Ok(answered);
        };
        if !self.is_of_another(key, device)? {
            return Ok(answered);
        }
        Ok(Answered {
            outcome: LookOutcome::MixedUp,
            answer: of_another(answered.answer),
            ..answered
        })
    }

    fn is_of_another(&self, key: &DeviceKey, device: &Device) -> Result<bool, Error> {
        let Some(id) = device.id else {
            return Ok(false);
        };
        let turn = self.turn.as_ref();
        Ok(self.pending.has_elsewhere(id, key)
            || turn.is_some_and(|turn| turn.has_elsewhere(id, key))
            || self.ledger.has_elsewhere(id, key)?)
    }
}

/// What is said of an answer about a device that another row has.
fn of_another(answer: Answer) -> Answer {
    Answer {
        code: Some(code::WRONG_DEVICE.to_owned()),
        message: Some("the answer names the device of another row".to_owned()),
        ..answer
    }
}

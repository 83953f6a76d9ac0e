//! What came of a request about a single device: read, or deleted.
//!
//! "Read One MFA User Device" and "Delete MFA User Device" of the PingOne Platform API reference.

use bytes::Bytes;

use super::nothing;
use super::words::{answered, in_words, mixed_up, own_words, unanswered, with_advice};
use crate::model::code;
use crate::model::ids::DeviceId;
use crate::model::outcome::Proof;
use crate::model::request::{DeviceKey, DeviceStatus};
use crate::model::undo::{DeviceOutcome, Sameness, ShownDevice};
use crate::model::why_nothing::WhyNothing;
use crate::pingone::device_match::{DeviceMatch, Differs, device, device_match};
use crate::pingone::head::{BodyFault, Head};
use crate::pingone::own::Own;
use crate::pingone::ping_error::PingError;
use crate::pingone::transport::Fault;
use crate::pingone::{Answered, hint, wire};

/// What came of such a request that was answered; `deletes` is whether the device was to be deleted.
pub(in crate::pingone) fn answer(
    (key, id): (&DeviceKey, DeviceId),
    deletes: bool,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Answered<DeviceOutcome> {
    let own = Own::of(&key.address);
    let body = body.as_deref().ok();
    let error = body.and_then(PingError::read);
    let outcome = match nothing::of_status(head) {
        Some(why) => DeviceOutcome::Nothing(why),
        None if head.status == 200 && !deletes => shown(key, id, body),
        None => without_device(head, deletes, error.is_some()),
    };
    let answer = match word(&outcome) {
        None => own_words(head, None, None, &own),
        Some(code::MIXED_UP) => mixed_up(head, &own),
        Some(word) => in_words(head, error, word, &own),
    };
    let answer = with_advice(answer, hint::of_device(&outcome));
    answered(outcome, answer, head)
}

/// What came of such a request that got no answer.
pub(in crate::pingone) fn fault(key: &DeviceKey, fault: &Fault) -> Answered<DeviceOutcome> {
    let outcome = DeviceOutcome::Nothing(nothing::of_fault(fault));
    let advice = hint::of_device(&outcome);
    unanswered(outcome, advice, fault, key)
}

/// A device says itself which one it is.
fn shown(key: &DeviceKey, id: DeviceId, body: Option<&[u8]>) -> DeviceOutcome {
    let shown = body.and_then(|body| serde_json::from_slice::<wire::Device>(body).ok());
    let Some(shown) = shown else {
        return DeviceOutcome::Nothing(WhyNothing::Unreadable);
    };
    let found = device(key, &shown);
    let sameness = match device_match(key, &shown) {
        DeviceMatch::Other(Differs::User) => return DeviceOutcome::Nothing(WhyNothing::MixedUp),
        DeviceMatch::Same => Sameness::Same,
        DeviceMatch::Other(differs) => Sameness::Other(differs.as_str()),
        DeviceMatch::Unclear => Sameness::Unclear,
    };
    match found.id {
        None => DeviceOutcome::Nothing(WhyNothing::Unreadable),
        Some(other) if other != id => DeviceOutcome::Nothing(WhyNothing::MixedUp),
        Some(_) => DeviceOutcome::There(Box::new(ShownDevice {
            odd_status: shown
                .status
                .is_some_and(|status| status.parse::<DeviceStatus>().is_err()),
            device: found,
            sameness,
        })),
    }
}

fn without_device(head: &Head, deletes: bool, is_pingones: bool) -> DeviceOutcome {
    let proven = head.proof == Proof::Proven;
    match head.status {
        204 if deletes && proven => DeviceOutcome::Gone,
        204 if deletes => DeviceOutcome::Nothing(WhyNothing::Unproven),
        // Another device's refusal is none of this one.
        400.. if is_pingones && !proven => DeviceOutcome::Nothing(WhyNothing::Unproven),
        // A gateway's 404 is about a path, PingOne's is about a device.
        404 if is_pingones => DeviceOutcome::Gone,
        400.. if is_pingones => DeviceOutcome::Refused,
        _ => DeviceOutcome::Nothing(WhyNothing::Unreadable),
    }
}

/// Our word for it, where PingOne gives none of its own.
fn word(outcome: &DeviceOutcome) -> Option<&'static str> {
    match outcome {
        DeviceOutcome::There(_) | DeviceOutcome::Gone => None,
        DeviceOutcome::Refused => Some(code::REFUSED),
        DeviceOutcome::Nothing(why) => Some(nothing::word(*why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;
    use crate::pingone::head::Head;

    const ID: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";
    const OTHER: &str = "22222222-2222-4222-8222-222222222222";
    const NOT_FOUND: &str = r#"{"id":"e-1","code":"NOT_FOUND","message":"It is not there."}"#;

    fn outcome_of(deletes: bool, status: u16, proof: Proof, body: &str) -> DeviceOutcome {
        let key = samples::key(1);
        let head = Head::bare(status, proof);
        let body = Ok(Bytes::from(body.to_owned()));
        answer((&key, ID.parse().unwrap()), deletes, &head, &body).outcome
    }

    fn json(id: &str, phone: &str) -> String {
        format!(r#"{{"id":"{id}","type":"WHATSAPP","status":"ACTIVE","phone":"{phone}"}}"#)
    }

    #[test]
    fn a_device_is_ours_by_its_id_and_the_same_by_type_and_digits() {
        let sameness = |id: &str, phone: &str| {
            let outcome = outcome_of(false, 200, Proof::Unproven, &json(id, phone));
            if let DeviceOutcome::There(shown) = outcome {
                Ok(shown.sameness)
            } else {
                Err(outcome)
            }
        };
        let same = Ok(Sameness::Same);
        assert_eq!(sameness(ID, "+1.5125551234"), same);
        assert_eq!(sameness(ID, "+15125551235"), Ok(Sameness::Other("address")));
        assert_eq!(sameness(ID, "+1****1234"), Ok(Sameness::Unclear));
        assert_eq!(
            sameness(OTHER, "+15125551234"),
            Err(DeviceOutcome::Nothing(WhyNothing::MixedUp))
        );
        for unreadable in ["", "{}", "[]"] {
            let outcome = outcome_of(false, 200, Proof::Proven, unreadable);
            assert_eq!(
                outcome,
                DeviceOutcome::Nothing(WhyNothing::Unreadable),
                "{unreadable}"
            );
        }
    }

    #[test]
    fn only_an_answer_that_is_ours_says_that_a_device_is_gone() {
        use {DeviceOutcome as D, WhyNothing as W};
        for (deletes, status, proof, body, expected) in [
            (true, 204, Proof::Proven, "", D::Gone),
            (true, 204, Proof::Unproven, "", D::Nothing(W::Unproven)),
            (true, 204, Proof::MixedUp, "", D::Nothing(W::MixedUp)),
            (false, 204, Proof::Proven, "", D::Nothing(W::Unreadable)),
            (true, 200, Proof::Proven, "{}", D::Nothing(W::Unreadable)),
            (true, 404, Proof::Proven, NOT_FOUND, D::Gone),
            (false, 404, Proof::Proven, NOT_FOUND, D::Gone),
            (
                false,
                404,
                Proof::Unproven,
                NOT_FOUND,
                D::Nothing(W::Unproven),
            ),
            (
                false,
                404,
                Proof::Proven,
                "<html>",
                D::Nothing(W::Unreadable),
            ),
            (true, 404, Proof::Proven, "", D::Nothing(W::Unreadable)),
            (true, 400, Proof::Proven, NOT_FOUND, D::Refused),
            (true, 403, Proof::Proven, "", D::Nothing(W::Forbidden)),
            (true, 500, Proof::Proven, "", D::Nothing(W::NoInformation)),
            (true, 302, Proof::Proven, "", D::Nothing(W::Redirected)),
            (true, 511, Proof::Proven, "", D::Nothing(W::CaptivePortal)),
        ] {
            let outcome = outcome_of(deletes, status, proof, body);
            assert_eq!(outcome, expected, "{deletes} {status} {proof:?} {body}");
        }
    }
}

//! What came of a request about a single device: read, or deleted.
//!
//! "Read One MFA User Device" and "Delete MFA User Device" of the PingOne Platform API reference.

use bytes::Bytes;

use super::words::{answered, in_words, mixed_up, no_answer, own_words, unanswered, with_advice};
use crate::model::code;
use crate::model::ids::DeviceId;
use crate::model::outcome::Proof;
use crate::model::request::{DeviceKey, DeviceStatus};
use crate::model::undo::{DeviceOutcome, Sameness, ShownDevice};
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
    let outcome = match (head.proof, head.status) {
        (Proof::MixedUp, _) => DeviceOutcome::MixedUp,
        (_, 200) if !deletes => shown(key, id, body),
        (proof, status) => without_device(status, proof, deletes, error.is_some(), head),
    };
    let answer = match word(&outcome) {
        None => own_words(head, None, None, &own),
        Some(code::MIXED_UP) => mixed_up(head, &own),
        Some(word) => in_words(head, error, word, &own),
    };
    answered(outcome.clone(), with_advice(answer, advice(&outcome)), head)
}

/// What came of such a request that got no answer.
pub(in crate::pingone) fn fault(key: &DeviceKey, fault: &Fault) -> Answered<DeviceOutcome> {
    let outcome = if fault.kind.is_distrust() {
        DeviceOutcome::Untrusted
    } else {
        DeviceOutcome::NoInformation
    };
    let answer = no_answer(fault, &Own::of(&key.address));
    unanswered(
        outcome.clone(),
        with_advice(answer, advice(&outcome)),
        fault.kind,
    )
}

/// A device says itself which one it is.
fn shown(key: &DeviceKey, id: DeviceId, body: Option<&[u8]>) -> DeviceOutcome {
    let shown = body.and_then(|body| serde_json::from_slice::<wire::Device>(body).ok());
    let Some(shown) = shown else {
        return DeviceOutcome::Unreadable;
    };
    let found = device(key, &shown);
    let sameness = match device_match(key, &shown) {
        DeviceMatch::Other(Differs::User) => return DeviceOutcome::MixedUp,
        DeviceMatch::Same => Sameness::Same,
        DeviceMatch::Other(differs) => Sameness::Other(differs.as_str()),
        DeviceMatch::Unclear => Sameness::Unclear,
    };
    match found.id {
        None => DeviceOutcome::Unreadable,
        Some(other) if other != id => DeviceOutcome::MixedUp,
        Some(_) => DeviceOutcome::There(Box::new(ShownDevice {
            odd_status: shown
                .status
                .is_some_and(|status| status.parse::<DeviceStatus>().is_err()),
            device: found,
            sameness,
        })),
    }
}

fn without_device(
    status: u16,
    proof: Proof,
    deletes: bool,
    is_pingones: bool,
    head: &Head,
) -> DeviceOutcome {
    let proven = proof == Proof::Proven;
    match status {
        204 if deletes && proven => DeviceOutcome::Gone,
        204 if deletes => DeviceOutcome::Unproven,
        401 => DeviceOutcome::Unauthorized,
        403 => DeviceOutcome::Forbidden,
        429 => DeviceOutcome::Throttled {
            retry_after: head.retry_after,
        },
        300..=399 => DeviceOutcome::Redirected,
        511 => DeviceOutcome::CaptivePortal,
        408 | 500..=599 => DeviceOutcome::NoInformation,
        // Another device's refusal is none of this one.
        400.. if is_pingones && !proven => DeviceOutcome::Unproven,
        // A gateway's 404 is about a path, PingOne's is about a device.
        404 if is_pingones => DeviceOutcome::Gone,
        400.. if is_pingones => DeviceOutcome::Refused,
        _ => DeviceOutcome::Unreadable,
    }
}

/// Our word for it, where PingOne gives none of its own.
fn word(outcome: &DeviceOutcome) -> Option<&'static str> {
    Some(match outcome {
        DeviceOutcome::There(_) | DeviceOutcome::Gone => return None,
        DeviceOutcome::Throttled { .. } => code::THROTTLED,
        DeviceOutcome::Unauthorized => code::UNAUTHORIZED,
        DeviceOutcome::Forbidden => code::FORBIDDEN,
        DeviceOutcome::Refused => code::REFUSED,
        DeviceOutcome::NoInformation => code::SERVER_ERROR,
        DeviceOutcome::Unreadable | DeviceOutcome::Unproven => code::UNREADABLE_ANSWER,
        DeviceOutcome::Untrusted => code::TLS_FAILED,
        DeviceOutcome::Redirected => code::REDIRECTED,
        DeviceOutcome::CaptivePortal => code::CAPTIVE_PORTAL,
        DeviceOutcome::MixedUp => code::MIXED_UP,
    })
}

fn advice(outcome: &DeviceOutcome) -> Option<&'static str> {
    match outcome {
        DeviceOutcome::There(_) | DeviceOutcome::Gone => None,
        DeviceOutcome::Untrusted => Some(hint::UNTRUSTED),
        DeviceOutcome::Redirected | DeviceOutcome::Unreadable => Some(hint::WRONG_HOST),
        DeviceOutcome::CaptivePortal => Some(hint::CAPTIVE_PORTAL),
        DeviceOutcome::Unauthorized => Some(hint::UNAUTHORIZED),
        DeviceOutcome::Forbidden => {
            Some("give the worker application the role Identity Data Admin on this environment")
        }
        DeviceOutcome::Refused => Some("look at the device in PingOne"),
        DeviceOutcome::Throttled { .. }
        | DeviceOutcome::NoInformation
        | DeviceOutcome::Unproven
        | DeviceOutcome::MixedUp => Some("give the same command again"),
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
        assert_eq!(sameness(OTHER, "+15125551234"), Err(DeviceOutcome::MixedUp));
        for unreadable in ["", "{}", "[]"] {
            let outcome = outcome_of(false, 200, Proof::Proven, unreadable);
            assert_eq!(outcome, DeviceOutcome::Unreadable, "{unreadable}");
        }
    }

    #[test]
    fn only_an_answer_that_is_ours_says_that_a_device_is_gone() {
        use DeviceOutcome as D;
        for (deletes, status, proof, body, expected) in [
            (true, 204, Proof::Proven, "", D::Gone),
            (true, 204, Proof::Unproven, "", D::Unproven),
            (true, 204, Proof::MixedUp, "", D::MixedUp),
            (false, 204, Proof::Proven, "", D::Unreadable),
            (true, 200, Proof::Proven, "{}", D::Unreadable),
            (true, 404, Proof::Proven, NOT_FOUND, D::Gone),
            (false, 404, Proof::Proven, NOT_FOUND, D::Gone),
            (false, 404, Proof::Unproven, NOT_FOUND, D::Unproven),
            (false, 404, Proof::Proven, "<html>", D::Unreadable),
            (true, 404, Proof::Proven, "", D::Unreadable),
            (true, 400, Proof::Proven, NOT_FOUND, D::Refused),
            (true, 403, Proof::Proven, "", D::Forbidden),
            (true, 500, Proof::Proven, "", D::NoInformation),
            (true, 302, Proof::Proven, "", D::Redirected),
            (true, 511, Proof::Proven, "", D::CaptivePortal),
        ] {
            let outcome = outcome_of(deletes, status, proof, body);
            assert_eq!(outcome, expected, "{deletes} {status} {proof:?} {body}");
        }
    }
}

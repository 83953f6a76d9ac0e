#![doc = include_str!("tables.md")]

use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;

use crate::model::code;
use crate::model::outcome::{Ambiguity, AttemptOutcome, Device, LookOutcome, Proof, Refusal};
use crate::model::request::{DeviceKey, DeviceRequest};
use crate::model::why_nothing::WhyNothing;

use super::addressee::{Addressee, addressee};
use super::device_match::{DeviceMatch, Differs, device, device_match};
use super::head::{BodyFault, Head};
use super::listing::{self, Pages, Read, Unreadable};
use super::own::Own;
use super::ping_error::{PingError, gateway_throttles};
use super::transport::{Fault, FaultKind};
use super::{Answered, hint, wire};
use words::{
    LIMIT, QUOTA, ambiguity_code, answered, in_words, mixed_up, own_words, pause, refusal_code,
    unanswered, with_advice,
};

pub(super) mod device;
pub(super) mod mfa;
mod nothing;
mod words;

/// What came of a create request that was answered.
pub fn create_answer(
    request: &DeviceRequest,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Answered<AttemptOutcome> {
    let own = Own::of(&request.key.address);
    let error = body.as_deref().ok().and_then(PingError::read);
    let outcome = match (head.proof, head.status) {
        // Whatever it says, it says it of another request.
        (Proof::MixedUp, _) => AttemptOutcome::Indeterminate(Ambiguity::MixedUp),
        (proof, 201) => created(request, body, proof),
        (proof, 200) => perhaps_created(request, body, proof),
        (_, 429) if is_gateways(head, body) => AttemptOutcome::NotCreated(Refusal::Throttled {
            retry_after: head.retry_after,
        }),
        (_, status) => refused(status, error.as_ref(), head.retry_after),
    };
    let pause = pause(head, error.as_ref());
    let answer = match &outcome {
        AttemptOutcome::Created(_) => own_words(head, None, None, &own),
        AttemptOutcome::NotCreated(refusal) => in_words(head, error, refusal_code(*refusal), &own),
        AttemptOutcome::Indeterminate(Ambiguity::WrongDevice) => {
            let differs = differs(&request.key, body).map_or("device", Differs::as_str);
            let message = format!("the answer is about another {differs} than was asked for");
            own_words(head, Some(code::WRONG_DEVICE), Some(message), &own)
        }
        AttemptOutcome::Indeterminate(Ambiguity::MixedUp) => mixed_up(head, &own),
        AttemptOutcome::Indeterminate(ambiguity) => {
            in_words(head, error, ambiguity_code(*ambiguity), &own)
        }
    };
    let answer = with_advice(answer, create_advice(&outcome));
    Answered {
        pause,
        ..answered(outcome, answer, head)
    }
}

/// What came of a create request that got no answer.
///
/// `handed_over` says whether its body was given to the transport.
pub(crate) fn create_fault(
    key: &DeviceKey,
    fault: &Fault,
    handed_over: bool,
) -> Answered<AttemptOutcome> {
    let outcome = if handed_over {
        AttemptOutcome::Indeterminate(if fault.kind == FaultKind::TimedOut {
            Ambiguity::TimedOut
        } else if fault.kind == FaultKind::Unreadable {
            Ambiguity::Unreadable
        } else {
            Ambiguity::ConnectionLost
        })
    } else {
        AttemptOutcome::NotCreated(if fault.kind.is_distrust() {
            Refusal::Untrusted
        } else if fault.kind == FaultKind::OutOfResources {
            Refusal::OutOfResources
        } else {
            Refusal::Unreachable
        })
    };
    let advice = create_advice(&outcome);
    let mut answered = unanswered(outcome, advice, fault, key);
    if !handed_over && fault.kind.is_after_connecting() {
        answered.answer.code = Some(code::NOT_SENT.to_owned());
    }
    answered
}

/// What came of a request for a page of a listing.
#[derive(Debug)]
pub enum Listed {
    /// There is nothing more to ask for; with how many devices count against the limit for the user,
    /// where they were listed.
    Whole(Answered<LookOutcome>, Option<u64>),
    /// The listing goes on: its next page is to be asked for.
    GoesOn(Pages),
}

/// What came of a list request that was answered.
///
/// `at` is the address that was asked, `before` what the pages before it told.
pub fn list_answer(
    key: &DeviceKey,
    at: &Url,
    before: Option<Pages>,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Listed {
    let own = Own::of(&key.address);
    let body = body.as_deref().ok();
    let error = body.and_then(PingError::read);
    let by_status = nothing::of_status(head);
    let outcome = match (by_status, head.status) {
        (Some(why), _) => LookOutcome::Nothing(why),
        (None, 200) => return listed(key, at, before, head, body),
        // A gateway's 404 is about a path, PingOne's is about a user.
        (None, 404) if error.is_some() && head.proof == Proof::Unproven => {
            LookOutcome::Nothing(WhyNothing::Unproven)
        }
        (None, 404) if error.is_some() => LookOutcome::UserUnknown,
        (None, 404) => LookOutcome::Nothing(WhyNothing::Unreadable),
        // PingOne's own refusal says nothing of the host.
        (None, 400..) if error.is_some() => LookOutcome::Nothing(WhyNothing::NoInformation),
        (None, _) => LookOutcome::Nothing(WhyNothing::Unreadable),
    };
    let word = match (by_status, head.status) {
        (_, 404) => code::NOT_FOUND,
        (_, 408) => code::REQUEST_TIMEOUT,
        (Some(why), _) => nothing::word(why),
        (None, _) => code::UNEXPECTED_STATUS,
    };
    let answer = if by_status == Some(WhyNothing::MixedUp) {
        mixed_up(head, &own)
    } else {
        in_words(head, error, word, &own)
    };
    let answer = with_advice(answer, Some(hint::of_look(&outcome)));
    Listed::Whole(answered(outcome, answer, head), None)
}

/// What a 200 shows, and whether it is about our user at all.
fn listed(
    key: &DeviceKey,
    at: &Url,
    before: Option<Pages>,
    head: &Head,
    body: Option<&[u8]>,
) -> Listed {
    let own = Own::of(&key.address);
    let unreadable = |why: Unreadable| {
        let message = hint::advised(why.message(), why.advice());
        let word = Some(code::UNREADABLE_LISTING);
        (
            LookOutcome::Nothing(WhyNothing::Unreadable),
            own_words(head, word, Some(message), &own),
        )
    };
    let page = body.and_then(listing::page);
    let addressee = page.as_ref().map(|page| addressee(key.user, page));
    let mut devices = None;
    let (outcome, answer) = match (page, addressee, head.proof) {
        (None, ..) | (_, None, _) => unreadable(Unreadable::NotAListing),
        (_, Some(Addressee::Another), _) => {
            let advice = Some(hint::of_look(&LookOutcome::Nothing(WhyNothing::MixedUp)));
            let answer = with_advice(mixed_up(head, &own), advice);
            (LookOutcome::Nothing(WhyNothing::MixedUp), answer)
        }
        (_, Some(Addressee::Nobody), Proof::Unproven) => (
            LookOutcome::Nothing(WhyNothing::Unproven),
            own_words(head, None, None, &own),
        ),
        (Some(page), ..) => {
            let bytes = body.map_or(0, <[u8]>::len);
            match listing::read(key, at, before, page, bytes) {
                Ok(Read::GoesOn(pages)) => return Listed::GoesOn(pages),
                Ok(Read::Whole(listing, paired)) => {
                    devices = Some(paired);
                    let answer = own_words(head, None, None, &own);
                    (LookOutcome::Seen(listing), answer)
                }
                Err(why) => unreadable(why),
            }
        }
    };
    Listed::Whole(answered(outcome, answer, head), devices)
}

/// What came of a list request that got no answer.
pub(crate) fn list_fault(key: &DeviceKey, fault: &Fault) -> Answered<LookOutcome> {
    let outcome = LookOutcome::Nothing(nothing::of_fault(fault));
    let advice = Some(hint::of_look(&outcome));
    unanswered(outcome, advice, fault, key)
}

/// Whether the gateway before PingOne refused a request by its own rate control: then nothing
/// of it came as far as PingOne. Without the gateway's ID, anybody may have said so.
fn is_gateways(head: &Head, body: &Result<Bytes, BodyFault>) -> bool {
    head.from_gateway && body.as_deref().is_ok_and(gateway_throttles)
}

/// A 201 is PingOne's word that there is a device now. Only a body that is about
/// another one casts doubt on whose request was answered.
fn created(
    request: &DeviceRequest,
    body: &Result<Bytes, BodyFault>,
    proof: Proof,
) -> AttemptOutcome {
    if differs(&request.key, body).is_some() {
        return AttemptOutcome::Indeterminate(Ambiguity::WrongDevice);
    }
    let shown = shown(body).unwrap_or_default();
    AttemptOutcome::Created(named(request, &shown, proof))
}

/// The device of an answer. One that may be another's, and does not say whose the device is, may
/// tell of another user with the same phone: then the ID is learned from a listing.
fn named(request: &DeviceRequest, shown: &wire::Device, proof: Proof) -> Device {
    if proof == Proof::Unproven && shown.user.is_none() {
        return Device::default();
    }
    let made = device(&request.key, shown);
    Device {
        imprint: made.imprint.or_as_asked(request),
        ..made
    }
}

/// A 200 is anybody's word: a captive portal says it too. Only the device itself is proof.
fn perhaps_created(
    request: &DeviceRequest,
    body: &Result<Bytes, BodyFault>,
    proof: Proof,
) -> AttemptOutcome {
    let shown = shown(body).unwrap_or_default();
    let made = named(request, &shown, proof);
    if made.id.is_none() {
        return AttemptOutcome::Indeterminate(Ambiguity::UnexpectedStatus);
    }
    match device_match(&request.key, &shown) {
        DeviceMatch::Same => AttemptOutcome::Created(made),
        DeviceMatch::Other(_) => AttemptOutcome::Indeterminate(Ambiguity::WrongDevice),
        DeviceMatch::Unclear => AttemptOutcome::Indeterminate(Ambiguity::UnexpectedStatus),
    }
}

fn shown(body: &Result<Bytes, BodyFault>) -> Option<wire::Device> {
    serde_json::from_slice(body.as_deref().ok()?).ok()
}

fn differs(key: &DeviceKey, body: &Result<Bytes, BodyFault>) -> Option<Differs> {
    match device_match(key, &shown(body)?) {
        DeviceMatch::Other(differs) => Some(differs),
        DeviceMatch::Same | DeviceMatch::Unclear => None,
    }
}

fn refused(
    status: u16,
    error: Option<&PingError>,
    retry_after: Option<Duration>,
) -> AttemptOutcome {
    use AttemptOutcome::{Indeterminate, NotCreated};
    match (status, error) {
        (400 | 422, Some(error)) => NotCreated(if error.names_existing() {
            Refusal::AlreadyThere
        } else if error.code() == "REQUEST_FAILED" && error.has(LIMIT) {
            Refusal::DeviceLimit
        } else {
            Refusal::Invalid
        }),
        (400 | 422, None) => Indeterminate(Ambiguity::ForeignError),
        (401, _) => NotCreated(Refusal::Unauthorized),
        (403, _) => NotCreated(Refusal::Forbidden),
        (404, _) => NotCreated(Refusal::UserUnknown),
        (405 | 411 | 413 | 414 | 415 | 431 | 505, _) => NotCreated(Refusal::Misdirected),
        (408, _) => Indeterminate(Ambiguity::RequestTimeout),
        (409, _) => Indeterminate(Ambiguity::Conflict),
        (410 | 412 | 423 | 425, _) => NotCreated(Refusal::Conflicting),
        (429, Some(error)) if error.code() == "REQUEST_LIMITED" && !error.has(QUOTA) => {
            NotCreated(Refusal::Throttled { retry_after })
        }
        (429, _) => Indeterminate(Ambiguity::QuotaExceeded),
        (300..=399, _) => Indeterminate(Ambiguity::Redirected),
        (511, _) => Indeterminate(Ambiguity::CaptivePortal),
        (500..=599, _) => Indeterminate(Ambiguity::ServerError),
        _ => Indeterminate(Ambiguity::UnexpectedStatus),
    }
}

fn create_advice(outcome: &AttemptOutcome) -> Option<&'static str> {
    match outcome {
        AttemptOutcome::Created(_) => None,
        AttemptOutcome::NotCreated(refusal) => Some(hint::of_refusal(*refusal)),
        AttemptOutcome::Indeterminate(ambiguity) => Some(hint::of_ambiguity(*ambiguity)),
    }
}

#[cfg(test)]
mod tests;

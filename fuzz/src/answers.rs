//! What comes back from PingOne, or from whatever answered in its place.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use wavepair::testing::model::{
    Ambiguity, Answer, AttemptOutcome, Listing, LookOutcome, Proof, Secret,
};
use wavepair::testing::pingone::{
    Head, LONGEST, LONGEST_TOKEN, Listed, MfaSettings, create_answer, list_answer, policies_answer,
    read_answer, token_answer,
};

use super::subject::{DIGITS, SECRET, request};

/// Reads an answer of any status to every kind of request: a status line's number, then the body.
///
/// No answer but a 200 or a 201 is a device, none of the server's trouble is a "no", and nothing
/// that is kept shows a phone, a secret or a control character.
pub fn json_error(data: &[u8]) {
    let Some((head, body)) = status_and_body(data) else {
        return;
    };
    let request = request();

    let created = create_answer(&request, &head, &Ok(body.clone()));
    harmless(&created.answer);
    match (&created.outcome, head.status) {
        (AttemptOutcome::Created(_), 200 | 201)
        | (AttemptOutcome::Indeterminate(Ambiguity::WrongDevice), 201)
        | (AttemptOutcome::Indeterminate(_), 0..=200 | 202..)
        | (AttemptOutcome::NotCreated(_), 400..=499 | 505) => {}
        (outcome, status) => panic!("{status} was taken for {outcome:?}"),
    }

    if let Some((outcome, answer)) = listed(&head, body.clone()) {
        harmless(&answer);
        let seen = matches!(outcome, LookOutcome::Seen(_));
        assert!(!seen || head.status == 200, "{}", head.status);
    }

    if let Err(error) = read_answer::<MfaSettings>(&head, &Ok(body.clone())) {
        harmless(&error.answer);
    }
    let at = "https://api.pingone.eu/v1/environments/e/deviceAuthenticationPolicies";
    let at = at.parse().expect("it is an address");
    if let Err(error) = policies_answer(&at, None, &head, &Ok(body.clone())) {
        harmless(&error.answer);
    }
    match token_answer(&head, &Ok(body), &Secret::new(SECRET.to_owned())) {
        Ok(granted) => {
            assert_eq!(head.status, 200);
            assert!(granted.life <= Duration::from_hours(24));
            let shown = format!("{granted:?}");
            assert!(shown.len() < LONGEST_TOKEN, "{shown}");
        }
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(SECRET), "{shown}");
        }
    }
}

/// What a listing said that does not go on.
fn listed(head: &Head, body: Bytes) -> Option<(LookOutcome, Answer)> {
    let at = "https://api.pingone.eu/v1/environments/e/users/u/devices";
    let at = at.parse().expect("it is an address");
    match list_answer(&request().key, &at, None, head, &Ok(body)) {
        Listed::Whole(answered, _) => Some((answered.outcome, answered.answer)),
        Listed::GoesOn(_) => None,
    }
}

fn status_and_body(data: &[u8]) -> Option<(Head, Bytes)> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    let status = std::str::from_utf8(&data[..end])
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some((head_of(status), Bytes::copy_from_slice(&data[end + 1..])))
}

fn head_of(status: u16) -> Head {
    Head {
        status,
        retry_after: None,
        correlation_id: None,
        from_gateway: false,
        proof: Proof::Proven,
        date_ms: None,
    }
}

fn harmless(answer: &Answer) {
    for text in [&answer.code, &answer.message] {
        let text = text.as_deref().unwrap_or_default();
        // What was said, and what to do about it.
        assert!(text.chars().count() <= 300 + 300, "{text:?}");
        assert!(!text.chars().any(char::is_control), "{text:?}");
        assert!(!text.contains(&format!("+{DIGITS}")), "{text:?}");
    }
    let reference = answer.correlation_id.as_deref().unwrap_or("-");
    assert!((1..=100).contains(&reference.len()), "{reference:?}");
    assert!(
        reference.bytes().all(|b| b.is_ascii_graphic()),
        "{reference:?}"
    );
}

/// Reads a listing of devices: "absent" is never said where the device is in plain sight.
pub fn device_list(data: &[u8]) {
    let key = request().key;
    let said = listed(&head_of(200), Bytes::copy_from_slice(data));
    if said.is_none_or(|(outcome, _)| outcome != LookOutcome::Seen(Listing::Absent)) {
        return;
    }
    // Members that mean nothing are passed over, also where their text is garbled.
    let Ok(page) = serde_json::from_str::<Value>(&String::from_utf8_lossy(data)) else {
        return;
    };
    let devices = page["_embedded"]["devices"].as_array();
    for device in devices.expect("only a list of devices is a listing") {
        let phone = device["phone"].as_str().unwrap_or_default();
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let same = device["type"] == key.kind.as_str() && digits == DIGITS;
        assert!(!same, "absent, though there is {device}");
    }
}

/// Reads `Retry-After` and `Date`, a line each: a wait is never nothing and never without end.
pub fn retry_after(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let value = lines.next().unwrap_or_default();
    let wait = wavepair::testing::pingone::retry_after([value], lines);
    assert!(wait.is_none_or(|wait| !wait.is_zero() && wait <= LONGEST));
    let seconds = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
    if let Some(seconds) = seconds.filter(|_| value.iter().all(u8::is_ascii_digit)) {
        let expected = Duration::from_secs(seconds).min(LONGEST);
        assert_eq!(wait, Some(expected).filter(|wait| !wait.is_zero()));
    }
}

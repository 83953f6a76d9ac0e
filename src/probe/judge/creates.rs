//! Questions 1, 2, 4, 5 and 6: what a create may be like.

use super::super::evidence::{Adorned, Came, Evidence, Seen};
use super::{Finding, Standing};

use Standing::{Confirmed, Noted, Otherwise};

/// What a create that should be made, or refused, came to.
enum Outcome<'a> {
    Made,
    Refused(&'a Seen),
    Unknown,
}

impl<'a> Outcome<'a> {
    fn of(came: &'a Came) -> Self {
        match came.seen() {
            _ if came.made().is_some() => Outcome::Made,
            Some(seen) if seen.is_refusal() && !seen.is_device_limit() => Outcome::Refused(seen),
            Some(_) | None => Outcome::Unknown,
        }
    }
}

fn status(came: &Came) -> String {
    came.seen().map_or_else(String::new, Seen::label)
}

pub(super) fn twice(evidence: &Evidence) -> Finding {
    match Outcome::of(&evidence.again) {
        Outcome::Unknown => Finding::none(&evidence.again),
        Outcome::Made => Finding::new(
            Confirmed,
            "allowed",
            format!(
                "{}, then {}: two devices",
                status(&evidence.first),
                status(&evidence.again)
            ),
            "keep `--existing skip`: PingOne itself does not keep anything from being made twice",
        ),
        Outcome::Refused(seen) => Finding::new(
            Otherwise,
            format!("refused_{}", seen.status),
            format!("{}, then {}", status(&evidence.first), seen.label()),
            "PingOne refuses a device that is there, so `--existing unchecked` would make none twice, and wavepair \
             settles such a row as `existing` by one look. `--existing skip` stays right",
        ),
    }
}

pub(super) fn spelling(evidence: &Evidence) -> Finding {
    let refused_twice = matches!(Outcome::of(&evidence.again), Outcome::Refused(_));
    match (Outcome::of(&evidence.respelled), refused_twice) {
        (Outcome::Unknown, _) => Finding::none(&evidence.respelled),
        (Outcome::Made, false) => Finding::new(
            Confirmed,
            "allowed",
            format!(
                "{}: a device more, as in question 1",
                status(&evidence.respelled)
            ),
            "nothing: wavepair compares phones by their digits",
        ),
        (Outcome::Made, true) => Finding::new(
            Otherwise,
            "by_spelling",
            format!(
                "{}: another device, though question 1 was refused",
                status(&evidence.respelled)
            ),
            "keep one spelling: wavepair sends E.164 alone, but what others have sent in another spelling is no \
             duplicate for PingOne. Keep `--existing skip`, which compares digits",
        ),
        (Outcome::Refused(seen), true) => Finding::new(
            Confirmed,
            "by_digits",
            format!("{}: the same device, as in question 1", seen.label()),
            "nothing: PingOne compares digits, as wavepair does",
        ),
        (Outcome::Refused(seen), false) => Finding::new(
            Otherwise,
            format!("refused_{}", seen.status),
            format!("{}, though the same spelling is taken twice", seen.label()),
            "keep one spelling: wavepair sends E.164 alone",
        ),
    }
}

pub(super) fn no_policy(evidence: &Evidence) -> Finding {
    match Outcome::of(&evidence.without_policy) {
        Outcome::Unknown => Finding::none(&evidence.without_policy),
        Outcome::Made => Finding::new(
            Otherwise,
            "made",
            format!(
                "{}: PingOne takes its default policy",
                status(&evidence.without_policy)
            ),
            "the API does without a policy; wavepair asks for one all the same (`policy_id`, `--policy`), so that \
             nobody is paired by a default that changes",
        ),
        Outcome::Refused(seen) => Finding::new(
            Confirmed,
            format!("refused_{}", seen.status),
            seen.label(),
            "each row needs a policy: the column `policy_id`, or `--policy`",
        ),
    }
}

/// The last of the creates with nickname and notification that was made.
fn made(evidence: &Evidence) -> Option<&Adorned> {
    evidence
        .adorned
        .iter()
        .find(|tried| tried.came.made().is_some())
}

/// The refusal that was about a member: it says so, or all that was made after it lacks the member alone.
fn refusal<'a>(
    evidence: &'a Evidence,
    member: &str,
    has: fn(&Adorned) -> bool,
) -> Option<&'a Seen> {
    let tried = evidence.adorned.iter().filter(|tried| has(tried));
    let mut refused = tried.filter_map(|tried| match Outcome::of(&tried.came) {
        Outcome::Refused(seen) => Some((tried, seen)),
        Outcome::Made | Outcome::Unknown => None,
    });
    let is_named = |seen: &Seen| seen.is_about(member);
    let names_none = |seen: &Seen| !seen.is_about("nickname") && !seen.is_about("notification");
    let without = made(evidence).is_some_and(|made| !has(made));
    refused
        .find(|(_, seen)| is_named(seen) || without && names_none(seen))
        .map(|(_, seen)| seen)
}

pub(super) fn nickname(evidence: &Evidence) -> Finding {
    if let Some(seen) = refusal(evidence, "nickname", |tried| tried.nickname) {
        return Finding::new(
            Otherwise,
            format!("refused_{}", seen.status),
            seen.label(),
            "leave the column `nickname` empty for WhatsApp devices, and set nicknames by another call \
             (`PUT …/devices/{deviceID}/nickname`)",
        );
    }
    let with = made(evidence).filter(|made| made.nickname);
    match (with, evidence.nickname_kept) {
        (Some(made), Some(true)) => Finding::new(
            Confirmed,
            "kept",
            format!("{}: the device has it", status(&made.came)),
            "the column `nickname` does what it says",
        ),
        (Some(made), Some(false)) => Finding::new(
            Otherwise,
            "ignored",
            format!("{}: the device has none", status(&made.came)),
            "the column `nickname` is passed over for WhatsApp devices: set nicknames by another call \
             (`PUT …/devices/{deviceID}/nickname`)",
        ),
        (Some(_) | None, _) => Finding::of_no_device(evidence),
    }
}

pub(super) fn notification(evidence: &Evidence) -> Finding {
    const REFUSED_HERE: &str = "nothing: wavepair refuses a locale or variant for an `ACTIVE` device (`notification_not_sent`)";
    if let Some(seen) = refusal(evidence, "notification", |tried| tried.notification) {
        let answer = format!("refused_{}", seen.status);
        return Finding::new(Noted, answer, seen.label(), REFUSED_HERE);
    }
    match made(evidence).filter(|made| made.notification) {
        Some(made) => Finding::new(
            Noted,
            "taken",
            format!("{}: the device is made all the same", status(&made.came)),
            REFUSED_HERE,
        ),
        None => Finding::of_no_device(evidence),
    }
}

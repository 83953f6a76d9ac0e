//! Question 3: how a phone comes back.

use super::super::evidence::{Evidence, PhoneForm, Reported};
use super::{Finding, Standing};

pub(super) fn judge(evidence: &Evidence) -> Finding {
    let report = match evidence.reported {
        // Of somebody else's device nobody knows how it was sent.
        Some(Reported::Entry { form, .. }) => Some(form),
        Some(Reported::Unreadable | Reported::Empty) | None => None,
    };
    let places = [
        ("answer", evidence.answered_phone),
        ("listing", evidence.listed_phone),
        ("report", report),
    ];
    let known: Vec<_> = places
        .into_iter()
        .filter_map(|(place, form)| Some((place, form?)))
        .collect();
    if known.is_empty() {
        return Finding::of_no_device(evidence);
    }
    let said = known
        .iter()
        .map(|(place, form)| format!("{place}: {}", form.words()));
    let answer = known
        .iter()
        .map(|(place, form)| format!("{place}={}", code(*form)));
    let ours = |(place, form): &&(&str, PhoneForm)| {
        *place != "report" || is_ours(evidence) || *form == PhoneForm::Digits
    };
    let as_sent = known
        .iter()
        .filter(ours)
        .all(|(_, form)| *form == PhoneForm::AsSent);
    let hidden = known.iter().any(|(place, form)| {
        *place != "report" && matches!(form, PhoneForm::Masked | PhoneForm::Missing)
    });
    let follows = if hidden {
        "a listing does not show all digits, so that devices that exist already are not found by it: ask Ping \
         before a wave, and do not rely on `--existing skip`"
    } else if known
        .iter()
        .any(|(_, form)| matches!(form, PhoneForm::Masked | PhoneForm::Missing))
    {
        "the report does not show all digits: devices are found by listing users alone"
    } else {
        "nothing: wavepair compares phones by their digits, in whatever spelling they come"
    };
    let standing = if as_sent {
        Standing::Confirmed
    } else {
        Standing::Otherwise
    };
    Finding::new(
        standing,
        answer.collect::<Vec<_>>().join(","),
        said.collect::<Vec<_>>().join("; "),
        follows,
    )
}

fn is_ours(evidence: &Evidence) -> bool {
    matches!(evidence.reported, Some(Reported::Entry { ours: true, .. }))
}

fn code(form: PhoneForm) -> &'static str {
    match form {
        PhoneForm::AsSent => "as_sent",
        PhoneForm::E164 => "e164",
        PhoneForm::Digits => "digits",
        PhoneForm::Respelled => "respelled",
        PhoneForm::Masked => "masked",
        PhoneForm::Missing => "missing",
    }
}

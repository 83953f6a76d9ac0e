//! Question 7: what refusals look like.

use super::super::evidence::{Came, Evidence, Seen};
use super::{Finding, Standing};

/// One of the four refusals.
struct Part {
    /// The stable word for it.
    word: &'static str,
    /// What it is about, in words.
    what: &'static str,
    came: Came,
    /// The member that the refusal should be about.
    member: Option<&'static str>,
    /// What follows where no refusal comes.
    made: &'static str,
    /// What follows where another refusal comes than 400 with that member.
    odd: &'static str,
}

/// What one of them came to.
enum Outcome {
    AsAssumed,
    Otherwise(&'static str),
    Unknown,
}

pub(super) fn judge(evidence: &Evidence) -> Finding {
    let parts = parts(evidence);
    let judged: Vec<_> = parts.iter().map(|part| (part, outcome(part))).collect();
    let answers = parts.iter().filter_map(|part| {
        let seen = part.came.seen()?;
        let made = part.came.made().is_some();
        let what = if made {
            "made".to_owned()
        } else {
            seen.status.to_string()
        };
        Some(format!("{}={what}", part.word))
    });
    let answer = answers.collect::<Vec<_>>().join(",");
    if answer.is_empty() {
        return Finding::none(&evidence.first);
    }
    let came: Vec<_> = parts
        .iter()
        .map(|part| format!("{}: {}", part.what, said(&part.came)))
        .collect();
    let odd: Vec<&str> = judged
        .iter()
        .filter_map(|(_, outcome)| match outcome {
            Outcome::Otherwise(follows) => Some(*follows),
            Outcome::AsAssumed | Outcome::Unknown => None,
        })
        .collect();
    let (standing, follows) = if odd.is_empty() {
        (
            Standing::Confirmed,
            "nothing: the messages of rows name what is wrong".to_owned(),
        )
    } else {
        (Standing::Otherwise, odd.join(". "))
    };
    Finding::new(standing, answer, came.join("; "), follows)
}

fn parts(evidence: &Evidence) -> [Part; 4] {
    [
        Part {
            word: "phone",
            what: "a wrong phone",
            came: evidence.wrong_phone.clone(),
            member: Some("phone"),
            made: "PingOne takes anything for a phone: wavepair's own check is the only one, so mend refused \
                   phones in the wave and nowhere else",
            odd: "a wrong phone is refused otherwise than by the member `phone`: look at it first where such a \
                  code comes for a row",
        },
        Part {
            word: "policy",
            what: "an unknown policy",
            came: evidence.unknown_policy.clone(),
            member: Some("policy"),
            made: "PingOne does not check the policy: compare `--policy` with what `wavepair doctor` lists",
            odd: "an unknown policy looks like an unknown user or a missing role: where all rows fail so, check \
                  `--policy` with `wavepair doctor` first",
        },
        Part {
            word: "type",
            what: "a type that the policy does not allow",
            came: of_type(evidence),
            member: Some("type"),
            made: "PingOne does not check the type against the policy: check it with `wavepair doctor --policy`",
            odd: "a type that the policy does not allow looks like a missing role or another fault: where all rows \
                  fail so, check the policy with `wavepair doctor` first",
        },
        Part {
            word: "mfa_off",
            what: "a user with MFA off",
            came: of_mfa(evidence),
            member: None,
            made: "users without MFA get devices and cannot use them: switch `mfaEnabled` on for each",
            odd: "users without MFA get no device: switch `mfaEnabled` on for each before the wave",
        },
    ]
}

/// The refusal of a type; where no WhatsApp device can be made at all, the first create is one.
fn of_type(evidence: &Evidence) -> Came {
    let barred = evidence.pairing_disabled || evidence.whatsapp_allowed == Some(false);
    match (&evidence.other_type, barred) {
        (Came::NotYet | Came::NotAsked(_), true) => evidence.first.clone(),
        (other, _) => other.clone(),
    }
}

/// What the first create came to for a user without MFA.
fn of_mfa(evidence: &Evidence) -> Came {
    match evidence.user_can_use_mfa {
        Some(false) => evidence.first.clone(),
        Some(true) => Came::NotAsked(
            "not asked: this user can use MFA; probe again with one who cannot".to_owned(),
        ),
        None => Came::NotAsked("not asked: whether this user can use MFA was not told".to_owned()),
    }
}

fn outcome(part: &Part) -> Outcome {
    let Some(seen) = part.came.seen() else {
        return Outcome::Unknown;
    };
    if part.came.made().is_some() {
        return Outcome::Otherwise(part.made);
    }
    match part.member {
        None => Outcome::Otherwise(part.odd),
        Some(member) if is_assumed(seen, member) => Outcome::AsAssumed,
        Some(_) if seen.is_refusal() => Outcome::Otherwise(part.odd),
        Some(_) => Outcome::Unknown,
    }
}

fn is_assumed(seen: &Seen, member: &str) -> bool {
    let error = seen.error.as_ref();
    seen.status == 400
        && error.is_some_and(|error| error.label.starts_with("INVALID_DATA"))
        && seen.is_about(member)
}

fn said(came: &Came) -> String {
    match came.made() {
        Some(_) => format!("{}, it is made", came.label()),
        None => came.label(),
    }
}

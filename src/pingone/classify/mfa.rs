//! What came of a request about a user's `mfaEnabled`: read, or switched on.
//!
//! "Read User MFA Enabled" and "Update User MFA Enabled" of the PingOne Platform API reference.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::nothing;
use super::words::{answered, in_words, mixed_up, own_words, unanswered, with_advice};
use crate::model::code;
use crate::model::ids::UserId;
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::Proof;
use crate::model::request::DeviceKey;
use crate::model::why_nothing::WhyNothing;
use crate::pingone::addressee::{Addressee, among, user_of_self};
use crate::pingone::head::{BodyFault, Head};
use crate::pingone::own::Own;
use crate::pingone::ping_error::PingError;
use crate::pingone::transport::Fault;
use crate::pingone::wire::{self, lenient};
use crate::pingone::{Answered, hint};

/// What is read of the answer. The flag decides; whose it is may be missing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    mfa_enabled: bool,
    #[serde(default, deserialize_with = "lenient")]
    user: Option<wire::Reference>,
    #[serde(rename = "_links", default, deserialize_with = "lenient")]
    links: Option<Map<String, Value>>,
}

impl Document {
    fn addressee(&self, user: UserId) -> Addressee {
        let by_link = self.links.as_ref().and_then(user_of_self);
        let by_user = self.user.as_ref().map(|user| user.id.as_str());
        among(user, by_link.into_iter().chain(by_user))
    }
}

/// What came of such a request that was answered; `key` is the device that it is about.
pub(in crate::pingone) fn answer(
    key: &DeviceKey,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Answered<MfaOutcome> {
    let own = Own::of(&key.address);
    let body = body.as_deref().ok();
    let error = body.and_then(PingError::read);
    let outcome = outcome(key.user, head, body, error.is_some());
    let answer = match word(&outcome) {
        None => own_words(head, None, None, &own),
        Some(code::MIXED_UP) => mixed_up(head, &own),
        Some(word) if head.status == 200 => {
            let message = "the answer does not say whether the user can use MFA".to_owned();
            own_words(head, Some(word), Some(message), &own)
        }
        Some(word) => in_words(head, error, word, &own),
    };
    let answer = with_advice(answer, Some(hint::of_mfa(&outcome)));
    answered(outcome, answer, head)
}

/// What came of such a request that got no answer.
pub(in crate::pingone) fn fault(key: &DeviceKey, fault: &Fault) -> Answered<MfaOutcome> {
    let outcome = MfaOutcome::Nothing(nothing::of_fault(fault));
    let advice = Some(hint::of_mfa(&outcome));
    unanswered(outcome, advice, fault, key)
}

fn outcome(user: UserId, head: &Head, body: Option<&[u8]>, is_pingones: bool) -> MfaOutcome {
    if let Some(why) = nothing::of_status(head) {
        return MfaOutcome::Nothing(why);
    }
    let proven = head.proof == Proof::Proven;
    match head.status {
        200 => {
            let Some(shown) = body.and_then(|body| serde_json::from_slice::<Document>(body).ok())
            else {
                return MfaOutcome::Nothing(WhyNothing::Unreadable);
            };
            match shown.addressee(user) {
                Addressee::Another => MfaOutcome::Nothing(WhyNothing::MixedUp),
                Addressee::Nobody if !proven => MfaOutcome::Nothing(WhyNothing::Unproven),
                Addressee::Ours | Addressee::Nobody => MfaOutcome::Is(shown.mfa_enabled),
            }
        }
        // Another user's refusal is none of this one.
        400.. if is_pingones && !proven => MfaOutcome::Nothing(WhyNothing::Unproven),
        // A gateway's 404 is about a path, PingOne's is about a user.
        404 if is_pingones => MfaOutcome::UserUnknown,
        400.. if is_pingones => MfaOutcome::Refused,
        _ => MfaOutcome::Nothing(WhyNothing::Unreadable),
    }
}

/// Our word for it, where PingOne gives none of its own.
fn word(outcome: &MfaOutcome) -> Option<&'static str> {
    match outcome {
        MfaOutcome::Is(_) => None,
        MfaOutcome::UserUnknown => Some(code::NOT_FOUND),
        MfaOutcome::Refused => Some(code::REFUSED),
        MfaOutcome::Nothing(why) => Some(nothing::word(*why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;
    use std::time::Duration;

    const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
    const OTHER: &str = "22222222-2222-4222-8222-222222222222";
    const REFUSAL: &str = r#"{"id":"e-1","code":"INVALID_DATA","message":"It may not."}"#;

    fn answer_of(status: u16, proof: Proof, body: &str) -> Answered<MfaOutcome> {
        let head = Head {
            retry_after: Some(Duration::from_secs(3)),
            correlation_id: Some("c-1".to_owned()),
            ..Head::bare(status, proof)
        };
        let key = DeviceKey {
            user: USER.parse().unwrap(),
            ..samples::key(1)
        };
        answer(&key, &head, &Ok(Bytes::from(body.to_owned())))
    }

    fn of(user: &str, on: bool) -> String {
        format!(
            r#"{{"_links":{{"self":{{"href":"https://api.pingone.eu/v1/environments/{OTHER}/users/{user}/mfaEnabled"}}}},"mfaEnabled":{on}}}"#
        )
    }

    #[test]
    fn a_flag_counts_that_is_one_and_is_about_our_user() {
        use {MfaOutcome as M, WhyNothing as W};
        let bare = r#"{"mfaEnabled":true}"#.to_owned();
        let named = format!(r#"{{"mfaEnabled":true,"user":{{"id":"{OTHER}"}}}}"#);
        for (proof, body, expected) in [
            (Proof::Proven, of(USER, true), M::Is(true)),
            (Proof::Unproven, of(USER, false), M::Is(false)),
            (Proof::Proven, bare.clone(), M::Is(true)),
            (Proof::Unproven, bare, M::Nothing(W::Unproven)),
            (Proof::Proven, of(OTHER, true), M::Nothing(W::MixedUp)),
            (Proof::Proven, named, M::Nothing(W::MixedUp)),
            (Proof::MixedUp, of(USER, true), M::Nothing(W::MixedUp)),
            (Proof::Proven, "{}".to_owned(), M::Nothing(W::Unreadable)),
            (Proof::Proven, String::new(), M::Nothing(W::Unreadable)),
            (
                Proof::Proven,
                r#"{"mfaEnabled":"true"}"#.to_owned(),
                M::Nothing(W::Unreadable),
            ),
            (
                Proof::Proven,
                r#"{"mfaEnabled":null}"#.to_owned(),
                M::Nothing(W::Unreadable),
            ),
        ] {
            let answered = answer_of(200, proof, &body);
            assert_eq!(answered.outcome, expected, "{proof:?} {body}");
        }
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not_and_ours_from_anothers() {
        use {MfaOutcome as M, WhyNothing as W};
        let retry_after = Some(Duration::from_secs(3));
        for (status, proof, body, expected) in [
            (301, Proof::Proven, "", M::Nothing(W::Redirected)),
            (400, Proof::Proven, REFUSAL, M::Refused),
            (400, Proof::Unproven, REFUSAL, M::Nothing(W::Unproven)),
            (400, Proof::Proven, "<html>", M::Nothing(W::Unreadable)),
            (401, Proof::Proven, REFUSAL, M::Nothing(W::Unauthorized)),
            (403, Proof::Proven, "", M::Nothing(W::Forbidden)),
            (404, Proof::Proven, REFUSAL, M::UserUnknown),
            (404, Proof::Unproven, REFUSAL, M::Nothing(W::Unproven)),
            (404, Proof::Proven, "", M::Nothing(W::Unreadable)),
            (408, Proof::Proven, "", M::Nothing(W::NoInformation)),
            (409, Proof::Proven, REFUSAL, M::Refused),
            (
                429,
                Proof::Proven,
                "",
                M::Nothing(W::Throttled { retry_after }),
            ),
            (500, Proof::Proven, "", M::Nothing(W::NoInformation)),
            (503, Proof::Unproven, "", M::Nothing(W::NoInformation)),
            (511, Proof::Proven, "", M::Nothing(W::CaptivePortal)),
            (204, Proof::Proven, "", M::Nothing(W::Unreadable)),
        ] {
            let answered = answer_of(status, proof, body);
            assert_eq!(answered.outcome, expected, "{status} {proof:?} {body}");
            let message = answered.answer.message.expect("it says what happened");
            assert!(message.ends_with(hint::of_mfa(&expected)), "{message}");
        }
        let refused = answer_of(400, Proof::Proven, REFUSAL).answer;
        assert_eq!(refused.code.as_deref(), Some("INVALID_DATA"));
    }
}

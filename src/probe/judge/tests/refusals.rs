//! Question 7.

use super::*;

/// What comes where all is as assumed; `change` makes something else of it.
fn seen(change: fn(&mut Evidence)) -> Evidence {
    let mut evidence = Evidence {
        user_can_use_mfa: Some(true),
        whatsapp_allowed: Some(true),
        first: made(),
        wrong_phone: refused("400 INVALID_DATA/INVALID_VALUE phone"),
        unknown_policy: refused("400 INVALID_DATA/INVALID_VALUE policy.id"),
        other_type: refused(WRONG_TYPE),
        ..Evidence::default()
    };
    change(&mut evidence);
    evidence
}

/// What is seen where no device can be made at all.
fn barred(first: &str, change: fn(&mut Evidence)) -> Evidence {
    let why = || Came::NotAsked("barred".to_owned());
    let mut evidence = Evidence {
        first: refused(first),
        wrong_phone: why(),
        unknown_policy: why(),
        other_type: why(),
        ..seen(|_| {})
    };
    change(&mut evidence);
    evidence
}

const WRONG_TYPE: &str = "400 INVALID_DATA/INVALID_VALUE type";
const UNUSABLE: &str = "400 REQUEST_FAILED/ACCOUNT_NOT_USABLE";

#[test]
fn what_refusals_look_like() {
    let usual = "phone=400,policy=400,type=400";
    holds(
        Question::Refusals,
        vec![
            (seen(|_| {}), Confirmed, usual),
            (
                seen(|it| it.wrong_phone = made()),
                Otherwise,
                "phone=made,policy=400,type=400",
            ),
            (
                seen(|it| it.unknown_policy = refused("404 NOT_FOUND")),
                Otherwise,
                "phone=400,policy=404,type=400",
            ),
            (
                seen(|it| it.other_type = refused("403 ACCESS_FAILED")),
                Otherwise,
                "phone=400,policy=400,type=403",
            ),
            // The right status about the wrong member is another answer.
            (
                seen(|it| it.wrong_phone = refused(WRONG_TYPE)),
                Otherwise,
                usual,
            ),
            (
                seen(|it| it.user_can_use_mfa = Some(false)),
                Otherwise,
                "phone=400,policy=400,type=400,mfa_off=made",
            ),
            (
                barred(UNUSABLE, |it| it.user_can_use_mfa = Some(false)),
                Otherwise,
                "mfa_off=400",
            ),
            (
                barred(WRONG_TYPE, |it| it.pairing_disabled = true),
                Confirmed,
                "type=400",
            ),
            (
                barred(WRONG_TYPE, |it| it.whatsapp_allowed = Some(false)),
                Confirmed,
                "type=400",
            ),
            (Evidence::default(), Failed, ""),
        ],
    );
}

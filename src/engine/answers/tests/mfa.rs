//! What an answer about a user's MFA does to a row.

use super::*;
use crate::engine::answers::mfa::MfaEffects;
use crate::engine::mfa::Standing;
use crate::model::code::MFA_NOT_ENABLED;
use crate::model::mfa::{MfaOutcome, MfaState};

const READ: Phase = Phase::Mfa {
    switches: false,
    resend: false,
};
const SWITCH: Phase = Phase::Mfa {
    switches: true,
    resend: false,
};

fn mfa(row: &mut Row, outcome: MfaOutcome) -> MfaEffects {
    after_mfa(&policy(), row, &answered(outcome), &context(now()))
}

#[test]
fn who_is_off_is_switched_on_first_and_then_gets_the_device() {
    let mut row = row(1, READ);
    let off = mfa(&mut row, MfaOutcome::Is(false));
    assert_eq!(
        (&row.phase, off.noted),
        (&SWITCH, Some(MfaState::Switching))
    );
    assert_eq!((off.effects.then, off.standing), (Then::Next, None));
    let on = mfa(&mut row, MfaOutcome::Is(true));
    let create = Phase::Create { resend: false };
    assert_eq!((&row.phase, on.noted), (&create, Some(MfaState::Enabled)));
    assert_eq!(
        (on.effects.then, on.standing),
        (Then::Next, Some(Standing::On))
    );
    assert!(
        on.effects.settled.is_none(),
        "the device is not asked for yet"
    );
}

#[test]
fn who_is_on_already_gets_the_device_and_a_resend_stays_one() {
    for resend in [false, true] {
        let switches = false;
        let mut row = row(1, Phase::Mfa { switches, resend });
        let on = mfa(&mut row, MfaOutcome::Is(true));
        assert_eq!(row.phase, Phase::Create { resend });
        assert_eq!(on.noted, Some(MfaState::Already));
    }
}

#[test]
fn a_switch_that_is_not_clear_is_read_once_more_before_anything_else() {
    let retry_after = Some(Duration::from_secs(7));
    for (outcome, then, hold) in [
        (
            MfaOutcome::Nothing(WhyNothing::NoInformation),
            Duration::from_millis(500),
            None,
        ),
        (
            MfaOutcome::Nothing(WhyNothing::Unproven),
            Duration::ZERO,
            None,
        ),
        (
            MfaOutcome::Nothing(WhyNothing::Throttled { retry_after }),
            Duration::ZERO,
            retry_after,
        ),
    ] {
        let mut row = row(1, SWITCH);
        let MfaEffects { effects, noted, .. } = mfa(&mut row, outcome.clone());
        assert_eq!((&row.phase, noted), (&READ, None), "{outcome:?}");
        assert_eq!(
            (effects.then, effects.hold),
            (Then::Go { after: then }, hold)
        );
        let is_fresh = row.connection == Connection::Fresh;
        assert_eq!(
            is_fresh,
            outcome == MfaOutcome::Nothing(WhyNothing::Unproven)
        );
    }
}

#[test]
fn a_refusal_ends_the_row_as_failed_with_advice_and_holds_for_the_user() {
    let mut row = row(1, SWITCH);
    let refused = mfa(&mut row, MfaOutcome::Refused);
    let told = end(&refused.effects.then);
    assert_eq!(told.outcome, Outcome::Failed);
    assert_eq!(told.answer.code.as_deref(), Some(MFA_NOT_ENABLED));
    assert_eq!(told.answer.http_status, Some(400));
    let settled = settled(&refused.effects);
    assert_eq!(settled.state, DeviceState::Failed);
    assert_eq!(settled.answer, told.answer);
    assert_eq!(refused.effects.next, Next::Finish);
    let Some(Standing::Refused(answer)) = refused.standing else {
        panic!("{:?}", refused.standing);
    };
    let mut later = of_user(2, 1, Phase::Create { resend: false });
    let effects = refuse(&mut later, &answer);
    assert_eq!(end(&effects.then).answer, answer);
    assert_eq!(self::settled(&effects).state, DeviceState::Failed);
}

#[test]
fn what_may_be_there_is_not_failed_because_its_user_cannot_use_mfa() {
    let resend = Phase::Create { resend: true };
    for mut row in [row(1, resend), in_doubt(2, Phase::Create { resend: false })] {
        let effects = refuse(&mut row, &answer(403, MFA_NOT_ENABLED));
        assert_eq!(end(&effects.then).outcome, Outcome::Unknown);
        assert!(
            effects.settled.is_none(),
            "the ledger knows that it is in doubt"
        );
    }
}

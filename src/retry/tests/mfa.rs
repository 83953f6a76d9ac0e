//! What follows a request about a user's MFA.

use super::*;
use crate::model::mfa::MfaOutcome as M;
use crate::model::why_nothing::WhyNothing as W;
use crate::retry::{MfaDecision as D, after_mfa};

fn after(history: &mut History, outcome: &M, switches: bool) -> D {
    after_mfa(&hour(), history, outcome, switches, 1.0)
}

fn read(after: Duration) -> D {
    D::Read { after }
}

#[test]
fn what_is_on_goes_on_what_is_off_is_switched_and_a_refusal_is_the_end() {
    for (outcome, of_read, of_switch) in [
        (M::Is(true), D::GoOn, D::GoOn),
        (M::Is(false), D::Switch, read(secs(1))),
        (M::UserUnknown, D::GiveUp, D::GiveUp),
        (M::Nothing(W::Forbidden), D::GiveUp, D::GiveUp),
        (M::Refused, D::GiveUp, D::GiveUp),
        (M::Nothing(W::Untrusted), D::GiveUp, D::GiveUp),
        (M::Nothing(W::Redirected), D::GiveUp, D::GiveUp),
        (M::Nothing(W::CaptivePortal), D::GiveUp, D::GiveUp),
        (M::Nothing(W::NoInformation), read(secs(1)), read(secs(1))),
        (M::Nothing(W::Unreadable), read(secs(1)), read(secs(1))),
        (
            M::Nothing(W::Unproven),
            read(Duration::ZERO),
            read(Duration::ZERO),
        ),
        (
            M::Nothing(W::MixedUp),
            read(Duration::ZERO),
            read(Duration::ZERO),
        ),
        (
            M::Nothing(W::Unauthorized),
            read(Duration::ZERO),
            read(Duration::ZERO),
        ),
    ] {
        for (switches, expected) in [(false, of_read), (true, of_switch)] {
            let decision = after(&mut History::default(), &outcome, switches);
            assert_eq!(decision, expected, "{outcome:?} {switches}");
        }
    }
}

#[test]
fn what_tells_nothing_is_asked_for_six_times_and_a_throttle_costs_none() {
    let history = &mut History::default();
    let throttled = M::Nothing(W::Throttled {
        retry_after: Some(secs(7)),
    });
    for number in 1..6 {
        assert_eq!(after(history, &throttled, true), read(secs(7)));
        let decision = after(history, &M::Nothing(W::NoInformation), number % 2 == 0);
        assert!(matches!(decision, D::Read { .. }), "{number}: {decision:?}");
    }
    assert_eq!(after(history, &M::Nothing(W::Unproven), false), D::GiveUp);
}

#[test]
fn a_second_refusal_of_the_token_is_the_end_unless_an_answer_came_between() {
    let history = &mut History::default();
    assert_eq!(
        after(history, &M::Nothing(W::Unauthorized), false),
        read(Duration::ZERO)
    );
    assert_eq!(
        after(history, &M::Nothing(W::Unauthorized), false),
        D::GiveUp
    );
    assert_eq!(after(history, &M::Is(true), false), D::GoOn);
    assert_eq!(
        after(history, &M::Nothing(W::Unauthorized), false),
        read(Duration::ZERO)
    );
}

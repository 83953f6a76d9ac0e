//! A request about a user's MFA was answered: the rule's decision, and what it does to the row.

use std::time::Duration;

use super::effects::{Context, Effects, Then, stays_undone};
use super::settle::settled;
use crate::engine::mfa::Standing;
use crate::engine::row::{Phase, Row};
use crate::model::code;
use crate::model::entry::DeviceState;
use crate::model::event::Next;
use crate::model::mfa::{MfaOutcome, MfaState};
use crate::model::outcome::{Answer, Outcome};
use crate::model::why_nothing::{MayTellNothing, WhyNothing};
use crate::pingone::Answered;
use crate::pingone::connections::Connection;
use crate::retry::{self, MfaDecision, RetryPolicy};

/// What follows an answer about a user's MFA.
#[derive(Debug)]
pub(in crate::engine) struct MfaEffects {
    /// What follows for the row.
    pub(in crate::engine) effects: Effects,
    /// What the ledger notes of the user, if that is news.
    pub(in crate::engine) noted: Option<MfaState>,
    /// How the user stands in this run, once that is clear.
    pub(in crate::engine) standing: Option<Standing>,
}

/// What follows an answered request about a user's MFA, or one that was given up.
pub(in crate::engine) fn after_mfa(
    policy: &RetryPolicy,
    row: &mut Row,
    answered: &Answered<MfaOutcome>,
    context: &Context,
) -> MfaEffects {
    let (outcome, resend) = (&answered.outcome, row.resends());
    let switches = matches!(row.phase, Phase::Mfa { switches: true, .. });
    if *outcome == MfaOutcome::Nothing(WhyNothing::Unproven) {
        row.connection = Connection::Fresh;
    }
    row.user_is_unknown = *outcome == MfaOutcome::UserUnknown;
    let history = &mut row.history;
    match retry::after_mfa(policy, history, outcome, switches, context.jitter) {
        MfaDecision::GoOn => {
            row.phase = Phase::Create { resend };
            MfaEffects {
                effects: goes_on(Then::Next, Next::Create(Duration::ZERO), answered.pause),
                noted: Some(if switches {
                    MfaState::Enabled
                } else {
                    MfaState::Already
                }),
                standing: Some(Standing::On),
            }
        }
        MfaDecision::Switch => {
            let switches = true;
            row.phase = Phase::Mfa { switches, resend };
            MfaEffects {
                effects: goes_on(Then::Next, Next::Mfa(Duration::ZERO), answered.pause),
                noted: Some(MfaState::Switching),
                standing: None,
            }
        }
        MfaDecision::Read { after } => {
            // A switch that is not clear may have had its effect: that is read first.
            let switches = false;
            row.phase = Phase::Mfa { switches, resend };
            MfaEffects {
                effects: read_again(answered, after),
                noted: None,
                standing: None,
            }
        }
        MfaDecision::GiveUp => {
            let answer = not_enabled(&answered.answer);
            MfaEffects {
                effects: Effects {
                    hold: answered.pause,
                    ..refuse(row, &answer)
                },
                noted: None,
                standing: Some(Standing::Refused(answer)),
            }
        }
    }
}

/// Ends a row whose user cannot use MFA: nothing is created for them in this run.
///
/// What may be there already stays as it is: in doubt.
pub(in crate::engine) fn refuse(row: &mut Row, answer: &Answer) -> Effects {
    let (settled, then) = if row.may_be_there() {
        (None, Then::End(row.end(Outcome::Unknown, None)))
    } else if let Some(then) = stays_undone(row) {
        (None, then)
    } else {
        row.answer = answer.clone();
        let settled = settled(row, DeviceState::Failed, None, None);
        (Some(settled), Then::End(row.end(Outcome::Failed, None)))
    };
    Effects {
        settled,
        then,
        hold: None,
        retry: None,
        next: Next::Finish,
    }
}

/// Reads it once more after this long.
fn read_again(answered: &Answered<MfaOutcome>, after: Duration) -> Effects {
    let (own, hold) = if answered.outcome.is_throttled() {
        // Every request is held as long as that, and the row is free to go then.
        (Duration::ZERO, Some(after))
    } else {
        (after, answered.pause)
    };
    goes_on(Then::Go { after: own }, Next::Mfa(after), hold)
}

fn goes_on(then: Then, next: Next, hold: Option<Duration>) -> Effects {
    Effects {
        settled: None,
        then,
        hold,
        retry: None,
        next,
    }
}

/// What a row ends with whose user's MFA could not be switched on.
fn not_enabled(answer: &Answer) -> Answer {
    let why = answer.message.as_deref();
    let why = why.unwrap_or("it is still off; look at the user in PingOne, and run again");
    Answer {
        code: Some(code::MFA_NOT_ENABLED.to_owned()),
        message: Some(format!(
            "nothing was created, because MFA could not be switched on for this user: {why}"
        )),
        ..answer.clone()
    }
}

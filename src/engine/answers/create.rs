//! A create was answered: the rule's decision, and what overrides it in this run.

use std::time::Duration;

use super::effects::{Context, Effects, hold_for, next, then};
use super::settle::settled;
use crate::engine::clocks::LastSend;
use crate::engine::guard::Retried;
use crate::engine::row::{Phase, Row};
use crate::model::entry::DeviceState;
use crate::model::outcome::{AttemptOutcome, Proof, Refusal};
use crate::pingone::Answered;
use crate::pingone::connections::Connection;
use crate::pingone::transport::FaultKind;
use crate::retry::{self, Decision, RetryPolicy, UNPROVEN_LOOK, Verdict};

/// What sending a create again would cost, where nothing of it was sent.
pub(in crate::engine) fn price(answered: &Answered<AttemptOutcome>) -> Option<Retried> {
    let AttemptOutcome::NotCreated(Refusal::Unreachable | Refusal::OutOfResources) =
        answered.outcome
    else {
        return None;
    };
    Some(if answered.fault == Some(FaultKind::ConnectTimeout) {
        Retried::TimedOut
    } else {
        Retried::NotSent
    })
}

/// What follows an answered create, or one that was given up.
pub(in crate::engine) fn after_create(
    policy: &RetryPolicy,
    row: &mut Row,
    answered: &Answered<AttemptOutcome>,
    context: &Context,
) -> Effects {
    let Answered {
        outcome,
        answer,
        proof,
        ..
    } = answered;
    let (decision, hold, retry) = decide_create(policy, row, answered, context);
    row.looked = false;
    row.user_is_unknown = *outcome == AttemptOutcome::NotCreated(Refusal::UserUnknown);
    let is_withheld = *outcome == AttemptOutcome::NotCreated(Refusal::Withheld);
    // What was never sent leaves a refusal as it was.
    let refused_before = row.refused.filter(|_| is_withheld);
    if refused_before.is_none() {
        row.answer.clone_from(answer);
    }
    let (state, device) = match (outcome, &decision) {
        (AttemptOutcome::NotCreated(_), _) if let Some(before) = refused_before => (before, None),
        (AttemptOutcome::Created(device), _) => (DeviceState::Created, Some(device.clone())),
        (AttemptOutcome::Indeterminate(_), _) => (DeviceState::Unresolved, None),
        (AttemptOutcome::NotCreated(_), Decision::Finish(verdict)) => (verdict.state, None),
        (AttemptOutcome::NotCreated(_), _) => (DeviceState::Failed, None),
    };
    let unanswered = state == DeviceState::Unresolved;
    if unanswered {
        row.last_send = Some(LastSend::now(context.now, context.moment.clone()));
    }
    // Its answer may come yet on that connection, and would be taken for the next one's.
    if unanswered || *proof != Proof::Proven {
        row.connection = Connection::Fresh;
    }
    // A resend follows a request that may have had an effect; this one had none.
    if let AttemptOutcome::NotCreated(_) = outcome {
        row.phase = Phase::Create { resend: false };
        if !is_withheld {
            row.failed = true;
            row.refused = Some(state);
            row.refused_as.clone_from(&answer.code);
        }
    }
    let last_send = unanswered.then(|| context.moment.clone());
    let settled = settled(row, state, device, last_send);
    let next = next(&decision);
    Effects {
        settled: Some(settled),
        then: then(row, decision),
        hold,
        retry,
        next,
    }
}

/// The decision on a create: the policy's, and what overrides it, the later over the earlier.
///
/// | where | then |
/// | --- | --- |
/// | it was throttled | every request is held as long as it was to wait, and the row may go then |
/// | … by an answer that may be another's | the same; the look waits until a request that is on its way has taken effect |
/// | a retry cannot be paid for | `failed`: most requests of the run fail |
/// | the device was created and its ID is not known | it is looked for before the row ends |
///
/// Gives how long every request is held too, and what a retry costs.
fn decide_create(
    policy: &RetryPolicy,
    row: &mut Row,
    answered: &Answered<AttemptOutcome>,
    context: &Context,
) -> (Decision, Option<Duration>, Option<Retried>) {
    let Answered { outcome, pause, .. } = answered;
    let mut decision = retry::after_create(
        policy,
        &mut row.history,
        outcome,
        answered.proof,
        // Where it is not known when it was asked for, no device is new enough to be ours.
        row.asked_ms.unwrap_or(i64::MAX),
        context.others_succeed,
        context.jitter,
    );
    let mut hold = *pause;
    if let AttemptOutcome::NotCreated(Refusal::Throttled { .. }) = outcome {
        (decision, hold) = hold_for(decision);
        // The throttle may be the answer to another request, and ours be on its way still.
        if let Decision::Look { after } = &mut decision {
            *after = UNPROVEN_LOOK;
        }
    }
    let is_retry = matches!(decision, Decision::Create { .. });
    let retry = price(answered).filter(|_| is_retry);
    if retry.is_some() && !context.affords_retry {
        decision = Decision::Finish(Verdict {
            state: DeviceState::Failed,
            device: None,
        });
    }
    if let AttemptOutcome::Created(device) = outcome
        && device.id.is_none()
    {
        // It is there: whatever stood against another create does not stand against a look.
        row.phase = Phase::Identify(device.clone());
        decision = Decision::LOOK_NOW;
    }
    (decision, hold, retry)
}

//! A listing was answered: the rule's decision, and what it does to the row.

use std::time::Duration;

use super::effects::{Context, Effects, Then, end, hold_for, next, stays_undone, then};
use super::settle::{settle_by_look, settle_recheck, settle_refusal};
use crate::engine::row::Row;
use crate::ledger::Settled;
use crate::model::outcome::{Listing, LookOutcome, Outcome};
use crate::model::why_nothing::{MayTellNothing, WhyNothing};
use crate::pingone::Answered;
use crate::pingone::connections::Connection;
use crate::plan::Bar;
use crate::retry::{self, Decision, RetryPolicy, Verdict};

/// What follows an answered listing.
pub(in crate::engine) fn after_look(
    policy: &RetryPolicy,
    row: &mut Row,
    answered: &Answered<LookOutcome>,
    context: &Context,
) -> Effects {
    let Answered {
        outcome, answer, ..
    } = answered;
    let in_doubt = row.history.doubt.is_some();
    let was_unproven = row.history.unproven_since_ms.is_some();
    let (decision, hold) = decide_look(policy, row, answered, context);
    if let LookOutcome::Seen(_) | LookOutcome::UserUnknown = outcome {
        row.looked = true;
    }
    row.user_is_unknown = *outcome == LookOutcome::UserUnknown;
    if row.user_is_unknown {
        row.refused_as.clone_from(&answer.code);
    }
    if *outcome == LookOutcome::Nothing(WhyNothing::Unproven) {
        row.connection = Connection::Fresh;
    }
    let next = next(&decision);
    let (settled, then) = match (decision, row.phase.ours().cloned()) {
        (Decision::Finish(verdict), Some(device)) => {
            // PingOne looked at some time between the question and the answer: the question counts.
            let asked = context.now.checked_sub(context.took);
            let asked = asked.unwrap_or(context.now);
            let settled = settle_recheck(policy, row, &device, &verdict, answer, asked);
            let id = verdict.device.unwrap_or(device).id;
            let then = if row.has_ended() {
                Then::Nothing
            } else {
                Then::End(row.end(Outcome::Created, id))
            };
            (settled, then)
        }
        (Decision::Finish(verdict), None) => finish(row, verdict, in_doubt, answered),
        (decision, _) => {
            // The refusal was ours. If the row ends here, that is what is told of it.
            let bears_out = was_unproven && row.history.unproven_since_ms.is_none();
            let settled = bears_out.then(|| settle_refusal(row));
            (settled, then(row, decision))
        }
    };
    Effects {
        settled,
        then,
        hold,
        retry: None,
        next,
    }
}

/// How a row ends by what a listing shows, and what the ledger is told of it.
fn finish(
    row: &mut Row,
    verdict: Verdict,
    in_doubt: bool,
    answered: &Answered<LookOutcome>,
) -> (Option<Settled>, Then) {
    if verdict.state.is_refusal()
        && let Some(then) = stays_undone(row)
    {
        return (None, then);
    }
    let is_absent = answered.outcome == LookOutcome::Seen(Listing::Absent);
    let barred = row.bar.as_ref().filter(|_| is_absent).map(Bar::answer);
    let told = barred.as_ref().unwrap_or(&answered.answer);
    let settled = settle_by_look(row, &verdict, in_doubt, told);
    (settled, end(row, verdict))
}

/// The decision on a listing: the policy's, but that a throttled one holds every request. Gives how
/// long that is too.
fn decide_look(
    policy: &RetryPolicy,
    row: &mut Row,
    answered: &Answered<LookOutcome>,
    context: &Context,
) -> (Decision, Option<Duration>) {
    let Answered { outcome, pause, .. } = answered;
    let age = row.age(context.now).saturating_sub(context.took);
    let (history, jitter) = (&mut row.history, context.jitter);
    let decision = match row.phase.ours() {
        Some(device) => {
            // When an earlier run asked for it is not known: then only its absence before says that
            // it is ours.
            let since_ms = row.asked_ms.unwrap_or(i64::MAX);
            retry::after_recheck(policy, history, outcome, device, since_ms, jitter)
        }
        None => retry::after_look(
            policy,
            history,
            outcome,
            age,
            context.others_succeed,
            jitter,
        ),
    };
    if outcome.is_throttled() {
        hold_for(decision)
    } else {
        (decision, *pause)
    }
}

/// Whether a listing is the first after a create that was answered with a conflict, and shows that
/// there is nothing to conflict with; asked before [`after_look`].
pub(in crate::engine) fn is_empty_conflict(row: &Row, outcome: &LookOutcome) -> bool {
    let doubt = row.history.doubt.as_ref();
    *outcome == LookOutcome::Seen(Listing::Absent)
        && doubt.is_some_and(|doubt| doubt.met_conflict && doubt.first_negative.is_none())
}

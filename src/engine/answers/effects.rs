//! A decision in parts: for the row, the ledger, the pace and the log.

use std::time::Duration;

use tokio::time::Instant;

use super::settle::is_unproven;
use crate::engine::guard::Retried;
use crate::engine::row::{Phase, Row, RowEnd};
use crate::ledger::Settled;
use crate::model::entry::{DeviceState, Moment};
use crate::model::event::Next;
use crate::model::outcome::{Answer, Outcome};
use crate::retry::{Decision, Verdict};

/// What is known when an answer comes, beside the answer and the row.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Context {
    /// When it came.
    pub(in crate::engine) now: Instant,
    /// The same, for a later process.
    pub(in crate::engine) moment: Moment,
    /// How long it took.
    pub(in crate::engine) took: Duration,
    /// Whether any row of the run was created.
    pub(in crate::engine) others_succeed: bool,
    /// Whether the run can pay for a retry.
    pub(in crate::engine) affords_retry: bool,
    /// Drawn from `0.0..1.0`.
    pub(in crate::engine) jitter: f64,
}

/// What follows an answer.
#[derive(Debug)]
pub(in crate::engine) struct Effects {
    /// What the ledger is told of the device, if that is news.
    pub(in crate::engine) settled: Option<Settled>,
    /// What the row does.
    pub(in crate::engine) then: Then,
    /// How long every request is held.
    pub(in crate::engine) hold: Option<Duration>,
    /// What sending the request again would cost, where that is wished.
    pub(in crate::engine) retry: Option<Retried>,
    /// What follows, for the log.
    pub(in crate::engine) next: Next,
}

/// What a row does after an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Then {
    /// Its phase is done after this long.
    Go {
        /// The wait.
        after: Duration,
    },
    /// Its phase is done before that of any other row.
    Next,
    /// It ends as unknown, unless the run lasts this long: then its phase is done.
    Defer {
        /// The wait.
        after: Duration,
    },
    /// It ends.
    End(RowEnd),
    /// It ends, and its device is looked at once more.
    EndAndRecheck(RowEnd),
    /// It had ended before.
    Nothing,
}

/// Holds every request as long as a throttled one was told to wait; the row itself is free to go then.
pub(super) fn hold_for(decision: Decision) -> (Decision, Option<Duration>) {
    match decision {
        Decision::Create { after, resend } => {
            let now = Duration::ZERO;
            (Decision::Create { after: now, resend }, Some(after))
        }
        Decision::Look { after } => {
            let now = Duration::ZERO;
            (Decision::Look { after: now }, Some(after))
        }
        Decision::Finish(_) | Decision::Defer { .. } => (decision, None),
    }
}

/// What a row does, as was decided; its phase follows.
pub(super) fn then(row: &mut Row, decision: Decision) -> Then {
    let ours = row.phase.ours().is_some();
    match decision {
        Decision::Create { after, resend } => {
            row.phase = Phase::Create { resend };
            Then::Go { after }
        }
        Decision::Look { after } => {
            // A look at a device of ours stays one: no listing lets it be created again.
            if !ours {
                row.phase = Phase::Look;
            }
            Then::Go { after }
        }
        Decision::Defer { after } => {
            row.phase = Phase::Look;
            Then::Defer { after }
        }
        Decision::Finish(verdict) => end(row, verdict),
    }
}

/// How a row ends that was to be created anew and was never asked for; nothing where it was.
///
/// The ledger goes on saying that the device was undone: otherwise a later run would create it without
/// being told to, or would take a listing that still shows it for news.
pub(super) fn stays_undone(row: &mut Row) -> Option<Then> {
    let device = row.undone.filter(|_| row.asked_ms.is_none())?;
    let (code, message) = DeviceState::Undone.why_not_created()?;
    row.answer = Answer {
        code: Some(code.to_owned()),
        message: Some(message.to_owned()),
        ..Answer::default()
    };
    let outcome = DeviceState::Undone.outcome();
    Some(Then::End(row.end(outcome, Some(device))))
}

/// Ends a row that was not ended yet.
pub(super) fn end(row: &mut Row, verdict: Verdict) -> Then {
    let Verdict { state, device } = verdict;
    let id = device.as_ref().and_then(|device| device.id);
    let outcome = if is_unproven(row, state) {
        Outcome::Unknown
    } else {
        state.outcome()
    };
    let id = id.filter(|_| outcome != Outcome::Unknown);
    let end = row.end(outcome, id);
    match device
        .filter(|device| state == DeviceState::Created && row.history.is_recheck_owed(Some(device)))
    {
        Some(device) => {
            row.phase = Phase::Recheck(device);
            row.history.blind_looks = 0;
            Then::EndAndRecheck(end)
        }
        None => Then::End(end),
    }
}

pub(super) fn next(decision: &Decision) -> Next {
    match decision {
        Decision::Finish(_) => Next::Finish,
        Decision::Create { after, .. } => Next::Create(*after),
        Decision::Look { after } | Decision::Defer { after } => Next::Look(*after),
    }
}

//! What an answer changes, and the order in which one decision overrides another.

mod create;
mod look;
mod mfa;
mod outdated;

use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::engine::clocks::LastSend;
use crate::engine::guard::Retried;
use crate::engine::row::{Phase, Row, RowEnd};
use crate::engine::samples::{
    ASKED_MS, HOUR, answer, answered, context, device, in_doubt, moment, nameless, now, of_user,
    policy, row,
};
use crate::ledger::Settled;
use crate::model::code;
use crate::model::entry::DeviceState;
use crate::model::event::Next;
use crate::model::outcome::{
    Ambiguity, AttemptOutcome, Listing, LookOutcome, Outcome, Proof, Refusal,
};
use crate::model::why_nothing::WhyNothing;
use crate::pingone::Answered;
use crate::pingone::connections::Connection;
use crate::pingone::transport::FaultKind;

const CREATE: Phase = Phase::Create { resend: false };
const AT_ONCE: Then = Then::Go {
    after: Duration::ZERO,
};
const SECOND: Duration = Duration::from_secs(1);

/// A row whose create is on its way.
fn sent() -> Box<Row> {
    let mut row = row(1, CREATE);
    row.asked_ms = Some(ASKED_MS);
    row.looked = true;
    row
}

/// A lost request that could have been sent at this instant at the latest.
fn last_sent(at: Instant) -> LastSend {
    LastSend::now(at, moment())
}

fn refused(refusal: Refusal) -> Answered<AttemptOutcome> {
    answered(AttemptOutcome::NotCreated(refusal))
}

fn lost() -> Answered<AttemptOutcome> {
    answered(AttemptOutcome::Indeterminate(Ambiguity::TimedOut))
}

fn create(row: &mut Row, answered: &Answered<AttemptOutcome>) -> Effects {
    after_create(&policy(), row, answered, &context(now()))
}

fn look(row: &mut Row, outcome: LookOutcome) -> Effects {
    after_look(&policy(), row, &answered(outcome), &context(now()))
}

fn present(number: u8) -> LookOutcome {
    LookOutcome::Seen(Listing::Present(device(number)))
}

fn end(then: &Then) -> &RowEnd {
    match then {
        Then::End(end) | Then::EndAndRecheck(end) => end,
        Then::Go { .. } | Then::Next | Then::Defer { .. } | Then::Nothing => {
            panic!("no end: {then:?}")
        }
    }
}

fn settled(effects: &Effects) -> &Settled {
    effects.settled.as_ref().expect("it is news")
}

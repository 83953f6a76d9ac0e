//! Rows, answers and options for the unit tests of the engine.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::Instant;

use super::answers::Context;
use super::row::{Phase, Row};
use crate::clock;
use crate::model::entry::Moment;
use crate::model::ids::DeviceId;
use crate::model::outcome::{Answer, Device, Proof};
use crate::model::request::DeviceRequest;
use crate::model::row::RowNumber;
use crate::model::samples;
use crate::pingone::Answered;
use crate::plan::file::RowPlan;
use crate::plan::{Bar, Expectation};
use crate::retry::{Doubt, RetryPolicy};

pub(super) const HOUR: Duration = Duration::from_hours(1);

/// When the intents of these rows were written, in milliseconds since 1970.
pub(super) const ASKED_MS: i64 = 1_764_000_000_000;

/// A request of a row for a user's only device of its kind.
pub(super) fn request(row: u64, user: u8) -> DeviceRequest {
    DeviceRequest {
        row: RowNumber(row),
        line: row + 1,
        ..samples::request(user)
    }
}

/// What a plan bars for a row, which is looked for or not.
pub(super) fn bar(looks: bool) -> Bar {
    let expect = if looks {
        Expectation::Existing
    } else {
        Expectation::Nothing
    };
    Bar::of(&RowPlan::bare(1, expect)).unwrap()
}

/// A row of its own user that nothing is known of.
pub(super) fn row(number: u8, phase: Phase) -> Box<Row> {
    of_user(number, number, phase)
}

pub(super) fn of_user(number: u8, user: u8, phase: Phase) -> Box<Row> {
    Box::new(Row::new(request(u64::from(number), user), phase, None))
}

/// A row with a request that was not answered.
pub(super) fn in_doubt(number: u8, phase: Phase) -> Box<Row> {
    let mut row = row(number, phase);
    row.history.doubt = Some(Doubt::new(ASKED_MS));
    row
}

pub(super) fn device(number: u8) -> Device {
    Device {
        id: Some(DeviceId::from_bytes([number; 16])),
        ..Device::default()
    }
}

/// A device whose answer was cut off before its ID.
pub(super) fn nameless() -> Device {
    Device::default()
}

pub(super) fn answer(http_status: u16, code: &str) -> Answer {
    Answer {
        http_status: Some(http_status),
        code: Some(code.to_owned()),
        ..Answer::default()
    }
}

pub(super) fn answered<T>(outcome: T) -> Answered<T> {
    Answered {
        outcome,
        answer: answer(400, "CODE"),
        pause: None,
        proof: Proof::Proven,
        date_ms: None,
        fault: None,
    }
}

pub(super) fn policy() -> RetryPolicy {
    RetryPolicy {
        attempts: NonZeroU32::new(4).unwrap(),
        base_delay: Duration::from_secs(1),
        max_delay: Duration::from_secs(30),
        settle: HOUR,
        not_found_delay: Duration::from_secs(30),
    }
}

pub(super) fn moment() -> Moment {
    Moment {
        wall_ms: ASKED_MS,
        boot_ms: 0,
        boot_id: "boot".to_owned(),
    }
}

/// An answer that came now, after two seconds.
pub(super) fn context(now: Instant) -> Context {
    Context {
        now,
        moment: moment(),
        took: Duration::from_secs(2),
        others_succeed: true,
        affords_retry: true,
        jitter: 0.5,
    }
}

pub(super) fn now() -> Instant {
    // Far enough from the beginning of the clock to count back from.
    clock::now() + 10 * HOUR
}

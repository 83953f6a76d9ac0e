//! PingOne's report of all devices, in place of a listing for each user.

use std::time::Duration;

use wavepair::testing::sandbox::{Kind, Options, Variant};

use crate::support::rehearsal::{Ended, Rehearsal, rows, user};

mod existing;
mod users;
mod verify;

/// A sandbox that makes a report as often as it is asked for one, and answers a question otherwise.
fn rehearsal(variant: Option<Variant>) -> Rehearsal {
    Rehearsal::with(Options {
        variants: variant.into_iter().collect(),
        report_interval: Duration::ZERO,
        ..Options::default()
    })
}

/// A wave of the rows whose numbers are from here to there.
fn rows_of(numbers: std::ops::Range<u32>) -> String {
    let all = rows(numbers.end);
    let mut lines: Vec<_> = all.lines().collect();
    lines.drain(1..=numbers.start as usize);
    lines.join("\n") + "\n"
}

/// How many listings and reports were asked for.
fn asked(rehearsal: &Rehearsal) -> (u64, u64) {
    let stats = rehearsal.stats();
    let reports = stats.requests_of(Kind::Report) + stats.requests_of(Kind::Reported);
    (stats.requests_of(Kind::List), reports)
}

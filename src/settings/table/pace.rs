//! Settings of the pace: how fast, how often again, and when to stop.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::engine::MaxErrors;
use crate::plan::Existing;
use crate::rate_limit::Rate;
use crate::settings::deadline::{self, Deadline};
use crate::settings::given::Given;
use crate::settings::setting::{Group, Setting, group, option};
use crate::settings::values;

pub(in crate::settings) const EXISTING: Setting<Existing> = option(
    "--existing",
    "WHAT",
    |given| {
        given.one_of(&[
            ("skip", Existing::Skip),
            ("ledger", Existing::Ledger),
            ("unchecked", Existing::Unchecked),
        ])
    },
    "Devices that exist already: skip, ledger, unchecked",
)
.details("`skip` lists each user's devices before the first create. `ledger` trusts the ledger alone and saves that request; it is refused until a run with `skip` has finished on this ledger. `unchecked` does not look at all: only for a tenant in which nobody has a device yet, because every device that the ledger does not know is created again.")
.variable(
    "WAVEPAIR_EXISTING",
    "what a device that exists already means",
)
.default("skip");
pub(in crate::settings) const RATE: Setting<Rate> = option(
    "--rate",
    "RATE",
    Given::parse,
    "Ceiling of the pace: 25/s (or 25), 600/min, max",
)
.variable("WAVEPAIR_RATE", "ceiling of the pace")
.default("25/s");
pub(in crate::settings) const CONCURRENCY: Setting<usize> = option(
    "--concurrency",
    "N",
    |given| given.number(1, 1024),
    "Requests in flight",
)
.variable("WAVEPAIR_CONCURRENCY", "requests in flight")
.default("32");
pub(in crate::settings) const ATTEMPTS: Setting<NonZeroU32> = option(
    "--attempts",
    "N",
    values::attempts,
    "Tries per row and run; a 429 answer costs none",
)
.default("4");
pub(in crate::settings) const TIMEOUT: Setting<Duration> = option(
    "--timeout",
    "TIME",
    Given::some_time,
    "Time for one request, such as 30s or 1m",
)
.default("30s");
pub(in crate::settings) const CONNECT_TIMEOUT: Setting<Duration> = option(
    "--connect-timeout",
    "TIME",
    Given::some_time,
    "Time for connecting",
)
.default("10s");
pub(in crate::settings) const SETTLE: Setting<Duration> = option(
    "--settle",
    "TIME",
    Given::some_time,
    "Age at which an unknown row that PingOne does not list may be sent again",
)
.default("1h");

/// How fast, and how often again.
pub(in crate::settings) const PACE: Group = group(
    Some("Pace"),
    &[
        EXISTING.about,
        RATE.about,
        CONCURRENCY.about,
        ATTEMPTS.about,
        TIMEOUT.about,
        CONNECT_TIMEOUT.about,
        SETTLE.about,
    ],
);

pub(in crate::settings) const CANARY: Setting<u32> = option(
    "--canary",
    "N",
    |given| given.number(0, 1_000),
    "Rows sent one by one first",
)
.default("5");
pub(in crate::settings) const MAX_ERRORS: Setting<MaxErrors> = option(
    "--max-errors",
    "N|N%",
    values::max_errors,
    "Stop at so many bad rows",
);
pub(in crate::settings) const MAX_DURATION: Setting<Duration> = option(
    "--max-duration",
    "TIME",
    Given::some_time,
    "Stop after this time, such as 90m, 2h, 1h 30m or 1d",
);
pub(in crate::settings) const DEADLINE: Setting<Deadline> = option(
    "--deadline",
    "TIME",
    deadline::read,
    "Stop then: 06:00 is the next such time of the local zone; or 2026-12-01T06:00, with Z or +01:00",
);
pub(in crate::settings) const LIMIT: Setting<u64> = option(
    "--limit",
    "N",
    |given| given.at_least(1),
    "Create at most so many new devices in this run: 1 or more",
);

/// When to stop before the wave is done.
pub(in crate::settings) const STOPS: Group = group(
    Some("Stops"),
    &[
        CANARY.about,
        MAX_ERRORS.about,
        MAX_DURATION.about,
        DEADLINE.about,
        LIMIT.about,
    ],
);

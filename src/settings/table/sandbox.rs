//! Settings of a sandbox that is served.

use std::net::SocketAddr;
use std::time::Duration;

use super::wave::FAULTS;
use crate::rate_limit::Rate;
use crate::sandbox::{Duplicates, Policies, Users};
use crate::settings::given::Given;
use crate::settings::setting::{Group, Setting, option, switch};
use crate::settings::values;

pub(in crate::settings) const LISTEN: Setting<SocketAddr> = option(
    "--listen",
    "ADDRESS",
    values::loopback,
    "Address to listen on; loopback only",
)
.default("127.0.0.1:8787");
pub(in crate::settings) const USERS: Setting<Users> = option(
    "--users",
    "any|N",
    values::users,
    "`any`: every UUID is a user; N: exactly N generated users",
)
.default("any");
pub(in crate::settings) const PRINT_USERS: Setting<bool> =
    switch("--print-users", "Print the generated users, one ID a line");
pub(in crate::settings) const POLICIES: Setting<Policies> = option(
    "--policies",
    "any|known",
    |given| given.one_of(&[("any", Policies::Any), ("known", Policies::Known)]),
    "`any`: every UUID is a policy that allows every type; `known`: the listed ones alone",
)
.default("any");
pub(in crate::settings) const LATENCY: Setting<Duration> = option(
    "--latency",
    "TIME",
    Given::duration,
    "Time before each answer",
)
.default("0s");
pub(in crate::settings) const RATE_LIMIT: Setting<Rate> = option(
    "--rate-limit",
    "RATE",
    Given::parse,
    "Requests allowed per rate group, such as 100/s",
);
pub(in crate::settings) const PER_IP: Setting<f64> = option(
    "--per-ip",
    "N%",
    values::share,
    "Share of the rate limit that one client address gets, such as 35%",
);
pub(in crate::settings) const MAX_DEVICES: Setting<u32> = option(
    "--max-devices",
    "N",
    |given| given.number(0, u32::MAX),
    "Devices per user",
)
.default("5");
pub(in crate::settings) const DUPLICATES: Setting<Duplicates> = option(
    "--duplicates",
    "WHAT",
    |given| {
        given.one_of(&[
            ("allow", Duplicates::Allow),
            ("400", Duplicates::Refuse400),
            ("409", Duplicates::Refuse409),
        ])
    },
    "Answer to an identical device: allow, 400, 409",
)
.default("allow");
pub(in crate::settings) const TOKEN_LIFE: Setting<Duration> = option(
    "--token-life",
    "TIME",
    Given::duration,
    "Life of an access token",
)
.default("1h");
pub(in crate::settings) const SEED: Setting<u64> = option(
    "--seed",
    "N",
    |given| given.at_least(0),
    "The same seed gives the same faults, credentials and users",
)
.default("0");

/// What kind of PingOne a sandbox is.
pub(in crate::settings) const SERVICE: Group = Group {
    heading: None,
    settings: &[
        LISTEN.about,
        USERS.about,
        PRINT_USERS.about,
        POLICIES.about,
        LATENCY.about,
        RATE_LIMIT.about,
        PER_IP.about,
        MAX_DEVICES.about,
        DUPLICATES.about,
        TOKEN_LIFE.about,
        FAULTS.saying("What goes wrong, how often, and when; `samples/faults.toml` shows all"),
        SEED.about,
    ],
    defaults_apart: true,
};

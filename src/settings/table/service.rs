//! Settings of a sandbox that is served: what kind of PingOne it is.

use std::net::SocketAddr;
use std::time::Duration;

use crate::pace::Rate;
use crate::sandbox::variants::Variant;
use crate::sandbox::{Duplicates, Policies, Users};
use crate::settings::given::Given;
use crate::settings::setting::Takes::{Text, Texts};
use crate::settings::setting::{Setting, setting, switch};
use crate::settings::values;

pub(in crate::settings) const LISTEN: Setting<SocketAddr> = setting("--listen", Text("ADDRESS"), values::loopback, "Address to listen on; loopback only").default_apart("127.0.0.1:8787");
pub(in crate::settings) const USERS: Setting<Users> = setting("--users", Text("any|N"), values::users, "`any`: every UUID is a user, and so is every name; N: exactly N generated users, called user-1 and so on").default_apart("any");
pub(in crate::settings) const PRINT_USERS: Setting<bool> = switch("--print-users", "Print the generated users, one ID a line");
pub(in crate::settings) const POLICIES: Setting<Policies> = setting("--policies", Text("any|known"),
    |given| given.one_of(&[("any", Policies::Any), ("known", Policies::Known)]),
    "`any`: every UUID is a policy that allows every type; `known`: the listed ones alone")
    .default_apart("any");
pub(in crate::settings) const LATENCY: Setting<Duration> = setting("--latency", Text("TIME"), Given::duration, "Time before each answer").default_apart("0s");
pub(in crate::settings) const RATE_LIMIT: Setting<Rate> = setting("--rate-limit", Text("RATE"), Given::parse, "Requests allowed per rate group, such as 100/s");
pub(in crate::settings) const PER_IP: Setting<f64> = setting("--per-ip", Text("N%"), values::share, "Share of the rate limit that one client address gets, such as 35%");
pub(in crate::settings) const MAX_DEVICES: Setting<u32> = setting("--max-devices", Text("N"), |given| given.number(0, u32::MAX), "Devices per user").default_apart("5");
pub(in crate::settings) const DUPLICATES: Setting<Duplicates> = setting("--duplicates", Text("WHAT"),
    |given| given.one_of(&[("allow", Duplicates::Allow), ("400", Duplicates::Refuse400), ("409", Duplicates::Refuse409)]),
    "Answer to an identical device: allow, 400, 409").default_apart("allow");
pub(in crate::settings) const REPORT_AGE: Setting<Duration> = setting("--report-age", Text("TIME"), Given::duration, "Age of the data in a device report; PingOne's is up to 15m old").default_apart("0s");
pub(in crate::settings) const TOKEN_LIFE: Setting<Duration> = setting("--token-life", Text("TIME"), Given::duration, "Life of an access token").default_apart("1h");
pub(in crate::settings) const VARIANT: Setting<Variant> = setting("--variant", Texts("NAME"), |given| given.one_of(&Variant::ALL), "Answer a question that PingOne's documents leave open otherwise; docs/sandbox.md lists the names");
pub(in crate::settings) const SEED: Setting<u64> = setting("--seed", Text("N"), |given| given.at_least(0), "The same seed gives the same faults, credentials and users").default_apart("0");

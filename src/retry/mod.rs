//! What follows an answered request. Pure: no clock, no dice, no waiting.
//!
//! The rules are those that keep a lost answer from becoming a second device. In
//! a listing *present* is proof and *absent* is not: a request that was given up
//! may still take effect, and a listing may lag. So an unanswered create is never
//! sent again before the settling time has passed since the last instant at which
//! it could have been sent, and two complete listings have failed to show it.

mod create;
mod decision;
mod history;
mod look;
mod mfa;
mod nothing;
mod ours;
mod policy;
mod recheck;
#[cfg(test)]
mod tests;

pub(crate) use self::create::{UNPROVEN_LOOK, after_create};
pub(crate) use self::decision::{Decision, Verdict};
pub(crate) use self::history::{Doubt, History};
pub(crate) use self::look::after_look;
pub(crate) use self::mfa::{MfaDecision, after_mfa};
pub(crate) use self::ours::CLOCK_SKEW;
pub use self::policy::RetryPolicy;
pub(crate) use self::policy::{FIRST_LOOK, backoff};
pub(crate) use self::recheck::after_recheck;

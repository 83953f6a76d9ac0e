//! What an answer changes for its row. Pure: no clock, no dice, no disk.
//!
//! [`RetryPolicy`](crate::retry::RetryPolicy) decides by what the answer told us. What then
//! overrides that decision stands in `decide_create` and `decide_look`, in order, and nowhere else.

mod create;
mod effects;
mod look;
mod mfa;
mod settle;
#[cfg(test)]
mod tests;

pub(super) use self::create::{after_create, price};
pub(super) use self::effects::{Context, Effects, Then};
pub(super) use self::look::{after_look, is_empty_conflict};
pub(super) use self::mfa::{after_mfa, refuse};
pub(super) use self::settle::settled;

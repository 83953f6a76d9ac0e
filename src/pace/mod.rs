//! How fast requests may leave: a pace that finds what a tenant bears, and a hold that PingOne asked
//! for; for each rate group its own, and one ceiling for all.
//!
//! It knows neither what is sent nor why it is held. A hold only ever moves later.

mod bucket;
mod controller;
mod meter;
mod meters;
mod rate;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use tokio::time::Instant;

pub(crate) use meter::Meter;
pub(crate) use meters::Meters;
pub use rate::{Pacing, Rate};

/// How long to wait before asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The pace allows the next request then.
    Pace(Instant),
    /// Every request waits until then.
    Held(Instant),
}

impl Wait {
    /// When to ask again.
    pub(crate) fn until(self) -> Instant {
        match self {
            Wait::Pace(until) | Wait::Held(until) => until,
        }
    }
}

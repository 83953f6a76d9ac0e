//! A bucket of leave at one rate.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

use crate::clock;

/// Gives leave at a steady rate: to the first request at once, and no burst follows a quiet time.
#[derive(Debug)]
pub(super) struct Bucket {
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, RunClock, NoOpMiddleware<Nanos>>>,
    rate: f64,
    start: Instant,
}

impl Bucket {
    /// `rate` is in requests a second.
    pub(super) fn new(rate: f64, start: Instant) -> Self {
        let quota = Quota::with_period(Duration::from_secs_f64(1.0 / rate));
        let limiter = |quota: Quota| {
            RateLimiter::direct_with_clock(quota.allow_burst(burst(rate)), RunClock { start })
        };
        Self {
            limiter: quota.map(limiter),
            rate,
            start,
        }
    }

    /// Whether this bucket is too far from a rate to go on with. A bucket that is made anew gives its
    /// first leave at once, so it is not made for less than anybody would notice.
    pub(super) fn is_of_another_rate(&self, rate: f64) -> bool {
        (self.rate - rate).abs() > rate * 0.002
    }

    /// Takes leave for one request.
    ///
    /// # Errors
    ///
    /// The moment at which there is some.
    pub(super) fn take(&self) -> Result<(), Instant> {
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        limiter.check().map_err(|refused| {
            let earliest = refused.earliest_possible().as_u64();
            self.start + Duration::from_nanos(earliest)
        })
    }
}

/// Timers tick once a millisecond, so a pace beyond that needs a few requests a tick; but so few that
/// nobody would call them a burst.
fn burst(rate: f64) -> NonZeroU32 {
    const BURST_MAX: f64 = 5.0;
    let per_tick = (rate / 1000.0).ceil().clamp(1.0, BURST_MAX);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 5"
    )]
    let burst = per_tick as u32;
    NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)
}

/// Time since a bucket was made, by the clock that every other decision uses.
#[derive(Clone, Debug)]
struct RunClock {
    start: Instant,
}

impl Clock for RunClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(clock::now().saturating_duration_since(self.start))
    }
}

//! How fast requests may leave: a steady pace, and a hold that PingOne asked for.
//!
//! It knows neither what is sent nor why it is held. A hold only ever moves later.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter as Bucket};
use tokio::time::Instant;

use crate::clock;

/// The ceiling of the pace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// So many requests a second; at least one a minute.
    PerSecond(f64),
    /// As fast as answers come.
    Unlimited,
}

impl Rate {
    /// How many requests a second; `None` where there is no ceiling.
    pub fn per_second(self) -> Option<f64> {
        match self {
            Rate::PerSecond(rate) => Some(rate),
            Rate::Unlimited => None,
        }
    }
}

/// Why a text is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a rate such as `25/s` (or `25`), `600/min` or `max`")]
pub struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    /// Reads `25/s`, `600/min`, `max`; a bare number is per second.
    fn from_str(text: &str) -> Result<Self, NotARate> {
        if text == "max" {
            return Ok(Rate::Unlimited);
        }
        let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
        let number: f64 = number.trim().parse().map_err(|_| NotARate)?;
        let seconds = match unit.trim() {
            "s" | "sec" | "second" => 1.0,
            "m" | "min" | "minute" => 60.0,
            _ => return Err(NotARate),
        };
        let per_second = number / seconds;
        if (1.0 / 60.0..=1_000_000.0).contains(&per_second) {
            Ok(Rate::PerSecond(per_second))
        } else {
            Err(NotARate)
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rate::Unlimited => f.write_str("max"),
            Rate::PerSecond(rate) if *rate >= 1.0 => write!(f, "{}/s", round(*rate)),
            Rate::PerSecond(rate) => write!(f, "{}/min", round(*rate * 60.0)),
        }
    }
}

fn round(rate: f64) -> f64 {
    (rate * 100.0).round() / 100.0
}

/// How long to wait before asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The pace allows the next request then.
    Pace(Instant),
    /// Every request waits until then.
    Held(Instant),
}

impl Wait {
    /// When to ask again.
    pub fn until(self) -> Instant {
        match self {
            Wait::Pace(until) | Wait::Held(until) => until,
        }
    }
}

/// One pace and one hold for every request of a run, of whatever kind.
#[derive(Debug)]
pub struct RateLimiter {
    bucket: Option<Bucket<NotKeyed, InMemoryState, RunClock, NoOpMiddleware<Nanos>>>,
    start: Instant,
    held_until: Option<Instant>,
}

impl RateLimiter {
    /// A limiter that lets the first request go at once and has no burst at the start.
    pub fn new(rate: Rate) -> Self {
        let start = clock::now();
        let bucket = match rate {
            Rate::Unlimited => None,
            Rate::PerSecond(rate) => {
                Quota::with_period(Duration::from_secs_f64(1.0 / rate)).map(|quota| {
                    Bucket::direct_with_clock(quota.allow_burst(burst(rate)), RunClock { start })
                })
            }
        };
        Self {
            bucket,
            start,
            held_until: None,
        }
    }

    /// Takes leave for one request, or says how long there is none.
    ///
    /// # Errors
    ///
    /// The moment at which to ask again, and whether it is the pace or a hold that says so.
    pub fn take(&self) -> Result<(), Wait> {
        let now = clock::now();
        if let Some(until) = self.held(now) {
            return Err(Wait::Held(until));
        }
        let Some(bucket) = &self.bucket else {
            return Ok(());
        };
        bucket.check().map_err(|refused| {
            let earliest = refused.earliest_possible().as_u64();
            Wait::Pace(self.start + Duration::from_nanos(earliest))
        })
    }

    /// Holds every request until then; a hold that lasts longer already stays.
    pub fn hold(&mut self, until: Instant) {
        self.held_until = Some(self.held_until.map_or(until, |held| held.max(until)));
    }

    /// Until when everything is held, if it is.
    pub fn held(&self, now: Instant) -> Option<Instant> {
        self.held_until.filter(|&until| until > now)
    }
}

/// Timers tick once a millisecond, so a pace beyond that needs a few requests a tick.
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

/// Time since the start of a run, by the clock that every other decision uses.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_per_second_per_minute_or_max_and_a_bare_number_is_per_second() {
        for (text, shown) in [
            ("25/s", "25/s"),
            ("25", "25/s"),
            ("0.5", "30/min"),
            ("600/min", "10/s"),
            ("30/min", "30/min"),
            ("0.5/s", "30/min"),
            ("max", "max"),
        ] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), shown, "{text}");
        }
        for wrong in [
            "",
            "0",
            "25ps",
            "25/",
            "/s",
            "0/s",
            "-1/s",
            "nan/s",
            "inf/s",
            "1/h",
            "5000000/s",
            "x/s",
        ] {
            assert_eq!(wrong.parse::<Rate>(), Err(NotARate), "{wrong:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_pace_is_steady_from_the_first_request_on() {
        let limiter = RateLimiter::new("10/s".parse().unwrap());
        let start = clock::now();
        let mut sent = Vec::new();
        while sent.len() < 5 {
            match limiter.take() {
                Ok(()) => sent.push(clock::now().duration_since(start).as_millis()),
                Err(wait) => tokio::time::sleep_until(wait.until()).await,
            }
        }
        assert_eq!(sent, [0, 100, 200, 300, 400]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_burst_follows_a_quiet_time() {
        let limiter = RateLimiter::new("10/s".parse().unwrap());
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(limiter.take(), Ok(()));
        assert!(limiter.take().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_stops_everything_and_only_moves_later() {
        let mut limiter = RateLimiter::new(Rate::Unlimited);
        let now = clock::now();
        limiter.hold(now + Duration::from_secs(7));
        limiter.hold(now + Duration::from_secs(3));
        assert_eq!(
            limiter.take(),
            Err(Wait::Held(now + Duration::from_secs(7)))
        );
        tokio::time::advance(Duration::from_secs(7)).await;
        assert_eq!(limiter.take(), Ok(()));
    }
}

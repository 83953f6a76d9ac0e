//! How fast, how often again, and when to stop.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::ZonedDateTime;
use jiff::civil::Time;

use super::Error;
use super::env::{Env, Given, flag, given};
use crate::cli::{PaceArgs, StopArgs};
use crate::engine::{GuardOptions, MaxErrors};
use crate::plan::Existing;
use crate::rate_limit::Rate;
use crate::retry::RetryPolicy;

/// How fast, and how often again.
#[derive(Clone, Debug)]
pub struct Pace {
    /// What a device that exists already means.
    pub existing: Existing,
    /// The ceiling of the pace.
    pub rate: Rate,
    /// What is tried again, and when.
    pub retry: RetryPolicy,
    /// How many requests may be in flight.
    pub concurrency: usize,
    /// Time for one request.
    pub timeout: Duration,
    /// Time for connecting.
    pub connect_timeout: Duration,
}

const CONCURRENCY: u64 = 32;
const CONCURRENCY_MAX: u64 = 1024;
const RATE: Rate = Rate::PerSecond(25.0);
const ATTEMPTS: u64 = 4;
const CANARY: u64 = 5;
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const SETTLE: Duration = Duration::from_hours(1);
const BASE_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(30);
const NOT_FOUND_DELAY: Duration = Duration::from_secs(30);

impl Pace {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// A value that the setting cannot have.
    pub fn resolve(args: &PaceArgs, env: &Env<'_>) -> Result<Self, Error> {
        let existing = match given(
            args.existing.as_ref(),
            "--existing",
            env,
            "WAVEPAIR_EXISTING",
        )? {
            None => Existing::Skip,
            Some(given) => match given.value.as_str() {
                "skip" => Existing::Skip,
                "ledger" => Existing::Ledger,
                "unchecked" => Existing::Unchecked,
                _ => return Err(given.wrong(&"expected `skip`, `ledger` or `unchecked`")),
            },
        };
        let rate = given(args.rate.as_ref(), "--rate", env, "WAVEPAIR_RATE")?
            .map_or(Ok(RATE), |given| given.parse())?;
        let concurrency = given(
            args.concurrency.as_ref(),
            "--concurrency",
            env,
            "WAVEPAIR_CONCURRENCY",
        )?
        .map_or(Ok(CONCURRENCY), |given| given.number(1, CONCURRENCY_MAX))?;
        let attempts = flag(args.attempts.as_ref(), "--attempts")
            .map_or(Ok(ATTEMPTS), |given| given.number(1, 100))?;
        let retry = RetryPolicy {
            attempts: u32::try_from(attempts)
                .ok()
                .and_then(NonZeroU32::new)
                .unwrap_or(NonZeroU32::MIN),
            base_delay: BASE_DELAY,
            max_delay: MAX_DELAY,
            settle: time(args.settle.as_ref(), "--settle", SETTLE)?,
            not_found_delay: NOT_FOUND_DELAY,
        };
        Ok(Self {
            existing,
            rate,
            retry,
            concurrency: usize::try_from(concurrency).unwrap_or(1),
            timeout: time(args.timeout.as_ref(), "--timeout", TIMEOUT)?,
            connect_timeout: time(
                args.connect_timeout.as_ref(),
                "--connect-timeout",
                CONNECT_TIMEOUT,
            )?,
        })
    }
}

/// A time that must not be zero: nothing would be waited for.
fn time(value: Option<&String>, name: &'static str, default: Duration) -> Result<Duration, Error> {
    let Some(given) = flag(value, name) else {
        return Ok(default);
    };
    let time = given.duration()?;
    if time.is_zero() {
        return Err(given.wrong(&"it must be longer than nothing"));
    }
    Ok(time)
}

/// When to stop before the wave is done.
#[derive(Clone, Debug)]
pub struct Stops {
    /// When going on is pointless.
    pub guard: GuardOptions,
    /// After how long to stop.
    pub max_duration: Option<Duration>,
    /// How many devices to create at most.
    pub limit: Option<u64>,
}

impl Stops {
    /// Resolves what was typed; a deadline counts from `now`, which is asked only then.
    ///
    /// # Errors
    ///
    /// A value that the setting cannot have.
    pub fn resolve(
        args: &StopArgs,
        concurrency: usize,
        now: &dyn Fn() -> ZonedDateTime,
    ) -> Result<Self, Error> {
        let canary = flag(args.canary.as_ref(), "--canary")
            .map_or(Ok(CANARY), |given| given.number(0, 1_000))?;
        let max_errors = flag(args.max_errors.as_ref(), "--max-errors")
            .map(|given| max_errors(&given))
            .transpose()?;
        let max_duration = flag(args.max_duration.as_ref(), "--max-duration")
            .map(|given| given.duration())
            .transpose()?;
        let until_deadline = flag(args.deadline.as_ref(), "--deadline")
            .map(|given| until(&given, &now()))
            .transpose()?;
        let limit = flag(args.limit.as_ref(), "--limit")
            .map(|given| given.number(0, u64::MAX))
            .transpose()?;
        Ok(Self {
            guard: GuardOptions {
                canary: u32::try_from(canary).unwrap_or(0),
                concurrency,
                max_errors,
            },
            max_duration: match (max_duration, until_deadline) {
                (Some(most), Some(until)) => Some(most.min(until)),
                (most, until) => most.or(until),
            },
            limit,
        })
    }
}

fn max_errors(given: &Given) -> Result<MaxErrors, Error> {
    let Some(percent) = given.value.strip_suffix('%') else {
        return given.number(1, u64::MAX).map(MaxErrors::Rows);
    };
    match percent.trim().parse() {
        Ok(percent) if percent > 0.0 && percent <= 100.0 => Ok(MaxErrors::Percent(percent)),
        _ => Err(given.wrong(&"expected a number such as `20`, or a share such as `5%`")),
    }
}

/// How long it is until a time of the day comes next.
fn until(given: &Given, now: &ZonedDateTime) -> Result<Duration, Error> {
    let wrong = || given.wrong(&"expected a time of the day such as `06:00`");
    let time: Time = given.value.parse().map_err(|_| wrong())?;
    let today = now.with().time(time).build().map_err(|_| wrong())?;
    let next = if today > *now {
        today
    } else {
        let tomorrow = now.tomorrow().map_err(|_| wrong())?;
        tomorrow.with().time(time).build().map_err(|_| wrong())?
    };
    Duration::try_from(now.duration_until(&next)).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(value: &str) -> Given {
        Given {
            name: "--x",
            value: value.to_owned(),
        }
    }

    #[test]
    fn a_deadline_is_the_next_time_that_the_clock_shows_it() {
        let now: ZonedDateTime = "2026-11-24T22:30[UTC]".parse().unwrap();
        for (text, minutes) in [
            ("06:00", 7 * 60 + 30),
            ("22:31", 1),
            ("22:30", 24 * 60),
            ("22:29", 24 * 60 - 1),
        ] {
            assert_eq!(
                until(&given(text), &now),
                Ok(Duration::from_secs(minutes * 60)),
                "{text}"
            );
        }
        assert!(until(&given("25:00"), &now).is_err());
        assert!(until(&given("soon"), &now).is_err());
    }

    #[test]
    fn too_many_errors_are_a_number_or_a_share() {
        assert_eq!(max_errors(&given("20")), Ok(MaxErrors::Rows(20)));
        assert_eq!(max_errors(&given("2.5%")), Ok(MaxErrors::Percent(2.5)));
        for wrong in ["0", "0%", "101%", "-1", "x%", ""] {
            assert!(max_errors(&given(wrong)).is_err(), "{wrong:?}");
        }
    }
}

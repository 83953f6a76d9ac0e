//! How fast, how often again, and when to stop.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use super::Error;
use super::deadline::{deadline, has_date};
use super::env::{Env, Given, LONGEST, flag, given};
use crate::cli::{PaceArgs, StopArgs};
use crate::clock::Now;
use crate::engine::{GuardOptions, MaxErrors};
use crate::plan::Existing;
use crate::rate_limit::Rate;
use crate::report::start_line::StopsAt;
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

const CONCURRENCY: usize = 32;
const CONCURRENCY_MAX: u64 = 1024;
const RATE: Rate = Rate::PerSecond(25.0);
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(4).unwrap();
const CANARY: u64 = 5;
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const SETTLE: Duration = Duration::from_hours(1);
const BASE_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(30);
const NOT_FOUND_DELAY: Duration = Duration::from_secs(30);

impl Default for Pace {
    fn default() -> Self {
        Self {
            existing: Existing::Skip,
            rate: RATE,
            retry: RetryPolicy {
                attempts: ATTEMPTS,
                base_delay: BASE_DELAY,
                max_delay: MAX_DELAY,
                settle: SETTLE,
                not_found_delay: NOT_FOUND_DELAY,
            },
            concurrency: CONCURRENCY,
            timeout: TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
        }
    }
}

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
        .map(|given| given.number(1, CONCURRENCY_MAX))
        .transpose()?
        .and_then(|number| usize::try_from(number).ok());
        let attempts = flag(args.attempts.as_ref(), "--attempts")
            .map(|given| given.number(1, 100))
            .transpose()?
            .and_then(|number| NonZeroU32::new(u32::try_from(number).ok()?));
        let usual = Self::default();
        Ok(Self {
            existing,
            rate,
            retry: RetryPolicy {
                attempts: attempts.unwrap_or(ATTEMPTS),
                settle: time(args.settle.as_ref(), "--settle", SETTLE)?,
                ..usual.retry
            },
            concurrency: concurrency.unwrap_or(CONCURRENCY),
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
    positive(&given)
}

fn positive(given: &Given) -> Result<Duration, Error> {
    let time = given.duration()?;
    if time.is_zero() {
        return Err(given.wrong(&"expected more than no time"));
    }
    Ok(time)
}

/// When to stop before the wave is done.
#[derive(Clone, Debug)]
pub struct Stops {
    /// When going on is pointless.
    pub guard: GuardOptions,
    /// How long to run at most.
    max_duration: Option<Duration>,
    /// When to stop at the latest.
    deadline: Option<ZonedDateTime>,
    /// Whether that is one moment for ever, and not a time of every day.
    is_on_a_date: bool,
    /// The zone in which a moment is told.
    zone: TimeZone,
    /// How many devices to create at most.
    pub limit: Option<u64>,
}

impl Stops {
    /// Resolves what was typed; a deadline is a moment after `now`.
    ///
    /// # Errors
    ///
    /// A value that the setting cannot have.
    pub fn resolve(args: &StopArgs, concurrency: usize, now: &Now) -> Result<Self, Error> {
        let canary = flag(args.canary.as_ref(), "--canary")
            .map_or(Ok(CANARY), |given| given.number(0, 1_000))?;
        let max_errors = flag(args.max_errors.as_ref(), "--max-errors")
            .map(|given| max_errors(&given))
            .transpose()?;
        let max_duration = flag(args.max_duration.as_ref(), "--max-duration")
            .map(|given| positive(&given))
            .transpose()?;
        let until = flag(args.deadline.as_ref(), "--deadline");
        let is_on_a_date = until.as_ref().is_some_and(has_date);
        let deadline = until.map(|given| deadline(&given, now)).transpose()?;
        let limit = flag(args.limit.as_ref(), "--limit")
            .map(|given| given.number(1, u64::MAX))
            .transpose()?;
        Ok(Self {
            guard: GuardOptions {
                canary: u32::try_from(canary).unwrap_or(0),
                concurrency,
                max_errors,
            },
            max_duration,
            deadline,
            is_on_a_date,
            zone: now.zoned().time_zone().clone(),
            limit,
        })
    }

    /// Whether the same command would be refused now, because its deadline is past.
    pub fn are_past(&self, now: Timestamp) -> bool {
        let deadline = self.deadline.as_ref().filter(|_| self.is_on_a_date);
        deadline.is_some_and(|at| at.timestamp() <= now)
    }

    /// When a run that begins now stops by itself: the earlier of both, where both were asked for.
    pub fn by(&self, now: Timestamp) -> Option<StopsAt> {
        let lasts = self.max_duration.map(|most| {
            let at =
                now.saturating_add(SignedDuration::try_from(most).unwrap_or(SignedDuration::MAX));
            StopsAt {
                at: at
                    .unwrap_or(Timestamp::MAX)
                    .to_zoned_datetime(self.zone.clone()),
                within: most,
            }
        });
        let ends = self.deadline.as_ref().map(|at| StopsAt {
            at: at.clone(),
            // It may have passed while the wave was read.
            within: Duration::try_from(now.duration_until(at.timestamp()))
                .unwrap_or(Duration::ZERO)
                .min(LONGEST),
        });
        match (lasts, ends) {
            (Some(lasts), Some(ends)) if ends.within < lasts.within => Some(ends),
            (lasts, ends) => lasts.or(ends),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::LocalZone;

    fn given(value: &str) -> Given {
        Given {
            name: "--x",
            value: value.to_owned(),
        }
    }

    #[test]
    fn a_run_stops_at_the_earlier_of_its_longest_time_and_its_deadline() {
        let now: Timestamp = "2026-11-24T22:30:00Z".parse().unwrap();
        let hours = Duration::from_hours;
        for (max_duration, deadline, within, at) in [
            (None, None, None, ""),
            (Some("2h"), None, Some(hours(2)), "2026-11-25T00:30:00Z"),
            (None, Some("06:30Z"), Some(hours(8)), "2026-11-25T06:30:00Z"),
            (
                Some("2h"),
                Some("06:30Z"),
                Some(hours(2)),
                "2026-11-25T00:30:00Z",
            ),
            (
                Some("1d"),
                Some("06:30Z"),
                Some(hours(8)),
                "2026-11-25T06:30:00Z",
            ),
            (
                None,
                Some("9999-12-01T00:00Z"),
                Some(LONGEST),
                "9999-12-01T00:00:00Z",
            ),
        ] {
            let args = StopArgs {
                max_duration: max_duration.map(str::to_owned),
                deadline: deadline.map(str::to_owned),
                ..StopArgs::default()
            };
            let here = Now {
                wall: now,
                zone: LocalZone::NoData,
            };
            let stops = Stops::resolve(&args, 1, &here).unwrap().by(now);
            assert_eq!(stops.as_ref().map(|stops| stops.within), within);
            let told = stops.map(|stops| stops.at.timestamp().to_string());
            assert_eq!(told.unwrap_or_default(), at);
        }
    }

    #[test]
    fn a_deadline_that_passes_while_the_wave_is_read_leaves_no_time_at_all() {
        let args = StopArgs {
            deadline: Some("22:31Z".to_owned()),
            ..StopArgs::default()
        };
        let now = Now {
            wall: "2026-11-24T22:30:00Z".parse().unwrap(),
            zone: LocalZone::NoData,
        };
        let stops = Stops::resolve(&args, 1, &now).unwrap();
        let late = stops.by("2026-11-24T22:40:00Z".parse().unwrap());
        assert_eq!(late.map(|late| late.within), Some(Duration::ZERO));
    }

    #[test]
    fn only_a_deadline_with_a_date_is_past_for_the_next_run() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (deadline, now, past) in [
            ("2026-11-25T06:00Z", "2026-11-25T05:59:59Z", false),
            ("2026-11-25T06:00Z", "2026-11-25T06:00:00Z", true),
            ("06:00Z", "2026-11-25T06:00:00Z", false),
        ] {
            let args = StopArgs {
                deadline: Some(deadline.to_owned()),
                ..StopArgs::default()
            };
            let here = Now {
                wall: at("2026-11-24T22:30:00Z"),
                zone: LocalZone::NoData,
            };
            let stops = Stops::resolve(&args, 1, &here).unwrap();
            assert_eq!(stops.are_past(at(now)), past, "{deadline} {now}");
        }
    }

    #[test]
    fn a_run_that_may_create_nothing_or_last_no_time_is_refused() {
        let now = crate::clock::local();
        for args in [
            StopArgs {
                limit: Some("0".to_owned()),
                ..StopArgs::default()
            },
            StopArgs {
                max_duration: Some("0s".to_owned()),
                ..StopArgs::default()
            },
            StopArgs {
                max_duration: Some("30".to_owned()),
                ..StopArgs::default()
            },
            StopArgs {
                max_errors: Some("0".to_owned()),
                ..StopArgs::default()
            },
        ] {
            assert!(Stops::resolve(&args, 1, &now).is_err(), "{args:?}");
        }
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

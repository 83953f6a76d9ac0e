//! How fast, how often again, and when to stop.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use super::Error;
use super::deadline::Deadline;
use super::env::Env;
use super::given::LONGEST;
use super::setting::Command;
use super::sources::{Sources, Typed};
use super::table;
use crate::clock::Now;
use crate::engine::GuardOptions;
use crate::model::mfa::MfaRule;
use crate::pace::Pacing;
use crate::plan::Existing;
use crate::report::start_line::StopsAt;
use crate::retry::RetryPolicy;

/// How fast, and how often again.
#[derive(Clone, Debug)]
pub struct Pace {
    /// What a device that exists already means.
    pub existing: Existing,
    /// Whether a device that was undone is created anew.
    pub recreate: bool,
    /// What is done about users who cannot use MFA.
    pub mfa: MfaRule,
    /// What the pace keeps to.
    pub pacing: Pacing,
    /// What is tried again, and when.
    pub retry: RetryPolicy,
    /// How many requests may be in flight.
    pub concurrency: usize,
    /// Time for one request.
    pub timeout: Duration,
    /// Time for connecting.
    pub connect_timeout: Duration,
}

const BASE_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(30);
const NOT_FOUND_DELAY: Duration = Duration::from_secs(30);

impl Default for Pace {
    /// The pace of which nobody said anything.
    fn default() -> Self {
        let nothing = Typed::only(Command::Run);
        let env = Env::new(&|_| None);
        Self::resolve(&Sources::new(&nothing, &env))
            .expect("every default of the table can be read")
    }
}

impl Pace {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// A value that the setting cannot have.
    pub(super) fn resolve(sources: &Sources<'_>) -> Result<Self, Error> {
        Ok(Self {
            existing: sources.value(&table::EXISTING)?,
            recreate: sources.is_on(&table::RECREATE),
            mfa: sources.value(&table::MFA)?,
            pacing: sources.value(&table::RATE)?,
            concurrency: sources.value(&table::CONCURRENCY)?,
            retry: RetryPolicy {
                attempts: sources.value(&table::ATTEMPTS)?,
                base_delay: BASE_DELAY,
                max_delay: MAX_DELAY,
                settle: sources.value(&table::SETTLE)?,
                not_found_delay: NOT_FOUND_DELAY,
            },
            timeout: sources.value(&table::TIMEOUT)?,
            connect_timeout: sources.value(&table::CONNECT_TIMEOUT)?,
        })
    }
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
    pub(super) fn resolve(
        sources: &Sources<'_>,
        concurrency: usize,
        now: &Now,
    ) -> Result<Self, Error> {
        let canary = sources.value(&table::CANARY)?;
        let max_errors = sources.find(&table::MAX_ERRORS)?;
        let max_duration = sources.find(&table::MAX_DURATION)?;
        let until = sources.find(&table::DEADLINE)?;
        let is_on_a_date = until.as_ref().is_some_and(Deadline::has_date);
        Ok(Self {
            guard: GuardOptions {
                canary,
                concurrency,
                max_errors,
            },
            max_duration,
            deadline: until.map(|until| until.after(now)).transpose()?,
            is_on_a_date,
            zone: now.zoned().time_zone().clone(),
            limit: sources.find(&table::LIMIT)?,
        })
    }

    /// From when on the same command is refused, because its deadline is past.
    pub fn past_from(&self) -> Option<Timestamp> {
        let deadline = self.deadline.as_ref().filter(|_| self.is_on_a_date);
        deadline.map(ZonedDateTime::timestamp)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::LocalZone;
    use crate::settings::usage::typed_of;

    fn stops(options: &[&str], now: &Now) -> Result<Stops, Error> {
        let typed = typed_of(&[&["run", "w.csv"], options].concat());
        Stops::resolve(&Sources::new(&typed, &Env::new(&|_| None)), 1, now)
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
            let named = [("--max-duration", max_duration), ("--deadline", deadline)];
            let typed = named
                .into_iter()
                .filter_map(|(option, value)| Some([option, value?]));
            let options: Vec<_> = typed.flatten().collect();
            let here = Now {
                wall: now,
                zone: LocalZone::NoData,
            };
            let stops = stops(&options, &here).unwrap().by(now);
            assert_eq!(stops.as_ref().map(|stops| stops.within), within);
            let told = stops.map(|stops| stops.at.timestamp().to_string());
            assert_eq!(told.unwrap_or_default(), at);
        }
    }

    #[test]
    fn a_deadline_that_passes_while_the_wave_is_read_leaves_no_time_at_all() {
        let now = Now {
            wall: "2026-11-24T22:30:00Z".parse().unwrap(),
            zone: LocalZone::NoData,
        };
        let stops = stops(&["--deadline=22:31Z"], &now).unwrap();
        let late = stops.by("2026-11-24T22:40:00Z".parse().unwrap());
        assert_eq!(late.map(|late| late.within), Some(Duration::ZERO));
    }

    #[test]
    fn only_a_deadline_with_a_date_is_past_for_the_next_run() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (deadline, past_from) in [
            ("2026-11-25T06:00Z", Some("2026-11-25T06:00:00Z")),
            ("06:00Z", None),
        ] {
            let here = Now {
                wall: at("2026-11-24T22:30:00Z"),
                zone: LocalZone::NoData,
            };
            let stops = stops(&["--deadline", deadline], &here).unwrap();
            assert_eq!(stops.past_from(), past_from.map(at), "{deadline}");
        }
    }

    #[test]
    fn a_run_that_may_create_nothing_or_last_no_time_is_refused() {
        let now = crate::clock::local();
        for option in [
            "--limit=0",
            "--max-duration=0s",
            "--max-duration=30",
            "--max-errors=0",
        ] {
            assert!(stops(&[option], &now).is_err(), "{option}");
        }
    }
}

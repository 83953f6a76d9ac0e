//! The only place that asks what time it is.
//!
//! Decisions within a run use the monotonic clock alone; wall time is for display
//! and, across runs, for the age of an unanswered request. Nobody else calls
//! `now()`: the lint table forbids it.

#[cfg(target_os = "linux")]
use std::sync::LazyLock;
use std::time::Duration;

use jiff::tz::{self, TimeZone};
use jiff::{Timestamp, ZonedDateTime};
use tokio::time::Instant;

use crate::model::entry::Moment;

/// The monotonic clock. Under a paused `tokio` clock it is the test's.
#[expect(clippy::disallowed_methods, reason = "this is the owner of time")]
pub fn now() -> Instant {
    Instant::now()
}

/// The wall clock.
#[expect(clippy::disallowed_methods, reason = "this is the owner of time")]
pub fn wall() -> Timestamp {
    #[cfg(test)]
    if let Some(moment) = played::moment() {
        return Timestamp::from_millisecond(moment.wall_ms).unwrap_or_default();
    }
    Timestamp::now()
}

/// How late it is, and where.
#[derive(Clone, Debug)]
pub struct Now {
    /// The wall clock.
    pub wall: Timestamp,
    /// The time zone of the machine, or of `TZ`.
    pub zone: LocalZone,
}

impl Now {
    /// The time in the local zone; in UTC, and named so, where that is not known.
    pub fn zoned(&self) -> ZonedDateTime {
        let zone = match &self.zone {
            LocalZone::Known(zone) => zone.clone(),
            LocalZone::Unknown | LocalZone::NoData => TimeZone::UTC,
        };
        self.wall.to_zoned_datetime(zone)
    }
}

/// The local time zone.
#[derive(Clone, Debug)]
pub enum LocalZone {
    /// This one.
    Known(TimeZone),
    /// What `TZ` or the system names is no zone.
    Unknown,
    /// Nothing names one, or there are no zone files to look it up in.
    NoData,
}

/// The wall clock, and the local time zone. A zone that is not known is never taken for UTC.
pub fn local() -> Now {
    let zone = match TimeZone::try_system() {
        Ok(zone) if !zone.is_unknown() => LocalZone::Known(zone),
        Ok(_) | Err(_) if tz::db().is_definitively_empty() => LocalZone::NoData,
        Ok(_) | Err(_) => LocalZone::Unknown,
    };
    Now { wall: wall(), zone }
}

/// This moment, in a form that a later process can measure its distance from.
pub fn moment() -> Moment {
    #[cfg(test)]
    if let Some(moment) = played::moment() {
        return moment;
    }
    Moment {
        wall_ms: wall().as_millisecond(),
        boot_ms: boot_ms(),
        boot_id: boot_id(),
    }
}

/// How long ago a moment was, never more than what is certain.
///
/// Within one boot the smaller of the two clocks' answers; across boots the wall
/// clock's. A wall clock that went backwards gives zero, which starts every wait anew.
pub fn age(then: &Moment, now: &Moment) -> Duration {
    let span = |from: i64, to: i64| {
        Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
    };
    let wall = span(then.wall_ms, now.wall_ms);
    if then.boot_id.is_empty() || then.boot_id != now.boot_id {
        return wall;
    }
    wall.min(span(then.boot_ms, now.boot_ms))
}

#[cfg(target_os = "linux")]
fn boot_ms() -> i64 {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::Boottime);
    time.tv_sec
        .saturating_mul(1000)
        .saturating_add(time.tv_nsec / 1_000_000)
}

#[cfg(not(target_os = "linux"))]
fn boot_ms() -> i64 {
    0
}

/// Read once: a process does not outlive its boot.
#[cfg(target_os = "linux")]
fn boot_id() -> String {
    static BOOT_ID: LazyLock<String> = LazyLock::new(|| {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map(|id| id.trim().to_owned())
            .unwrap_or_default()
    });
    BOOT_ID.clone()
}

#[cfg(not(target_os = "linux"))]
fn boot_id() -> String {
    String::new()
}

/// The clocks of a machine that a test plays: they go with the test's monotonic clock.
#[cfg(test)]
pub(crate) mod played {
    use std::cell::RefCell;

    use super::{Duration, Instant, Moment, now};

    thread_local! {
        static MACHINE: RefCell<Option<Machine>> = const { RefCell::new(None) };
    }

    /// A machine of this thread.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Machine {
        /// When the monotonic clock began, and what time it truly was then, since 1970.
        pub(crate) began: (Instant, Duration),
        /// How long it was suspended since: the monotonic clock stood still.
        pub(crate) suspended: Duration,
        /// By how much the wall clock is wrong.
        pub(crate) ahead_ms: i64,
        /// How often it was booted, and when it was last, since 1970.
        pub(crate) booted: (u32, Duration),
    }

    impl Machine {
        /// What time it truly is, since 1970.
        pub(crate) fn time(&self) -> Duration {
            let (at, time) = self.began;
            time + now().saturating_duration_since(at) + self.suspended
        }

        fn moment(&self) -> Moment {
            let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            let (boot, booted) = self.booted;
            Moment {
                wall_ms: ms(self.time()) + self.ahead_ms,
                boot_ms: ms(self.time().saturating_sub(booted)),
                // The first one has no name.
                boot_id: if boot == 0 {
                    String::new()
                } else {
                    boot.to_string()
                },
            }
        }
    }

    /// Has this thread read the clocks of a machine, or its own again.
    pub(crate) fn set(machine: Option<Machine>) {
        MACHINE.with_borrow_mut(|it| *it = machine);
    }

    pub(super) fn moment() -> Option<Moment> {
        MACHINE.with_borrow(|it| it.as_ref().map(Machine::moment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall_ms: i64, boot_ms: i64, boot_id: &str) -> Moment {
        Moment {
            wall_ms,
            boot_ms,
            boot_id: boot_id.to_owned(),
        }
    }

    #[test]
    fn an_age_is_never_more_than_both_clocks_can_vouch_for() {
        let then = at(1_000_000, 5_000, "a");
        for (now, age_ms, why) in [
            (at(1_060_000, 65_000, "a"), 60_000, "both agree"),
            (
                at(9_999_000, 65_000, "a"),
                60_000,
                "the wall clock was set forward",
            ),
            (
                at(1_010_000, 65_000, "a"),
                10_000,
                "the wall clock was set back a little",
            ),
            (
                at(1_000, 65_000, "a"),
                0,
                "the wall clock was set back to before",
            ),
            (
                at(1_060_000, 10, "b"),
                60_000,
                "another boot: only the wall clock is left",
            ),
            (
                at(1_060_000, 10, ""),
                60_000,
                "a platform that does not name its boots",
            ),
        ] {
            assert_eq!(age(&then, &now), Duration::from_millis(age_ms), "{why}");
        }
    }

    #[test]
    fn a_moment_is_taken_from_both_clocks_and_is_no_age_old() {
        let moment = moment();
        assert!(moment.wall_ms > 1_700_000_000_000);
        assert_eq!(age(&moment, &moment), Duration::ZERO);
    }
}

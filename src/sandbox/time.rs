//! The sandbox's own sense of time. Nobody else in it asks what time it is.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Counts from the sandbox's start. Instants are milliseconds since then, which
/// are small, order devices by age, and do not jump.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    started: Instant,
    started_wall: Timestamp,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox shares no clock with what it tests"
    )]
    pub(super) fn start() -> Self {
        Self {
            started: Instant::now(),
            started_wall: Timestamp::now(),
        }
    }

    /// Time since the start.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Seconds since 1970.
    pub(super) fn unix_seconds(&self) -> i64 {
        let now = i64::try_from(self.now_ms()).unwrap_or(i64::MAX);
        self.wall(now).as_second()
    }

    /// Milliseconds since the start.
    pub(super) fn now_ms(&self) -> u64 {
        millis(self.now())
    }

    /// An instant as PingOne writes it: `2024-11-21T11:20:18.259Z`.
    pub(super) fn timestamp(&self, ms: u64) -> String {
        format!("{:.3}", self.wall(i64::try_from(ms).unwrap_or(i64::MAX)))
    }

    /// The time so many seconds from now, earlier if negative, as an HTTP date (RFC 9110, section 5.6.7).
    pub(super) fn http_date(&self, seconds: i64) -> String {
        let now = i64::try_from(self.now_ms()).unwrap_or(i64::MAX);
        let at = self.wall(now.saturating_add(seconds.saturating_mul(1000)));
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    fn wall(&self, ms: i64) -> Timestamp {
        let ms = self.started_wall.as_millisecond().saturating_add(ms);
        Timestamp::from_millisecond(ms).unwrap_or(self.started_wall)
    }
}

/// A duration in whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_pingone_and_http_write_them() {
        let clock = Clock {
            started_wall: "2024-11-21T11:20:17Z".parse().unwrap(),
            ..Clock::start()
        };
        assert_eq!(clock.timestamp(1_259), "2024-11-21T11:20:18.259Z");
        assert_eq!(clock.timestamp(1_000), "2024-11-21T11:20:18.000Z");
        assert_eq!(clock.http_date(3), "Thu, 21 Nov 2024 11:20:20 GMT");
        assert_eq!(clock.http_date(-17), "Thu, 21 Nov 2024 11:20:00 GMT");
    }
}

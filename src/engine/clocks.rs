//! The clocks of a run: ours as it began, and PingOne's as far as its answers tell it.
//!
//! Whether a device is ours may turn on when PingOne made it. That time is by PingOne's clock, so
//! the time of our request must be, too: our own wall clock may be wrong by hours.

use std::time::Duration;

use tokio::time::Instant;

use crate::clock;
use crate::model::entry::Moment;
use crate::retry::CLOCK_SKEW;

/// The last instant at which an unanswered request could have been sent.
#[derive(Clone, Debug)]
pub(super) struct LastSend {
    /// When its age was taken.
    at: Instant,
    /// The age that it had then.
    age: Duration,
    /// The same, for a later process.
    pub(super) moment: Moment,
}

impl LastSend {
    /// One that was at this moment, which is `now`.
    pub(super) fn now(now: Instant, moment: Moment) -> Self {
        Self {
            at: now,
            age: Duration::ZERO,
            moment,
        }
    }

    /// How long ago it was.
    pub(super) fn age(&self, now: Instant) -> Duration {
        self.age
            .saturating_add(now.saturating_duration_since(self.at))
    }
}

/// When the run began, on both of our clocks.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) at: Instant,
    pub(super) moment: Moment,
}

impl Opened {
    /// What an earlier run wrote down, by the clocks of this one.
    pub(super) fn since(&self, moment: &Moment) -> LastSend {
        LastSend {
            at: self.at,
            age: clock::age(moment, &self.moment),
            moment: moment.clone(),
        }
    }
}

/// PingOne's clock: heard in an answer, and counted on by our monotonic one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RemoteClock {
    heard: Option<(Instant, i64)>,
}

impl RemoteClock {
    /// Notes the `Date` of an answer that came `now`.
    pub(super) fn hear(&mut self, now: Instant, date_ms: Option<i64>) {
        if let Some(date_ms) = date_ms {
            self.heard = Some((now, date_ms));
        }
    }

    /// What PingOne's clock shows, in milliseconds since 1970; none where it was never heard.
    pub(super) fn now_ms(&self, now: Instant) -> Option<i64> {
        let (at, date_ms) = self.heard?;
        let since = now.saturating_duration_since(at).as_millis();
        Some(date_ms.saturating_add(i64::try_from(since).unwrap_or(i64::MAX)))
    }

    /// Whether a time by our wall clock may be taken for one by PingOne's: it was heard, and they
    /// agree but for the skew that is allowed.
    pub(super) fn agrees(&self, now: Instant, wall_ms: i64) -> bool {
        let skew = CLOCK_SKEW.as_millis();
        self.now_ms(now)
            .is_some_and(|remote_ms| u128::from(remote_ms.abs_diff(wall_ms)) <= skew)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: i64 = 1_792_567_680_000;

    #[test]
    fn it_goes_on_from_the_last_date_that_was_heard() {
        let start = clock::now();
        let mut remote = RemoteClock::default();
        assert_eq!(remote.now_ms(start), None);
        remote.hear(start, Some(DATE));
        let later = start + Duration::from_secs(90);
        assert_eq!(remote.now_ms(later), Some(DATE + 90_000));
        remote.hear(later, None);
        assert_eq!(remote.now_ms(later), Some(DATE + 90_000));
        remote.hear(later, Some(DATE - 1_000));
        assert_eq!(remote.now_ms(later), Some(DATE - 1_000));
    }

    #[test]
    fn it_agrees_with_a_wall_clock_that_is_off_by_the_skew_at_most() {
        let now = clock::now();
        let mut remote = RemoteClock::default();
        assert!(!remote.agrees(now, DATE));
        remote.hear(now, Some(DATE));
        for (off_ms, expected) in [
            (0, true),
            (300_000, true),
            (-300_000, true),
            (300_001, false),
            (-300_001, false),
            (i64::MIN / 2, false),
        ] {
            assert_eq!(remote.agrees(now, DATE + off_ms), expected, "{off_ms}");
        }
    }
}

//! How often and how soon things are tried again.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::history::History;

/// How often and how soon things are tried again.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// How often a row may fail in one run; a 429 does not count.
    pub attempts: NonZeroU32,
    /// The longest first wait of the exponential backoff.
    pub base_delay: Duration,
    /// The longest wait of the exponential backoff.
    pub max_delay: Duration,
    /// How long after the last possible send an unanswered request may be sent again.
    pub settle: Duration,
    /// How long after a 404 a user is asked about once more: a new user may not be visible yet.
    pub not_found_delay: Duration,
}

/// The ages of an unanswered request at which its device is looked for, for positive evidence. Most
/// show at once; what has not by then is hardly sooner there for being asked about more often.
const LOOKS: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_mins(1),
];
/// The age of an unanswered request at which its device is looked for first.
pub(crate) const FIRST_LOOK: Duration = LOOKS[0];
/// The age from which a negative look counts in a run that is not to wait for the settling time: what
/// is not there by then is left to a later run.
const NEGATIVE_LOOK: Duration = Duration::from_mins(2);
/// The distance between the two negative looks: both are not to be one stale listing.
const LOOKS_APART: Duration = Duration::from_secs(30);

/// The wait before something is tried again: `base` doubled so often, and of that any part (full
/// jitter), for what failed together is not to come back together; within `bounds`.
///
/// `jitter` is drawn by the caller from `0.0..1.0`.
pub(crate) fn backoff(
    base: Duration,
    times: u32,
    bounds: RangeInclusive<Duration>,
    jitter: f64,
) -> Duration {
    // More doublings than that are beyond every bound.
    let doubled = base.saturating_mul(1 << times.min(16)).min(*bounds.end());
    doubled.mul_f64(jitter.clamp(0.0, 1.0)).max(*bounds.start())
}

impl RetryPolicy {
    /// The wait before a row goes on after this many failures in a row, from none.
    pub(super) fn backoff(&self, failures: u32, jitter: f64) -> Duration {
        let bounds = Duration::ZERO..=self.max_delay;
        backoff(self.base_delay, failures, bounds, jitter)
    }

    /// The wait after a 429: what PingOne asks for, or a backoff of at least the base delay, for it
    /// did ask for a wait.
    pub(super) fn throttled(
        &self,
        history: &mut History,
        retry_after: Option<Duration>,
        jitter: f64,
    ) -> Duration {
        if let Some(delay) = retry_after {
            history.throttles = 0;
            return delay;
        }
        history.throttles += 1;
        let bounds = self.base_delay..=self.max_delay;
        backoff(self.base_delay, history.throttles, bounds, jitter)
    }

    /// The wait before what is no row is asked for again that was asked for so often. It has no jitter,
    /// for the gate spreads such requests anyhow, and no bound but the number of tries.
    pub(crate) fn between_tries(&self, tries: u32) -> Duration {
        self.base_delay.saturating_mul(tries)
    }

    /// The distance between the two negative looks: 30 s or a quarter of the settling time.
    pub(super) fn looks_apart(&self) -> Duration {
        LOOKS_APART.min(self.settle / 4)
    }

    /// The age after which a run does not wait for the device to show any more.
    pub(super) fn last_look(&self) -> Duration {
        NEGATIVE_LOOK.min(self.settle) + self.looks_apart()
    }

    /// The wait, at an age, until the next look for positive evidence.
    pub(super) fn next_look(&self, age: Duration) -> Duration {
        let first_negative = NEGATIVE_LOOK.min(self.settle);
        LOOKS
            .into_iter()
            .map(|look| look.min(first_negative))
            .chain([first_negative, self.last_look()])
            .find(|&look| look > age)
            .map_or(Duration::ZERO, |look| look.saturating_sub(age))
    }
}

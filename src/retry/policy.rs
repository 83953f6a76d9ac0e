//! How often and how soon things are tried again.

use std::num::NonZeroU32;
use std::time::Duration;

use super::backoff::{Backoff, Growth};
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
impl RetryPolicy {
    /// The wait before a row goes on after this many failures in a row, from none.
    pub(super) fn backoff(&self, failures: u32, jitter: f64) -> Duration {
        self.of_rows(Duration::ZERO, jitter).wait(failures)
    }

    fn of_rows(&self, shortest: Duration, jitter: f64) -> Backoff {
        Backoff {
            base: self.base_delay,
            growth: Growth::Doubling { jitter },
            shortest,
            longest: self.max_delay,
        }
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
        let backoff = self.of_rows(self.base_delay, jitter);
        backoff.wait(history.throttles)
    }

    /// The wait before what is no row is asked for again that was asked for so often.
    pub(crate) fn between_tries(&self, tries: u32) -> Duration {
        let backoff = Backoff {
            base: self.base_delay,
            growth: Growth::Steady,
            shortest: Duration::ZERO,
            // The number of tries bounds it.
            longest: Duration::MAX,
        };
        backoff.wait(tries)
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

//! How often and how soon things are tried again.

use std::num::NonZeroU32;
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

/// The ages of an unanswered request at which its device is looked for, for positive evidence.
const LOOKS: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_mins(1),
];
/// The age of an unanswered request at which its device is looked for first.
pub(crate) const FIRST_LOOK: Duration = LOOKS[0];
/// The age from which a negative look counts in a run that is not to wait for the settling time.
const NEGATIVE_LOOK: Duration = Duration::from_mins(2);
/// The distance between the two negative looks.
const LOOKS_APART: Duration = Duration::from_secs(30);
impl RetryPolicy {
    /// Full-jitter exponential backoff: anything up to `base_delay` doubled `exponent` times.
    pub(super) fn backoff(&self, exponent: u32, jitter: f64) -> Duration {
        let ceiling = self
            .base_delay
            .saturating_mul(1 << exponent.min(16))
            .min(self.max_delay);
        ceiling.mul_f64(jitter.clamp(0.0, 1.0))
    }

    /// The wait after a 429: what PingOne asks for, or a backoff of at least the base delay.
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
        self.backoff(history.throttles, jitter).max(self.base_delay)
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

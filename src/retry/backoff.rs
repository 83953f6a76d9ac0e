//! How long to wait before something is tried again.

use std::time::Duration;

/// How a wait grows from one try to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Growth {
    /// It doubles, and anything up to that is waited (full jitter): what failed together does not come
    /// back together. `jitter` is drawn by the caller from `0.0..1.0`.
    Doubling {
        /// How much of it.
        jitter: f64,
    },
    /// It grows by its first wait each time, and all of it is waited: for what the gate spreads anyhow.
    Steady,
}

/// The wait before something is tried again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    /// What it grows from.
    pub(crate) base: Duration,
    /// How it grows.
    pub(crate) growth: Growth,
    /// No wait is shorter.
    pub(crate) shortest: Duration,
    /// What it does not grow beyond.
    pub(crate) longest: Duration,
}

impl Backoff {
    /// The wait after it has grown so often: the base itself is [`Growth::Doubling`] after none, and
    /// [`Growth::Steady`] after one.
    pub(crate) fn wait(&self, times: u32) -> Duration {
        let grown = |factor| self.base.saturating_mul(factor).min(self.longest);
        let wait = match self.growth {
            // More doublings than that are beyond every bound.
            Growth::Doubling { jitter } => {
                grown(1 << times.min(16)).mul_f64(jitter.clamp(0.0, 1.0))
            }
            Growth::Steady => grown(times),
        };
        wait.max(self.shortest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_doubles_or_grows_steadily_up_to_its_bounds() {
        let secs = Duration::from_secs;
        let full = Growth::Doubling { jitter: 1.0 };
        let half = Growth::Doubling { jitter: 0.5 };
        let none = Growth::Doubling { jitter: 0.0 };
        for (growth, times, expected) in [
            (full, 0, 2),
            (full, 1, 4),
            (full, 3, 16),
            (full, 4, 30),
            (full, u32::MAX, 30),
            (half, 3, 8),
            (none, 3, 1),
            (Growth::Steady, 0, 1),
            (Growth::Steady, 1, 2),
            (Growth::Steady, 3, 6),
            (Growth::Steady, u32::MAX, 30),
        ] {
            let backoff = Backoff {
                base: secs(2),
                growth,
                shortest: secs(1),
                longest: secs(30),
            };
            assert_eq!(backoff.wait(times), secs(expected), "{growth:?}, {times}");
        }
    }
}

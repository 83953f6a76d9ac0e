//! How often something happens, by the seconds just past. Pure: whoever asks brings the time.

/// How often something happened in each of the last seconds.
#[derive(Debug, Default)]
pub(super) struct RateWindow {
    counts: [u64; RateWindow::SECONDS],
    newest: u64,
}

impl RateWindow {
    const SECONDS: usize = 8;

    pub(super) fn add(&mut self, second: u64) {
        let gone = second.saturating_sub(self.newest).min(Self::SECONDS as u64);
        for back in 0..gone {
            self.counts[Self::place(second - back)] = 0;
        }
        self.newest = self.newest.max(second);
        self.counts[Self::place(self.newest)] += 1;
    }

    /// The mean per second over the last full seconds; `None` in the first one, and where nothing happened.
    pub(super) fn rate(&self, second: u64) -> Option<f64> {
        let oldest = second.saturating_sub(Self::SECONDS as u64 - 1);
        let sum: u64 = (oldest..second)
            .filter(|&full| full <= self.newest && full + Self::SECONDS as u64 > self.newest)
            .map(|full| self.counts[Self::place(full)])
            .sum();
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds and requests of a few seconds"
        )]
        let mean = sum as f64 / second.saturating_sub(oldest).max(1) as f64;
        (sum > 0).then_some(mean)
    }

    fn place(second: u64) -> usize {
        usize::try_from(second % Self::SECONDS as u64).unwrap_or_default()
    }
}

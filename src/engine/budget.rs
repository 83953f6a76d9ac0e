//! How many retries a run can afford: trouble that all rows share is not met by all of them at once.

/// A bucket of tokens that retries are paid from and successes fill again.
///
/// When most requests fail, retrying each of them multiplies the load that may be
/// the reason. Twenty retries empty the bucket; from then on only successes pay for
/// more, so retries stay near a tenth of what succeeds.
#[derive(Debug)]
pub(super) struct RetryBudget {
    tokens: f64,
}

const FULL: f64 = 100.0;
const RETRY: f64 = 5.0;
const LOOK: f64 = 1.0;
const SUCCESS: f64 = 0.5;

impl RetryBudget {
    pub(super) fn new() -> Self {
        Self { tokens: FULL }
    }

    /// Pays for a retry, if it can be afforded.
    pub(super) fn pay_for_retry(&mut self) -> bool {
        let affordable = self.tokens >= RETRY;
        if affordable {
            self.tokens -= RETRY;
        }
        affordable
    }

    /// Pays for a listing that has to be asked for again. It always is: what is in doubt must be settled.
    pub(super) fn pay_for_look(&mut self) {
        self.tokens = (self.tokens - LOOK).max(0.0);
    }

    pub(super) fn succeeded(&mut self) {
        self.tokens = (self.tokens + SUCCESS).min(FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_retries_empty_the_bucket_and_ten_successes_pay_for_one_more() {
        let mut budget = RetryBudget::new();
        assert_eq!((0..100).filter(|_| budget.pay_for_retry()).count(), 20);
        for _ in 0..9 {
            budget.succeeded();
        }
        assert!(!budget.pay_for_retry());
        budget.succeeded();
        assert!(budget.pay_for_retry());
    }

    #[test]
    fn looks_draw_on_the_same_tokens_and_are_never_refused() {
        let mut budget = RetryBudget::new();
        for _ in 0..1_000 {
            budget.pay_for_look();
        }
        assert!(!budget.pay_for_retry());
    }
}

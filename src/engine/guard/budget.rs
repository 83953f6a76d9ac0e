//! How many retries a run can afford: trouble that all rows share is not met by all of them at once.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket of tokens that retries are paid from and successes fill again.
///
/// When most requests fail, retrying each of them multiplies the load that may be
/// the reason. Twenty retries empty the bucket; from then on only successes pay for
/// more, so retries stay near a tenth of what succeeds.
#[derive(Debug)]
pub(in crate::engine) struct RetryBudget {
    tokens: f64,
    /// Since when it could not pay what was asked of it.
    short_since: Option<Instant>,
}

/// Why a request is to be sent again, which tells what that costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Retried {
    /// Nothing was sent.
    NotSent,
    /// Nothing was sent in all the time there was for it, so a retry holds up as much again.
    TimedOut,
}

impl Retried {
    fn price(self) -> f64 {
        match self {
            Retried::NotSent => RETRY,
            Retried::TimedOut => AFTER_TIMEOUT,
        }
    }
}

/// What the bucket holds at first, and at most: twenty retries.
const FULL: f64 = 100.0;
/// What a retry costs.
const RETRY: f64 = 5.0;
/// What it costs after a time-out, which held up a request for all of its time.
const AFTER_TIMEOUT: f64 = 10.0;
/// What a look costs that told nothing: it does no harm, but is load all the same.
const LOOK: f64 = 1.0;
/// What a success pays in: ten of them pay for one retry.
const SUCCESS: f64 = 0.5;
/// How long it may be short before too little succeeds to go on as if nothing were wrong.
const SHORT_MAX: Duration = Duration::from_mins(1);

impl RetryBudget {
    pub(in crate::engine) fn new() -> Self {
        Self {
            tokens: FULL,
            short_since: None,
        }
    }

    /// Whether a retry can be paid for.
    pub(in crate::engine) fn affords(&self, retry: Retried) -> bool {
        self.tokens >= retry.price()
    }

    /// Pays for a retry, if it can be afforded; remembers since when it could not.
    pub(in crate::engine) fn pay_for_retry(&mut self, retry: Retried, now: Instant) -> bool {
        self.pay(retry.price(), now)
    }

    /// Pays for a listing that has to be asked for again. It always is: what is in doubt must be settled.
    pub(in crate::engine) fn pay_for_look(&mut self, now: Instant) {
        if !self.pay(LOOK, now) {
            self.tokens = 0.0;
        }
    }

    pub(in crate::engine) fn succeeded(&mut self) {
        self.tokens = (self.tokens + SUCCESS).min(FULL);
        if self.tokens >= RETRY {
            self.short_since = None;
        }
    }

    /// Whether it has been short for a minute; the minute then begins anew.
    pub(in crate::engine) fn is_exhausted(&mut self, now: Instant) -> bool {
        let exhausted = self
            .short_since
            .is_some_and(|since| now.saturating_duration_since(since) >= SHORT_MAX);
        if exhausted {
            self.short_since = None;
        }
        exhausted
    }

    fn pay(&mut self, price: f64, now: Instant) -> bool {
        let affordable = self.tokens >= price;
        if affordable {
            self.tokens -= price;
        } else {
            self.short_since.get_or_insert(now);
        }
        affordable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn twenty_retries_empty_the_bucket_and_ten_successes_pay_for_one_more() {
        let (mut budget, now) = (RetryBudget::new(), clock::now());
        let paid = |budget: &mut RetryBudget| budget.pay_for_retry(Retried::NotSent, now);
        assert_eq!((0..100).filter(|_| paid(&mut budget)).count(), 20);
        for _ in 0..9 {
            budget.succeeded();
        }
        assert!(!paid(&mut budget));
        budget.succeeded();
        assert!(paid(&mut budget));
    }

    #[test]
    fn a_retry_after_a_timeout_costs_twice_as_much() {
        let (mut budget, now) = (RetryBudget::new(), clock::now());
        let paid = |budget: &mut RetryBudget| budget.pay_for_retry(Retried::TimedOut, now);
        assert_eq!((0..100).filter(|_| paid(&mut budget)).count(), 10);
    }

    #[test]
    fn looks_draw_on_the_same_tokens_and_are_never_refused() {
        let (mut budget, now) = (RetryBudget::new(), clock::now());
        for _ in 0..1_000 {
            budget.pay_for_look(now);
        }
        assert!(!budget.pay_for_retry(Retried::NotSent, now));
    }

    #[test]
    fn a_bucket_that_is_short_for_a_minute_is_exhausted_unless_it_fills_again() {
        let (mut budget, start) = (RetryBudget::new(), clock::now());
        let short =
            |budget: &mut RetryBudget, at| while budget.pay_for_retry(Retried::NotSent, at) {};
        short(&mut budget, start);
        assert!(!budget.is_exhausted(start + SHORT_MAX - Duration::from_millis(1)));
        assert!(budget.is_exhausted(start + SHORT_MAX));
        assert!(!budget.is_exhausted(start + SHORT_MAX), "a new minute");

        let later = start + SHORT_MAX * 2;
        short(&mut budget, later);
        for _ in 0..10 {
            budget.succeeded();
        }
        assert!(!budget.is_exhausted(later + SHORT_MAX));
    }
}

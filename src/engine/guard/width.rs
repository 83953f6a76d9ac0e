//! How many requests are in flight at once: as many as PingOne and this machine bear.

/// How many requests may be in flight at first, once the canary has lived: a few, for what PingOne
/// bears is not known yet, and each window of quick answers adds one.
const AT_FIRST: usize = 8;

/// Widens by one for each window of quick answers, and narrows by a tenth when one was slow.
#[derive(Debug)]
pub(super) struct Width {
    most: usize,
    wide: f64,
    /// The first request that was begun since it last became less: what was begun before
    /// is of one cause, and counts once.
    lowered: u64,
}

impl Width {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            wide: as_f64(most.min(AT_FIRST)),
            lowered: 0,
        }
    }

    /// How many requests may be in flight; at least one.
    pub(super) fn get(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 1 and a number of connections"
        )]
        let wide = self.wide as usize;
        wide.min(self.most).max(1)
    }

    /// Takes note of a quick answer.
    pub(super) fn widen(&mut self) {
        self.wide = (self.wide + 1.0 / self.wide)
            .min(as_f64(self.most))
            .max(1.0);
    }

    /// Takes note of a slow answer to a request; `next` is the number of the next one.
    pub(super) fn narrow(&mut self, seq: u64, next: u64) {
        if seq >= self.lowered {
            self.wide = (self.wide * 0.9).max(1.0);
            self.lowered = next;
        }
    }

    /// Halves the most that it can become, for this machine bears no more; tells whether it could.
    pub(super) fn halve(&mut self, seq: u64, next: u64) -> bool {
        if seq < self.lowered {
            return true;
        }
        if self.get() <= 1 {
            return false;
        }
        self.most = self.get() / 2;
        self.wide = as_f64(self.most);
        self.lowered = next;
        true
    }
}

fn as_f64(number: usize) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of requests in flight are small"
    )]
    let number = number as f64;
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_widens_by_one_for_each_window_and_never_beyond_its_most() {
        let mut width = Width::new(32);
        assert_eq!(width.get(), 8);
        for _ in 0..9 {
            width.widen();
        }
        assert_eq!(width.get(), 9);
        for _ in 0..10_000 {
            width.widen();
        }
        assert_eq!(width.get(), 32);
        assert_eq!(Width::new(3).get(), 3);
    }

    #[test]
    fn slow_answers_of_one_window_narrow_it_once_and_never_to_nothing() {
        let mut width = Width::new(30);
        width.wide = 30.0;
        for seq in 0..30 {
            width.narrow(seq, 30);
        }
        assert_eq!(width.get(), 27);
        for seq in 30..200 {
            width.narrow(seq, seq + 1);
        }
        assert_eq!(width.get(), 1);
    }

    #[test]
    fn what_the_machine_does_not_bear_is_halved_until_only_one_is_left() {
        let mut width = Width::new(32);
        width.wide = 32.0;
        for (next, left) in [(32, 16), (48, 8), (56, 4), (60, 2), (62, 1)] {
            assert!(width.halve(next - 1, next));
            assert_eq!(width.get(), left);
            assert!(width.halve(0, next), "one of the same burst");
            width.widen();
            assert_eq!(width.get(), left, "not beyond what the machine bears");
        }
        assert!(!width.halve(62, 63));
    }
}

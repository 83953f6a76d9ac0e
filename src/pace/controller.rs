//! Which rate a tenant bears, found by what it answers. Pure.
//!
//! PingOne names its limit nowhere and gets no slower before it refuses: a 429 is the only sign. The
//! controller comes close to the rate at which the last one came, stays below it for a while, goes on
//! slowly, and quickly only where nothing was ever refused.
//!
//! Each number below is the one with which `simulation` used most of limits of 10 to 100 a second, with
//! the fewest refusals, alone and with others on the same license.

use std::time::Duration;

/// A launch that nobody refuses goes by this rate at first, in requests a second.
const FIRST: f64 = 10.0;
/// What a launch begins with of a rate that an earlier run was refused.
const OF_REMEMBERED: f64 = 0.8;
/// One a minute: nothing goes slower.
const LEAST: f64 = 1.0 / 60.0;

/// How long each step on unknown ground is, and how much higher the next one is.
const STEP: Duration = Duration::from_secs(2);
const STEP_UP: f64 = 1.5;
/// Above the last refused rate by this factor, the ground is unknown.
const UNKNOWN: f64 = 1.1;
/// How much of the last refused rate is added in a second on known ground.
const CLIMB: f64 = 0.02;

/// What is left of a rate that was refused, on known ground and on unknown.
const CUT: f64 = 0.85;
const CUT_UNKNOWN: f64 = 0.6;

/// How long a rate is kept after a refusal, at least and at most.
const PLATEAU: [Duration; 2] = [Duration::from_secs(4), Duration::from_mins(1)];
/// So many answers tell whether too many are refused.
const ENOUGH: u64 = 400;
/// Above this share of refusals the plateau doubles, and below that one it halves.
const TOO_MANY: f64 = 0.007;
const FEW: f64 = 0.004;

/// A refusal below this share of the one before, after a time without any, is somebody else's doing:
/// on one license are the sign-ins of people, too. What a full bucket lets through beyond the limit
/// makes a fifth of difference by itself.
const OTHERS: f64 = 0.75;
/// They are given way for so long, by staying at this share of the refused rate.
const WAY: Duration = Duration::from_mins(1);
const OF_REFUSED: f64 = 0.9;

/// Finds a rate. It is told what was answered, and for how long the rate alone kept requests back.
#[derive(Debug)]
pub(super) struct Controller {
    ceiling: f64,
    rate: f64,
    /// The rate at the last refusal.
    top: Option<f64>,
    /// Whether it came up to that slowly, and not in steps that may go far beyond the limit.
    is_measured: bool,
    plateau: Duration,
    /// How much of the plateau has passed.
    stayed: Duration,
    /// How much of the present step on unknown ground has passed.
    stepped: Duration,
    /// Whether others are given way, and for how long yet.
    gives_way: bool,
    way: Duration,
    /// The first launch whose refusal is news: those before it were under way at the last one.
    first: u64,
    answers: u64,
    refusals: u64,
}

impl Controller {
    /// `ceiling` is never exceeded, in requests a second; without one, others on the license are given
    /// way.
    pub(super) fn new(ceiling: Option<f64>) -> Self {
        let gives_way = ceiling.is_none();
        let ceiling = ceiling.unwrap_or(f64::INFINITY).max(LEAST);
        Self {
            ceiling,
            gives_way,
            way: Duration::ZERO,
            rate: FIRST.min(ceiling),
            top: None,
            is_measured: false,
            plateau: PLATEAU[0],
            stayed: Duration::ZERO,
            stepped: Duration::ZERO,
            first: 0,
            answers: 0,
            refusals: 0,
        }
    }

    /// Begins below a rate that was refused not long ago.
    #[must_use]
    pub(super) fn below(mut self, refused: f64) -> Self {
        self.rate = self.rate.min(refused * OF_REMEMBERED).max(LEAST);
        self
    }

    /// The rate that was refused last, where it was come to slowly.
    pub(super) fn found(&self) -> Option<f64> {
        self.top.filter(|_| self.is_measured)
    }

    /// Requests a second.
    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    /// Takes note that for so long nothing but the rate kept requests back: only then is it too low.
    pub(super) fn kept_back(&mut self, mut span: Duration) {
        while !span.is_zero() && self.rate < self.ceiling {
            let known = self.top.filter(|top| self.rate < top * UNKNOWN);
            let spent = match known {
                None => self.step(span),
                Some(top) if !self.way.is_zero() && self.rate >= top * OF_REFUSED => {
                    let spent = span.min(self.way);
                    self.way -= spent;
                    spent
                }
                Some(_) if self.stayed < self.plateau => {
                    let spent = span.min(self.plateau.saturating_sub(self.stayed));
                    self.stayed += spent;
                    spent
                }
                Some(top) => self.climb(span, top),
            };
            span -= spent;
        }
    }

    fn step(&mut self, span: Duration) -> Duration {
        let spent = span.min(STEP.saturating_sub(self.stepped));
        self.stepped += spent;
        if self.stepped == STEP {
            self.stepped = Duration::ZERO;
            self.rate = (self.rate * STEP_UP).min(self.ceiling);
        }
        spent
    }

    fn climb(&mut self, span: Duration, top: f64) -> Duration {
        let slope = top * CLIMB;
        let end = if self.way.is_zero() {
            top * UNKNOWN
        } else {
            top * OF_REFUSED
        };
        let reached = self.rate + slope * span.as_secs_f64();
        if reached < end {
            self.rate = reached.min(self.ceiling);
            return span;
        }
        let spent = Duration::try_from_secs_f64((end - self.rate) / slope).unwrap_or(span);
        self.rate = end.min(self.ceiling);
        spent.min(span)
    }

    /// Takes note of an answer that is no refusal.
    pub(super) fn answered(&mut self) {
        self.answers += 1;
    }

    /// Takes note of a 429 to a launch; `next` is the number of the next launch, and `pause` is how
    /// long PingOne wants nothing to be sent. However many come back of one burst, one counts.
    ///
    /// Tells whether it was news.
    pub(super) fn refused(&mut self, launch: u64, next: u64, pause: Duration) -> bool {
        self.answers += 1;
        self.refusals += 1;
        if launch < self.first {
            return false;
        }
        let is_unknown = self.top.is_none_or(|top| self.rate >= top * UNKNOWN);
        let cut = if is_unknown { CUT_UNKNOWN } else { CUT };
        // Where the limit itself has fallen, refusals come one behind the other.
        let was_calm = self.stayed >= self.plateau;
        let measured = self.top.filter(|_| self.is_measured && was_calm);
        let is_others = measured.is_some_and(|top| self.rate < top * OTHERS);
        self.way = if self.gives_way && is_others {
            WAY
        } else {
            Duration::ZERO
        };
        (self.top, self.is_measured) = (Some(self.rate), !is_unknown);
        self.rate = (self.rate * cut).max(LEAST);
        self.first = next;
        (self.stayed, self.stepped) = (Duration::ZERO, Duration::ZERO);
        self.adjust_plateau(pause);
        true
    }

    fn adjust_plateau(&mut self, pause: Duration) {
        if self.answers >= ENOUGH {
            #[expect(clippy::cast_precision_loss, reason = "counts of a few minutes")]
            let share = self.refusals as f64 / self.answers as f64;
            if share > TOO_MANY {
                self.plateau *= 2;
            } else if share < FEW {
                self.plateau /= 2;
            }
            (self.answers, self.refusals) = (0, 0);
        }
        let [least, most] = PLATEAU;
        // A long pause costs a lot of the limit: it is not to come often.
        let costly = 25 * pause.saturating_sub(Duration::from_secs(1));
        self.plateau = self.plateau.clamp(least, most).max(costly);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_begins_slowly_and_never_above_the_ceiling() {
        for (ceiling, rate) in [
            (None, 10.0),
            (Some(25.0), 10.0),
            (Some(4.0), 4.0),
            (Some(0.001), LEAST),
        ] {
            let first = Controller::new(ceiling).rate();
            assert!((first - rate).abs() < 1e-9, "{ceiling:?}: {first}");
        }
    }

    #[test]
    fn what_was_refused_not_long_ago_is_begun_below_and_never_above_ten() {
        for (ceiling, refused, rate) in [
            (None, 5.0, 4.0),
            (None, 100.0, 10.0),
            (Some(2.0), 5.0, 2.0),
            (None, 0.001, LEAST),
        ] {
            let first = Controller::new(ceiling).below(refused).rate();
            assert!((first - rate).abs() < 1e-9, "{refused}: {first}");
        }
    }

    #[test]
    fn only_a_rate_that_was_come_to_slowly_is_found() {
        let mut controller = Controller::new(None);
        controller.kept_back(4 * SECOND);
        controller.refused(1, 2, SECOND);
        assert_eq!(controller.found(), None, "on unknown ground");
        controller.kept_back(14 * SECOND);
        let rate = controller.rate();
        controller.refused(2, 3, SECOND);
        assert_eq!(controller.found(), Some(rate));
    }

    #[test]
    fn unknown_ground_is_taken_in_steps_up_to_the_ceiling() {
        let mut controller = Controller::new(Some(40.0));
        let mut rates = Vec::new();
        for _ in 0..5 {
            controller.kept_back(2 * SECOND);
            rates.push(controller.rate());
        }
        assert_eq!(rates, [15.0, 22.5, 33.75, 40.0, 40.0]);
    }

    #[test]
    fn a_refused_rate_is_left_kept_for_a_while_and_come_close_to_slowly() {
        let mut controller = Controller::new(None);
        controller.kept_back(4 * SECOND);
        assert!(
            controller.refused(7, 9, SECOND),
            "22.5/s, on unknown ground"
        );
        assert!(!controller.refused(8, 9, SECOND), "of the same burst");
        assert!((controller.rate() - 13.5).abs() < 1e-9);
        controller.kept_back(4 * SECOND);
        assert!((controller.rate() - 13.5).abs() < 1e-9, "the plateau");
        controller.kept_back(10 * SECOND);
        assert!(
            (controller.rate() - 18.0).abs() < 1e-9,
            "2 % of 22.5 in each second"
        );
        assert!(controller.refused(9, 12, SECOND));
        assert!(
            (controller.rate() - 18.0 * CUT).abs() < 1e-9,
            "on known ground"
        );
    }

    #[test]
    fn many_refusals_make_the_plateau_longer_and_few_shorter() {
        let mut controller = Controller::new(None);
        let mut seq = 0;
        let mut hear = |controller: &mut Controller, answers: u64, refusals: u64| {
            (0..answers).for_each(|_| controller.answered());
            for _ in 0..refusals {
                seq += 1;
                controller.refused(seq - 1, seq, SECOND);
            }
            controller.plateau
        };
        assert_eq!(hear(&mut controller, 398, 1), 4 * SECOND, "too few to tell");
        assert_eq!(
            hear(&mut controller, 0, 1),
            4 * SECOND,
            "neither many nor few"
        );
        assert_eq!(hear(&mut controller, 395, 5), 8 * SECOND);
        assert_eq!(hear(&mut controller, 395, 5), 16 * SECOND);
        for _ in 0..5 {
            hear(&mut controller, 395, 5);
        }
        assert_eq!(controller.plateau, Duration::from_mins(1));
        assert_eq!(hear(&mut controller, 500, 1), 30 * SECOND);
        // A pause of five seconds costs too much to come often.
        controller.refused(1000, 1001, 5 * SECOND);
        assert_eq!(controller.plateau, 100 * SECOND);
    }

    #[test]
    fn others_on_the_license_are_given_way_for_a_minute_without_a_ceiling() {
        for (ceiling, stays) in [(None, true), (Some(500.0), false)] {
            let mut controller = Controller::new(ceiling);
            controller.kept_back(6 * SECOND);
            // Measured at some 30/s, and refused far below that after a calm time.
            controller.refused(1, 2, SECOND);
            controller.kept_back(14 * SECOND);
            controller.refused(2, 3, SECOND);
            let measured = controller.top.unwrap();
            controller.rate = measured * 0.6;
            controller.kept_back(5 * SECOND);
            controller.refused(3, 4, SECOND);
            let top = controller.top.unwrap();
            controller.kept_back(40 * SECOND);
            let is_below = controller.rate() < top;
            assert_eq!(
                is_below,
                stays,
                "{ceiling:?}: {} of {top}",
                controller.rate()
            );
            controller.kept_back(60 * SECOND);
            assert!(controller.rate() > top, "{ceiling:?}: way was given");
        }
    }

    proptest! {
        #[test]
        fn no_answers_bring_the_rate_below_one_a_minute_or_above_the_ceiling(
            ceiling in prop::option::of(0.001_f64..1e6),
            answers in prop::collection::vec((0_u64..4000, 0_u64..40, any::<bool>()), 0..300),
        ) {
            let mut controller = Controller::new(ceiling);
            let most = ceiling.unwrap_or(f64::INFINITY).max(LEAST);
            let mut next = 0;
            for (millis, behind, is_refused) in answers {
                next += 1;
                let before = controller.rate();
                if is_refused {
                    let news = controller.refused(next.max(behind) - behind, next + 1, SECOND);
                    prop_assert!(news || controller.rate() >= before, "one cut for a burst");
                    prop_assert!(controller.rate() <= before);
                } else {
                    controller.answered();
                    prop_assert!(controller.rate() <= before, "an answer alone is no growth");
                    controller.kept_back(Duration::from_millis(millis));
                    prop_assert!(controller.rate() >= before);
                }
                let rate = controller.rate();
                prop_assert!(rate.is_finite() && (LEAST..=most).contains(&rate), "{rate}");
            }
        }
    }
}

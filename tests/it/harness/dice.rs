//! Chance that can be had again: the same seed gives the same numbers.

/// A source of numbers (`SplitMix64`).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice of their own for one thing: what is drawn for another changes nothing here.
    pub(crate) fn of(seed: u64, thing: &[u64]) -> Self {
        let mut dice = Self(seed);
        for &part in thing {
            let drawn = dice.draw();
            dice.0 = drawn ^ part;
        }
        dice
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn wide(&mut self) -> u128 {
        (u128::from(self.draw()) << 64) | u128::from(self.draw())
    }

    /// A number from `0..end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.draw() % end.max(1)
    }

    /// Whether something that happens in so many of 100,000 cases happens now.
    pub(crate) fn in_100_000(&mut self, cases: u64) -> bool {
        self.below(100_000) < cases
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        let at = usize::try_from(self.below(choices.len() as u64)).unwrap();
        choices[at]
    }

    /// One of some choices, each as likely as its weight says.
    pub(crate) fn weighed<T: Copy>(&mut self, choices: &[(u64, T)]) -> T {
        let mut at = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for &(weight, choice) in choices {
            if at < weight {
                return choice;
            }
            at -= weight;
        }
        unreachable!("the number is below the sum of the weights");
    }
}

#[test]
fn the_same_seed_gives_the_same_numbers_and_another_thing_others() {
    let draws = |thing| Dice::of(7, &[1, thing]).draw();
    assert_eq!(draws(2), draws(2));
    assert_ne!(draws(2), draws(3));
}

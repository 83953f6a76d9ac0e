//! Rows, counted by outcome.

use super::outcome::Outcome;

/// How many rows have each outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; Outcome::ALL.len()]);

impl Counts {
    /// Counts one row.
    pub fn add(&mut self, outcome: Outcome) {
        self.0[outcome as usize] += 1;
    }

    /// Counts so many rows with the same outcome.
    pub fn add_rows(&mut self, outcome: Outcome, rows: u64) {
        self.0[outcome as usize] += rows;
    }

    /// Takes rows out again that were counted.
    pub fn take_back(&mut self, rows: &Self) {
        for (mine, back) in self.0.iter_mut().zip(rows.0) {
            *mine = mine.saturating_sub(back);
        }
    }

    /// The rows with an outcome.
    pub fn get(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize]
    }

    /// The rows with any of these outcomes.
    pub fn any_of(&self, outcomes: &[Outcome]) -> u64 {
        outcomes.iter().map(|&outcome| self.get(outcome)).sum()
    }

    /// All rows.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Every outcome with its count, zero included, in the order of the documentation.
    pub fn iter(&self) -> impl Iterator<Item = (Outcome, u64)> {
        Outcome::ALL
            .into_iter()
            .map(|outcome| (outcome, self.get(outcome)))
    }
}

//! Rows, counted by outcome and by code.

use std::collections::BTreeMap;

use super::event::RowFinished;
use super::outcome::Outcome;
use super::row::RowNumber;

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

/// How often a code was given, and where to look for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeCount {
    /// How many rows have it.
    pub rows: u64,
    /// The first row that has it.
    pub example: RowNumber,
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many rows have each outcome.
    pub outcomes: Counts,
    /// How many rows have each code.
    pub codes: BTreeMap<String, CodeCount>,
    /// How many rows were created whose device has no ID yet.
    pub nameless: u64,
}

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, row: &RowFinished) {
        self.outcomes.add(row.outcome);
        self.nameless += u64::from(row.outcome == Outcome::Created && row.device.is_none());
        let Some(code) = &row.code else {
            return;
        };
        let number = row.who.row;
        if let Some(count) = self.codes.get_mut(code) {
            count.rows += 1;
            count.example = count.example.min(number);
            return;
        }
        let count = CodeCount {
            rows: 1,
            example: number,
        };
        self.codes.insert(code.clone(), count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::RowLabel;

    #[test]
    fn every_code_remembers_its_first_row_in_whatever_order_rows_finish() {
        let mut tally = Tally::default();
        for row in [7, 3, 9] {
            tally.add(&RowFinished {
                who: RowLabel {
                    row: RowNumber(row),
                    line: row + 1,
                    user: None,
                    address: None,
                },
                outcome: Outcome::Rejected,
                device: None,
                code: Some("NOT_FOUND".to_owned()),
                message: None,
                earlier: false,
            });
        }
        let count = tally.codes["NOT_FOUND"];
        assert_eq!((count.rows, count.example), (3, RowNumber(3)));
        assert_eq!(tally.outcomes.get(Outcome::Rejected), 3);
        assert_eq!(tally.outcomes.total(), 3);
    }
}

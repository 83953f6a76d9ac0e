//! Rows, counted by outcome and by code.

use std::collections::BTreeMap;

use super::counts::Counts;
use super::event::RowFinished;
use super::outcome::Outcome;
use super::row::RowNumber;

/// How often a code was given, and where to look for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CodeCount {
    /// How many rows have it.
    pub rows: u64,
    /// The first row that has it.
    pub example: RowNumber,
    /// The line of the file on which that row starts.
    pub line: u64,
}

impl CodeCount {
    fn new(row: &RowFinished) -> Self {
        Self {
            rows: 1,
            example: row.who.row,
            line: row.who.line,
        }
    }

    fn add(&mut self, row: &RowFinished) {
        self.rows += 1;
        if row.who.row < self.example {
            (self.example, self.line) = (row.who.row, row.who.line);
        }
    }
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How many rows have each outcome.
    pub outcomes: Counts,
    /// How many rows have each code.
    pub codes: BTreeMap<String, CodeCount>,
    /// How many rows have a device that PingOne lists more than once.
    pub seen_twice: Option<CodeCount>,
    /// How many rows were created whose device has no ID yet.
    pub nameless: u64,
    /// How many rows of the wave belong to other shards; nothing is said of them.
    pub of_other_shards: u64,
}

impl Tally {
    /// How many rows it knows of.
    pub(crate) fn rows(&self) -> u64 {
        self.outcomes.total() + self.of_other_shards
    }

    /// Counts a row.
    pub(crate) fn add(&mut self, row: &RowFinished) {
        self.outcomes.add(row.outcome);
        self.nameless += u64::from(row.outcome == Outcome::Created && row.device.is_none());
        if row.seen_twice {
            match &mut self.seen_twice {
                Some(count) => count.add(row),
                first => *first = Some(CodeCount::new(row)),
            }
        }
        let codes = row.code.iter().map(String::as_str);
        for code in codes.chain(row.further_codes.iter().copied()) {
            self.count(code, row);
        }
    }

    fn count(&mut self, code: &str, row: &RowFinished) {
        match self.codes.get_mut(code) {
            Some(count) => count.add(row),
            None => {
                self.codes.insert(code.to_owned(), CodeCount::new(row));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::RowLabel;

    #[test]
    fn every_code_is_counted_and_knows_its_first_row_in_any_order_of_ends() {
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
                further_codes: vec!["phone_missing"],
                message: None,
                earlier: false,
                seen_twice: false,
            });
        }
        for code in ["NOT_FOUND", "phone_missing"] {
            let count = tally.codes[code];
            assert_eq!(
                (count.rows, count.example, count.line),
                (3, RowNumber(3), 4),
                "{code}"
            );
        }
        assert_eq!(tally.outcomes.get(Outcome::Rejected), 3);
        assert_eq!(tally.outcomes.total(), 3);
    }
}

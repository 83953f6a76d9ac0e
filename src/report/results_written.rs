//! What `wavepair results` has written, in a line or two. Pure.

use std::path::Path;

use serde_json::{Map, Value};

use super::cell::neutral;
use super::notice::Notice;
use super::quantity::{count, counted};
use super::rejects;
use super::wrap::wrapped;
use crate::model::account::Account;
use crate::model::standard_stream::is_standard;
use crate::model::tally::Tally;

/// Files of a wave that were written again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'a> {
    /// Where the results are; `-` is standard output.
    pub results: &'a Path,
    /// Where the rejects are.
    pub rejects: &'a rejects::Written,
    /// What the pass over the wave counted.
    pub account: Account,
    /// What became of its rows.
    pub tally: &'a Tally,
}

impl Written<'_> {
    /// Whether every line of the wave is accounted for, and every row has one outcome or belongs to another
    /// shard.
    pub(crate) fn is_conserved(&self) -> bool {
        self.account.balances() && self.account.rows == self.tally.rows()
    }

    /// Says what was written, and where lines or rows are not accounted for, that too.
    pub(crate) fn notices(&self, width: Option<usize>) -> Vec<Notice> {
        let shown = |path: &Path| neutral(&path.to_string_lossy()).into_owned();
        let outcomes = &self.tally.outcomes;
        let rows = counted(outcomes.total(), "row");
        let (mut parts, mut facts) = (Vec::new(), Map::new());
        for (outcome, rows) in outcomes.iter() {
            facts.insert(outcome.as_str().to_owned(), rows.into());
            if rows > 0 {
                parts.push(format!("{} {}", count(rows), outcome.as_str()));
            }
        }
        let counts = parts.join(", ");
        let mut text = if is_standard(self.results) {
            format!("results: {rows}: {counts}")
        } else {
            format!("results: {}, {rows}: {counts}", shown(self.results))
        };
        let rejects = self.rejects.path.iter();
        let rejects = rejects.map(|path| format!("; rejects: {}", shown(path)));
        let kept = self.rejects.kept.iter();
        let kept = kept.map(|path| format!("; {} was edited and stays as it is", shown(path)));
        text.extend(rejects.chain(kept));
        let notice = Notice::info("results_written", &text)
            .fact("results", shown(self.results))
            .fact("rows", outcomes.total())
            .fact("rows_of_other_shards", self.tally.of_other_shards)
            .fact("outcomes", Value::Object(facts))
            .shown_as(wrapped(&text, width));
        let mut notices = vec![notice];
        if !self.is_conserved() {
            let lines = counted(self.account.lines, "line");
            let read = counted(self.account.rows, "row");
            let known = count(self.account.known_lines());
            let rows = counted(self.tally.rows(), "row");
            notices.push(Notice::error(format!(
                "{lines} and {read} were read; {known} lines and {rows} are accounted for. This is \
                 a fault of wavepair; the ledger is sound."
            )));
        }
        notices
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Outcome;
    use crate::report::fixture::account;

    fn told(account: Account, rejects: &rejects::Written, results: &str) -> Vec<String> {
        let mut tally = Tally::default();
        tally.outcomes.add_rows(Outcome::Created, 1200);
        tally.outcomes.add_rows(Outcome::Invalid, 2);
        let written = Written {
            results: Path::new(results),
            rejects,
            account,
            tally: &tally,
        };
        let notices = written.notices(None);
        assert_eq!(notices.len() == 1, written.is_conserved());
        let texts = notices.iter().map(|notice| notice.text(None, false));
        texts.collect()
    }

    #[test]
    fn the_files_and_the_counts_are_named() {
        let rejects = rejects::Written {
            path: Some("w.rejects-2.csv".into()),
            kept: vec!["w.rejects.csv".into()],
        };
        insta::assert_snapshot!(told(account(1202), &rejects, "w.results.csv").concat(), @"results: w.results.csv, 1,202 rows: 1,200 created, 2 invalid; rejects: w.rejects-2.csv; w.rejects.csv was edited and stays as it is");
        let none = rejects::Written::default();
        insta::assert_snapshot!(told(account(1202), &none, "-").concat(), @"results: 1,202 rows: 1,200 created, 2 invalid");
    }

    #[test]
    fn lines_and_rows_that_are_not_accounted_for_are_told() {
        let none = rejects::Written::default();
        let mut lines = account(1202);
        lines.lines += 1;
        for account in [lines, account(1203)] {
            let told = told(account, &none, "w.results.csv");
            assert!(told[1].contains("a fault of wavepair"), "{told:?}");
        }
    }
}

//! Which delimiter a header is to be read with. Pure.

use super::flaw::{Flaw, Flawed};
use super::form_flaw::FormFlaw;
use super::names::normal;
use crate::model::dialect::Delimiter;
use crate::model::row::Column;

/// A header as it is with one delimiter.
#[derive(Debug)]
pub(super) struct Attempt<T> {
    pub(super) delimiter: Delimiter,
    /// The line of the header, where there is one.
    pub(super) line: Option<u64>,
    /// Its names; none where it has a flaw by which it has no names.
    pub(super) names: Vec<String>,
    /// Those of them that mean a column.
    pub(super) known: Vec<String>,
    /// What they come to.
    pub(super) outcome: Result<T, Flawed>,
}

impl<T> Attempt<T> {
    fn is_split(&self) -> bool {
        self.names.len() > 1
    }

    fn is_behind_lines(&self) -> bool {
        matches!(self.outcome, Err((_, Flaw::LinesBefore { .. })))
    }

    fn seen(&self) -> (Delimiter, Vec<String>) {
        (self.delimiter, self.known.clone())
    }
}

/// Takes the one delimiter with which a header has the columns that a wave must have.
///
/// Where it is none, the flaw is that of the delimiter with which the header comes nearest to it.
/// There is at least one attempt.
///
/// # Errors
///
/// It is none, or more than one.
pub(super) fn choose<T>(attempts: Vec<Attempt<T>>) -> Result<T, Flawed> {
    let whole: Vec<&Attempt<T>> = attempts.iter().filter(|a| a.outcome.is_ok()).collect();
    if whole.len() > 1 {
        return Err(unclear(&whole));
    }
    let is_whole = !whole.is_empty();
    let most_known = attempts.iter().map(|a| a.known.len()).max().unwrap_or(0);
    let nearest: Vec<&Attempt<T>> = attempts
        .iter()
        .filter(|a| a.is_split() && a.known.len() == most_known)
        .collect();
    if !is_whole && most_known > 0 && nearest.len() > 1 {
        return Err(unclear(&nearest));
    }
    if let Some(header) = unsplit(&attempts) {
        let by = attempts.iter().map(|a| a.delimiter).collect();
        return Err((attempts[0].line, FormFlaw::NotSplit { header, by }.into()));
    }
    let rank = |a: &Attempt<T>| {
        let is_split = a.is_split();
        (
            a.outcome.is_ok(),
            if is_split { a.known.len() } else { 0 },
            a.is_behind_lines(),
            a.names.len(),
        )
    };
    // Of equals the first counts: `max_by_key` would take the last.
    let best = attempts.into_iter().rev().max_by_key(rank);
    best.expect("there is at least one attempt").outcome
}

fn unclear<T>(attempts: &[&Attempt<T>]) -> Flawed {
    let seen = attempts.iter().map(|attempt| attempt.seen()).collect();
    (attempts[0].line, FormFlaw::Delimiters { seen }.into())
}

/// The header, where nothing splits it and it holds the names of several columns.
fn unsplit<T>(attempts: &[Attempt<T>]) -> Option<String> {
    let [name] = attempts[0].names.as_slice() else {
        return None;
    };
    if attempts.iter().any(|a| a.outcome.is_ok() || a.is_split()) {
        return None;
    }
    let word = normal(name);
    let holds = |column: &Column| word.contains(&normal(column.name()));
    let columns = Column::ALL.iter().filter(|column| holds(column)).count();
    (columns > 1).then(|| name.clone())
}

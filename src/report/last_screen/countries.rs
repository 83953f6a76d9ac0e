//! From which countries the valid numbers of a wave are, in one line.

use serde_json::{Map, Value};

use crate::model::calling_codes::CallingCodes;
use crate::report::quantity::count;
use crate::report::wrap::wrapped;

const TITLE: &str = "  valid phones by country:";

/// Between two countries.
const DOT: &str = " · ";

/// A blank line, and `+1 2,900 · +44 61 · +52 3` behind a title, the most frequent first; those that
/// do not fit are summed. Nothing where there is no valid number.
pub(super) fn countries(codes: &CallingCodes, width: Option<usize>) -> String {
    let codes = codes.by_frequency();
    if codes.is_empty() {
        return String::new();
    }
    let fits = |line: &String| width.is_none_or(|width| line.chars().count() <= width);
    let lines = (1..=codes.len()).rev().map(|shown| line(&codes, shown));
    let line = { lines }.find(fits).unwrap_or_else(|| line(&codes, 1));
    format!("\n{}", wrapped(&line, width))
}

/// The first of them by name, and the sum of the others.
fn line(codes: &[(u16, u64)], shown: usize) -> String {
    let (shown, others) = codes.split_at(shown);
    let mut parts: Vec<_> = shown
        .iter()
        .map(|&(code, numbers)| format!("+{code} {}", count(numbers)))
        .collect();
    if !others.is_empty() {
        let numbers = others.iter().map(|(_, numbers)| numbers).sum();
        parts.push(format!("{} others {}", others.len(), count(numbers)));
    }
    format!("{TITLE} {}", parts.join(DOT))
}

/// The same for a program: all of them.
pub(super) fn as_fact(codes: &CallingCodes) -> Value {
    let codes = codes.by_frequency().into_iter();
    let named = codes.map(|(code, numbers)| (format!("+{code}"), numbers.into()));
    Value::Object(named.collect::<Map<_, _>>())
}

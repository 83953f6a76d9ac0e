//! What stands in one cell of a file of rows, whatever form the file has.

use std::borrow::Cow;

use crate::model::outcome::Outcome;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// It is empty.
    Nothing,
    /// A count, or the number of a row.
    Number(u64),
    /// A text, as it is to stand there.
    Text(Cow<'a, str>),
    /// What became of a row.
    Outcome(Outcome),
}

impl Value<'_> {
    /// How a file of text writes it.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Value::Nothing => Cow::Borrowed(""),
            Value::Number(number) => Cow::Owned(number.to_string()),
            Value::Text(text) => Cow::Borrowed(text),
            Value::Outcome(outcome) => Cow::Borrowed(outcome.as_str()),
        }
    }
}

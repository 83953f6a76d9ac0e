//! How a message says which number may be meant.

use super::super::invalid::{InvalidCode, Problem};
use super::E164;

/// Says what is wrong, and which number may be meant, if one is plausible.
pub(super) fn told(code: InvalidCode, message: impl Into<String>, meant: Option<E164>) -> Problem {
    let mut message = message.into();
    if let Some(meant) = meant {
        message.push_str("; did you mean ");
        message.push_str(&meant.to_string());
        message.push('?');
    }
    Problem::new(code, message)
}

/// The number that a message says may be meant; empty where it names none.
#[cfg(test)]
pub(super) fn meant_by(problem: &Problem) -> &str {
    let meant = problem.message.split_once("; did you mean ");
    meant.map_or("", |(_, meant)| {
        meant.strip_suffix('?').expect("a question")
    })
}

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

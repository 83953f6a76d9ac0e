//! The number that may be meant by a text which is refused. Never applied.

use super::super::hidden::is_hidden;
use super::groups::{Gap, Kind, is_bracket, is_dash, is_dot, is_slash, is_space};
use super::metadata::digit_of_other_script;
use super::wrapping::unwrapped;
use super::{E164, judged};

/// The number that a text is when it is written plainly: with the digits 0 to 9, without what does
/// not show, and without symbols round it.
///
/// Nothing is left out between two digits but what does not show.
pub(super) fn plain(phone: &str) -> Option<E164> {
    let plain: String = phone.chars().filter_map(plain_character).collect();
    let is_symbol = |c: char| !c.is_alphanumeric() && !matches!(c, '+' | '(' | ')');
    meant(plain.trim_matches(is_symbol))
}

/// The number that a text is by all rules, if it holds nothing but digits, `+` and what is dropped.
pub(super) fn meant(text: &str) -> Option<E164> {
    let is_dropped = |c| Gap::of(c).is_some_and(|(_, kind)| kind != Kind::Refused);
    let is_plain = |c: char| c == '+' || c.is_ascii_digit() || is_dropped(c);
    if !text.chars().all(is_plain) {
        return None;
    }
    // Why it is none is nobody's question.
    judged(unwrapped(text).text)
        .ok()
        .map(|reading| reading.phone)
}

fn plain_character(character: char) -> Option<char> {
    match character {
        c if is_plus(c) => Some('+'),
        c if is_space(c) => Some(' '),
        c if is_dash(c) => Some('-'),
        c if is_dot(c) => Some('.'),
        c if is_slash(c) => Some('/'),
        c if is_bracket(c) => Some(' '),
        c if is_hidden(c) => None,
        c => digit_of_other_script(c).or(Some(c)),
    }
}

/// Whether it is a plus of another kind than `+`.
pub(super) fn is_plus(character: char) -> bool {
    matches!(character, '\u{ff0b}' | '\u{fe62}' | '\u{207a}' | '\u{2795}')
}

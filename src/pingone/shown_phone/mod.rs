//! A phone as PingOne shows it, in whatever spelling, beside the digits of one that is looked for.
//!
//! Phones come back in the spelling in which somebody sent them. Only their digits count:
//! dashes, spaces, marks and labels are dropped. What could stand for digits (`*`, letters, a dot
//! after a dot) is a gap of any length. A phone with gaps is another one only where no filling
//! of the gaps gives the digits that are looked for.

use crate::model::decimal::ascii_digit;
use crate::model::hidden::is_hidden;

/// How a phone that is shown compares with the digits of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It has the same digits.
    Same,
    /// It cannot have the same digits.
    Other,
    /// It may have the same digits: it is masked, or not written as a phone.
    Unclear,
}

/// A part of a text that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// This character.
    Is(char),
    /// Any number of characters.
    Gap,
}

/// The fewest digits of an international number: fewer are what a mask left over.
const FEWEST_DIGITS: usize = 7;
/// More digits than any spelling of a number has, an extension included.
const MOST_DIGITS: usize = 64;
/// The most digits of an international number: more may be two numbers.
const E164_DIGITS: usize = 15;
/// What may be dialed before a number from abroad instead of a `+`; no country code begins with 0.
const DIAL_OUT: [&str; 2] = ["00", "011"];

/// Compares a phone that is shown with the digits of a number in E.164.
pub(super) fn compare(shown: &str, digits: &str) -> Likeness {
    let text = without_label(shown);
    if text.chars().filter_map(ascii_digit).count() > MOST_DIGITS {
        return Likeness::Other;
    }
    if let Some((number, local)) = with_context(text) {
        return compare_number(&format!("{number}{local}"), digits);
    }
    if let Some((number, extension)) = split_extension(text) {
        let likeness = compare_number(number, digits);
        if likeness == Likeness::Same && extension.is_empty() {
            return Likeness::Same;
        }
        // What is behind the number may be a part of it all the same.
        let is_other =
            likeness != Likeness::Unclear && compare_number(text, digits) == Likeness::Other;
        return if is_other {
            Likeness::Other
        } else {
            Likeness::Unclear
        };
    }
    let whole = compare_number(text, digits);
    if whole != Likeness::Other {
        return whole;
    }
    // A trunk prefix in brackets is not dialed from abroad: `+44 (0)20 7946 0958`.
    if let Some((before, after)) = text.split_once("(0)") {
        return compare_number(&format!("{before} {after}"), digits);
    }
    // Two numbers in one text: which of them is used is not known.
    let among = text
        .split('+')
        .any(|number| compare_number(number, digits) == Likeness::Same);
    if among {
        Likeness::Unclear
    } else {
        Likeness::Other
    }
}

/// The digits of a phone that is shown plainly, country code first where it has one; none where
/// [`compare`] would not be sure of it.
pub(super) fn plain_digits(shown: &str) -> Option<String> {
    let text = without_label(shown);
    let is_one_number = with_context(text).is_none()
        && split_extension(text).is_none()
        && !text.contains("(0)")
        && !text
            .trim_start_matches(|c| ascii_digit(c).is_none())
            .contains('+');
    if !is_one_number || parts(text).contains(&Part::Gap) {
        return None;
    }
    let shown: String = text.chars().filter_map(ascii_digit).collect();
    let dialed = |prefix: &&str| shown.strip_prefix(*prefix);
    let digits = DIAL_OUT.iter().find_map(dialed).unwrap_or(&shown);
    let is_long_enough = (FEWEST_DIGITS..=E164_DIGITS).contains(&digits.len());
    is_long_enough.then(|| digits.to_owned())
}

fn compare_number(text: &str, digits: &str) -> Likeness {
    let mut parts = parts(text);
    let is_masked = parts.contains(&Part::Gap);
    if !is_masked && parts.len() >= FEWEST_DIGITS {
        let shown: String = text.chars().filter_map(ascii_digit).collect();
        let dialed = |prefix: &str| shown.strip_prefix(prefix) == Some(digits);
        return if shown == digits || DIAL_OUT.into_iter().any(dialed) {
            Likeness::Same
        } else {
            Likeness::Other
        };
    }
    if !is_masked {
        parts = spread(&parts, text.trim_start().starts_with('+'));
    }
    let may_be = |prefix: &str| matches(&parts, &format!("{prefix}{digits}"));
    if may_be("") || DIAL_OUT.into_iter().any(may_be) {
        Likeness::Unclear
    } else {
        Likeness::Other
    }
}

/// With so few digits, whatever stood between them may have stood for more.
fn spread(digits: &[Part], from_the_first: bool) -> Vec<Part> {
    let before = (!from_the_first || digits.is_empty()).then_some(Part::Gap);
    let each = digits.iter().flat_map(|digit| [*digit, Part::Gap]);
    before.into_iter().chain(each).collect()
}

/// Whether a text can be had by filling the gaps.
pub(super) fn matches(parts: &[Part], text: &str) -> bool {
    // The places of the text at which what was gone through so far may end.
    let text: Vec<char> = text.chars().collect();
    let mut ends = vec![false; text.len() + 1];
    ends[0] = true;
    for part in parts {
        match part {
            Part::Gap => {
                for at in 1..ends.len() {
                    ends[at] |= ends[at - 1];
                }
            }
            Part::Is(character) => {
                for at in (1..ends.len()).rev() {
                    ends[at] = ends[at - 1] && text[at - 1] == *character;
                }
                ends[0] = false;
            }
        }
    }
    ends.last().copied().unwrap_or(false)
}

/// The digits of a text, and its gaps.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut before = None;
    for character in text.chars().filter(|&c| !is_hidden(c)) {
        // A dash groups digits; dashes in a row stand for some.
        let in_a_row = before.replace(character) == Some(character);
        let groups = match character {
            ' ' => true,
            _ if is_mark(character) => true,
            _ => !in_a_row && (is_dash(character) || is_dot(character)),
        };
        if let Some(digit) = ascii_digit(character) {
            parts.push(Part::Is(digit));
        } else if !groups && parts.last() != Some(&Part::Gap) {
            parts.push(Part::Gap);
        }
    }
    parts
}

/// Every dash (Unicode category `Pd`), the minus signs, and those that look like them.
fn is_dash(character: char) -> bool {
    const OTHERS: &str = "-\u{2d7}\u{58a}\u{5be}\u{1400}\u{1806}\u{2043}\u{207b}\u{208b}\u{2212}\
        \u{2e17}\u{2e1a}\u{2e3a}\u{2e3b}\u{2e40}\u{2e5d}\u{301c}\u{3030}\u{30a0}\u{30fc}\
        \u{fe31}\u{fe32}\u{fe58}\u{fe63}\u{ff0d}\u{10ead}";
    matches!(character, '\u{2010}'..='\u{2015}') || OTHERS.contains(character)
}

fn is_dot(character: char) -> bool {
    matches!(
        character,
        '.' | '\u{2024}' | '\u{3002}' | '\u{ff0e}' | '\u{fe52}'
    )
}

/// Marks that group digits or stand round them, and never for one.
fn is_mark(character: char) -> bool {
    const OTHERS: &str = "+()[]{}/\\|,:;'\"`<>\u{b4}\u{2044}\u{2215}\u{fe62}\u{ff08}\u{ff09}\
        \u{ff0b}\u{ff0c}\u{ff0f}\u{ff1a}\u{ff3b}\u{ff3d}";
    matches!(character, '\u{2018}'..='\u{201f}') || OTHERS.contains(character)
}

fn is_x(character: char) -> bool {
    matches!(character, 'x' | 'X')
}

/// The text behind a label such as `tel:` or `Mobile `; what begins with a mask is left as it is.
fn without_label(text: &str) -> &str {
    let end = text
        .find(|c| c == '+' || c == '\u{ff0b}' || ascii_digit(c).is_some())
        .unwrap_or(0);
    let (label, rest) = text.split_at(end);
    let names = |c: char| c.is_alphabetic() && !is_x(c);
    let only_words = label.chars().all(|c| {
        c.is_alphabetic()
            || c.is_whitespace()
            || is_mark(c)
            || is_dot(c)
            || is_dash(c)
            || is_hidden(c)
    });
    if only_words && label.contains(names) {
        rest
    } else {
        text
    }
}

/// Prefix and local number of `5551234;phone-context=+1512` (RFC 3966, section 5.1.5).
fn with_context(text: &str) -> Option<(&str, &str)> {
    const CONTEXT: &str = "phone-context=";
    let (local, parameters) = text.split_once(';')?;
    let mut parameters = parameters.split(';').map(str::trim);
    let context = parameters.find_map(|one| {
        let at = one.get(..CONTEXT.len())?;
        at.eq_ignore_ascii_case(CONTEXT)
            .then(|| &one[CONTEXT.len()..])
    })?;
    (context.starts_with('+') && !local.contains('+')).then_some((context, local))
}

/// A number and the extension behind it, where the text has a mark of one: `;ext=9`, `ext. 9`, `x9`, `#9`.
fn split_extension(text: &str) -> Option<(&str, String)> {
    let is_in_mark = |c: char| c.is_alphabetic() || c.is_whitespace() || "#;,=.:".contains(c);
    for (at, first) in text.char_indices() {
        if !(first.is_alphabetic() || "#;,".contains(first)) {
            continue;
        }
        let (number, rest) = text.split_at(at);
        let end = rest.find(|c| !is_in_mark(c)).unwrap_or(rest.len());
        let (mark, behind) = rest.split_at(end);
        let words: String = mark.chars().filter(|c| c.is_alphabetic()).collect();
        let is_extension = matches!(
            words.to_lowercase().as_str(),
            "" | "x" | "ext" | "extn" | "extension" | "isub" | "postd"
        );
        let only_digits = !behind.contains('+')
            && parts(behind.trim_end_matches('#'))
                .iter()
                .all(|part| *part != Part::Gap);
        let digits = parts(number).iter().filter(|p| **p != Part::Gap).count();
        if is_extension && only_digits && digits >= FEWEST_DIGITS {
            let extension = behind.chars().filter_map(ascii_digit).collect();
            return Some((number, extension));
        }
        return None;
    }
    None
}

#[cfg(test)]
mod tests;

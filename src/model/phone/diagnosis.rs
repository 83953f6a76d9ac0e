//! The likeliest reason why digits are no number, and the number that may be meant.
//!
//! Only for a cell that is refused: nothing here decides whether one is taken.

use super::super::invalid::{InvalidCode, Problem};
use super::calling_code;
use super::groups::{Gap, MIN};
use super::metadata::{is_number, number};
use super::old_plan;
use super::suggestion::told;

/// The fewest digits of what may be a second number rather than an extension.
pub(super) const SECOND: usize = 6;

/// The most digits that are looked at: two numbers, each behind an international prefix.
const MOST: usize = 40;

/// What is dialed before a country code, where there is no `+`; the first that leads to a number.
const INTERNATIONAL_PREFIXES: [&str; 5] = ["00", "011", "0011", "010", "810"];

pub(super) const TWO_NUMBERS: &str = "the cell may hold two numbers; write one of them";

/// What is told of digits that are no number, whatever the cause. Other problems name theirs.
const WITHOUT_CAUSE: [InvalidCode; 6] = [
    InvalidCode::PhoneMissingPlus,
    InvalidCode::PhoneTooShort,
    InvalidCode::PhoneTooLong,
    InvalidCode::PhoneCountryCode,
    InvalidCode::PhoneExtraDigits,
    InvalidCode::PhoneNotValid,
];

/// Tells of a text why it is refused: `found`, or what is likelier.
pub(super) fn likelier(text: &str, found: Problem) -> Problem {
    let has_plus = text.contains('+');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if !WITHOUT_CAUSE.contains(&found.code) || digits.len() > MOST {
        return found;
    }
    two_numbers(text, has_plus)
        .or_else(|| international_prefix(&digits, has_plus))
        .or_else(|| if has_plus { in_plan(&digits) } else { None })
        .unwrap_or_else(|| {
            let may_lack_plus = found.code == InvalidCode::PhoneMissingPlus;
            let meant = may_lack_plus.then(|| number(&format!("+{digits}")));
            told(found.code, found.message, meant.flatten())
        })
}

/// What may be wrong behind a `+` and a country code.
fn in_plan(digits: &str) -> Option<Problem> {
    code_twice(digits)
        .or_else(|| trunk_zero(digits))
        .or_else(|| of_old_plan(digits))
}

/// A whole number, a gap, and what may be a second one.
fn two_numbers(text: &str, has_plus: bool) -> Option<Problem> {
    let mut before = String::new();
    let mut gap = None;
    for (at, character) in text.char_indices() {
        if !character.is_ascii_digit() {
            gap = gap.max(Gap::of(character).map(|(gap, _)| gap));
            continue;
        }
        let after = text[at..].chars().filter(char::is_ascii_digit).count();
        let fewest = match gap.take() {
            // "Or", rather than another group.
            Some(Gap::Slash) if has_plus => 1,
            Some(Gap::Slash | Gap::Mark | Gap::Space) => SECOND,
            None => usize::MAX,
        };
        // Without a country nobody knows what a whole number is; a slash between so many digits
        // says "or".
        let is_whole = |before: &str| {
            if has_plus {
                is_number(&format!("+{before}"))
            } else {
                text[..at].trim_end_matches(' ').ends_with('/')
            }
        };
        if before.len() >= MIN && after >= fewest && is_whole(&before) {
            return Some(Problem::new(InvalidCode::PhoneSeveral, TWO_NUMBERS));
        }
        before.push(character);
    }
    None
}

fn international_prefix(digits: &str, has_plus: bool) -> Option<Problem> {
    let told_of = |prefix: &str, meant| {
        let what = if has_plus {
            format!("drop the international prefix `{prefix}` behind the `+`")
        } else {
            format!("write `+` in place of the international prefix `{prefix}`")
        };
        told(InvalidCode::PhoneInternationalPrefix, what, meant)
    };
    let found = INTERNATIONAL_PREFIXES.iter().find_map(|prefix| {
        let meant = number(&format!("+{}", digits.strip_prefix(prefix)?))?;
        Some(told_of(prefix, Some(meant)))
    });
    // No national number begins with two zeros.
    found.or_else(|| digits.starts_with("00").then(|| told_of("00", None)))
}

fn code_twice(digits: &str) -> Option<Problem> {
    let (code, rest) = calling_code::split(digits);
    let again = ["", "00"].iter().find_map(|prefix| {
        let again = rest.strip_prefix(prefix)?;
        let again = again.starts_with(code).then(|| format!("+{again}"))?;
        number(&again)
    })?;
    Some(told(
        InvalidCode::PhoneCountryCodeTwice,
        format!("the country code +{code} is there twice; write it once"),
        Some(again),
    ))
}

fn trunk_zero(digits: &str) -> Option<Problem> {
    let (code, national) = calling_code::split(digits);
    let meant = number(&format!("+{code}{}", national.strip_prefix('0')?))?;
    Some(told(
        InvalidCode::PhoneTrunkZero,
        format!("drop the `0` behind the country code +{code}; it is dialed at home alone"),
        Some(meant),
    ))
}

fn of_old_plan(digits: &str) -> Option<Problem> {
    let (what, new) = old_plan::renewed(digits)?;
    let meant = new.as_ref().and_then(|new| number(&format!("+{new}")));
    // A form that is none is of no plan at all.
    (new.is_none() || meant.is_some()).then(|| {
        let ask = if meant.is_none() {
            "; ask for the new number"
        } else {
            ""
        };
        told(InvalidCode::PhoneOldPlan, format!("{what}{ask}"), meant)
    })
}

//! The strict front of a phone: which characters it may be written with.
//!
//! Pure, and without metadata: what a digit is worth is decided in
//! [`phone`](super).

use super::super::invalid::{InvalidCode, Problem};
use super::calling_code;
use super::foreign::foreign;
use super::groups::{Gap, Groups, Kind, MAX, MIN};
use super::stored_number::decimal;

/// The longest text without a `+` that is a service number rather than a national one.
const SERVICE: usize = 6;

/// A `+` and the digits behind it, on the stack.
#[derive(Debug)]
pub(super) struct Digits {
    text: [u8; MAX + 1],
    count: usize,
    has_plus: bool,
    pub(super) groups: Groups,
    /// Whether a space or dash of another kind than the plain ones was dropped.
    pub(super) has_unusual: bool,
    /// A separator that is not dropped: the cell is refused for it, if not for something graver.
    pub(super) refused: Option<Problem>,
}

impl Digits {
    /// Reads a phone by its characters alone.
    ///
    /// # Errors
    ///
    /// A character that has no place in a number, or a number that a program wrote as a decimal.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        if let Some(problem) = decimal(text) {
            return Err(problem);
        }
        let mut digits = Self {
            text: [b'+'; MAX + 1],
            count: 0,
            has_plus: false,
            groups: Groups::default(),
            has_unusual: false,
            refused: None,
        };
        for (at, character) in text.char_indices() {
            match character {
                '+' if !digits.has_plus && digits.count == 0 => digits.has_plus = true,
                '0'..='9' => {
                    digits.groups.digit();
                    digits.count += 1;
                    if let Some(place) = digits.text.get_mut(digits.count) {
                        *place = character as u8;
                    }
                }
                _ => match Gap::of(character) {
                    Some((gap, kind)) => {
                        digits.groups.gap(gap);
                        digits.has_unusual |= kind == Kind::Unusual;
                        if kind == Kind::Refused && digits.refused.is_none() {
                            digits.refused = Some(foreign(text, at, character));
                        }
                    }
                    None => return Err(foreign(text, at, character)),
                },
            }
        }
        Ok(digits)
    }

    /// Counts the digits, before anything is asked of the metadata.
    ///
    /// # Errors
    ///
    /// No `+`, too few or too many digits, or a number that no country has.
    pub(super) fn check(&self) -> Result<(), Problem> {
        let count = self.count;
        let digits = &self.text[1..=count.min(MAX)];
        let (code, message) = if count == 0 {
            (InvalidCode::PhoneMissing, "the phone has no digits".into())
        } else if !self.has_plus && count > SERVICE {
            let message = match digits {
                [b'0', ..] => {
                    "a national number; write it as it is dialed from abroad, with `+` and country code"
                }
                _ => "write `+` and the country code first; the country is never guessed",
            };
            (InvalidCode::PhoneMissingPlus, message.into())
        } else if count > MAX {
            let message = format!(
                "{count} digits; an international number has at most {MAX}; \
                 remove what does not belong to it"
            );
            (InvalidCode::PhoneTooLong, message)
        } else if !self.has_plus || is_service(digits) {
            let message = "a short number, such as an emergency or service number; \
                           write the whole number with `+` and country code";
            (InvalidCode::PhoneNotAllowed, message.into())
        } else if digits[0] == b'0' {
            let message = "a `0` follows the `+`, and no country code begins with it";
            (InvalidCode::PhoneCountryCode, message.into())
        } else if count < MIN {
            let message = format!(
                "{count} digits; an international number has at least {MIN}; add what is missing"
            );
            (InvalidCode::PhoneTooShort, message)
        } else {
            return Ok(());
        };
        Err(Problem::new(code, message))
    }

    /// The first so many digits behind their `+`.
    pub(super) fn first(&self, count: usize) -> &str {
        let text = &self.text[..=count.min(self.count).min(MAX)];
        str::from_utf8(text).expect("a plus and digits are ASCII")
    }

    /// The digits behind their `+`.
    pub(super) fn with_plus(&self) -> &str {
        self.first(self.count)
    }
}

/// Whether two or three digits such as `999` or `112` follow the country code.
fn is_service(digits: &[u8]) -> bool {
    let national = digits.get(calling_code::length(digits)..).unwrap_or(&[]);
    matches!(
        national,
        [b'0' | b'1' | b'9', _] | [b'0' | b'1' | b'9', _, _]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Result<String, &'static str> {
        let read = Digits::read(text).and_then(|digits| digits.check().map(|()| digits));
        match read {
            Ok(digits) => Ok(digits.with_plus().to_owned()),
            Err(problem) => Err(problem.code.as_str()),
        }
    }

    #[test]
    fn six_separators_are_dropped_and_other_spaces_and_dashes_with_a_mention() {
        for (written, has_unusual) in [
            ("+15125551234", false),
            ("+1.5125551234", false),
            ("+1.512.555.1234", false),
            ("+1 (512) 555-1234", false),
            (" +1/512/555/1234 ", false),
            ("(+1) 512 555 1234", false),
            ("+1\u{a0}512\u{2007}555\u{202f}12\u{2009}34", true),
            ("+1\u{2002}512\u{3000}5551234", true),
            ("+1\u{2010}512\u{2011}555\u{2012}12\u{2013}34", true),
            ("+1\u{2014}512\u{2015}555\u{2212}1234", true),
            ("+1\u{ff0d}512-5551234", true),
        ] {
            assert_eq!(code(written).as_deref(), Ok("+15125551234"), "{written}");
            let digits = Digits::read(written).unwrap();
            assert_eq!(digits.has_unusual, has_unusual, "{written}");
            assert_eq!(digits.refused, None, "{written}");
        }
    }

    #[test]
    fn a_separator_that_only_looks_like_one_of_them_is_refused() {
        for (written, shown) in [
            ("+1\u{b7}512\u{b7}5551234", "U+00B7"),
            ("+1\u{ff0f}512\u{ff0f}5551234", "U+FF0F"),
            ("+1 [512] 5551234", "`[`"),
            ("+1\u{2043}5125551234", "U+2043"),
        ] {
            let refused = Digits::read(written).unwrap().refused.unwrap();
            assert_eq!(refused.code, InvalidCode::PhoneCharacter, "{written}");
            assert!(refused.message.contains(shown), "{}", refused.message);
        }
    }

    #[test]
    fn the_digits_are_counted_before_anything_else_is_asked() {
        for (written, expected) in [
            ("", "phone_missing"),
            ("+", "phone_missing"),
            (" - ", "phone_missing"),
            ("112", "phone_not_allowed"),
            ("72404", "phone_not_allowed"),
            ("+49 112", "phone_not_allowed"),
            ("+44 999", "phone_not_allowed"),
            ("+1 911", "phone_not_allowed"),
            ("+44791", "phone_too_short"),
            ("+1", "phone_too_short"),
            ("+0044791112345", "phone_country_code"),
            ("+1234567890123456", "phone_too_long"),
            ("1-512-555-1234", "phone_missing_plus"),
            ("07911 123456", "phone_missing_plus"),
            ("1.51256E+10", "phone_scientific_notation"),
        ] {
            assert_eq!(code(written), Err(expected), "{written:?}");
        }
        let long = "1".repeat(1_000_000);
        assert_eq!(code(&format!("+{long}")), Err("phone_too_long"));
        assert_eq!(code(&long), Err("phone_missing_plus"));
    }
}

//! The strict front of a phone: which characters it may be written with.
//!
//! Pure, and without metadata: what a digit is worth is decided in
//! [`phone`](super).

use super::super::invalid::{InvalidCode, Problem};
use super::super::placeholder::Placeholder;
use super::foreign::foreign;
use super::groups::{Gap, Groups, MAX, MIN};

/// The longest text without a `+` that is a service number rather than a national one.
const SERVICE: usize = 6;

/// A `+` and the digits behind it, on the stack.
#[derive(Debug)]
pub(super) struct Digits {
    text: [u8; MAX + 1],
    count: usize,
    groups: Groups,
    /// A separator that is not dropped: the cell is refused for it, if not for something graver.
    unusual: Option<Problem>,
}

impl Digits {
    /// Reads a phone by its characters alone.
    ///
    /// A separator that only looks like one of those that are dropped is left to be told by
    /// [`accept`](Self::accept).
    ///
    /// # Errors
    ///
    /// A character that has no place in a number, no `+`, or too few or too many digits.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let text = text.trim_matches(' ');
        Self::read_trimmed(text).map_err(|problem| {
            let may_be_word = [InvalidCode::PhoneCharacter, InvalidCode::PhoneMissing];
            let kind = Placeholder::of(text).filter(|_| may_be_word.contains(&problem.code));
            kind.map_or(problem, |kind| {
                Problem::new(
                    InvalidCode::NotAValue,
                    format!("{kind}, not a phone; fill in the phone"),
                )
            })
        })
    }

    fn read_trimmed(text: &str) -> Result<Self, Problem> {
        if is_decimal(text) {
            return Err(Problem::new(
                InvalidCode::PhoneScientificNotation,
                "a spreadsheet turned the phone into a decimal number and its digits may be lost; \
                 format the column as text and export it again",
            ));
        }
        let mut digits = Self {
            text: [b'+'; MAX + 1],
            count: 0,
            groups: Groups::default(),
            unusual: None,
        };
        let mut plus = false;
        for (at, character) in text.char_indices() {
            match character {
                '+' if !plus && digits.count == 0 => plus = true,
                '0'..='9' => {
                    digits.groups.digit();
                    digits.count += 1;
                    if let Some(place) = digits.text.get_mut(digits.count) {
                        *place = character as u8;
                    }
                }
                _ => match Gap::of(character) {
                    Some((gap, is_dropped)) => {
                        digits.groups.gap(gap);
                        if !is_dropped && digits.unusual.is_none() {
                            digits.unusual = Some(foreign(text, at, character));
                        }
                    }
                    None => return Err(foreign(text, at, character)),
                },
            }
        }
        match (digits.verdict(plus), digits.unusual.take()) {
            (Some(_), Some(unusual)) => Err(unusual),
            (Some((code, message)), None) => Err(Problem::new(code, message)),
            (None, unusual) => Ok(Self { unusual, ..digits }),
        }
    }

    /// Refuses a cell in which anything but what is dropped stands between the digits.
    ///
    /// # Errors
    ///
    /// A separator that only looks like one of those that are dropped.
    pub(super) fn accept(&self) -> Result<(), Problem> {
        self.unusual.clone().map_or(Ok(()), Err)
    }

    /// The digits, each time without those at the end that may be the end of a second number;
    /// behind their `+`, the longest first.
    pub(super) fn shorter(&self) -> impl Iterator<Item = &str> {
        self.groups.cuts().map(|count| &self.with_plus()[..=count])
    }

    /// What is wrong with the digits as such.
    fn verdict(&self, plus: bool) -> Option<(InvalidCode, String)> {
        let count = self.count;
        let digits = &self.text[1..=count.min(MAX)];
        if count == 0 {
            return Some((InvalidCode::PhoneMissing, "the phone has no digits".into()));
        }
        if !plus && count > SERVICE {
            return Some((InvalidCode::PhoneMissingPlus, missing_plus(digits).into()));
        }
        if count > MAX {
            return Some((
                InvalidCode::PhoneTooLong,
                format!(
                    "{count} digits; an international number has at most {MAX}; remove what does not belong to it"
                ),
            ));
        }
        if !plus || is_service(digits) {
            return Some((
                InvalidCode::PhoneNotAllowed,
                "a short number, such as an emergency or service number; \
                 write the whole number with `+` and country code"
                    .into(),
            ));
        }
        if digits[0] == b'0' {
            return Some((
                InvalidCode::PhoneCountryCode,
                "a `0` follows the `+`, and no country code begins with it".into(),
            ));
        }
        (count < MIN).then(|| {
            (
                InvalidCode::PhoneTooShort,
                format!("{count} digits; an international number has at least {MIN}; add what is missing"),
            )
        })
    }

    /// The digits without the `+`.
    pub(super) fn as_str(&self) -> &str {
        &self.with_plus()[1..]
    }

    /// The digits behind their `+`.
    pub(super) fn with_plus(&self) -> &str {
        str::from_utf8(&self.text[..=self.count]).expect("a plus and digits are ASCII")
    }

    /// The digits as one number.
    pub(super) fn value(&self) -> u64 {
        self.text[1..=self.count]
            .iter()
            .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
    }
}

/// How many of the digits are the country calling code (ITU-T E.164, list of assigned codes).
pub(super) fn country_code_length(digits: &[u8]) -> usize {
    match digits {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

/// Whether two or three digits such as `999` or `112` follow the country code.
fn is_service(digits: &[u8]) -> bool {
    let national = digits.get(country_code_length(digits)..).unwrap_or(&[]);
    matches!(
        national,
        [b'0' | b'1' | b'9', _] | [b'0' | b'1' | b'9', _, _]
    )
}

/// Whether a program wrote the phone as a number: `4.41E+11`, `1,5E10`, `15125551234.0`.
fn is_decimal(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.trim_start_matches(['+', '-']);
    let parts = |text: &str| match text.split_once(['.', ',']) {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(text),
    };
    if let Some((mantissa, exponent)) = unsigned.split_once(['e', 'E']) {
        return parts(mantissa) && is_digits(exponent.trim_start_matches(['+', '-']));
    }
    unsigned
        .split_once(['.', ','])
        .is_some_and(|(whole, fraction)| {
            is_digits(whole) && is_digits(fraction) && fraction.bytes().all(|b| b == b'0')
        })
}

fn missing_plus(digits: &[u8]) -> &'static str {
    match digits {
        [b'0', b'0', ..] => "write `+` in place of the international prefix `00`",
        [b'0', b'1', b'1', ..] => "write `+` in place of the international prefix `011`",
        [b'0', ..] => {
            "a national number; write it as it is dialed from abroad, with `+` and country code"
        }
        _ => "write `+` and the country code first; the country is never guessed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Result<String, &'static str> {
        match Digits::read(text) {
            Ok(digits) => Ok(digits.with_plus().to_owned()),
            Err(problem) => Err(problem.code.as_str()),
        }
    }

    #[test]
    fn six_separators_are_dropped_and_nothing_else() {
        for written in [
            "+15125551234",
            "+1.5125551234",
            "+1.512.555.1234",
            "+1 (512) 555-1234",
            " +1/512/555/1234 ",
            "(+1) 512 555 1234",
        ] {
            assert_eq!(code(written).as_deref(), Ok("+15125551234"), "{written}");
        }
        for (written, shown) in [
            ("+1512555I234", "`I`"),
            ("+1512555l234", "`l`"),
            ("'+15125551234", "`'`"),
            ("++15125551234", "`+`"),
            ("+1512+5551234", "`+`"),
            ("+1512\u{a0}5551234", "U+00A0"),
            ("\u{202a}+15125551234", "U+202A"),
            ("+1512\u{200b}5551234", "U+200B"),
            ("\u{feff}+15125551234", "U+FEFF"),
            ("+1\u{2011}512\u{2011}5551234", "U+2011"),
            ("\u{ff0b}15125551234", "U+FF0B"),
            ("+1512555123\u{ff14}", "U+FF14"),
            ("+1512555123\u{664}", "U+0664"),
            ("+15125551234\t", "U+0009"),
            ("+15125551234\0", "U+0000"),
            ("+15125551234 x9", "`x`"),
            ("+15125551234;ext=9", "`;`"),
            ("+15125551234,,9", "`,`"),
            ("+15125551234#", "`#`"),
            ("tel:+15125551234", "`t`"),
            ("+1-800-FLOWERS", "`F`"),
            ("+15125551234\u{e9}", "U+00E9"),
        ] {
            let read = Digits::read(written).and_then(|digits| digits.accept());
            let problem = read.unwrap_err();
            assert_eq!(problem.code, InvalidCode::PhoneCharacter, "{written:?}");
            assert!(problem.message.contains(shown), "{}", problem.message);
        }
    }

    #[test]
    fn a_number_without_a_plus_is_refused_and_never_guessed() {
        for (written, hint) in [
            ("15125551234", "country is never guessed"),
            ("1-512-555-1234", "country is never guessed"),
            ("004915112345678", "`00`"),
            ("01115125551234", "`011`"),
            ("07911 123456", "national number"),
            (&"9".repeat(300), "country is never guessed"),
        ] {
            let problem = Digits::read(written).unwrap_err();
            assert_eq!(problem.code, InvalidCode::PhoneMissingPlus, "{written}");
            assert!(problem.message.contains(hint), "{}", problem.message);
        }
    }

    #[test]
    fn what_a_spreadsheet_made_of_a_phone_is_recognized() {
        for written in [
            "1.51256E+10",
            "4.41E+11",
            "4,41E+11",
            "1E+11",
            "1.5e10",
            "+4.41E+11",
            "15125551234.0",
            "+4915112345678.00",
        ] {
            assert_eq!(code(written), Err("phone_scientific_notation"), "{written}");
        }
        assert_eq!(code("+1.5125551230"), Ok("+15125551230".to_owned()));
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
        ] {
            assert_eq!(code(written), Err(expected), "{written:?}");
        }
        let long = format!("+{}", "1".repeat(1_000_000));
        assert_eq!(code(&long), Err("phone_too_long"));
    }
}

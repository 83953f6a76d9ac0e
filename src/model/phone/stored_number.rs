//! Phones that a program stored as a number: the `+` and zeros may be gone, and digits too.

use super::super::invalid::{InvalidCode, Problem};
use super::metadata::number;
use super::suggestion::told;

/// Tells of a cell of a workbook that holds a number in place of a phone.
///
/// Where the number, written out, is a valid phone behind a `+`, that one is suggested.
pub(crate) fn number_cell(value: f64) -> Problem {
    /// The first number that a spreadsheet does not store to the last digit.
    const ROUNDED: f64 = 1e15;
    let is_whole = value.fract() == 0.0 && (1.0..ROUNDED).contains(&value);
    let meant = is_whole.then(|| number(&format!("+{value:.0}"))).flatten();
    told(
        InvalidCode::PhoneNumberCell,
        "the sheet has stored the phone as a number, so a `+` and zeros in front may be gone; \
         format the column as text and type the number anew",
        meant,
    )
}

/// Tells of a text that a program made of a number: `4.41E+11`, `1,5E10`, `15125551234.0`.
pub(super) fn decimal(text: &str) -> Option<Problem> {
    let digits = Decimal::of(text)?.whole();
    Some(told(
        InvalidCode::PhoneScientificNotation,
        "a spreadsheet turned the phone into a decimal number and its digits may be lost; \
         format the column as text and export it again",
        digits.and_then(|digits| number(&format!("+{digits}"))),
    ))
}

/// A decimal number as it is written.
struct Decimal<'a> {
    whole: &'a str,
    fraction: &'a str,
    exponent: &'a str,
}

impl<'a> Decimal<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let unsigned = text.trim_start_matches(['+', '-']);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.trim_start_matches(['+', '-'])),
            None => (unsigned, ""),
        };
        let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let parts = [whole, fraction, exponent];
        if !parts.into_iter().all(is_digits) || whole.is_empty() {
            return None;
        }
        let is_decimal = if mantissa.len() == unsigned.len() {
            !fraction.is_empty() && fraction.bytes().all(|b| b == b'0')
        } else {
            !exponent.is_empty() && (fraction.is_empty() == (whole.len() == mantissa.len()))
        };
        is_decimal.then_some(Self {
            whole,
            fraction,
            exponent,
        })
    }

    /// The digits of the whole number that it is, where none was lost.
    fn whole(&self) -> Option<String> {
        if self.exponent.is_empty() {
            return Some(self.whole.to_owned());
        }
        let exponent: usize = self.exponent.parse().ok()?;
        (exponent == self.fraction.len()).then(|| format!("{}{}", self.whole, self.fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::super::suggestion::meant_by;
    use super::*;

    #[test]
    fn what_a_spreadsheet_made_of_a_phone_is_recognized() {
        for (written, expected) in [
            ("1.51256E+10", ""),
            ("4.41E+11", ""),
            ("4,41E+11", ""),
            ("1E+11", ""),
            ("1.5e10", ""),
            ("+4.41E+11", ""),
            ("4.47911123456E+11", "+447911123456"),
            ("4,47911123456e11", "+447911123456"),
            ("4.4791112345E+11", ""),
            ("447911123456.0", "+447911123456"),
            ("+4915112345678.00", "+4915112345678"),
            ("7911123456.0", ""),
        ] {
            let problem = decimal(written).expect(written);
            assert_eq!(problem.code, InvalidCode::PhoneScientificNotation);
            assert_eq!(meant_by(&problem), expected, "{written}");
        }
        for written in [
            "+1.5125551230",
            "+447911123456",
            "E5",
            "5E",
            "5.E5",
            ".5E5",
            "1.0.0",
            "",
            "+",
            "447911.123456",
        ] {
            assert_eq!(decimal(written), None, "{written}");
        }
    }

    #[test]
    fn a_number_in_a_workbook_is_told_with_the_phone_that_it_may_have_been() {
        for (value, expected) in [
            (447_911_123_456.0, "+447911123456"),
            (7_911_123_456.0, ""),
            (447_911_123_456.5, ""),
            (-447_911_123_456.0, ""),
            (0.0, ""),
            (4.479e300, ""),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            let problem = number_cell(value);
            assert_eq!(problem.code, InvalidCode::PhoneNumberCell);
            assert_eq!(meant_by(&problem), expected, "{value}");
        }
    }
}

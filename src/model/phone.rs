//! E.164, the one normal form of a phone, and why a text is none.
//!
//! A wrong number hands a stranger a second factor, so nothing is guessed: a
//! strict front (`digits`) decides which characters a number may
//! hold, libphonenumber's metadata decides whether it exists, and no digit may be
//! gained or lost on the way. There is no default region: with one,
//! libphonenumber turns some valid numbers into others.

use std::fmt;

use rlibphonenumber::{
    PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberType, ValidationError,
};

use super::digits::{self, Digits};
use super::invalid::{InvalidCode, Problem};

/// A phone number in E.164: 7 to 15 digits behind a `+`.
///
/// `Display` writes the number in full, for the wire and the results file;
/// `Debug` and [`masked`](Self::masked) show the country code and the last two
/// digits only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct E164(u64);

/// What kind of line a number belongs to, as far as its digits tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// A mobile, or a country in which a mobile cannot be told from a fixed line.
    Mobile,
    /// A fixed line.
    Fixed,
    /// Toll-free, shared cost, voice over IP, personal, pager, company-wide or voicemail.
    Unusual,
}

impl E164 {
    /// Reads a number in international format.
    ///
    /// Space, `-`, `.`, `(`, `)` and `/` are dropped; what remains must be one `+`
    /// and the digits of a valid number, all of them.
    ///
    /// # Errors
    ///
    /// A [`Problem`] with one of the `phone_…` codes.
    ///
    /// # Examples
    ///
    /// ```
    /// use wavepair::model::phone::E164;
    ///
    /// let phone = E164::parse("+1 (512) 555-1234").unwrap();
    /// assert_eq!(phone.to_string(), "+15125551234");
    /// assert_eq!(phone.masked(), "+1…34");
    ///
    /// // Without a `+` the country is not known, and never guessed.
    /// let problem = E164::parse("(512) 555-1234").unwrap_err();
    /// assert_eq!(problem.code.as_str(), "phone_missing_plus");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Self::examine(text).map(|(phone, _)| phone)
    }

    /// Reads a number as [`parse`](Self::parse) does, and tells what kind of line it is.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse).
    pub fn examine(text: &str) -> Result<(Self, Line), Problem> {
        let digits = Digits::read(text)?;
        let number = PHONE_NUMBER_UTIL
            .parse(digits.with_plus(), None)
            .map_err(|error| unparsable(&error))?;
        let line = match PHONE_NUMBER_UTIL.get_number_type(&number) {
            PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile => Line::Mobile,
            PhoneNumberType::FixedLine => Line::Fixed,
            PhoneNumberType::TollFree
            | PhoneNumberType::SharedCost
            | PhoneNumberType::VoIP
            | PhoneNumberType::PersonalNumber
            | PhoneNumberType::Pager
            | PhoneNumberType::UAN
            | PhoneNumberType::VoiceMail => Line::Unusual,
            PhoneNumberType::PremiumRate => {
                return Err(Problem::new(
                    InvalidCode::PhoneNotAllowed,
                    "a premium-rate number; passcodes are not sent to one",
                ));
            }
            PhoneNumberType::Unknown => return Err(not_valid(&number)),
        };
        let phone = Self(digits.value());
        if digits_of(&number) == u128::from(phone.0) {
            Ok((phone, line))
        } else {
            Err(other_digits(digits.as_str(), &number))
        }
    }

    /// The digits without the `+`.
    pub fn digits(self) -> String {
        self.0.to_string()
    }

    /// Takes digits that [`digits`](Self::digits) gave; `None` where they cannot be such.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let sound = (digits::MIN..=digits::MAX).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        if sound {
            digits.parse().ok().map(Self)
        } else {
            None
        }
    }

    /// Country code and last two digits: `+44…56`.
    pub fn masked(self) -> String {
        let digits = self.digits();
        let code = &digits[..digits::country_code_length(digits.as_bytes())];
        format!("+{code}…{:02}", self.0 % 100)
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E164({})", self.masked())
    }
}

/// The digits of a number as libphonenumber understood it.
fn digits_of(number: &PhoneNumber) -> u128 {
    let national = u128::from(number.national_number);
    let zeros = if number.italian_leading_zero() {
        number.number_of_leading_zeros().unsigned_abs()
    } else {
        0
    };
    let width = national.checked_ilog10().unwrap_or(0) + 1 + zeros;
    10_u128
        .checked_pow(width)
        .and_then(|shift| shift.checked_mul(u128::from(number.country_code.unsigned_abs())))
        .map_or(0, |code| code.saturating_add(national))
}

fn unparsable(error: &ParseError) -> Problem {
    match error {
        ParseError::InvalidCountryCode => Problem::new(
            InvalidCode::PhoneCountryCode,
            "no country has the calling code that follows the `+`",
        ),
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => Problem::new(
            InvalidCode::PhoneTooShort,
            "too few digits behind the country code",
        ),
        ParseError::TooLongNsn => Problem::new(
            InvalidCode::PhoneTooLong,
            "too many digits behind the country code",
        ),
        ParseError::NotANumber(_) => Problem::new(InvalidCode::PhoneNotValid, "not a phone number"),
    }
}

fn not_valid(number: &PhoneNumber) -> Problem {
    let country = number.country_code;
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(number) {
        Err(ValidationError::TooShort) => Problem::new(
            InvalidCode::PhoneTooShort,
            format!("too few digits for a number of country code +{country}"),
        ),
        Err(ValidationError::TooLong) => Problem::new(
            InvalidCode::PhoneTooLong,
            format!("too many digits for a number of country code +{country}"),
        ),
        Err(ValidationError::InvalidLength) => Problem::new(
            InvalidCode::PhoneNotValid,
            format!("no number of country code +{country} has so many digits"),
        ),
        Ok(_) | Err(ValidationError::InvalidCountryCode) => Problem::new(
            InvalidCode::PhoneNotValid,
            format!(
                "country code +{country} has no such numbers; look for a wrong or missing digit"
            ),
        ),
    }
}

/// The number exists, and is not the one that was written.
fn other_digits(written: &str, number: &PhoneNumber) -> Problem {
    let country = number.country_code;
    let understood = digits_of(number).to_string();
    let code = country.to_string();
    // What libphonenumber dropped is a trunk or carrier prefix of one to three digits.
    let dropped = written
        .strip_prefix(&code)
        .zip(understood.strip_prefix(&code))
        .and_then(|(written, understood)| written.strip_suffix(understood))
        .filter(|dropped| (1..=3).contains(&dropped.len()));
    let message = match dropped {
        Some(dropped) => format!("drop the `{dropped}` behind the country code +{country}"),
        None => format!(
            "not how a number of country code +{country} is dialed from abroad; \
             write it without a trunk or carrier prefix, and in full"
        ),
    };
    Problem::new(InvalidCode::PhoneExtraDigits, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> &'static str {
        match E164::parse(text) {
            Ok(_) => "",
            Err(problem) => problem.code.as_str(),
        }
    }

    #[test]
    fn mobiles_of_many_countries_keep_every_digit() {
        for (line, numbers) in [
            (
                Line::Mobile,
                "+1 415 555 2671, +1 (416) 555-0123, +44 7911 123456, +49 1512 3456789, \
                 +33 6 12 34 56 78, +39 312 345 6789, +34 612 34 56 78, \
                 +351 912 345 678, +31 6 12345678, +32 470 12 34 56, +41 78 123 45 67, \
                 +43 664 123456, +45 32 12 34 56, +46 70 123 45 67, +47 406 12 345, \
                 +358 41 2345678, +48 512 345 678, +420 601 123 456, +36 20 123 4567, \
                 +40 712 034 567, +30 691 234 5678, +353 85 012 3456, +90 501 234 56 78, \
                 +7 912 345-67-89, +380 50 123 4567, +972 50 234 5678, +971 50 123 4567, \
                 +91 81234 56789, +86 131 2345 6789, +81 90 1234 5678, +82 10 2000 0000, \
                 +65 8123 4567, +61 412 345 678, +64 21 123 4567, +27 71 123 4567, \
                 +234 802 123 4567, +225 01 23 45 6789, +55 11 96123 4567, \
                 +54 9 11 2345 6789, +62 812 345 678",
            ),
            (
                Line::Fixed,
                "+44 20 7946 0958, +49/30/123456, +39 06 1234 5678",
            ),
            (Line::Unusual, "+1 800 555 1234"),
        ] {
            for written in numbers.split(", ") {
                let (phone, found) = E164::examine(written).expect(written);
                let digits: String = written.chars().filter(char::is_ascii_digit).collect();
                assert_eq!(phone.to_string(), format!("+{digits}"));
                assert_eq!(found, line, "{written}");
            }
        }
    }

    #[test]
    fn the_spellings_that_pingone_documents_are_one_number() {
        for written in [
            "+1.5125551234",
            "+15125551234",
            "+1.512.555.1234",
            "+1 (512) 555-1234",
        ] {
            assert_eq!(E164::parse(written).unwrap().to_string(), "+15125551234");
        }
        assert_eq!(
            E164::parse("+14155552671").unwrap().to_string(),
            "+14155552671"
        );
    }

    #[test]
    fn a_digit_too_many_is_named_and_never_dropped() {
        for (written, expected) in [
            (
                "+44 (0)20 7946 0958",
                "drop the `0` behind the country code +44",
            ),
            (
                "+49 (0)1512 3456789",
                "drop the `0` behind the country code +49",
            ),
            (
                "+33 (0)6 12 34 56 78",
                "drop the `0` behind the country code +33",
            ),
            (
                "+7 8 912 345 67 89",
                "drop the `8` behind the country code +7",
            ),
            (
                "+1 1 415 555 2671",
                "drop the `1` behind the country code +1",
            ),
        ] {
            let problem = E164::parse(written).unwrap_err();
            assert_eq!(problem.code, InvalidCode::PhoneExtraDigits, "{written}");
            assert_eq!(problem.message, expected);
        }
    }

    #[test]
    fn a_number_that_nobody_can_have_is_refused_with_the_reason() {
        for (written, expected) in [
            ("+999 12345678", "phone_country_code"),
            ("+210 1234567", "phone_country_code"),
            ("+44 7911 12345", "phone_not_valid"),
            ("+1 415 555 267", "phone_too_short"),
            ("+1 415 555 26711", "phone_too_long"),
            ("+447911123456789", "phone_too_long"),
            ("+1 115 555 2671", "phone_not_valid"),
            ("+33 0 12 34 56 78", "phone_not_valid"),
            ("+1 900 555 1234", "phone_not_allowed"),
            ("+44 909 879 0123", "phone_not_allowed"),
        ] {
            assert_eq!(code(written), expected, "{written}");
        }
    }

    #[test]
    fn a_message_or_a_mask_never_shows_the_number() {
        let phone = E164::parse("+447911123456").unwrap();
        assert_eq!(
            format!("{phone:?} {}", phone.masked()),
            "E164(+44…56) +44…56"
        );
        for (digits, masked) in [
            ("14155552671", "+1…71"),
            ("35385012300", "+353…00"),
            ("2908123", "+290…23"),
            ("96612345601", "+966…01"),
        ] {
            assert_eq!(E164::from_digits(digits).unwrap().masked(), masked);
        }
        for written in ["+44 (0)20 7946 0958", "+1 115 555 2671", "07911 123456"] {
            let shown = E164::parse(written).unwrap_err().message;
            let digits = shown.chars().filter(char::is_ascii_digit).count();
            assert!(digits <= 4, "{shown}");
        }
    }

    #[test]
    fn digits_are_taken_back_only_as_they_were_given() {
        let phone = E164::parse("+14155552671").unwrap();
        assert_eq!(E164::from_digits(&phone.digits()), Some(phone));
        for wrong in [
            "",
            "+14155552671",
            "04155552671",
            "123456",
            "1234567890123456",
            "1415555267a",
        ] {
            assert_eq!(E164::from_digits(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_accepted_keeps_its_digits(
            text in prop_oneof![
                any::<String>(),
                "\\+?[0-9 ().eE,+-]{0,24}",
                "\\+[1-9][0-9]{6,16}",
                "\\+(1|7|39|44|49|52|54|55|81|86|225|378)[0-9]{6,12}",
            ],
        ) {
            if let Ok((phone, _)) = E164::examine(&text) {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                prop_assert_eq!(phone.digits(), digits);
                prop_assert_eq!(E164::parse(&phone.to_string()), Ok(phone));
                prop_assert_eq!(E164::from_digits(&phone.digits()), Some(phone));
            }
        }
    }
}

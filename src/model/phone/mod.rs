//! E.164, the one normal form of a phone, and why a text is none.
//!
//! A wrong number hands a stranger a second factor, so nothing is guessed: a
//! strict front (`digits`) decides which characters a number may
//! hold, libphonenumber's metadata decides whether it exists, and no digit may be
//! gained or lost on the way. There is no default region: with one,
//! libphonenumber turns some valid numbers into others.

mod digits;
mod foreign;
mod groups;

use std::fmt;

use rlibphonenumber::{
    PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberType, ValidationError,
};

use super::invalid::{InvalidCode, Problem};
use digits::Digits;

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
    /// Reads a number in international format, and tells what kind of line it is.
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
    /// use wavepair::testing::model::E164;
    ///
    /// let (phone, _) = E164::parse("+1 (512) 555-1234").unwrap();
    /// assert_eq!(phone.to_string(), "+15125551234");
    /// assert_eq!(phone.masked(), "+1…34");
    ///
    /// // Without a `+` the country is not known, and never guessed.
    /// let problem = E164::parse("(512) 555-1234").unwrap_err();
    /// assert_eq!(problem.code.as_str(), "phone_missing_plus");
    /// ```
    pub fn parse(text: &str) -> Result<(Self, Line), Problem> {
        let digits = Digits::read(text)?;
        let judged = judge(&digits).and_then(|judged| has_one_reading(&digits).map(|()| judged));
        match judged {
            // Graver than a dash of another kind, for which the cell is refused anyway.
            Err(problem) if problem.code == InvalidCode::PhoneAmbiguousEnd => Err(problem),
            judged => {
                digits.accept()?;
                judged
            }
        }
    }

    /// The digits without the `+`.
    pub fn digits(self) -> String {
        self.0.to_string()
    }

    /// The country calling code: 1, 44, 353.
    pub(crate) fn calling_code(self) -> u16 {
        let others = self
            .0
            .checked_ilog10()
            .unwrap_or_default()
            .saturating_sub(2);
        let first_three = self.0 / 10_u64.pow(others);
        let text = first_three.to_string();
        let length = digits::country_code_length(text.as_bytes());
        text[..length].parse().expect("at most three digits")
    }

    /// The digits behind the country code.
    pub(crate) fn national_digits(self) -> String {
        let digits = self.digits();
        let behind = digits::country_code_length(digits.as_bytes());
        digits.get(behind..).unwrap_or_default().to_owned()
    }

    /// The digits as one number.
    pub(super) fn value(self) -> u64 {
        self.0
    }

    /// Takes digits that [`digits`](Self::digits) gave; `None` where they cannot be such.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let sound = (groups::MIN..=groups::MAX).contains(&digits.len())
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

/// Looks the digits up in the metadata.
fn judge(digits: &Digits) -> Result<(E164, Line), Problem> {
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
                "a premium-rate number; passcodes are not sent to one, so use another number",
            ));
        }
        PhoneNumberType::Unknown => return Err(not_valid(digits.as_str(), &number)),
    };
    let phone = E164(digits.value());
    if digits_of(&number) == u128::from(phone.0) {
        Ok((phone, line))
    } else {
        Err(other_digits(digits.as_str(), &number))
    }
}

/// Refuses a valid number whose last digits may be the end of a second number: without them it is
/// valid, too.
fn has_one_reading(digits: &Digits) -> Result<(), Problem> {
    match digits.shorter().find(|shorter| is_number(shorter)) {
        None => Ok(()),
        Some(shorter) => Err(Problem::new(
            InvalidCode::PhoneAmbiguousEnd,
            format!(
                "has two readings: {}, or {shorter} with a second number or an extension behind \
                 it; write the number that is meant, its digits together",
                digits.with_plus()
            ),
        )),
    }
}

/// Whether a `+` and digits are a valid number, all of them.
fn is_number(digits: &str) -> bool {
    let Ok(number) = PHONE_NUMBER_UTIL.parse(digits, None) else {
        return false;
    };
    PHONE_NUMBER_UTIL.get_number_type(&number) != PhoneNumberType::Unknown
        && digits[1..].parse() == Ok(digits_of(&number))
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
            "no country has the calling code that follows the `+`; correct it",
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

/// Digits behind a calling code that were once part of its numbers: Mexico's mobiles had a `1` there
/// until 2019, which libphonenumber does not know of any more.
const GIVEN_UP: [(&str, &str); 1] = [("52", "1")];

fn not_valid(written: &str, number: &PhoneNumber) -> Problem {
    let country = number.country_code;
    for (code, digit) in GIVEN_UP {
        let rest = written
            .strip_prefix(code)
            .and_then(|national| national.strip_prefix(digit));
        if rest.is_some_and(|rest| is_number(&format!("+{code}{rest}"))) {
            return extra_digits(digit, country);
        }
    }
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
    match dropped {
        Some(dropped) => extra_digits(dropped, country),
        None => Problem::new(
            InvalidCode::PhoneExtraDigits,
            format!(
                "not how a number of country code +{country} is dialed from abroad; \
                 write it without a trunk or carrier prefix, and in full"
            ),
        ),
    }
}

fn extra_digits(digits: &str, country: i32) -> Problem {
    Problem::new(
        InvalidCode::PhoneExtraDigits,
        format!("drop the `{digits}` behind the country code +{country}"),
    )
}

#[cfg(test)]
mod tests;

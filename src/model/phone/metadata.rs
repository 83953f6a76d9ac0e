//! What libphonenumber's metadata says of digits.
//!
//! No digit may be gained or lost on the way, and there is no default region: with one,
//! libphonenumber turns some valid numbers into others.

use rlibphonenumber::{ParseError, PhoneNumber, PhoneNumberType, ValidationError};

use super::super::country::Country;
use super::super::invalid::{InvalidCode, Problem};
use super::super::libphonenumber::LIBRARY;
use super::suggestion::told;
use super::{E164, Line, calling_code, numbering};

/// Looks a `+` and digits up: the number, and what kind of line it is.
///
/// # Errors
///
/// It is no valid number, is one to which nothing is sent, or has other digits than were written.
pub(super) fn judge(written: &str) -> Result<(E164, Line), Problem> {
    if let Some(kind) = numbering::kind(&written[1..])
        && let Some(line) = line_of(kind)?
        && let Some(phone) = E164::from_digits(&written[1..])
    {
        return Ok((phone, line));
    }
    let parsed = LIBRARY
        .parse(written, None)
        .map_err(|error| unparsable(&error))?;
    let Some(line) = line_of(LIBRARY.get_number_type(&parsed))? else {
        return Err(not_valid(&parsed));
    };
    let understood = digits_of(&parsed);
    match E164::from_digits(&written[1..]) {
        Some(phone) if u128::from(phone.value()) == understood => Ok((phone, line)),
        _ => Err(other_digits(&written[1..], understood)),
    }
}

/// The line of a valid number of a kind; none where it is not valid.
///
/// # Errors
///
/// Nothing is sent to numbers of this kind.
fn line_of(kind: PhoneNumberType) -> Result<Option<Line>, Problem> {
    match kind {
        PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile => Ok(Some(Line::Mobile)),
        PhoneNumberType::FixedLine => Ok(Some(Line::Fixed)),
        PhoneNumberType::TollFree
        | PhoneNumberType::SharedCost
        | PhoneNumberType::VoIP
        | PhoneNumberType::PersonalNumber
        | PhoneNumberType::Pager
        | PhoneNumberType::UAN
        | PhoneNumberType::VoiceMail => Ok(Some(Line::Unusual)),
        PhoneNumberType::PremiumRate => Err(Problem::new(
            InvalidCode::PhoneNotAllowed,
            "a premium-rate number; passcodes are not sent to one, so use another number",
        )),
        PhoneNumberType::Unknown => Ok(None),
    }
}

/// The country that a valid number is of; none where it is of no country, or nobody knows of which.
pub(super) fn country(phone: E164) -> Option<Country> {
    let parsed = LIBRARY.parse(phone.to_string(), None).ok()?;
    let region = LIBRARY.get_region_for_number(&parsed)?;
    Country::of(region)
}

/// The number that a `+` and digits are, if it is a valid one to which something may be sent.
pub(super) fn number(written: &str) -> Option<E164> {
    judge(written).ok().map(|(phone, _)| phone)
}

/// Whether a `+` and digits are a valid number of any kind, all of them.
pub(super) fn is_number(written: &str) -> bool {
    if let Some(kind) = numbering::kind(&written[1..]) {
        return kind != PhoneNumberType::Unknown;
    }
    let Ok(parsed) = LIBRARY.parse(written, None) else {
        return false;
    };
    LIBRARY.get_number_type(&parsed) != PhoneNumberType::Unknown
        && written[1..].parse() == Ok(digits_of(&parsed))
}

/// How many digits at the start of a national number are the trunk prefix, which is dialed at home
/// and never from abroad; `None` where it begins with none.
pub(super) fn trunk_prefix(digits: &str, country: Country) -> Option<usize> {
    /// Those that there are. Whatever else libphonenumber drops chooses a carrier or a country.
    const PREFIXES: [&str; 5] = ["0", "1", "8", "06", "80"];
    let parsed = LIBRARY.parse(digits, Some(country.region())).ok()?;
    let national = parsed.get_national_significant_number();
    let prefix = digits.strip_suffix(national.as_str())?;
    let is_of_country = parsed.country_code == i32::from(country.calling_code());
    (is_of_country && PREFIXES.contains(&prefix)).then_some(prefix.len())
}

/// The digit, 0 to 9, that a digit of another script stands for.
pub(super) fn digit_of_other_script(character: char) -> Option<char> {
    if character.is_ascii() || !character.is_numeric() {
        return None;
    }
    let digits = LIBRARY.normalize_digits_only(character.to_string());
    digits.chars().next()
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

fn not_valid(number: &PhoneNumber) -> Problem {
    let country = number.country_code;
    match LIBRARY.is_possible_number_with_reason(number) {
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
fn other_digits(written: &str, understood: u128) -> Problem {
    let understood = understood.to_string();
    let (code, national) = calling_code::split(written);
    let meant = E164::from_digits(&understood);
    // What libphonenumber dropped is a trunk or carrier prefix of one to three digits.
    let dropped = understood
        .strip_prefix(code)
        .and_then(|understood| national.strip_suffix(understood))
        .filter(|dropped| (1..=3).contains(&dropped.len()));
    let what = match dropped {
        Some(dropped) => format!("drop the `{dropped}` behind the country code +{code}"),
        None => format!(
            "not how a number of country code +{code} is dialed from abroad; \
             write it without a trunk or carrier prefix, and in full"
        ),
    };
    told(InvalidCode::PhoneExtraDigits, what, meant)
}

//! Numbers as they are dialed at home, of a country that is named beside them.
//!
//! Nothing but the country's calling code is put before such a number, and nothing but its trunk
//! prefix is left out. Then it is judged like any other.

use super::super::country::Country;
use super::super::invalid::{InvalidCode, Problem};
use super::groups::Gap;
use super::metadata::{is_number, number, trunk_prefix};
use super::suggestion::told;
use super::{E164, Reading, diagnosis, international, judged};

/// What is told of a text without a `+` before anything else.
const CERTAIN: [InvalidCode; 2] = [
    InvalidCode::PhoneInternationalPrefix,
    InvalidCode::PhoneSeveral,
];

/// Reads a number without a `+` as one of a country.
///
/// # Errors
///
/// A [`Problem`] with one of the `phone_…` codes; one where the number can be read in two ways, too.
pub(super) fn read(text: &str, country: Country) -> Result<Reading, Problem> {
    let is_plain = |c: char| c.is_ascii_digit() || Gap::of(c).is_some();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    // No national number begins with two zeros.
    if !text.chars().all(is_plain) || digits.is_empty() || digits.starts_with("00") {
        return international(text);
    }
    // One of two readings is refused as a rule: why is found out where it is told alone.
    let behind_code = |text: &str| {
        let text = format!("+{} {text}", country.calling_code());
        judged(&text).map_err(|found| move || diagnosis::likelier(&text, found))
    };
    let whole = behind_code(text);
    if let Ok(reading) = &whole
        && let Some(problem) = with_code(&digits, country, reading.phone)
    {
        return Err(problem);
    }
    let prefix = trunk_prefix(&digits, country);
    let without = prefix.map(|prefix| behind_code(behind_digits(text, prefix)));
    // A number of the plan that is refused may be what is meant all the same.
    let is_number = |digits: &str| is_number(&format!("+{}{digits}", country.calling_code()));
    match (whole, without) {
        (Ok(whole), Some(Ok(without))) => Err(Problem::new(
            InvalidCode::PhoneExtraDigits,
            format!(
                "has two readings in {country}: {} and {}; write the one that is meant",
                whole.phone, without.phone
            ),
        )),
        (Ok(_), Some(Err(why))) if is_number(&digits[prefix.unwrap_or(0)..]) => Err(why()),
        (Err(why), Some(Ok(_))) if is_number(&digits) => Err(why()),
        (Ok(reading), _) | (Err(_), Some(Ok(reading))) => Ok(reading),
        (Err(why), None) | (Err(_), Some(Err(why))) => Err(likelier(text, &digits, country, why)),
    }
}

/// Refuses digits that begin with the country code and are a number behind a `+`, too: in Finland's
/// plan of variable length `358101276` may be a national number, or one that lacks its `+`.
///
/// Behind a trunk prefix there is one reading.
fn with_code(digits: &str, country: Country, phone: E164) -> Option<Problem> {
    let code = country.calling_code().to_string();
    let again = format!("+{digits}");
    (digits.starts_with(&code) && is_number(&again)).then(|| {
        Problem::new(
            InvalidCode::PhoneMissingPlus,
            format!(
                "has two readings in {country}: {phone}, or {again} without its `+`; write the \
                 one that is meant, with `+`"
            ),
        )
    })
}

/// The text behind so many digits.
fn behind_digits(text: &str, count: usize) -> &str {
    let mut digits = text.char_indices().filter(|(_, c)| c.is_ascii_digit());
    let last = count.checked_sub(1).and_then(|before| digits.nth(before));
    last.map_or(text, |(at, _)| &text[at + 1..])
}

/// Why digits are no number of a country: what is likelier, or else `why`.
fn likelier(text: &str, digits: &str, country: Country, why: impl FnOnce() -> Problem) -> Problem {
    if let Err(problem) = international(text)
        && CERTAIN.contains(&problem.code)
    {
        return problem;
    }
    let meant = number(&format!("+{digits}"));
    match meant.filter(|meant| meant.calling_code() == country.calling_code()) {
        Some(meant) => told(
            InvalidCode::PhoneMissingPlus,
            "write `+` before the country code",
            Some(meant),
        ),
        None => why(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;

    fn read_in(country: &str, cell: &str) -> Result<String, &'static str> {
        match read(cell, Some(country.parse().unwrap())) {
            Ok(reading) => Ok(reading.phone.to_string()),
            Err(problem) => Err(problem.code.as_str()),
        }
    }

    #[test]
    fn a_national_number_has_the_digits_of_the_cell_behind_the_country_code() {
        for (country, cell, number) in [
            ("GB", "07911 123456", "+447911123456"),
            ("GB", "(0)7911 123456", "+447911123456"),
            ("GB", "7911 123456", "+447911123456"),
            ("gb", "020 7946 0958", "+442079460958"),
            ("DE", "0170/1234567", "+491701234567"),
            ("DE", "0151 23456789", "+4915123456789"),
            ("DE", "0491 7012345", "+494917012345"),
            ("US", "(512) 555-1234", "+15125551234"),
            ("US", "1 512 555 1234", "+15125551234"),
            ("CA", "512-555-1234", "+15125551234"),
            ("IT", "06 1234 5678", "+390612345678"),
            ("IT", "312 345 6789", "+393123456789"),
            ("HU", "06 20 123 4567", "+36201234567"),
            ("RU", "8 912 345-67-89", "+79123456789"),
            ("KZ", "8 701 234 5678", "+77012345678"),
            ("BR", "11 96123 4567", "+5511961234567"),
            ("BR", "(55) 91234 5678", "+5555912345678"),
            ("CI", "01 23 45 67 89", "+2250123456789"),
            ("FO", "21 12 34", "+298211234"),
            ("MX", "55 1234 5678", "+525512345678"),
        ] {
            let found = read_in(country, cell);
            assert_eq!(found.as_deref(), Ok(number), "{cell} in {country}");
        }
    }

    #[test]
    fn a_number_with_a_plus_is_of_its_own_country_whatever_is_named_beside_it() {
        for country in ["DE", "US", "GB"] {
            assert_eq!(
                read_in(country, "+44 7911 123456").as_deref(),
                Ok("+447911123456")
            );
            assert_eq!(read_in(country, "+7911 123456"), Err("phone_too_short"));
        }
    }

    #[test]
    fn what_is_no_number_of_the_country_is_refused_and_nothing_is_made_of_it() {
        for (country, cell, code) in [
            ("GB", "0044 7911 123456", "phone_international_prefix"),
            ("US", "011 44 7911 123456", "phone_international_prefix"),
            ("GB", "447911123456", "phone_missing_plus"),
            ("IN", "91 91234 56789", "phone_missing_plus"),
            ("GB", "07911 12345", "phone_not_valid"),
            ("GB", "00 7911 123456", "phone_international_prefix"),
            ("GB", "0 07911 123456", "phone_international_prefix"),
            ("GB", "112", "phone_not_allowed"),
            ("US", "911", "phone_not_allowed"),
            ("US", "555 1234", "phone_not_valid"),
            ("BS", "355 1234", "phone_not_valid"),
            ("GB", "0909 879 0123", "phone_not_allowed"),
            ("DE", "0170 1234567/8", "phone_ambiguous_end"),
            ("DE", "0170 1234567-8", "phone_ambiguous_end"),
            ("DE", "491701234567", "phone_missing_plus"),
            ("DE", "49 170 1234567", "phone_missing_plus"),
            // The whole is a number of the plan, too.
            ("AX", "358101276", "phone_missing_plus"),
            ("BR", "11 6123 4567", "phone_old_plan"),
            ("MX", "1 55 1234 5678", "phone_old_plan"),
            ("AR", "011 15 2345 6789", "phone_extra_digits"),
            ("GB", "07911 123456 / 07911 123457", "phone_several"),
            ("GB", "07911 123456 x9", "phone_extension"),
            ("GB", "07911 12345O", "phone_letters"),
            ("GB", "'07911 123456", "phone_character"),
            ("GB", "7.911123456E+9", "phone_scientific_notation"),
            ("GB", "-", "phone_missing"),
            ("GB", "", "phone_missing"),
        ] {
            assert_eq!(read_in(country, cell), Err(code), "{cell} in {country}");
        }
    }
}

//! The country that a national number is of.

use std::fmt;
use std::str::FromStr;

use rlibphonenumber::Region;

use super::libphonenumber::LIBRARY;

/// A country with phone numbers of its own, by its code of two letters (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Country(Region);

impl Country {
    /// The country calling code: 1, 44, 353. Several countries may have the same.
    pub(crate) fn calling_code(self) -> u16 {
        let code = LIBRARY.get_country_code_for_region(self.0);
        code.and_then(|code| code.try_into().ok())
            .expect("a country has a calling code, or it was not taken")
    }

    /// The country of a region; none for what belongs to no country, such as satellite phones.
    pub(super) fn of(region: Region) -> Option<Self> {
        (region != Region::World).then_some(Self(region))
    }

    /// The country as libphonenumber knows it.
    pub(crate) fn region(self) -> Region {
        self.0
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_region_str())
    }
}

impl FromStr for Country {
    type Err = NotACountry;

    /// Reads a code in either case.
    fn from_str(text: &str) -> Result<Self, NotACountry> {
        if text.eq_ignore_ascii_case("UK") {
            return Err(NotACountry::Uk);
        }
        let region = Region::from_code(text).map_err(|_| NotACountry::Shape)?;
        match LIBRARY.get_country_code_for_region(region) {
            Some(_) if region != Region::World => Ok(Self(region)),
            Some(_) | None => Err(NotACountry::Unknown),
        }
    }
}

/// Why a text names no country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotACountry {
    /// It is no code of two letters.
    Shape,
    /// No country has the code, or its country has no phone numbers of its own.
    Unknown,
    /// It is a code that many take for the one of the United Kingdom.
    Uk,
}

impl fmt::Display for NotACountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotACountry::Shape => "expected a code of two letters (ISO 3166), such as DE or US",
            NotACountry::Unknown => {
                "no country with phone numbers of its own has this code (ISO 3166)"
            }
            NotACountry::Uk => "the code of the United Kingdom is GB (ISO 3166)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_known_by_its_two_letters_alone() {
        for (text, known) in [
            ("DE", Ok(("DE", 49))),
            ("gb", Ok(("GB", 44))),
            ("US", Ok(("US", 1))),
            ("CA", Ok(("CA", 1))),
            ("KZ", Ok(("KZ", 7))),
            ("HU", Ok(("HU", 36))),
            ("IT", Ok(("IT", 39))),
            ("FR", Ok(("FR", 33))),
            ("UK", Err(NotACountry::Uk)),
            ("AQ", Err(NotACountry::Unknown)),
            ("ZZ", Err(NotACountry::Unknown)),
            ("001", Err(NotACountry::Unknown)),
            ("DEU", Err(NotACountry::Shape)),
            ("Germany", Err(NotACountry::Shape)),
            ("49", Err(NotACountry::Shape)),
            ("", Err(NotACountry::Shape)),
        ] {
            let found = text
                .parse::<Country>()
                .map(|country| (country.to_string(), country.calling_code()));
            let known = known.map(|(code, calling): (&str, u16)| (code.to_owned(), calling));
            assert_eq!(found, known, "{text}");
        }
    }
}

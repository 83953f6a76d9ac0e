//! E.164, the one normal form of a phone, and why a text is none.
//!
//! A wrong number hands a stranger a second factor, so nothing is guessed: a
//! strict front (`digits`) decides which characters a number may
//! hold, libphonenumber's metadata decides whether it exists, and no digit may be
//! gained or lost on the way. A cell that is refused gets the likeliest reason (`foreign` for
//! characters, `diagnosis` for digits) and, where one is plausible, the number that may be meant.

mod calling_code;
mod diagnosis;
mod digits;
#[cfg(test)]
mod examples;
mod foreign;
mod groups;
mod letters;
mod meant;
mod metadata;
mod national;
mod numbering;
mod old_plan;
pub(crate) mod stored_number;
mod suggestion;
mod uri;
mod wrapping;

use std::fmt;

use super::country::Country;
use super::invalid::{InvalidCode, Problem};
use diagnosis::{SECOND, TWO_NUMBERS, likelier};
use digits::Digits;
use wrapping::unwrapped;

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

/// A phone that was taken, and what was seen of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The number.
    pub(crate) phone: E164,
    /// What kind of line it is.
    pub(crate) line: Line,
    /// Whether the cell holds a space or dash of another kind than the plain ones, or a mark or
    /// quotation round the number.
    pub(crate) has_unusual_separator: bool,
}

impl E164 {
    /// Reads a number in international format, and tells what kind of line it is.
    ///
    /// Spaces and dashes of any kind, `.`, `(`, `)` and `/` are dropped, and what address books and
    /// spreadsheets put round a number; what remains must be one `+` and the digits of a valid
    /// number, all of them.
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
        read(text, None).map(|reading| (reading.phone, reading.line))
    }

    /// The digits without the `+`.
    pub fn digits(self) -> String {
        self.0.to_string()
    }

    /// The country calling code: 1, 44, 353.
    pub(crate) fn calling_code(self) -> u16 {
        let digits = self.digits();
        let (code, _) = calling_code::split(&digits);
        code.parse().expect("at most three digits")
    }

    /// The country that it is of; none where it is of no country, or nobody knows of which.
    pub(crate) fn country(self) -> Option<Country> {
        metadata::country(self)
    }

    /// The digits behind the country code.
    pub(crate) fn national_digits(self) -> String {
        calling_code::split(&self.digits()).1.to_owned()
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
        let (code, _) = calling_code::split(&digits);
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

/// Reads the cell of a phone: one that has a `+` in international format, as [`E164::parse`] does,
/// and another one as a number of the country, where there is one.
///
/// # Errors
///
/// A [`Problem`] with one of the `phone_…` codes.
pub(crate) fn read(cell: &str, country: Option<Country>) -> Result<Reading, Problem> {
    let unwrapped = unwrapped(cell);
    let reading = match country.filter(|_| !unwrapped.text.contains('+')) {
        Some(country) => national::read(unwrapped.text, country)?,
        None => international(unwrapped.text)?,
    };
    Ok(Reading {
        has_unusual_separator: unwrapped.was_wrapped || reading.has_unusual_separator,
        ..reading
    })
}

fn international(text: &str) -> Result<Reading, Problem> {
    judged(text).map_err(|found| likelier(text, found))
}

/// As [`international`]; the problem is the first that is found, whatever is likelier.
fn judged(text: &str) -> Result<Reading, Problem> {
    let digits = Digits::read(text)?;
    let judged = digits.check().and_then(|()| {
        let (phone, line) = metadata::judge(digits.with_plus())?;
        has_one_end(&digits)?;
        has_code_once(&digits, line)?;
        has_no_trunk_zero(&digits)?;
        Ok((phone, line))
    });
    match (judged, &digits.refused) {
        // Graver than a dash of another kind, for which the cell is refused anyway.
        (Err(problem), _) if problem.code == InvalidCode::PhoneAmbiguousEnd => Err(problem),
        (Ok(_) | Err(_), Some(refused)) => Err(refused.clone()),
        (Err(problem), None) => Err(problem),
        (Ok((phone, line)), None) => Ok(Reading {
            phone,
            line,
            has_unusual_separator: digits.has_unusual,
        }),
    }
}

/// Refuses a valid number behind which a second one may begin: what stands before is valid, too.
fn has_one_end(digits: &Digits) -> Result<(), Problem> {
    let is_number = |count: &usize| metadata::is_number(digits.first(*count));
    if let Some(shorter) = digits.groups.cuts().find(is_number) {
        return Err(Problem::new(
            InvalidCode::PhoneAmbiguousEnd,
            format!(
                "has two readings: {}, or {} with a second number or an extension behind \
                 it; write the number that is meant, its digits together",
                digits.with_plus(),
                digits.first(shorter)
            ),
        ));
    }
    match digits.groups.before_slashes(SECOND).find(is_number) {
        Some(_) => Err(Problem::new(InvalidCode::PhoneSeveral, TWO_NUMBERS)),
        None => Ok(()),
    }
}

/// Refuses a valid number whose country code may be there twice: without the first it is valid, too.
///
/// In a plan of variable length `+49 49 170 1234567` passes for a fixed line. The second code says
/// that it is one by standing apart, or by a mobile behind it where the whole is none.
fn has_code_once(digits: &Digits, line: Line) -> Result<(), Problem> {
    let written = &digits.with_plus()[1..];
    let (code, national) = calling_code::split(written);
    if !national.starts_with(code) {
        return Ok(());
    }
    let groups = &digits.groups;
    let again = format!("+{national}");
    let is_twice = if groups.has_start(2 * code.len()) {
        metadata::number(&again).is_some()
    } else {
        let is_mobile = |line| line == Line::Mobile;
        groups.is_unbroken_behind(code.len())
            && !is_mobile(line)
            && metadata::judge(&again).is_ok_and(|(_, line)| is_mobile(line))
    };
    if !is_twice {
        return Ok(());
    }
    Err(Problem::new(
        InvalidCode::PhoneCountryCodeTwice,
        format!(
            "has two readings: +{written}, or {again} with the country code before it twice; \
             write the number that is meant, its area code apart"
        ),
    ))
}

/// Refuses a valid number with a zero that stands apart behind the country code: without it the number
/// is valid, too.
///
/// Italy's fixed lines keep their zero abroad, so `+39 (0)312 3456789` passes for one of them.
fn has_no_trunk_zero(digits: &Digits) -> Result<(), Problem> {
    let written = &digits.with_plus()[1..];
    let (code, national) = calling_code::split(written);
    let groups = &digits.groups;
    let stands_apart = groups.has_start(code.len()) && groups.has_start(code.len() + 1);
    let without = national.strip_prefix('0').filter(|_| stands_apart);
    let without = without.map(|without| format!("+{code}{without}"));
    match without.filter(|without| metadata::is_number(without)) {
        None => Ok(()),
        Some(without) => Err(Problem::new(
            InvalidCode::PhoneTrunkZero,
            format!(
                "has two readings: +{written}, or {without} with the `0` of calls at home; \
                 write the number that is meant, without a `0` that stands apart"
            ),
        )),
    }
}

#[cfg(test)]
mod tests;

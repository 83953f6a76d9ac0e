//! A value that a person gave, together with the name of what it was given for.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::Error;
use super::origin::Origin;

/// A value together with what it was given by.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) origin: Origin,
    pub(super) value: OsString,
}

impl Given {
    /// What was typed behind an option.
    pub(super) fn typed(option: &'static str, value: impl Into<OsString>) -> Self {
        Self {
            origin: Origin::Option(option),
            value: value.into(),
        }
    }

    /// The value as text.
    ///
    /// # Errors
    ///
    /// It is not UTF-8. The value is not shown: it may be a secret.
    pub(super) fn text(&self) -> Result<&str, Error> {
        let text = self.value.to_str();
        text.ok_or_else(|| Error::new(format!("{} is not UTF-8", self.origin)))
    }

    /// The value as a path, which may be anything.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "every setting is read by a function of this kind"
    )]
    pub(super) fn path(&self) -> Result<PathBuf, Error> {
        Ok(PathBuf::from(&self.value))
    }

    /// Reads the value by its type's own rules.
    pub(super) fn parse<T: FromStr<Err: fmt::Display>>(&self) -> Result<T, Error> {
        self.text()?.parse().map_err(|error| self.wrong(&error))
    }

    /// Reads one of these words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Error> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            let (last, others) = words.split_last().expect("there are words");
            self.wrong(&format_args!("expected {} or {last}", others.join(", ")))
        })
    }

    /// Reads a whole number from a range.
    pub(super) fn number<N>(&self, least: N, most: N) -> Result<N, Error>
    where
        N: TryFrom<u64> + PartialOrd + fmt::Display + Copy,
    {
        let number: Option<u64> = self.text()?.parse().ok();
        let number = number.and_then(|number| N::try_from(number).ok());
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| {
                self.wrong(&format_args!(
                    "expected a whole number from {least} to {most}"
                ))
            })
    }

    /// Reads a whole number that may be as large as there is.
    pub(super) fn at_least(&self, least: u64) -> Result<u64, Error> {
        let number: Option<u64> = self.text()?.parse().ok();
        number
            .filter(|number| *number >= least)
            .ok_or_else(|| self.wrong(&format_args!("expected a whole number of {least} or more")))
    }

    /// Reads a time such as `90s`, `500ms`, `1h 30m`, `1d`.
    pub(super) fn duration(&self) -> Result<Duration, Error> {
        duration(self.text()?).map_err(|NotATime| self.wrong(&NotATime))
    }

    /// Reads a time that must not be zero: nothing would be waited for.
    pub(super) fn some_time(&self) -> Result<Duration, Error> {
        let time = self.duration()?;
        if time.is_zero() {
            return Err(self.wrong(&"expected more than no time"));
        }
        Ok(time)
    }

    /// Refuses the value, and shows it.
    pub(super) fn wrong(&self, why: &dyn fmt::Display) -> Error {
        let value = self.value.to_string_lossy();
        let (value, name) = (shortened(&value), &self.origin);
        Error::new(format!("invalid value '{value}' for {name}: {why}"))
    }

    /// Refuses a value that may hold a password: it is not shown.
    pub(super) fn wrong_unseen(&self, why: &dyn fmt::Display) -> Error {
        Error::new(format!("invalid value for {}: {why}", self.origin))
    }
}
/// As much of a value as says which it was.
pub(super) fn shortened(value: &str) -> String {
    const SHOWN: usize = 60;
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATime;

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a time with its unit, such as `90s`, `2h`, `1h 30m` or `1d`")
    }
}

/// The longest time that can be meant: a hundred years, which every clock can still be added to.
pub(crate) const LONGEST: Duration = Duration::from_hours(100 * 366 * 24);

/// Reads a time such as `90s`, `500ms`, `1h 30m`, `1d`; a day is 24 hours.
///
/// # Errors
///
/// It is none, it is negative, or it is longer than [`LONGEST`].
pub fn duration(text: &str) -> Result<Duration, NotATime> {
    let span: Span = text.parse().map_err(|_| NotATime)?;
    let signed = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| NotATime)?;
    let time = Duration::try_from(signed).map_err(|_| NotATime)?;
    (time <= LONGEST).then_some(time).ok_or(NotATime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn times_have_a_unit() {
        for (text, milliseconds) in [
            ("30s", 30_000),
            ("500ms", 500),
            ("1h", 3_600_000),
            ("1h 30m", 5_400_000),
            ("2m", 120_000),
            ("0s", 0),
            ("90s", 90_000),
            ("1d", 86_400_000),
            ("1d 2h", 93_600_000),
            ("1.5h", 5_400_000),
        ] {
            assert_eq!(
                duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for wrong in ["", "30", "-1s", "s", "1 parsec", "1e9h", "1mo", "1y"] {
            assert_eq!(duration(wrong), Err(NotATime), "{wrong:?}");
        }
    }

    #[test]
    fn a_time_that_no_clock_can_be_added_to_is_refused() {
        assert!(clock::now().checked_add(LONGEST).is_some());
        assert_eq!(duration("878400h"), Ok(LONGEST));
        assert_eq!(duration("878400h 1s"), Err(NotATime));
        assert_eq!(duration("9223372036854775807s"), Err(NotATime));
    }

    #[test]
    fn a_wrong_value_is_named_and_shown_unless_it_may_hold_a_password() {
        let given = |value: &str| Given::typed("--concurrency", value);
        for (error, expected) in [
            (
                given("many").number(1_u32, 10).unwrap_err(),
                "invalid value 'many' for --concurrency: expected a whole number from 1 to 10",
            ),
            (
                given("0").at_least(1).unwrap_err(),
                "invalid value '0' for --concurrency: expected a whole number of 1 or more",
            ),
            (
                given("s3cr3t").wrong_unseen(&"no"),
                "invalid value for --concurrency: no",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
        let long = "ü".repeat(100);
        let shown = given(&long).wrong(&"no").to_string();
        assert!(shown.contains(&format!("'{}…'", "ü".repeat(60))), "{shown}");
    }
}

//! Environment variables, and values that a person wrote.

use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::Error;

/// Where environment variables come from: the process, or a test.
pub struct Env<'a> {
    get: &'a dyn Fn(&str) -> Option<OsString>,
}

impl fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Env")
    }
}

impl<'a> Env<'a> {
    /// Reads variables with this function.
    pub fn new(get: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Self { get }
    }

    /// The value of a variable as it is; an empty one counts as not set.
    pub fn os(&self, name: &str) -> Option<OsString> {
        (self.get)(name).filter(|value| !value.is_empty())
    }

    /// The value of a variable as text.
    ///
    /// # Errors
    ///
    /// It is not UTF-8. The value is not shown: it may be a secret.
    pub fn text(&self, name: &str) -> Result<Option<String>, Error> {
        self.os(name)
            .map(|value| {
                value
                    .into_string()
                    .map_err(|_| Error::new(format!("`{name}` is not UTF-8")))
            })
            .transpose()
    }
}

/// A value together with the name of the setting that it was given for.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// The flag, or else the variable.
pub(super) fn given(
    flag: Option<&String>,
    flag_name: &'static str,
    env: &Env<'_>,
    variable: &'static str,
) -> Result<Option<Given>, Error> {
    if let Some(value) = flag {
        return Ok(Some(Given {
            name: flag_name,
            value: value.clone(),
        }));
    }
    Ok(env.text(variable)?.map(|value| Given {
        name: variable,
        value,
    }))
}

/// A flag that no variable stands in for.
pub(super) fn flag(value: Option<&String>, name: &'static str) -> Option<Given> {
    value.map(|value| Given {
        name,
        value: value.clone(),
    })
}

impl Given {
    /// Reads the value by its type's own rules.
    pub(super) fn parse<T: FromStr<Err: fmt::Display>>(&self) -> Result<T, Error> {
        self.value.parse().map_err(|error| self.wrong(&error))
    }

    /// Reads a whole number from a range.
    pub(super) fn number(&self, least: u64, most: u64) -> Result<u64, Error> {
        match self.value.parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ if most == u64::MAX => {
                Err(self.wrong(&format_args!("expected a whole number of {least} or more")))
            }
            _ => Err(self.wrong(&format_args!(
                "expected a whole number from {least} to {most}"
            ))),
        }
    }

    /// Reads a time such as `90s`, `500ms`, `1h 30m`, `1d`.
    pub(super) fn duration(&self) -> Result<Duration, Error> {
        duration(&self.value).map_err(|NotATime| self.wrong(&NotATime))
    }

    /// Refuses the value, and shows it.
    pub(super) fn wrong(&self, why: &dyn fmt::Display) -> Error {
        Error::new(format!(
            "invalid value '{}' for {}: {why}",
            shortened(&self.value),
            self.name
        ))
    }

    /// Refuses a value that may hold a password: it is not shown.
    pub(super) fn wrong_unseen(&self, why: &dyn fmt::Display) -> Error {
        Error::new(format!("invalid value for {}: {why}", self.name))
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
pub const LONGEST: Duration = Duration::from_hours(100 * 366 * 24);

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
    fn a_wrong_value_is_named_with_its_setting_and_shown_unless_it_may_hold_a_password() {
        let given = |value: &str| Given {
            name: "--concurrency",
            value: value.to_owned(),
        };
        for (error, expected) in [
            (
                given("many").number(1, 10).unwrap_err(),
                "invalid value 'many' for --concurrency: expected a whole number from 1 to 10",
            ),
            (
                given("0").number(1, u64::MAX).unwrap_err(),
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

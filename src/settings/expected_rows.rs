//! How many rows a wave is to have.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::report::quantity::count;

/// From how many rows to how many; both numbers are among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedRows(RangeInclusive<u64>);

/// Why a text says no number of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumberOfRows;

impl ExpectedRows {
    /// Whether a wave of so many rows is as it was expected.
    pub fn contains(&self, rows: u64) -> bool {
        self.0.contains(&rows)
    }
}

impl FromStr for ExpectedRows {
    type Err = NotANumberOfRows;

    /// `3000`, `2900..3100`, `2900..`, `..3100`.
    fn from_str(text: &str) -> Result<Self, NotANumberOfRows> {
        let number = |text: &str| text.parse::<u64>().map_err(|_| NotANumberOfRows);
        let range = match text.split_once("..") {
            None => {
                let rows = number(text)?;
                rows..=rows
            }
            Some(("", "")) => return Err(NotANumberOfRows),
            Some((least, "")) => number(least)?..=u64::MAX,
            Some(("", most)) => 0..=number(most)?,
            Some((least, most)) => number(least)?..=number(most)?,
        };
        if range.is_empty() {
            return Err(NotANumberOfRows);
        }
        Ok(Self(range))
    }
}

/// `3,000`, `2,900 to 3,100`, `2,900 or more`, `at most 3,100`.
impl fmt::Display for ExpectedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (*self.0.start(), *self.0.end());
        if least == most {
            f.write_str(&count(least))
        } else if most == u64::MAX {
            write!(f, "{} or more", count(least))
        } else if least == 0 {
            write!(f, "at most {}", count(most))
        } else {
            write!(f, "{} to {}", count(least), count(most))
        }
    }
}

impl fmt::Display for NotANumberOfRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a number of rows, or two such as `2900..3100`, the smaller one first")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_rows_is_one_number_or_the_first_and_the_last_that_may_be() {
        for (text, inside, outside, said) in [
            ("3000", &[3000][..], &[0, 2999, 3001][..], "3,000"),
            ("0", &[0], &[1], "0"),
            ("2900..3100", &[2900, 3100], &[2899, 3101], "2,900 to 3,100"),
            ("5..5", &[5], &[4, 6], "5"),
            ("1000..", &[1000, u64::MAX], &[0, 999], "1,000 or more"),
            ("..20", &[0, 20], &[21], "at most 20"),
        ] {
            let expected: ExpectedRows = text.parse().unwrap();
            assert_eq!(expected.to_string(), said);
            assert!(inside.iter().all(|&rows| expected.contains(rows)), "{text}");
            let fits = outside.iter().any(|&rows| expected.contains(rows));
            assert!(!fits, "{text}");
        }
        for wrong in ["", "..", "2..1", "-1", "1,000", "1..=2", "many", "1...2"] {
            assert_eq!(
                wrong.parse::<ExpectedRows>(),
                Err(NotANumberOfRows),
                "{wrong}"
            );
        }
    }
}

//! Whom somebody asks about, however they name them.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use uuid::Uuid;

use super::email::EmailAddress;
use super::ids::RunId;
use super::phone::E164;
use super::request::Address;
use super::row::RowNumber;

/// Whom somebody asks about. A phone in it is masked where it is shown for debugging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A row of a wave: `WAVE.csv:17`.
    Row(PathBuf, RowNumber),
    /// One request, by the identifier that PingOne's audit log has of it.
    Transaction {
        /// The run that sent it.
        run: RunId,
        /// The row that it was for.
        row: RowNumber,
        /// Which attempt it was.
        attempt: u32,
    },
    /// A user, a device or an answer, by an ID.
    Id(Uuid),
    /// A phone or an email address.
    Address(Address),
    /// An answer, by a correlation ID that is no UUID.
    Correlation(String),
}

/// Nothing was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nobody;

impl fmt::Display for Nobody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is empty")
    }
}

impl FromStr for Who {
    type Err = Nobody;

    /// | text | what it is |
    /// | --- | --- |
    /// | ends with `:` and a number | a row of a wave |
    /// | a UUID, behind it `-` and a number, twice | a transaction |
    /// | a UUID | a user, a device or an answer |
    /// | an email address | that |
    /// | seven digits or more, and what stands between the digits of a phone | a phone |
    /// | anything else | a correlation ID |
    fn from_str(text: &str) -> Result<Self, Nobody> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Nobody);
        }
        let known = row(text)
            .or_else(|| transaction(text))
            .or_else(|| uuid(text).map(Self::Id))
            .or_else(|| {
                text.parse()
                    .ok()
                    .map(|email: EmailAddress| Self::Address(Address::Email(email)))
            })
            .or_else(|| phone(text));
        Ok(known.unwrap_or_else(|| Self::Correlation(text.to_owned())))
    }
}

/// In the form with hyphens: digits alone may be a phone.
fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok())?
}

fn row(text: &str) -> Option<Who> {
    let (wave, number) = text.rsplit_once(':')?;
    let number = number.parse().ok().filter(|number| *number > 0)?;
    (!wave.is_empty()).then(|| Who::Row(PathBuf::from(wave), RowNumber(number)))
}

fn transaction(text: &str) -> Option<Who> {
    let (run, rest) = text.split_at_checked(36)?;
    let (row, attempt) = rest.strip_prefix('-')?.split_once('-')?;
    Some(Who::Transaction {
        run: run.parse().ok()?,
        row: RowNumber(row.parse().ok()?),
        attempt: attempt.parse().ok()?,
    })
}

fn phone(text: &str) -> Option<Who> {
    let fits = |c: char| c.is_ascii_digit() || " +-.()/".contains(c);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let phone = E164::from_digits(&digits).filter(|_| text.chars().all(fits))?;
    Some(Who::Address(Address::Phone(phone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_names_is_known_by_its_form() {
        let id = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";
        let phone = Who::Address(Address::Phone(E164::from_digits("15125551234").unwrap()));
        for (text, who) in [
            (
                "waves/a.csv:17",
                Who::Row("waves/a.csv".into(), RowNumber(17)),
            ),
            ("a:b.csv:1", Who::Row("a:b.csv".into(), RowNumber(1))),
            ("a.csv:0", Who::Correlation("a.csv:0".into())),
            (id, Who::Id(id.parse().unwrap())),
            (
                "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506-17-2",
                Who::Transaction {
                    run: id.parse().unwrap(),
                    row: RowNumber(17),
                    attempt: 2,
                },
            ),
            ("+1 (512) 555-1234", phone.clone()),
            ("15125551234", phone.clone()),
            (" +1.512.555.1234 ", phone),
            (
                "A.B@Example.com",
                Who::Address(Address::Email("A.B@Example.com".parse().unwrap())),
            ),
            ("abc", Who::Correlation("abc".into())),
            ("123", Who::Correlation("123".into())),
        ] {
            assert_eq!(text.parse(), Ok(who), "{text}");
        }
        assert_eq!(" ".parse::<Who>(), Err(Nobody));
        let shown = format!("{:?}", "+15125551234".parse::<Who>());
        assert!(!shown.contains("5551234"), "{shown}");
    }
}

//! What each cell means by itself.

use super::super::country::Country;
use super::super::email::EmailAddress;
use super::super::hidden::is_unprintable;
use super::super::ids::{NotAUuid, UserId};
use super::super::invalid::{InvalidCode, Problem};
use super::super::phone::{self, E164, Line};
use super::super::placeholder::Placeholder;
use super::super::policy_ref::{NotAPolicy, PolicyRef};
use super::super::request::{Address, DeviceStatus, DeviceType, RowDefaults};
use super::super::row::{Column, Header, InputRow};
use super::super::shell;
use super::super::unresolved::UserRef;
use super::super::user_name::{UserBy, UserName};
use super::super::warning::Warning;

/// The most characters of a nickname that PingOne takes, and of a variant's name here.
const MAX_TEXT: usize = 100;

/// The most characters of a user's name: PingOne's longest has 128, an address may have twice as many.
const MAX_NAME: usize = 256;

/// The longest language tag that is believed (RFC 5646, 4.4.1).
const MAX_LOCALE: usize = 35;

/// The cells of a row by their column; empty where the file has no such column.
pub(super) struct NamedCells<'a> {
    header: &'a Header,
    row: &'a InputRow,
}

impl<'a> NamedCells<'a> {
    pub(super) fn new(header: &'a Header, row: &'a InputRow) -> Self {
        Self { header, row }
    }

    fn raw(&self, column: Column) -> &'a str {
        match self.header.place(column) {
            Some(place) => self.row.cells.get(place),
            None => "",
        }
    }

    fn cell(&self, column: Column) -> &'a str {
        self.raw(column).trim()
    }

    fn optional(&self, column: Column) -> Option<&'a str> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty())
    }

    pub(super) fn user(&self) -> Result<UserRef, Problem> {
        let by = self.header.user_by();
        let (cell, kind) = match (self.optional(by.column()), by) {
            (None, _) => {
                let what = match by {
                    UserBy::Id => "user ID",
                    UserBy::Name(kind) => kind.described(),
                };
                let message = format!("the {what} is empty; fill it in");
                return Err(Problem::new(InvalidCode::UserIdMissing, message));
            }
            (Some(cell), UserBy::Id) => {
                let id = cell.parse();
                return id
                    .map(UserRef::Id)
                    .map_err(|error| not_an_id(InvalidCode::UserIdNotUuid, "user", cell, error));
            }
            (Some(cell), UserBy::Name(kind)) => (cell, kind),
        };
        let what = kind.described();
        let message = if cell.chars().any(is_unprintable) {
            format!("the {what} holds a line break or another control character; remove it")
        } else if cell.chars().count() > MAX_NAME {
            format!("the {what} has more than {MAX_NAME} characters, which none has; correct it")
        } else {
            return Ok(UserRef::Named(UserName::new(kind, cell)));
        };
        Err(Problem::new(InvalidCode::UserNameNotValid, message))
    }

    pub(super) fn kind(&self, defaults: &RowDefaults) -> Result<DeviceType, Problem> {
        match self.optional(Column::Type) {
            None => Ok(defaults.kind),
            Some(cell) => cell.parse().map_err(|error| {
                Problem::new(InvalidCode::TypeUnknown, format!("unknown type; {error}"))
            }),
        }
    }

    /// The kind whose address is judged where the type is not known.
    pub(super) fn likely_kind(&self) -> DeviceType {
        let phone = self.optional(Column::Phone);
        match self.optional(Column::EmailAddress) {
            Some(_) if phone.is_none() => DeviceType::Email,
            _ => DeviceType::WhatsApp,
        }
    }

    pub(super) fn address(
        &self,
        kind: DeviceType,
        defaults: &RowDefaults,
    ) -> Result<(Address, Vec<Warning>), Problem> {
        match kind {
            DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => {
                self.phone(kind, defaults)
            }
            DeviceType::Email => self.email(),
        }
    }

    /// The country that the row itself names.
    fn country(&self) -> Result<Option<Country>, Problem> {
        let country = self.optional(Column::Country).map(str::parse::<Country>);
        country.transpose().map_err(|error| {
            let what = format!("the country is not known; {error}");
            Problem::new(InvalidCode::CountryUnknown, what)
        })
    }

    fn phone(
        &self,
        kind: DeviceType,
        defaults: &RowDefaults,
    ) -> Result<(Address, Vec<Warning>), Problem> {
        let cell = self.raw(Column::Phone).trim_matches(' ');
        if cell.is_empty() {
            return Err(Problem::new(
                InvalidCode::PhoneMissing,
                "the phone is empty; fill it in",
            ));
        }
        let country = self.country()?;
        let reading = phone::read(cell, country.or(defaults.country)).map_err(|problem| {
            if cell.trim().parse::<UserId>().is_ok() {
                return swapped("an ID stands where the phone belongs");
            }
            problem
        })?;
        let unusual = reading.has_unusual_separator;
        let unusual = unusual.then_some(Warning::UnusualSeparator);
        let is_another = |country: &Country| country.calling_code() != reading.phone.calling_code();
        let differs = country.filter(is_another).map(Warning::CountryDiffers);
        let of_line = of_line(kind, reading.line);
        let warnings = of_line.into_iter().chain(unusual).chain(differs);
        let warnings = warnings.collect();
        Ok((Address::Phone(reading.phone), warnings))
    }

    fn email(&self) -> Result<(Address, Vec<Warning>), Problem> {
        let Some(cell) = self.optional(Column::EmailAddress) else {
            let elsewhere = self.header.likely_email().map(|header| {
                let option = shell::option("--column", format!("email_address={header}"));
                format!("; if the addresses are in another column, add {option}")
            });
            return Err(Problem::new(
                InvalidCode::EmailMissing,
                format!(
                    "the email address of an EMAIL device is empty; fill it in{}",
                    elsewhere.unwrap_or_default()
                ),
            ));
        };
        match cell.parse::<EmailAddress>() {
            Ok(email) => {
                let warning = email.has_mixed_scripts().then_some(Warning::MixedScripts);
                Ok((Address::Email(email), warning.into_iter().collect()))
            }
            Err(error) => Err(Problem::new(
                InvalidCode::EmailNotValid,
                in_place_of(cell, "an email address").unwrap_or_else(|| error.to_string()),
            )),
        }
    }

    pub(super) fn policy(&self, defaults: &RowDefaults) -> Result<PolicyRef, Problem> {
        if let Some(cell) = self.optional(Column::PolicyId) {
            let id = cell.parse();
            return id
                .map(PolicyRef::Id)
                .map_err(|error| not_an_id(InvalidCode::PolicyIdNotUuid, "policy", cell, error));
        }
        if let Some(cell) = self.optional(Column::Policy) {
            return cell.parse().map_err(|error: NotAPolicy| {
                let what = format!("the policy's name is not valid: {error}; correct it");
                Problem::new(InvalidCode::PolicyNameNotValid, what)
            });
        }
        let what = match self.header.place(Column::Policy) {
            Some(_) => "policy's name",
            None => "policy ID",
        };
        defaults.policy.clone().ok_or_else(|| {
            let message = format!("the {what} is empty; fill it in or name a policy with --policy");
            Problem::new(InvalidCode::PolicyMissing, message)
        })
    }

    /// Words for no value in cells that take any text.
    pub(super) fn placeholders(&self) -> impl Iterator<Item = Warning> {
        let columns = [Column::Nickname, Column::Locale, Column::Variant].into_iter();
        columns
            .filter(|&column| self.optional(column).and_then(Placeholder::of).is_some())
            .map(Warning::Placeholder)
    }

    pub(super) fn status(&self, defaults: &RowDefaults) -> Result<Option<DeviceStatus>, Problem> {
        match self.optional(Column::Status) {
            None => Ok(defaults.status),
            Some(cell) => cell.parse().map(Some).map_err(|error| {
                Problem::new(
                    InvalidCode::StatusUnknown,
                    format!("unknown status; {error}"),
                )
            }),
        }
    }

    pub(super) fn nickname(&self) -> Result<Option<String>, Problem> {
        let Some(cell) = self.optional(Column::Nickname) else {
            return Ok(None);
        };
        if cell.chars().any(is_unprintable) {
            return Err(Problem::new(
                InvalidCode::NicknameCharacter,
                "the nickname holds a line break or another control character; remove it",
            ));
        }
        let length = cell.chars().count();
        if length > MAX_TEXT {
            return Err(Problem::new(
                InvalidCode::NicknameTooLong,
                format!(
                    "the nickname has {length} characters; PingOne takes {MAX_TEXT}; shorten it"
                ),
            ));
        }
        Ok(Some(cell.to_owned()))
    }

    /// Refuses a locale or variant that would go nowhere; a status that is not known is no reason.
    pub(super) fn notification_is_sent(
        &self,
        status: &Result<Option<DeviceStatus>, Problem>,
    ) -> Result<(), Problem> {
        let named =
            self.optional(Column::Locale).is_some() || self.optional(Column::Variant).is_some();
        let silent = matches!(status, Ok(None | Some(DeviceStatus::Active)));
        if named && silent {
            return Err(Problem::new(
                InvalidCode::NotificationNotSent,
                "an ACTIVE device sends no notification; \
                 empty the locale and variant, or make the status ACTIVATION_REQUIRED",
            ));
        }
        Ok(())
    }

    pub(super) fn locale(&self) -> Result<Option<String>, Problem> {
        match self.optional(Column::Locale) {
            Some(cell) if !is_language_tag(cell) => Err(Problem::new(
                InvalidCode::NotificationNotValid,
                "the locale is no language tag such as `fr` or `pt-BR`",
            )),
            cell => Ok(cell.map(str::to_owned)),
        }
    }

    pub(super) fn variant(&self) -> Result<Option<String>, Problem> {
        let strange =
            |cell: &str| cell.chars().count() > MAX_TEXT || cell.chars().any(is_unprintable);
        match self.optional(Column::Variant) {
            Some(cell) if strange(cell) => Err(Problem::new(
                InvalidCode::NotificationNotValid,
                format!(
                    "the variant is longer than {MAX_TEXT} characters or holds a control character"
                ),
            )),
            cell => Ok(cell.map(str::to_owned)),
        }
    }
}

/// What a person may want to know of a number that is not wrong.
fn of_line(kind: DeviceType, line: Line) -> Option<Warning> {
    match (line, kind) {
        (Line::Fixed, DeviceType::WhatsApp | DeviceType::Sms) => Some(Warning::FixedLine(kind)),
        (Line::Unusual, _) => Some(Warning::UnusualLine),
        (Line::Mobile, _) | (Line::Fixed, DeviceType::Voice | DeviceType::Email) => None,
    }
}

/// What a cell is that holds a word for no value in place of one.
fn in_place_of(cell: &str, value: &str) -> Option<String> {
    Placeholder::of(cell).map(|kind| format!("{kind}, not {value}"))
}

/// Why a cell is no ID.
fn not_an_id(code: InvalidCode, what: &str, cell: &str, error: NotAUuid) -> Problem {
    if E164::parse(cell).is_ok() {
        return swapped(&format!("a phone stands where the {what} ID belongs"));
    }
    let message = match (in_place_of(cell, "an ID"), error) {
        (Some(word), _) => format!("the {what} ID is {word}"),
        (None, NotAUuid::Foreign(_)) => format!("the {what} ID {error}"),
        (None, NotAUuid::Shape | NotAUuid::Nil) => format!("the {what} ID is {error}"),
    };
    Problem::new(code, message)
}

fn swapped(what: &str) -> Problem {
    Problem::new(
        InvalidCode::ColumnsSwapped,
        format!("{what}; the cells of two columns may be swapped, in this row or in all"),
    )
}

/// Whether a text is shaped like a language tag: a language, then subtags (RFC 5646, 2.1).
fn is_language_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    text.len() <= MAX_LOCALE
        && (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_tag_is_a_language_and_short_subtags() {
        for (locale, good) in [
            ("fr", true),
            ("zh-Hant-TW", true),
            ("french", false),
            ("fr_FR", false),
            ("fr-", false),
            ("de-\u{e4}", false),
        ] {
            assert_eq!(is_language_tag(locale), good, "{locale}");
        }
    }
}

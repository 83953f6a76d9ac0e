//! What a row calls its user, where it does not know the ID.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::column::Column;

/// A kind of name that PingOne knows a user by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// The ID that another system has for the user, such as an employee number.
    ExternalId,
    /// What the user signs in with; no two users of an environment have the same.
    Username,
    /// The user's email address; several users may have the same.
    Email,
}

impl NameKind {
    /// Every kind, the one that is preferred first.
    pub const ALL: [NameKind; 3] = [NameKind::ExternalId, NameKind::Username, NameKind::Email];

    /// The word for it in files: that of its column.
    pub fn as_str(self) -> &'static str {
        match self {
            NameKind::ExternalId => "external_id",
            NameKind::Username => "username",
            NameKind::Email => "email",
        }
    }

    /// What people call it.
    pub fn described(self) -> &'static str {
        match self {
            NameKind::ExternalId => "external ID",
            NameKind::Username => "username",
            NameKind::Email => "email address",
        }
    }
}

/// How the rows of a wave name their users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserBy {
    /// By their IDs.
    Id,
    /// By names, which are looked up.
    Name(NameKind),
}

impl UserBy {
    /// Every way, the one that is preferred first.
    pub const ALL: [UserBy; 4] = [
        UserBy::Id,
        UserBy::Name(NameKind::ExternalId),
        UserBy::Name(NameKind::Username),
        UserBy::Name(NameKind::Email),
    ];

    /// The column that has it.
    pub fn column(self) -> Column {
        match self {
            UserBy::Id => Column::UserId,
            UserBy::Name(NameKind::ExternalId) => Column::ExternalId,
            UserBy::Name(NameKind::Username) => Column::Username,
            UserBy::Name(NameKind::Email) => Column::Email,
        }
    }

    /// The way that a column is.
    pub fn of(column: Column) -> Option<Self> {
        UserBy::ALL.into_iter().find(|by| by.column() == column)
    }
}

/// A name of a user, as a row has it: personal data, which no log shows.
///
/// Two names are the same if they are the same to the character; of email addresses the case does
/// not count.
#[derive(Clone)]
pub struct UserName {
    kind: NameKind,
    text: Box<str>,
}

impl UserName {
    /// A name of this kind.
    pub fn new(kind: NameKind, text: &str) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> NameKind {
        self.kind
    }

    /// The name as the row has it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What tells it from other names of its kind.
    pub fn key(&self) -> Cow<'_, str> {
        match self.kind {
            NameKind::ExternalId | NameKind::Username => Cow::Borrowed(&self.text),
            NameKind::Email => Cow::Owned(self.text.to_lowercase()),
        }
    }

    /// Whether a user of this name is meant.
    pub fn is(&self, name: &str) -> bool {
        *self.text == *name || self.kind == NameKind::Email && self.is_but_for_case(name)
    }

    /// Whether a name is the same if case does not count.
    pub fn is_but_for_case(&self, name: &str) -> bool {
        self.text.to_lowercase() == name.to_lowercase()
    }
}

impl PartialEq for UserName {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.is(&other.text)
    }
}

impl Eq for UserName {}

impl Hash for UserName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        self.key().hash(state);
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserName({})", self.kind.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_to_the_character_and_an_address_in_any_case() {
        use NameKind::{Email, ExternalId, Username};
        for (kind, one, other, same) in [
            (Username, "ada", "ada", true),
            (Username, "ada", "Ada", false),
            (ExternalId, "E-1", "e-1", false),
            (Email, "Ada@Example.com", "ada@example.COM", true),
            (Email, "ada@example.com", "adam@example.com", false),
            (Email, "\u{c9}va@example.com", "\u{e9}va@example.com", true),
        ] {
            let name = UserName::new(kind, one);
            assert_eq!(name.is(other), same, "{one} {other}");
            assert_eq!(name == UserName::new(kind, other), same, "{one} {other}");
            assert_eq!(name.key() == UserName::new(kind, other).key(), same);
        }
        assert_ne!(UserName::new(Username, "1"), UserName::new(ExternalId, "1"));
    }

    #[test]
    fn no_debug_text_shows_a_name() {
        let name = UserName::new(NameKind::Email, "ada@example.com");
        assert_eq!(format!("{name:?}"), "UserName(email)");
    }
}

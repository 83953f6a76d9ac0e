//! Identifiers, each its own type, each parsed once.
//!
//! PingOne's identifiers are UUIDs. They are the only variable part of a URL
//! path that the client builds, so only a canonical UUID ever becomes one: a
//! `..`, a `/` or a line break cannot (`url` drops or resolves those silently).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

use super::character::described;
use super::hidden::is_hidden;

/// Why a text is no identifier: it is not a UUID in its 36-character form, or the one of nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotAUuid {
    /// It has not the shape of one.
    #[error("not a UUID such as `9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506`")]
    Shape,
    /// It holds this character, which does not show or is taken for another.
    #[error("holds {}, which no UUID has; copy it anew or type it", described(*.0))]
    Foreign(char),
    /// It is the nil UUID, which names nothing (RFC 9562, 5.9).
    #[error("the nil UUID, which names nothing")]
    Nil,
}

fn parse(text: &str) -> Result<Uuid, NotAUuid> {
    // The crate also reads the braced, URN and unhyphenated forms; PingOne writes none of them.
    let uuid = if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    };
    match uuid {
        Some(uuid) if uuid.is_nil() => Err(NotAUuid::Nil),
        Some(uuid) => Ok(uuid),
        None => Err(text
            .chars()
            .find(|&c| is_hidden(c) || is_lookalike(c))
            .map_or(NotAUuid::Shape, NotAUuid::Foreign)),
    }
}

/// Whether it is a dash of another kind, or a full-width letter, digit or dash.
fn is_lookalike(character: char) -> bool {
    matches!(character, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff01}'..='\u{ff5e}')
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Reads the hyphenated form in either case; displays it in lower case.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that was parsed or made elsewhere.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The sixteen bytes, most significant first.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Takes the sixteen bytes that [`as_bytes`](Self::as_bytes) gave.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl FromStr for $name {
            type Err = NotAUuid;

            fn from_str(text: &str) -> Result<Self, NotAUuid> {
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

identifier! {
    /// A PingOne environment.
    EnvironmentId
}
identifier! {
    /// A PingOne user.
    UserId
}
identifier! {
    /// A device authentication policy (MFA policy).
    PolicyId
}
identifier! {
    /// An MFA device of a user.
    DeviceId
}
identifier! {
    /// One run of wavepair; version 7, so runs sort by their start.
    RunId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form_is_an_id_and_it_is_written_in_lower_case() {
        let id: UserId = "B30AC647-E33E-464F-A6EA-0275082D4C26".parse().unwrap();
        assert_eq!(id.to_string(), "b30ac647-e33e-464f-a6ea-0275082d4c26");
        for wrong in [
            "",
            ".",
            "..",
            "../../x",
            "%2e%2e",
            "a/b",
            "a?b#c",
            "b30ac647e33e464fa6ea0275082d4c26",
            "{b30ac647-e33e-464f-a6ea-0275082d4c26}",
            "urn:uuid:b30ac647-e33e-464f-a6ea-0275082d4c26",
            "b30ac647-e33e-464f-a6ea-0275082d4c2g",
            "J\u{fc}rgen",
        ] {
            assert_eq!(wrong.parse::<UserId>(), Err(NotAUuid::Shape), "{wrong:?}");
        }
    }

    #[test]
    fn a_character_that_does_not_show_or_looks_like_another_is_named() {
        for (wrong, character, name) in [
            ("a\r\nb", '\r', "the carriage return U+000D"),
            (
                "b30ac647-e33e-464f-a6ea-0275082d4c2\u{ff16}",
                '\u{ff16}',
                "the full-width character U+FF16",
            ),
            (
                "b30ac647-e33e-464f-a6ea-0275082d4c26\u{200b}",
                '\u{200b}',
                "the zero-width space U+200B",
            ),
            (
                "b30ac647\u{2011}e33e\u{2011}464f\u{2011}a6ea\u{2011}0275082d4c26",
                '\u{2011}',
                "the non-breaking hyphen U+2011",
            ),
            (
                "\u{202a}b30ac647-e33e-464f-a6ea-0275082d4c26\u{202c}",
                '\u{202a}',
                "the direction mark U+202A",
            ),
        ] {
            let error = wrong.parse::<UserId>().unwrap_err();
            assert_eq!(error, NotAUuid::Foreign(character));
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn the_nil_uuid_names_nothing() {
        let nil = Uuid::nil().to_string();
        assert_eq!(nil.parse::<UserId>(), Err(NotAUuid::Nil));
        assert_eq!(nil.parse::<PolicyId>(), Err(NotAUuid::Nil));
    }
}

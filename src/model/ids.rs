//! Identifiers, each its own type, each parsed once.
//!
//! PingOne's identifiers are UUIDs. They are the only variable part of a URL
//! path that the client builds, so only a canonical UUID ever becomes one: a
//! `..`, a `/` or a line break cannot (`url` drops or resolves those silently).

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Why a text is no identifier: it is not a UUID in its 36-character form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAUuid;

impl fmt::Display for NotAUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a UUID such as `9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506`")
    }
}

impl std::error::Error for NotAUuid {}

fn parse(text: &str) -> Result<Uuid, NotAUuid> {
    // The crate also reads the braced, URN and unhyphenated forms; PingOne writes none of them.
    if text.len() != 36 {
        return Err(NotAUuid);
    }
    Uuid::try_parse(text).map_err(|_| NotAUuid)
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
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
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
            "a\r\nb",
            "b30ac647e33e464fa6ea0275082d4c26",
            "{b30ac647-e33e-464f-a6ea-0275082d4c26}",
            "urn:uuid:b30ac647-e33e-464f-a6ea-0275082d4c26",
            "b30ac647-e33e-464f-a6ea-0275082d4c2g",
            "b30ac647-e33e-464f-a6ea-0275082d4c2６",
        ] {
            assert_eq!(wrong.parse::<UserId>(), Err(NotAUuid), "{wrong:?}");
        }
    }
}

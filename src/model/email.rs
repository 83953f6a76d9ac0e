//! The address of an `EMAIL` device.

use std::fmt;
use std::str::FromStr;

use super::hidden::is_hidden;

/// An email address as it was written, checked for shape only.
///
/// What PingOne accepts is PingOne's business; this refuses what cannot be an
/// address (RFC 5321: one `@`, at most 64 characters before and 255 after it)
/// and what would be dangerous in a file or a log. Equality ignores case, so
/// that one mailbox in two spellings is one device.
#[derive(Clone)]
pub struct EmailAddress(String);

/// Why a text is no email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnEmailAddress {
    /// It has not the shape of one.
    Shape,
    /// It holds this character, which does not show: whoever looks at it sees another address.
    Hidden(char),
}

impl fmt::Display for NotAnEmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotAnEmailAddress::Shape => {
                f.write_str("not an email address such as `name@example.com`")
            }
            NotAnEmailAddress::Hidden(character) => write!(
                f,
                "holds the character U+{:04X}, which does not show: type the address anew",
                u32::from(*character)
            ),
        }
    }
}

impl std::error::Error for NotAnEmailAddress {}

/// What neither half of an address holds unless it is quoted, which no mailbox of a wave is.
const NOT_PLAIN: &[char] = &[
    ' ', '"', '(', ')', ',', ':', ';', '<', '>', '@', '[', '\\', ']',
];

impl EmailAddress {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that identifies the mailbox: all lower case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The first character and the domain, for messages: `a***@example.com`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnEmailAddress;

    fn from_str(text: &str) -> Result<Self, NotAnEmailAddress> {
        if let Some(hidden) = text.chars().find(|&c| is_hidden(c)) {
            return Err(NotAnEmailAddress::Hidden(hidden));
        }
        let (local, domain) = text.split_once('@').ok_or(NotAnEmailAddress::Shape)?;
        let sound = (1..=64).contains(&local.len())
            && (3..=255).contains(&domain.len())
            && !local.contains(NOT_PLAIN)
            && !domain.contains(NOT_PLAIN)
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| !label.is_empty());
        sound
            .then(|| Self(text.to_owned()))
            .ok_or(NotAnEmailAddress::Shape)
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for EmailAddress {}

impl std::hash::Hash for EmailAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_at_sign_a_dotted_domain_and_nothing_strange() {
        for good in ["a@example.com", "first.last+tag@mail.example.org"] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@b",
            "a@.com",
            "a@example.",
            "a b@example.com",
            "a@@example.com",
            "a@b@example.com",
            "a\n@example.com",
            "<a@example.com>",
            "a\u{3000}b@example.com",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_character_that_nobody_sees_is_refused_and_named() {
        for hidden in
            "\u{ad}\u{61c}\u{180e}\u{200b}\u{200e}\u{200f}\u{202a}\u{202e}\u{2060}\u{2064}\
                       \u{2066}\u{2069}\u{2028}\u{3164}\u{fe0f}\u{feff}\u{e0041}\u{a0}\u{7}"
                .chars()
        {
            let shown = format!("U+{:04X}", u32::from(hidden));
            for text in [
                format!("{hidden}ada@example.com"),
                format!("a{hidden}da@example.com"),
                format!("ada@exam{hidden}ple.com"),
                format!("ada@example.com{hidden}"),
            ] {
                let why = text.parse::<EmailAddress>().unwrap_err().to_string();
                assert!(why.contains(&shown), "{shown}: {why}");
            }
        }
        assert!(
            "zo\u{eb}@b\u{fc}cher.example"
                .parse::<EmailAddress>()
                .is_ok()
        );
    }

    #[test]
    fn one_mailbox_in_two_spellings_is_equal_and_masked_in_debug_output() {
        let upper: EmailAddress = "Ada@Example.com".parse().unwrap();
        let lower: EmailAddress = "ada@example.com".parse().unwrap();
        assert_eq!(upper, lower);
        assert_eq!(format!("{upper:?}"), "EmailAddress(A***@Example.com)");
    }
}

//! The address of an `EMAIL` device.

use std::fmt;
use std::str::FromStr;

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
pub struct NotAnEmailAddress;

impl fmt::Display for NotAnEmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an email address such as `name@example.com`")
    }
}

impl std::error::Error for NotAnEmailAddress {}

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
        let (local, domain) = text.split_once('@').ok_or(NotAnEmailAddress)?;
        let plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !"\"(),:;<>[\\]@".contains(c);
        let sound = (1..=64).contains(&local.len())
            && (3..=255).contains(&domain.len())
            && text.chars().filter(|&c| c != '@').all(plain)
            && !domain.contains('@')
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| !label.is_empty());
        sound
            .then(|| Self(text.to_owned()))
            .ok_or(NotAnEmailAddress)
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
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn one_mailbox_in_two_spellings_is_equal_and_masked_in_debug_output() {
        let upper: EmailAddress = "Ada@Example.com".parse().unwrap();
        let lower: EmailAddress = "ada@example.com".parse().unwrap();
        assert_eq!(upper, lower);
        assert_eq!(format!("{upper:?}"), "EmailAddress(A***@Example.com)");
    }
}

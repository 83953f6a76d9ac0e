//! How a policy is named.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::hidden::is_hidden;
use super::ids::{NotAUuid, PolicyId};

/// The longest name that is looked up, in characters.
const LONGEST: usize = 256;

/// The word for the policy that is marked so.
const DEFAULT: &str = "default";

/// A policy, by its ID, by its name, or by being the default.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyRef {
    /// The policy of this ID.
    Id(PolicyId),
    /// The policy that the environment marks as its default.
    Default,
    /// The policy of this name.
    Name(String),
}

/// Why a text names no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotAPolicy {
    /// There is nothing.
    #[error("expected a policy's ID, its name, or `default`")]
    Empty,
    /// It looks like an ID, and is none.
    #[error("it looks like an ID and is {0}")]
    Id(NotAUuid),
    /// It holds a character that does not show, or is too long.
    #[error("a policy's name has at most {LONGEST} characters, and none that does not show")]
    Name,
}

impl FromStr for PolicyRef {
    type Err = NotAPolicy;

    fn from_str(text: &str) -> Result<Self, NotAPolicy> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotAPolicy::Empty);
        }
        if text == DEFAULT {
            return Ok(PolicyRef::Default);
        }
        match text.parse() {
            Ok(id) => Ok(PolicyRef::Id(id)),
            Err(why) if looks_like_an_id(text) || why == NotAUuid::Nil => Err(NotAPolicy::Id(why)),
            Err(_) if text.chars().count() > LONGEST || text.chars().any(is_hidden) => {
                Err(NotAPolicy::Name)
            }
            Err(_) => Ok(PolicyRef::Name(text.to_owned())),
        }
    }
}

impl fmt::Display for PolicyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicyRef::Id(id) => id.fmt(f),
            PolicyRef::Default => f.write_str(DEFAULT),
            PolicyRef::Name(name) => f.write_str(name),
        }
    }
}

/// Whether somebody meant an ID and lost or mistook a character.
fn looks_like_an_id(text: &str) -> bool {
    let alike = |c: char| c.is_ascii_hexdigit() || c == '-';
    let strange = text.chars().filter(|&c| !alike(c)).count();
    (20..=42).contains(&text.chars().count()) && strange <= 2 && text.contains('-')
        || text.len() == 32 && strange == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";

    #[test]
    fn a_policy_is_named_by_its_id_by_its_name_or_as_the_default() {
        let id: PolicyId = ID.parse().unwrap();
        for (text, policy) in [
            (ID, PolicyRef::Id(id)),
            (&ID.to_uppercase(), PolicyRef::Id(id)),
            ("default", PolicyRef::Default),
            ("Default", PolicyRef::Name("Default".to_owned())),
            (" Wave MFA ", PolicyRef::Name("Wave MFA".to_owned())),
            ("2026-11", PolicyRef::Name("2026-11".to_owned())),
            ("deadbeef", PolicyRef::Name("deadbeef".to_owned())),
        ] {
            assert_eq!(text.parse(), Ok(policy), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for text in [ID, "default", "Wave \"MFA\""] {
            let policy: PolicyRef = text.parse().unwrap();
            assert_eq!(policy.to_string(), text);
        }
    }

    #[test]
    fn a_mistyped_id_is_no_name() {
        for text in [
            &ID[1..],
            &ID.replace('-', ""),
            &ID.replace('9', "O"),
            &format!("{ID}0"),
            &format!("{{{ID}}}"),
            "00000000-0000-0000-0000-000000000000",
        ] {
            let refused = text.parse::<PolicyRef>();
            assert!(matches!(refused, Err(NotAPolicy::Id(_))), "{text}");
        }
        assert_eq!(" ".parse::<PolicyRef>(), Err(NotAPolicy::Empty));
        assert_eq!("a\nb".parse::<PolicyRef>(), Err(NotAPolicy::Name));
        assert_eq!("x".repeat(257).parse::<PolicyRef>(), Err(NotAPolicy::Name));
    }
}

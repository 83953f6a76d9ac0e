//! The address of an `EMAIL` device.

use std::fmt;
use std::str::FromStr;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use thiserror::Error;
use unicode_security::MixedScript;

use super::character::described;
use super::hidden::is_hidden;

/// An email address as it was written, checked for its structure.
///
/// Whether there is such a mailbox is not known here; this refuses what cannot be an
/// address (RFC 5321 and 5322, without quoted words, comments and address literals;
/// the domain by IDNA) and what would be dangerous in a file or a log. Equality
/// ignores case, so that one mailbox in two spellings is one device.
#[derive(Clone)]
pub struct EmailAddress(String);

/// Why a text is no email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotAnEmailAddress {
    /// It has not the shape of one.
    #[error("not one email address such as `name@example.com`")]
    Shape,
    /// It holds this character, which does not show: whoever looks at it sees another address.
    #[error("holds {}, which does not show: type the address anew", described(*.0))]
    Hidden(char),
    /// It stands in quotation marks, or behind one.
    #[error("starts or ends with a quotation mark; write the address alone")]
    Quoted,
    /// The part before the `@` is none.
    #[error("the part before the `@` is not well-formed")]
    LocalPart,
    /// The part behind the `@` is the name of no domain.
    #[error("the part behind the `@` is not a domain such as `example.com`")]
    Domain,
}

/// What neither half of an address holds unless it is quoted, which no mailbox of a wave is.
const NOT_PLAIN: &[char] = &[
    ' ', '"', '(', ')', ',', ':', ';', '<', '>', '@', '[', '\\', ']',
];

/// What people and spreadsheets put round a text. A name may hold an apostrophe (`o'hara@…`), and
/// none starts or ends with one.
const QUOTES: &[char] = &[
    '\'', '`', '\u{b4}', '\u{ab}', '\u{bb}', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}',
    '\u{201c}', '\u{201d}', '\u{201e}', '\u{2039}', '\u{203a}', '\u{ff07}',
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

    /// Whether letters of several scripts stand in one part of it, such as a Cyrillic `а` in a Latin
    /// name (UTS 39, 5.1): it may look like another address.
    pub fn has_mixed_scripts(&self) -> bool {
        let is_single = |part: &str| part.is_single_script();
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let (domain, _) = idna::domain_to_unicode(domain);
        !is_single(local) || !domain.split('.').all(is_single)
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
        if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
            return Err(NotAnEmailAddress::Quoted);
        }
        let (local, domain) = text.split_once('@').ok_or(NotAnEmailAddress::Shape)?;
        if local.contains(NOT_PLAIN) || domain.contains(NOT_PLAIN) {
            return Err(NotAnEmailAddress::Shape);
        }
        if local.starts_with(QUOTES) || local.ends_with(QUOTES) {
            return Err(NotAnEmailAddress::Quoted);
        }
        if !email_address::EmailAddress::is_valid_local_part(local) {
            return Err(NotAnEmailAddress::LocalPart);
        }
        let strict = email_address::Options::default()
            .with_required_tld()
            .without_domain_literal()
            .without_display_text();
        let is_structured = email_address::EmailAddress::parse_with_options(text, strict).is_ok();
        if !is_structured || !is_domain(domain) {
            return Err(NotAnEmailAddress::Domain);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whether a text is a domain that a name server could know: its labels are letters, digits and
/// hyphens, in any script (IDNA), and the last one is no number.
fn is_domain(text: &str) -> bool {
    let ascii = Uts46::new().to_ascii(
        text.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    ascii.is_ok_and(|ascii| {
        let last = ascii.rsplit('.').next().unwrap_or_default();
        last.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
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
        for good in [
            "a@example.com",
            "first.last+tag@mail.example.org",
            "o'hara@example.com",
            "ada@EXAMPLE.com",
            "ada@b\u{fc}cher.example",
            "ada@xn--bcher-kva.example",
            "\u{438}\u{432}\u{430}\u{43d}@example.com",
            "ada@r3---sn.example.com",
            "1@2.example",
            "ada_example.com#EXT#@corp.example",
        ] {
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
    fn a_structure_that_no_address_has_is_refused_with_the_part_that_is_wrong() {
        use NotAnEmailAddress::{Domain, LocalPart, Quoted, Shape};
        for (text, why) in [
            ("'ada@example.com'", Quoted),
            ("'ada@example.com", Quoted),
            ("ada@example.com'", Quoted),
            ("\u{201c}ada@example.com\u{201d}", Quoted),
            ("'ada'@example.com", Quoted),
            ("\"ada\"@example.com", Shape),
            ("ada..l@example.com", LocalPart),
            (".ada@example.com", LocalPart),
            ("ada.@example.com", LocalPart),
            (&format!("{}@example.com", "a".repeat(65)), LocalPart),
            ("ada@-example.com", Domain),
            ("ada@example-.com", Domain),
            ("ada@exam_ple.com", Domain),
            ("ada@exam$ple.com", Domain),
            ("ada@example..com", Domain),
            ("ada@example.com.", Domain),
            ("ada@.example.com", Domain),
            ("ada@localhost", Domain),
            ("ada@192.0.2.1", Domain),
            ("ada@[192.0.2.1]", Shape),
            ("ada@example.com\\n", Shape),
            ("ada@xn--a.example", Domain),
            (&format!("ada@{}.com", "a".repeat(64)), Domain),
            (&format!("ada@{}com", "abcdefgh.".repeat(32)), Domain),
            ("mailto:ada@example.com", Shape),
            ("SMTP:ada@example.com", Shape),
            ("Ada Lovelace <ada@example.com>", Shape),
            ("ada@example.com; ada@home.example", Shape),
            ("ada@example.com,ada@home.example", Shape),
            ("ada@example,com", Shape),
            ("ada@example.com#EXT#@corp.example", Shape),
            ("/o=ExchangeLabs/cn=Recipients/cn=ada", Shape),
            ("N/A", Shape),
        ] {
            assert_eq!(text.parse::<EmailAddress>().err(), Some(why), "{text}");
        }
    }

    #[test]
    fn letters_of_several_scripts_in_one_part_are_noticed_and_of_one_are_not() {
        for (text, mixed) in [
            ("ada@example.com", false),
            ("zo\u{eb}@b\u{fc}cher.example", false),
            ("\u{438}\u{432}\u{430}\u{43d}@example.com", false),
            ("\u{5c71}\u{7530}\u{592a}\u{90ce}1@example.jp", false),
            ("\u{430}da@example.com", true),
            ("ada@ex\u{430}mple.com", true),
            ("ada@xn--exmple-4nf.com", true),
            ("ada@example.\u{440}\u{444}", false),
        ] {
            let email: EmailAddress = text.parse().unwrap();
            assert_eq!(email.has_mixed_scripts(), mixed, "{text}");
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

//! What the sandbox takes for a phone, which is not what `wavepair` takes for one.
//!
//! PingOne documents several spellings of a number, keeps the one that was sent, and
//! does not say what it refuses. So both answers are on offer, and neither normalizes.

/// Which phones are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phones {
    /// A leading `+` and 8 to 15 digits, in any of the documented spellings:
    /// `+1.5125551234`, `+15125551234`, `+1.512.555.1234`, `+1 (512) 555-1234`.
    #[default]
    Strict,
    /// Any digits in such a spelling; the page for voice devices shows `1-512-555-1234`.
    Lenient,
}

impl Phones {
    pub(super) fn accept(self, text: &str) -> bool {
        let rest = text.strip_prefix('+');
        let spelled = rest.unwrap_or(text);
        let digits = digits(text).count();
        let known = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')');
        spelled.chars().all(known)
            && match self {
                Self::Strict => rest.is_some() && (8..=15).contains(&digits),
                Self::Lenient => digits > 0,
            }
    }
}

/// Tells whether two spellings are of one number.
pub(super) fn same_number(one: &str, other: &str) -> bool {
    digits(one).eq(digits(other))
}

fn digits(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_spelling_is_accepted_and_the_plus_is_what_strictness_is_about() {
        for (text, strict, lenient) in [
            ("+1.5125551234", true, true),
            ("+15125551234", true, true),
            ("+1.512.555.1234", true, true),
            ("+1 (512) 555-1234", true, true),
            ("15125551234", false, true),
            ("1-512-555-1234", false, true),
            ("+1234567", false, true),
            ("+1234567890123456", false, true),
            ("+1512555123I", false, false),
            ("+1512555x1234", false, false),
            ("++15125551234", false, false),
            ("1+5125551234", false, false),
            ("+", false, false),
            ("", false, false),
        ] {
            assert_eq!(Phones::Strict.accept(text), strict, "strict: {text}");
            assert_eq!(Phones::Lenient.accept(text), lenient, "lenient: {text}");
        }
    }

    #[test]
    fn two_spellings_of_one_number_are_the_same_number() {
        assert!(same_number("+1.5125551234", "+1 (512) 555-1234"));
        assert!(!same_number("+15125551234", "+15125551235"));
        assert!(!same_number("+1512555123", "+15125551234"));
    }
}

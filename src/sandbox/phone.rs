//! What the sandbox takes for a phone, which is not what `wavepair` takes for one.
//!
//! PingOne documents several spellings of a number, keeps the one that was sent, and
//! does not say what it refuses. Nothing is normalized here.

/// Tells whether this is a phone: a leading `+` and 8 to 15 digits, in any of the documented spellings:
/// `+1.5125551234`, `+15125551234`, `+1.512.555.1234`, `+1 (512) 555-1234`.
pub(super) fn is_phone(text: &str) -> bool {
    let known = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')');
    let spelled = text.strip_prefix('+');
    spelled.is_some_and(|rest| rest.chars().all(known)) && (8..=15).contains(&digits(text).count())
}

/// Tells whether two spellings are of one number.
pub(super) fn same_number(one: &str, other: &str) -> bool {
    digits(one).eq(digits(other))
}

/// The digits of a spelling.
pub(super) fn digits(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_has_a_plus_and_8_to_15_digits_in_a_documented_spelling() {
        for (text, expected) in [
            ("+1.5125551234", true),
            ("+15125551234", true),
            ("+1.512.555.1234", true),
            ("+1 (512) 555-1234", true),
            ("15125551234", false),
            ("1-512-555-1234", false),
            ("+1234567", false),
            ("+1234567890123456", false),
            ("+1512555123I", false),
            ("+1512555x1234", false),
            ("++15125551234", false),
            ("1+5125551234", false),
            ("+", false),
            ("", false),
        ] {
            assert_eq!(is_phone(text), expected, "{text}");
        }
    }

    #[test]
    fn two_spellings_of_one_number_are_the_same_number() {
        assert!(same_number("+1.5125551234", "+1 (512) 555-1234"));
        assert!(!same_number("+15125551234", "+15125551235"));
        assert!(!same_number("+1512555123", "+15125551234"));
    }
}

//! What PingOne says, in a form that a file, a log and a terminal may hold.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::model::hidden::neutral;

/// The longest message that is kept, in characters.
pub(super) const LONGEST: usize = 300;

/// What stands where something was taken out.
pub(super) const MASK: &str = "***";

/// Makes a text from outside harmless.
///
/// Phones and anything else of seven digits in a row, or of nine with
/// whatever is no letter between them, the same in base64, and strings that look
/// like a token or a secret become `***`; UUIDs and instants stay, since support
/// cases are found by them. Characters that steer a terminal or the direction of
/// writing are written as `\u{..}`. The result has at most [`LONGEST`] characters.
pub(super) fn harmless(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, hide) = if let Some(length) = reference(rest) {
            (length, false)
        } else if let Some(length) = token(rest)
            .or_else(|| number(rest))
            .or_else(|| encoded_number(rest))
        {
            (length, true)
        } else {
            // A word is gone through as a whole, or its tail would be judged anew.
            (word(rest).max(first.len_utf8()), false)
        };
        let (span, tail) = rest.split_at(length);
        if hide {
            masked.push_str(MASK);
        } else {
            masked.push_str(span);
        }
        rest = tail;
        // More than this cannot be shown, whatever it expands to.
        if masked.len() > 8 * LONGEST {
            break;
        }
    }
    shorten(&neutral(&masked))
}

/// Replaces a known secret, in the forms in which it could be sent back.
pub(super) fn without(text: &str, secret: &str) -> String {
    if secret.is_empty() {
        return text.to_owned();
    }
    text.replace(secret, MASK)
}

fn shorten(text: &str) -> String {
    if text.chars().nth(LONGEST).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST - 1).collect();
    short.push('…');
    short
}

fn span(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn word(text: &str) -> usize {
    span(text, |c| c.is_alphabetic() || c == '_')
}

/// The length of a UUID or an instant that a text begins with: support cases are found by them.
pub(super) fn reference(text: &str) -> Option<usize> {
    // Neither is longer; what follows is not to be gone through again and again.
    let mut end = text.len().min(LONGEST_REFERENCE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    uuid(&text[..end]).or_else(|| instant(&text[..end]))
}

const LONGEST_REFERENCE: usize = 64;

fn uuid(text: &str) -> Option<usize> {
    let length = span(text, |c| c.is_ascii_hexdigit() || c == '-');
    (length == 36 && uuid::Uuid::try_parse(&text[..length]).is_ok()).then_some(length)
}

fn instant(text: &str) -> Option<usize> {
    let length = span(text, |c| c.is_ascii_digit() || "-:.TZ+".contains(c));
    let parsed: Result<jiff::Timestamp, _> = text[..length].parse();
    parsed.is_ok().then_some(length)
}

fn token(text: &str) -> Option<usize> {
    let length = span(text, |c| {
        c.is_ascii_alphanumeric() || "-._~+/=%".contains(c)
    });
    let mixed = text[..length].bytes().any(|b| b.is_ascii_digit())
        && text[..length].bytes().any(|b| b.is_ascii_alphabetic());
    (length >= 40 || (length >= 20 && mixed)).then_some(length)
}

/// The fewest digits that are a number on their own, and with separators between them.
const DIGITS_IN_A_ROW: usize = 7;
const DIGITS_SPELLED: usize = 9;
/// The most separators between two digits: more divide two numbers.
const SEPARATORS: usize = 3;

fn number(text: &str) -> Option<usize> {
    if !text.starts_with(|c: char| c.is_numeric() || c == '+') {
        return None;
    }
    let mut spelled = Spelled::default();
    for (at, c) in text.char_indices() {
        if c.is_numeric() {
            spelled.digit(at + c.len_utf8());
            continue;
        }
        // An extension is marked by an x.
        let divides = c.is_control() || c.is_alphabetic() && !matches!(c, 'x' | 'X');
        if divides || !spelled.separator() {
            break;
        }
    }
    spelled.is_number().then_some(spelled.end)
}

/// A number as far as it was read.
#[derive(Default)]
struct Spelled {
    digits: usize,
    row: usize,
    longest_row: usize,
    separators: usize,
    end: usize,
}

impl Spelled {
    fn digit(&mut self, end: usize) {
        self.digits += 1;
        self.row += 1;
        self.longest_row = self.longest_row.max(self.row);
        (self.separators, self.end) = (0, end);
    }

    /// Tells whether the number may go on behind it.
    fn separator(&mut self) -> bool {
        self.row = 0;
        self.separators += 1;
        self.separators <= SEPARATORS
    }

    fn is_number(&self) -> bool {
        self.digits >= DIGITS_SPELLED || self.longest_row >= DIGITS_IN_A_ROW
    }
}

/// Base64 of either alphabet, padded or not.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    [alphabet::STANDARD, alphabet::URL_SAFE]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
}

fn encoded_number(text: &str) -> Option<usize> {
    let length = span(text, |c| c.is_ascii_alphanumeric() || "+/-_=".contains(c));
    let decoded = decoded(&text[..length])?;
    let digits = decoded.iter().filter(|byte| byte.is_ascii_digit()).count();
    (decoded.is_ascii() && digits >= DIGITS_IN_A_ROW).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_and_tokens_are_masked_and_what_helps_a_support_case_is_not() {
        for (said, shown) in [
            ("phone +15125551234 is not valid", "phone *** is not valid"),
            ("'+1.5125551234'", "'***'"),
            ("call +1 (512) 555-1234.", "call ***."),
            ("+1,512,555,1234", "***"),
            ("+1_512:555\u{202f}12\u{2011}34", "***"),
            ("+1 512 –555\u{200b} 1234!", "***!"),
            ("+1 512 555 x1234", "***"),
            ("+15125551234\t2", "***\\u{9}2"),
            ("sent MTUxMjU1NTEyMzQ= to", "sent *** to"),
            ("KzE1MTI1NTUxMjM0", "***"),
            ("KzE1MTI1NTUxMjM", "***"),
            ("steps 1, 2 and 3 of 12", "steps 1, 2 and 3 of 12"),
            ("at most 5 of 15 devices", "at most 5 of 15 devices"),
            ("on 2026-11-21", "on 2026-11-21"),
            ("at 2026-11-21T11:20:18.259Z", "at 2026-11-21T11:20:18.259Z"),
            ("2026-11-21T11:20:18+01:00 x", "2026-11-21T11:20:18+01:00 x"),
            ("1234567", "***"),
            ("１２３４５６７", "***"),
            ("a1234567", "a***"),
            (
                "INSUFFICIENT_PERMISSIONS for the operation",
                "INSUFFICIENT_PERMISSIONS for the operation",
            ),
            (
                "(Correlation ID: 3f0d9a52-7c1e-4a55-9d0e-6f8c3f0b1a2d)",
                "(Correlation ID: 3f0d9a52-7c1e-4a55-9d0e-6f8c3f0b1a2d)",
            ),
            (
                "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
                "Bearer ***",
            ),
            ("secret aB3~x.yZ_9876-qwErty1", "secret ***"),
            ("", ""),
        ] {
            assert_eq!(harmless(said), shown, "{said:?}");
        }
    }

    #[test]
    fn characters_that_steer_a_terminal_are_spelled_out() {
        assert_eq!(
            harmless("a\r\n\u{1b}[31mb\u{9b}\u{202e}c"),
            "a\\u{d}\\u{a}\\u{1b}[31mb\\u{9b}\\u{202e}c"
        );
    }

    #[test]
    fn a_message_never_has_more_than_its_characters() {
        for long in [
            "x ".repeat(5_000),
            "ü! ".repeat(2_000),
            "\u{1b}".repeat(900),
        ] {
            let short = harmless(&long);
            assert_eq!(short.chars().count(), LONGEST);
            assert!(short.ends_with('…'));
        }
    }

    #[test]
    fn a_known_secret_goes_whatever_it_looks_like() {
        assert_eq!(without("client pw failed", "pw"), "client *** failed");
        assert_eq!(without("client pw failed", ""), "client pw failed");
    }
}

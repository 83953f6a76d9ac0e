//! Why a character has no place in a phone, and what to do about it. Pure.

use super::super::character::described;
use super::super::hidden::is_hidden;
use super::super::invalid::{InvalidCode, Problem};
use super::groups::{MIN, is_bracket, is_dash, is_dot, is_slash, is_space};

/// The fewest digits of what may be a second number rather than an extension.
const SECOND: usize = 6;

/// Tells of the character at a place of a phone.
pub(super) fn foreign(phone: &str, at: usize, character: char) -> Problem {
    let (before, after) = (&phone[..at], &phone[at + character.len_utf8()..]);
    Problem::new(
        InvalidCode::PhoneCharacter,
        format!(
            "holds {}, which no phone number has{}",
            described(character),
            advice(before, character, after)
        ),
    )
}

fn advice(before: &str, character: char, after: &str) -> &'static str {
    let has_number_before = digits(before) >= MIN;
    let may_be_two = has_number_before && (digits(after) >= SECOND || after.contains('+'));
    match character {
        '\'' | '\u{2018}' | '\u{2019}' => "; drop the mark that a spreadsheet puts before a text",
        '=' | '"' | '\u{201c}'..='\u{201e}' => {
            "; write the number alone, without a formula and quotation marks"
        }
        '+' if has_number_before => TWO_NUMBERS,
        '+' => "; one `+` stands before the digits, and nowhere else",
        ',' | ';' | ':' | '|' | '&' | '#' | '*' if may_be_two => TWO_NUMBERS,
        ',' | ';' | '#' | '*' | 'x' | 'X' if is_extension(before, after) => EXTENSION,
        'e' | 'E' if is_extension(before, after) && after.starts_with(['x', 'X']) => EXTENSION,
        '\u{ff0b}' | '\u{fe62}' | '\u{207a}' | '\u{2795}' => "; type a plain `+`",
        c if c.is_numeric() => "; write the digits 0 to 9",
        c if is_space(c) => "; type plain spaces, or none",
        c if is_dash(c) => "; type a plain `-`, or a space",
        c if is_dot(c) || is_slash(c) || is_bracket(c) => "; type a space in its place",
        c if c.is_control() => "; delete it",
        c if is_hidden(c) => "; it does not show: type the number anew",
        // A word between two numbers, rather than a letter among digits.
        c if c.is_alphabetic() && may_be_two && before.ends_with(' ') => TWO_NUMBERS,
        c if c.is_alphabetic() => "; letters are not read as digits",
        _ => "; leave it out",
    }
}

const TWO_NUMBERS: &str = "; the cell may hold two numbers: write one of them";

const EXTENSION: &str = "; a passcode cannot reach an extension";

/// Whether a whole number stands before, and a short one behind.
fn is_extension(before: &str, after: &str) -> bool {
    digits(before) >= MIN && (1..SECOND).contains(&digits(after))
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::super::digits::Digits;

    /// What is said of the first character that has no place in a phone.
    fn told(written: &str) -> String {
        let read = Digits::read(written).and_then(|digits| digits.accept());
        read.unwrap_err().message
    }

    /// Checks which character of each phone is named, and what is advised.
    fn check(table: &[(&str, &str, &str)]) {
        for (written, character, advice) in table {
            let told = told(written);
            assert!(
                told.contains(character) && told.contains(advice),
                "{written}: {told}"
            );
        }
    }

    #[test]
    fn a_letter_and_a_mark_are_told_with_their_true_reason() {
        check(&[
            ("+1512555I234", "`I`", "letters are not read as digits"),
            ("+1-800-FLOWERS", "`F`", "letters are not read as digits"),
            ("tel:+15125551234", "`t`", "letters are not read as digits"),
            (
                "example 15125551234",
                "`e`",
                "letters are not read as digits",
            ),
            ("'+15125551234", "`'`", "drop the mark that a spreadsheet"),
            (
                "\u{2019}+15125551234",
                "U+2019",
                "drop the mark that a spreadsheet",
            ),
            ("=\"+15125551234\"", "`=`", "without a formula"),
            ("++15125551234", "`+`", "one `+` stands before the digits"),
            ("+15125551234 x9", "`x`", "cannot reach an extension"),
            ("+15125551234 ext. 12", "`e`", "cannot reach an extension"),
            ("+15125551234;ext=9", "`;`", "cannot reach an extension"),
            ("+15125551234,,9", "`,`", "cannot reach an extension"),
            ("+15125551234#12", "`#`", "cannot reach an extension"),
            ("+15125551234#", "`#`", "leave it out"),
            ("+447911123456, +447911123457", "`,`", "two numbers"),
            ("+447911123456;+447911123457", "`;`", "two numbers"),
            ("+447911123456 / +447911123457", "`+`", "two numbers"),
            ("+447911123456 ::: +442079460958", "`:`", "two numbers"),
            ("+44 7911 123456 or 123457", "`o`", "two numbers"),
        ]);
    }

    #[test]
    fn a_character_that_looks_like_another_or_does_not_show_is_told_by_its_name() {
        check(&[
            ("\u{ff0b}4479", "full-width character U+FF0B", "a plain `+`"),
            (
                "+1512555123\u{ff14}",
                "full-width character U+FF14",
                "0 to 9",
            ),
            ("+1512555123\u{664}", "U+0664", "write the digits 0 to 9"),
            (
                "+1512\u{a0}5551234",
                "no-break space U+00A0",
                "plain spaces",
            ),
            (
                "+1\u{2013}512\u{2013}5551234",
                "en dash U+2013",
                "a plain `-`",
            ),
            (
                "+1\u{2212}512\u{2212}5551234",
                "minus sign U+2212",
                "a plain `-`",
            ),
            (
                "+1\u{ff0f}512\u{ff0f}5551234",
                "U+FF0F",
                "a space in its place",
            ),
            ("+1 [512] 5551234", "`[`", "a space in its place"),
            ("+15125551234\t", "tab U+0009", "delete it"),
            ("+15125551234\r", "carriage return U+000D", "delete it"),
            ("+1512\0", "NUL character U+0000", "delete it"),
            (
                "+1512\u{200b}5551234",
                "zero-width space U+200B",
                "does not show",
            ),
            (
                "\u{202a}+15125551234",
                "direction mark U+202A",
                "does not show",
            ),
            ("+1512\u{ad}5551234", "soft hyphen U+00AD", "does not show"),
            ("\u{260e} +15125551234", "U+260E", "leave it out"),
            ("15125551234\u{2013}", "en dash U+2013", "a plain `-`"),
        ]);
    }
}

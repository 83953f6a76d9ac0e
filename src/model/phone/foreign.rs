//! Why a character has no place in a phone, and what to do about it.

use super::super::character::described;
use super::super::hidden::is_hidden;
use super::super::invalid::{InvalidCode, Problem};
use super::super::placeholder::Placeholder;
use super::diagnosis::{SECOND, TWO_NUMBERS};
use super::groups::{MIN, is_bracket, is_dash, is_dot, is_slash};
use super::meant::{is_plus, meant, plain};
use super::metadata::digit_of_other_script;
use super::suggestion::told;
use super::{calling_code, letters, uri};

/// Words that stand before an extension, in lower case.
const EXTENSIONS: [&str; 14] = [
    "x",
    "ext",
    "extn",
    "extension",
    "poste",
    "int",
    "interno",
    "anexo",
    "ramal",
    "dw",
    "durchwahl",
    "toestel",
    "\u{434}\u{43e}\u{431}",
    "p",
];

/// Tells of a phone in which a character at a place is none of those that a phone may have.
pub(super) fn foreign(phone: &str, at: usize, character: char) -> Problem {
    if let Some(kind) = Placeholder::of(phone) {
        let what = format!("{kind}, not a phone; fill in the phone");
        return Problem::new(InvalidCode::NotAValue, what);
    }
    let (before, after) = (&phone[..at], &phone[at + character.len_utf8()..]);
    uri::link(phone)
        .or_else(|| two_parts(before, character, after))
        .unwrap_or_else(|| of_character(phone, before, character, after))
}

/// A number, and behind it another one or an extension.
fn two_parts(before: &str, character: char, after: &str) -> Option<Problem> {
    let has_number_before = digits(before) >= MIN;
    let may_be_two = has_number_before && (digits(after) >= SECOND || after.contains('+'));
    // A word between two numbers, rather than a letter among digits.
    let is_word = character.is_alphabetic() && before.ends_with(' ');
    let is_mark = matches!(
        character,
        ',' | ';' | ':' | '|' | '&' | '#' | '*' | '\n' | '\r'
    );
    let is_plus = character == '+' && has_number_before;
    if is_plus || may_be_two && (is_word || is_mark) {
        return Some(Problem::new(InvalidCode::PhoneSeveral, TWO_NUMBERS));
    }
    let is_extension = has_number_before
        && (1..SECOND).contains(&digits(after))
        && (matches!(character, ',' | ';' | '#' | '*') || begins_extension(character, after));
    is_extension.then(|| {
        Problem::new(
            InvalidCode::PhoneExtension,
            "an extension stands behind the number, and a passcode cannot reach one; \
             write a number without an extension",
        )
    })
}

/// Whether a word that stands before extensions begins with a character.
fn begins_extension(character: char, after: &str) -> bool {
    let rest = after.chars().take_while(|c| c.is_alphabetic());
    let word: String = std::iter::once(character).chain(rest).collect();
    EXTENSIONS.contains(&word.to_lowercase().as_str())
}

fn of_character(phone: &str, before: &str, character: char, after: &str) -> Problem {
    let has_other_digits = phone.chars().any(|c| digit_of_other_script(c).is_some());
    let (code, advice, meant) = match character {
        '+' => return plus(before, after),
        c if has_other_digits && (is_plus(c) || digit_of_other_script(c).is_some()) => (
            InvalidCode::PhoneDigitsOfOtherScript,
            "; write the digits 0 to 9",
            plain(phone),
        ),
        c if is_hidden(c) => {
            let advice = if c.is_control() {
                "; delete it"
            } else {
                "; it does not show: type the number anew"
            };
            (InvalidCode::PhoneInvisibleCharacter, advice, plain(phone))
        }
        c if c.is_alphabetic() => (
            InvalidCode::PhoneLetters,
            "; letters are not read as digits",
            letters::number_in(phone),
        ),
        c => (InvalidCode::PhoneCharacter, advice(c), plain(phone)),
    };
    let what = format!(
        "holds {}, which no phone number has{advice}",
        described(character)
    );
    told(code, what, meant)
}

fn advice(character: char) -> &'static str {
    match character {
        '\'' | '\u{2018}' | '\u{2019}' => "; drop the mark that a spreadsheet puts before a text",
        '=' | '"' | '\u{201c}'..='\u{201e}' => {
            "; write the number alone, without a formula and quotation marks"
        }
        '@' => "; an email address is no phone",
        c if is_plus(c) => "; type a plain `+`",
        c if c.is_numeric() => "; write the digits 0 to 9",
        c if is_dash(c) => "; type a plain `-`, or a space",
        c if is_dot(c) || is_slash(c) || is_bracket(c) => "; type a space in its place",
        _ => "; leave it out",
    }
}

/// Tells of a `+` that does not stand before all digits, and behind no whole number.
fn plus(before: &str, after: &str) -> Problem {
    let first: String = before.chars().filter(char::is_ascii_digit).collect();
    let number = meant(&format!("+{after}"));
    let is_twice = before.contains('+')
        && !first.is_empty()
        && number.is_some_and(|number| calling_code::split(&number.digits()).0 == first);
    let (code, what) = if is_twice {
        (
            InvalidCode::PhoneCountryCodeTwice,
            format!("the country code +{first} is there twice; write it once"),
        )
    } else if number.is_some() && ["00", "011"].contains(&first.as_str()) {
        (
            InvalidCode::PhoneInternationalPrefix,
            format!("drop the international prefix `{first}` before the `+`"),
        )
    } else {
        (
            InvalidCode::PhoneCharacter,
            "holds the character `+`, which stands once in a phone, before all digits".to_owned(),
        )
    };
    // Digits before the `+` may belong to the number.
    let is_told = code != InvalidCode::PhoneCharacter || first.is_empty();
    told(code, what, number.filter(|_| is_told))
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn the_character_is_named_and_what_to_do_about_it() {
        for (written, character, advice) in [
            ("+1512555I234", "`I`", "letters are not read as digits"),
            (
                "\u{2019}+15125551234",
                "U+2019",
                "drop the mark that a spreadsheet",
            ),
            ("=+15125551234", "`=`", "without a formula"),
            ("++15125551234", "`+`", "stands once in a phone"),
            ("+15125551234#", "`#`", "leave it out"),
            ("12@example.com", "`@`", "an email address"),
            ("\u{ff0b}4479", "full-width character U+FF0B", "a plain `+`"),
            (
                "+1512555123\u{ff14}",
                "full-width character U+FF14",
                "0 to 9",
            ),
            ("+1512555123\u{664}", "U+0664", "write the digits 0 to 9"),
            ("+1512555123\u{b2}", "U+00B2", "write the digits 0 to 9"),
            ("+1\u{2043}5125551234", "U+2043", "a plain `-`"),
            (
                "+1\u{ff0f}512\u{ff0f}5551234",
                "U+FF0F",
                "a space in its place",
            ),
            ("+1 [512] 5551234", "`[`", "a space in its place"),
            ("+15125551234\t", "tab U+0009", "delete it"),
            ("+1512\0", "NUL character U+0000", "delete it"),
            (
                "+1512\u{200b}5551234",
                "zero-width space U+200B",
                "does not show",
            ),
            ("+1512\u{ad}5551234", "soft hyphen U+00AD", "does not show"),
            ("\u{260e} +15125551234", "U+260E", "leave it out"),
        ] {
            let told = read(written, None).expect_err(written).message;
            assert!(
                told.contains(character) && told.contains(advice),
                "{written}: {told}"
            );
        }
    }
}

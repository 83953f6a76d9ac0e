//! Letters in a phone: those that look like digits, those of the keypad, and words beside it.

use super::E164;
use super::meant::meant;

/// The number that a text with letters may mean; letters are never read as digits in earnest.
pub(super) fn number_in(phone: &str) -> Option<E164> {
    beside_words(phone)
        .or_else(|| replaced(phone, look_alike))
        .or_else(|| {
            has_word(phone)
                .then(|| replaced(phone, of_keypad))
                .flatten()
        })
}

/// The number between words: `Mobile: +44 7911 123456 (work)`.
fn beside_words(phone: &str) -> Option<E164> {
    let start = phone.find('+')?;
    let end = phone.rfind(|c: char| c.is_ascii_digit())? + 1;
    let number = phone.get(start..end)?;
    let (before, after) = (&phone[..start], &phone[end..]);
    let is_letter = |word: &str| word.chars().count() == 1;
    let mut words = before
        .split(|c: char| !c.is_alphabetic())
        .chain(after.split(|c: char| !c.is_alphabetic()));
    // One letter may be a digit that was mistyped.
    if words.any(is_letter) {
        return None;
    }
    meant(number)
}

fn replaced(phone: &str, digit: fn(char) -> Option<char>) -> Option<E164> {
    let text: String = phone.chars().map(|c| digit(c).unwrap_or(c)).collect();
    meant(&text)
}

/// The digit that a letter looks like, of those that are mistaken for one.
fn look_alike(letter: char) -> Option<char> {
    match letter {
        'O' | 'o' | '\u{39f}' | '\u{3bf}' | '\u{41e}' | '\u{43e}' => Some('0'),
        'l' | 'I' | 'i' | '\u{399}' | '\u{406}' | '\u{4cf}' => Some('1'),
        _ => None,
    }
}

/// The key that a letter is on (ITU-T E.161).
fn of_keypad(letter: char) -> Option<char> {
    match letter.to_ascii_uppercase() {
        'A'..='C' => Some('2'),
        'D'..='F' => Some('3'),
        'G'..='I' => Some('4'),
        'J'..='L' => Some('5'),
        'M'..='O' => Some('6'),
        'P'..='S' => Some('7'),
        'T'..='V' => Some('8'),
        'W'..='Z' => Some('9'),
        _ => None,
    }
}

/// Whether three letters stand together.
fn has_word(phone: &str) -> bool {
    let mut words = phone.split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| word.len() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_meant_by_letters_is_a_valid_number_or_nothing() {
        for (phone, meant) in [
            ("+44 7911 12345O", "+447911123450"),
            ("+44 7911 I23456", "+447911123456"),
            ("+44 79ll l234S6", ""),
            ("+44 79ll 123456", "+447911123456"),
            ("+1-800-FLOWERS", "+18003569377"),
            ("+1 800 flowers", "+18003569377"),
            ("+1-800-FLOWER", ""),
            ("+1 512 555 12E4", ""),
            ("Mobile: +44 7911 123456", "+447911123456"),
            ("+44 7911 123456 (work)", "+447911123456"),
            ("WhatsApp +44 7911 123456 (work)", "+447911123456"),
            ("+44 7911 12345 o", "+447911123450"),
            ("+44 7911 123456 m", ""),
            ("Mobile 07911 123456", ""),
            ("example", ""),
            ("", ""),
        ] {
            let found = number_in(phone).map(|phone| phone.to_string());
            assert_eq!(found.unwrap_or_default(), meant, "{phone}");
        }
    }
}

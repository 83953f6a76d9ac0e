//! Text that is safe to show: in a terminal, a log, and a spreadsheet.
//!
//! Everything that came from outside (cells, server messages, file names) passes
//! through here before a person or a spreadsheet sees it.

use std::borrow::Cow;

use crate::model::formula;
pub(crate) use crate::model::hidden::neutral;

/// What is shown for a phone or a mailbox that `purge` took out of the ledger.
pub(crate) const PURGED: &str = "(purged)";

/// Makes a text a cell: [`neutral`], and marked where a spreadsheet would run it as a [`formula`].
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    // The mark is put before what was there: a tab at the start is not one any more once it is neutral.
    match formula::marked(text) {
        Cow::Borrowed(text) => neutral(text),
        Cow::Owned(text) => Cow::Owned(neutral(&text).into_owned()),
    }
}

/// Hides what may be a phone in a sentence: of seven digits or more, the last two are left.
///
/// Digits that are part of a longer word, such as a UUID, are no phone.
pub(crate) fn without_phones(text: &str) -> Cow<'_, str> {
    const PHONE: usize = 7;
    let bytes = text.as_bytes();
    let part_of_word = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let mut safe = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let end = at + digits;
        let alone = at
            .checked_sub(1)
            .is_none_or(|before| !part_of_word(bytes[before]))
            && bytes.get(end).is_none_or(|&after| !part_of_word(after));
        if digits >= PHONE && alone {
            safe.push_str(&text[copied..at]);
            safe.push('…');
            copied = end - 2;
        }
        at = end + usize::from(digits == 0);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(&text[copied..]);
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::hidden::is_unsafe;

    #[test]
    fn what_a_spreadsheet_would_run_is_marked_and_its_beginning_is_neutral() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("\t=1", r"'\u{9}=1"),
            ("\r=1", r"'\u{d}=1"),
            ("+44 7911 123456", "+44 7911 123456"),
            ("+44\t7911", r"'+44\u{9}7911"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), cell);
        }
    }

    #[test]
    fn a_phone_in_a_sentence_is_hidden_and_an_id_is_not() {
        for (text, shown) in [
            ("did you mean +447911123456?", "did you mean +…56?"),
            ("07911123456 and 447911123456", "…56 and …56"),
            ("at most 100 of 123456", "at most 100 of 123456"),
            (
                "12345678-1234-4234-8234-123456789012",
                "12345678-1234-4234-8234-123456789012",
            ),
            ("ü7911123456", "ü…56"),
            ("", ""),
        ] {
            assert_eq!(without_phones(text), shown);
        }
    }

    proptest! {
        #[test]
        fn no_cell_starts_like_a_formula_whatever_it_holds(text in "[=@+\\-\t\r0-9a-z \u{0}-\u{ff}]{0,8}") {
            let cell = guarded(&text);
            prop_assert!(!formula::is_formula(cell.as_bytes()), "{cell:?}");
            prop_assert!(!cell.chars().any(is_unsafe), "{cell:?}");
        }

        #[test]
        fn no_long_number_is_left_in_a_sentence(
            before in "[ü (:+]{0,3}",
            digits in "[0-9]{7,15}",
            after in "[ü ?.,)]{0,3}",
        ) {
            let shown = without_phones(&format!("{before}{digits}{after}")).into_owned();
            let expected = format!("{before}…{}{after}", &digits[digits.len() - 2..]);
            prop_assert_eq!(shown, expected);
        }

        #[test]
        fn any_text_at_all_can_be_searched_for_phones(text in "\\PC{0,30}") {
            without_phones(&text);
        }
    }
}

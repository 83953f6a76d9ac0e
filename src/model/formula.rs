//! What a spreadsheet would run as a formula, and the mark that keeps it from that. Pure.
//!
//! Whoever writes a file for people puts the mark on, and whoever reads such a file back takes it
//! off: both by the rule in this file, so that a cell comes back as it was.

use std::borrow::Cow;

/// What a spreadsheet takes for "this is text".
pub(crate) const MARK: char = '\'';

/// Whether a spreadsheet may run a cell as a formula, by its bytes in UTF-8 or any encoding that
/// has ASCII in it.
///
/// It may where the cell starts with `=`, `@`, a tab or a carriage return; or where it starts with
/// `+` or `-` and holds more than a phone or a number does behind it: digits, spaces, `.`, `-`,
/// `(`, `)` and `/`.
pub(crate) fn is_formula(cell: &[u8]) -> bool {
    match cell {
        [b'=' | b'@' | b'\t' | b'\r', ..] => true,
        [b'+' | b'-', rest @ ..] => !rest
            .iter()
            .all(|byte| byte.is_ascii_digit() || b" .-()/".contains(byte)),
        _ => false,
    }
}

/// The cell behind a [`MARK`] where a spreadsheet might run it, and as it is otherwise.
pub(crate) fn marked(cell: &str) -> Cow<'_, str> {
    if is_formula(cell.as_bytes()) {
        Cow::Owned(format!("{MARK}{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell as it was before [`marked`].
///
/// A cell that held the mark and a formula from the start cannot be told from one that was marked:
/// it loses the mark. Only cells of a file that wavepair wrote may be given to this.
pub(crate) fn unmarked(cell: &str) -> &str {
    match cell.strip_prefix(MARK) {
        Some(rest) if is_formula(rest.as_bytes()) => rest,
        Some(_) | None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_marked_and_phones_and_numbers_are_not() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("=", "'="),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("-1*1", "'-1*1"),
            ("+44…56", "'+44…56"),
            ("+44\u{a0}7911", "'+44\u{a0}7911"),
            ("+44,7911", "'+44,7911"),
            ("+", "+"),
            ("-", "-"),
            ("--", "--"),
            ("+447911123456", "+447911123456"),
            ("+44 7911 123456", "+44 7911 123456"),
            ("+1 (512) 555-0142", "+1 (512) 555-0142"),
            ("+49 170/1234567", "+49 170/1234567"),
            ("+1.512.555.1234", "+1.512.555.1234"),
            ("-7", "-7"),
            ("- (3.5)", "- (3.5)"),
            ("'=1+1", "'=1+1"),
            (" =1", " =1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(marked(cell), written, "{cell:?}");
        }
    }

    #[test]
    fn a_mark_is_taken_off_only_where_there_is_a_formula_behind_it() {
        for (cell, read) in [
            ("'=1+1", "=1+1"),
            ("'\r", "\r"),
            ("'+44 7911 123456 ext 7", "+44 7911 123456 ext 7"),
            ("'+447911123456", "'+447911123456"),
            ("'quoted'", "'quoted'"),
            ("''=1", "''=1"),
            ("'", "'"),
            ("=1", "=1"),
            ("", ""),
        ] {
            assert_eq!(unmarked(cell), read, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn no_marked_cell_is_a_formula_and_each_comes_back_as_it_was(
            cell in "[=@+\\-\t\r '(./0-9a-z\u{a0}-\u{ff}]{0,8}",
        ) {
            let written = marked(&cell);
            prop_assert!(!is_formula(written.as_bytes()), "{written:?}");
            let was_marked = cell.strip_prefix(MARK).is_some_and(|rest| is_formula(rest.as_bytes()));
            prop_assume!(!was_marked);
            prop_assert_eq!(unmarked(&written), &cell);
        }
    }
}

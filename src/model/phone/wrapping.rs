//! What address books and spreadsheets put round a number. Pure.

use super::groups::is_space;

/// A number without what stands round it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unwrapped<'a> {
    /// What is left.
    pub(super) text: &'a str,
    /// Whether more was taken off than plain spaces.
    pub(super) was_wrapped: bool,
}

/// Takes off what changes no digit: spaces of any kind, marks that do not show; and the `'` or
/// `="…"` by which a spreadsheet keeps a text, where the number in it starts with `+`.
pub(super) fn unwrapped(cell: &str) -> Unwrapped<'_> {
    let cell = cell.trim_matches(' ');
    let mut text = cell.trim_matches(is_around);
    let quoted = text.strip_prefix('\'').or_else(|| {
        let formula = text.strip_prefix("=\"")?;
        formula.strip_suffix('"')
    });
    if let Some(inner) = quoted.map(|inner| inner.trim_matches(is_around))
        && inner.starts_with('+')
    {
        text = inner;
    }
    Unwrapped {
        text,
        was_wrapped: text.len() != cell.len(),
    }
}

fn is_around(character: char) -> bool {
    character == ' ' || is_space(character) || is_mark(character)
}

/// Whether it is one of the marks without a width that address books put round a number.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_round_a_number_is_taken_off_and_nothing_else() {
        for (cell, text, was_wrapped) in [
            ("+4479", "+4479", false),
            ("  +4479 ", "+4479", false),
            ("\u{a0}+4479\u{3000}", "+4479", true),
            ("\u{202a}+4479\u{202c}", "+4479", true),
            (" \u{200e}+4479", "+4479", true),
            ("\u{feff}+4479\u{2060}", "+4479", true),
            ("'+4479", "+4479", true),
            ("' +4479", "+4479", true),
            ("\u{200b}'\u{200b}+4479", "+4479", true),
            ("=\"+4479\"", "+4479", true),
            ("=\" +4479 \"", "+4479", true),
            // Not one that starts with `+`, or not a whole wrapping.
            ("'4479", "'4479", false),
            ("''+4479", "''+4479", false),
            ("=\"4479\"", "=\"4479\"", false),
            ("=\"+4479", "=\"+4479", false),
            ("=+4479", "=+4479", false),
            ("\"+4479\"", "\"+4479\"", false),
            ("+4479'", "+4479'", false),
            // Damage, and not what is put there.
            ("+4479\t", "+4479\t", false),
            ("\u{ad}+4479", "\u{ad}+4479", false),
            ("+44\u{200b}79", "+44\u{200b}79", false),
            ("\u{a0}", "", true),
            ("", "", false),
            ("'", "'", false),
        ] {
            assert_eq!(unwrapped(cell), Unwrapped { text, was_wrapped }, "{cell:?}");
        }
    }
}

//! Characters that a person who looks at a text does not see.

use std::borrow::Cow;

/// Writes control characters as `\u{..}`: one line stays one line, and a terminal obeys nobody.
///
/// Beside the control characters proper these are the invisible ones that break
/// lines or turn the direction of writing, so that a text shows another order
/// than it has.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// What [`neutral`] writes in another way.
pub(crate) fn is_unsafe(c: char) -> bool {
    is_unprintable(c) || matches!(c, '\u{200b}' | '\u{feff}')
}

/// Control characters, and those that break or turn round a line (Unicode `Zl`, `Zp`, `Bidi_Control`).
pub(crate) fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Whatever leaves no mark but the space: [`is_unprintable`], other white space, and what is not drawn
/// (Unicode `Default_Ignorable_Code_Point`, interlinear annotations).
///
/// Joiners are among them, which an emoji in a nickname needs and an address never does.
pub(crate) fn is_hidden(character: char) -> bool {
    is_unprintable(character)
        || character.is_whitespace() && character != ' '
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200d}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_or_breaks_a_line_gets_through() {
        for (text, shown) in [
            ("plain, ünïcode, 漢字", "plain, ünïcode, 漢字"),
            ("a\nb\r\n", r"a\u{a}b\u{d}\u{a}"),
            ("\u{1b}[31mred", r"\u{1b}[31mred"),
            ("\u{9b}31m", r"\u{9b}31m"),
            (
                "bell\u{7}back\u{8}del\u{7f}",
                r"bell\u{7}back\u{8}del\u{7f}",
            ),
            ("\u{202e}txt.exe", r"\u{202e}txt.exe"),
            ("a\u{2028}b\u{feff}", r"a\u{2028}b\u{feff}"),
            ("an emoji's joiner\u{200d}", "an emoji's joiner\u{200d}"),
        ] {
            assert_eq!(neutral(text), shown);
        }
    }
}

//! Characters that a person who looks at a text does not see.

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

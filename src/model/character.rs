//! Names of characters that a person does not see, or takes for others.

/// Names a character: as it is where it shows, by its name and number where it does not or looks
/// like another.
pub(crate) fn described(character: char) -> String {
    if character.is_ascii_graphic() {
        return format!("the character `{character}`");
    }
    let code = format!("U+{:04X}", u32::from(character));
    match name(character) {
        Some(name) => format!("the {name} {code}"),
        None => format!("the character {code}"),
    }
}

fn name(character: char) -> Option<&'static str> {
    Some(match character {
        '\0' => "NUL character",
        '\t' => "tab",
        '\n' => "line feed",
        '\u{b}' => "vertical tab",
        '\r' => "carriage return",
        '\u{a0}' => "no-break space",
        '\u{ad}' => "soft hyphen",
        '\u{2007}' => "figure space",
        '\u{2009}' => "thin space",
        '\u{200b}' => "zero-width space",
        '\u{200c}' | '\u{200d}' => "zero-width joiner",
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "direction mark"
        }
        '\u{2010}' => "hyphen",
        '\u{2011}' => "non-breaking hyphen",
        '\u{2012}' => "figure dash",
        '\u{2013}' => "en dash",
        '\u{2014}' => "em dash",
        '\u{2018}' | '\u{2019}' => "quotation mark",
        '\u{202f}' => "narrow no-break space",
        '\u{2060}' => "word joiner",
        '\u{2212}' => "minus sign",
        '\u{3000}' => "ideographic space",
        '\u{fe00}'..='\u{fe0f}' => "variation selector",
        '\u{feff}' => "byte order mark",
        '\u{ff01}'..='\u{ff5e}' => "full-width character",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_is_shown_and_the_rest_is_named() {
        for (character, text) in [
            ('x', "the character `x`"),
            ('\u{2013}', "the en dash U+2013"),
            ('\u{a0}', "the no-break space U+00A0"),
            ('\u{200b}', "the zero-width space U+200B"),
            ('\u{ff14}', "the full-width character U+FF14"),
            ('\u{664}', "the character U+0664"),
            (' ', "the character U+0020"),
            ('\0', "the NUL character U+0000"),
        ] {
            assert_eq!(described(character), text);
        }
    }
}

//! How a file of rows is written, besides what stands in its cells.
//!
//! What goes back to people is written as their own file was: their spreadsheet opened that one.

use std::fmt;
use std::str::FromStr;

use encoding_rs::Encoding;

/// The form of a file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What the rows are wrapped in.
    pub container: Container,
    /// How characters are made of its bytes; of a workbook it means nothing.
    pub encoding: &'static Encoding,
    /// Whether the file starts with the byte order mark of its encoding, by which a spreadsheet
    /// knows it.
    pub marked: bool,
    /// What stands between two fields.
    pub delimiter: Delimiter,
    /// How its lines end.
    pub line_end: LineEnd,
}

impl Default for Dialect {
    /// UTF-8 with commas and LF, and nothing round it.
    fn default() -> Self {
        Self {
            container: Container::default(),
            encoding: encoding_rs::UTF_8,
            marked: false,
            delimiter: Delimiter::default(),
            line_end: LineEnd::default(),
        }
    }
}

/// U+FEFF in UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What rows are wrapped in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Container {
    /// Nothing.
    #[default]
    Plain,
    /// gzip.
    Gzip,
    /// A workbook of a spreadsheet, `.xlsx`.
    Workbook,
}

/// How the lines of a file end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnd {
    /// With LF.
    #[default]
    Lf,
    /// With CR and LF.
    CrLf,
    /// With CR alone.
    Cr,
}

impl LineEnd {
    /// Its bytes.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            LineEnd::Lf => b"\n",
            LineEnd::CrLf => b"\r\n",
            LineEnd::Cr => b"\r",
        }
    }
}

/// What stands between two fields: one ASCII character that no name, phone or formula is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    /// `,`, as RFC 4180 has it.
    pub const COMMA: Self = Self(b',');

    /// `;`, as spreadsheets write where `,` is the decimal point.
    pub const SEMICOLON: Self = Self(b';');

    /// A tab.
    pub const TAB: Self = Self(b'\t');

    /// `|`.
    pub const PIPE: Self = Self(b'|');

    /// Those that are looked for in a header, with the words for them.
    pub const USUAL: [(Self, &'static str); 4] = [
        (Self::COMMA, "comma"),
        (Self::SEMICOLON, "semicolon"),
        (Self::TAB, "tab"),
        (Self::PIPE, "pipe"),
    ];

    /// Takes a character, unless it has a meaning inside a field or at the end of a line.
    pub fn of(character: char) -> Option<Self> {
        let byte = u8::try_from(character).ok().filter(u8::is_ascii)?;
        let is_taken =
            byte.is_ascii_alphanumeric() || b"\"'\r\n\0+-_=@.()/?\\{} \x1a\x1e".contains(&byte);
        (!is_taken).then_some(Self(byte))
    }

    /// Its byte.
    pub fn byte(self) -> u8 {
        self.0
    }

    /// How a sentence names it.
    pub fn described(self) -> String {
        match self.0 {
            b'\t' => "a tab".to_owned(),
            byte => format!("`{}`", char::from(byte).escape_debug()),
        }
    }
}

impl Default for Delimiter {
    fn default() -> Self {
        Self::COMMA
    }
}

impl fmt::Display for Delimiter {
    /// Writes the word for it; of an unusual one the character itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::USUAL.iter().find(|(usual, _)| usual == self) {
            Some((_, word)) => f.write_str(word),
            None => write!(f, "{}", char::from(self.0)),
        }
    }
}

impl FromStr for Delimiter {
    type Err = NotADelimiter;

    /// Reads a word for one, or the character itself; `\t` is a tab, too.
    fn from_str(text: &str) -> Result<Self, NotADelimiter> {
        let usual = Self::USUAL.iter().find(|(_, word)| *word == text);
        if let Some((delimiter, _)) = usual {
            return Ok(*delimiter);
        }
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some('\\'), Some('t')) if text.len() == 2 => Ok(Self::TAB),
            (Some(character), None) => Self::of(character).ok_or(NotADelimiter),
            (None, _) | (Some(_), Some(_)) => Err(NotADelimiter),
        }
    }
}

/// Why a text names no delimiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADelimiter;

impl fmt::Display for NotADelimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected `comma`, `semicolon`, `tab`, `pipe`, or one other character, such as `:`, of \
             which neither names nor phones are made",
        )
    }
}

/// The form of a file as far as somebody named it: that is not recognized then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedForm {
    /// What stands between two fields.
    pub delimiter: Option<Delimiter>,
    /// How characters are made of its bytes.
    pub encoding: Option<&'static Encoding>,
    /// The sheet of a workbook, by its name or its number from 1.
    pub sheet: Option<String>,
}

/// The encoding of a label, as the Encoding Standard of WHATWG has it; nothing where there is none that
/// text can be read in.
pub(crate) fn encoding_of(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_named_by_a_word_or_is_the_character() {
        for (text, byte) in [
            ("comma", b','),
            ("semicolon", b';'),
            ("tab", b'\t'),
            ("pipe", b'|'),
            (",", b','),
            ("\t", b'\t'),
            ("\\t", b'\t'),
            (":", b':'),
            ("\u{1}", 1),
        ] {
            let delimiter: Delimiter = text.parse().unwrap();
            assert_eq!(delimiter.byte(), byte, "{text:?}");
            let word = delimiter.to_string();
            assert_eq!(word.parse(), Ok(delimiter), "{word:?}");
        }
        for text in [
            "", "?", "\"", "'", "=", "/", "\n", "\r", " ", "a", "7", "+", "-", "_", "\0", "\u{a6}",
            ";;", "colon", "\\tt", "\\", "{",
        ] {
            assert_eq!(text.parse::<Delimiter>(), Err(NotADelimiter), "{text:?}");
        }
    }
}

//! What is wrong with the form of a file, and what to do about it. Pure.

use std::fmt;

use encoding_rs::Encoding;

use super::names::{listed, shown};
use crate::model::dialect::Delimiter;
use crate::model::shell;

/// What is wrong with the form of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormFlaw {
    /// It is compressed with gzip.
    Gzip,
    /// It is a workbook of a spreadsheet.
    Workbook,
    /// It is UTF-16 and has no byte order mark.
    Utf16 {
        /// What it is in likelihood.
        likely: &'static Encoding,
    },
    /// It is UTF-32.
    Utf32,
    /// It starts with the byte order mark of another encoding than the one that was named.
    OtherMark {
        /// What the mark says.
        mark: &'static Encoding,
        /// What was named.
        named: &'static Encoding,
    },
    /// The header holds bytes that mean nothing in its encoding.
    HeaderNotDecodable {
        /// What was expected.
        encoding: &'static Encoding,
        /// What it is in likelihood, where that was looked for.
        likely: Option<&'static Encoding>,
    },
    /// Some lines end with a carriage return alone, and others do not.
    CarriageReturns,
    /// It is larger when it is unpacked than anything that could be meant.
    TooLarge,
    /// A spreadsheet's `sep=` line stands first, and names no delimiter.
    SepLine,
    /// More than one delimiter gives the header columns that are known.
    Delimiters {
        /// Each, and the names of known columns that the header has with it.
        seen: Vec<(Delimiter, Vec<String>)>,
    },
    /// The names of columns are there, and nothing that is looked for stands between them.
    NotSplit {
        /// The header.
        header: String,
        /// What was looked for.
        by: Vec<Delimiter>,
    },
}

impl fmt::Display for FormFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormFlaw::Gzip => f.write_str("is compressed with gzip"),
            FormFlaw::Workbook => {
                f.write_str("is a spreadsheet's workbook (or a zip file), not CSV")
            }
            FormFlaw::Utf16 { .. } => {
                f.write_str("the header may be UTF-16; the byte order mark is missing")
            }
            FormFlaw::Utf32 => f.write_str("is UTF-32, which is not read"),
            FormFlaw::OtherMark { mark, named } => write!(
                f,
                "starts with the byte order mark of {}, and --encoding says {}",
                mark.name(),
                named.name()
            ),
            FormFlaw::HeaderNotDecodable { encoding, .. } => {
                write!(f, "the header is not {}", encoding.name())
            }
            FormFlaw::CarriageReturns => f.write_str(
                "this line ends with a carriage return alone, and others with a line feed",
            ),
            FormFlaw::TooLarge => f.write_str("is larger than any wave when it is unpacked"),
            FormFlaw::SepLine => {
                f.write_str("the `sep=` line names no character that can separate fields")
            }
            FormFlaw::Delimiters { seen } => {
                f.write_str("the header could be separated")?;
                for (place, (delimiter, names)) in seen.iter().enumerate() {
                    let or = if place > 0 { " or" } else { "" };
                    write!(f, "{or} by {} ({})", delimiter.described(), listed(names))?;
                }
                Ok(())
            }
            FormFlaw::NotSplit { header, by } => {
                let by: Vec<String> = by.iter().map(|by| by.described()).collect();
                write!(
                    f,
                    "the names of the header are not separated by {}: {}",
                    by.join(" or "),
                    shown(header)
                )
            }
        }
    }
}

impl FormFlaw {
    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        match self {
            FormFlaw::Gzip => "unpack it first, with `gunzip`".into(),
            FormFlaw::Workbook => "save the sheet as `CSV UTF-8` and use that file".into(),
            FormFlaw::Utf16 { likely }
            | FormFlaw::HeaderNotDecodable {
                likely: Some(likely),
                ..
            } => format!(
                "it may be {}: name its encoding with `--encoding {}`, or save it again as `CSV UTF-8`",
                likely.name(),
                likely.name().to_ascii_lowercase()
            ),
            FormFlaw::HeaderNotDecodable { likely: None, .. } => {
                "name another encoding with `--encoding`, or save it again as `CSV UTF-8`".into()
            }
            FormFlaw::Utf32 | FormFlaw::TooLarge => "save it again as `CSV UTF-8`".into(),
            FormFlaw::OtherMark { .. } => "leave --encoding out, or save the file again".into(),
            FormFlaw::CarriageReturns => "save it again with line ends LF or CRLF".into(),
            FormFlaw::SepLine => {
                "delete that line, or name the character with `--delimiter`".into()
            }
            FormFlaw::Delimiters { seen } => {
                let words: Vec<String> = seen.iter().map(|(by, _)| option_of(*by)).collect();
                format!("say which: add {}", words.join(" or "))
            }
            FormFlaw::NotSplit { .. } => {
                "name the character that separates them, such as `--delimiter semicolon`".into()
            }
        }
    }
}

/// The option that names a delimiter.
fn option_of(delimiter: Delimiter) -> String {
    shell::option("--delimiter", delimiter.to_string())
}

//! What is wrong with the form of a file, and what to do about it. Pure.

use std::fmt;

use encoding_rs::Encoding;

use super::names::{listed, shown};
use crate::model::dialect::Delimiter;
use crate::model::shell;

/// A kind of file that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A workbook of the format before `.xlsx`.
    Xls,
    /// A workbook that needs a password.
    Locked,
    /// A workbook with macros.
    Macros,
    /// A workbook in binary form, `.xlsb`.
    Binary,
    /// A spreadsheet of `OpenDocument`, `.ods`.
    OpenDocument,
    /// A document of Numbers.
    Numbers,
    /// Another zip archive.
    Zip,
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Other::Xls => "is a workbook of the old format (.xls), which is not read",
            Other::Locked => "is a workbook that is protected with a password",
            Other::Macros => "is a workbook with macros, which is not read",
            Other::Binary => "is a workbook in binary form (.xlsb), which is not read",
            Other::OpenDocument => "is an OpenDocument spreadsheet (.ods), which is not read",
            Other::Numbers => "is a document of Numbers, which is not read",
            Other::Zip => "is a zip archive, and no workbook",
        })
    }
}

impl Other {
    fn hint(self) -> &'static str {
        match self {
            Other::Xls | Other::Binary | Other::OpenDocument => {
                "open it in a spreadsheet and save it as .xlsx, or as `CSV UTF-8`"
            }
            Other::Locked => "open it in a spreadsheet and save it without the password",
            Other::Macros => "open it in a spreadsheet and save it as .xlsx, without macros",
            Other::Numbers => "open it in Numbers and export it as .xlsx, or as CSV in UTF-8",
            Other::Zip => "unpack it, and name the file that is the wave",
        }
    }
}

/// What is wrong with the form of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormFlaw {
    /// It is of another kind.
    Other(Other),
    /// It is compressed with gzip, and what comes of that is as well.
    PackedTwice,
    /// It ends before its own end.
    Cut,
    /// It is not what it says that it is.
    Damaged,
    /// No sheet of the workbook is shown by a spreadsheet.
    NoSheet,
    /// A workbook has no sheet of the name or number that was given.
    NoSuchSheet {
        /// What was given.
        named: String,
        /// The sheets that there are.
        sheets: Vec<String>,
    },
    /// A sheet was named, and it is no workbook.
    NotAWorkbook,
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
            FormFlaw::Other(other) => other.fmt(f),
            FormFlaw::PackedTwice => f.write_str("is compressed with gzip twice"),
            FormFlaw::Cut => f.write_str("is cut: it ends before its own end"),
            FormFlaw::Damaged => f.write_str("is damaged"),
            FormFlaw::NoSheet => f.write_str("has no sheet that a spreadsheet shows"),
            FormFlaw::NoSuchSheet { named, .. } => {
                write!(f, "has no sheet {} with rows", shown(named))
            }
            FormFlaw::NotAWorkbook => f.write_str("is no workbook, so it has no sheet"),
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
            FormFlaw::Other(other) => other.hint().into(),
            FormFlaw::PackedTwice => "unpack it first, with `gunzip`".into(),
            FormFlaw::Cut | FormFlaw::Damaged => {
                "copy it again from where it came from; nothing was sent".into()
            }
            FormFlaw::NoSheet => "name a sheet with `--sheet`".into(),
            FormFlaw::NoSuchSheet { sheets, .. } => format!("the sheets are {}", listed(sheets)),
            FormFlaw::NotAWorkbook => "leave `--sheet` out".into(),
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

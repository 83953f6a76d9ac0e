//! Why a wave cannot be read.

use std::fmt;
use std::io;

use super::header::PHONE;
use super::source::Change;
use crate::model::row::Column;

/// Why a wave cannot be read, as a lower-case fragment that names the file.
///
/// What is wrong with one row is no error: that row says so itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error("cannot open {name}")]
    Open {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The file opened, and does not give its bytes.
    #[error("cannot read {name}")]
    Read {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// What is no regular file cannot be kept for a second pass.
    #[error("cannot copy {name} to a temporary file")]
    Spool {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The file as a whole is no wave.
    #[error("{name}{}: {flaw}", at_line(*.line))]
    NotAWave {
        /// The file.
        name: String,
        /// The physical line, from 1, where the flaw has one.
        line: Option<u64>,
        /// What is wrong.
        flaw: Flaw,
    },
    /// The file is not what it was when it was opened.
    #[error("{name} {change} while it was being read")]
    Changed {
        /// The file.
        name: String,
        /// What happened to it.
        change: Change,
    },
}

impl Error {
    /// A read that failed, or that noticed a change.
    pub(super) fn reading(name: String, source: io::Error) -> Self {
        match source.downcast() {
            Ok(change) => Error::Changed { name, change },
            Err(source) => Error::Read { name, source },
        }
    }

    /// Whether whoever called wavepair must change something (exit code 2), rather than the
    /// machine having failed (exit code 1).
    pub fn is_usage(&self) -> bool {
        match self {
            Error::NotAWave { .. } => true,
            Error::Open { source, .. } => {
                use io::ErrorKind::{InvalidInput, NotADirectory, NotFound, PermissionDenied};
                [InvalidInput, NotADirectory, NotFound, PermissionDenied].contains(&source.kind())
            }
            Error::Read { .. } | Error::Spool { .. } | Error::Changed { .. } => false,
        }
    }

    /// What to do about it, as a sentence without a full stop.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::NotAWave { flaw, .. } => Some(flaw.hint()),
            Error::Spool { .. } => Some("make room in the folder that TMPDIR names".into()),
            Error::Changed { .. } => Some(
                "no row of the changed file was used; bring the file back or keep it as it is now, \
                 and run again: the ledger knows what is done"
                    .into(),
            ),
            Error::Open { .. } | Error::Read { .. } => None,
        }
    }
}

fn at_line(line: Option<u64>) -> String {
    line.map(|line| format!(", line {line}"))
        .unwrap_or_default()
}

/// What is wrong with a file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is a folder.
    Folder,
    /// It holds nothing, or blank lines alone.
    Empty,
    /// It is compressed with gzip.
    Gzip,
    /// It is a workbook of a spreadsheet.
    Workbook,
    /// Its characters have two bytes each.
    Utf16,
    /// The header is not UTF-8.
    HeaderNotUtf8,
    /// Lines end with a carriage return alone.
    CarriageReturns,
    /// A quote in the header is out of place or does not close.
    HeaderQuote,
    /// The header has a name or a line that is too long.
    HeaderTooLong,
    /// A spreadsheet's `sep=` line stands first.
    SepLine,
    /// The header's names are separated by another character than a comma.
    Delimiter(char),
    /// There is a user ID, phone or address where a header should be.
    LooksLikeData,
    /// A user ID or a phone stands among the names of columns.
    RowInHeader {
        /// Which field of the header it is in, from 1.
        field: usize,
    },
    /// A header looks like a misspelling of a column.
    Misspelled {
        /// What the file says.
        header: String,
        /// What it may mean.
        column: Column,
    },
    /// The same header twice.
    Twice {
        /// What the file says the second time.
        header: String,
    },
    /// A column that every wave has is not there.
    Missing {
        /// Which.
        column: Column,
        /// The names that are there.
        names: Vec<String>,
    },
    /// The column that is there in place of another is not read by this version.
    NotRead {
        /// What the file says.
        header: String,
        /// The column that is needed.
        instead: Column,
    },
    /// A header that `--column` names is not there.
    NoSuchHeader {
        /// The column that was to be found under it.
        column: Column,
        /// What `--column` says.
        header: String,
    },
    /// `--column` names one column or one header twice.
    NamedTwice {
        /// The column, the second time.
        column: Column,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Folder => f.write_str("is a folder, not a CSV file"),
            Flaw::Empty => f.write_str("is empty: not even a header"),
            Flaw::Gzip => f.write_str("is compressed with gzip"),
            Flaw::Workbook => f.write_str("is a spreadsheet's workbook (or a zip file), not CSV"),
            Flaw::Utf16 => f.write_str("is UTF-16; this version reads UTF-8"),
            Flaw::HeaderNotUtf8 => f.write_str("the header is not UTF-8"),
            Flaw::CarriageReturns => f.write_str("lines end with a carriage return alone"),
            Flaw::HeaderQuote => f.write_str("a quote in the header is out of place or not closed"),
            Flaw::HeaderTooLong => f.write_str("the header has a name that is too long"),
            Flaw::SepLine => f.write_str("a spreadsheet's `sep=` line where the header should be"),
            Flaw::Delimiter('\t') => {
                f.write_str("the header is separated by tabs; this version reads commas")
            }
            Flaw::Delimiter(delimiter) => write!(
                f,
                "the header is separated by `{delimiter}`; this version reads commas"
            ),
            Flaw::LooksLikeData => f.write_str("this line looks like data; the header is missing"),
            Flaw::RowInHeader { field } => write!(
                f,
                "field {field} of the header holds a UUID or a phone; the first row may have run into the header"
            ),
            Flaw::Misspelled { header, column } => write!(
                f,
                "the header {} looks like a misspelling of `{}`",
                shown(header),
                column.name()
            ),
            Flaw::Twice { header } => write!(f, "the header {} is there twice", shown(header)),
            Flaw::Missing { column, .. } => write!(f, "no column `{}`", column.name()),
            Flaw::NotRead { header, instead } => write!(
                f,
                "this version does not read the column {}, and there is no `{}`",
                shown(header),
                instead.name()
            ),
            Flaw::NoSuchHeader { column, header } => write!(
                f,
                "no header {}, which --column names for `{}`",
                shown(header),
                column.name()
            ),
            Flaw::NamedTwice { column } => write!(
                f,
                "--column {} names a column or a header a second time",
                column.name()
            ),
        }
    }
}

impl Flaw {
    /// What to do about it.
    fn hint(&self) -> String {
        match self {
            Flaw::Folder => "name the CSV file itself".into(),
            Flaw::Empty => "`wavepair template` prints a small valid wave".into(),
            Flaw::Gzip => "unpack it first, with `gunzip`".into(),
            Flaw::Workbook => "save the sheet as `CSV UTF-8` and use that file".into(),
            Flaw::Utf16 | Flaw::HeaderNotUtf8 => "save it again as `CSV UTF-8`".into(),
            Flaw::CarriageReturns => "save it again with line ends LF or CRLF".into(),
            Flaw::HeaderQuote => "put a name that holds a comma in quotes, and double each quote \
                                  inside it"
                .into(),
            Flaw::HeaderTooLong => "shorten the header".into(),
            Flaw::SepLine => "delete that line".into(),
            Flaw::Delimiter(_) => "save it again as CSV with commas".into(),
            Flaw::LooksLikeData => "put a header before it, such as `user_id,phone`; \
                 `wavepair template` prints an example"
                .into(),
            Flaw::RowInHeader { .. } => "end the header's line behind the last column's name, and \
                 start the first row on a line of its own"
                .into(),
            Flaw::Misspelled { header, column } => format!(
                "correct it, or say `--column {}={}` if it is meant, or give it another name if not",
                column.name(),
                shown(header)
            ),
            Flaw::Twice { .. } => "rename or remove one of the two".into(),
            Flaw::Missing { column, names } => format!(
                "name it with `--column {}=HEADER`; the headers are {}",
                column.name(),
                listed(names)
            ),
            Flaw::NotRead { instead, .. } => format!(
                "add a column `{}` with the ID that PingOne shows",
                instead.name()
            ),
            Flaw::NoSuchHeader { .. } => "compare it with the first line of the file".into(),
            Flaw::NamedTwice { .. } => "name each column and each header once".into(),
        }
    }
}

/// A header from the file, fit for a terminal: one line, no control characters, not too long.
/// What has the digits of a phone may be one, so they are not shown.
fn shown(header: &str) -> String {
    let may_be_phone = header.chars().filter(|c| c.is_numeric()).count() >= PHONE;
    let safe = header.chars().take(40).map(|c| match c {
        c if may_be_phone && c.is_numeric() => '#',
        c => c,
    });
    let mut text: String = safe.flat_map(char::escape_debug).take(40).collect();
    if header.chars().count() > 40 {
        text.push('…');
    }
    format!("`{text}`")
}

fn listed(names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(12).map(|name| shown(name)).collect();
    if names.len() > list.len() {
        list.push(format!("and {} more", names.len() - list.len()));
    }
    list.join(", ")
}

//! What is wrong with a file as a whole, and what to do about it. Pure.

use std::fmt;

use super::form_flaw::FormFlaw;
use super::names::{column as column_of, listed, normal, shown};
use super::source::Source;
use crate::model::file_form::WAVE_ENDINGS;
use crate::model::row::Column;
use crate::model::shell;

/// How names of what wavepair writes of a wave end, before their ending.
const WRITTEN: [&str; 3] = [".sandbox.results", ".results", ".dry-run"];

/// Where the flaw of a file is, if it is in a line, and what it is.
pub(super) type Flawed = (Option<u64>, Flaw);

/// What is wrong with a file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is a folder.
    Folder,
    /// It holds nothing, or blank lines alone.
    Empty,
    /// Its form is none that is read.
    Form(FormFlaw),
    /// A quote in the header is out of place or does not close.
    HeaderQuote,
    /// The header has a name or a line that is too long.
    HeaderTooLong,
    /// Lines of another kind stand before the header: a title, a comment, a `#TYPE`.
    LinesBefore {
        /// The physical line of the header, from 1.
        header: u64,
    },
    /// It is what wavepair wrote about a wave.
    Results {
        /// The wave that it was made of, where that lies beside it.
        wave: Option<String>,
    },
    /// It has a header and not a single row.
    NoRows,
    /// A column has content, and no name in the header.
    Nameless {
        /// Which column it is, from 1.
        column: usize,
    },
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
    /// A column that this wave needs is not there.
    Missing {
        /// Which.
        column: Column,
        /// The names that are there.
        names: Vec<String>,
        /// A header that may be meant for it.
        likely: Option<String>,
    },
    /// The column that `--user-by` names is not there.
    NoUserBy {
        /// Which.
        column: Column,
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

impl From<FormFlaw> for Flaw {
    fn from(flaw: FormFlaw) -> Self {
        Flaw::Form(flaw)
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Folder => f.write_str("is a folder, not a CSV file"),
            Flaw::Empty => f.write_str("is empty: not even a header"),
            Flaw::Form(flaw) => flaw.fmt(f),
            Flaw::HeaderQuote => f.write_str("a quote in the header is out of place or not closed"),
            Flaw::HeaderTooLong => f.write_str("the header has a name that is too long"),
            Flaw::LinesBefore { header } => {
                write!(
                    f,
                    "this line is not the header, which stands in line {header}"
                )
            }
            Flaw::Results { .. } => f.write_str("is a results file of wavepair, not a wave"),
            Flaw::NoRows => f.write_str("has a header and not a single row"),
            Flaw::Nameless { column } => write!(
                f,
                "column {column} has content here, and no name in the header"
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
            Flaw::Missing { column, .. } => {
                write!(f, "no column `{}`", column.name())?;
                if *column == Column::PolicyId {
                    f.write_str(", and no policy is named for all rows")?;
                }
                Ok(())
            }
            Flaw::NoUserBy { column } => write!(
                f,
                "no column `{}`, by which `--user-by` names the users",
                column.name()
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
    /// Names the wave that a results file was made of, where the file has its default name and the
    /// wave still lies beside it.
    pub(super) fn beside(self, source: &Source) -> Self {
        let (Flaw::Results { .. }, Source::Path(path)) = (&self, source) else {
            return self;
        };
        let wave = path.file_name().and_then(|name| {
            let name = name.to_str()?;
            let (name, _) = name.rsplit_once('.')?;
            let stem = WRITTEN
                .iter()
                .find_map(|ending| name.strip_suffix(ending))?;
            let waves = WAVE_ENDINGS.map(|ending| path.with_file_name(format!("{stem}{ending}")));
            let wave = waves.into_iter().find(|wave| wave.is_file())?;
            Some(Source::Path(wave).to_string())
        });
        Flaw::Results { wave }
    }

    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        match self {
            Flaw::Folder => "name the CSV file itself".into(),
            Flaw::Empty => "`wavepair template` prints a small valid wave".into(),
            Flaw::Form(flaw) => flaw.hint(),
            Flaw::HeaderQuote => "put a name that holds a comma in quotes, and double each quote \
                                  inside it"
                .into(),
            Flaw::HeaderTooLong => "shorten the header".into(),
            Flaw::LinesBefore { .. } => "delete the lines before the header".into(),
            Flaw::Results { wave: Some(wave) } => format!(
                "mend the wave that it was made of, {wave}, or the rejects file beside it, and run that"
            ),
            Flaw::Results { wave: None } => "mend the wave that it was made of, or the rejects \
                 file beside that, and run it"
                .into(),
            Flaw::NoRows => {
                "export the wave again; where that is right, add `--expect-rows 0`".into()
            }
            Flaw::Nameless { .. } => {
                "give the column a name in the header, or empty it in every row".into()
            }
            Flaw::LooksLikeData => "put a header before it, such as `user_id,phone`; \
                 `wavepair template` prints an example"
                .into(),
            Flaw::RowInHeader { .. } => "end the header's line behind the last column's name, and \
                 start the first row on a line of its own"
                .into(),
            Flaw::Misspelled { header, column } => format!(
                "correct it, or give it another name; if it is meant as it is, add {}",
                column_option(*column, header)
            ),
            Flaw::Twice { .. } => "rename or remove one of the two".into(),
            Flaw::Missing {
                column,
                likely: Some(header),
                ..
            } => format!("add {}", column_option(*column, header)),
            Flaw::Missing { column, names, .. } => {
                let has_addresses = || {
                    names
                        .iter()
                        .any(|name| column_of(&normal(name)) == Some(Column::EmailAddress))
                };
                let otherwise = if *column == Column::PolicyId {
                    "name the policy of all rows with `--policy`, or "
                } else if *column == Column::Phone && has_addresses() {
                    "where every device is of type EMAIL, add `--type EMAIL`; or "
                } else {
                    ""
                };
                let others = if *column == Column::UserId {
                    " (or `external_id=`, `username=`, `email=`)"
                } else {
                    ""
                };
                format!(
                    "{otherwise}name the column with `--column {}=HEADER`{others}; the headers are {}",
                    column.name(),
                    listed(names)
                )
            }
            Flaw::NoUserBy { column } => format!(
                "name the column with `--column {}=HEADER`, or leave `--user-by` out",
                column.name()
            ),
            Flaw::NoSuchHeader { .. } => "compare it with the first line of the file".into(),
            Flaw::NamedTwice { .. } => "name each column and each header once".into(),
        }
    }
}

/// The option that names a header as a column.
fn column_option(column: Column, header: &str) -> String {
    shell::option("--column", format!("{}={header}", column.name()))
}

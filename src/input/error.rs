//! Why a wave cannot be read.

use std::io;

use super::flaw::Flaw;

/// What happened to a file that was to stay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Change {
    /// It has other bytes, or may have.
    #[error("was written to")]
    Written,
    /// Another file has its name.
    #[error("was replaced")]
    Replaced,
    /// No file has its name.
    #[error("was deleted")]
    Deleted,
}

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

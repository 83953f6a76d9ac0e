//! Why a ledger cannot be used.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// What is wrong with a ledger, and where it is.
#[derive(Debug, Error)]
pub enum Error {
    /// Another run holds it.
    #[error("another run holds the ledger {path}")]
    Held {
        /// The ledger.
        path: PathBuf,
    },
    /// It belongs to another environment or another API host.
    #[error("the ledger {path} belongs to {theirs}, and this run is for {ours}")]
    Foreign {
        /// The ledger.
        path: PathBuf,
        /// What it is bound to.
        theirs: String,
        /// What was asked for.
        ours: String,
    },
    /// It is something else than a ledger: a folder, a link, another program's file.
    #[error("{path} is not a wavepair ledger: {what}")]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        what: String,
    },
    /// A newer wavepair wrote it.
    #[error(
        "the ledger {path} was written by a newer wavepair (format {found}, this one knows {known})"
    )]
    Newer {
        /// The ledger.
        path: PathBuf,
        /// Its format.
        found: usize,
        /// The newest format that is known here.
        known: usize,
    },
    /// SQLite finds it damaged.
    #[error("the ledger {path} is damaged: {what}")]
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// What SQLite says.
        what: String,
    },
    /// It has come less far than it once had: a copy from before, or its latest commits are lost.
    #[error("the ledger {path} is older than the last run: it {lacks}")]
    Older {
        /// The ledger.
        path: PathBuf,
        /// What it lacks, as a predicate.
        lacks: String,
        /// The file that says so.
        counter: PathBuf,
    },
    /// It lies on a network file system, where locks and syncs cannot be trusted.
    #[error("the ledger {path} is on a network file system ({kind})")]
    Network {
        /// The ledger.
        path: PathBuf,
        /// Which one.
        kind: &'static str,
    },
    /// The operating system refused.
    #[error("the ledger {path} cannot be opened: {source}")]
    Io {
        /// The ledger.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// A statement failed: disk full, I/O error, or a constraint that only a mistake of ours can hit.
    #[error("the ledger {path} cannot be written: {source}")]
    Sqlite {
        /// The ledger.
        path: PathBuf,
        /// SQLite's reason.
        source: rusqlite::Error,
    },
    /// A rule that keeps devices from being created twice would have been broken.
    #[error("the ledger {path} refuses: {what}")]
    Invariant {
        /// The ledger.
        path: PathBuf,
        /// Which rule.
        what: String,
    },
    /// An earlier write failed, so nothing more is written.
    #[error("the ledger {path} takes nothing more after a failed write")]
    Poisoned {
        /// The ledger.
        path: PathBuf,
    },
}

impl Error {
    /// What to do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        if let Error::Older { counter, .. } = self {
            return Some(format!(
                "bring its newest copy back; or delete {} to go on with this one: \
                 devices that PingOne lists are `existing` then",
                counter.display()
            ));
        }
        self.fixed_hint().map(str::to_owned)
    }

    fn fixed_hint(&self) -> Option<&'static str> {
        match self {
            Error::Held { .. } => Some("wait until it ends; nothing was sent"),
            Error::Foreign { .. } => {
                Some("name another file with `--ledger`; a ledger serves one environment")
            }
            Error::NotALedger { .. } => Some("name another file with `--ledger`"),
            Error::Newer { .. } => Some("use the wavepair that wrote it, or a newer one"),
            Error::Damaged { .. } => Some(
                "keep the file, restore it from a backup or move it away; \
                 a run with a new ledger finds the devices that exist by listing them first",
            ),
            Error::Network { .. } => Some("put it on a local disk with `--ledger`"),
            Error::Io { .. } | Error::Sqlite { .. } => Some(
                "free space on the disk or mend its permissions, then run the same command again",
            ),
            Error::Invariant { .. } => {
                Some("this is a fault in wavepair; please report it with the ledger kept")
            }
            Error::Poisoned { .. } | Error::Older { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_that_a_person_can_mend_says_how() {
        let path = PathBuf::from("ledger.db");
        let older = Error::Older {
            path: path.clone(),
            lacks: "knows of 1 runs out of 2".to_owned(),
            counter: PathBuf::from("ledger.db.runs"),
        };
        let sqlite = rusqlite::Error::InvalidQuery;
        for (error, says) in [
            (Error::Held { path: path.clone() }, Some("wait")),
            (
                Error::Foreign {
                    path: path.clone(),
                    theirs: String::new(),
                    ours: String::new(),
                },
                Some("one environment"),
            ),
            (
                Error::NotALedger {
                    path: path.clone(),
                    what: String::new(),
                },
                Some("--ledger"),
            ),
            (
                Error::Newer {
                    path: path.clone(),
                    found: 2,
                    known: 1,
                },
                Some("newer"),
            ),
            (
                Error::Damaged {
                    path: path.clone(),
                    what: String::new(),
                },
                Some("backup"),
            ),
            (older, Some("delete ledger.db.runs")),
            (
                Error::Network {
                    path: path.clone(),
                    kind: "NFS",
                },
                Some("local disk"),
            ),
            (
                Error::Io {
                    path: path.clone(),
                    source: io::ErrorKind::PermissionDenied.into(),
                },
                Some("permissions"),
            ),
            (
                Error::Sqlite {
                    path: path.clone(),
                    source: sqlite,
                },
                Some("free space"),
            ),
            (
                Error::Invariant {
                    path: path.clone(),
                    what: String::new(),
                },
                Some("report"),
            ),
            // What failed first has said it already.
            (Error::Poisoned { path }, None),
        ] {
            match (error.hint(), says) {
                (Some(hint), Some(says)) => assert!(hint.contains(says), "{error}: {hint}"),
                (hint, says) => assert_eq!(hint.as_deref(), says, "{error}"),
            }
        }
    }
}

//! Why a ledger cannot be used.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::lock::Holder;
use super::trust::Remedy;

/// What is wrong with a ledger, and where it is.
#[derive(Debug, Error)]
pub enum Error {
    /// Another run, or another program, holds it.
    #[error("another run holds the ledger {path}{}", by(holder.as_ref()))]
    Held {
        /// The ledger.
        path: PathBuf,
        /// Who that is, where it says so.
        holder: Option<Holder>,
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
    /// An earlier wavepair wrote it, and it can only be read once it is brought up to date.
    #[error(
        "the ledger {path} was written by an earlier wavepair (format {found}, this one knows {known})"
    )]
    Outdated {
        /// The ledger.
        path: PathBuf,
        /// Its format.
        found: usize,
        /// The format that is read.
        known: usize,
    },
    /// SQLite finds it damaged, or a part of it is missing.
    #[error("the ledger {path} is damaged: {what}")]
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// What SQLite says, or what is missing.
        what: String,
    },
    /// It has come less far than it once had: a copy from before, or its latest commits are lost.
    #[error("the ledger {path} is older than it once was: it {lacks}")]
    Older {
        /// The ledger.
        path: PathBuf,
        /// What it lacks, as a predicate.
        lacks: String,
        /// The file that says so.
        counter: PathBuf,
    },
    /// It has another name as well, under which nothing lies beside it.
    #[error("the ledger {path} has {names} names (hard links)")]
    SeveralNames {
        /// The ledger.
        path: PathBuf,
        /// How many names.
        names: u64,
    },
    /// It was mounted by itself, without what lies beside it.
    #[error("the ledger {path} is a mount point of its own, without the files that belong to it")]
    MountPoint {
        /// The ledger.
        path: PathBuf,
    },
    /// Others can read, write or replace what belongs to it.
    #[error("{path}, which belongs to a ledger, is {what}")]
    Untrusted {
        /// The folder of the ledger, or a file beside it.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// What can be done about it.
        remedy: Remedy,
    },
    /// It lies on a network file system, where locks and syncs cannot be trusted.
    #[error("the ledger {path} is on a network file system ({kind})")]
    Network {
        /// The ledger.
        path: PathBuf,
        /// Which one.
        kind: &'static str,
    },
    /// The operating system refused before the run began.
    #[error("the ledger {path} cannot be used: {source}")]
    Unusable {
        /// The ledger.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// The operating system refused while the run was going on.
    #[error("the ledger {path} cannot be used any more: {source}")]
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

/// Who holds a ledger, behind the sentence that says so.
fn by(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| format!(": {holder}"))
}

/// Whether a write failed for want of room: a full disk, a quota, or a limit on the size of files.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

impl Error {
    /// Whether it was named or prepared wrongly, so that a person can mend the command or the place;
    /// nothing was sent. Other errors mean that wavepair or the machine failed.
    pub fn is_usage(&self) -> bool {
        match self {
            Error::Foreign { .. }
            | Error::NotALedger { .. }
            | Error::Outdated { .. }
            | Error::SeveralNames { .. }
            | Error::MountPoint { .. }
            | Error::Untrusted { .. }
            | Error::Network { .. } => true,
            Error::Unusable { source, .. } => !is_full(source),
            Error::Held { .. }
            | Error::Newer { .. }
            | Error::Damaged { .. }
            | Error::Older { .. }
            | Error::Io { .. }
            | Error::Sqlite { .. }
            | Error::Invariant { .. }
            | Error::Poisoned { .. } => false,
        }
    }

    /// What to do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        if let Error::Older { counter, .. } = self {
            return Some(format!(
                "bring its newest copy back. If there is none: delete {} and run with \
                 `--existing skip`, which lists the devices that exist; never with another \
                 `--existing`, which would create them again",
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
            Error::Outdated { .. } => Some("the next run brings it up to date"),
            Error::Damaged { .. } => Some(
                "keep all its files. Bring back what is missing, or its newest backup; or move it \
                 away: a run with a new ledger and `--existing skip` lists the devices that exist",
            ),
            Error::SeveralNames { .. } => Some(
                "remove the other names (`find / -xdev -samefile` lists them): under another name \
                 its log is not found, and devices would be created again",
            ),
            Error::MountPoint { .. } => {
                Some("mount the folder that it is in, so that all its files are there")
            }
            Error::Untrusted { remedy, .. } => Some(remedy.hint()),
            Error::Network { .. } => Some("put it on a local disk with `--ledger`"),
            Error::Io { .. } | Error::Sqlite { .. } => Some(
                "free space on the disk or mend its permissions, then run the same command again",
            ),
            Error::Invariant { .. } => {
                Some("this is a fault in wavepair; please report it with the ledger kept")
            }
            Error::Unusable { source, .. } => Some(remedy_of(source)),
            Error::Poisoned { .. } | Error::Older { .. } => None,
        }
    }
}

fn remedy_of(source: &io::Error) -> &'static str {
    if is_full(source) {
        "free space on the disk, or raise the limit on the size of files (`ulimit -f`), \
         then run the same command again"
    } else {
        "make its folder one that you can write to, or name another place with `--ledger`"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_cannot_be_written_to_is_for_the_caller_and_a_full_disk_is_not() {
        use io::ErrorKind as Kind;
        for (kind, is_usage) in [
            (Kind::PermissionDenied, true),
            (Kind::ReadOnlyFilesystem, true),
            (Kind::NotADirectory, true),
            (Kind::NotFound, true),
            (Kind::StorageFull, false),
            (Kind::QuotaExceeded, false),
            (Kind::FileTooLarge, false),
        ] {
            let path = PathBuf::from("ledger.db");
            let source = kind.into();
            assert_eq!(
                Error::Unusable { path, source }.is_usage(),
                is_usage,
                "{kind}"
            );
        }
    }

    #[test]
    fn the_hint_about_an_older_ledger_holds_for_every_way_to_run() {
        let older = Error::Older {
            path: PathBuf::from("ledger.db"),
            lacks: String::new(),
            counter: PathBuf::from("ledger.db.runs"),
        };
        let hint = older.hint().unwrap();
        assert!(hint.contains("with `--existing skip`"), "{hint}");
        assert!(hint.contains("never with another"), "{hint}");
    }

    fn check(error: &Error, says: Option<&str>) {
        match (error.hint(), says) {
            (Some(hint), Some(says)) => assert!(hint.contains(says), "{error}: {hint}"),
            (hint, says) => assert_eq!(hint.as_deref(), says, "{error}"),
        }
    }

    #[test]
    fn whoever_named_a_ledger_that_is_not_trusted_is_told_what_to_do() {
        let path = PathBuf::from("ledger.db");
        for (error, says) in [
            (
                Error::Outdated {
                    path: path.clone(),
                    found: 3,
                    known: 4,
                },
                Some("next run"),
            ),
            (
                Error::SeveralNames {
                    path: path.clone(),
                    names: 2,
                },
                Some("-samefile"),
            ),
            (
                Error::MountPoint { path: path.clone() },
                Some("mount the folder"),
            ),
            (
                Error::Untrusted {
                    path: path.clone(),
                    what: String::new(),
                    remedy: Remedy::Folder,
                },
                Some("chmod go-w"),
            ),
            (
                Error::Unusable {
                    path: path.clone(),
                    source: io::ErrorKind::PermissionDenied.into(),
                },
                Some("--ledger"),
            ),
            (
                Error::Unusable {
                    path: path.clone(),
                    source: io::ErrorKind::FileTooLarge.into(),
                },
                Some("ulimit -f"),
            ),
        ] {
            check(&error, says);
        }
    }

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
            (
                Error::Held {
                    path: path.clone(),
                    holder: None,
                },
                Some("wait"),
            ),
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
            check(&error, says);
        }
    }
}

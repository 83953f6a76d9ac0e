//! Why a ledger cannot be used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::binding::Binding;
use super::holder::Holder;

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
        theirs: Binding,
        /// What was asked for.
        ours: Binding,
    },
    /// It is something else than a ledger: a folder, a link, another program's file.
    #[error("{path} is not a wavepair ledger: {what}")]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
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
        /// What it lacks.
        lacks: Lacks,
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
        what: &'static str,
        /// What can be done about it.
        remedy: &'static str,
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

/// What a ledger has less of than it once had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// Runs.
    Runs {
        /// How many it knows of.
        known: u64,
        /// How many there were.
        of: u64,
    },
    /// Events of its history.
    Events {
        /// How many it holds.
        held: u64,
        /// How many there were.
        of: u64,
    },
}

impl fmt::Display for Lacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lacks::Runs { known, of } => write!(f, "knows of {known} runs out of {of}"),
            Lacks::Events { held, of } => write!(f, "holds {held} events out of {of}"),
        }
    }
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
    /// What it means that the operating system refuses something before the run has begun.
    pub(super) fn unusable(path: &Path) -> impl Fn(io::Error) -> Self + Copy {
        move |source| Error::Unusable {
            path: path.to_owned(),
            source,
        }
    }

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
        let hint = match self {
            Error::Held { .. } => "wait until it ends; nothing was sent",
            Error::Foreign { .. } => {
                "name another file with `--ledger`; a ledger serves one environment"
            }
            Error::NotALedger { .. } => "name another file with `--ledger`",
            Error::Newer { .. } => "use the wavepair that wrote it, or a newer one",
            Error::Outdated { .. } => "the next run brings it up to date",
            Error::Damaged { .. } => {
                "keep all its files. Bring back what is missing, or its newest backup; or move it \
                 away: a run with a new ledger and `--existing skip` lists the devices that exist"
            }
            Error::Older { counter, .. } => {
                return Some(format!(
                    "bring its newest copy back. If there is none: delete {} and run with \
                     `--existing skip`, which lists the devices that exist; never with another \
                     `--existing`, which would create them again",
                    counter.display()
                ));
            }
            Error::SeveralNames { .. } => {
                "remove the other names (`find / -xdev -samefile` lists them): under another name \
                 its log is not found, and devices would be created again"
            }
            Error::MountPoint { .. } => {
                "mount the folder that it is in, so that all its files are there"
            }
            Error::Untrusted { remedy, .. } => remedy,
            Error::Network { .. } => "put it on a local disk with `--ledger`",
            Error::Io { .. } | Error::Sqlite { .. } => {
                "free space on the disk or mend its permissions, then run the same command again"
            }
            Error::Invariant { .. } => {
                "this is a fault in wavepair; please report it with the ledger kept"
            }
            Error::Unusable { source, .. } if is_full(source) => {
                "free space on the disk, or raise the limit on the size of files (`ulimit -f`), \
                 then run the same command again"
            }
            Error::Unusable { .. } => {
                "make its folder one that you can write to, or name another place with `--ledger`"
            }
            // What failed first has said it already.
            Error::Poisoned { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

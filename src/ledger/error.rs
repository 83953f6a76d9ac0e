//! Why a ledger cannot be used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::binding::Binding;
use super::holder::Holder;
use super::schema;
use crate::model::counted::{count, counted};
use crate::model::ids::UserId;
use crate::model::shard::Shard;

/// What is wrong with a ledger, and where it is.
#[derive(Debug)]
pub struct Error {
    /// The ledger, or what belongs to it and is not to be trusted.
    pub path: PathBuf,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong with a ledger.
#[derive(Debug)]
pub enum Flaw {
    /// Another run, or another program, holds it; who that is, where it says so.
    Held(Option<Holder>),
    /// It belongs to another environment or another API host.
    Foreign {
        /// What it is bound to.
        theirs: Binding,
        /// What was asked for.
        ours: Binding,
    },
    /// It is for another shard of its waves.
    OfShard {
        /// What it is for.
        theirs: Shard,
        /// What was asked for.
        ours: Shard,
    },
    /// What it knows was given to others: these, where it says which.
    GivenAway(Option<String>),
    /// It cannot be given to others, or not under this name: why.
    Unfit(String),
    /// It would be made of ledgers that say different things of a device of this user.
    TwoOutcomes(UserId),
    /// It is something else than a ledger: a folder, a link, another program's file.
    NotALedger(&'static str),
    /// A newer wavepair wrote it, in this format.
    Newer(usize),
    /// An earlier wavepair wrote it, in this format: it can only be read once it is brought up to date.
    Outdated(usize),
    /// SQLite finds it damaged and says how, or a part of it is missing.
    Damaged(String),
    /// It has come less far than it once had: a copy from before, or its latest commits are lost.
    Older {
        /// What it lacks.
        lacks: Lacks,
        /// The file that says so.
        counter: PathBuf,
    },
    /// It has so many names, and under the others nothing lies beside it.
    SeveralNames(u64),
    /// It was mounted by itself, without what lies beside it.
    MountPoint,
    /// Others can read, write or replace what belongs to it.
    Untrusted {
        /// What is wrong with it.
        what: &'static str,
        /// What can be done about it.
        remedy: &'static str,
    },
    /// It lies on this network file system, where locks and syncs cannot be trusted.
    Network(&'static str),
    /// The operating system refused before the run began.
    Unusable(io::Error),
    /// The operating system refused while the run was going on.
    Io(io::Error),
    /// A statement failed: disk full, I/O error, or a constraint that only a mistake of ours can hit.
    Sqlite(rusqlite::Error),
    /// A rule that keeps devices from being created twice would have been broken: this one.
    Invariant(String),
    /// An earlier write failed, so nothing more is written.
    Poisoned,
}

impl Flaw {
    /// The error that it is for a ledger.
    pub(super) fn of(self, path: &Path) -> Error {
        Error {
            path: path.to_owned(),
            flaw: self,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, known) = (self.path.display(), schema::current_version());
        match &self.flaw {
            Flaw::Held(None) => write!(f, "another run holds the ledger {path}"),
            Flaw::Held(Some(holder)) => write!(f, "another run holds the ledger {path}: {holder}"),
            Flaw::Foreign { theirs, ours } => write!(
                f,
                "the ledger {path} belongs to {theirs}, and this run is for {ours}"
            ),
            Flaw::OfShard { theirs, ours } => write!(
                f,
                "the ledger {path} is for {}, and this is for {}",
                theirs.part(),
                ours.part()
            ),
            Flaw::GivenAway(Some(into)) => {
                write!(f, "what the ledger {path} knows was given to {into}")
            }
            Flaw::GivenAway(None) => write!(f, "what the ledger {path} knows was given to another"),
            Flaw::Unfit(why) => write!(f, "{path}: {why}"),
            Flaw::TwoOutcomes(user) => write!(
                f,
                "the ledger {path} is not made: two of the others say different things of a device of \
                 user {user}"
            ),
            Flaw::NotALedger(what) => write!(f, "{path} is not a wavepair ledger: {what}"),
            Flaw::Newer(found) => write!(
                f,
                "the ledger {path} was written by a newer wavepair (format {found}, this one knows {known})"
            ),
            Flaw::Outdated(found) => write!(
                f,
                "the ledger {path} was written by an earlier wavepair (format {found}, this one knows {known})"
            ),
            Flaw::Damaged(what) => write!(f, "the ledger {path} is damaged: {what}"),
            Flaw::Older { lacks, .. } => {
                write!(f, "the ledger {path} is older than it once was: it {lacks}")
            }
            Flaw::SeveralNames(names) => {
                write!(f, "the ledger {path} has {names} names (hard links)")
            }
            Flaw::MountPoint => write!(
                f,
                "the ledger {path} is a mount point of its own, without the files that belong to it"
            ),
            Flaw::Untrusted { what, .. } => {
                write!(f, "{path}, which belongs to a ledger, is {what}")
            }
            Flaw::Network(kind) => {
                write!(f, "the ledger {path} is on a network file system ({kind})")
            }
            Flaw::Unusable(source) => write!(f, "the ledger {path} cannot be used: {source}"),
            Flaw::Io(source) => write!(f, "the ledger {path} cannot be used any more: {source}"),
            Flaw::Sqlite(source) => write!(f, "the ledger {path} cannot be written: {source}"),
            Flaw::Invariant(what) => write!(f, "the ledger {path} refuses: {what}"),
            Flaw::Poisoned => write!(
                f,
                "the ledger {path} takes nothing more after a failed write"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Flaw::Unusable(source) | Flaw::Io(source) = &self.flaw {
            return Some(source);
        }
        let Flaw::Sqlite(source) = &self.flaw else {
            return None;
        };
        Some(source)
    }
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
            Lacks::Runs { known, of } => {
                write!(
                    f,
                    "knows of {} out of {}",
                    counted(*known, "run"),
                    count(*of)
                )
            }
            Lacks::Events { held, of } => {
                write!(f, "holds {} out of {}", counted(*held, "event"), count(*of))
            }
        }
    }
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
        move |source| Flaw::Unusable(source).of(path)
    }

    /// Whether it was named or prepared wrongly, so that a person can mend the command or the place;
    /// nothing was sent. Other errors mean that wavepair or the machine failed.
    pub fn is_usage(&self) -> bool {
        match &self.flaw {
            Flaw::Foreign { .. }
            | Flaw::OfShard { .. }
            | Flaw::GivenAway(_)
            | Flaw::Unfit(_)
            | Flaw::TwoOutcomes(_)
            | Flaw::NotALedger(_)
            | Flaw::Outdated(_)
            | Flaw::SeveralNames(_)
            | Flaw::MountPoint
            | Flaw::Untrusted { .. }
            | Flaw::Network(_) => true,
            Flaw::Unusable(source) => !is_full(source),
            Flaw::Held(_)
            | Flaw::Newer(_)
            | Flaw::Damaged(_)
            | Flaw::Older { .. }
            | Flaw::Io(_)
            | Flaw::Sqlite(_)
            | Flaw::Invariant(_)
            | Flaw::Poisoned => false,
        }
    }

    /// What to do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.flaw {
            Flaw::Held(_) => "wait until it ends; nothing was sent",
            Flaw::Foreign { .. } => {
                "name another file with `--ledger`; a ledger serves one environment"
            }
            Flaw::OfShard { .. } => {
                "name the ledger of this shard with `--ledger`, or the shard of this ledger with \
                 `--shard`: a ledger serves one part of a wave from its first run on"
            }
            Flaw::GivenAway(_) => {
                "go on with that one: on this one devices would be created that the other knows already"
            }
            Flaw::Unfit(_) => "nothing was changed",
            Flaw::TwoOutcomes(_) => {
                "nothing was changed. Look in both with `wavepair show` and the user's ID: one of them may \
                 be a copy of the other"
            }
            Flaw::NotALedger(_) => "name another file with `--ledger`",
            Flaw::Newer(_) => "use the wavepair that wrote it, or a newer one",
            Flaw::Outdated(_) => "the next run brings it up to date",
            Flaw::Damaged(_) => {
                "keep all its files. Bring back what is missing, or its newest backup; or move it \
                 away: a run with a new ledger and `--existing skip` lists the devices that exist"
            }
            Flaw::Older { counter, .. } => {
                return Some(format!(
                    "bring its newest copy back. If there is none: delete {} and run with \
                     `--existing skip`, which lists the devices that exist; never with another \
                     `--existing`, which would create them again",
                    counter.display()
                ));
            }
            Flaw::SeveralNames(_) => {
                "remove the other names (`find / -xdev -samefile` lists them): under another name \
                 its log is not found, and devices would be created again"
            }
            Flaw::MountPoint => "mount the folder that it is in, so that all its files are there",
            Flaw::Untrusted { remedy, .. } => *remedy,
            Flaw::Network(_) => "put it on a local disk with `--ledger`",
            Flaw::Io(_) | Flaw::Sqlite(_) => {
                "free space on the disk or mend its permissions, then run the same command again"
            }
            Flaw::Invariant(_) => {
                "this is a fault in wavepair; please report it with the ledger kept"
            }
            Flaw::Unusable(source) if is_full(source) => {
                "free space on the disk, or raise the limit on the size of files (`ulimit -f`), \
                 then run the same command again"
            }
            Flaw::Unusable(_) => {
                "make its folder one that you can write to, or name another place with `--ledger`"
            }
            // What failed first has said it already.
            Flaw::Poisoned => return None,
        };
        Some(hint.to_owned())
    }
}

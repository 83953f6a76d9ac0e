//! Whose the files of a ledger are, and who else can change them.
//!
//! A ledger is known by its path: its log and its counter lie beside it under names that are made
//! from its own. So a file that has another name as well, or that alone was mounted somewhere, may
//! be used without them, and then it knows less than was sent. And whoever can put a file beside it
//! can have phones written into one of theirs. Such files are refused; nothing is changed here.

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::error::{Error, Flaw};
use super::file::{companions, folder, if_there};
use super::file_system::is_mount_point;

/// What is known of a file or a folder without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    kind: Kind,
    owner: u32,
    mode: u32,
    links: u64,
    length: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    Link,
    Other,
}

impl From<&Metadata> for Seen {
    fn from(metadata: &Metadata) -> Self {
        let kind = metadata.file_type();
        Self {
            kind: if kind.is_file() {
                Kind::File
            } else if kind.is_dir() {
                Kind::Folder
            } else if kind.is_symlink() {
                Kind::Link
            } else {
                Kind::Other
            },
            owner: metadata.uid(),
            mode: metadata.mode(),
            links: metadata.nlink(),
            length: metadata.len(),
        }
    }
}

fn us() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Refuses what has the ledger's name and cannot be one, without opening it: a pipe would wait.
pub(super) fn check_kind(path: &Path, metadata: &Metadata) -> Result<(), Error> {
    let what = match Seen::from(metadata).kind {
        Kind::File => return Ok(()),
        Kind::Link => "a symbolic link, which is not followed",
        Kind::Folder => "a folder",
        Kind::Other => "not a regular file",
    };
    Err(Flaw::NotALedger(what).of(path))
}

/// Refuses an open ledger that is somebody else's, or that is reached by more than its own name.
pub(super) fn check_file(path: &Path, file: &File) -> Result<(), Error> {
    let unusable = Error::unusable(path);
    let seen = Seen::from(&file.metadata().map_err(unusable)?);
    if seen.owner != us() {
        return Err(Flaw::NotALedger("another user's file").of(path));
    }
    if seen.links > 1 {
        return Err(Flaw::SeveralNames(seen.links).of(path));
    }
    if is_mount_point(path, file).map_err(unusable)? {
        return Err(Flaw::MountPoint.of(path));
    }
    Ok(())
}

/// Refuses a folder in which others may put a file beside the ledger, or another in its place.
pub(super) fn check_folder(ledger: &Path) -> Result<(), Error> {
    let folder = folder(ledger);
    let metadata = std::fs::metadata(folder).map_err(Error::unusable(ledger))?;
    match flaw_of_folder(&Seen::from(&metadata), us()) {
        None => Ok(()),
        Some(what) => {
            let remedy = "take the right to write away from others (`chmod go-w`), or name a ledger \
                          in a folder of your own with `--ledger`";
            Err(Flaw::Untrusted { what, remedy }.of(folder))
        }
    }
}

/// Root may write anywhere, and is nobody else for that matter.
const ROOT: u32 = 0;
const STICKY: u32 = 0o1000;
const WRITTEN_BY_OTHERS: u32 = 0o022;

/// Whether a mode gives the group or anybody else any right.
pub(super) fn others_have_rights(mode: u32) -> bool {
    mode & 0o077 != 0
}

fn flaw_of_folder(seen: &Seen, us: u32) -> Option<&'static str> {
    if seen.owner != us && seen.owner != ROOT {
        return Some("another user's folder");
    }
    // In a sticky folder of ours nobody can rename or remove a file of ours.
    let sticky_and_ours = seen.mode & STICKY != 0 && seen.owner == us;
    (seen.mode & WRITTEN_BY_OTHERS != 0 && !sticky_and_ours)
        .then_some("a folder that others may write to")
}

/// Refuses a file beside the ledger that is not ours alone.
///
/// # Errors
///
/// It is a link, a folder or the like, another user's, has more than one name, or others have rights on it.
pub(super) fn check_companions(ledger: &Path) -> Result<(), Error> {
    for (ending, path) in companions(ledger) {
        let there = if_there(std::fs::symlink_metadata(&path));
        let Some(metadata) = there.map_err(Error::unusable(ledger))? else {
            continue;
        };
        let seen = Seen::from(&metadata);
        if let Some(what) = flaw_of_companion(&seen, us()) {
            let remedy = "find out who made it; if it is yours, `chmod 600` it or move it away, and \
                          keep a `-wal`: it is part of the ledger";
            return Err(Flaw::Untrusted { what, remedy }.of(&path));
        }
        // SQLite would write what is in it into the ledger. Ours never has one: it has a log.
        if ending == "-journal" && seen.length > 0 {
            let what = "a journal that another program left there";
            let remedy = "find out which program wrote to the ledger; bring its newest copy back, \
                          with all that belongs to it";
            return Err(Flaw::Untrusted { what, remedy }.of(&path));
        }
    }
    Ok(())
}

fn flaw_of_companion(seen: &Seen, us: u32) -> Option<&'static str> {
    match seen.kind {
        Kind::File if seen.owner != us => Some("another user's file"),
        Kind::File if seen.links > 1 => Some("a file with more than one name (a hard link)"),
        Kind::File if others_have_rights(seen.mode) => Some("a file that others have rights on"),
        Kind::File => None,
        Kind::Link => Some("a symbolic link"),
        Kind::Folder => Some("a folder"),
        Kind::Other => Some("not a regular file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: u32 = 1000;
    const OURS: Seen = Seen {
        kind: Kind::File,
        owner: US,
        mode: 0o100_600,
        links: 1,
        length: 7,
    };

    #[test]
    fn a_file_beside_the_ledger_is_ours_alone_and_has_one_name() {
        let other = |mode| Seen { mode, ..OURS };
        for (seen, flaw) in [
            (OURS, None),
            (other(0o100_400), None),
            (other(0o100_640), Some("others have rights")),
            (other(0o100_620), Some("others have rights")),
            (other(0o100_604), Some("others have rights")),
            (other(0o100_601), Some("others have rights")),
            (
                Seen {
                    owner: 1001,
                    ..OURS
                },
                Some("another user's"),
            ),
            (
                Seen {
                    owner: ROOT,
                    ..OURS
                },
                Some("another user's"),
            ),
            (Seen { links: 2, ..OURS }, Some("more than one name")),
            (
                Seen {
                    kind: Kind::Link,
                    ..OURS
                },
                Some("symbolic link"),
            ),
            (
                Seen {
                    kind: Kind::Folder,
                    ..OURS
                },
                Some("folder"),
            ),
            (
                Seen {
                    kind: Kind::Other,
                    ..OURS
                },
                Some("regular"),
            ),
        ] {
            let found = flaw_of_companion(&seen, US);
            match flaw {
                Some(flaw) => assert!(found.unwrap().contains(flaw), "{seen:?}: {found:?}"),
                None => assert_eq!(found, None, "{seen:?}"),
            }
        }
    }

    #[test]
    fn a_folder_is_one_in_which_nobody_else_can_make_or_replace_a_file() {
        let folder = |owner, mode: u32| Seen {
            kind: Kind::Folder,
            owner,
            mode: 0o040_000 | mode,
            ..OURS
        };
        for (seen, flaw) in [
            (folder(US, 0o700), None),
            (folder(US, 0o755), None),
            (folder(US, 0o1777), None),
            (folder(US, 0o1770), None),
            (folder(US, 0o775), Some("others may write")),
            (folder(US, 0o757), Some("others may write")),
            (folder(US, 0o777), Some("others may write")),
            (folder(ROOT, 0o755), None),
            // Root's, and sticky: anybody can still make a `-wal` in it before us.
            (folder(ROOT, 0o1777), Some("others may write")),
            (folder(ROOT, 0o777), Some("others may write")),
            (folder(1001, 0o755), Some("another user's")),
            (folder(1001, 0o1777), Some("another user's")),
        ] {
            let found = flaw_of_folder(&seen, US);
            match flaw {
                Some(flaw) => assert!(found.unwrap().contains(flaw), "{seen:?}: {found:?}"),
                None => assert_eq!(found, None, "{seen:?}"),
            }
        }
    }
}

//! A private file that appears under its name complete, or not at all.
//!
//! Its content goes to a temporary neighbor with mode 0600 and a name that cannot
//! be guessed. [`SafeFile::commit`] syncs it, renames it and syncs the folder;
//! without a commit nothing is left. A neighbor that a killed process left behind
//! is removed by the next one with the same target.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, XattrFlags, flock, fsetxattr};
use tempfile::TempPath;
use uuid::Uuid;

use super::cell::neutral;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Something other than a regular file has the name; it is neither followed nor replaced.
    #[error("`{}` is {what}, not a regular file; it is left alone", shown(.path))]
    Occupied {
        /// The name.
        path: PathBuf,
        /// What is there.
        what: &'static str,
    },
    /// The path has no file name.
    #[error("`{}` names no file", shown(.0))]
    Nameless(PathBuf),
    /// A sheet has no room for the rows or the columns.
    #[error("`{}` would be a workbook, and a sheet has room for {room}", shown(.path))]
    Overfull {
        /// The name.
        path: PathBuf,
        /// For how many of them, and how many there are.
        room: String,
    },
    /// The operating system refused.
    #[error("`{}` could not be {what}", shown(.path))]
    Io {
        /// The name.
        path: PathBuf,
        /// What was attempted, as a participle.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
}

/// A path as it may be shown.
pub(super) fn shown(path: &Path) -> String {
    neutral(&path.to_string_lossy()).into_owned()
}

/// A file on its way to its name.
pub(crate) struct SafeFile {
    writer: BufWriter<File>,
    temp: TempPath,
    target: PathBuf,
}

impl fmt::Debug for SafeFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SafeFile({})", shown(&self.target))
    }
}

impl SafeFile {
    /// Opens a temporary file beside `target`, and removes those that dead processes left there.
    ///
    /// # Errors
    ///
    /// Where `target` is a symbolic link, a directory, a device or the like, or
    /// its folder cannot be written to.
    pub(crate) fn create(target: &Path) -> Result<Self, Error> {
        refuse_if_occupied(target)?;
        let names = Names::of(target)?;
        names.remove_stale();
        let failed = |source| failing(target, "created")(source);
        loop {
            let path = names.folder.join(names.fresh());
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .custom_flags(flags(OFlags::NOFOLLOW))
                .open(&path)
                .map_err(failed)?;
            let temp = TempPath::try_from_path(&path).map_err(failed)?;
            // The lock tells others that we live. A file system without locks has no stale files
            // either: nothing there can be locked, so nothing is removed.
            flock(&file, FlockOperation::LockExclusive).ok();
            // Another process may have taken the file for a stale one before it was locked.
            if file.metadata().map_err(failed)?.nlink() == 0 {
                continue;
            }
            // A mask may have taken away more than was asked for.
            file.set_permissions(Permissions::from_mode(0o600))
                .map_err(failed)?;
            return Ok(Self {
                writer: BufWriter::with_capacity(1 << 16, file),
                temp,
                target: target.to_owned(),
            });
        }
    }

    /// Lets others read the file, once it has its name: what is in it is meant for another user.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub(crate) fn for_all(self) -> Result<Self, Error> {
        let file = self.writer.get_ref();
        let allowed = file.set_permissions(Permissions::from_mode(0o644));
        allowed.map_err(failing(&self.target, "given to others"))?;
        Ok(self)
    }

    /// Gives the file its name: it and its folder are on disk when this returns.
    ///
    /// # Errors
    ///
    /// Where writing, syncing or renaming fails; an earlier file of that name is then as it was.
    pub(crate) fn commit(self) -> Result<(), Error> {
        let target = self.target.clone();
        self.complete()?.replace(&target)
    }

    /// Notes something about the file in an attribute of its own, which goes where the file goes.
    ///
    /// # Errors
    ///
    /// Where the file system has no such attributes.
    pub(super) fn note(&self, name: &str, value: &[u8]) -> io::Result<()> {
        let file = self.writer.get_ref();
        Ok(fsetxattr(file, name, value, XattrFlags::empty())?)
    }

    /// Syncs the content, which is complete and has no name yet.
    pub(super) fn complete(self) -> Result<Complete, Error> {
        let failed = |what| failing(&self.target, what);
        let file = self
            .writer
            .into_inner()
            .map_err(|error| failed("written")(error.into_error()))?;
        file.sync_all().map_err(failed("synced"))?;
        Ok(Complete { temp: self.temp })
    }
}

/// A file whose content is on disk, beside the names that it may get.
#[derive(Debug)]
pub(super) struct Complete {
    temp: TempPath,
}

impl Complete {
    /// Gives the file a name in its folder, in place of a file that has it.
    pub(super) fn replace(self, target: &Path) -> Result<(), Error> {
        refuse_if_occupied(target)?;
        self.temp
            .persist(target)
            .map_err(|error| failing(target, "renamed into place")(error.error))?;
        sync_folder(folder_of(target)).map_err(failing(target, "synced with its folder"))
    }

    /// Gives the file a name in its folder that is free; where it is not any more, the file is given back.
    pub(super) fn take(self, target: &Path) -> Result<Option<Self>, Error> {
        match self.temp.persist_noclobber(target) {
            Ok(()) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                return Ok(Some(Self { temp: error.path }));
            }
            Err(error) => return Err(failing(target, "renamed into place")(error.error)),
        }
        sync_folder(folder_of(target)).map_err(failing(target, "synced with its folder"))?;
        Ok(None)
    }
}

/// Makes an error of what the operating system says; `what` is a participle.
pub(crate) fn failing(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Io { path, what, source }
}

impl Write for SafeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Opens what has a name, to read it; no link is followed, and no pipe is waited for.
pub(super) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
        .open(path)
}

/// Removes a file and syncs its folder.
pub(super) fn remove(target: &Path) -> Result<(), Error> {
    fs::remove_file(target)
        .and_then(|()| sync_folder(folder_of(target)))
        .map_err(failing(target, "removed"))
}

/// The bits of flags, as the standard library takes them.
pub(super) fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

/// Makes sure that a name is free, or a regular file's.
///
/// # Errors
///
/// [`Error::Occupied`], or what the operating system says.
pub(crate) fn refuse_if_occupied(target: &Path) -> Result<(), Error> {
    let metadata = match fs::symlink_metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(failing(target, "looked at")(source)),
    };
    let kind = metadata.file_type();
    let what = if kind.is_file() {
        return Ok(());
    } else if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_dir() {
        "a directory"
    } else {
        "a device, a pipe or a socket"
    };
    Err(Error::Occupied {
        path: target.to_owned(),
        what,
    })
}

fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some file systems cannot sync a folder, and have nothing to sync then.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        done => done,
    }
}

/// The names of a target's temporary neighbors: `.results.csv.<32 hex digits>.wavepair-tmp`.
struct Names<'a> {
    folder: &'a Path,
    stem: OsString,
}

const ENDING: &[u8] = b".wavepair-tmp";

impl<'a> Names<'a> {
    fn of(target: &'a Path) -> Result<Self, Error> {
        let name = target
            .file_name()
            .ok_or_else(|| Error::Nameless(target.to_owned()))?;
        // A name may have 255 bytes; random part and ending need 46 of them.
        let kept = &name.as_bytes()[..name.len().min(200)];
        let mut stem = OsString::from(".");
        stem.push(OsStr::from_bytes(kept));
        stem.push(".");
        Ok(Self {
            folder: folder_of(target),
            stem,
        })
    }

    fn fresh(&self) -> OsString {
        let mut name = self.stem.clone();
        name.push(Uuid::new_v4().simple().to_string());
        name.push(OsStr::from_bytes(ENDING));
        name
    }

    fn are(&self, name: &OsStr) -> bool {
        name.as_bytes()
            .strip_prefix(self.stem.as_bytes())
            .and_then(|rest| rest.strip_suffix(ENDING))
            .is_some_and(|random| random.len() == 32 && random.iter().all(u8::is_ascii_hexdigit))
    }

    /// Removes our own leftovers; whatever cannot be removed stays, and harms nobody.
    fn remove_stale(&self) {
        let Ok(entries) = fs::read_dir(self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            if self.are(&entry.file_name()) && is_stale(&entry.path()).unwrap_or(false) {
                fs::remove_file(entry.path()).ok();
            }
        }
    }
}

fn is_stale(path: &Path) -> io::Result<bool> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    let ours = metadata.is_file() && metadata.uid() == rustix::process::geteuid().as_raw();
    Ok(ours && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok())
}

#[cfg(test)]
mod tests;

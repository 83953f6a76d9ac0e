//! The journal on disk: a private file, locked, to which whole lines are added and synced.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};

use super::account::{Account, Begins, Line, NotAJournal};

/// A journal, held by this process alone.
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    account: Account,
}

/// What is wrong with a journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Another process has it.
    #[error("the journal {} is in use by another probe", .0.display())]
    Held(PathBuf),
    /// It is not there.
    #[error("there is no journal {}", .0.display())]
    Missing(PathBuf),
    /// It is no journal.
    #[error("{} is no journal of a probe: {why}", path.display())]
    Foreign {
        /// Its name.
        path: PathBuf,
        /// Why not.
        why: NotAJournal,
    },
    /// What an earlier probe made may still be there.
    #[error("{} tells of devices that may still be there", .0.display())]
    Unsettled(PathBuf),
    /// The operating system refused.
    #[error("the journal {} cannot be {what}: {source}", path.display())]
    Io {
        /// Its name.
        path: PathBuf,
        /// What was attempted, as a participle.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
}

impl Error {
    /// What to do about it, where there is something.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Held(_) => Some("wait until that one is done"),
            Self::Missing(_) => {
                Some("name the report that the probe was to write: its journal lies beside it")
            }
            Self::Foreign { .. } => Some("name another report with `--report`"),
            Self::Unsettled(_) => Some(
                "`wavepair probe --clean` with the name of its report deletes them; or name another report with \
                 `--report`",
            ),
            Self::Io { .. } => None,
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Journal({})", self.path.display())
    }
}

/// Makes sure that a journal may be begun, without making one.
///
/// # Errors
///
/// Another process has it, an earlier probe is not cleaned up, or it is none.
pub(crate) fn check(path: &Path) -> Result<(), Error> {
    match Journal::resume(path) {
        Ok(journal) if journal.account.is_settled() => Ok(()),
        Ok(_) => Err(Error::Unsettled(path.to_owned())),
        Err(Error::Missing(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

impl Journal {
    /// Begins a journal: its first line is on disk when this returns, and so is its name.
    ///
    /// # Errors
    ///
    /// Another process has it, an earlier probe is not cleaned up, or it cannot be written.
    pub(crate) fn begin(path: &Path, begins: Begins) -> Result<Self, Error> {
        let mut journal = Self::open(path, true)?;
        if !journal.account.is_settled() {
            return Err(Error::Unsettled(path.to_owned()));
        }
        let failed = |what| failing(path, what);
        let emptied = journal.file.set_len(0).and_then(|()| journal.file.rewind());
        emptied.map_err(failed("emptied"))?;
        journal.account = Account::default();
        journal.note(&Line::Begins(begins))?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new(".")));
        let synced = folder.and_then(|folder| folder.sync_all());
        match synced {
            // Some file systems cannot sync a folder, and have nothing to sync then.
            Err(error) if error.kind() != io::ErrorKind::InvalidInput => {
                Err(failed("synced with its folder")(error))
            }
            Ok(()) | Err(_) => Ok(journal),
        }
    }

    /// Opens a journal, to clean up after the probe that wrote it.
    ///
    /// # Errors
    ///
    /// It is not there, another process has it, or it is none.
    pub(crate) fn resume(path: &Path) -> Result<Self, Error> {
        Self::open(path, false)
    }

    fn open(path: &Path, create: bool) -> Result<Self, Error> {
        let failed = |what| failing(path, what);
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(create)
            .truncate(false)
            .mode(0o600)
            .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
            .open(path);
        let mut file = match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !create => {
                return Err(Error::Missing(path.to_owned()));
            }
            opened => opened.map_err(failed("opened"))?,
        };
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(Error::Held(path.to_owned()));
        }
        if !file.metadata().map_err(failed("looked at"))?.is_file() {
            let source = io::Error::other("it is not a regular file");
            return Err(failed("opened")(source));
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed("read"))?;
        let account = Account::read(&text).map_err(|why| Error::Foreign {
            path: path.to_owned(),
            why,
        })?;
        // What was being written when the process died goes: the next line stands by itself.
        let whole = text.rfind('\n').map_or(0, |end| end as u64 + 1);
        file.set_len(whole).map_err(failed("mended"))?;
        file.seek(SeekFrom::End(0)).map_err(failed("read"))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            account,
        })
    }

    /// What it says.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Adds a line: it is on disk when this returns.
    ///
    /// # Errors
    ///
    /// It cannot be written: nothing more may be sent.
    pub(crate) fn note(&mut self, line: &Line) -> Result<(), Error> {
        let mut text = serde_json::to_string(line).expect("a line is always JSON");
        text.push('\n');
        let written = self.file.write_all(text.as_bytes());
        written
            .and_then(|()| self.file.sync_data())
            .map_err(failing(&self.path, "written"))?;
        self.account.note(line).expect("it is about what is there");
        Ok(())
    }

    /// Takes a journal away that nothing was sent under.
    pub(crate) fn discard(self) {
        // A journal of nothing harms nobody.
        fs::remove_file(&self.path).ok();
    }
}

fn failing(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Io { path, what, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::probe::account::Intent;

    const ID: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";

    fn begins() -> Begins {
        let (of, user) = (ID.parse().unwrap(), ID.parse().unwrap());
        Begins::new("2026-11-30T19:00:00Z".to_owned(), "h".to_owned(), of, user)
    }

    fn creates() -> Line {
        Line::Creates(Intent {
            n: 1,
            at_ms: 0,
            kind: "WHATSAPP".to_owned(),
            phone: "+15125551234".to_owned(),
            asks: "1".to_owned(),
        })
    }

    #[test]
    fn what_is_noted_is_read_again_behind_a_line_that_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.journal");
        let mut journal = Journal::begin(&path, begins()).unwrap();
        journal.note(&creates()).unwrap();
        drop(journal);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}{{\"what\":\"ma")).unwrap();
        let mut journal = Journal::resume(&path).unwrap();
        assert_eq!(journal.account().open().count(), 1);
        let why = "not listed".to_owned();
        journal.note(&Line::NotMade { n: 1, why }).unwrap();
        drop(journal);
        let journal = Journal::resume(&path).unwrap();
        assert!(journal.account().is_settled());
    }

    #[test]
    fn a_journal_is_one_process_s_and_is_begun_anew_only_once_it_is_settled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.journal");
        assert!(matches!(Journal::resume(&path), Err(Error::Missing(_))));
        let mut journal = Journal::begin(&path, begins()).unwrap();
        assert!(matches!(Journal::resume(&path), Err(Error::Held(_))));
        journal.note(&creates()).unwrap();
        drop(journal);
        let before = fs::read_to_string(&path).unwrap();
        let again = Journal::begin(&path, begins());
        assert!(matches!(again, Err(Error::Unsettled(_))));
        let left = fs::read_to_string(&path).unwrap();
        assert_eq!(left, before, "and left as it is");
        let mut journal = Journal::resume(&path).unwrap();
        let why = "not listed".to_owned();
        journal.note(&Line::NotMade { n: 1, why }).unwrap();
        drop(journal);
        drop(Journal::begin(&path, begins()).unwrap());
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(before.lines().next(), Some(text.trim_end()), "of one line");
    }

    #[test]
    fn what_is_no_journal_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.journal");
        for text in ["user_id,phone\n", "{}\n", "\n"] {
            fs::write(&path, text).unwrap();
            let begun = Journal::begin(&path, begins());
            assert!(matches!(begun, Err(Error::Foreign { .. })), "{text:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let link = folder.path().join("link.journal");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(
            Journal::begin(&link, begins()),
            Err(Error::Io { .. })
        ));
    }
}

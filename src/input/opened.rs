//! A source that was opened: its bytes, and the path that is watched.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::{Change, Error};
use super::flaw::Flaw;
use super::lines::Terminator;
use super::memory::Memory;
use super::source::Source;
use super::spool;

/// What a file was when it was opened.
///
/// Neither its mode nor the time of its last change of status is part of it: a link that is
/// made and a mode that is set change no byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    /// The device that it is on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last written to: seconds since 1970, and nanoseconds.
    pub modified: (i64, i64),
}

impl Fingerprint {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

/// An open source, readable from any place at any time.
///
/// What is read may be a copy; what is watched is the source.
#[derive(Debug)]
pub(super) struct Opened {
    /// What is read.
    pub(super) file: File,
    /// How many bytes of it.
    pub(super) size: u64,
    /// What ends its lines.
    pub(super) terminator: Terminator,
    /// What its blocks were.
    pub(super) memory: Memory,
    /// The path by which others can change the source; none for what has no name.
    watched: Option<Watched>,
    /// The source itself and its length, where a copy is read.
    original: Option<(File, u64)>,
}

/// A path, and what was there.
#[derive(Debug)]
struct Watched {
    path: PathBuf,
    fingerprint: Fingerprint,
}

impl Opened {
    /// Opens a source; what is no regular file is copied to a private temporary file.
    pub(super) fn open(source: &Source) -> Result<Self, Error> {
        let name = source.to_string();
        let path = match source {
            Source::Stdin => return Self::spool(name, &mut io::stdin().lock()),
            Source::Path(path) => path,
        };
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, mut file) = match opened {
            Ok(opened) => opened,
            Err(source) => return Err(Error::Open { name, source }),
        };
        if metadata.is_dir() {
            return Err(Error::NotAWave {
                name,
                line: None,
                flaw: Flaw::Folder,
            });
        }
        if !metadata.is_file() {
            return Self::spool(name, &mut file);
        }
        let watched = Watched {
            path: path.clone(),
            fingerprint: Fingerprint::of(&metadata),
        };
        Ok(Self::new(file, metadata.len(), Some(watched)))
    }

    fn new(file: File, size: u64, watched: Option<Watched>) -> Self {
        Self {
            file,
            size,
            terminator: Terminator::Lf,
            memory: Memory::default(),
            watched,
            original: None,
        }
    }

    /// The same source, read from a copy that was made of it.
    pub(super) fn reading(self, copy: File) -> io::Result<Self> {
        let size = copy.metadata()?.len();
        let original = self.original.or(Some((self.file, self.size)));
        Ok(Self {
            original,
            ..Self::new(copy, size, self.watched)
        })
    }

    /// The source itself and its length, where what is read is a copy of it.
    pub(super) fn original(&self) -> Option<&(File, u64)> {
        self.original.as_ref()
    }

    fn spool(name: String, from: &mut dyn Read) -> Result<Self, Error> {
        let copied = spool::file().and_then(|mut file| {
            let size = io::copy(from, &mut file)?;
            Ok((file, size))
        });
        match copied {
            Ok((file, size)) => Ok(Self::new(file, size, None)),
            Err(source) => Err(Error::Spool { name, source }),
        }
    }

    /// Whether a block is what it was at first.
    pub(super) fn is_same(&self, block: usize, bytes: &[u8]) -> bool {
        self.memory.is_same(block, bytes, self.terminator)
    }

    /// The last part of its name; `-` for what has none.
    pub(super) fn file_name(&self) -> &OsStr {
        let path = self.watched.as_ref().map(|watched| &watched.path);
        let name = path.and_then(|path| Path::file_name(path));
        name.unwrap_or_else(|| OsStr::new("-"))
    }

    /// Checks that the source is what it was when it was opened.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`], or that cannot be found out.
    pub(super) fn check_unchanged(&self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        match self.change() {
            Ok(None) => Ok(()),
            Ok(Some(change)) => Err(Error::Changed { name, change }),
            Err(source) => Err(Error::Read { name, source }),
        }
    }

    /// What has happened to the source since it was opened.
    pub(super) fn change(&self) -> io::Result<Option<Change>> {
        let Some(Watched { path, fingerprint }) = &self.watched else {
            return Ok(None);
        };
        let there = match path.metadata() {
            Ok(metadata) => Fingerprint::of(&metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Some(Change::Deleted));
            }
            Err(error) => return Err(error),
        };
        let same_file = (there.device, there.inode) == (fingerprint.device, fingerprint.inode);
        Ok(match (same_file, there == *fingerprint) {
            (false, _) => Some(Change::Replaced),
            (true, false) => Some(Change::Written),
            (true, true) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    fn all(opened: &Opened) -> String {
        let mut bytes = vec![0; usize::try_from(opened.size).unwrap()];
        opened.file.read_exact_at(&mut bytes, 0).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_pipe_is_copied_so_that_it_can_be_read_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let mkfifo = std::process::Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(&path)
            .status();
        assert!(mkfifo.unwrap().success());
        let opened = std::thread::scope(|scope| {
            scope.spawn(|| std::fs::write(&path, "user_id,phone\n").unwrap());
            Opened::open(&Source::Path(path.clone())).unwrap()
        });
        assert_eq!(all(&opened), "user_id,phone\n");
        assert_eq!(all(&opened), "user_id,phone\n");
        assert_eq!(opened.size, 14);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(opened.change().unwrap(), None);
        let mode = opened.file.metadata().unwrap().mode();
        assert_eq!(mode & 0o077, 0, "a copy is nobody else's to read");
    }

    #[test]
    fn a_file_that_is_written_replaced_or_deleted_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.csv");
        let link = folder.path().join("link.csv");
        std::fs::write(&path, "one\n").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let opened = Opened::open(&Source::Path(link)).unwrap();
        assert_eq!(opened.change().unwrap(), None);

        let file = File::options().append(true).open(&path).unwrap();
        file.write_all_at(b"two\n", 4).unwrap();
        assert_eq!(opened.change().unwrap(), Some(Change::Written));

        let other = folder.path().join("other.csv");
        std::fs::write(&other, "one\n").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert_eq!(opened.change().unwrap(), Some(Change::Replaced));

        std::fs::remove_file(&path).unwrap();
        assert_eq!(opened.change().unwrap(), Some(Change::Deleted));
    }

    #[test]
    fn what_cannot_be_opened_is_the_callers_mistake_and_a_folder_is_no_wave() {
        let folder = tempfile::tempdir().unwrap();
        let missing = Source::Path(folder.path().join("none.csv"));
        let error = Opened::open(&missing).unwrap_err();
        assert!(error.is_usage());
        assert!(error.to_string().starts_with("cannot open"), "{error}");
        let error = Opened::open(&Source::Path(folder.path().to_owned())).unwrap_err();
        assert!(error.to_string().contains("is a folder"), "{error}");
    }
}

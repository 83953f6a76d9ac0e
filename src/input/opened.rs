//! A source that was opened: its bytes, and the path that is watched.

use std::ffi::OsStr;
use std::fs::{File, Metadata, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::error::{Change, Error};
use super::flaw::Flaw;
use super::memory::Memory;
use super::source::Source;

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
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) fingerprint: Fingerprint,
    /// What its blocks were.
    pub(super) memory: Memory,
    /// The path by which others can change it; none for a copy of ours.
    path: Option<PathBuf>,
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
        Ok(Self {
            file,
            fingerprint: Fingerprint::of(&metadata),
            memory: Memory::default(),
            path: Some(path.clone()),
        })
    }

    fn spool(name: String, from: &mut dyn Read) -> Result<Self, Error> {
        let copied = tempfile::tempfile().and_then(|mut file| {
            // It has no name; its mode matters to what looks at our descriptors.
            file.set_permissions(Permissions::from_mode(0o600))?;
            io::copy(from, &mut file)?;
            let fingerprint = Fingerprint::of(&file.metadata()?);
            Ok((file, fingerprint))
        });
        match copied {
            Ok((file, fingerprint)) => Ok(Self {
                file,
                fingerprint,
                memory: Memory::default(),
                path: None,
            }),
            Err(source) => Err(Error::Spool { name, source }),
        }
    }

    /// The last part of its name; `-` for a copy of ours.
    pub(super) fn file_name(&self) -> &OsStr {
        let name = self.path.as_deref().and_then(Path::file_name);
        name.unwrap_or_else(|| OsStr::new("-"))
    }

    /// What has happened to the file since it was opened.
    pub(super) fn change(&self) -> io::Result<Option<Change>> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let there = match path.metadata() {
            Ok(metadata) => Fingerprint::of(&metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Some(Change::Deleted));
            }
            Err(error) => return Err(error),
        };
        let same_file =
            (there.device, there.inode) == (self.fingerprint.device, self.fingerprint.inode);
        Ok(match (same_file, there == self.fingerprint) {
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
        let mut bytes = vec![0; usize::try_from(opened.fingerprint.size).unwrap()];
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
        assert_eq!(opened.fingerprint.size, 14);
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

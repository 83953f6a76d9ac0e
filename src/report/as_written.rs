//! Whether a file is still as wavepair wrote it, or somebody has worked on it since.
//!
//! The file carries the checksum of what was written, in an extended attribute: so the two get
//! their name in the same instant, and no kill comes between them. What is copied, restored or
//! saved by a program that makes a new file has no such attribute, and what is saved in place has
//! another content: either counts as worked on, and so does every file where the file system has
//! no such attributes.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use rustix::fs::fgetxattr;

use super::safe_file::{self, Complete, Error, SafeFile};

/// The attribute that holds the checksum, in hexadecimal digits.
const ATTRIBUTE: &str = "user.wavepair.sha256";

/// The checksum of what is written of a wave.
#[derive(Clone)]
pub(super) struct Checksum(Context);

impl std::fmt::Debug for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Checksum")
    }
}

impl Checksum {
    /// Starts with whose file it is: what was written of another wave is not ours to replace.
    fn of(wave: &OsStr) -> Self {
        let mut sum = Context::new(&SHA256);
        sum.update(wave.as_bytes());
        sum.update(&[0]);
        Self(sum)
    }

    /// Takes in what is written.
    fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Notes in a file that what was taken in is all that was written to it.
    ///
    /// Where the file system has no attributes there is nothing to be done: the file counts as
    /// worked on then, and stays.
    fn note_in(&self, file: &SafeFile) {
        file.note(ATTRIBUTE, self.digits().as_bytes()).ok();
    }

    fn digits(&self) -> String {
        let bytes = self.0.clone().finish();
        let digits = bytes.as_ref().iter().map(|byte| format!("{byte:02x}"));
        digits.collect()
    }
}

/// A file that is being written, with the checksum of what is in it so far.
#[derive(Debug)]
pub(super) struct Summed {
    file: SafeFile,
    sum: Checksum,
}

impl Summed {
    /// Begins a file of a wave.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::create`].
    pub(super) fn create(path: &Path, wave: &OsStr) -> Result<Self, Error> {
        Ok(Self {
            file: SafeFile::create(path)?,
            sum: Checksum::of(wave),
        })
    }

    /// Notes the checksum in the file, and syncs both.
    ///
    /// # Errors
    ///
    /// The content cannot be written.
    pub(super) fn complete(self) -> Result<(Complete, Checksum), Error> {
        let Self { file, sum } = self;
        sum.note_in(&file);
        Ok((file.complete()?, sum))
    }
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.sum.add(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// A file of this wave, byte for byte as it was written.
    AsWritten,
    /// Anything else.
    SomethingElse,
}

/// Looks at what has a name; `written` is the checksum of what would be written there now.
pub(super) fn look(path: &Path, wave: &OsStr, written: Option<&Checksum>) -> Found {
    let file = match safe_file::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
        Err(_) => return Found::SomethingElse,
    };
    let known = [kept_in(&file), written.map(Checksum::digits)];
    match content(file, wave) {
        Ok(Some(digits)) if known.iter().flatten().any(|known| *known == digits) => {
            Found::AsWritten
        }
        Ok(_) | Err(_) => Found::SomethingElse,
    }
}

/// The checksum that was noted in a file.
fn kept_in(file: &File) -> Option<String> {
    let mut value = [0; 64];
    let length = fgetxattr(file, ATTRIBUTE, &mut value).ok()?;
    let text = std::str::from_utf8(value.get(..length)?).ok()?;
    Some(text.to_owned())
}

/// The checksum of a regular file's content.
fn content(file: File, wave: &OsStr) -> io::Result<Option<String>> {
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut sum = Checksum::of(wave);
    let mut file = io::BufReader::with_capacity(1 << 16, file);
    io::copy(&mut file.by_ref(), &mut sum)?;
    Ok(Some(sum.digits()))
}

impl Write for Checksum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn wave() -> &'static OsStr {
        OsStr::new("wave.csv")
    }

    fn write(path: &Path, wave: &OsStr, text: &str) -> Checksum {
        let mut file = Summed::create(path, wave).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let (file, sum) = file.complete().unwrap();
        file.replace(path).unwrap();
        sum
    }

    #[test]
    fn a_file_is_as_it_was_written_until_somebody_works_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wave.rejects.csv");
        assert_eq!(look(&path, wave(), None), Found::Nothing);
        write(&path, wave(), "one,two\n");
        assert_eq!(look(&path, wave(), None), Found::AsWritten);
        assert_eq!(
            look(&path, OsStr::new("other.csv"), None),
            Found::SomethingElse
        );

        for edit in ["one,two\nthree\n", "one,tow\n", "one,two", ""] {
            write(&path, wave(), "one,two\n");
            // In place, as some editors save.
            fs::write(&path, edit).unwrap();
            assert_eq!(look(&path, wave(), None), Found::SomethingElse, "{edit:?}");
        }
        fs::write(&path, "one,two\n").unwrap();
        assert_eq!(
            look(&path, wave(), None),
            Found::AsWritten,
            "as it was again"
        );

        // By another file in its place, as other editors save.
        let new = folder.path().join("new");
        fs::write(&new, "one,two,three\n").unwrap();
        fs::rename(&new, &path).unwrap();
        assert_eq!(look(&path, wave(), None), Found::SomethingElse);
    }

    #[test]
    fn a_file_without_a_checksum_is_ours_if_it_holds_what_would_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let sum = write(&at("a"), wave(), "one\n");
        fs::write(at("b"), "one\n").unwrap();
        fs::write(at("c"), "two\n").unwrap();
        assert_eq!(look(&at("b"), wave(), None), Found::SomethingElse);
        assert_eq!(look(&at("b"), wave(), Some(&sum)), Found::AsWritten);
        assert_eq!(look(&at("c"), wave(), Some(&sum)), Found::SomethingElse);
    }

    #[test]
    fn what_is_no_regular_file_is_something_else_and_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write(&at("real"), wave(), "one\n");
        std::os::unix::fs::symlink(at("real"), at("link")).unwrap();
        let mkfifo = std::process::Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(at("pipe"))
            .status();
        assert!(mkfifo.unwrap().success());
        fs::create_dir(at("folder")).unwrap();
        for name in ["link", "pipe", "folder"] {
            assert_eq!(
                look(&at(name), wave(), None),
                Found::SomethingElse,
                "{name}"
            );
        }
    }
}

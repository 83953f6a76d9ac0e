//! A file that somebody names: what is opened is judged, not its name.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

/// Opens it; a terminal does not become the one that signals come from. Links are followed.
///
/// # Errors
///
/// It is not there, or may not be read.
pub(super) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let no_terminal = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).unwrap_or(0);
    let file = File::options()
        .read(true)
        .custom_flags(no_terminal)
        .open(path)?;
    let metadata = file.metadata()?;
    Ok((file, metadata))
}

/// Whether there is no such file.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Whether it comes to an end: a file or a pipe does.
pub(super) fn ends(metadata: &Metadata) -> bool {
    metadata.is_file() || metadata.file_type().is_fifo()
}

/// What is in it; nothing where that is longer than so many bytes.
///
/// # Errors
///
/// It cannot be read.
pub(super) fn read(file: File, longest: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(longest + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= longest).then_some(bytes))
}

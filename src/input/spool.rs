//! Private copies on disk, of what cannot be read twice as it is.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;

/// A file that has no name and is nobody else's to read.
pub(super) fn file() -> io::Result<File> {
    let file = tempfile::tempfile()?;
    // It has no name; its mode matters to what looks at our descriptors.
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// A copy that is being written, up to a limit.
#[derive(Debug)]
pub(super) struct Spool {
    file: BufWriter<File>,
    /// How many bytes more it may hold.
    left: u64,
}

/// Why a copy is not whole.
#[derive(Debug)]
pub(super) enum Full {
    /// It may not hold more.
    Limit,
    /// It could not be written.
    Error(io::Error),
}

impl From<io::Error> for Full {
    fn from(error: io::Error) -> Self {
        Full::Error(error)
    }
}

impl Spool {
    /// Begins a copy of so many bytes at most.
    pub(super) fn new(limit: u64) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::with_capacity(1 << 16, file()?),
            left: limit,
        })
    }

    /// Writes on.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Full> {
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or(Full::Limit)?;
        Ok(self.file.write_all(bytes)?)
    }

    /// Ends the copy.
    pub(super) fn finish(self) -> io::Result<File> {
        self.file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
    }
}

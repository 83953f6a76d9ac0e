//! A file that is read more than once, each time as it was at first.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use super::blocks::Blocks;
use super::error::Error;
use super::opened::Opened;
use super::source::Source;

/// A file whose bytes are what they were when they were read first, or are not given at all.
#[derive(Debug)]
pub(crate) struct SteadyFile(Arc<Opened>);

impl SteadyFile {
    /// Opens a file; what is no regular file is copied to a private one.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let opened = Opened::open(&Source::Path(path.to_owned()))?;
        Ok(Self(Arc::new(opened)))
    }

    /// The bytes from the first on. What was written to, replaced or deleted since it was opened ends
    /// them with an error, and nothing is given of a part that is another one than it was.
    pub(crate) fn bytes(&self) -> impl BufRead + use<> {
        Blocks::new(&self.0, 0)
    }
}

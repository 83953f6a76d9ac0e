//! Text on standard output, of commands that write no file.

use std::io::{self, Write};

use crate::error::Error;
use crate::report::standard_output::unless_broken_pipe;

/// Writes a text to standard output.
///
/// # Errors
///
/// Those of [`printed`].
pub(crate) fn print(text: &str) -> Result<(), Error> {
    printed(io::stdout().write_all(text.as_bytes()))
}

/// Makes sure that what was written to standard output has arrived.
///
/// # Errors
///
/// It has not: a disk may be full. A broken pipe is no error.
pub(crate) fn printed(written: io::Result<()>) -> Result<(), Error> {
    let arrived = written.and_then(|()| io::stdout().flush());
    unless_broken_pipe(arrived).map_err(|source| Error::System {
        what: "standard output cannot be written",
        source,
    })
}

//! Where a document goes: a file, or standard output.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::safe_file::{Error, SafeFile};

/// A document being written.
#[derive(Debug)]
pub enum Output {
    /// To a file that appears when it is complete.
    File(SafeFile),
    /// To standard output, or whatever stands in for it.
    Stream(Stream),
}

impl Output {
    /// Opens a path; `-` is standard output.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::create`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        if path.as_os_str() == "-" {
            Ok(Output::Stream(Stream::new(Box::new(io::stdout()))))
        } else {
            SafeFile::create(path).map(Output::File)
        }
    }

    /// Completes the document.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::commit`]; for a stream, what went wrong first, unless its reader went away.
    pub fn finish(self) -> Result<(), Error> {
        match self {
            Output::File(file) => file.commit(),
            Output::Stream(stream) => stream.finish().map_err(|source| Error::Io {
                path: Path::new("standard output").to_owned(),
                what: "written",
                source,
            }),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::File(file) => file.write(bytes),
            Output::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::File(file) => file.flush(),
            Output::Stream(stream) => stream.flush(),
        }
    }
}

/// A stream that never fails while it is written to: trouble is told at the end.
///
/// What is written to it is known from elsewhere, so a reader that went away must
/// not stop the writer halfway through the rows.
pub struct Stream {
    writer: BufWriter<Box<dyn Write + Send>>,
    trouble: Option<io::Error>,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({:?})", self.trouble)
    }
}

impl Stream {
    /// Writes to anything.
    pub fn new(writer: Box<dyn Write + Send>) -> Self {
        Self {
            writer: BufWriter::with_capacity(1 << 16, writer),
            trouble: None,
        }
    }

    fn finish(mut self) -> io::Result<()> {
        self.flush().ok();
        let trouble = self.trouble.take();
        // What a broken stream still buffers must not be tried again on drop.
        drop(self.writer.into_parts());
        match trouble {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            Some(_) | None => Ok(()),
        }
    }

    fn unless_troubled(
        &mut self,
        act: impl FnOnce(&mut BufWriter<Box<dyn Write + Send>>) -> io::Result<()>,
    ) {
        if self.trouble.is_none() {
            self.trouble = act(&mut self.writer).err();
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_troubled(|writer| writer.write_all(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_troubled(BufWriter::flush);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, OpenOptions};

    fn written_to(writer: Box<dyn Write + Send>) -> Result<(), Error> {
        let mut output = Output::Stream(Stream::new(writer));
        for _ in 0..10_000 {
            output.write_all(b"a line of sixteen\n").unwrap();
        }
        output.flush().unwrap();
        output.finish()
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        written_to(Box::new(writer)).unwrap();
    }

    #[test]
    fn a_full_disk_behind_a_stream_is_told_at_the_end() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        assert!(matches!(written_to(Box::new(full)), Err(Error::Io { .. })));
    }

    #[test]
    fn a_path_becomes_a_file_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"{}").unwrap();
        assert!(!path.exists());
        output.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{}");
    }
}

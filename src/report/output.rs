//! Where a document goes: a file, or standard output.

use std::fmt;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::Path;

use tempfile::SpooledTempFile;

use super::safe_file::{Error, SafeFile, failing};
use super::standard_output::{standard_output, unless_broken_pipe};
use crate::model::standard_stream::is_standard;

/// A document being written.
#[derive(Debug)]
pub(crate) enum Output {
    /// To a file that appears when it is complete.
    File(SafeFile),
    /// To standard output, or whatever stands in for it.
    Stream(Stream),
    /// To standard output, once it is complete.
    Spool(Spool),
}

/// A complete document on its way to standard output, which may be where nobody reads.
#[derive(Debug)]
#[must_use = "it has not been written"]
pub(crate) struct Waiting(Spool);

impl Output {
    /// Opens a path; `-` is standard output.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::create`].
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        if is_standard(path) {
            Ok(Output::Stream(to_standard_output()))
        } else {
            SafeFile::create(path).map(Output::File)
        }
    }

    /// Opens a path; what goes to standard output is kept until it is complete, so that whoever
    /// makes it is not held up by whoever reads it.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::create`].
    pub(crate) fn spooled(path: &Path) -> Result<Self, Error> {
        if is_standard(path) {
            Ok(Output::Spool(Spool::new(IN_MEMORY)))
        } else {
            SafeFile::create(path).map(Output::File)
        }
    }

    /// Completes the document, but for what has to be written to standard output yet.
    ///
    /// # Errors
    ///
    /// As [`SafeFile::commit`]; for a stream, what went wrong first, unless that is a broken pipe.
    pub(crate) fn settle(self) -> Result<Option<Waiting>, Error> {
        match self {
            Output::File(file) => file.commit().map(|()| None),
            Output::Stream(stream) => stream.finish().map(|()| None).map_err(unwritten),
            Output::Spool(spool) => Ok(Some(Waiting(spool))),
        }
    }

    /// Completes the document.
    ///
    /// # Errors
    ///
    /// As [`settle`](Self::settle) and [`Waiting::write`].
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.settle()? {
            Some(waiting) => waiting.write(),
            None => Ok(()),
        }
    }
}

impl Waiting {
    /// Writes it to standard output.
    ///
    /// # Errors
    ///
    /// It cannot be written, or nobody reads it and a signal asked for a stop; a broken pipe is no
    /// error.
    pub(crate) fn write(self) -> Result<(), Error> {
        self.0
            .into_stream(to_standard_output)
            .and_then(Stream::finish)
            .map_err(unwritten)
    }
}

fn unwritten(source: io::Error) -> Error {
    failing(Path::new("standard output"), "written")(source)
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::File(file) => file.write(bytes),
            Output::Stream(stream) => stream.write(bytes),
            Output::Spool(spool) => spool.keep(bytes, to_standard_output).map(|()| bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::File(file) => file.flush(),
            Output::Stream(stream) => stream.flush(),
            Output::Spool(_) => Ok(()),
        }
    }
}

/// How much of a document is kept in memory; the rest goes to a private file without a name.
const IN_MEMORY: usize = 1 << 20;

/// A document that waits, in memory and in a temporary file.
#[derive(Debug)]
pub(crate) enum Spool {
    /// So much of it is kept.
    Kept {
        /// Where.
        file: SpooledTempFile,
        /// How many bytes of the file are the document's.
        length: u64,
    },
    /// There is no room for it: it is written as it comes.
    Passing(Stream),
}

impl Spool {
    fn new(in_memory: usize) -> Self {
        Spool::Kept {
            file: SpooledTempFile::new(in_memory),
            length: 0,
        }
    }

    /// Passes on what is kept, and what is still to come.
    fn into_stream(self, to: impl FnOnce() -> Stream) -> io::Result<Stream> {
        match self {
            Spool::Passing(stream) => Ok(stream),
            Spool::Kept { mut file, length } => {
                let mut stream = to();
                file.rewind()?;
                io::copy(&mut file.take(length), &mut stream)?;
                Ok(stream)
            }
        }
    }

    fn keep(&mut self, bytes: &[u8], to: impl FnOnce() -> Stream) -> io::Result<()> {
        let kept = match self {
            Spool::Passing(stream) => return stream.write_all(bytes),
            Spool::Kept { file, length } => {
                let kept = file.write_all(bytes).is_ok();
                *length += if kept { bytes.len() as u64 } else { 0 };
                kept
            }
        };
        if !kept {
            // The temporary folder is full or cannot be written to: a slow reader is waited for.
            let mut stream = std::mem::replace(self, Spool::new(0)).into_stream(to)?;
            stream.write_all(bytes)?;
            *self = Spool::Passing(stream);
        }
        Ok(())
    }
}

fn to_standard_output() -> Stream {
    Stream::new(Box::new(standard_output()))
}

/// A stream that never fails while it is written to: trouble is told at the end.
///
/// What is written to it is known from elsewhere, so a broken pipe must not stop the
/// writer halfway through the rows.
pub(crate) struct Stream {
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
    pub(crate) fn new(writer: Box<dyn Write + Send>) -> Self {
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
        unless_broken_pipe(trouble.map_or(Ok(()), Err))
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
    fn what_is_kept_comes_out_whole_and_in_order_with_or_without_room_for_it() {
        let line = b"a line of sixteen\n";
        for (in_memory, full_after) in [(1 << 20, usize::MAX), (64, usize::MAX), (1 << 20, 5)] {
            let (mut reader, writer) = io::pipe().unwrap();
            let mut writer = Some(writer);
            let mut spool = Spool::new(in_memory);
            for at in 0..10 {
                let to = || Stream::new(Box::new(writer.take().unwrap()));
                if at == full_after {
                    // What a full disk leaves: a part of a line behind what is known to be kept.
                    let Spool::Kept { file, .. } = &mut spool else {
                        unreachable!("nothing has failed yet")
                    };
                    file.write_all(b"a part").unwrap();
                    let kept = std::mem::replace(&mut spool, Spool::new(0));
                    spool = Spool::Passing(kept.into_stream(to).unwrap());
                    spool.keep(line, || unreachable!("it is passing")).unwrap();
                } else {
                    spool.keep(line, to).unwrap();
                }
            }
            let to = || Stream::new(Box::new(writer.take().unwrap()));
            spool.into_stream(to).unwrap().finish().unwrap();
            let mut read = Vec::new();
            reader.read_to_end(&mut read).unwrap();
            assert_eq!(read, line.repeat(10), "{in_memory} {full_after}");
        }
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

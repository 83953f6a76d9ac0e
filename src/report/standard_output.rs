//! Standard output, which a run that is told to stop does not wait for.
//!
//! A pipe that nobody reads blocks its writer for ever, and a signal that only sets
//! a flag does not wake it.

use std::fmt;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::clock;

/// How long a reader is waited for after the process was told to stop.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is asked whether the process was told to stop.
const PERIOD: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// Whether the process was told to stop: there is one process, and one standard output.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Waits for a reader no longer than a second from now on.
pub(crate) fn hurry() {
    STOPPING.store(true, Ordering::Relaxed);
}

/// Nobody read what was written, and the process was told to stop.
#[derive(Debug)]
pub(crate) struct Unread;

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads it, and a signal asked for a stop")
    }
}

impl std::error::Error for Unread {}

impl Unread {
    /// Whether this is why something was not written.
    pub(crate) fn is_cause(error: &io::Error) -> bool {
        error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Self>())
            .is_some()
    }
}

/// How writing went; a broken pipe is no failure: its reader has what it wanted.
///
/// # Errors
///
/// Any other error.
pub(crate) fn unless_broken_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes to a descriptor without getting stuck in it.
pub(super) struct Patient<F> {
    to: F,
    stopping: &'static AtomicBool,
}

/// Standard output.
pub(super) fn standard_output() -> Patient<io::Stdout> {
    Patient {
        to: io::stdout(),
        stopping: &STOPPING,
    }
}

impl<F: AsFd> Patient<F> {
    /// Returns when something may be written at once.
    fn wait(&self) -> io::Result<()> {
        let mut told = None;
        loop {
            let mut to = [PollFd::new(&self.to, PollFlags::OUT)];
            match poll(&mut to, Some(&PERIOD)) {
                Ok(0) | Err(Errno::INTR) => {}
                // An error or the end of the reader shows when it is written to.
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            if self.stopping.load(Ordering::Relaxed) {
                let now = clock::now();
                if now.duration_since(*told.get_or_insert(now)) >= PATIENCE {
                    return Err(io::Error::other(Unread));
                }
            }
        }
    }
}

impl<F: AsFd> Write for Patient<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait()?;
        // What a pipe that is ready takes without waiting.
        let some = bytes.len().min(rustix::pipe::PIPE_BUF);
        Ok(rustix::io::write(&self.to, &bytes[..some])?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn patient(to: io::PipeWriter, stopping: bool) -> Patient<io::PipeWriter> {
        Patient {
            to,
            stopping: Box::leak(Box::new(AtomicBool::new(stopping))),
        }
    }

    #[test]
    fn what_is_read_arrives_whole_whether_there_is_a_hurry_or_not() {
        for stopping in [false, true] {
            let (mut reader, writer) = io::pipe().unwrap();
            let text = b"0123456789abcdef".repeat(40_000);
            let reads = std::thread::spawn(move || {
                let mut read = Vec::new();
                reader.read_to_end(&mut read).unwrap();
                read
            });
            let mut out = patient(writer, stopping);
            out.write_all(&text).unwrap();
            drop(out);
            assert!(reads.join().unwrap() == text, "{stopping}");
        }
    }

    #[test]
    fn a_pipe_that_nobody_reads_is_given_up_once_the_process_is_told_to_stop() {
        let (_reader, writer) = io::pipe().unwrap();
        let error = patient(writer, true)
            .write_all(&vec![b'x'; 1 << 20])
            .unwrap_err();
        assert!(Unread::is_cause(&error), "{error}");
        assert!(!Unread::is_cause(&io::Error::other("another")));
    }

    #[test]
    fn a_reader_that_went_away_is_told_as_one() {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let error = patient(writer, false).write_all(b"x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}

//! Programs that are started without a shell, and ended where they take too long.
//!
//! Nothing that a program says goes where ours is said: it is listened to, or dropped. Nothing of
//! what it is given, its words included, is in an error.

use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures::future::{Either, join, select};
use rustix::process::{Pid, Signal, kill_process_group};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

/// What is started, and how.
#[derive(Debug)]
pub(crate) struct Errand<'a> {
    /// The program with its words and its environment.
    pub command: Command,
    /// What it reads from its standard input, where that is not empty.
    pub input: &'a [u8],
    /// Which of its outputs is listened to; the other one is dropped.
    pub heard: Heard,
    /// So many bytes of it are kept; where it says more, nobody listens any longer.
    pub limit: u64,
    /// How long it may take.
    pub patience: Duration,
    /// What is ended with it.
    pub ends: Ends,
}

/// An output of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Its standard output.
    Output,
    /// Its standard error.
    Errors,
}

/// What is ended with a program that takes too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Nothing: it belongs to the terminal, where it may ask a person for a password.
    Itself,
    /// Whatever it has started: it is the first of a process group of its own.
    Group,
}

/// Why a program has not done what it was started for.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("cannot be started: {0}")]
    NotStarted(#[source] io::Error),
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    #[error("has taken longer than {} s", .0.as_secs())]
    TooLong(Duration),
    #[error("has printed more than {0} bytes")]
    TooMuch(u64),
    /// With what was heard of it.
    #[error("has failed ({0})")]
    Failed(ExitStatus, Vec<u8>),
}

/// How long a program is listened to that has ended, where something that it started holds its output.
const LINGER: Duration = Duration::from_secs(1);

/// Runs a program until it ends well, and gives what was heard of it.
///
/// # Errors
///
/// It did not start, or did not end well, in time.
pub(crate) async fn run(errand: Errand<'_>) -> Result<Vec<u8>, Failure> {
    let Errand {
        mut command,
        input,
        heard,
        limit,
        patience,
        ends,
    } = errand;
    let (stdout, stderr) = match heard {
        Heard::Output => (Stdio::piped(), Stdio::null()),
        Heard::Errors => (Stdio::null(), Stdio::piped()),
    };
    let stdin = if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    };
    if ends == Ends::Group {
        command.process_group(0);
    }
    command.stdin(stdin).stdout(stdout).stderr(stderr);
    let mut child = command.spawn().map_err(Failure::NotStarted)?;
    let feeding = feed(child.stdin.take(), input);
    let mut said = Vec::new();
    let ended = match heard {
        Heard::Output => {
            let hearing = listen(child.stdout.take(), limit, &mut said);
            timeout(patience, end_of(&mut child, feeding, hearing)).await
        }
        Heard::Errors => {
            let hearing = listen(child.stderr.take(), limit, &mut said);
            timeout(patience, end_of(&mut child, feeding, hearing)).await
        }
    };
    let Ok(ended) = ended else {
        stop(&mut child, ends).await;
        return Err(Failure::TooLong(patience));
    };
    let status = ended.map_err(Failure::Unreadable)?;
    if said.len() as u64 > limit {
        Err(Failure::TooMuch(limit))
    } else if status.success() {
        Ok(said)
    } else {
        Err(Failure::Failed(status, said))
    }
}

/// Gives a program what it is to read; it need not read it.
async fn feed(stdin: Option<ChildStdin>, input: &[u8]) {
    if let Some(mut stdin) = stdin {
        stdin.write_all(input).await.ok();
    }
}

/// Hears a program to its end, or to one byte more than the limit.
async fn listen(
    output: Option<impl AsyncRead + Unpin>,
    limit: u64,
    said: &mut Vec<u8>,
) -> io::Result<()> {
    if let Some(output) = output {
        output.take(limit + 1).read_to_end(said).await?;
    }
    Ok(())
}

/// Waits for the end of a program, and for what it has said before.
async fn end_of(
    child: &mut Child,
    feeding: impl Future<Output = ()>,
    hearing: impl Future<Output = io::Result<()>>,
) -> io::Result<ExitStatus> {
    let beside = pin!(join(feeding, hearing));
    let (status, heard) = match select(pin!(child.wait()), beside).await {
        Either::Left((status, beside)) => (status, timeout(LINGER, beside).await.ok()),
        Either::Right((heard, waiting)) => (waiting.await, Some(heard)),
    };
    if let Some(((), heard)) = heard {
        heard?;
    }
    status
}

/// Ends a program that nobody has waited for yet, so that its number is still its own.
async fn stop(child: &mut Child, ends: Ends) {
    let group = child.id().filter(|_| ends == Ends::Group);
    let group = group.and_then(|id| Pid::from_raw(id.try_into().ok()?));
    if let Some(group) = group {
        // It may have ended by itself at this moment.
        kill_process_group(group, Signal::KILL).ok();
    }
    child.kill().await.ok();
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;
    use std::sync::mpsc;

    use super::*;

    /// Longer than any test takes.
    const PATIENCE: Duration = Duration::from_mins(1);

    fn errand<'a>(script: &str, input: &'a [u8], ends: Ends) -> Errand<'a> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Errand {
            command,
            input,
            heard: Heard::Errors,
            limit: 10,
            patience: PATIENCE,
            ends,
        }
    }

    #[tokio::test]
    async fn a_program_reads_its_input_and_is_heard_on_the_output_that_counts() {
        let said = run(errand("echo no; cat >&2", b"yes", Ends::Group)).await;
        assert_eq!(said.unwrap(), b"yes");
        let mut other = errand("echo yes; cat >&2", b"no", Ends::Itself);
        other.heard = Heard::Output;
        assert_eq!(run(other).await.unwrap(), b"yes\n");
    }

    #[tokio::test]
    async fn a_program_that_reads_nothing_of_a_long_input_is_no_failure() {
        let long = vec![b'x'; 1 << 20];
        let said = run(errand("exit 0", &long, Ends::Group)).await;
        assert_eq!(said.unwrap(), b"");
    }

    #[tokio::test]
    async fn a_failure_says_how_it_was_and_keeps_what_was_heard() {
        let failed = run(errand("echo why >&2; exit 7", b"", Ends::Group)).await;
        let failed = failed.unwrap_err();
        assert_eq!(failed.to_string(), "has failed (exit status: 7)");
        assert!(matches!(failed, Failure::Failed(_, said) if said == b"why\n"));
        let much = run(errand("yes >&2", b"", Ends::Group)).await;
        assert_eq!(
            much.unwrap_err().to_string(),
            "has printed more than 10 bytes"
        );
        let mut missing = errand("", b"", Ends::Group);
        missing.command = Command::new("/no/such");
        let missing = run(missing).await.unwrap_err().to_string();
        assert!(missing.starts_with("cannot be started: "), "{missing}");
    }

    #[tokio::test]
    async fn an_output_that_something_else_holds_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = fifo(folder.path());
        let script = format!("cat {} >&2 & echo why >&2", path.display());
        let said = run(errand(&script, b"", Ends::Group)).await;
        assert_eq!(said.unwrap(), b"why\n");
        // What it left behind ends with its last writer.
        drop(File::options().write(true).open(&path).unwrap());
    }

    fn fifo(folder: &std::path::Path) -> std::path::PathBuf {
        let path = folder.join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        path
    }

    #[tokio::test]
    async fn a_program_that_takes_too_long_is_ended_with_whatever_it_has_started() {
        let folder = tempfile::tempdir().unwrap();
        let path = fifo(folder.path());
        let (opened, opens) = tokio::sync::oneshot::channel();
        let (gone, goes) = mpsc::channel();
        let reader = path.clone();
        std::thread::spawn(move || {
            let mut held = File::open(reader).unwrap();
            opened.send(()).unwrap();
            // Ends when nobody holds the other end any more.
            held.read_to_end(&mut Vec::new()).unwrap();
            gone.send(()).unwrap();
        });
        let script = format!("exec 9>{}; sleep 1000 & sleep 1000", path.display());
        let hasten = async {
            opens.await.unwrap();
            tokio::time::pause();
            tokio::time::advance(PATIENCE).await;
        };
        let (ended, ()) = join(run(errand(&script, b"", Ends::Group)), hasten).await;
        assert_eq!(ended.unwrap_err().to_string(), "has taken longer than 60 s");
        goes.recv_timeout(PATIENCE).expect("nothing of it is left");
    }
}

//! A client secret that a program prints: `pass`, `vault`, `op`.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::Error;
use super::credential::{SECRET_MAX, secret_of};
use super::given::Given;
use crate::model::secret::Secret;

/// How long a program may take: it may ask its user for a password.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a program without a shell, and takes what it prints for the secret.
///
/// Its standard input is empty, and what it says to standard error is not shown: lines of ours stand
/// there, and it may hold what nobody is to see. Nor are its words.
pub(super) fn secret_by(words: &[Given]) -> Result<Secret, Error> {
    let Some((first, more)) = words.split_first() else {
        return Err(Error::new("`client_secret_command` names no program"));
    };
    let name = &first.origin;
    if more.is_empty() && first.value.to_string_lossy().contains(char::is_whitespace) {
        let error = Error::new(format!("{name} is one word with a blank in it"));
        return Err(error.hint(
            "no shell takes it apart: write an array, such as `[\"pass\", \"show\", \"pingone\"]`",
        ));
    }
    let words: Vec<_> = words.iter().map(|given| given.value.clone()).collect();
    let failed = |why: &dyn std::fmt::Display| {
        Error::new(format!("the program of {name} {why}"))
            .hint("run it by hand, and see what it says")
    };
    let (program, arguments) = words.split_first().expect("there is a first word");
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(&format_args!("cannot be started: {error}")))?;
    let printed = printed(child, PATIENCE).map_err(|why| failed(&why))?;
    secret_of(printed, &format!("what the program of {name} has printed"))
}

/// What a program prints until it ends well; it is ended where it takes longer than `patience`, or
/// prints more than any secret has.
fn printed(child: Child, patience: Duration) -> Result<Vec<u8>, String> {
    let pid = Pid::from_child(&child);
    let (sender, receiver) = mpsc::channel();
    // A program that it has started may hold the pipe for as long as it likes.
    thread::spawn(move || {
        // Nobody waits any more once it took too long.
        sender.send(read_to_end(child)).ok();
    });
    let Ok(ended) = receiver.recv_timeout(patience) else {
        // It may have ended by itself at this moment.
        kill_process(pid, Signal::KILL).ok();
        return Err(format!("has taken longer than {} s", patience.as_secs()));
    };
    let (bytes, status) = ended.map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > SECRET_MAX {
        Err(format!("has printed more than {SECRET_MAX} bytes"))
    } else if !status.success() {
        Err(format!("has failed ({status})"))
    } else if bytes.is_empty() {
        Err("has printed nothing".to_owned())
    } else {
        Ok(bytes)
    }
}

/// What a child prints, to the limit, and how it ends.
fn read_to_end(mut child: Child) -> io::Result<(Vec<u8>, ExitStatus)> {
    let mut bytes = Vec::new();
    if let Some(output) = child.stdout.take() {
        output.take(SECRET_MAX + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > SECRET_MAX {
        child.kill()?;
    }
    Ok((bytes, child.wait()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<Given> {
        let given = |word: &&str| Given::typed("client_secret_command", *word);
        words.iter().map(given).collect()
    }

    fn refused(command: &[&str]) -> String {
        let error = secret_by(&words(command)).unwrap_err();
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        error.to_string()
    }

    #[test]
    fn a_secret_is_what_a_program_prints_without_its_line_end() {
        let secret = secret_by(&words(&["printf", "%s\n", "s3 cr3t $HOME"]));
        assert_eq!(secret, Ok(Secret::new("s3 cr3t $HOME".to_owned())));
    }

    #[test]
    fn a_program_that_fails_or_prints_no_secret_is_refused_and_nothing_of_it_is_shown() {
        for (command, why) in [
            (&["/no/such"][..], "cannot be started"),
            (
                &["sh", "-c", "echo hush; echo hush >&2; exit 3"],
                "has failed (exit status: 3)",
            ),
            (&["true"], "has printed nothing"),
            (&["echo"], "is empty"),
            (&["yes", "hush"], "has printed more than 4096 bytes"),
            (&["printf", "hush\tx"], "U+0009"),
            (&["pass show x"], "is one word with a blank in it"),
            (&[], "names no program"),
        ] {
            let said = refused(command);
            assert!(said.contains(why), "{command:?}: {said}");
        }
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended_also_behind_its_output() {
        for script in ["exec sleep 1000", "exec sleep 1000 >&-"] {
            let mut command = Command::new("sh");
            command.args(["-c", script]).stdout(Stdio::piped());
            let child = command.spawn().unwrap();
            let said = printed(child, Duration::from_millis(50)).unwrap_err();
            assert_eq!(said, "has taken longer than 0 s");
        }
    }
}

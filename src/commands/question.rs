//! What a person is asked: whether messages may be sent to people, whether a probe may begin.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};

use tokio::sync::oneshot;

use super::Invocation;
use crate::engine::Stop;
use crate::error::Error;
use crate::model::messages::Messages;
use crate::report::notice::Notice;
use crate::report::start_line::question;
use crate::settings;

/// More than this is no answer.
const LONGEST: u64 = 1024;

/// Asks a person whether messages may be sent, where there are some and there is a person.
///
/// There is one where standard error is a terminal and something can be read from a keyboard. A
/// signal ends the wait: whoever asked finds out of it by `stop`.
///
/// # Errors
///
/// The answer was not yes.
pub(super) async fn may_send(
    messages: &Messages,
    invocation: &Invocation,
    stop: &mut Stop,
) -> Result<(), Error> {
    if messages.total() == 0 || invocation.yes || !invocation.is_terminal {
        return Ok(());
    }
    let Some(keyboard) = keyboard() else {
        return Ok(());
    };
    if is_answered_yes(keyboard, &question(messages), invocation, stop).await? {
        Ok(())
    } else {
        Err(Error::Declined)
    }
}

/// Asks a person something that must be answered yes; where nobody is there, it is not.
///
/// A signal counts as a yes, too: whoever asked finds out of it by `stop`.
///
/// # Errors
///
/// There is nobody to ask.
pub(super) async fn is_wanted(
    question: &Notice,
    invocation: &Invocation,
    stop: &mut Stop,
) -> Result<bool, Error> {
    if invocation.yes {
        return Ok(true);
    }
    match keyboard().filter(|_| invocation.is_terminal) {
        Some(keyboard) => is_answered_yes(keyboard, question, invocation, stop).await,
        None => Err(nobody_to_ask()),
    }
}

/// Whether a question that must be answered yes can be.
///
/// # Errors
///
/// There is nobody to ask.
pub(super) fn can_be_answered(invocation: &Invocation) -> Result<(), Error> {
    if invocation.yes || invocation.is_terminal && keyboard().is_some() {
        Ok(())
    } else {
        Err(nobody_to_ask())
    }
}

fn nobody_to_ask() -> Error {
    settings::Error::new("there is nobody to ask whether this is wanted; nothing was sent")
        .hint("answer with `--yes`")
        .into()
}

async fn is_answered_yes(
    keyboard: Box<dyn Read + Send>,
    question: &Notice,
    invocation: &Invocation,
    stop: &mut Stop,
) -> Result<bool, Error> {
    invocation.console.say(question);
    let (tell, told) = oneshot::channel();
    // A thread of its own, which nobody waits for: a read from a terminal ends when the person
    // likes, and a signal must be heard before that.
    std::thread::Builder::new()
        .name("question".to_owned())
        .spawn(move || tell.send(is_yes(keyboard)))
        .map_err(|source| Error::System {
            what: "the question cannot be asked",
            source,
        })?;
    tokio::select! {
        biased;
        () = stop.requested() => Ok(true),
        yes = told => Ok(yes.unwrap_or(false)),
    }
}

/// What a person types on: the terminal of the process, whatever standard input is.
fn keyboard() -> Option<Box<dyn Read + Send>> {
    match File::open("/dev/tty") {
        Ok(terminal) => Some(Box::new(terminal)),
        // A terminal that no process was given as its own, as in some containers.
        Err(_) if io::stdin().is_terminal() => Some(Box::new(io::stdin())),
        Err(_) => None,
    }
}

/// Whether the first line says yes. An end of file, as a closed terminal gives, does not.
fn is_yes(keyboard: impl Read) -> bool {
    let mut line = Vec::new();
    let read = BufReader::new(keyboard.take(LONGEST)).read_until(b'\n', &mut line);
    let answer = String::from_utf8_lossy(&line).trim().to_ascii_lowercase();
    read.is_ok() && matches!(answer.as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for (typed, yes) in [
            ("y\n", true),
            ("yes\n", true),
            (" YES \r\n", true),
            ("y", true),
            ("n\n", false),
            ("\n", false),
            ("", false),
            ("yess\n", false),
            ("no\nyes\n", false),
        ] {
            assert_eq!(is_yes(typed.as_bytes()), yes, "{typed:?}");
        }
        let endless = io::repeat(b'y');
        assert!(!is_yes(endless));
    }
}

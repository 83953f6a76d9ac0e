//! The one question that a run asks: whether messages may be sent to people.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};

use tokio::sync::oneshot;

use super::Invocation;
use crate::engine::Stop;
use crate::error::Error;
use crate::model::messages::Messages;
use crate::report::start_line::question;

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
    invocation.console.say(&question(messages));
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
        () = stop.requested() => Ok(()),
        yes = told => match yes {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Error::Declined),
        },
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

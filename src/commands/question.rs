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
    if is_answered(keyboard, &question(messages), is_yes, invocation, stop).await? {
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
    is_agreed(question, is_yes, invocation, stop).await
}

/// Asks a person to type a number, which shows that they know what they ask for; where nobody is there,
/// it was not typed.
///
/// A signal counts as the number, too: whoever asked finds out of it by `stop`.
///
/// # Errors
///
/// There is nobody to ask.
pub(super) async fn is_counted(
    question: &Notice,
    number: u64,
    invocation: &Invocation,
    stop: &mut Stop,
) -> Result<bool, Error> {
    let is_right = move |line: &str| is_number(line, number);
    is_agreed(question, is_right, invocation, stop).await
}

/// Whether a line is this number, with or without its thousands apart.
fn is_number(line: &str, number: u64) -> bool {
    let digits: String = line.chars().filter(|c| *c != ',').collect();
    digits.parse() == Ok(number)
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

/// Whether it was agreed to beforehand, or is by what is typed now.
async fn is_agreed(
    question: &Notice,
    is_right: impl FnOnce(&str) -> bool + Send + 'static,
    invocation: &Invocation,
    stop: &mut Stop,
) -> Result<bool, Error> {
    if invocation.yes {
        return Ok(true);
    }
    match keyboard().filter(|_| invocation.is_terminal) {
        Some(keyboard) => is_answered(keyboard, question, is_right, invocation, stop).await,
        None => Err(nobody_to_ask()),
    }
}

async fn is_answered(
    keyboard: Box<dyn Read + Send>,
    question: &Notice,
    is_right: impl FnOnce(&str) -> bool + Send + 'static,
    invocation: &Invocation,
    stop: &mut Stop,
) -> Result<bool, Error> {
    invocation.console.say(question);
    let (tell, told) = oneshot::channel();
    // A thread of its own, which nobody waits for: a read from a terminal ends when the person
    // likes, and a signal must be heard before that.
    std::thread::Builder::new()
        .name("question".to_owned())
        .spawn(move || tell.send(first_line(keyboard).is_some_and(|line| is_right(&line))))
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

/// The first line that is typed, without what surrounds it; empty at an end of file, as a closed
/// terminal gives.
fn first_line(keyboard: impl Read) -> Option<String> {
    let mut line = Vec::new();
    let read = BufReader::new(keyboard.take(LONGEST)).read_until(b'\n', &mut line);
    read.ok()
        .map(|_| String::from_utf8_lossy(&line).trim().to_owned())
}

/// Whether a line says yes.
fn is_yes(line: &str) -> bool {
    matches!(line.to_ascii_lowercase().as_str(), "y" | "yes")
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
            let line = first_line(typed.as_bytes()).unwrap();
            assert_eq!(is_yes(&line), yes, "{typed:?}");
        }
        let endless = first_line(io::repeat(b'y')).unwrap();
        assert!(!is_yes(&endless));
    }

    #[test]
    fn only_the_number_itself_is_the_number() {
        for (line, right) in [
            ("4000", true),
            ("4,000", true),
            ("400", false),
            ("y", false),
            ("", false),
            ("-4000", false),
        ] {
            assert_eq!(is_number(line, 4000), right, "{line}");
        }
    }
}

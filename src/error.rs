//! Why the tool itself could not go on. A bad row is no error: it is an outcome.

use std::error::Error as _;
use std::io;

use thiserror::Error;

use crate::exit::ExitCode;
use crate::model::stop::{StopCode, Stopped};
use crate::pingone::tls::ClientError;
use crate::report::notice::Notice;
use crate::report::safe_file;
use crate::report::standard_output::Unread;
use crate::{engine, input, ledger, sandbox, settings};

/// What failed, each with its exit code and, where there is one, its remedy.
#[derive(Debug, Error)]
pub enum Error {
    /// A setting cannot be used.
    #[error(transparent)]
    Settings(#[from] settings::Error),
    /// The input cannot be used, or not be read on.
    #[error(transparent)]
    Input(#[from] input::error::Error),
    /// A part of a run panicked.
    #[error("the run was cut short by a fault of wavepair itself")]
    Panicked,
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] safe_file::Error),
    /// A file cannot be written where it was named; nothing was sent.
    #[error("the {what} cannot be written")]
    Output {
        /// What it is for.
        what: &'static str,
        /// Why not.
        source: safe_file::Error,
        /// What to do about it.
        hint: String,
    },
    /// The client cannot be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The sandbox cannot be started.
    #[error(transparent)]
    Sandbox(#[from] sandbox::Error),
    /// A person did not want messages to be sent to people.
    #[error("nothing was sent, because the answer was not yes")]
    Declined,
    /// Results could not be written.
    #[error("the results cannot be written: {0}")]
    Results(#[source] io::Error),
    /// The operating system refused something that a run needs.
    #[error("{what}: {source}")]
    System {
        /// What was attempted, as a fragment.
        what: &'static str,
        /// Its reason.
        source: io::Error,
    },
}

impl Error {
    /// The code that the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Error::Settings(_) | Error::Client(_) | Error::Output { .. } | Error::Declined => {
                ExitCode::Usage
            }
            Error::Input(error) if error.is_usage() => ExitCode::Usage,
            Error::Input(input::error::Error::Changed { .. }) => ExitCode::NeedsPerson,
            Error::Ledger(ledger::Error::Held { .. }) => ExitCode::Busy,
            Error::Ledger(ledger::Error::Older { .. }) => ExitCode::Pointless,
            Error::Ledger(error) if error.is_usage() => ExitCode::Usage,
            Error::Panicked
            | Error::Input(_)
            | Error::Ledger(_)
            | Error::File(_)
            | Error::Sandbox(_)
            | Error::Results(_)
            | Error::System { .. } => ExitCode::Broken,
        }
    }

    /// Whether it is that nobody read standard output, and a signal asked for a stop.
    pub fn unread(&self) -> bool {
        match self {
            Error::Results(source) | Error::File(safe_file::Error::Io { source, .. }) => {
                Unread::is_cause(source)
            }
            Error::Settings(_)
            | Error::Input(_)
            | Error::Panicked
            | Error::Declined
            | Error::Ledger(_)
            | Error::File(_)
            | Error::Output { .. }
            | Error::Client(_)
            | Error::Sandbox(_)
            | Error::System { .. } => false,
        }
    }

    /// The stable word for it, and what to say of it.
    pub fn stopped(&self) -> Stopped {
        let code = match self {
            Error::Settings(_) | Error::Client(_) => StopCode::Settings,
            Error::Declined => StopCode::Declined,
            Error::Output { .. } => StopCode::Output,
            Error::Input(input::error::Error::Changed { .. }) => StopCode::WaveChanged,
            Error::Input(error) if error.is_usage() => StopCode::NotAWave,
            Error::Ledger(ledger::Error::Held { .. }) => StopCode::LedgerHeld,
            Error::Ledger(ledger::Error::Older { .. }) => StopCode::LedgerOlder,
            Error::Ledger(error) if error.is_usage() => StopCode::LedgerRefused,
            Error::Panicked
            | Error::Input(_)
            | Error::Ledger(_)
            | Error::File(_)
            | Error::Sandbox(_)
            | Error::Results(_)
            | Error::System { .. } => StopCode::Failed,
        };
        Stopped::new(code, &self.in_words(), self.hint().as_deref())
    }

    /// What failed, with its causes.
    pub fn in_words(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let said = error.to_string();
            // Some messages have their cause in them already.
            if !text.contains(&said) {
                text += ": ";
                text += &said;
            }
            cause = error.source();
        }
        text
    }

    /// What to do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Settings(error) => error.remedy().map(str::to_owned),
            Error::Output { hint, .. } => Some(hint.clone()),
            Error::Input(error) => error.hint(),
            Error::Ledger(error) => error.hint(),
            Error::Results(_) | Error::File(safe_file::Error::Io { .. }) if self.unread() => Some(
                "what was created is in the ledger; `wavepair results WAVE` writes the results without sending anything"
                    .to_owned(),
            ),
            Error::Results(_) => Some(
                "what was created is in the ledger; once the file can be written, \
                 `wavepair results WAVE` writes it without sending anything"
                    .to_owned(),
            ),
            Error::Declined => Some(
                "a device whose status is `ACTIVE` sends no message; with `--yes` a run does not ask"
                    .to_owned(),
            ),
            Error::Panicked
            | Error::File(_)
            | Error::Client(_)
            | Error::Sandbox(_)
            | Error::System { .. } => None,
        }
    }
}

impl From<engine::Error> for Error {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Ledger(error) => Error::Ledger(error),
            engine::Error::Panicked => Error::Panicked,
        }
    }
}

/// An error with its causes and its remedy.
impl From<&Error> for Notice {
    fn from(error: &Error) -> Self {
        Notice::error(error.in_words()).hint(error.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::cell::neutral;

    #[test]
    fn what_an_error_shows_steers_no_terminal_and_stays_one_line() {
        let evil = "a\u{1b}[31m\nb\u{202e}";
        let settings = settings::Error::new(evil).hint(evil);
        let system = Error::System {
            what: "failed",
            source: io::Error::other(evil),
        };
        for error in [
            Error::from(settings),
            system,
            Error::Results(io::Error::other(evil)),
        ] {
            let shown = Notice::from(&error).text(None, false);
            assert!(shown.contains(r"a\u{1b}[31m\u{a}b\u{202e}"), "{shown}");
            for line in shown.lines() {
                assert!(
                    line.starts_with("error: ") || line.starts_with("hint: "),
                    "{shown}"
                );
                assert_eq!(neutral(line), line);
            }
        }
    }
}

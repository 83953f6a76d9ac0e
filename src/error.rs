//! Why the tool itself could not go on. A bad row is no error: it is an outcome.

use std::error::Error as _;
use std::io;

use thiserror::Error;

use crate::exit::ExitCode;
use crate::ledger::Flaw;
use crate::model::stop::{StopCode, Stopped};
use crate::pingone::tls::ClientError;
use crate::probe::journal;
use crate::report::error_object::ErrorObject;
use crate::report::notice::Notice;
use crate::report::quantity::counted;
use crate::report::safe_file;
use crate::report::standard_output::Unread;
use crate::settings::expected_rows::ExpectedRows;
use crate::{engine, input, ledger, sandbox, settings};

/// What failed, each with its exit code and, where there is one, its remedy.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// A setting cannot be used.
    #[error(transparent)]
    Settings(#[from] settings::Error),
    /// The input cannot be used, or not be read on.
    #[error(transparent)]
    Input(#[from] input::error::Error),
    /// A wave has another number of rows than was expected; nothing was sent.
    #[error("{wave} has {}; `--expect-rows` says {expected}", counted(*.rows, "row"))]
    RowCount {
        /// The wave.
        wave: String,
        /// How many rows were read.
        rows: u64,
        /// How many were expected.
        expected: ExpectedRows,
    },
    /// A plan does not fit what a run finds; nothing was sent.
    #[error("the plan {plan} is not carried out: {why}")]
    Plan {
        /// The file.
        plan: String,
        /// What differs, or what is wrong with it.
        why: String,
        /// What to do about it.
        hint: String,
    },
    /// A part of a run panicked.
    #[error("the run was cut short by a fault of wavepair itself")]
    Panicked,
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// The journal of a probe cannot be used.
    #[error(transparent)]
    Journal(#[from] journal::Error),
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

/// What each kind of failure means: how the process ends, the stable word for it, and what to do
/// about it, where there is something.
struct Kind {
    exit: ExitCode,
    code: StopCode,
    remedy: Option<String>,
}

impl Error {
    fn kind(&self) -> Kind {
        use ExitCode::{Broken, Busy, NeedsPerson, Pointless, Usage};
        let text = |text: &str| Some(text.to_owned());
        let (exit, code, remedy) = match self {
            Error::Settings(error) => (Usage, StopCode::Settings, error.remedy().and_then(text)),
            Error::Client(_) => (Usage, StopCode::Settings, None),
            Error::Output { hint, .. } => (Usage, StopCode::Output, text(hint)),
            Error::Plan { hint, .. } => (Usage, StopCode::PlanDiffers, text(hint)),
            Error::Declined => (Usage, StopCode::Declined, text(DECLINED)),
            Error::Input(error @ input::error::Error::Changed { .. }) => {
                (NeedsPerson, StopCode::WaveChanged, error.hint())
            }
            Error::Input(error) if error.is_usage() => (Usage, StopCode::NotAWave, error.hint()),
            Error::Input(error) => (Broken, StopCode::Failed, error.hint()),
            Error::RowCount { .. } => (Usage, StopCode::RowsUnexpected, text(COMPARE)),
            Error::Ledger(error) => {
                let (exit, code) = if let Flaw::Held(_) = error.flaw {
                    (Busy, StopCode::LedgerHeld)
                } else if let Flaw::Older { .. } = error.flaw {
                    (Pointless, StopCode::LedgerOlder)
                } else if error.is_usage() {
                    (Usage, StopCode::LedgerRefused)
                } else {
                    (Broken, StopCode::Failed)
                };
                (exit, code, error.hint())
            }
            Error::Journal(error) => {
                let (exit, code) = match error {
                    journal::Error::Held(_) => (Busy, StopCode::LedgerHeld),
                    journal::Error::Missing(_)
                    | journal::Error::Foreign { .. }
                    | journal::Error::Unsettled(_) => (Usage, StopCode::Settings),
                    journal::Error::Io { .. } => (Broken, StopCode::Failed),
                };
                (exit, code, error.hint().and_then(text))
            }
            Error::Results(_) | Error::File(_) if self.unread() => {
                (Broken, StopCode::Failed, text(UNREAD))
            }
            Error::Results(_) => (Broken, StopCode::Failed, text(UNWRITTEN)),
            Error::Panicked | Error::File(_) | Error::Sandbox(_) | Error::System { .. } => {
                (Broken, StopCode::Failed, None)
            }
        };
        Kind { exit, code, remedy }
    }

    /// The code that the process ends with.
    pub(crate) fn exit_code(&self) -> ExitCode {
        self.kind().exit
    }

    /// The stable word for it, and what to say of it.
    pub(crate) fn stopped(&self) -> Stopped {
        let Kind { code, remedy, .. } = self.kind();
        Stopped::new(code, &self.in_words(), remedy.as_deref())
    }

    /// What a program is told of it.
    pub(crate) fn object(&self) -> ErrorObject {
        let Kind { exit, code, remedy } = self.kind();
        ErrorObject {
            code: code.as_str(),
            message: self.in_words(),
            exit,
            remedy,
        }
    }

    /// What to do about it, where there is something.
    pub(crate) fn hint(&self) -> Option<String> {
        self.kind().remedy
    }

    /// Whether it is that nobody read standard output, and a signal asked for a stop.
    pub(crate) fn unread(&self) -> bool {
        let (Error::Results(source) | Error::File(safe_file::Error::Io { source, .. })) = self
        else {
            return false;
        };
        Unread::is_cause(source)
    }

    /// What failed, with its causes.
    pub(crate) fn in_words(&self) -> String {
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
}

const DECLINED: &str =
    "a device whose status is `ACTIVE` sends no message; with `--yes` a run does not ask";

const COMPARE: &str = "nothing was sent; compare the wave with where it comes from: is it \
                       complete, and is it the right one?";

const UNREAD: &str = "what was created is in the ledger; `wavepair results WAVE` writes the \
                      results without sending anything";

const UNWRITTEN: &str = "what was created is in the ledger; once the file can be written, \
                         `wavepair results WAVE` writes it without sending anything";

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

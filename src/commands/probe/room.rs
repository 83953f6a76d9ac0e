//! What asking and cleaning up have in common: whom they are about, what a person is told, how they end.

use std::time::Duration;

use super::check::Unfit;
use super::screen;
use crate::commands::Invocation;
use crate::commands::target::warn;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::Binding;
use crate::model::shell;
use crate::probe::journal;
use crate::probe::{Ending, Halt, Standing, Verdict};
use crate::report::notice::Notice;
use crate::settings::probe::Probe;

/// What both have in common.
pub(super) struct Room<'a> {
    pub(super) invocation: &'a Invocation,
    /// Which tenant it is.
    pub(super) binding: Binding,
    /// How long a create whose answer was lost may be on its way.
    pub(super) patience: Duration,
    /// The command that deletes what is left.
    cleaner: String,
}

impl<'a> Room<'a> {
    /// Warns where settings were given that are not used.
    pub(super) fn new(settings: &Probe, invocation: &'a Invocation) -> Self {
        warn(&settings.tenant, invocation);
        Self {
            invocation,
            binding: settings.tenant.binding(),
            patience: settings.pace.timeout,
            cleaner: format!(
                "wavepair probe {}",
                shell::option("--clean", &settings.report)
            ),
        }
    }

    /// How the command ends where the probe may not begin.
    pub(super) fn unfit(&self, unfit: Unfit) -> Result<ExitCode, Error> {
        match unfit {
            Unfit::Refused(error) => Err(error),
            Unfit::Halt(halt) => self.halted(halt),
        }
    }

    fn halted(&self, halt: Halt) -> Result<ExitCode, Error> {
        let console = &self.invocation.console;
        match halt {
            Halt::Stopped(reason) => Ok(reason.exit_code()),
            Halt::Pointless(what, hint) => {
                console.say(&Notice::error(what).hint(Some(hint)));
                Ok(ExitCode::Pointless)
            }
            Halt::Unavailable(what) => {
                console.say(&Notice::error(what).hint(Some("probe again later")));
                Ok(ExitCode::RunAgain)
            }
            Halt::Journal(error) => Err(error.into()),
        }
    }

    /// Tells what became of the devices.
    pub(super) fn tell_of_devices(&self, ending: &Ending) {
        for notice in screen::cleaned(ending, &self.cleaner) {
            self.invocation.console.say(&notice);
        }
    }

    /// How a probe ends that has begun; the halts are why it did not ask, or clean up, to its end.
    pub(super) fn end(
        &self,
        halts: [Option<Halt>; 2],
        ending: &Ending,
        unwritten: Option<journal::Error>,
        verdicts: &[Verdict],
    ) -> Result<ExitCode, Error> {
        let mut code = ExitCode::Done;
        for halt in halts.into_iter().flatten() {
            code = code.or(self.halted(halt)?);
        }
        if let Some(error) = unwritten {
            return Err(error.into());
        }
        let unanswered = verdicts
            .iter()
            .any(|verdict| verdict.standing == Standing::Failed);
        if !ending.is_clean() || unanswered {
            code = code.or(ExitCode::RunAgain);
        }
        Ok(code)
    }
}

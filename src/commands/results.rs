//! `wavepair results`: the results file again, from the input and the ledger.

use super::join::{join, not_reached, unless_unwritten};
use super::{Invocation, outputs, wanted};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::Reader;
use crate::report::console::Console;
use crate::report::results_written;
use crate::report::standing::{Mode, Standing};
use crate::settings::Error as SettingsError;
use crate::settings::rows::RowSettings;
use crate::settings::run::{Results, wave_name};

/// Writes the files of a wave again; works while a run is going on.
///
/// # Errors
///
/// The input or the ledger cannot be read, or there is none, or a file cannot be written.
pub fn results(settings: &Results, invocation: &Invocation) -> Result<ExitCode, Error> {
    outputs::check(&settings.files, invocation)?;
    // Without a ledger every row would be `pending`, and the file of an earlier run overwritten.
    let ledger = Reader::open(&settings.ledger, settings.binding.as_ref())?.ok_or_else(|| {
        let path = settings.ledger.display();
        SettingsError::new(format!("there is no ledger at {path}"))
            .hint("name the environment or the ledger as for the run")
    })?;
    let last_run = ledger.last_run(&wave_name(&settings.wave))?;
    let told = last_run.as_ref().map(|run| run.settings.as_str());
    let rows = settings.rows.over(told.and_then(RowSettings::from_json));
    let mode = Mode::Run(not_reached(last_run));
    let wave = wanted::open(&settings.wave, &rows)?;
    let joined = join(&wave, &rows, &settings.files, mode, None, &mut |key| {
        ledger.entry(key).map(Standing::from)
    })?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(ledger);
    if let Some(waiting) = joined.waiting {
        waiting.write()?;
    }
    let (rejects, exit) = unless_unwritten(joined.rejects, invocation);
    let written = results_written::Written {
        results: &settings.files.results,
        rejects: &rejects,
        account: joined.account,
        outcomes: &joined.tally.outcomes,
    };
    let width = Console::width();
    for notice in written.notices(width) {
        invocation.console.say(&notice);
    }
    Ok(if written.is_conserved() {
        exit
    } else {
        ExitCode::Broken
    })
}

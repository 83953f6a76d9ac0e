//! `wavepair results`: the results file again, from the input and the ledger.

use super::join::{join, known_by, not_reached};
use super::memory::{Memory, remember};
use super::wave_files::WaveFiles;
use super::{Invocation, opened_wave, outputs};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::Reader;
use crate::model::row_judge::RowJudge;
use crate::model::tally::Tally;
use crate::report::console::Console;
use crate::report::known_row::Judge;
use crate::report::known_state::Mode;
use crate::report::results_written;
use crate::settings::Error as SettingsError;
use crate::settings::rows::RowSettings;
use crate::settings::run::{Results, wave_name};

/// Writes the files of a wave again; works while a run is going on.
///
/// # Errors
///
/// The input or the ledger cannot be read, or there is none, or a file cannot be written.
pub(crate) fn results(settings: &Results, invocation: &Invocation) -> Result<ExitCode, Error> {
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
    let sharing = opened_wave::sharing(&rows)?;
    let wave = opened_wave::open(&settings.wave, &rows, &settings.checks)?;
    outputs::check_room(&settings.files, &wave, || opened_wave::rows_of(&wave))?;

    let mut files = WaveFiles::begin(&wave, &rows, &settings.files)?;
    let mut tally = Tally::default();
    let mut sinks = files.sinks();
    sinks.push(&mut tally);
    let lookup = &mut |key: &_| known_by(Some(&ledger), key);
    let defaults = rows.defaults();
    let names = remember(&wave, &defaults, Memory::ReadOnly(Some(&ledger)))?;
    let judge = RowJudge::new(wave.header(), &defaults, &names, sharing.of_results());
    let account = join(&wave, Judge::new(judge), &mode, lookup, &mut sinks)?;
    opened_wave::check_count(&settings.wave, account.rows, &settings.checks)?;
    let mut complete = files.complete()?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(ledger);
    complete.hand_out()?;
    let (rejects, exit) = complete.rejects(invocation);
    let written = results_written::Written {
        results: &settings.files.results,
        rejects: &rejects,
        account,
        outcomes: &tally.outcomes,
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

//! `wavepair results`: the results file again, from the input and the ledger.

use super::join::join;
use super::wanted;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::{self, Reader};
use crate::report::standing::{Mode, Standing};
use crate::settings::rows::RowSettings;
use crate::settings::run::{Results, wave_name};

/// Writes the files of a wave again; works while a run is going on.
///
/// # Errors
///
/// The input or the ledger cannot be read, or a file cannot be written.
pub fn results(settings: &Results) -> Result<ExitCode, Error> {
    let ledger = Reader::open(&settings.ledger, &settings.binding)?;
    let last_run = match &ledger {
        Some(ledger) => ledger.last_settings(&wave_name(&settings.wave))?,
        None => None,
    };
    let rows = settings
        .rows
        .over(last_run.as_deref().and_then(RowSettings::from_json))?;
    let wave = wanted::open(&settings.wave, &rows)?;
    join(
        &wave,
        &rows,
        &settings.files,
        Mode::Run,
        &mut |key| match &ledger {
            Some(ledger) => ledger.entry(key).map(Standing::from),
            None => Ok::<_, ledger::Error>(Standing::Untouched),
        },
    )?;
    wave.check_unchanged()?;
    Ok(ExitCode::Done)
}

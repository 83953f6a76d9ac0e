//! `wavepair results`: the results file again, from the input and the ledger.

use super::past_run::PastRun;
use super::wave_files::WaveFiles;
use super::{Invocation, outputs};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::tally::Tally;
use crate::report::console::Console;
use crate::report::results_written;
use crate::settings::results::{Ledgers, Results};

/// Writes the files of a wave again; works while a run is going on.
///
/// # Errors
///
/// The input or the ledger cannot be read, or there is none, or a file cannot be written.
pub(crate) fn results(settings: &Results, invocation: &Invocation) -> Result<ExitCode, Error> {
    outputs::check(&settings.files, invocation)?;
    let binding = settings.binding.as_ref();
    let last = match &settings.of {
        Ledgers::OfShard(shard, ledger) => {
            let last = PastRun::read(&settings.wave, ledger, binding)?;
            last.is_of(*shard)?;
            last
        }
        Ledgers::OfWave { ledgers, partial } => {
            PastRun::read_all(&settings.wave, ledgers, binding, *partial)?
        }
    };
    let is_partial = last.is_partial();
    let past = last.wave(&settings.rows, &settings.checks, &settings.files)?;
    let mut files = WaveFiles::begin(&past.wave, &past.rows, &settings.files)?;
    let mut tally = Tally::default();
    let mut sinks = files.sinks();
    sinks.push(&mut tally);
    let sharers = past.sharing.of_results();
    let account = last.tell(&past, sharers, &settings.checks, &mut sinks)?;
    let mut complete = files.complete()?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(last);
    complete.hand_out()?;
    let (rejects, exit) = complete.rejects(invocation);
    let written = results_written::Written {
        results: &settings.files.results,
        rejects: &rejects,
        account,
        tally: &tally,
    };
    let width = Console::width();
    for notice in written.notices(width) {
        invocation.console.say(&notice);
    }
    Ok(if written.is_conserved() && is_partial {
        exit.or(ExitCode::OutOfTime)
    } else if written.is_conserved() {
        exit
    } else {
        ExitCode::Broken
    })
}

//! What a dry run says of a wave without asking PingOne.

use tokio::time::Instant;

use super::Invocation;
use super::join::{Doubts, join};
use super::memory::Memory;
use super::not_asked::NotAsked;
use super::opened_wave::OpenedWave;
use super::preview::close;
use super::wave_files::WaveFiles;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::Reader;
use crate::model::calling_codes::CallingCodes;
use crate::model::shared_phones::SharedPhones;
use crate::model::stop::Stopped;
use crate::model::summary::Summary;
use crate::model::tally::Tally;
use crate::report::known_state::{Mode, NotReached};
use crate::report::row_sink::{LogLines, RowSink};
use crate::settings::run::DryRun;

/// Writes what a run would come to by the wave and the ledger alone, and ends.
///
/// Where nothing of the wave would be sent, that is what a run writes too.
pub(super) fn foretell(
    settings: &DryRun,
    started: Instant,
    opened: &OpenedWave,
    reader: Option<Reader>,
    summary: &mut Summary,
    invocation: &Invocation,
) -> Result<ExitCode, Error> {
    let refused = summary.stopped.as_ref();
    let mode = refused.map_or(Mode::DryRun, |reason| {
        Mode::Run(NotReached::Stopped(Stopped::from(reason)))
    });
    let wave = &opened.wave;
    let mut files = WaveFiles::begin(wave, &settings.common.rows, &settings.files)?;
    let (mut tally, mut shared) = (Tally::default(), SharedPhones::default());
    let mut not_asked = NotAsked::default();
    let mut countries = CallingCodes::default();
    let mut doubts = Doubts::new(settings.common.pace.retry.settle);
    let mut sinks = files.sinks();
    let others: [&mut dyn RowSink; 6] = [
        &mut tally,
        &mut shared,
        &mut countries,
        &mut doubts,
        &mut not_asked,
        &mut LogLines,
    ];
    sinks.extend(others);
    let memory = Memory::of_dry_run(reader.as_ref(), opened.recreate);
    let memory = opened.memory(memory)?;
    let account = join(wave, opened.judge_of_results(), &mode, memory, &mut sinks)?;
    let mut complete = files.complete()?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(reader);
    complete.hand_out()?;
    not_asked.tell(invocation);
    summary.shared_phones = shared;
    summary.countries = countries;
    summary.settle(opened.rows, account, tally);
    close(
        settings,
        started,
        Some(complete),
        Some(doubts),
        summary,
        invocation,
    )
}

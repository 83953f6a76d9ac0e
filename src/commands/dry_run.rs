//! `wavepair run --dry-run`: what a run would do, without doing it.

use super::finish::ended;
use super::foretell::foretell;
use super::memory::Memory;
use super::opened_wave::OpenedWave;
use super::preview::introduce;
use super::{Invocation, online, read_ledger};
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::input::source::Source;
use crate::model::summary::Summary;
use crate::report::start_line::Kind;
use crate::settings::run::DryRun;

/// Validates every row of a wave and says what a run would do.
///
/// Reads no credentials, opens no connection and changes no ledger; with
/// `--online` it asks PingOne, and changes nothing there either.
///
/// # Errors
///
/// The settings or the input cannot be used, or a file cannot be written.
pub(crate) async fn dry_run(
    mut settings: DryRun,
    invocation: &Invocation,
) -> Result<ExitCode, Error> {
    let wave = Source::from(settings.common.wave.clone()).to_string();
    let (run, now) = (invocation.run, clock::wall());
    let mut summary = Summary::new(run, wave, settings.environment(), true, now);
    summary.shard = settings.common.shard;
    let end = match settings.online.take() {
        Some(target) => online::dry_run(&mut settings, target, invocation, &mut summary).await,
        None => offline(&settings, invocation, &mut summary),
    };
    ended(end, &summary, &settings.files, invocation)
}

fn offline(
    settings: &DryRun,
    invocation: &Invocation,
    summary: &mut Summary,
) -> Result<ExitCode, Error> {
    let started = clock::now();
    let mut opened = OpenedWave::begin(&settings.common, &settings.files, invocation)?;
    let reader = read_ledger::open(&settings.ledger, opened.shard, false, invocation)?;
    opened.remember(Memory::ReadOnly(reader.as_ref()))?;
    let (environment, host) = (settings.ledger.environment(), settings.ledger.host());
    let place = (Kind::DryRun, environment, host);
    let ledger = reader.as_ref();
    introduce(settings, place, &opened, ledger, summary, invocation)?;
    foretell(settings, started, &opened, reader, summary, invocation)
}

//! `wavepair run --dry-run`: what a run would do, without doing it.

use super::finish::ended;
use super::join::{Doubts, join, known_by};
use super::preview::{close, introduce, open};
use super::wave_files::WaveFiles;
use super::{Invocation, online, read_ledger};
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::input::source::Source;
use crate::model::shared_phones::PhoneBook;
use crate::model::summary::Summary;
use crate::model::tally::Tally;
use crate::report::known_state::Mode;
use crate::report::row_sink::{LogLines, RowSink};
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
    let wave = Source::from(settings.wave.clone()).to_string();
    let (run, now) = (invocation.run, clock::wall());
    let mut summary = Summary::new(run, wave, settings.environment(), true, now);
    let end = match settings.online.take() {
        Some(target) => online::dry_run(&settings, target, invocation, &mut summary).await,
        None => offline(&settings, invocation, &mut summary),
    };
    ended(end, &summary, &settings.files)
}

fn offline(
    settings: &DryRun,
    invocation: &Invocation,
    summary: &mut Summary,
) -> Result<ExitCode, Error> {
    let started = clock::now();
    let opened = open(settings, invocation)?;
    let reader = read_ledger::open(&settings.ledger, false, invocation)?;
    let (environment, host) = (settings.ledger.environment(), settings.ledger.host());
    let place = (Kind::DryRun, environment, host);
    let ledger = reader.as_ref();
    summary.messages = introduce(settings, place, &opened, ledger, summary, invocation)?;

    let wave = &opened.wave;
    let mut files = WaveFiles::begin(wave, &settings.rows, &settings.files)?;
    let (mut tally, mut phones) = (Tally::default(), PhoneBook::default());
    let mut doubts = Doubts::new(settings.pace.retry.settle);
    let mut sinks = files.sinks();
    // A run has to fit into little memory however long the wave is, so phones are compared here.
    let others: [&mut dyn RowSink; 4] = [&mut tally, &mut phones, &mut doubts, &mut LogLines];
    sinks.extend(others);
    let lookup = &mut |key: &_| known_by(ledger, key);
    let account = join(wave, &opened.defaults, &Mode::DryRun, lookup, &mut sinks)?;
    let mut complete = files.complete()?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(reader);
    complete.hand_out()?;
    summary.shared_phones = phones.shared();
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

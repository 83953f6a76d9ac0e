//! `wavepair run --dry-run`: what a run would do, without doing it.

use super::announce::{Place, announce};
use super::finish::{End, ended, finish};
use super::join::{join, note_ledger, of_a_dry_run, unless_unwritten};
use super::wanted::Wanted;
use super::{Invocation, online, outputs, read_ledger};
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::input::source::Source;
use crate::ledger;
use crate::model::summary::Summary;
use crate::report::standing::{Mode, Standing};
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
pub async fn dry_run(settings: DryRun, invocation: &Invocation) -> Result<ExitCode, Error> {
    let (files, wave) = (settings.files.clone(), Source::from(settings.wave.clone()));
    let (run, now) = (invocation.run, clock::wall());
    let environment = settings.environment();
    let mut summary = Summary::new(run, wave.to_string(), environment, true, now);
    let end = if settings.online.is_some() {
        online::dry_run(settings, invocation, &mut summary).await
    } else {
        offline(settings, invocation, &mut summary)
    };
    ended(end, &summary, &files)
}

fn offline(
    settings: DryRun,
    invocation: &Invocation,
    summary: &mut Summary,
) -> Result<ExitCode, Error> {
    let started = clock::now();
    outputs::prepare(&settings.files, invocation)?;
    let DryRun {
        wave: path,
        rows,
        files,
        ledger,
        online: _,
        pace,
        stops,
    } = settings;
    let wanted = Wanted::read(&path, &rows)?;
    let reader = read_ledger::open(&ledger, false, invocation)?;
    let environment = ledger.environment();
    let place = Place {
        kind: Kind::DryRun,
        environment,
        host: ledger.host(),
        ledger: of_a_dry_run(&ledger, pace.existing),
    };
    let known = || Ok(reader.as_ref());
    let messages = announce(&place, &wanted, (&pace, &stops), &known, invocation)?;
    note_ledger(summary, &ledger, reader.as_ref(), &path)?;
    let Wanted { wave, contents, .. } = wanted;
    let joined = join(
        &wave,
        &rows,
        &files,
        Mode::DryRun,
        Some(pace.retry.settle),
        &mut |key| match &reader {
            Some(reader) => reader.entry(key).map(Standing::from),
            None => Ok::<_, ledger::Error>(Standing::Untouched),
        },
    )?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(reader);
    if let Some(waiting) = joined.waiting {
        waiting.write()?;
    }
    summary.messages = messages;
    summary.shared_phones = joined.shared_phones;
    summary.settle(contents.rows, joined.account, joined.tally);
    let (rejects, unwritten) = unless_unwritten(joined.rejects, invocation);
    let exit = summary.exit_code().or(unwritten);
    let end = End::of_dry_run(exit, started, &files, Some(rejects), joined.doubts);
    finish(summary, &end, invocation)?;
    Ok(exit)
}

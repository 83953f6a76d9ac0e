//! `wavepair undo`: the devices that a run created, deleted again.

mod chosen;
mod ending;
mod places;

use std::path::Path;

use self::chosen::Chosen;
use self::ending::{Ending, Fates};
use super::finish::ended;
use super::ledger_notes::doubtful;
use super::question::is_counted;
use super::signals::{self, During};
use super::target::Remote;
use super::{Invocation, descriptors, outputs, panics};
use crate::clock;
use crate::engine::undo::{UndoOptions, undo as undo_devices};
use crate::engine::{Stop, stop};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::{Binding, Found, Ledger, RunEnd, RunRecord};
use crate::model::event::Event;
use crate::model::stop;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::report::console::Console;
use crate::report::kept_run::Called;
use crate::report::notice::Notice;
use crate::report::progress_line::Goal;
use crate::report::undo_screen::Before;
use crate::settings::Error as SettingsError;
use crate::settings::run::Target;
use crate::settings::undo::Undo;

/// Deletes the devices that a run created, and nothing else; or goes on where an earlier such command
/// stopped.
///
/// # Errors
///
/// The settings or the ledger cannot be used; or they failed on the way.
pub(crate) async fn undo(settings: Undo, invocation: &Invocation) -> Result<ExitCode, Error> {
    let files = settings.files(Path::new("-"));
    let environment = Some(settings.tenant.environment);
    let (run, now) = (invocation.run, clock::wall());
    let mut summary = Summary::new(run, String::new(), environment, settings.dry_run, now);
    summary.ledger = Some(settings.ledger.display().to_string());
    let end = undo_run(settings, invocation, &mut summary).await;
    ended(end, &summary, &files, invocation)
}

async fn undo_run(
    mut settings: Undo,
    invocation: &Invocation,
    summary: &mut Summary,
) -> Result<ExitCode, Error> {
    let started = clock::now();
    invocation.start_log()?;
    let binding = settings.tenant.binding();
    let found = hold(&settings, &binding, invocation)?;
    let chosen = Chosen::read(&settings, &binding)?;
    summary.wave.clone_from(&chosen.run.wave);
    let files = settings.files(Path::new(&chosen.run.wave));
    outputs::check(&files, invocation)?;
    let target = Target::PingOne(settings.tenant.clone());
    settings.stops.guard.concurrency = descriptors::fit(settings.pace.concurrency, &target)?;
    let remote = Remote::connect(target, &settings.pace, invocation).await?;
    let (stopper, mut stop) = stop();
    let watch = signals::watch(&stopper, &invocation.console, During::Run)?;
    panics::watch(&stopper);

    let place = (&binding, remote.host.as_str());
    agree(&settings, &chosen, place, &mut stop, invocation).await?;
    let ledger = match found.filter(|_| chosen.left() > 0) {
        Some(found) => Some(found.begin(&record(invocation, &chosen), &clock::moment())?),
        None => None,
    };
    let ledger = ledger.map(|opened| opened.ledger);
    let mut fates = Fates::new(chosen.made.len());
    let how = (options(&settings, invocation), stop);
    let heard = (&mut fates, &mut *summary);
    let undone = delete(&chosen, remote, ledger.as_ref(), how, heard, invocation).await;

    let ending = Ending {
        chosen: &chosen,
        fates: &fates,
        files: &files,
        cells: settings.cells,
        dry_run: settings.dry_run,
        started,
    };
    let exit = ending.exit(undone.as_ref().ok().and_then(Option::as_ref));
    let written = ending.write();
    close(ledger, undone.as_ref(), exit)?;
    if let Some(reason) = undone? {
        let notice = Notice::error(format!("stopped: {reason}")).hint(reason.hint());
        invocation.console.say(&notice);
    }
    written?;
    watch.results_are_written();
    ending.tell(exit, summary, invocation)?;
    Ok(exit)
}

/// Holds the ledger, so that no run begins on it meanwhile; a look changes nothing, and holds nothing.
fn hold(
    settings: &Undo,
    binding: &Binding,
    invocation: &Invocation,
) -> Result<Option<Found>, Error> {
    if settings.dry_run {
        return Ok(None);
    }
    let found = Found::look(&settings.ledger, binding)?;
    if let Some(kind) = found.doubtful_file_system() {
        let notice = Notice::warning(doubtful(&settings.ledger, kind));
        invocation.console.say(&notice);
    }
    Ok(Some(found))
}

/// Says what is about to happen, and asks whether it is wanted.
async fn agree(
    settings: &Undo,
    chosen: &Chosen,
    (binding, host): (&Binding, &str),
    stop: &mut Stop,
    invocation: &Invocation,
) -> Result<(), Error> {
    let before = Before {
        run: chosen.run.id,
        wave: &chosen.run.wave,
        environment: binding.environment,
        host,
        ledger: &settings.ledger,
        devices: chosen.left(),
        done: chosen.done(),
        examples: &chosen.examples(),
        rate: settings.pace.pacing.ceiling(),
        dry_run: settings.dry_run,
    };
    invocation.console.say(&before.notice(Console::width()));
    if settings.dry_run || before.devices == 0 {
        return Ok(());
    }
    if is_counted(&before.question(), before.devices, invocation, stop).await? {
        return Ok(());
    }
    let error =
        SettingsError::new("what was typed is not the number of devices; nothing was deleted");
    Err(error
        .hint("give the same command again, or look first with `--dry-run`")
        .into())
}

fn options(settings: &Undo, invocation: &Invocation) -> UndoOptions {
    UndoOptions {
        run: invocation.run,
        retry: settings.pace.retry.clone(),
        guard: settings.stops.guard,
        pacing: settings.pace.pacing,
        max_duration: settings.stops.by(clock::wall()).map(|stops| stops.within),
        allowed: settings.even_if_changed.clone(),
        looks_only: settings.dry_run,
    }
}

/// Deletes them, and takes note of what becomes of each; gives why it stopped before all were, if it
/// did.
async fn delete(
    chosen: &Chosen,
    remote: Remote,
    ledger: Option<&Ledger>,
    (options, stop): (UndoOptions, Stop),
    (fates, summary): (&mut Fates, &mut Summary),
    invocation: &Invocation,
) -> Result<Option<StopReason>, Error> {
    let progress = invocation.start_progress(chosen.made.len() as u64, Goal::Gone);
    let mut report = |event: &Event| {
        summary.on(event);
        if let Some(progress) = &progress {
            progress.on(event);
        }
    };
    let mut done = |place: usize, fate| {
        let told = fates.take(place, chosen, fate);
        if let (Some(progress), Some(told)) = (&progress, told) {
            progress.on(&told);
        }
    };
    let through = (&remote.client, ledger, remote.tokens);
    let undone = undo_devices(through, options, stop, &chosen.made, &mut report, &mut done);
    undone.await.map_err(Error::from)
}

/// What is written down when it begins.
fn record(invocation: &Invocation, chosen: &Chosen) -> RunRecord {
    let called = Called {
        folder: std::path::absolute(".").ok(),
        command: invocation.command.clone(),
    };
    RunRecord {
        id: invocation.run,
        wave: chosen.run.wave.clone(),
        settings: String::new(),
        looks_first: false,
        undoes: Some(chosen.run.id),
        called: called.to_json(),
        rows: chosen.made.len() as u64,
    }
}

/// Records how it ended, if it lived to see that, and lets go of the ledger.
fn close(
    ledger: Option<Ledger>,
    undone: Result<&Option<StopReason>, &Error>,
    exit: ExitCode,
) -> Result<(), Error> {
    if let (Some(ledger), Ok(stopped)) = (ledger, undone) {
        let ended = RunEnd {
            exit_code: exit.code(),
            stopped: stopped.as_ref().map(stop::Stopped::from),
            account: None,
            paces: Vec::new(),
        };
        ledger.close(ended, &clock::moment())?;
    }
    Ok(())
}

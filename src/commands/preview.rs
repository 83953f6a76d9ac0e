//! How a dry run begins and ends, whether it asks PingOne or not.

use tokio::time::Instant;

use super::Invocation;
use super::announce::{Place, announce};
use super::finish::{End, finish};
use super::join::Doubts;
use super::opened_wave::OpenedWave;
use super::read_ledger::refused;
use super::wave_files::Complete;
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::Reader;
use crate::model::ids::EnvironmentId;
use crate::model::summary::Summary;
use crate::report::start_line::{Kind, Ledger};
use crate::settings::run::{DryRun, wave_name};

/// Says what a run would do where, and notes in the summary which ledger is read, and how the run
/// before ended, and what is foreseen of a run.
pub(super) fn introduce(
    settings: &DryRun,
    (kind, environment, host): (Kind, Option<EnvironmentId>, Option<&str>),
    opened: &OpenedWave,
    reader: Option<&Reader>,
    summary: &mut Summary,
    invocation: &Invocation,
) -> Result<(), Error> {
    let path = settings.ledger.path();
    let refused = refused(reader)?;
    let place = Place {
        kind,
        environment,
        host,
        ledger: path.map(|path| Ledger {
            path: Some(path),
            is_new: !path.exists(),
            existing: settings.common.pace.existing,
        }),
        refused: &refused,
    };
    let limits = (&settings.common.pace, &settings.common.stops);
    announce(&place, opened, limits, &|| Ok(reader), invocation)?.note_in(summary);
    summary.ledger = path.map(|path| path.display().to_string());
    if let Some(reader) = reader {
        let last = reader.last_run(&wave_name(&settings.common.wave))?;
        summary.previous_exit_code = last.and_then(|run| run.exit_code);
    }
    Ok(())
}

/// Shows what a run would come to, and ends.
pub(super) fn close(
    settings: &DryRun,
    started: Instant,
    complete: Option<Complete>,
    doubts: Option<Doubts>,
    summary: &Summary,
    invocation: &Invocation,
) -> Result<ExitCode, Error> {
    let (written, unwritten) = complete
        .map(|complete| complete.rejects(invocation))
        .unzip();
    let exit = summary.exit_code();
    let exit = unwritten.map_or(exit, |unwritten| exit.or(unwritten));
    let end = End {
        exit,
        took: clock::now().duration_since(started),
        files: &settings.files,
        written,
        doubts,
        forgotten: false,
        past_from: None,
    };
    finish(summary, &end, invocation)?;
    Ok(exit)
}

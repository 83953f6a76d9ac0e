//! What the ledger keeps of a run: when it begins, and when it ends.

use std::path::Path;

use super::Invocation;
use super::finish::End;
use crate::clock;
use crate::error::Error;
use crate::ledger::{Ledger, RunEnd, RunRecord};
use crate::model::pace_reading::Paces;
use crate::model::stop::Stopped;
use crate::model::summary::Summary;
use crate::plan::Existing;
use crate::report::kept_run::Called;
use crate::settings::pace::Pace;
use crate::settings::rows::RowSettings;
use crate::settings::run::wave_name;

/// What is written down of a run when it begins; so many rows of its wave are ours.
pub(super) fn record(
    invocation: &Invocation,
    wave: &Path,
    (rows, pace): (&RowSettings, &Pace),
    count: u64,
) -> RunRecord {
    let called = Called {
        folder: std::path::absolute(".").ok(),
        command: invocation.command.clone(),
    };
    RunRecord {
        id: invocation.run,
        wave: wave_name(wave),
        settings: rows.to_json(),
        // Where there is no row, nothing is looked at, and nothing proved.
        looks_first: pace.existing == Existing::Skip && count > 0,
        undoes: None,
        called: called.to_json(),
        rows: count,
    }
}

/// Records how the run ended, if it lived to see that, and lets go of the ledger.
pub(super) fn close(
    ledger: Ledger,
    sound: bool,
    summary: &Summary,
    end: &End<'_>,
) -> Result<(), Error> {
    if !sound {
        // Answers may have been dropped: the next run is to look for what is left in flight.
        return Ok(());
    }
    let ended = RunEnd {
        exit_code: end.exit.code(),
        stopped: summary.stopped.as_ref().map(Stopped::from),
        account: Some(end.kept(summary).to_json()),
        paces: summary.paces.as_ref().map(Paces::found).unwrap_or_default(),
    };
    ledger.close(ended, &clock::moment())?;
    Ok(())
}

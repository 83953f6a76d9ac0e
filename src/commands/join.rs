//! The rows of a wave joined with what is known of their devices.

use std::io;
use std::time::Duration;

use super::wave_memory::WaveMemory;
use crate::clock;
use crate::error::Error;
use crate::input::Wave;
use crate::ledger::LastRun;
use crate::model::account::Account;
use crate::model::entry::{Moment, RESENDS_MAX};
use crate::model::outcome::Outcome;
use crate::report::known_row::{Judge, KnownRow, Lookups};
use crate::report::known_state::{KnownState, Mode, NotReached};
use crate::report::result_row::ResultRow;
use crate::report::results::{self, ModeOf};
use crate::report::row_sink::RowSink;

/// Tells all `sinks` what became of each row of a wave; gives out what its reader counted.
///
/// # Errors
///
/// The wave cannot be read on, or has changed; or the ledger cannot be read, or a sink fails.
pub(super) fn join(
    wave: &Wave,
    judge: Judge<'_>,
    mode: &Mode,
    memory: WaveMemory<'_>,
    sinks: &mut [&mut dyn RowSink],
) -> Result<Account, Error> {
    join_by(wave, judge, &|_| mode, memory, sinks)
}

/// The same where what is told differs from row to row.
///
/// # Errors
///
/// As [`join`].
pub(super) fn join_by(
    wave: &Wave,
    judge: Judge<'_>,
    mode: ModeOf<'_>,
    memory: WaveMemory<'_>,
    sinks: &mut [&mut dyn RowSink],
) -> Result<Account, Error> {
    let mut rows = wave.rows();
    results::join(
        rows.by_ref().map(|row| row.map_err(Error::from)),
        judge,
        mode,
        &mut Lookups {
            device: &mut |key| memory.device(key),
            elsewhere: &mut |phone, user| memory.earlier_use(phone, user),
        },
        Error::Results,
        sinks,
    )?;
    Ok(rows.account())
}

/// What is known of rows whose device may or may not have been created.
#[derive(Clone, Debug)]
pub(super) struct Doubts {
    /// How long it is until the last of them can be settled; `None` where there is none.
    pub(super) settled_in: Option<Duration>,
    /// How many of them no run sends again.
    pub(super) given_up: u64,
    settle: Duration,
    now: Moment,
}

impl Doubts {
    /// None yet. `settle` is the age at which a row in doubt can be settled.
    pub(super) fn new(settle: Duration) -> Self {
        Self {
            settled_in: None,
            given_up: 0,
            settle,
            now: clock::moment(),
        }
    }
}

impl RowSink for Doubts {
    fn take(&mut self, row: &KnownRow, _: &ResultRow) -> io::Result<()> {
        let KnownState::Entry(entry) = &row.known else {
            return Ok(());
        };
        if entry.state.outcome() != Outcome::Unknown {
            return Ok(());
        }
        if entry.resends >= RESENDS_MAX {
            self.given_up += 1;
        } else if let Some(doubt) = &entry.doubt {
            let age = clock::age(&doubt.last_send, &self.now);
            self.settled_in = self.settled_in.max(Some(self.settle.saturating_sub(age)));
        }
        Ok(())
    }
}

/// Why a row that no request was sent for was not reached, by the last run of its wave.
pub(super) fn not_reached(last_run: Option<LastRun>) -> NotReached {
    match last_run {
        None => NotReached::NoRun,
        Some(LastRun {
            exit_code: None, ..
        }) => NotReached::CutShort,
        Some(LastRun {
            stopped: Some(stopped),
            ..
        }) => NotReached::Stopped(stopped),
        Some(LastRun { stopped: None, .. }) => NotReached::NewRow,
    }
}

//! A ledger that is read: one that is needed, or that of a dry run, which can do without.

use std::path::Path;

use super::Invocation;
use crate::clock;
use crate::error::Error;
use crate::ledger::{self, Binding, Flaw, Reader};
use crate::model::pace_reading::Millirate;
use crate::model::rate_group::RateGroup;
use crate::model::shard::Shard;
use crate::report::notice::Notice;
use crate::settings::Error as SettingsError;
use crate::settings::which_ledger::WhichLedger;

/// Opens a ledger without which there is nothing to tell.
///
/// # Errors
///
/// There is none, or it cannot be read.
pub(super) fn needed(path: &Path, binding: Option<&Binding>) -> Result<Reader, Error> {
    Reader::open(path, binding)?.ok_or_else(|| none_at(path).into())
}

/// What is said where a ledger is needed and not there.
pub(super) fn none_at(path: &Path) -> SettingsError {
    let error = SettingsError::new(format!("there is no ledger at {}", path.display()));
    error.hint("name the environment or the ledger as for the run")
}

/// The rates that PingOne was found to refuse not long ago.
///
/// # Errors
///
/// The ledger cannot be read.
pub(super) fn refused(ledger: Option<&Reader>) -> Result<Vec<(RateGroup, Millirate)>, Error> {
    let now_ms = clock::wall().as_millisecond();
    let refused = ledger.map(|ledger| ledger.paces(now_ms)).transpose()?;
    Ok(refused.unwrap_or_default())
}

/// Opens the ledger that a run would use, where there is one that can be read.
///
/// With `asks` PingOne is asked as well, and what a run would be refused for ends such a dry run.
/// Otherwise it goes on with what the wave alone says, and tells that and why.
///
/// # Errors
///
/// It cannot be used, and the dry run asks PingOne.
pub(super) fn open(
    ledger: &WhichLedger,
    shard: Shard,
    asks: bool,
    invocation: &Invocation,
) -> Result<Option<Reader>, Error> {
    let (why, hint) = match ledger {
        WhichLedger::None => return Ok(None),
        WhichLedger::Nowhere(_, why) => (why.to_string(), why.remedy().map(str::to_owned)),
        WhichLedger::At(path, binding) => match of_shard(path, binding.as_ref(), shard) {
            Ok(reader) => return Ok(reader),
            // A run brings it up to date, and nothing is wrong with it.
            Err(error) if asks && !matches!(error.flaw, Flaw::Outdated(_)) => {
                return Err(error.into());
            }
            Err(error) => (error.to_string(), error.hint()),
        },
    };
    let what =
        format!("the dry run goes on without the ledger, and so without what is done: {why}");
    invocation.console.say(&Notice::warning(what).hint(hint));
    Ok(None)
}

fn of_shard(
    path: &Path,
    binding: Option<&Binding>,
    shard: Shard,
) -> Result<Option<Reader>, ledger::Error> {
    let reader = Reader::open(path, binding)?;
    if let Some(reader) = &reader {
        reader.check_shard(shard)?;
    }
    Ok(reader)
}

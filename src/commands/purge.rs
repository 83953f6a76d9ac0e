//! `wavepair purge`: old phones, names and messages, taken out of a ledger.

use super::Invocation;
use super::read_ledger::{needed, none_at};
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger;
use crate::report::console::Console;
use crate::report::purge_screen::Purged;
use crate::settings::purge::Purge;

/// Takes out what was settled long enough ago, or counts it.
///
/// # Errors
///
/// There is no ledger, a run holds it, or it cannot be read or written.
pub(crate) fn purge(settings: &Purge, invocation: &Invocation) -> Result<ExitCode, Error> {
    let older_ms = i64::try_from(settings.older_than.as_millis()).unwrap_or(i64::MAX);
    let before_ms = clock::wall().as_millisecond().saturating_sub(older_ms);
    let (path, binding) = (&settings.ledger, settings.binding.as_ref());
    let found = if settings.dry_run {
        needed(path, binding)?.purge(before_ms)?
    } else {
        ledger::purge(path, binding, before_ms)?.ok_or_else(|| none_at(path))?
    };
    let purged = Purged {
        ledger: path,
        before_ms,
        found,
        dry_run: settings.dry_run,
    };
    let notice = purged.notice(&clock::local().zoned(), Console::width());
    invocation.console.say(&notice);
    Ok(ExitCode::Done)
}

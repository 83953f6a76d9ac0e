//! `wavepair ledger merge` and `ledger split`: one ledger of several, or several of one.

use std::path::Path;

use super::Invocation;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger;
use crate::report::cell::neutral;
use crate::report::notice::Notice;
use crate::settings::hand_over::HandOver;

/// Gives what ledgers know to new ones, and says which are gone on with.
///
/// # Errors
///
/// They do not go together, one is held, or a file cannot be written: the same command goes on.
pub(crate) fn hand_over(settings: &HandOver, invocation: &Invocation) -> Result<ExitCode, Error> {
    let id = invocation.run;
    let text = match settings {
        HandOver::Merge { from, into } => {
            ledger::merge(from, into, id)?;
            format!(
                "{} has all that the {} others know: go on with it, without `--shard`. They are given \
                 away, and no run begins on them any more.",
                shown(into),
                from.len()
            )
        }
        HandOver::Split { from, into } => {
            ledger::split(from, into, id)?;
            let names: Vec<_> = into.iter().map(|path| shown(path)).collect();
            format!(
                "{} have all that {} knows, each what its shard needs: go on with them, each with \
                 `--shard`. It is given away, and no run begins on it any more.",
                names.join(", "),
                shown(from)
            )
        }
    };
    invocation.console.say(&Notice::info("handed_over", text));
    Ok(ExitCode::Done)
}

fn shown(path: &Path) -> String {
    neutral(&path.to_string_lossy()).into_owned()
}

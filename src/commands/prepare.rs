//! What a run asks before its first row is taken up.

use super::Invocation;
use super::names_of_run::names_of_run;
use super::opened_wave::OpenedWave;
use super::reported::before_run;
use super::stopped::Stopped;
use super::target::Remote;
use crate::engine::{EngineOptions, Stop};
use crate::ledger::Ledger;
use crate::model::event::Event;

/// Asks what a run has to know before its first row is taken up.
///
/// # Errors
///
/// The run ends before it has begun, or what it needs cannot be read.
pub(super) async fn prepare(
    opened: &mut OpenedWave,
    ledger: &Ledger,
    (remote, options): (&Remote, &mut EngineOptions),
    stop: &Stop,
    report: &mut dyn FnMut(&Event),
    invocation: &Invocation,
) -> Result<(), Stopped> {
    names_of_run(opened, ledger, (remote, options), stop, report, invocation).await?;
    let before = before_run(opened, ledger, (remote, options), stop, report, invocation);
    before.await?.map_or(Ok(()), |reason| Err(reason.into()))
}

//! `wavepair probe`: what PingOne really does, found out with a test user, who has no device afterwards.

mod ask;
mod check;
mod clean;
mod files;
mod room;
mod screen;

use super::Invocation;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::settings::probe::{Probe, Task};

/// Asks the questions, or deletes what an earlier probe has left.
///
/// Ends with 0 where all was asked that could be and nothing is left behind, whatever the answers; with 2 where the
/// user is not fit for it, with 4 where a question went without an answer or a device may be left, with 5
/// where nothing can be asked.
///
/// # Errors
///
/// The journal or the report cannot be written, or there is nobody to ask.
pub(crate) async fn probe(settings: Probe, invocation: &Invocation) -> Result<ExitCode, Error> {
    match settings.task.clone() {
        Task::Ask {
            user,
            phone,
            policy,
        } => ask::ask(settings, (user, phone, policy), invocation).await,
        Task::Clean => clean::clean(settings, invocation).await,
    }
}

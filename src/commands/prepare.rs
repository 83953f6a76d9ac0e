//! What a run asks before its first row is taken up.

use super::ahead::Ahead;
use super::names_of_run::names_of_run;
use super::opened_wave::OpenedWave;
use super::reported::before_run;
use super::stopped::Stopped;

/// Asks what a run has to know before its first row is taken up.
///
/// # Errors
///
/// The run ends before it has begun, or what it needs cannot be read.
pub(super) async fn prepare(opened: &mut OpenedWave, mut run: Ahead<'_>) -> Result<(), Stopped> {
    names_of_run(opened, &mut run).await?;
    before_run(opened, &mut run).await
}

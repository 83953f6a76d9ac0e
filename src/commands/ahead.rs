//! What a run asks with before its first row is taken up, and how long that may take.

use super::Invocation;
use super::stopped::Stopped;
use super::target::Remote;
use crate::clock;
use crate::engine::questions::Questions;
use crate::engine::{EngineOptions, Stop};
use crate::ledger::Ledger;
use crate::model::event::Event;
use crate::model::stop::StopReason;

/// A run before its first row.
pub(super) struct Ahead<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) remote: &'a Remote,
    pub(super) options: &'a mut EngineOptions,
    pub(super) stop: &'a Stop,
    pub(super) report: &'a mut dyn FnMut(&Event),
    pub(super) invocation: &'a Invocation,
}

impl Ahead<'_> {
    /// Asks by `asking` within the run's own time, which is the shorter for it.
    ///
    /// # Errors
    ///
    /// Somebody asked for a stop, or the time is up; or those of `asking`.
    pub(super) async fn ask<T>(
        &mut self,
        asking: impl AsyncFnOnce(&Questions<'_>, &EngineOptions) -> Result<T, Stopped>,
    ) -> Result<T, Stopped> {
        let begun = clock::now();
        let options = &mut *self.options;
        let (retry, most) = (options.retry.clone(), options.max_duration);
        let limits = (options.pacing, options.guard.concurrency);
        // From its own token a run hears PingOne's clock.
        let (client, tokens) = (&self.remote.client, self.remote.tokens.sibling());
        let questions = Questions::new(client, tokens, retry, limits, &mut *self.report);
        let time_is_up = async {
            match most {
                Some(most) => tokio::time::sleep(most).await,
                None => std::future::pending().await,
            }
        };
        let mut asked = self.stop.clone();
        let is_stopped = asked.reason();
        let told = tokio::select! {
            biased;
            () = std::future::ready(()), if is_stopped.is_some() => Err(reason(is_stopped)),
            () = asked.requested() => Err(reason(asked.reason())),
            () = time_is_up => Err(StopReason::TimeIsUp.into()),
            told = asking(&questions, options) => told,
        };
        drop(questions);
        let took = clock::now().duration_since(begun);
        options.max_duration = most.map(|most| most.saturating_sub(took));
        told
    }
}

/// Why somebody asked for a stop.
fn reason(asked: Option<StopReason>) -> Stopped {
    asked.unwrap_or(StopReason::Interrupted).into()
}

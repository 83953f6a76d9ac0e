//! The names in the wave of a run, looked up before its rows are taken up.

use super::Invocation;
use super::memory::{Memory, has_names};
use super::names::look_up_all;
use super::opened_wave::OpenedWave;
use super::planned::reason_to_stop;
use super::stopped::Stopped;
use super::target::Remote;
use crate::clock;
use crate::engine::questions::Questions;
use crate::engine::{EngineOptions, Stop};
use crate::error::Error;
use crate::ledger::Ledger;
use crate::model::event::Event;
use crate::model::stop::StopReason;

/// Learns whose the names in a wave are, and writes that down; asks nothing where there are none.
///
/// # Errors
///
/// Somebody asked for a stop, or the time is up; going on has no point; or the wave or the ledger cannot
/// be used. The rows are judged then by all that is remembered.
pub(super) async fn names_of_run(
    opened: &mut OpenedWave,
    ledger: &Ledger,
    (remote, options): (&Remote, &mut EngineOptions),
    stop: &Stop,
    report: &mut dyn FnMut(&Event),
    invocation: &Invocation,
) -> Result<(), Stopped> {
    if !has_names(opened.wave.header(), &opened.defaults) {
        return Ok(());
    }
    let begun = clock::now();
    let width = options.guard.concurrency;
    let (retry, limits) = (options.retry.clone(), (options.pacing, width));
    // From its own token a run hears PingOne's clock.
    let (client, tokens) = (&remote.client, remote.tokens.sibling());
    let questions = Questions::new(client, tokens, retry, limits, report);
    let memory = Memory::OfRun(ledger);
    let time_is_up = async {
        match options.max_duration {
            Some(most) => tokio::time::sleep_until(begun + most).await,
            None => std::future::pending().await,
        }
    };
    let mut asked = stop.clone();
    let is_stopped = asked.reason();
    let told = tokio::select! {
        biased;
        () = std::future::ready(()), if is_stopped.is_some() => Err(reason(is_stopped)),
        () = asked.requested() => Err(reason(asked.reason())),
        () = time_is_up => Err(StopReason::TimeIsUp.into()),
        told = look_up_all(opened, &questions, memory, width, invocation) => told,
    };
    match told {
        Ok(names) => opened.names = names,
        Err(stopped) => {
            // What is written of the rows is what the ledger tells of them, now and ever again.
            let remembered = opened.remember(memory).map_err(Stopped::Failed);
            return Err(in_words_of_a_run(remembered.err().unwrap_or(stopped)));
        }
    }
    let took = clock::now().duration_since(begun);
    options.max_duration = options.max_duration.map(|most| most.saturating_sub(took));
    Ok(())
}

/// The same; a wave that cannot be read on ends a run as it does while rows are sent.
fn in_words_of_a_run(stopped: Stopped) -> Stopped {
    match stopped {
        Stopped::Failed(Error::Input(error)) => reason_to_stop(&error).into(),
        Stopped::Failed(_) | Stopped::Reason(_) => stopped,
    }
}

/// Why somebody asked for a stop.
fn reason(asked: Option<StopReason>) -> Stopped {
    asked.unwrap_or(StopReason::Interrupted).into()
}

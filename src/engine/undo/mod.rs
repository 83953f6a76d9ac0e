//! Deleting the devices that a run has created, and no others.
//!
//! - **Looked at before it is deleted.** What is not as the run left it stays ([`crate::plan::undo`]).
//! - **Written before sent.** A deletion takes the proof that it is on disk that the device is about to be
//!   deleted; so a command that is killed goes on where it was.
//! - **Asked where it is not clear.** To delete twice does no harm: whatever was lost is settled by a
//!   look at the device, and by nothing else.
//!
//! The first devices go one by one, as the first rows of a run do.

mod asking;
mod device;

use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};

use self::asking::Asking;
use super::caught::{Panicked, unless_it_panics};
use super::error::Error;
use super::options::GuardOptions;
use super::reasons;
use super::stop::Stop;
use crate::clock;
use crate::ledger::{Ledger, MadeDevice};
use crate::model::event::Event;
use crate::model::ids::RunId;
use crate::model::stop::StopReason;
use crate::model::undo::{Change, UndoVerdict};
use crate::pace::Pacing;
use crate::pingone::client::Client;
use crate::pingone::token::TokenCache;
use crate::retry::RetryPolicy;

/// How devices are undone.
#[derive(Clone, Debug)]
pub(crate) struct UndoOptions {
    /// The run that does it.
    pub(crate) run: RunId,
    /// What is tried again, and when.
    pub(crate) retry: RetryPolicy,
    /// When going on is pointless.
    pub(crate) guard: GuardOptions,
    /// What the pace keeps to.
    pub(crate) pacing: Pacing,
    /// After how long to stop.
    pub(crate) max_duration: Option<Duration>,
    /// What somebody may have changed, and a device is deleted all the same.
    pub(crate) allowed: Vec<Change>,
    /// Whether devices are looked at alone: nothing is written down and nothing deleted.
    pub(crate) looks_only: bool,
}

/// What became of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    /// In one word.
    pub(crate) verdict: UndoVerdict,
    /// What happened and what to do, where there is anything to say.
    pub(crate) message: Option<String>,
}

/// Undoes devices of a run; `done` hears what became of each that was come to, by its place in
/// `devices`. Gives why it stopped before all were, if it did.
///
/// # Errors
///
/// The ledger failed, or a part of it panicked; what was on the wire then was waited for.
pub(crate) async fn undo(
    (client, ledger, tokens): (&Client, Option<&Ledger>, TokenCache),
    options: UndoOptions,
    mut stop: Stop,
    devices: &[MadeDevice],
    report: &mut dyn FnMut(&Event),
    done: &mut dyn FnMut(usize, Fate),
) -> Result<Option<StopReason>, Error> {
    let deadline = options.max_duration.map(|most| clock::now() + most);
    let asking = Asking::new(client, tokens, options, report);
    let (mut left, mut jobs) = (devices.iter().enumerate(), FuturesUnordered::new());
    let mut failed = None;
    asking.tell_pace();
    asking.stop_for(stop.reason());
    loop {
        while !asking.is_stopping() && jobs.len() < asking.width() {
            let Some((place, device)) = left.next() else {
                break;
            };
            let job = device::undo(&asking, ledger, device);
            jobs.push(async move { (place, job.await) }.boxed_local());
        }
        if jobs.is_empty() {
            break;
        }
        let is_stopping = asking.is_stopping();
        tokio::select! {
            biased;
            () = stop.requested(), if !is_stopping => {
                asking.stop_for(stop.reason());
            }
            () = tokio::time::sleep_until(deadline.unwrap_or_else(clock::now)),
                if deadline.is_some() && !is_stopping =>
            {
                asking.stop_for(Some(StopReason::TimeIsUp));
            }
            ended = unless_it_panics(jobs.next()) => match ended {
                Ok(Some((place, Ok(fate)))) => done(place, fate),
                Ok(Some((_, Err(error)))) => {
                    asking.stop_for(Some(reasons::broken(error.to_string())));
                    failed.get_or_insert(Error::from(error));
                }
                Ok(None) => break,
                Err(Panicked) => {
                    asking.stop_for(Some(reasons::broken(Error::Panicked.to_string())));
                    failed.get_or_insert(Error::Panicked);
                }
            },
        }
    }
    drop(jobs);
    asking.tell_pace();
    match failed {
        Some(error) => Err(error),
        None => Ok(asking.into_reason()),
    }
}

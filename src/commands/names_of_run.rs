//! The names in the wave of a run, looked up before its rows are taken up.

use std::collections::HashSet;

use super::Invocation;
use super::ahead::Ahead;
use super::memory::{Memory, has_names};
use super::names::look_up_all;
use super::opened_wave::OpenedWave;
use super::planned::reason_to_stop;
use super::stopped::Stopped;
use crate::error::Error;
use crate::ledger::LookupNote;
use crate::model::mfa::MfaRule;
use crate::model::names::Names;
use crate::report::user_notes;

/// How many names of a plan are written down together.
const NOTES_AT_ONCE: usize = 1_000;

/// Learns whose the names in a wave are, and writes that down; asks nothing where there are none, or a
/// plan says it.
///
/// # Errors
///
/// Somebody asked for a stop, or the time is up; going on has no point; or the wave or the ledger cannot
/// be used. The rows are judged then by all that is remembered.
pub(super) async fn names_of_run(
    opened: &mut OpenedWave,
    run: &mut Ahead<'_>,
) -> Result<(), Stopped> {
    if !has_names(opened.wave.header(), &opened.defaults) {
        return Ok(());
    }
    let (memory, invocation) = (Memory::OfRun(run.ledger), run.invocation);
    if opened.names.are_planned() {
        write_down_planned(opened, memory).await?;
        return Ok(opened.remember(memory)?);
    }
    let told = run.ask(async |questions, options| {
        let width = options.guard.concurrency;
        look_up_all(opened, questions, memory, width, invocation).await
    });
    match told.await {
        Ok(names) => {
            if run.options.mfa == MfaRule::Check {
                say_who_cannot_use_mfa(&names, invocation);
            }
            opened.names = names;
            Ok(())
        }
        Err(stopped) => {
            // What is written of the rows is what the ledger tells of them, now and ever again.
            let remembered = opened.remember(memory).map_err(Stopped::Failed);
            Err(in_words_of_a_run(remembered.err().unwrap_or(stopped)))
        }
    }
}

/// Writes down what a plan says of the names in a wave, where the ledger has it otherwise: its results are
/// made by the ledger alone.
async fn write_down_planned(opened: &OpenedWave, memory: Memory<'_>) -> Result<(), Error> {
    let mut notes = Vec::new();
    for row in opened.wave.rows() {
        let (user, policy) = opened.names_in(&row?);
        if let Some(name) = user
            && let Some(answer) = opened.names.user(&name)
            && !memory
                .user(&name)?
                .is_some_and(|it| it.answer.says_as(answer))
        {
            notes.push(LookupNote::Planned(name, answer.clone()));
        }
        if let Some(policy) = policy
            && let Some(answer) = opened.names.policy(&policy)
            && memory.policy(&policy)?.as_ref() != Some(answer)
        {
            notes.push(LookupNote::Policy(policy, *answer));
        }
        if notes.len() >= NOTES_AT_ONCE {
            memory.note(std::mem::take(&mut notes)).await?;
        }
    }
    memory.note(notes).await
}

/// Says of how many users it was told in passing that they cannot use MFA.
fn say_who_cannot_use_mfa(names: &Names, invocation: &Invocation) {
    let off = names.users().filter(|user| user.state.mfa == Some(false));
    let users: HashSet<_> = off.map(|user| user.id).collect();
    if let Some(notice) = user_notes::of_look_ups(users.len() as u64) {
        invocation.console.say(&notice);
    }
}

/// The same; a wave that cannot be read on ends a run as it does while rows are sent.
fn in_words_of_a_run(stopped: Stopped) -> Stopped {
    match stopped {
        Stopped::Failed(Error::Input(error)) => reason_to_stop(&error).into(),
        Stopped::Failed(_) | Stopped::Reason(_) => stopped,
    }
}

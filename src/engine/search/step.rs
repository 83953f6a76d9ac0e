//! What can happen next.

use std::time::Duration;

use super::state::{LAG, LATEST, SETTLE, State};
use crate::engine::guard::Kind;
use crate::model::outcome::{Ambiguity, Proof, Refusal};
use crate::plan::Existing;

/// How many intents are written at most.
const INTENTS: u32 = 3;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A run begins so many seconds later, and takes the row up; where it goes by a report, by one that
    /// is new or one that is old; where a plan bars it, `looks` is whether it is looked for all the
    /// same.
    Run {
        after: u64,
        is_new: bool,
        looks: Option<bool>,
    },
    /// The process dies.
    Crash,
    /// The run is told to end.
    Stop,
    /// The user's devices are listed.
    Look(Seen),
    /// The user is asked about: whether they can use MFA.
    Mfa(Asked),
    /// The device is asked for.
    Create(Told, Effect),
    /// The intent is written down; so many seconds later the request is sent, if it has an effect
    /// here, and the process dies.
    CrashAfterIntent { after: u64, sent: Option<Effect> },
}

/// What a listing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// What was true so many seconds ago.
    Old(u64),
    /// That the user is not known.
    NoUser,
    /// Nothing, six times.
    Nothing,
    Throttled,
}

/// What an answer about a user's MFA tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    On,
    Off,
    Throttled,
    Refused,
}

/// What an answer to a create tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Created,
    CreatedWithoutId,
    Refused(Refusal, Proof),
    Lost(Ambiguity),
}

/// What becomes of a create.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Never,
    Now,
    /// So many seconds after it was given up.
    Late(u64),
}

/// All that can happen next.
pub(super) fn possible(state: &State) -> Vec<Step> {
    let Some(row) = &state.row else {
        let ages = if state.existing == Existing::Report {
            &[true, false][..]
        } else {
            &[true]
        };
        let free = [0, SETTLE - 1, SETTLE + 1].map(|after| (after, None));
        let barred = [0, SETTLE + 1].map(|after| [(after, Some(true)), (after, Some(false))]);
        let runs = free.into_iter().chain(barred.into_iter().flatten());
        let runs = runs.flat_map(|(after, looks)| {
            ages.iter().map(move |&is_new| Step::Run {
                after,
                is_new,
                looks,
            })
        });
        return runs.collect();
    };
    let mut found = vec![Step::Crash, Step::Stop];
    match row.phase.kind() {
        Kind::Look => looks(state, &mut found),
        Kind::Create | Kind::Mfa if !state.can_use_mfa => {
            let asked = [Asked::On, Asked::Off, Asked::Throttled, Asked::Refused];
            found.extend(asked.map(Step::Mfa));
        }
        Kind::Create | Kind::Mfa => {
            let intents = state.entry().map_or(0, |entry| entry.attempts);
            if intents < INTENTS {
                creates(&mut found);
            }
        }
    }
    found
}

fn looks(state: &State, found: &mut Vec<Step>) {
    for seen in [Seen::Old(0), Seen::Nothing, Seen::Throttled] {
        found.push(Step::Look(seen));
    }
    if state.devices.iter().any(|made| made.age < LAG) || !state.late.is_empty() {
        found.push(Step::Look(Seen::Old(LAG)));
    }
    if state.devices.is_empty() {
        found.push(Step::Look(Seen::NoUser));
    }
}

fn creates(found: &mut Vec<Step>) {
    let effects = [Effect::Never, Effect::Now, Effect::Late(LATEST)];
    found.push(Step::Create(Told::Created, Effect::Now));
    found.push(Step::Create(Told::CreatedWithoutId, Effect::Now));
    let throttled = Refusal::Throttled {
        retry_after: Some(Duration::from_secs(1)),
    };
    for refusal in [
        Refusal::Withheld,
        Refusal::Unreachable,
        Refusal::Unauthorized,
        Refusal::UserUnknown,
        Refusal::Invalid,
        Refusal::AlreadyThere,
    ] {
        found.push(Step::Create(
            Told::Refused(refusal, Proof::Proven),
            Effect::Never,
        ));
    }
    for refusal in [throttled, Refusal::Invalid, Refusal::AlreadyThere] {
        for effect in [Effect::Never, Effect::Now] {
            found.push(Step::Create(
                Told::Refused(refusal, Proof::Unproven),
                effect,
            ));
        }
    }
    for effect in effects {
        for ambiguity in [
            Ambiguity::TimedOut,
            Ambiguity::Conflict,
            Ambiguity::Redirected,
        ] {
            found.push(Step::Create(Told::Lost(ambiguity), effect));
        }
    }
    for after in [0, SETTLE - 1] {
        for sent in [None, Some(Effect::Now), Some(Effect::Late(LATEST))] {
            found.push(Step::CrashAfterIntent { after, sent });
        }
    }
}

//! What is written down about a device that is undone, and what each of it makes of its entry. Pure.

use crate::model::entry::{DeviceState, LedgerEntry, Moment, UnansweredSend};
use crate::model::ids::DeviceId;
use crate::model::outcome::Answer;
use crate::model::request::DeviceKey;

/// Proof that it is on disk that a device is about to be deleted: leave to ask for that.
///
/// Only [`Ledger::begin_undo`](super::Ledger::begin_undo) makes one, after its commit, and what sends
/// takes nothing less.
#[derive(Debug)]
pub(crate) struct Deletable {
    pub(super) key: DeviceKey,
    pub(super) device: DeviceId,
}

impl Deletable {
    /// Which device it is, as the ledger knows it.
    pub(crate) fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// What it is deleted by.
    pub(crate) fn device(&self) -> DeviceId {
        self.device
    }
}

/// One thing that is written down.
#[derive(Clone, Debug)]
pub(crate) struct UndoNote {
    /// Which device.
    pub(crate) key: DeviceKey,
    /// Its ID.
    pub(crate) device: DeviceId,
    /// What is said of it.
    pub(crate) step: UndoStep,
}

impl UndoNote {
    /// Whether it is leave to send.
    pub(super) fn begins(&self) -> bool {
        matches!(self.step, UndoStep::Begins)
    }
}

/// What is said of a device.
#[derive(Clone, Debug)]
pub(crate) enum UndoStep {
    /// It is about to be deleted.
    Begins,
    /// It is there no more; this was the answer that says so.
    Gone(Answer),
    /// It is there as it was, and no request may delete it any more; this was the answer.
    Stays(Answer),
}

impl UndoStep {
    /// What PingOne said.
    pub(super) fn answer(&self) -> Answer {
        match self {
            UndoStep::Begins => Answer::default(),
            UndoStep::Gone(answer) | UndoStep::Stays(answer) => answer.clone(),
        }
    }
}

/// The entry of a device once this is said of it. What is gone without a request of ours was about to
/// be deleted first: `created` never becomes `undone` in one step.
///
/// # Errors
///
/// It cannot be said of it: why.
pub(super) fn stepped(
    before: Option<LedgerEntry>,
    note: &UndoNote,
    now: &Moment,
) -> Result<LedgerEntry, String> {
    let Some(before) = before.filter(|before| before.device == Some(note.device)) else {
        return Err(format!("device {} is none of this ledger's", note.device));
    };
    let undoing = |before: LedgerEntry| LedgerEntry {
        state: DeviceState::Undoing,
        doubt: Some(UnansweredSend {
            since_ms: before
                .doubt
                .map_or(now.wall_ms, |doubt: UnansweredSend| doubt.since_ms),
            last_send: now.clone(),
        }),
        ..before
    };
    match (before.state, &note.step) {
        (DeviceState::Created | DeviceState::Undoing, UndoStep::Begins) => Ok(undoing(before)),
        (DeviceState::Undoing, UndoStep::Gone(answer)) => Ok(LedgerEntry {
            state: DeviceState::Undone,
            doubt: None,
            answer: answer.clone(),
            ..before
        }),
        (DeviceState::Undoing, UndoStep::Stays(_)) => Ok(LedgerEntry {
            state: DeviceState::Created,
            doubt: None,
            ..before
        }),
        (state, step) => Err(format!(
            "device {} is {}, and of such a one {} is not to be said",
            note.device,
            state.as_str(),
            match step {
                UndoStep::Begins => "that it is undone",
                UndoStep::Gone(_) => "that it is gone",
                UndoStep::Stays(_) => "that it stays",
            }
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::RunId;
    use crate::model::samples;

    const ID: DeviceId = DeviceId::from_bytes([3; 16]);

    fn note(step: UndoStep) -> UndoNote {
        UndoNote {
            key: samples::key(1),
            device: ID,
            step,
        }
    }

    fn now() -> Moment {
        Moment {
            wall_ms: 7,
            boot_ms: 7,
            boot_id: String::new(),
        }
    }

    #[test]
    fn a_device_of_ours_goes_from_created_to_undoing_and_from_there_both_ways() {
        let steps = [
            UndoStep::Begins,
            UndoStep::Gone(Answer::default()),
            UndoStep::Stays(Answer::default()),
        ];
        for state in DeviceState::ALL {
            let entry = LedgerEntry {
                device: Some(ID),
                ..LedgerEntry::new(state, RunId::from_bytes([0; 16]))
            };
            for (at, step) in steps.iter().enumerate() {
                let after = stepped(Some(entry.clone()), &note(step.clone()), &now());
                let expected = match (state, at) {
                    (DeviceState::Created | DeviceState::Undoing, 0) => Some(DeviceState::Undoing),
                    (DeviceState::Undoing, 1) => Some(DeviceState::Undone),
                    (DeviceState::Undoing, 2) => Some(DeviceState::Created),
                    _ => None,
                };
                let after = after.ok();
                assert_eq!(
                    after.as_ref().map(|it| it.state),
                    expected,
                    "{state:?} {at}"
                );
                let in_doubt = after.is_some_and(|after| after.doubt.is_some());
                assert_eq!(in_doubt, expected == Some(DeviceState::Undoing));
            }
        }
    }

    #[test]
    fn a_device_of_another_id_is_none_of_ours() {
        let entry = LedgerEntry {
            device: Some(DeviceId::from_bytes([4; 16])),
            ..LedgerEntry::new(DeviceState::Created, RunId::from_bytes([0; 16]))
        };
        let step = || note(UndoStep::Begins);
        assert!(stepped(Some(entry), &step(), &now()).is_err());
        assert!(stepped(None, &step(), &now()).is_err());
    }
}

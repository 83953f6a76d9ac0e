//! Whether what a person says of a device may be written down, by what PingOne lists just then. Pure.

use crate::model::entry::{DeviceState, LedgerEntry};
use crate::model::ids::DeviceId;
use crate::model::resolution::{Claim, Decision};

/// Why it is not written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A command has yet to go on with the device: this one.
    GoesOn(&'static str),
    /// That it is not there is known already: the next run asks for it.
    Known,
    /// The device that is meant is another one's of this ledger.
    Taken,
    /// PingOne lists these devices of the user, with this type and address.
    Contradicted(Vec<DeviceId>),
}

impl Refusal {
    /// What is in the way.
    pub(crate) fn message(&self) -> String {
        match self {
            Refusal::GoesOn(_) => "a command has not said yet what became of the device".to_owned(),
            Refusal::Known => "the ledger knows that the device is not there".to_owned(),
            Refusal::Taken => "the ledger has this ID for another device".to_owned(),
            Refusal::Contradicted(listed) if listed.is_empty() => {
                "PingOne does not list that device with this type and address".to_owned()
            }
            Refusal::Contradicted(listed) => {
                let ids: Vec<_> = listed.iter().map(ToString::to_string).collect();
                format!("PingOne lists it: {}", ids.join(", "))
            }
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Refusal::GoesOn(hint) => hint,
            Refusal::Known => "run the wave again; a device that `undo` deleted wants `--recreate`",
            Refusal::Taken => "`wavepair show DEVICE_ID` tells which one",
            Refusal::Contradicted(_) => {
                "look at the user's devices in PingOne; to write it down all the same, add \
                 `--even-if-listed-otherwise`"
            }
        }
    }
}

/// What the ledger is to have of a device, by what a person claims and by the devices that PingOne
/// `listed` with its user, type and address; `overrides` is whether the claim holds all the same.
///
/// # Errors
///
/// It may not be written down: why.
pub(crate) fn decide(
    entry: &LedgerEntry,
    claim: Claim,
    listed: &[DeviceId],
    overrides: bool,
) -> Result<Decision, Refusal> {
    match entry.state {
        DeviceState::InFlight => {
            return Err(Refusal::GoesOn("run the wave again, which looks for it"));
        }
        DeviceState::Undoing => {
            return Err(Refusal::GoesOn(
                "give the same `wavepair undo` command again",
            ));
        }
        DeviceState::Created
        | DeviceState::Found
        | DeviceState::Several
        | DeviceState::Rejected
        | DeviceState::Failed
        | DeviceState::Unresolved
        | DeviceState::Undone => {}
    }
    let is_contradicted = match claim {
        Claim::Absent => !listed.is_empty(),
        Claim::Is(device) => !listed.contains(&device),
    };
    if is_contradicted && !overrides {
        return Err(Refusal::Contradicted(listed.to_vec()));
    }
    match claim {
        Claim::Absent if is_known_to_be_absent(entry) => Err(Refusal::Known),
        Claim::Absent => Ok(Decision {
            state: DeviceState::Failed,
            device: None,
        }),
        Claim::Is(device) => Ok(Decision {
            state: whose(entry),
            device: Some(device),
        }),
    }
}

fn is_known_to_be_absent(entry: &LedgerEntry) -> bool {
    match entry.state {
        DeviceState::Rejected | DeviceState::Failed => !entry.unproven,
        DeviceState::Undone => true,
        DeviceState::InFlight
        | DeviceState::Created
        | DeviceState::Found
        | DeviceState::Several
        | DeviceState::Unresolved
        | DeviceState::Undoing => false,
    }
}

/// Whether a device that is there is ours. Where nothing shows it, it is somebody else's: `undo`
/// leaves it alone.
fn whose(entry: &LedgerEntry) -> DeviceState {
    let was_asked_for = entry.attempts > 0 && entry.was_absent;
    let is_ours = match entry.state {
        DeviceState::Created => true,
        DeviceState::Unresolved | DeviceState::Several => was_asked_for,
        DeviceState::Failed | DeviceState::Rejected => entry.unproven && was_asked_for,
        DeviceState::InFlight | DeviceState::Found | DeviceState::Undoing | DeviceState::Undone => {
            false
        }
    };
    if is_ours {
        DeviceState::Created
    } else {
        DeviceState::Found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::RunId;

    const OURS: DeviceId = DeviceId::from_bytes([1; 16]);
    const OTHER: DeviceId = DeviceId::from_bytes([2; 16]);

    fn entry(state: DeviceState) -> LedgerEntry {
        LedgerEntry {
            attempts: 4,
            was_absent: true,
            ..LedgerEntry::new(state, RunId::from_bytes([0; 16]))
        }
    }

    #[test]
    fn what_pingone_contradicts_is_refused_unless_it_is_overridden() {
        let entry = entry(DeviceState::Unresolved);
        let both = [OURS, OTHER];
        for (claim, listed, holds) in [
            (Claim::Absent, &[][..], true),
            (Claim::Absent, &both[..1], false),
            (Claim::Is(OURS), &both[..1], true),
            (Claim::Is(OURS), &both, true),
            (Claim::Is(OURS), &both[1..], false),
            (Claim::Is(OURS), &[], false),
        ] {
            let decided = decide(&entry, claim, listed, false);
            assert_eq!(decided.is_ok(), holds, "{claim:?} {listed:?}");
            if let Err(refusal) = decided {
                assert_eq!(refusal, Refusal::Contradicted(listed.to_vec()));
            }
            assert!(decide(&entry, claim, listed, true).is_ok());
        }
    }

    #[test]
    fn each_state_becomes_what_the_person_says_or_is_for_the_command_going_on() {
        use DeviceState as S;
        for state in S::ALL {
            let absent = decide(&entry(state), Claim::Absent, &[], false);
            let absent = absent.map(|it| (it.state, it.device));
            let there = decide(&entry(state), Claim::Is(OURS), &[OURS], false);
            let there = there.ok().map(|it| (it.state, it.device));
            match state {
                S::InFlight | S::Undoing => {
                    assert!(matches!(absent, Err(Refusal::GoesOn(_))), "{state:?}");
                    assert_eq!(there, None);
                }
                S::Created | S::Several | S::Unresolved => {
                    assert_eq!(absent, Ok((S::Failed, None)), "{state:?}");
                    assert_eq!(there, Some((S::Created, Some(OURS))), "{state:?}");
                }
                S::Found => {
                    assert_eq!(absent, Ok((S::Failed, None)));
                    assert_eq!(there, Some((S::Found, Some(OURS))));
                }
                S::Rejected | S::Failed | S::Undone => {
                    assert_eq!(absent, Err(Refusal::Known), "{state:?}");
                    assert_eq!(there, Some((S::Found, Some(OURS))), "{state:?}");
                }
            }
        }
    }

    #[test]
    fn a_device_that_was_there_before_or_never_asked_for_is_not_ours() {
        for (attempts, was_absent) in [(0, true), (1, false)] {
            let entry = LedgerEntry {
                attempts,
                was_absent,
                ..entry(DeviceState::Several)
            };
            let decided = decide(&entry, Claim::Is(OURS), &[OURS], false);
            assert_eq!(decided.map(|it| it.state), Ok(DeviceState::Found));
        }
    }

    #[test]
    fn a_refusal_that_may_be_anothers_is_settled_by_a_person_as_any_doubt() {
        let entry = LedgerEntry {
            unproven: true,
            ..entry(DeviceState::Rejected)
        };
        let absent = decide(&entry, Claim::Absent, &[], false);
        assert_eq!(absent.map(|it| it.state), Ok(DeviceState::Failed));
        let there = decide(&entry, Claim::Is(OURS), &[OURS], false);
        assert_eq!(there.map(|it| it.state), Ok(DeviceState::Created));
    }
}

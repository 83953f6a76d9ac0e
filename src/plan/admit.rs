//! What to do with a row: send, look, or neither.

use std::time::Duration;

use crate::model::device_report::Reported;
use crate::model::entry::{DeviceState, LedgerEntry};
use crate::model::ids::DeviceId;
use crate::model::outcome::Outcome;

/// What a device that exists already means for a row that was never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// The user's devices are listed before the first create.
    Skip,
    /// One report of all devices stands in for those listings; so it takes a ledger that has proved
    /// itself to know what was made since the report's data.
    Report,
    /// The ledger alone is trusted, which saves that request; only one that has proved itself is.
    Ledger,
    /// Nobody looks, not even whether the ledger can be trusted: nobody in the tenant has a device yet.
    Unchecked,
}

impl Existing {
    /// The word that an administrator says.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Existing::Skip => "skip",
            Existing::Report => "report",
            Existing::Ledger => "ledger",
            Existing::Unchecked => "unchecked",
        }
    }
}

/// What is to be done about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// List the user's devices, and create the device if it is not there.
    Look,
    /// Create the device.
    Create,
    /// List the user's devices to learn what became of an unanswered request.
    Settle,
    /// Nothing: the report shows that somebody made it. The ledger has yet to be told.
    Found(DeviceId),
    /// Nothing: it is settled.
    Skip(Outcome),
    /// Nothing, for it is created; but the device has yet to be looked at, or is there more than once.
    Recheck,
}

/// Decides what to do about a row, given what the ledger knows of its device.
///
/// | the ledger's entry | `--existing skip` | `report`: there, not there, unclear | `ledger`, `unchecked` |
/// |---|---|---|---|
/// | none | look, then create | found, create, look | create |
/// | `rejected`, `failed` | look, then create | found, create, look | create |
/// | … after a request that was sent again | look, then create | the same | look, then create |
/// | … by an answer that may be another's | look, then create | the same | look, then create |
/// | `created`, `found` | skip | skip | skip |
/// | `created`, a last look due, or seen twice | that look | that look | that look |
/// | `several` | look | look | look |
/// | `in_flight`, `unresolved` | settle | settle | settle |
/// | `undoing` | skip | skip | skip |
/// | `undone` | skip; with `recreate` look, then create | the same | the same |
///
/// No entry in doubt leads to a create: it is settled first, whatever the options. What a report does
/// not show says nothing of it: a request that was lost may have taken effect since.
///
/// `recreate` is whether what was undone is created anew. `lost_age` is how long ago a request for a created device could have been sent last that was
/// not answered. Its last look is due once that is `settle` ago, and at once where the ID is not known.
pub(crate) fn admit(
    entry: Option<&LedgerEntry>,
    (existing, reported): (Existing, Reported),
    recreate: bool,
    lost_age: Option<Duration>,
    settle: Duration,
) -> Admission {
    let ask = match existing {
        Existing::Skip => Admission::Look,
        Existing::Report => match reported {
            Reported::Unclear => Admission::Look,
            Reported::There(id) => Admission::Found(id),
            Reported::NotThere => Admission::Create,
        },
        Existing::Ledger | Existing::Unchecked => Admission::Create,
    };
    let Some(entry) = entry else {
        return ask;
    };
    let due = entry.device.is_none() || lost_age.is_none_or(|age| age >= settle);
    match entry.state {
        DeviceState::Created if entry.recheck_owed && due || entry.is_seen_twice() => {
            Admission::Recheck
        }
        // Whatever the options: a listing alone shows that it is really gone.
        DeviceState::Undone if recreate => Admission::Look,
        DeviceState::Created | DeviceState::Found | DeviceState::Undoing | DeviceState::Undone => {
            Admission::Skip(entry.state.outcome())
        }
        DeviceState::InFlight | DeviceState::Unresolved => Admission::Settle,
        DeviceState::Several => Admission::Look,
        // Settled as absent, and perhaps not: the request that was lost may have been late.
        DeviceState::Rejected | DeviceState::Failed if entry.resends > 0 || entry.unproven => {
            Admission::Look
        }
        DeviceState::Rejected | DeviceState::Failed => ask,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::RunId;
    use crate::model::outcome::Answer;

    fn entry(state: DeviceState) -> LedgerEntry {
        LedgerEntry::new(state, RunId::from_bytes([0; 16]))
    }

    const HOUR: Duration = Duration::from_hours(1);
    const HALF_HOUR: Duration = Duration::from_mins(30);

    fn admit_now(entry: Option<&LedgerEntry>, existing: Existing) -> Admission {
        admit(entry, (existing, Reported::Unclear), false, None, HOUR)
    }

    #[test]
    fn a_row_is_sent_only_where_nothing_can_be_there_already() {
        use Admission::{Create, Look, Settle, Skip};
        let table = [
            (None, Look, Create),
            (Some(DeviceState::Rejected), Look, Create),
            (Some(DeviceState::Failed), Look, Create),
            (
                Some(DeviceState::Created),
                Skip(Outcome::Created),
                Skip(Outcome::Created),
            ),
            (
                Some(DeviceState::Found),
                Skip(Outcome::Existing),
                Skip(Outcome::Existing),
            ),
            (Some(DeviceState::Several), Look, Look),
            (Some(DeviceState::InFlight), Settle, Settle),
            (Some(DeviceState::Unresolved), Settle, Settle),
            (
                Some(DeviceState::Undoing),
                Skip(Outcome::Rejected),
                Skip(Outcome::Rejected),
            ),
            (
                Some(DeviceState::Undone),
                Skip(Outcome::Rejected),
                Skip(Outcome::Rejected),
            ),
        ];
        for (state, skip, trusting) in table {
            let entry = state.map(entry);
            assert_eq!(admit_now(entry.as_ref(), Existing::Skip), skip, "{state:?}");
            for existing in [Existing::Ledger, Existing::Unchecked] {
                assert_eq!(admit_now(entry.as_ref(), existing), trusting, "{state:?}");
            }
        }
        assert_eq!(
            table.len(),
            DeviceState::ALL.len() + 1,
            "every state is in the table"
        );
    }

    const ID: DeviceId = DeviceId::from_bytes([3; 16]);
    const REPORTED: [Reported; 3] = [Reported::There(ID), Reported::NotThere, Reported::Unclear];

    #[test]
    fn a_report_decides_about_what_was_never_sent_and_about_nothing_in_doubt() {
        use Admission::{Create, Found, Look, Settle, Skip};
        let open = [Found(ID), Create, Look];
        let table = [
            (None, open),
            (Some(DeviceState::Rejected), open),
            (Some(DeviceState::Failed), open),
            (Some(DeviceState::Created), [Skip(Outcome::Created); 3]),
            (Some(DeviceState::Found), [Skip(Outcome::Existing); 3]),
            (Some(DeviceState::Several), [Look; 3]),
            (Some(DeviceState::InFlight), [Settle; 3]),
            (Some(DeviceState::Unresolved), [Settle; 3]),
            (Some(DeviceState::Undoing), [Skip(Outcome::Rejected); 3]),
            (Some(DeviceState::Undone), [Skip(Outcome::Rejected); 3]),
        ];
        for (state, expected) in table {
            let entry = state.map(entry);
            let found = REPORTED.map(|reported| {
                let by_report = (Existing::Report, reported);
                admit(entry.as_ref(), by_report, false, None, HOUR)
            });
            assert_eq!(found, expected, "{state:?}");
        }
        assert_eq!(table.len(), DeviceState::ALL.len() + 1);
    }

    #[test]
    fn what_failed_after_a_lost_or_mistaken_answer_is_looked_for_in_any_case() {
        for state in [DeviceState::Failed, DeviceState::Rejected] {
            let resent = LedgerEntry {
                resends: 1,
                ..entry(state)
            };
            let unproven = LedgerEntry {
                unproven: true,
                ..entry(state)
            };
            for entry in [resent, unproven] {
                for existing in [Existing::Ledger, Existing::Unchecked] {
                    let admission = admit_now(Some(&entry), existing);
                    assert_eq!(admission, Admission::Look);
                }
                for reported in REPORTED {
                    let by_report = (Existing::Report, reported);
                    let admission = admit(Some(&entry), by_report, false, None, HOUR);
                    assert_eq!(admission, Admission::Look, "{reported:?}");
                }
            }
        }
    }

    #[test]
    fn a_last_look_is_due_when_the_request_has_settled_or_now_without_an_id() {
        for (named, lost_age, expected) in [
            (true, None, Admission::Recheck),
            (true, Some(HOUR), Admission::Recheck),
            (true, Some(HALF_HOUR), Admission::Skip(Outcome::Created)),
            (false, Some(Duration::ZERO), Admission::Recheck),
        ] {
            let owed = LedgerEntry {
                recheck_owed: true,
                device: named.then(|| DeviceId::from_bytes([3; 16])),
                ..entry(DeviceState::Created)
            };
            let found = admit(
                Some(&owed),
                (Existing::Skip, Reported::Unclear),
                false,
                lost_age,
                HOUR,
            );
            assert_eq!(found, expected, "named {named}, {lost_age:?}");
        }
    }

    #[test]
    fn what_was_undone_is_looked_for_and_created_only_where_that_is_asked_for() {
        for existing in [
            Existing::Skip,
            Existing::Report,
            Existing::Ledger,
            Existing::Unchecked,
        ] {
            for (state, expected) in [
                (DeviceState::Undone, Admission::Look),
                // Nobody knows yet whether it is gone.
                (DeviceState::Undoing, Admission::Skip(Outcome::Rejected)),
                (DeviceState::Created, Admission::Skip(Outcome::Created)),
            ] {
                let by = (existing, Reported::NotThere);
                let admission = admit(Some(&entry(state)), by, true, None, HOUR);
                assert_eq!(admission, expected, "{state:?} {existing:?}");
            }
        }
    }

    #[test]
    fn a_device_of_ours_is_looked_at_again_while_owed_or_if_it_was_seen_twice() {
        let created = entry(DeviceState::Created);
        let owed = LedgerEntry {
            recheck_owed: true,
            ..created.clone()
        };
        let twice = LedgerEntry {
            answer: Answer {
                code: Some("duplicate_found".to_owned()),
                ..Answer::default()
            },
            ..created
        };
        for entry in [owed, twice] {
            let all = [
                Existing::Skip,
                Existing::Report,
                Existing::Ledger,
                Existing::Unchecked,
            ];
            for existing in all {
                assert_eq!(admit_now(Some(&entry), existing), Admission::Recheck);
            }
        }
    }
}

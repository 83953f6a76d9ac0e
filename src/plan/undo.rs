//! Whether a device that a run has made may be deleted, by what PingOne shows of it. Pure.

use jiff::Timestamp;

use crate::model::entry::LedgerEntry;
use crate::model::request::DeviceStatus;
use crate::model::undo::{Change, Sameness, ShownDevice};

/// Why a device is not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Under its ID there is a device of another type or address.
    Other(&'static str),
    /// PingOne does not show whether it is the same.
    Unclear,
    /// Somebody changed it since.
    Changed(Vec<Change>),
}

impl Kept {
    /// What happened and what to do.
    pub(crate) fn message(&self) -> String {
        match self {
            Kept::Other(what) => format!(
                "PingOne shows another {what} under this ID than the run asked for; it was left \
                 alone: look at the user's devices in PingOne"
            ),
            Kept::Unclear => {
                "PingOne does not show the phone so that it can be read; the device was left alone: see \
                 that the worker application is shown phones unmasked"
                    .to_owned()
            }
            Kept::Changed(changes) => {
                let words: Vec<_> = changes.iter().map(|change| change.as_str()).collect();
                let options: Vec<_> = words
                    .iter()
                    .map(|word| format!("`--even-if-changed {word}`"))
                    .collect();
                format!(
                    "somebody changed this device since the run made it ({}); to delete it all the same, \
                     add {}",
                    words.join(", "),
                    options.join(" ")
                )
            }
        }
    }
}

/// Why a device is not deleted, if it is not; `allowed` are the changes that do not matter.
///
/// A device is as the run left it where its type and address are those of the ledger, where `updatedAt`
/// is no later than what the run was told, and where nickname and status are the same. Of a device
/// that an older wavepair made the ledger knows `createdAt` alone: then it may not have been
/// updated at all.
pub(crate) fn why_kept(
    entry: &LedgerEntry,
    shown: &ShownDevice,
    allowed: &[Change],
) -> Option<Kept> {
    match shown.sameness {
        Sameness::Same => {}
        Sameness::Other(what) => return Some(Kept::Other(what)),
        Sameness::Unclear => return Some(Kept::Unclear),
    }
    let (then, now) = (&entry.imprint, &shown.device.imprint);
    let pending = |status| status == Some(DeviceStatus::ActivationRequired);
    let is_other = |change: &Change| match change {
        Change::Nickname => then.nickname != now.nickname,
        Change::Status => shown.odd_status || pending(then.status) != pending(now.status),
        Change::Updated => is_later(
            now.updated_at.as_ref().or(shown.device.created_at.as_ref()),
            then.updated_at.as_ref().or(entry.created_at.as_ref()),
        ),
    };
    let changes = Change::ALL.iter().map(|(_, change)| *change);
    let changes: Vec<_> = changes
        .filter(|change| is_other(change) && !allowed.contains(change))
        .collect();
    (!changes.is_empty()).then_some(Kept::Changed(changes))
}

/// Whether a device was updated after the moment that is known; where either is not told, it may be.
fn is_later(shown: Option<&String>, known: Option<&String>) -> bool {
    let (Some(shown), Some(known)) = (shown, known) else {
        return true;
    };
    let time = |text: &String| text.parse::<Timestamp>().ok();
    match (time(shown), time(known)) {
        (Some(shown), Some(known)) => shown > known,
        _ => shown != known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::DeviceState;
    use crate::model::ids::RunId;
    use crate::model::imprint::{Imprint, NicknameDigest};
    use crate::model::outcome::Device;
    use crate::model::request::DeviceStatus::{ActivationRequired, Active};

    const MADE: &str = "2026-11-01T08:00:00.000Z";
    const LATER: &str = "2026-11-01T08:00:00.001Z";

    fn made(imprint: Imprint) -> LedgerEntry {
        LedgerEntry {
            created_at: Some(MADE.to_owned()),
            imprint,
            ..LedgerEntry::new(DeviceState::Created, RunId::from_bytes([0; 16]))
        }
    }

    fn shown(imprint: Imprint) -> ShownDevice {
        ShownDevice {
            device: Device {
                created_at: Some(MADE.to_owned()),
                imprint,
                ..Device::default()
            },
            sameness: Sameness::Same,
            odd_status: false,
        }
    }

    fn named(nickname: &str) -> Imprint {
        Imprint {
            nickname: NicknameDigest::of(nickname),
            ..Imprint::default()
        }
    }

    fn updated(at: &str) -> Imprint {
        Imprint {
            updated_at: Some(at.to_owned()),
            ..Imprint::default()
        }
    }

    fn of_status(status: DeviceStatus) -> Imprint {
        Imprint {
            status: Some(status),
            ..Imprint::default()
        }
    }

    #[test]
    fn a_device_is_kept_for_what_somebody_changed_and_for_nothing_else() {
        use Change::{Nickname, Status, Updated};
        for (then, now, changes) in [
            (Imprint::default(), Imprint::default(), vec![]),
            (Imprint::default(), of_status(Active), vec![]),
            (of_status(Active), Imprint::default(), vec![]),
            (
                of_status(ActivationRequired),
                of_status(Active),
                vec![Status],
            ),
            (
                Imprint::default(),
                of_status(ActivationRequired),
                vec![Status],
            ),
            (named("work"), named("work"), vec![]),
            (named("work"), named("home"), vec![Nickname]),
            (named("work"), Imprint::default(), vec![Nickname]),
            (Imprint::default(), named("home"), vec![Nickname]),
            (Imprint::default(), updated(LATER), vec![Updated]),
            (updated(LATER), updated(LATER), vec![]),
            (updated(LATER), Imprint::default(), vec![]),
            // The same moment, spelt otherwise.
            (Imprint::default(), updated("2026-11-01T08:00:00Z"), vec![]),
            (Imprint::default(), updated("yesterday"), vec![Updated]),
        ] {
            let kept = why_kept(&made(then.clone()), &shown(now.clone()), &[]);
            let expected = (!changes.is_empty()).then(|| Kept::Changed(changes.clone()));
            assert_eq!(kept, expected, "{then:?} {now:?}");
            let kept = why_kept(&made(then), &shown(now), &changes);
            assert_eq!(kept, None, "each of its reasons is overridden");
        }
    }

    #[test]
    fn one_reason_overridden_is_not_all_of_them() {
        let changed = Imprint {
            updated_at: Some(LATER.to_owned()),
            ..named("home")
        };
        for (allowed, left) in [
            (Change::Nickname, Change::Updated),
            (Change::Updated, Change::Nickname),
        ] {
            let kept = why_kept(
                &made(Imprint::default()),
                &shown(changed.clone()),
                &[allowed],
            );
            assert_eq!(kept, Some(Kept::Changed(vec![left])));
        }
    }

    #[test]
    fn another_device_under_the_id_is_kept_whatever_may_be_changed() {
        let all = Change::ALL.map(|(_, change)| change);
        for (sameness, expected) in [
            (Sameness::Other("address"), Kept::Other("address")),
            (Sameness::Unclear, Kept::Unclear),
        ] {
            let shown = ShownDevice {
                sameness,
                ..shown(Imprint::default())
            };
            let kept = why_kept(&made(Imprint::default()), &shown, &all);
            assert_eq!(kept, Some(expected));
        }
    }

    #[test]
    fn a_device_whose_making_nobody_dated_may_have_been_updated() {
        let undated = LedgerEntry {
            created_at: None,
            ..made(Imprint::default())
        };
        let kept = why_kept(&undated, &shown(Imprint::default()), &[]);
        assert_eq!(kept, Some(Kept::Changed(vec![Change::Updated])));
    }
}

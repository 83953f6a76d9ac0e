//! Whether a device that the results name is there as they say. Pure.

use crate::model::device_report::{ReportedAddress, ReportedDevice};
use crate::model::ids::DeviceId;
use crate::model::verdict::Verdict;

/// What the results say of a device that should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// Its ID, where it is known.
    pub device: Option<DeviceId>,
    /// The phone or mailbox of the row.
    pub address: ReportedAddress,
}

/// What is said of a claim, and by which devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// The devices that bear it out: those of the row's phone, and the one that the results name.
    pub devices: Vec<ReportedDevice>,
}

/// Judges a claim by the user's devices of the row's type, all of them.
///
/// | under the ID that the results name | others with the row's phone | verdict |
/// | --- | --- | --- |
/// | the row's phone | none | `present` |
/// | the row's phone | some | `twice` |
/// | another phone | one at most | `other_phone` |
/// | a phone that cannot be read | one at most | `unchecked` |
/// | nothing | none, and none that cannot be read | `missing` |
/// | nothing | none, and some that cannot be read | `unchecked` |
/// | nothing | one | `not_ours` |
/// | anything | two or more | `twice` |
/// | the ID is not known | none, one, more | `missing` or `unchecked`, `present`, `twice` |
pub(crate) fn verdict(claim: &Claim, devices: &[ReportedDevice]) -> Judged {
    let is_named = |device: &&ReportedDevice| Some(device.id) == claim.device;
    let is_alike = |device: &&ReportedDevice| device.address == claim.address;
    let named = devices.iter().find(is_named);
    let alike = devices.iter().filter(is_alike).count();
    let any_unclear = devices.iter().any(|device| device.address.is_unclear());
    let verdict = match (named, alike) {
        (_, 2..) => Verdict::Twice,
        (Some(named), _) if named.address == claim.address => Verdict::Present,
        (Some(named), _) if named.address.is_unclear() => Verdict::Unchecked,
        (Some(_), _) => Verdict::OtherPhone,
        (None, 1) if claim.device.is_none() => Verdict::Present,
        (None, 1) => Verdict::NotOurs,
        (None, _) if any_unclear => Verdict::Unchecked,
        (None, _) => Verdict::Missing,
    };
    let bears_out = |device: &&ReportedDevice| is_named(device) || is_alike(device);
    Judged {
        verdict,
        devices: devices.iter().filter(bears_out).copied().collect(),
    }
}

/// What happened and what to do; nothing where all is as it should be.
pub(crate) fn in_words(verdict: Verdict) -> Option<&'static str> {
    Some(match verdict {
        Verdict::Present => return None,
        Verdict::Missing => {
            "PingOne has this device no more, and the user has no other with this phone: somebody \
             removed it since; ask who, and pair the phone in PingOne if it is still wanted"
        }
        Verdict::OtherPhone => {
            "the device of this ID has another phone than the row: look at the user's devices in \
             PingOne, and remove what is wrong"
        }
        Verdict::Twice => {
            "the user has this phone under several IDs: remove all but one of them in PingOne"
        }
        Verdict::NotOurs => {
            "the user has this phone under another ID than the results name: somebody removed the \
             device and paired the phone anew; use that ID"
        }
        Verdict::NotCreated => {
            "there is no device to look for: see the results, and run the wave again"
        }
        Verdict::Unchecked => {
            "PingOne does not show the phone so that it can be read: look at the user's devices in \
             PingOne, and see that the worker application is shown phones unmasked"
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::device_report::ReportedStatus;
    use crate::model::ids::UserId;

    const OURS: u8 = 1;

    /// Devices by the number of their ID, and whether each has the row's phone: `=`, another: `x`, or
    /// one that cannot be read: `?`.
    fn devices(shown: &[(u8, char)]) -> Vec<ReportedDevice> {
        let device = |(id, phone): &(u8, char)| ReportedDevice {
            user: UserId::from_bytes([9; 16]),
            id: DeviceId::from_bytes([*id; 16]),
            address: match phone {
                '=' => ReportedAddress::of_digits("15125551234"),
                'x' => ReportedAddress::of_digits("15125559999"),
                _ => ReportedAddress::UNCLEAR,
            },
            status: ReportedStatus::Active,
        };
        shown.iter().map(device).collect()
    }

    fn claim(id: Option<u8>) -> Claim {
        Claim {
            device: id.map(|id| DeviceId::from_bytes([id; 16])),
            address: ReportedAddress::of_digits("15125551234"),
        }
    }

    #[test]
    fn a_device_is_judged_by_its_id_and_by_what_else_has_its_phone() {
        use Verdict as V;
        for (shown, expected, bearing) in [
            (&[(1, '=')][..], V::Present, 1),
            (&[(1, '='), (2, 'x'), (3, '?')], V::Present, 1),
            (&[(1, '='), (2, '=')], V::Twice, 2),
            (&[(2, '='), (3, '=')], V::Twice, 2),
            (&[(1, 'x'), (2, '='), (3, '=')], V::Twice, 3),
            (&[(1, '?'), (2, '='), (3, '=')], V::Twice, 3),
            (&[(1, 'x')], V::OtherPhone, 1),
            (&[(1, 'x'), (2, '=')], V::OtherPhone, 2),
            (&[(1, '?')], V::Unchecked, 1),
            (&[(1, '?'), (2, '=')], V::Unchecked, 2),
            (&[(2, '=')], V::NotOurs, 1),
            (&[(2, '='), (3, '?')], V::NotOurs, 1),
            (&[], V::Missing, 0),
            (&[(2, 'x')], V::Missing, 0),
            (&[(2, '?')], V::Unchecked, 0),
        ] {
            let judged = verdict(&claim(Some(OURS)), &devices(shown));
            assert_eq!(judged.verdict, expected, "{shown:?}");
            assert_eq!(judged.devices.len(), bearing, "{shown:?}");
        }
    }

    #[test]
    fn a_device_whose_id_was_never_told_is_known_by_its_phone() {
        use Verdict as V;
        for (shown, expected) in [
            (&[(1, '=')][..], V::Present),
            (&[(1, '='), (2, '=')], V::Twice),
            (&[(1, 'x')], V::Missing),
            (&[(1, '?')], V::Unchecked),
            (&[], V::Missing),
        ] {
            let judged = verdict(&claim(None), &devices(shown));
            assert_eq!(judged.verdict, expected, "{shown:?}");
        }
    }

    #[test]
    fn whatever_is_not_right_says_what_to_do() {
        for verdict in Verdict::ALL {
            assert_eq!(in_words(*verdict).is_none(), *verdict == Verdict::Present);
        }
    }
}

//! Who may be told of a new device, because they have another one (`newDeviceNotification`).

use std::collections::HashMap;

use super::ids::UserId;

/// Whether a user has a device before the wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HasDevice {
    /// At least one.
    Yes,
    /// None.
    No,
    /// That was not told: the report tells of some types alone.
    NotKnown,
}

/// A device that a run creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewDevice {
    /// Whose it is.
    pub user: UserId,
    /// Whether they have one already.
    pub has_one: HasDevice,
    /// Whether its policy tells users of each new device.
    pub is_told: bool,
}

/// How many users may be told of a new device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToldUsers {
    /// Those who have a device already, or get two by this wave.
    pub users: u64,
    /// Those of whom it is not known whether they have one.
    pub not_known: u64,
}

/// How a user for whom a device is created stands so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nobody tells them: they have had no device before this one.
    First,
    NotKnown,
    Told,
}

/// Counts them; some thirty bytes for each user, where a policy tells anybody.
#[derive(Debug, Default)]
pub(crate) struct ToldBook {
    users: HashMap<UserId, Standing>,
    tells: bool,
}

impl ToldBook {
    /// Notes a device that a run creates, in input order.
    pub(crate) fn note(&mut self, device: NewDevice) {
        self.tells |= device.is_told;
        let before = self.users.get(&device.user).copied();
        let has_one = match (device.has_one, before) {
            (HasDevice::Yes, _) | (_, Some(_)) => HasDevice::Yes,
            (has_one @ (HasDevice::No | HasDevice::NotKnown), None) => has_one,
        };
        let now = match (before, has_one) {
            (Some(Standing::Told), _) => Standing::Told,
            (_, HasDevice::Yes) if device.is_told => Standing::Told,
            (_, HasDevice::NotKnown) if device.is_told => Standing::NotKnown,
            (Some(before), _) => before,
            (None, _) => Standing::First,
        };
        self.users.insert(device.user, now);
    }

    /// What it came to; nothing where no policy of these devices tells anybody.
    pub(crate) fn told(&self) -> Option<ToldUsers> {
        let count = |standing| self.users.values().filter(|it| **it == standing).count() as u64;
        self.tells.then(|| ToldUsers {
            users: count(Standing::Told),
            not_known: count(Standing::NotKnown),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(devices: &[(u8, HasDevice, bool)]) -> Option<(u64, u64)> {
        let mut book = ToldBook::default();
        for &(user, has_one, is_told) in devices {
            book.note(NewDevice {
                user: UserId::from_bytes([user; 16]),
                has_one,
                is_told,
            });
        }
        book.told().map(|it| (it.users, it.not_known))
    }

    #[test]
    fn who_has_a_device_or_gets_a_second_one_is_told_of_it_once() {
        use HasDevice::{No, NotKnown, Yes};
        for (devices, expected) in [
            (&[(1, Yes, false), (1, Yes, false)][..], None),
            (&[(1, No, true)], Some((0, 0))),
            (&[(1, Yes, true), (1, Yes, true)], Some((1, 0))),
            (&[(1, No, true), (1, No, true)], Some((1, 0))),
            (&[(1, No, false), (1, No, true)], Some((1, 0))),
            (&[(1, No, true), (1, No, false)], Some((0, 0))),
            (&[(1, NotKnown, true), (2, NotKnown, true)], Some((0, 2))),
            (&[(1, NotKnown, true), (1, NotKnown, true)], Some((1, 0))),
            (&[(1, NotKnown, true), (1, NotKnown, false)], Some((0, 1))),
            (
                &[(1, Yes, true), (2, No, true), (3, NotKnown, true)],
                Some((1, 1)),
            ),
        ] {
            assert_eq!(told(devices), expected, "{devices:?}");
        }
    }
}

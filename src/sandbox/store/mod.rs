//! The devices that exist. A rehearsal may make a million of them, so they are small.

mod device;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use self::device::END;
pub(super) use self::device::{DeviceType, NewDevice, Stored};
use super::Duplicates;

/// How many devices of a user may wait for their activation ("MFA Devices").
const MAX_PENDING: u32 = 50;

/// Why a device was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotStored {
    Full { maximum: u32 },
    Duplicate { existing: Uuid },
}

/// What holds for one more device.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// How many active devices a user may have.
    pub(super) max_devices: u32,
    pub(super) duplicates: Duplicates,
    /// Whether a device is identical only where its number is spelt alike.
    pub(super) by_spelling: bool,
}

/// All devices in the order of their making, each user's on a chain through them, in the user's order.
#[derive(Default)]
pub(super) struct Store {
    slots: Vec<Stored>,
    users: HashMap<Uuid, Chain>,
    most_per_key: u32,
    deleted: usize,
}

struct Chain {
    first: u32,
    last: u32,
}

impl Store {
    /// Stores a device, unless the user has as many as are allowed or, if asked to look, this very one.
    pub(super) fn add(
        &mut self,
        user: Uuid,
        new: NewDevice,
        now: u64,
        rules: Rules,
    ) -> Result<&Stored, NotStored> {
        let (mut alike, mut existing, mut of_its_status) = (1, None, 0);
        for device in self.of_user(user, now) {
            if device.pending == new.pending {
                of_its_status += 1;
            }
            if device.is_same_as(&new) {
                alike += 1;
                if !rules.by_spelling || *device.address == *new.address {
                    existing = existing.or(Some(device.id));
                }
            }
        }
        let maximum = if new.pending {
            MAX_PENDING
        } else {
            rules.max_devices
        };
        if of_its_status >= maximum {
            return Err(NotStored::Full { maximum });
        }
        match (rules.duplicates, existing) {
            (Duplicates::Refuse400 | Duplicates::Refuse409, Some(existing)) => {
                return Err(NotStored::Duplicate { existing });
            }
            (Duplicates::Allow, _) | (_, None) => {}
        }
        self.most_per_key = self.most_per_key.max(alike);
        Ok(self.push(user, new, now))
    }

    fn push(&mut self, user: Uuid, new: NewDevice, now: u64) -> &Stored {
        let index = u32::try_from(self.slots.len())
            .expect("four thousand million devices do not fit in memory");
        self.users
            .entry(user)
            .and_modify(|chain| {
                self.slots[chain.last as usize].next = index;
                chain.last = index;
            })
            .or_insert(Chain {
                first: index,
                last: index,
            });
        self.slots.push(Stored::new(user, new, now));
        &self.slots[index as usize]
    }

    /// A user's devices in the user's order, which is that of their making or activation until it is set.
    pub(super) fn of_user(&self, user: Uuid, now: u64) -> impl Iterator<Item = &Stored> {
        self.slots_of(user)
            .map(|slot| &self.slots[slot as usize])
            .filter(move |device| device.is_there(now))
    }

    pub(super) fn get(&self, user: Uuid, id: Uuid, now: u64) -> Option<&Stored> {
        self.of_user(user, now).find(|device| device.id == id)
    }

    /// Deletes a device; tells whether it was there.
    pub(super) fn delete(&mut self, user: Uuid, id: Uuid, now: u64) -> bool {
        let deleted = self.change(user, id, now, |device| {
            device.address = Box::default();
            device.nickname = Box::default();
        });
        let was_there = deleted.is_some();
        self.deleted += usize::from(was_there);
        was_there
    }

    /// Changes a device and shows it then; `None` if it is not there.
    pub(super) fn change(
        &mut self,
        user: Uuid,
        id: Uuid,
        now: u64,
        change: impl FnOnce(&mut Stored),
    ) -> Option<&Stored> {
        let at = self.slot(user, id, now)?;
        let device = &mut self.slots[at as usize];
        change(device);
        device.changed = now;
        Some(device)
    }

    /// Activates a device, which is the last of its user's from then on; `None` if it is not there.
    pub(super) fn activate(
        &mut self,
        user: Uuid,
        id: Uuid,
        now: u64,
        max_devices: u32,
    ) -> Option<Result<&Stored, NotStored>> {
        let at = self.slot(user, id, now)?;
        let active = self.of_user(user, now).filter(|device| !device.pending);
        let maximum = max_devices;
        if active.count() >= maximum as usize {
            return Some(Err(NotStored::Full { maximum }));
        }
        let mut chain = self.chain(user);
        chain.retain(|slot| *slot != at);
        chain.push(at);
        self.relink(user, &chain);
        self.change(user, id, now, |device| device.pending = false)
            .map(Ok)
    }

    /// Puts a user's devices in this order, those that it does not name behind them; does nothing, and
    /// tells so, if it names one twice or one that the user does not have.
    pub(super) fn reorder(&mut self, user: Uuid, order: &[Uuid], now: u64) -> bool {
        let slots: Option<Vec<u32>> = order.iter().map(|id| self.slot(user, *id, now)).collect();
        let Some(mut chain) = slots else { return false };
        let named: HashSet<u32> = chain.iter().copied().collect();
        if named.len() < chain.len() {
            return false;
        }
        let others = self.chain(user).into_iter();
        chain.extend(others.filter(|slot| !named.contains(slot)));
        self.relink(user, &chain);
        true
    }

    /// Forgets a user's order: the oldest device comes first.
    pub(super) fn forget_order(&mut self, user: Uuid) {
        let mut chain = self.chain(user);
        chain.sort_unstable();
        self.relink(user, &chain);
    }

    /// Where a device is that is there.
    fn slot(&self, user: Uuid, id: Uuid, now: u64) -> Option<u32> {
        let mut slots = self.slots_of(user);
        slots.find(|slot| {
            let device = &self.slots[*slot as usize];
            device.id == id && device.is_there(now)
        })
    }

    fn chain(&self, user: Uuid) -> Vec<u32> {
        self.slots_of(user).collect()
    }

    /// Where a user's devices are, deleted ones too.
    fn slots_of(&self, user: Uuid) -> impl Iterator<Item = u32> {
        let first = self.users.get(&user).map_or(END, |chain| chain.first);
        let known = |at: &u32| *at != END;
        std::iter::successors(Some(first).filter(known), move |at| {
            Some(self.slots[*at as usize].next).filter(known)
        })
    }

    fn relink(&mut self, user: Uuid, order: &[u32]) {
        let (Some(&first), Some(&last)) = (order.first(), order.last()) else {
            return;
        };
        for pair in order.windows(2) {
            self.slots[pair[0] as usize].next = pair[1];
        }
        self.slots[last as usize].next = END;
        self.users.insert(user, Chain { first, last });
    }

    /// Each device that is there, in the order of their making, with its position; from a position on.
    pub(super) fn made_from(
        &self,
        from: usize,
        now: u64,
    ) -> impl Iterator<Item = (usize, &Stored)> {
        let slots = self.slots.iter().enumerate().skip(from);
        slots.filter(move |(_, device)| device.is_there(now))
    }

    /// Devices from a position on, and the position to go on from; `None` at the end.
    pub(super) fn page(&self, from: usize, size: usize, now: u64) -> Option<(Vec<Stored>, usize)> {
        let slots = self.slots.get(from..).filter(|rest| !rest.is_empty())?;
        let page = &slots[..slots.len().min(size)];
        let there = page.iter().filter(|device| device.is_there(now));
        Some((there.cloned().collect(), from + page.len()))
    }

    /// How many devices were made and not deleted since.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.deleted
    }

    /// The most devices of one user, type and number that ever were there together.
    pub(super) fn most_per_key(&self) -> u32 {
        self.most_per_key
    }
}

/// A UUID of version 4, without a trip to the system for each.
pub(super) fn random_uuid() -> Uuid {
    uuid_from(fastrand::u128(..))
}

pub(super) fn uuid_from(bits: u128) -> Uuid {
    uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}

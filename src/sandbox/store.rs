//! The devices that exist. A rehearsal may make a million of them, so they are small.

use std::collections::HashMap;

use uuid::Uuid;

use super::Duplicates;
use super::phone::same_number;

/// The end of a chain.
const END: u32 = u32::MAX;
/// How many devices of a user may wait for their activation ("MFA Devices").
const MAX_PENDING: u32 = 50;
/// How long a device waits for its activation before PingOne deletes it.
const PENDING_MS: u64 = 24 * 60 * 60 * 1000;

/// The types of device that can be made by `POST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeviceType {
    WhatsApp,
    Sms,
    Voice,
    Email,
}

impl DeviceType {
    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::WhatsApp, Self::Sms, Self::Voice, Self::Email]
            .into_iter()
            .find(|known| known.name() == text)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::WhatsApp => "WHATSAPP",
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
            Self::Email => "EMAIL",
        }
    }
}

/// A device that passed every check but those that need the others.
#[derive(Clone)]
pub(super) struct NewDevice {
    pub(super) kind: DeviceType,
    /// The phone, or the address, as sent.
    pub(super) address: String,
    /// Empty if there is none.
    pub(super) nickname: String,
    /// Whether it waits for its activation.
    pub(super) pending: bool,
}

/// A device.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) user: Uuid,
    /// Milliseconds since the sandbox started.
    pub(super) at: u64,
    pub(super) address: Box<str>,
    pub(super) nickname: Box<str>,
    next: u32,
    pub(super) kind: DeviceType,
    pub(super) pending: bool,
    deleted: bool,
}

impl Stored {
    /// A device that is nowhere yet.
    pub(super) fn new(user: Uuid, new: NewDevice, now: u64) -> Self {
        Self {
            id: random_uuid(),
            user,
            at: now,
            address: new.address.into_boxed_str(),
            nickname: new.nickname.into_boxed_str(),
            next: END,
            kind: new.kind,
            pending: new.pending,
            deleted: false,
        }
    }

    fn is_there(&self, now: u64) -> bool {
        !self.deleted && (!self.pending || now.saturating_sub(self.at) < PENDING_MS)
    }

    fn is_same_as(&self, new: &NewDevice) -> bool {
        self.kind == new.kind
            && match new.kind {
                DeviceType::Email => *self.address == *new.address,
                DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => {
                    same_number(&self.address, &new.address)
                }
            }
    }
}

/// Why a device was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotStored {
    Full { maximum: u32 },
    Duplicate { existing: Uuid },
}

/// All devices in the order of their making, each user's on a chain through them.
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
        max_devices: u32,
        duplicates: Duplicates,
    ) -> Result<&Stored, NotStored> {
        let (mut alike, mut existing, mut of_its_status) = (1, None, 0);
        for device in self.of_user(user, now) {
            if device.pending == new.pending {
                of_its_status += 1;
            }
            if device.is_same_as(&new) {
                alike += 1;
                existing = existing.or(Some(device.id));
            }
        }
        let maximum = if new.pending {
            MAX_PENDING
        } else {
            max_devices
        };
        if of_its_status >= maximum {
            return Err(NotStored::Full { maximum });
        }
        match (duplicates, existing) {
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

    /// A user's devices, the oldest first.
    pub(super) fn of_user(&self, user: Uuid, now: u64) -> impl Iterator<Item = &Stored> {
        let mut at = self.users.get(&user).map_or(END, |chain| chain.first);
        std::iter::from_fn(move || {
            let device = self.slots.get(at as usize)?;
            at = device.next;
            Some(device)
        })
        .filter(move |device| device.is_there(now))
    }

    pub(super) fn get(&self, user: Uuid, id: Uuid, now: u64) -> Option<&Stored> {
        self.of_user(user, now).find(|device| device.id == id)
    }

    /// Deletes a device; tells whether it was there.
    pub(super) fn delete(&mut self, user: Uuid, id: Uuid, now: u64) -> bool {
        let mut at = self.users.get(&user).map_or(END, |chain| chain.first);
        while let Some(device) = self.slots.get_mut(at as usize) {
            if device.id == id && device.is_there(now) {
                device.deleted = true;
                device.address = Box::default();
                device.nickname = Box::default();
                self.deleted += 1;
                return true;
            }
            at = device.next;
        }
        false
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

#[cfg(test)]
mod tests {
    use super::*;

    const USER: Uuid = Uuid::from_u128(7);

    fn device(kind: DeviceType, address: &str, pending: bool) -> NewDevice {
        NewDevice {
            kind,
            address: address.to_owned(),
            nickname: String::new(),
            pending,
        }
    }

    fn whatsapp(phone: &str) -> NewDevice {
        device(DeviceType::WhatsApp, phone, false)
    }

    fn add(store: &mut Store, new: NewDevice, duplicates: Duplicates) -> Result<Uuid, NotStored> {
        store
            .add(USER, new, 0, 2, duplicates)
            .map(|stored| stored.id)
    }

    #[test]
    fn a_million_devices_fit_in_a_few_hundred_megabytes() {
        assert!(size_of::<Stored>() <= 96);
        assert!(size_of::<(Uuid, Chain)>() <= 24);
    }

    #[test]
    fn an_identical_device_is_one_more_or_refused_whatever_its_spelling() {
        let mut store = Store::default();
        let first = add(&mut store, whatsapp("+1.5125551234"), Duplicates::Allow).unwrap();
        let again = || whatsapp("+1 (512) 555-1234");
        for refuse in [Duplicates::Refuse400, Duplicates::Refuse409] {
            assert_eq!(
                add(&mut store, again(), refuse),
                Err(NotStored::Duplicate { existing: first })
            );
        }
        assert_eq!(store.most_per_key(), 1);
        add(&mut store, again(), Duplicates::Allow).unwrap();
        assert_eq!((store.most_per_key(), store.len()), (2, 2));
    }

    #[test]
    fn another_type_or_another_user_is_another_device() {
        let mut store = Store::default();
        add(&mut store, whatsapp("+15125551234"), Duplicates::Refuse400).unwrap();
        let sms = device(DeviceType::Sms, "+15125551234", false);
        add(&mut store, sms, Duplicates::Refuse400).unwrap();
        let other = Uuid::from_u128(8);
        store
            .add(other, whatsapp("+15125551234"), 0, 2, Duplicates::Refuse400)
            .map(drop)
            .unwrap();
        assert_eq!((store.most_per_key(), store.len()), (1, 3));
    }

    #[test]
    fn a_user_with_as_many_devices_as_allowed_gets_no_more_until_one_goes() {
        let mut store = Store::default();
        let first = add(&mut store, whatsapp("+15125551231"), Duplicates::Allow).unwrap();
        add(&mut store, whatsapp("+15125551232"), Duplicates::Allow).unwrap();
        let full = Err(NotStored::Full { maximum: 2 });
        let third = || whatsapp("+15125551233");
        assert_eq!(add(&mut store, third(), Duplicates::Allow), full);
        let pending = device(DeviceType::Sms, "+15125551234", true);
        add(&mut store, pending, Duplicates::Allow).unwrap();

        assert!(store.delete(USER, first, 0));
        assert!(!store.delete(USER, first, 0));
        assert!(store.get(USER, first, 0).is_none());
        let third = add(&mut store, third(), Duplicates::Allow).unwrap();
        assert!(store.get(USER, third, 0).is_some());
        assert!(store.get(Uuid::from_u128(8), third, 0).is_none());
        assert_eq!(store.len(), 3);
    }

    #[test]
    fn a_device_that_is_never_activated_goes_after_a_day() {
        let mut store = Store::default();
        for n in 0..MAX_PENDING {
            let pending = device(DeviceType::Sms, &format!("+151255512{n:02}"), true);
            add(&mut store, pending, Duplicates::Allow).unwrap();
        }
        let one_more = device(DeviceType::Sms, "+4915112345678", true);
        assert_eq!(
            add(&mut store, one_more, Duplicates::Allow),
            Err(NotStored::Full { maximum: 50 })
        );
        assert_eq!(store.of_user(USER, PENDING_MS - 1).count(), 50);
        assert_eq!(store.of_user(USER, PENDING_MS).count(), 0);
    }

    #[test]
    fn pages_hold_every_device_once_and_in_order() {
        let mut store = Store::default();
        let mut made = Vec::new();
        for n in 0..5_u128 {
            let user = Uuid::from_u128(n);
            let new = whatsapp("+15125551234");
            let id = store.add(user, new, 0, 2, Duplicates::Allow).unwrap().id;
            made.push(id);
        }
        store.delete(Uuid::from_u128(1), made.remove(1), 0);
        let (mut seen, mut from) = (Vec::new(), 0);
        while let Some((page, next)) = store.page(from, 2, 0) {
            seen.extend(page.into_iter().map(|device| device.id));
            from = next;
        }
        assert_eq!(seen, made);
    }
}

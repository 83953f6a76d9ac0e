//! Entries that were read before they were asked for.
//!
//! A wave that is run again asks for its devices in about the order in which they were
//! written. Read one by one by their keys, each is somewhere else in the index; read by
//! their numbers, they lie side by side.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::keys::Key;
use crate::model::entry::LedgerEntry;

/// How many lookups in a row must be near each other before anything is read ahead.
const NEAR_ENOUGH: u32 = 8;
/// How far apart two numbers may be to be near.
const NEAR: u64 = 64;
const LEAST: u64 = 16;
const MOST: u64 = 1024;
/// Above this many entries that nobody asked for, all are forgotten.
const KEPT: usize = 4096;

/// What was read ahead, and whether more is to be.
#[derive(Debug, Default)]
pub(super) struct ReadAhead {
    hasher: RandomState,
    kept: HashMap<u64, (Key, LedgerEntry)>,
    /// The last number that was looked up, or read ahead.
    last: u64,
    near: u32,
    size: u64,
}

/// Which entries to read: those with greater numbers, and how many.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReadRange {
    pub(super) after: u64,
    pub(super) count: u64,
}

impl ReadAhead {
    /// Gives an entry that was read ahead.
    pub(super) fn take(&mut self, key: &Key) -> Option<LedgerEntry> {
        let hash = self.hasher.hash_one(key);
        // Two keys may have one hash.
        let (of, _) = self.kept.get(&hash)?;
        if of != key {
            return None;
        }
        self.kept.remove(&hash).map(|(_, entry)| entry)
    }

    /// Takes note that the entry of this number was looked up; tells what to read ahead, if anything.
    pub(super) fn looked_up(&mut self, number: u64) -> Option<ReadRange> {
        let near = number > self.last && number - self.last <= NEAR;
        self.near = if near { self.near.saturating_add(1) } else { 0 };
        self.last = number;
        if self.near < NEAR_ENOUGH {
            self.size = 0;
            return None;
        }
        self.size = (self.size * 2).clamp(LEAST, MOST);
        if self.kept.len() > KEPT {
            self.kept.clear();
        }
        Some(ReadRange {
            after: number,
            count: self.size,
        })
    }

    /// Keeps an entry that was read ahead.
    pub(super) fn keep(&mut self, key: Key, entry: LedgerEntry) {
        self.last = self.last.max(entry.number);
        let hash = self.hasher.hash_one(&key);
        self.kept.insert(hash, (key, entry));
    }

    /// Forgets all of it: the file may have changed.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        self.near = 0;
        self.size = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::DeviceState;
    use crate::model::ids::{RunId, UserId};
    use crate::model::request::DeviceType::{self, Sms, Voice};

    #[test]
    fn only_small_steps_forward_are_read_ahead_of_and_ever_further() {
        let mut ahead = ReadAhead::default();
        let wanted: Vec<Option<u64>> = (1..=9)
            .map(|number| ahead.looked_up(number * 2).map(|wanted| wanted.count))
            .collect();
        assert_eq!(wanted[..7], [None; 7]);
        assert_eq!(wanted[7..], [Some(16), Some(32)]);
        for _ in 0..20 {
            ahead.looked_up(ahead.last + 1);
        }
        let count = MOST;
        let after = ahead.last + NEAR;
        assert_eq!(ahead.looked_up(after), Some(ReadRange { after, count }));
        assert_eq!(ahead.looked_up(after + NEAR + 1), None, "too far");
        assert_eq!(ahead.looked_up(3), None, "backward");
    }

    #[test]
    fn the_same_entry_over_and_over_is_no_step_forward() {
        let mut ahead = ReadAhead::default();
        let wanted = (0..20).find_map(|_| ahead.looked_up(7));
        assert_eq!(wanted, None);
    }

    #[test]
    fn what_nobody_asked_for_is_forgotten_once_it_is_too_much() {
        for (kept, left) in [(KEPT, KEPT), (KEPT + 1, 0)] {
            let mut ahead = ReadAhead::default();
            for number in 1..=kept as u64 {
                let mut user = [0; 16];
                user[..8].copy_from_slice(&number.to_be_bytes());
                let address = "15125551234".to_owned();
                let key = Key {
                    user: UserId::from_bytes(user),
                    kind: Sms,
                    address,
                };
                ahead.keep(key, entry(number));
            }
            for _ in 0..8 {
                ahead.looked_up(ahead.last + 1);
            }
            assert_eq!(ahead.kept.len(), left);
        }
    }

    fn entry(number: u64) -> LedgerEntry {
        LedgerEntry {
            number,
            ..LedgerEntry::new(DeviceState::Created, RunId::from_bytes([0; 16]))
        }
    }

    #[test]
    fn an_entry_is_given_once_and_for_its_own_key_alone() {
        let key = |user, kind: DeviceType, address: &str| Key {
            user: UserId::from_bytes([user; 16]),
            kind,
            address: address.to_owned(),
        };
        let mut ahead = ReadAhead::default();
        ahead.keep(key(1, Sms, "15125551234"), entry(7));
        for other in [
            key(2, Sms, "15125551234"),
            key(1, Voice, "15125551234"),
            key(1, Sms, "15125551235"),
        ] {
            assert_eq!(ahead.take(&other), None, "{other:?}");
            // Two keys may have one hash.
            let (ours, theirs) = (key(1, Sms, "15125551234"), ahead.hasher.hash_one(&other));
            let kept = ahead.kept.remove(&ahead.hasher.hash_one(&ours)).unwrap();
            ahead.kept.insert(theirs, kept);
            assert_eq!(ahead.take(&other), None, "{other:?}");
            ahead.kept.clear();
            ahead.keep(ours, entry(7));
        }
        let ours = key(1, Sms, "15125551234");
        assert_eq!(ahead.take(&ours).map(|entry| entry.number), Some(7));
        assert_eq!(ahead.take(&ours), None);
        ahead.keep(key(1, Sms, "15125551234"), entry(7));
        ahead.forget();
        assert_eq!(ahead.take(&ours), None);
    }
}

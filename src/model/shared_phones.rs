//! Phones that stand with more than one user in a file.
//!
//! That may be meant (one phone of a team, one person with two accounts) and may be a
//! slip of whoever filled the column down, so it is told and hinders nothing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};

use super::ids::UserId;
use super::phone::E164;

/// How many phones stand with more than one user, and where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SharedPhones {
    /// How many phones.
    pub phones: u64,
    /// The line of the first row of one of them, and that of the first row of another user with the
    /// same phone.
    pub example: [u64; 2],
}

/// Notes with whom each phone stands first: sixteen bytes for each phone, and a share of the table.
#[derive(Debug)]
pub(crate) struct PhoneBook {
    // Many small tables: one that doubles holds its old half only for a sixty-fourth of the phones.
    tables: Vec<HashMap<E164, First>>,
    hasher: RandomState,
    found: Option<SharedPhones>,
}

/// With whom a phone stands first, by a digest: a warning that two users' digests hide, once in
/// four billion, is no loss.
#[derive(Clone, Copy, Debug)]
struct First {
    user: u32,
    /// Zero once another user was found.
    line: u32,
}

const TABLES: usize = 64;

impl Default for PhoneBook {
    fn default() -> Self {
        Self {
            tables: vec![HashMap::new(); TABLES],
            hasher: RandomState::new(),
            found: None,
        }
    }
}

impl PhoneBook {
    /// Notes for whom the row on a line asks for a device, and with which phone; rows come in their order.
    pub(crate) fn note(&mut self, line: u64, user: UserId, phone: E164) {
        let low = |hash: u64| u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
        let user = low(self.hasher.hash_one(user));
        let table = low(self.hasher.hash_one(phone)) as usize % TABLES;
        match self.tables[table].entry(phone) {
            Entry::Vacant(vacant) => {
                let line = u32::try_from(line).unwrap_or(u32::MAX);
                vacant.insert(First { user, line });
            }
            Entry::Occupied(mut known) => {
                let first = known.get_mut();
                if first.line != 0 && first.user != user {
                    let lines = [u64::from(first.line), line];
                    let found = self.found.get_or_insert(SharedPhones {
                        phones: 0,
                        example: lines,
                    });
                    found.phones += 1;
                    first.line = 0;
                }
            }
        }
    }

    /// What was found so far; `None` where every phone stands with one user.
    pub(crate) fn shared(&self) -> Option<SharedPhones> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes through rows of a user and the last digits of a phone.
    fn found(rows: &[(u8, u64)]) -> Option<(u64, [u64; 2])> {
        let mut book = PhoneBook::default();
        for (number, &(user, phone)) in (1..).zip(rows) {
            let phone = E164::from_digits(&format!("4479111{phone:05}")).unwrap();
            book.note(number, UserId::from_bytes([user; 16]), phone);
        }
        let found = book.shared()?;
        Some((found.phones, found.example))
    }

    #[test]
    fn a_phone_with_two_users_is_counted_once_and_the_first_one_is_the_example() {
        for (rows, expected) in [
            (&[][..], None),
            (&[(1, 1), (2, 2), (3, 3)], None),
            (&[(1, 1), (1, 1), (1, 2)], None),
            (&[(1, 1), (2, 1)], Some((1, [1, 2]))),
            (&[(1, 1), (1, 1), (2, 1), (3, 1), (1, 1)], Some((1, [1, 3]))),
            (&[(1, 1), (2, 2), (3, 2), (4, 1)], Some((2, [2, 3]))),
        ] {
            assert_eq!(found(rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn there_is_room_for_twice_as_many_phones_at_most() {
        assert_eq!(size_of::<(E164, First)>(), 16);
        let mut book = PhoneBook::default();
        for number in 0..250_000_u64 {
            let phone = E164::from_digits(&(447_000_000_000 + number).to_string()).unwrap();
            book.note(number + 1, UserId::from_bytes([7; 16]), phone);
        }
        let places: usize = book.tables.iter().map(HashMap::capacity).sum();
        assert!(places < 500_000, "{places}");
        assert_eq!(book.shared(), None);
    }
}

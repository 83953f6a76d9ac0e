//! With which user, and which device, each phone of a file stands first.

use super::compact_table::{CompactTable, Slot};
use super::fingerprints::Fingerprints;
use super::phone::E164;
use super::request::DeviceType;
use super::row::RowNumber;
use super::row_lines::RowLines;
use super::unresolved::UserRef;

/// What a row asks for, as far as its phone is compared with those of others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhoneUse<'a> {
    /// The row.
    pub row: RowNumber,
    /// The line on which it starts.
    pub line: u64,
    /// For whom.
    pub user: &'a UserRef,
    /// What kind of device.
    pub kind: DeviceType,
    /// Whether its user and its policy are known.
    pub is_resolved: bool,
}

/// What the rows of a file before a row have to do with its phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PhoneBefore {
    /// Nobody has looked.
    NotLooked,
    /// No row has it.
    First,
    /// The first row that has it asks for the same device.
    SameDevice(RowNumber),
    /// The first row that has it asks for another device: a later one may ask for the same.
    OtherDevice,
}

/// Where a phone stands with another user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shared {
    /// The line of the first row with it.
    pub line: u64,
    /// Whether no row before said so.
    pub is_new: bool,
}

/// Notes with whom each phone stands first: twenty bytes for each phone, and a sixth to a third of
/// that in free places.
#[derive(Debug, Default)]
pub(crate) struct PhoneBook {
    firsts: CompactTable<First>,
    lines: RowLines,
    fingerprints: Fingerprints,
}

impl PhoneBook {
    /// Notes what a row asks for; rows come in their order. Tells what earlier ones have to do with
    /// its phone, and where it stands with another user.
    pub(crate) fn note(
        &mut self,
        phone: E164,
        asks: &PhoneUse<'_>,
    ) -> (PhoneBefore, Option<Shared>) {
        self.lines.note(asks.row, asks.line);
        let user = self.fingerprints.of(asks.user);
        let this = First::new(phone, asks, user);
        let Some(first) = self.firsts.find_or_insert(this) else {
            return (PhoneBefore::First, None);
        };
        let row = first.row();
        if first.is_same_user(&this) {
            let before = if first.is_same_kind(&this) {
                PhoneBefore::SameDevice(row)
            } else {
                PhoneBefore::OtherDevice
            };
            return (before, None);
        }
        let is_new = first.note_sharing();
        let line = self.lines.of(row);
        (PhoneBefore::OtherDevice, Some(Shared { line, is_new }))
    }
}

/// The first row that has a phone.
///
/// The phone itself and the kind of device stand in it whole. The user stands in it as 74 bits of a
/// digest by a key of this process alone, which no file can be made for. It is compared only where
/// a phone comes again: of ten million rows that all do, the chance that one is told a wrong user is
/// one in 10^15.
#[derive(Clone, Copy, Debug)]
struct First {
    row: u32,
    /// From the lowest bit: the phone (50), what it is asked for (3), whether it is known to be
    /// shared (1), and ten bits of the user.
    phone: [u32; 2],
    user: [u32; 2],
}

const PHONE: u64 = (1 << 50) - 1;
const ASKED: u64 = 0b111 << 50;
const SHARED: u64 = 1 << 53;
const USER: u64 = !(PHONE | ASKED | SHARED);

impl Slot for First {
    type Key = u64;
    const EMPTY: Self = Self {
        row: 0,
        phone: [0; 2],
        user: [0; 2],
    };

    fn key(&self) -> Option<u64> {
        (self.row != 0).then_some(joined(self.phone) & PHONE)
    }
}

impl First {
    fn new(phone: E164, asks: &PhoneUse<'_>, user: [u64; 2]) -> Self {
        let asked = asks.kind as u64 | u64::from(asks.is_resolved) << 2;
        Self {
            row: u32::try_from(asks.row.0).unwrap_or(u32::MAX),
            phone: halves(phone.value() & PHONE | asked << 50 | user[1] & USER),
            user: halves(user[0]),
        }
    }

    fn row(&self) -> RowNumber {
        RowNumber(u64::from(self.row))
    }

    fn is_same_user(&self, other: &Self) -> bool {
        self.user == other.user && joined(self.phone) & USER == joined(other.phone) & USER
    }

    fn is_same_kind(&self, other: &Self) -> bool {
        joined(self.phone) & ASKED == joined(other.phone) & ASKED
    }

    /// Notes that another user has the phone; tells whether that is new.
    fn note_sharing(&mut self) -> bool {
        let before = joined(self.phone);
        self.phone = halves(before | SHARED);
        before & SHARED == 0
    }
}

/// Two halves take no room that eight bytes would be moved apart for.
fn halves(whole: u64) -> [u32; 2] {
    let low = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or_default();
    [low(whole >> 32), low(whole)]
}

fn joined([high, low]: [u32; 2]) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::UserId;

    fn phone(last: u64) -> E164 {
        E164::from_digits(&format!("4479111{last:05}")).unwrap()
    }

    fn user(number: u8) -> UserRef {
        UserRef::Id(UserId::from_bytes([number; 16]))
    }

    fn asking(row: u64, user: &UserRef) -> PhoneUse<'_> {
        PhoneUse {
            row: RowNumber(row),
            line: row + 1,
            user,
            kind: DeviceType::Sms,
            is_resolved: true,
        }
    }

    #[test]
    fn a_phone_with_another_user_is_told_by_the_line_of_its_first_row() {
        for (rows, told) in [
            (&[][..], &[][..]),
            (&[(1, 1), (2, 2), (3, 3)], &[]),
            (&[(1, 1), (1, 1), (1, 2)], &[]),
            (&[(1, 1), (2, 1)], &[(2, 2, true)]),
            (
                &[(1, 1), (1, 1), (2, 1), (3, 1), (1, 1)],
                &[(3, 2, true), (4, 2, false)],
            ),
            (
                &[(1, 1), (2, 2), (3, 2), (4, 1)],
                &[(3, 3, true), (4, 2, true)],
            ),
        ] {
            let mut book = PhoneBook::default();
            let mut found = Vec::new();
            for (row, &(whose, last)) in (1..).zip(rows) {
                let (_, shared) = book.note(phone(last), &asking(row, &user(whose)));
                found.extend(shared.map(|shared| (row, shared.line, shared.is_new)));
            }
            assert_eq!(found, told, "{rows:?}");
        }
    }

    #[test]
    fn the_same_device_is_told_from_every_other_with_its_phone() {
        use PhoneBefore as Before;
        let [one, other] = [1, 2].map(user);
        let first = asking(3, &one);
        for (asks, before) in [
            (asking(4, &one), Before::SameDevice(RowNumber(3))),
            (asking(4, &other), Before::OtherDevice),
            (
                PhoneUse {
                    kind: DeviceType::Voice,
                    ..asking(4, &one)
                },
                Before::OtherDevice,
            ),
            (
                PhoneUse {
                    is_resolved: false,
                    ..asking(4, &one)
                },
                Before::OtherDevice,
            ),
        ] {
            let mut book = PhoneBook::default();
            assert_eq!(book.note(phone(1), &first).0, Before::First);
            assert_eq!(book.note(phone(1), &asks).0, before, "{asks:?}");
            assert_eq!(book.note(phone(2), &asks).0, Before::First);
            assert_eq!(
                book.note(phone(1), &first).0,
                Before::SameDevice(RowNumber(3))
            );
        }
    }

    #[test]
    fn every_kind_of_device_and_the_longest_phone_keep_their_bits_apart() {
        let longest = E164::from_digits("999999999999999").unwrap();
        for kind in DeviceType::ALL {
            for is_resolved in [false, true] {
                let user = user(1);
                let asks = PhoneUse {
                    kind,
                    is_resolved,
                    ..asking(1, &user)
                };
                let mut slot = First::new(longest, &asks, [u64::MAX; 2]);
                assert_eq!(slot.key(), Some(longest.value()));
                assert!(slot.note_sharing() && !slot.note_sharing());
                assert_eq!(slot.key(), Some(longest.value()));
                let same = First::new(longest, &asks, [u64::MAX; 2]);
                assert!(slot.is_same_kind(&same) && slot.is_same_user(&same));
                for bit in 0..64 {
                    let other = First::new(longest, &asks, [u64::MAX ^ 1 << bit, u64::MAX]);
                    assert!(!slot.is_same_user(&other), "bit {bit}");
                }
                for bit in 54..64 {
                    let other = First::new(longest, &asks, [u64::MAX, u64::MAX ^ 1 << bit]);
                    assert!(!slot.is_same_user(&other), "bit {bit}");
                }
            }
        }
    }

    #[test]
    fn a_phone_takes_twenty_bytes_and_a_third_more_at_most() {
        assert_eq!(size_of::<First>(), 20);
        let mut book = PhoneBook::default();
        for row in 1..200_000 {
            let phone = E164::from_digits(&(447_000_000_000 + row).to_string()).unwrap();
            book.note(phone, &asking(row, &user(7)));
        }
        let places = book.firsts.places();
        assert!(places < 266_666, "{places}");
    }
}

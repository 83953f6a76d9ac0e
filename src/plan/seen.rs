//! Which devices earlier rows of a file asked for.

use std::collections::BTreeMap;
use std::hash::Hash;

use crate::model::compact_table::{CompactTable, Slot};
use crate::model::fingerprints::Fingerprints;
use crate::model::request::DeviceKey;
use crate::model::row::RowNumber;

/// Which devices earlier rows of the same file asked for.
///
/// A device that the ledger has an entry of costs four bytes, by the entry's
/// number; one that it has none of costs sixteen bytes and a sixth to a third of that in free
/// places, by a keyed 96-bit fingerprint: at ten million rows the chance
/// that two of them are confused is one in 10^15.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    known: BTreeMap<u64, Box<[u32; CHUNK]>>,
    unknown: CompactTable<First>,
    fingerprints: Fingerprints,
}

const CHUNK: usize = 4096;

/// The first row that asks for a device, by a fingerprint of that.
#[derive(Clone, Copy, Debug)]
struct First {
    fingerprint: [u32; 3],
    row: u32,
}

impl Slot for First {
    type Key = [u32; 3];
    const EMPTY: Self = Self {
        fingerprint: [0; 3],
        row: 0,
    };

    fn key(&self) -> Option<[u32; 3]> {
        (self.row != 0).then_some(self.fingerprint)
    }
}

impl Seen {
    /// Notes that `row` asks for a device, and tells which earlier row did so first.
    ///
    /// `entry` is the number of the device's entry in the ledger, if it has one; an
    /// entry must not appear or vanish while a file is gone through.
    pub(crate) fn earlier(
        &mut self,
        key: &DeviceKey,
        entry: Option<u64>,
        row: RowNumber,
    ) -> Option<RowNumber> {
        match entry {
            Some(entry) => take(self.known_slot(entry), row),
            None => self.earlier_alike(key, row),
        }
    }

    /// The same of a device of a user who is not known yet, by what is known of it.
    pub(crate) fn earlier_alike(&mut self, known: &impl Hash, row: RowNumber) -> Option<RowNumber> {
        let this = First {
            fingerprint: self.fingerprint(known),
            row: short(row),
        };
        let first = self.unknown.find_or_insert(this)?;
        Some(RowNumber(u64::from(first.row)))
    }

    /// Notes that a device which had no entry when its row was taken up has one now.
    pub(crate) fn entered(&mut self, entry: u64, row: RowNumber) {
        let slot = self.known_slot(entry);
        if *slot == 0 {
            *slot = short(row);
        }
    }

    fn known_slot(&mut self, entry: u64) -> &mut u32 {
        let place = usize::try_from(entry % CHUNK as u64).unwrap_or_default();
        let chunk = self
            .known
            .entry(entry / CHUNK as u64)
            .or_insert_with(|| Box::new([0; CHUNK]));
        &mut chunk[place]
    }

    fn fingerprint(&self, key: &impl Hash) -> [u32; 3] {
        let [one, two, three, _] = self.fingerprints.in_parts(key);
        [one, two, three]
    }
}

/// The number of a row, of which there are fewer than four billion.
fn short(row: RowNumber) -> u32 {
    u32::try_from(row.0).unwrap_or(u32::MAX)
}

/// Takes a slot that nobody has; tells who has it otherwise.
fn take(slot: &mut u32, row: RowNumber) -> Option<RowNumber> {
    if *slot != 0 {
        return Some(RowNumber(u64::from(*slot)));
    }
    *slot = short(row);
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::UserId;
    use crate::model::phone::E164;
    use crate::model::request::{Address, DeviceType};
    use crate::model::samples;

    fn key(number: u64) -> DeviceKey {
        let digits = (15_125_550_000 + number).to_string();
        DeviceKey {
            address: Address::Phone(E164::from_digits(&digits).unwrap()),
            ..samples::key(7)
        }
    }

    #[test]
    fn the_second_row_for_a_device_is_told_which_was_the_first() {
        let mut seen = Seen::default();
        assert_eq!(seen.earlier(&key(1), None, RowNumber(1)), None);
        assert_eq!(seen.earlier(&key(2), Some(9_000), RowNumber(2)), None);
        assert_eq!(
            seen.earlier(&key(1), None, RowNumber(3)),
            Some(RowNumber(1))
        );
        assert_eq!(
            seen.earlier(&key(2), Some(9_000), RowNumber(4)),
            Some(RowNumber(2))
        );
        seen.entered(77, RowNumber(5));
        assert_eq!(
            seen.earlier(&key(3), Some(77), RowNumber(6)),
            Some(RowNumber(5))
        );
    }

    #[test]
    fn another_type_or_user_with_the_same_phone_is_another_device() {
        let mut seen = Seen::default();
        assert_eq!(seen.earlier(&key(1), None, RowNumber(1)), None);
        let sms = DeviceKey {
            kind: DeviceType::Sms,
            ..key(1)
        };
        assert_eq!(seen.earlier(&sms, None, RowNumber(2)), None);
        let other = DeviceKey {
            user: UserId::from_bytes([8; 16]),
            ..key(1)
        };
        assert_eq!(seen.earlier(&other, None, RowNumber(3)), None);
    }

    #[test]
    fn entries_that_lie_together_are_told_apart_and_share_their_room() {
        let mut seen = Seen::default();
        let entries = [5, 6, 4_095, 4_096, 4_101, 9_000, 9_001];
        for (entry, row) in entries.into_iter().zip(1..) {
            assert_eq!(seen.earlier(&key(1), Some(entry), RowNumber(row)), None);
        }
        for (entry, row) in entries.into_iter().zip(1..) {
            let again = seen.earlier(&key(1), Some(entry), RowNumber(99));
            assert_eq!(again, Some(RowNumber(row)), "entry {entry}");
        }
        assert_eq!(seen.known.len(), 3, "one chunk for 4096 entries");
    }

    #[test]
    fn a_device_that_got_its_entry_twice_was_asked_for_by_the_first_row() {
        let mut seen = Seen::default();
        for (entry, row) in [(77, 5), (4_173, 6), (77, 7)] {
            seen.entered(entry, RowNumber(row));
        }
        for (entry, row) in [(77, 5), (4_173, 6)] {
            let earlier = seen.earlier(&key(1), Some(entry), RowNumber(8));
            assert_eq!(earlier, Some(RowNumber(row)), "entry {entry}");
        }
        assert_eq!(seen.known.len(), 2, "one chunk for 4096 entries");
    }

    #[test]
    fn a_fingerprint_has_96_bits_of_its_own() {
        let seen = Seen::default();
        let bytes: Vec<Vec<u8>> = (0..4_096)
            .map(|number| seen.fingerprint(&key(number)))
            .map(|words| words.map(u32::to_ne_bytes).as_flattened().to_vec())
            .collect();
        for (one, other) in (0..12).flat_map(|one| (0..one).map(move |other| (one, other))) {
            assert!(
                bytes.iter().any(|bytes| bytes[one] != bytes[other]),
                "bytes {one} and {other} are the same"
            );
        }
    }
}

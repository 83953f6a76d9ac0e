//! A table of small records that wastes little room, for what is kept of each row of a wave.
//!
//! A table of the standard library doubles: half of it may be empty, and while it grows its old
//! half is there as well. This one is a few tables that grow by a sixteenth, page by page: a page
//! stays where it is, so that the memory is not cut into pieces of ever other sizes.

use std::hash::{BuildHasher, Hash, RandomState};

/// A record of a table, found by its key.
pub(crate) trait Slot: Copy {
    /// What tells it from others.
    type Key: Hash + PartialEq;

    /// A place without a record.
    const EMPTY: Self;

    /// Its key; nothing where the place has no record.
    fn key(&self) -> Option<Self::Key>;
}

/// Records by their keys; none is taken out again.
#[derive(Debug)]
pub(crate) struct CompactTable<S> {
    parts: Vec<Part<S>>,
    /// The records of a part while it grows.
    moved: Vec<S>,
    hasher: RandomState,
}

#[derive(Clone, Debug)]
struct Part<S> {
    pages: Vec<Box<[S]>>,
    filled: usize,
}

/// How many tables there are: what one of them has twice while it grows is little then.
const PARTS: usize = 32;
/// How many places a page has.
const PAGE: usize = 128;

impl<S: Slot> Default for CompactTable<S> {
    fn default() -> Self {
        Self {
            parts: Vec::new(),
            moved: Vec::new(),
            hasher: RandomState::new(),
        }
    }
}

impl<S: Slot> CompactTable<S> {
    /// The record with the key of `new`, where there is one; else `new` is put in.
    pub(crate) fn find_or_insert(&mut self, new: S) -> Option<&mut S> {
        let key = new.key()?;
        if self.parts.is_empty() {
            self.parts = (0..PARTS).map(|_| Part::new()).collect();
        }
        let hash = self.hasher.hash_one(&key);
        let part = &mut self.parts[share(hash, PARTS)];
        if part.is_full() {
            part.grow(&self.hasher, &mut self.moved);
        }
        let place = part.place_of(&key, hash);
        if part.slot(place).key().is_some() {
            return Some(part.slot(place));
        }
        *part.slot(place) = new;
        part.filled += 1;
        None
    }

    /// How many records there is room for.
    #[cfg(test)]
    pub(crate) fn places(&self) -> usize {
        self.parts.iter().map(Part::places).sum()
    }
}

impl<S: Slot> Part<S> {
    fn new() -> Self {
        Self {
            pages: vec![page()],
            filled: 0,
        }
    }

    fn places(&self) -> usize {
        self.pages.len() * PAGE
    }

    fn slot(&mut self, place: usize) -> &mut S {
        &mut self.pages[place / PAGE][place % PAGE]
    }

    /// Whether another record would make the search for one long.
    fn is_full(&self) -> bool {
        self.filled * 7 >= self.places() * 6
    }

    fn grow(&mut self, hasher: &RandomState, moved: &mut Vec<S>) {
        let records = self.pages.iter().flatten();
        moved.extend(records.filter(|slot| slot.key().is_some()));
        for page in &mut self.pages {
            page.fill(S::EMPTY);
        }
        let more = (self.pages.len() / 16).max(1);
        self.pages.extend((0..more).map(|_| page()));
        for record in moved.drain(..) {
            if let Some(key) = record.key() {
                let place = self.place_of(&key, hasher.hash_one(&key));
                *self.slot(place) = record;
            }
        }
    }

    /// Where the record with a key is, or would be: the next place behind its own that is its or
    /// nobody's. There is always one.
    fn place_of(&self, key: &S::Key, hash: u64) -> usize {
        // The part was told by the upper bits.
        let (mut place, places) = (share(hash << 32, self.places()), self.places());
        let is_another = |place: usize| {
            let slot = &self.pages[place / PAGE][place % PAGE];
            slot.key().is_some_and(|other| other != *key)
        };
        while is_another(place) {
            place = (place + 1) % places;
        }
        place
    }
}

fn page<S: Slot>() -> Box<[S]> {
    vec![S::EMPTY; PAGE].into()
}

/// One of so many, by the upper 32 bits of a hash.
fn share(hash: u64, of: usize) -> usize {
    let share = ((hash >> 32) * of as u64) >> 32;
    usize::try_from(share).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Numbered([u32; 3]);

    impl Slot for Numbered {
        type Key = u64;
        const EMPTY: Self = Self([0; 3]);

        fn key(&self) -> Option<u64> {
            let Self([high, low, value]) = *self;
            (value != 0).then_some(u64::from(high) << 32 | u64::from(low))
        }
    }

    fn record(number: u32) -> Numbered {
        // Keys that differ in the upper half alone are told apart as well.
        Numbered([number / 2, number % 2, number + 1])
    }

    #[test]
    fn a_record_is_found_by_its_key_however_often_its_part_has_grown() {
        const MOST: u32 = 40_000;
        let mut table = CompactTable::default();
        for number in 0..MOST {
            assert_eq!(table.find_or_insert(record(number)), None, "{number}");
        }
        for number in 0..MOST {
            let Numbered([high, low, _]) = record(number);
            let found = table.find_or_insert(Numbered([high, low, 7]));
            assert_eq!(found, Some(&mut record(number)));
        }
    }

    #[test]
    fn what_is_changed_in_a_record_stays_changed() {
        let mut table = CompactTable::default();
        assert_eq!(table.find_or_insert(record(4)), None);
        table.find_or_insert(record(4)).unwrap().0[2] = 99;
        assert_eq!(table.find_or_insert(record(4)).unwrap().0[2], 99);
    }

    #[test]
    fn a_record_without_a_key_is_not_put_in() {
        let mut table = CompactTable::default();
        assert_eq!(table.find_or_insert(Numbered::EMPTY), None);
        assert_eq!(table.places(), 0);
    }

    #[test]
    fn at_most_a_third_more_places_than_records_are_there_in_any_large_table() {
        let mut table = CompactTable::default();
        for number in 0..300_000 {
            table.find_or_insert(record(number));
            if number >= 100_000 && number % 1_000 == 0 {
                let (places, records) = (table.places(), number as usize + 1);
                assert!(places * 3 <= records * 4, "{places} for {records}");
            }
        }
    }
}

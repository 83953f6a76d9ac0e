//! What to do with a row: send, look, or neither. Pure.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::model::request::DeviceKey;
use crate::model::row::RowNumber;

/// Which devices earlier rows of the same file asked for.
///
/// A device that the ledger has an entry of costs four bytes, by the entry's
/// number; one that it has none of costs sixteen bytes and a share of the table
/// (48 at most), by a keyed 96-bit fingerprint: at ten million rows the chance
/// that two of them are confused is one in 10^15.
#[derive(Debug)]
pub struct Seen {
    known: BTreeMap<u64, Box<[u32; CHUNK]>>,
    // Many small tables: one that doubles holds its old half only for a sixty-fourth of the rows.
    unknown: Vec<HashMap<[u32; 3], u32>>,
    keys: (u64, u64),
}

const CHUNK: usize = 4096;
const TABLES: usize = 64;

impl Default for Seen {
    fn default() -> Self {
        let random = RandomState::new();
        Self {
            known: BTreeMap::new(),
            unknown: vec![HashMap::new(); TABLES],
            keys: (random.hash_one(0), random.hash_one(1)),
        }
    }
}

impl Seen {
    /// Notes that `row` asks for a device, and tells which earlier row did so first.
    ///
    /// `entry` is the number of the device's entry in the ledger, if it has one; an
    /// entry must not appear or vanish while a file is gone through.
    pub fn earlier(
        &mut self,
        key: &DeviceKey,
        entry: Option<u64>,
        row: RowNumber,
    ) -> Option<RowNumber> {
        let number = u32::try_from(row.0).unwrap_or(u32::MAX);
        let slot = match entry {
            Some(entry) => {
                let place = usize::try_from(entry % CHUNK as u64).expect("less than a chunk");
                let chunk = self
                    .known
                    .entry(entry / CHUNK as u64)
                    .or_insert_with(|| Box::new([0; CHUNK]));
                &mut chunk[place]
            }
            None => {
                let (table, fingerprint) = self.fingerprint(key);
                self.unknown[table].entry(fingerprint).or_insert(0)
            }
        };
        if *slot != 0 {
            return Some(RowNumber(u64::from(*slot)));
        }
        *slot = number;
        None
    }

    fn fingerprint(&self, key: &DeviceKey) -> (usize, [u32; 3]) {
        use std::hash::Hash;
        let mut hasher = SipHasher13::new_with_keys(self.keys.0, self.keys.1);
        key.hash(&mut hasher);
        let bytes = hasher.finish128().as_bytes();
        let word = |at: usize| {
            u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        (usize::from(bytes[15]) % TABLES, [word(0), word(4), word(8)])
    }
}

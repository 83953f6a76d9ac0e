//! What to do with a row: send, look, or neither. Pure.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::model::entry::{DeviceState, LedgerEntry};
use crate::model::outcome::Outcome;
use crate::model::request::DeviceKey;
use crate::model::row::RowNumber;

/// What a device that exists already means for a row that was never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// The user's devices are listed before the first create.
    Skip,
    /// The ledger alone is trusted, which saves that request; only one that has proved itself is.
    Ledger,
    /// Nobody looks, not even whether the ledger can be trusted: nobody in the tenant has a device yet.
    Unchecked,
}

/// What is to be done about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// List the user's devices, and create the device if it is not there.
    Look,
    /// Create the device.
    Create,
    /// List the user's devices to learn what became of an unanswered request.
    Settle,
    /// Nothing: it is settled.
    Skip(Outcome),
    /// Nothing, for it is created; but the device has yet to be looked at, or is there more than once.
    Audit,
}

/// Decides what to do about a row, given what the ledger knows of its device.
///
/// | the ledger's entry | `--existing skip` | `ledger`, `unchecked` |
/// |---|---|---|
/// | none | look, then create | create |
/// | `rejected`, `failed` | look, then create | create |
/// | … after a request that was sent again | look, then create | look, then create |
/// | … by an answer that may be another's | look, then create | look, then create |
/// | `created`, `found` | skip | skip |
/// | `created`, a last look due, or seen twice | that look | that look |
/// | `several` | look | look |
/// | `in_flight`, `unresolved` | settle | settle |
///
/// No entry in doubt leads to a create: it is settled first, whatever the options.
///
/// `lost_age` is how long ago a request for a created device could have been sent last that was
/// not answered. Its last look is due once that is `settle` ago, and at once where the ID is not known.
pub fn admit(
    entry: Option<&LedgerEntry>,
    existing: Existing,
    lost_age: Option<Duration>,
    settle: Duration,
) -> Admission {
    let ask = match existing {
        Existing::Skip => Admission::Look,
        Existing::Ledger | Existing::Unchecked => Admission::Create,
    };
    let Some(entry) = entry else {
        return ask;
    };
    let due = entry.device.is_none() || lost_age.is_none_or(|age| age >= settle);
    match entry.state {
        DeviceState::Created if entry.audit_owed && due || entry.is_seen_twice() => {
            Admission::Audit
        }
        DeviceState::Created | DeviceState::Found => Admission::Skip(entry.state.outcome()),
        DeviceState::InFlight | DeviceState::Unresolved => Admission::Settle,
        DeviceState::Several => Admission::Look,
        // Settled as absent, and perhaps not: the request that was lost may have been late.
        DeviceState::Rejected | DeviceState::Failed if entry.resends > 0 || entry.unproven => {
            Admission::Look
        }
        DeviceState::Rejected | DeviceState::Failed => ask,
    }
}

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
        let slot = if let Some(entry) = entry {
            self.known_slot(entry)
        } else {
            let (table, fingerprint) = self.fingerprint(key);
            self.unknown[table].entry(fingerprint).or_insert(0)
        };
        if *slot != 0 {
            return Some(RowNumber(u64::from(*slot)));
        }
        *slot = number;
        None
    }

    /// Notes that a device which had no entry when its row was taken up has one now.
    pub fn entered(&mut self, entry: u64, row: RowNumber) {
        let number = u32::try_from(row.0).unwrap_or(u32::MAX);
        let slot = self.known_slot(entry);
        if *slot == 0 {
            *slot = number;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{DeviceId, RunId, UserId};
    use crate::model::outcome::Answer;
    use crate::model::phone::E164;
    use crate::model::request::{Address, DeviceType};

    fn entry(state: DeviceState) -> LedgerEntry {
        LedgerEntry {
            number: 1,
            state,
            device: None,
            created_at: None,
            run: RunId::from_bytes([0; 16]),
            attempts: 1,
            resends: 0,
            was_absent: false,
            doubt: None,
            audit_owed: false,
            lost: None,
            unproven: false,
            refused: None,
            asked_ms: None,
            answer: Answer::default(),
        }
    }

    const HOUR: Duration = Duration::from_hours(1);
    const HALF_HOUR: Duration = Duration::from_mins(30);

    fn admit_now(entry: Option<&LedgerEntry>, existing: Existing) -> Admission {
        admit(entry, existing, None, HOUR)
    }

    #[test]
    fn a_row_is_sent_only_where_nothing_can_be_there_already() {
        use Admission::{Create, Look, Settle, Skip};
        let table = [
            (None, Look, Create),
            (Some(DeviceState::Rejected), Look, Create),
            (Some(DeviceState::Failed), Look, Create),
            (
                Some(DeviceState::Created),
                Skip(Outcome::Created),
                Skip(Outcome::Created),
            ),
            (
                Some(DeviceState::Found),
                Skip(Outcome::Existing),
                Skip(Outcome::Existing),
            ),
            (Some(DeviceState::Several), Look, Look),
            (Some(DeviceState::InFlight), Settle, Settle),
            (Some(DeviceState::Unresolved), Settle, Settle),
        ];
        for (state, skip, trusting) in table {
            let entry = state.map(entry);
            assert_eq!(admit_now(entry.as_ref(), Existing::Skip), skip, "{state:?}");
            for existing in [Existing::Ledger, Existing::Unchecked] {
                assert_eq!(admit_now(entry.as_ref(), existing), trusting, "{state:?}");
            }
        }
        assert_eq!(
            table.len(),
            DeviceState::ALL.len() + 1,
            "every state is in the table"
        );
    }

    #[test]
    fn what_failed_after_a_lost_or_mistaken_answer_is_looked_for_whatever_the_options() {
        for state in [DeviceState::Failed, DeviceState::Rejected] {
            let resent = LedgerEntry {
                resends: 1,
                ..entry(state)
            };
            let unproven = LedgerEntry {
                unproven: true,
                ..entry(state)
            };
            for entry in [resent, unproven] {
                for existing in [Existing::Ledger, Existing::Unchecked] {
                    let admission = admit_now(Some(&entry), existing);
                    assert_eq!(admission, Admission::Look);
                }
            }
        }
    }

    #[test]
    fn a_last_look_is_due_when_the_lost_request_has_settled_and_at_once_without_an_id() {
        for (named, lost_age, expected) in [
            (true, None, Admission::Audit),
            (true, Some(HOUR), Admission::Audit),
            (true, Some(HALF_HOUR), Admission::Skip(Outcome::Created)),
            (false, Some(Duration::ZERO), Admission::Audit),
        ] {
            let owed = LedgerEntry {
                audit_owed: true,
                device: named.then(|| DeviceId::from_bytes([3; 16])),
                ..entry(DeviceState::Created)
            };
            let found = admit(Some(&owed), Existing::Skip, lost_age, HOUR);
            assert_eq!(found, expected, "named {named}, {lost_age:?}");
        }
    }

    #[test]
    fn a_device_of_ours_is_looked_at_again_while_that_is_owed_or_it_was_seen_twice() {
        let created = entry(DeviceState::Created);
        let owed = LedgerEntry {
            audit_owed: true,
            ..created.clone()
        };
        let twice = LedgerEntry {
            answer: Answer {
                code: Some("duplicate_found".to_owned()),
                ..Answer::default()
            },
            ..created
        };
        for entry in [owed, twice] {
            for existing in [Existing::Skip, Existing::Ledger, Existing::Unchecked] {
                assert_eq!(admit_now(Some(&entry), existing), Admission::Audit);
            }
        }
    }

    fn key(number: u64) -> DeviceKey {
        DeviceKey {
            user: UserId::from_bytes([7; 16]),
            kind: DeviceType::WhatsApp,
            address: Address::Phone(
                E164::from_digits(&(15_125_550_000 + number).to_string()).unwrap(),
            ),
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
    fn a_device_that_got_its_entry_twice_was_asked_for_by_the_first_of_the_rows() {
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
    fn a_fingerprint_has_96_bits_of_its_own_and_fingerprints_fill_every_table() {
        let seen = Seen {
            keys: (1, 2),
            ..Seen::default()
        };
        let (tables, words): (Vec<_>, Vec<_>) =
            (0..4_096).map(|n| seen.fingerprint(&key(n))).unzip();
        for table in 0..TABLES {
            assert!(tables.contains(&table), "table {table} is never used");
        }
        let bytes: Vec<Vec<u8>> = words
            .into_iter()
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

//! Phones that stand with more than one user in a file.
//!
//! That may be meant (one phone of a team, one person with two accounts) and may be a
//! slip of whoever filled the column down. What is done about it is asked for: it is told and
//! hinders nothing, it is refused, or it is fine.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::invalid::{Invalid, InvalidCode, Problem};
use super::phone::E164;
use super::unresolved::{NameTrouble, UserRef};
use super::valid_row::ValidRow;
use super::validate::{JudgedRow, Unasked};
use super::warning::Warning;

/// What is done about a phone that stands with two users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// The results tell of it, and so does a dry run.
    #[default]
    Warn,
    /// Every row but the first user's is invalid.
    Reject,
    /// Nothing.
    Allow,
}

/// What is done about shared phones, and which ones are fine.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharingRule {
    sharing: Sharing,
    allowed: Arc<HashSet<E164>>,
}

impl SharingRule {
    /// A rule, and the phones that may stand with several users under any.
    pub(crate) fn new(sharing: Sharing, allowed: HashSet<E164>) -> Self {
        Self {
            sharing,
            allowed: Arc::new(allowed),
        }
    }

    /// The digits of the phones that may stand with several users under any, one a line and in one
    /// order.
    pub(crate) fn allowed(&self) -> String {
        let mut phones: Vec<_> = self.allowed.iter().map(|phone| phone.digits()).collect();
        phones.sort_unstable();
        phones.join("\n")
    }

    /// The rule for whoever writes what becomes of the rows, which tells and refuses.
    pub(crate) fn of_results(&self) -> Sharers {
        self.sharers(self.sharing != Sharing::Allow)
    }

    /// The rule for whoever only sends, which refuses alone: nobody hears of a warning then, and a
    /// run has to fit into little memory however long the wave is.
    pub(crate) fn of_run(&self) -> Sharers {
        self.sharers(self.sharing == Sharing::Reject)
    }

    fn sharers(&self, looks: bool) -> Sharers {
        Sharers {
            rule: self.clone(),
            book: looks.then(PhoneBook::default),
        }
    }
}

/// Judges the rows of a wave, in their order, by the users that their phones stand with.
#[derive(Debug)]
pub(crate) struct Sharers {
    rule: SharingRule,
    /// Nothing where nobody wants to know.
    book: Option<PhoneBook>,
}

impl Sharers {
    /// Tells or refuses a row with the phone of another user's row before it.
    pub(crate) fn judge(&mut self, row: &mut JudgedRow) {
        let Some(book) = &mut self.book else {
            return;
        };
        let (user, address, warnings) = match &mut row.verdict {
            Ok(ValidRow { request, warnings }) => {
                let key = &request.key;
                (UserRef::Id(key.user), &key.address, warnings)
            }
            // Nobody knows yet whose it is: another name may be another user's.
            Err(Unasked::Unresolved(row)) if row.trouble == NameTrouble::NotAsked => {
                (row.user.clone(), &row.address, &mut row.warnings)
            }
            Err(Unasked::Unresolved(_) | Unasked::Invalid(_)) => return,
        };
        let Some(phone) = address.phone() else {
            return;
        };
        if self.rule.allowed.contains(&phone) {
            return;
        }
        let Some(Shared { line, is_new }) = book.note(row.line, &user, phone) else {
            return;
        };
        if self.rule.sharing == Sharing::Reject {
            row.verdict = Err(Unasked::Invalid(Invalid::from(Problem::new(
                InvalidCode::PhoneShared,
                format!(
                    "line {line} has the same phone with another user; write this user's own \
                     phone, or name a file of phones that may be shared with --shared-phones-file"
                ),
            ))));
        } else {
            warnings.push(Warning::SharedPhone { line, is_new });
        }
    }
}

/// Reads phones that may be shared: one a line, in international format; `#` begins a remark.
///
/// # Errors
///
/// The number of the first line, from 1, that is no phone, and why.
pub(crate) fn allowed_phones(text: &str) -> Result<HashSet<E164>, (usize, Problem)> {
    let mut phones = HashSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (phone, _) = E164::parse(line).map_err(|problem| (number, problem))?;
        phones.insert(phone);
    }
    Ok(phones)
}

/// How many phones stand with more than one user, and where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SharedPhones {
    /// How many phones.
    pub phones: u64,
    /// The line of the first row of one of them, and that of the first row of another user with the
    /// same phone.
    pub example: [u64; 2],
}

impl SharedPhones {
    /// Counts a phone; `lines` is where it stands with two users.
    pub(crate) fn add(found: &mut Option<Self>, lines: [u64; 2]) {
        let none = Self {
            phones: 0,
            example: lines,
        };
        found.get_or_insert(none).phones += 1;
    }
}

/// Where a phone stands with another user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shared {
    /// The line of the first row with it.
    line: u64,
    /// Whether no row before said so.
    is_new: bool,
}

/// Notes with whom each phone stands first: sixteen bytes for each phone, and a share of the table.
#[derive(Debug)]
struct PhoneBook {
    // Many small tables: one that doubles holds its old half only for a sixty-fourth of the phones.
    tables: Vec<HashMap<E164, First>>,
    hasher: RandomState,
}

/// With whom a phone stands first, by a digest: a warning that two users' digests hide, once in
/// four billion, is no loss.
#[derive(Clone, Copy, Debug)]
struct First {
    user: u32,
    /// With the highest bit set once another user was found.
    line: u32,
}

const FOUND: u32 = 1 << 31;

const TABLES: usize = 64;

impl Default for PhoneBook {
    fn default() -> Self {
        Self {
            tables: vec![HashMap::new(); TABLES],
            hasher: RandomState::new(),
        }
    }
}

impl PhoneBook {
    /// Notes for whom the row on a line asks for a device, and with which phone; rows come in their
    /// order. Tells where the phone stands with another user.
    fn note(&mut self, line: u64, user: &UserRef, phone: E164) -> Option<Shared> {
        let low = |hash: u64| u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
        let user = low(self.hasher.hash_one(user));
        let table = low(self.hasher.hash_one(phone)) as usize % TABLES;
        match self.tables[table].entry(phone) {
            Entry::Vacant(vacant) => {
                let line = u32::try_from(line).unwrap_or(u32::MAX) & !FOUND;
                vacant.insert(First { user, line });
                None
            }
            Entry::Occupied(mut known) => {
                let first = known.get_mut();
                if first.user == user {
                    return None;
                }
                let is_new = first.line & FOUND == 0;
                first.line |= FOUND;
                Some(Shared {
                    line: u64::from(first.line & !FOUND),
                    is_new,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::UserId;

    fn phone(last: u64) -> E164 {
        E164::from_digits(&format!("4479111{last:05}")).unwrap()
    }

    #[test]
    fn a_phone_with_another_user_is_told_by_the_line_of_its_first_row() {
        for (rows, told) in [
            (&[][..], &[][..]),
            (&[(1, 1), (2, 2), (3, 3)], &[]),
            (&[(1, 1), (1, 1), (1, 2)], &[]),
            (&[(1, 1), (2, 1)], &[(2, 1, true)]),
            (
                &[(1, 1), (1, 1), (2, 1), (3, 1), (1, 1)],
                &[(3, 1, true), (4, 1, false)],
            ),
            (
                &[(1, 1), (2, 2), (3, 2), (4, 1)],
                &[(3, 2, true), (4, 1, true)],
            ),
        ] {
            let mut book = PhoneBook::default();
            let mut found = Vec::new();
            for (line, &(user, last)) in (1..).zip(rows) {
                let shared = book.note(
                    line,
                    &UserRef::Id(UserId::from_bytes([user; 16])),
                    phone(last),
                );
                found.extend(shared.map(|shared| (line, shared.line, shared.is_new)));
            }
            assert_eq!(found, told, "{rows:?}");
        }
    }

    #[test]
    fn there_is_room_for_twice_as_many_phones_at_most() {
        assert_eq!(size_of::<(E164, First)>(), 16);
        let mut book = PhoneBook::default();
        for number in 0..250_000_u64 {
            let phone = E164::from_digits(&(447_000_000_000 + number).to_string()).unwrap();
            let shared = book.note(number + 1, &UserRef::Id(UserId::from_bytes([7; 16])), phone);
            assert_eq!(shared, None);
        }
        let places: usize = book.tables.iter().map(HashMap::capacity).sum();
        assert!(places < 500_000, "{places}");
    }

    #[test]
    fn a_file_of_shared_phones_has_one_a_line_and_remarks() {
        let text = "# the desk\n+44 7911 100001\n\n  +15125551234  \r\n";
        let phones = allowed_phones(text).unwrap();
        assert_eq!(phones.len(), 2);
        assert!(phones.contains(&phone(1)));
        let (line, problem) = allowed_phones("+15125551234\n07911 123456\n").unwrap_err();
        assert_eq!((line, problem.code.as_str()), (2, "phone_missing_plus"));
        assert!(allowed_phones("").unwrap().is_empty());
    }
}

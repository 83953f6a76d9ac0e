//! Two forms of what may be one phone.
//!
//! Argentina's mobiles are dialed from abroad with a `9` behind +54, and written without it for
//! text messages; both forms are valid, and the second may also be a fixed line. Which is meant is
//! not guessed: both are sent as they are written, and the row that comes second is told so.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::ids::UserId;
use super::phone::E164;
use super::row::RowNumber;

/// Notes which rows have a phone of two forms: a few bytes for each, and nothing for others.
#[derive(Debug, Default)]
pub(crate) struct TwinPhones {
    /// Where a user's phone stands first, by a digest of both: without, and with the digit.
    first: HashMap<u64, [u32; 2]>,
    hasher: RandomState,
}

impl TwinPhones {
    /// Notes a row's phone; the first row that has the other form of it, with the same user.
    pub(crate) fn note(&mut self, row: RowNumber, user: UserId, phone: E164) -> Option<RowNumber> {
        let (number, has_digit) = without_digit(phone)?;
        let digest = self.hasher.hash_one((user, number));
        let rows = self.first.entry(digest).or_default();
        let this = usize::from(has_digit);
        if rows[this] == 0 {
            rows[this] = u32::try_from(row.0).unwrap_or(u32::MAX);
        }
        Some(rows[1 - this])
            .filter(|&other| other != 0)
            .map(|other| RowNumber(u64::from(other)))
    }
}

/// A number of ten digits behind Argentina's code, and whether the `9` of its mobiles is before it.
fn without_digit(phone: E164) -> Option<(u64, bool)> {
    const TEN_DIGITS: u64 = 10_000_000_000;
    let digits = phone.value();
    match digits / TEN_DIGITS {
        54 => Some((digits % TEN_DIGITS, false)),
        549 => Some((digits % TEN_DIGITS, true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_form_of_a_users_number_is_told_with_the_row_of_the_first() {
        let mut phones = TwinPhones::default();
        for (row, user, phone, other) in [
            (1, 1, "+5491123456789", None),
            (2, 1, "+5491123456789", None),
            (3, 2, "+541123456789", None),
            (4, 1, "+541123456789", Some(1)),
            (5, 1, "+5491123456789", Some(4)),
            (6, 1, "+541123456780", None),
            (7, 1, "+447911123456", None),
            (8, 1, "+525512345678", None),
        ] {
            let user = UserId::from_bytes([user; 16]);
            let phone = E164::parse(phone).unwrap().0;
            let found = phones.note(RowNumber(row), user, phone);
            assert_eq!(found, other.map(RowNumber), "row {row}");
        }
    }
}

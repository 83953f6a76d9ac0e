//! Phones that stand with more than one user in a file.
//!
//! That may be meant (one phone of a team, one person with two accounts) and may be a
//! slip of whoever filled the column down. What is done about it is asked for: it is told and
//! hinders nothing, it is refused, or it is fine.

use std::collections::HashSet;
use std::sync::Arc;

use super::invalid::{Invalid, InvalidCode, Problem};
use super::phone::E164;
use super::phone_book::{PhoneBefore, PhoneBook, PhoneUse, Shared};
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
    /// Tells or refuses a row with the phone of another user's row before it; gives out what the rows
    /// before it have to do with its phone.
    pub(crate) fn judge(&mut self, row: &mut JudgedRow) -> PhoneBefore {
        let Some(book) = &mut self.book else {
            return PhoneBefore::NotLooked;
        };
        let is_resolved = row.verdict.is_ok();
        let (user, kind, address, warnings) = match &mut row.verdict {
            Ok(ValidRow { request, warnings }) => {
                let key = &request.key;
                (UserRef::Id(key.user), key.kind, &key.address, warnings)
            }
            // Nobody knows yet whose it is: another name may be another user's.
            Err(Unasked::Unresolved(row)) if row.trouble == NameTrouble::NotAsked => {
                let user = row.user.clone();
                (user, row.kind, &row.address, &mut row.warnings)
            }
            Err(Unasked::Unresolved(_) | Unasked::Invalid(_)) => return PhoneBefore::NotLooked,
        };
        let Some(phone) = address.phone() else {
            return PhoneBefore::NotLooked;
        };
        if self.rule.allowed.contains(&phone) {
            return PhoneBefore::NotLooked;
        }
        let asks = PhoneUse {
            row: row.number,
            line: row.line,
            user: &user,
            kind,
            is_resolved,
        };
        let (before, shared) = book.note(phone, &asks);
        let Some(Shared { line, is_new }) = shared else {
            return before;
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
        before
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

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(last: u64) -> E164 {
        E164::from_digits(&format!("4479111{last:05}")).unwrap()
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

//! Phones that stand with more than one user in a file.
//!
//! That may be meant (one phone of a team, one person with two accounts) and may be a
//! slip of whoever filled the column down. What is done about it is asked for: it is told and
//! hinders nothing, it is refused, or it is fine.

use std::collections::HashSet;
use std::sync::Arc;

use super::earlier_use::{EarlierUse, file_of};
use super::ids::UserId;
use super::invalid::{Invalid, InvalidCode, Problem};
use super::phone::E164;
use super::phone_book::{PhoneBefore, PhoneBook, PhoneUse, Shared};
use super::request::DeviceType;
use super::shard::Shard;
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

    /// Whether rows are refused for it.
    pub(crate) fn refuses(&self) -> bool {
        self.sharing == Sharing::Reject
    }

    /// The rule for whoever writes what becomes of the rows, which tells and refuses.
    pub(crate) fn of_results(&self) -> Sharers {
        self.sharers(self.sharing != Sharing::Allow)
    }

    /// The rule for whoever only sends, which refuses alone: nobody hears of a warning then, and a
    /// run has to fit into little memory however long the wave is.
    pub(crate) fn of_run(&self) -> Sharers {
        self.sharers(self.refuses())
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

/// Tells where another user has a phone from an earlier wave.
pub(crate) type Elsewhere<'a, E> = &'a mut dyn FnMut(E164, UserId) -> Result<Option<EarlierUse>, E>;

impl Sharers {
    /// Tells or refuses a row with the phone of another user's row before it, or of another user's
    /// device of an earlier wave; gives out what the rows before it have to do with its phone.
    ///
    /// Of earlier waves a shard knows its own users alone. So only its own rows are held against them,
    /// and a row that is refused for one is still the first of its phone: whoever runs another shard,
    /// which cannot know, judges the rows after it alike.
    ///
    /// # Errors
    ///
    /// Those of `elsewhere`.
    pub(crate) fn judge<E>(
        &mut self,
        row: &mut JudgedRow,
        (meant, is_split): (Shard, bool),
        elsewhere: Elsewhere<'_, E>,
    ) -> Result<PhoneBefore, E> {
        let Some(book) = &mut self.book else {
            return Ok(PhoneBefore::NotLooked);
        };
        let Some((user, kind, phone)) = asked_by(&row.verdict) else {
            return Ok(PhoneBefore::NotLooked);
        };
        if self.rule.allowed.contains(&phone) {
            return Ok(PhoneBefore::NotLooked);
        }
        let earlier = match user {
            UserRef::Id(user) if meant.has(Some(user)) => elsewhere(phone, user)?,
            UserRef::Id(_) | UserRef::Named(_) => None,
        };
        let refuses = self.rule.refuses();
        let owned = earlier.as_ref().filter(|it| refuses && !it.is_asked_for);
        let owned = owned.map(|EarlierUse { wave, .. }| {
            format!(
                "another user has the same phone from an earlier wave, {}",
                file_of(wave)
            )
        });
        // What is refused for an earlier wave is the first row of nobody: the owner may come yet.
        if let Some(who) = owned.as_ref().filter(|_| !is_split) {
            row.verdict = Err(refused(who));
            return Ok(PhoneBefore::NotLooked);
        }
        let asks = PhoneUse {
            row: row.number,
            line: row.line,
            user: &user,
            kind,
            is_resolved: row.verdict.is_ok(),
        };
        let (before, shared) = book.note(phone, &asks);
        if refuses {
            let shared = shared.map(|Shared { line, .. }| {
                format!("line {line} has the same phone with another user")
            });
            if let Some(who) = owned.or(shared) {
                row.verdict = Err(refused(&who));
            }
        } else if let Some(Shared { line, is_new }) = shared {
            warn(&mut row.verdict, Warning::SharedPhone { line, is_new });
        } else if let Some(EarlierUse { wave, .. }) = earlier {
            warn(&mut row.verdict, Warning::PhoneOfEarlierWave { wave });
        }
        Ok(before)
    }
}

/// For whom a row asks for a device, of which kind, and with which phone; nothing where it has none,
/// or where nobody will ask for it.
fn asked_by(verdict: &Result<ValidRow, Unasked>) -> Option<(UserRef, DeviceType, E164)> {
    let (user, kind, address) = match verdict {
        Ok(ValidRow { request, .. }) => {
            let key = &request.key;
            (UserRef::Id(key.user), key.kind, &key.address)
        }
        // Nobody knows yet whose it is: another name may be another user's.
        Err(Unasked::Unresolved(row)) if row.trouble == NameTrouble::NotAsked => {
            (row.user.clone(), row.kind, &row.address)
        }
        Err(Unasked::Unresolved(_) | Unasked::Invalid(_)) => return None,
    };
    Some((user, kind, address.phone()?))
}

fn refused(who: &str) -> Unasked {
    let message = format!(
        "{who}; write this user's own phone, or name a file of phones that may be shared with \
         --shared-phones-file"
    );
    let problem = Problem::new(InvalidCode::PhoneShared, message);
    Unasked::Invalid(Invalid::from(problem))
}

fn warn(verdict: &mut Result<ValidRow, Unasked>, warning: Warning) {
    match verdict {
        Ok(valid) => valid.warnings.push(warning),
        Err(Unasked::Unresolved(row)) => row.warnings.push(warning),
        Err(Unasked::Invalid(_)) => {}
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SharedPhones {
    /// How many of them have both users in the wave.
    pub phones: u64,
    /// The line of the first row of one of these, and that of the first row of another user with the
    /// same phone.
    pub lines: [u64; 2],
    /// How many rows have a phone of another user from an earlier wave.
    pub rows: u64,
    /// The line of the first of these rows, and the wave.
    pub earlier: Option<(u64, Arc<str>)>,
}

impl SharedPhones {
    /// Counts a row on this line with a warning, where that is about a shared phone.
    pub(crate) fn note(&mut self, line: u64, warning: &Warning) {
        match warning {
            Warning::SharedPhone {
                line: first,
                is_new: true,
            } => {
                if self.phones == 0 {
                    self.lines = [*first, line];
                }
                self.phones += 1;
            }
            Warning::PhoneOfEarlierWave { wave } => {
                self.rows += 1;
                self.earlier.get_or_insert_with(|| (line, wave.clone()));
            }
            Warning::SharedPhone { is_new: false, .. }
            | Warning::FixedLine(_)
            | Warning::UnusualLine
            | Warning::UnusualSeparator
            | Warning::CountryDiffers(_)
            | Warning::MixedScripts
            | Warning::Placeholder(_)
            | Warning::OtherForm { .. }
            | Warning::CountryDenied(_)
            | Warning::MfaOff
            | Warning::UserDisabled
            | Warning::MfaBypassed => {}
        }
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

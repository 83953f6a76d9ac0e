//! What is known of the names in a wave: whose they are.

use std::collections::HashMap;
use std::sync::Arc;

use super::fingerprints::Fingerprints;
use super::ids::{PolicyId, UserId};
use super::mfa::UserState;
use super::policy_ref::PolicyRef;
use super::user_name::UserName;

/// What a look-up of a user's name told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameAnswer {
    /// It is the name of one.
    One(NamedUser),
    /// It is the name of nobody.
    Nobody,
    /// It is the name of nobody, and somebody has it with other capitals.
    OtherCase,
    /// It is the name of so many.
    Several(u32),
    /// Nothing: the look-up failed.
    Failed(Arc<LookupFault>),
}

impl NameAnswer {
    /// The user's ID, where it is the name of one.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.one().map(|user| user.id)
    }

    /// What was told of the user, where it is the name of one.
    pub(crate) fn one(&self) -> Option<NamedUser> {
        if let NameAnswer::One(user) = self {
            Some(*user)
        } else {
            None
        }
    }

    /// Whether another answer leads to the same, whatever else it tells of the user.
    pub(crate) fn says_as(&self, other: &Self) -> bool {
        match self.user() {
            Some(user) => other.user() == Some(user),
            None => self == other,
        }
    }
}

/// What the listing of policies told of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyAnswer {
    /// It is this one.
    One(PolicyId),
    /// There is none.
    None,
    /// So many may be meant: their names differ from it, and from each other, in case alone.
    Several(u32),
}

/// Why a look-up told nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupFault {
    /// A stable word, or PingOne's code.
    pub code: String,
    /// What happened, as a fragment. No name is in it.
    pub message: String,
}

/// A user who was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedUser {
    /// The user's ID.
    pub id: UserId,
    /// What else was told of the user.
    pub state: UserState,
    /// Whether an earlier run looked the user up, and not this one.
    pub is_remembered: bool,
}

/// The answers to look-ups: some fifty bytes for each name, of which no more than a keyed 128-bit
/// fingerprint is kept.
#[derive(Debug)]
pub struct Names {
    // Many small tables: one that doubles holds its old half only for a sixty-fourth of the names.
    // Nothing while a name is being asked for.
    users: Vec<HashMap<[u32; 4], Option<NameAnswer>>>,
    fingerprints: Fingerprints,
    policies: HashMap<PolicyRef, PolicyAnswer>,
    is_of_plan: bool,
}

const TABLES: usize = 64;

impl Default for Names {
    fn default() -> Self {
        Self {
            users: vec![HashMap::new(); TABLES],
            fingerprints: Fingerprints::default(),
            policies: HashMap::new(),
            is_of_plan: false,
        }
    }
}

impl Names {
    /// None yet, as a plan says whose they are: nobody is asked then.
    pub(crate) fn of_plan() -> Self {
        Self {
            is_of_plan: true,
            ..Self::default()
        }
    }

    /// Whether a plan says whose they are.
    pub(crate) fn are_planned(&self) -> bool {
        self.is_of_plan
    }

    /// What was told of a user's name; `None` where nobody has asked.
    pub fn user(&self, name: &UserName) -> Option<&NameAnswer> {
        let (table, fingerprint) = self.fingerprint(name);
        self.users[table].get(&fingerprint)?.as_ref()
    }

    /// Begins to ask for a user's name, unless somebody has.
    pub fn begin_user(&mut self, name: &UserName) -> bool {
        let (table, fingerprint) = self.fingerprint(name);
        let is_new = !self.users[table].contains_key(&fingerprint);
        self.users[table].entry(fingerprint).or_insert(None);
        is_new
    }

    /// Notes what was told of a user's name; a later answer replaces an earlier one.
    pub fn note_user(&mut self, name: &UserName, answer: NameAnswer) {
        let (table, fingerprint) = self.fingerprint(name);
        self.users[table].insert(fingerprint, Some(answer));
    }

    /// Those who were found by their names; one who has several is given for each.
    pub fn users(&self) -> impl Iterator<Item = NamedUser> {
        let answers = self.users.iter().flat_map(HashMap::values);
        answers.filter_map(|answer| answer.as_ref()?.one())
    }

    /// What was told of a policy that is not named by its ID; `None` where nobody has asked.
    pub fn policy(&self, policy: &PolicyRef) -> Option<&PolicyAnswer> {
        self.policies.get(policy)
    }

    /// Notes what was told of a policy.
    pub fn note_policy(&mut self, policy: PolicyRef, answer: PolicyAnswer) {
        self.policies.insert(policy, answer);
    }

    fn fingerprint(&self, name: &UserName) -> (usize, [u32; 4]) {
        let fingerprint = self.fingerprints.in_parts(name);
        let table = usize::try_from(fingerprint[3]).unwrap_or_default() % TABLES;
        (table, fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::user_name::NameKind;

    fn name(text: &str) -> UserName {
        UserName::new(NameKind::Username, text)
    }

    fn user(number: u8) -> NameAnswer {
        NameAnswer::One(NamedUser {
            id: UserId::from_bytes([number; 16]),
            state: UserState::default(),
            is_remembered: false,
        })
    }

    #[test]
    fn each_name_has_the_last_answer_and_no_other_name_has_it() {
        let mut names = Names::default();
        for (text, number) in [("ada", 1), ("Ada", 2), ("bob", 3), ("ada", 4)] {
            names.note_user(&name(text), user(number));
        }
        assert_eq!(names.user(&name("ada")), Some(&user(4)));
        assert_eq!(names.user(&name("Ada")), Some(&user(2)));
        assert_eq!(names.user(&name("ADA")), None);
        let email = UserName::new(NameKind::Email, "ada");
        assert_eq!(names.user(&email), None);
        assert!(names.begin_user(&email) && !names.begin_user(&email));
        assert_eq!(names.user(&email), None, "it is being asked for");
        assert!(!names.begin_user(&name("bob")));
    }

    #[test]
    fn names_fill_every_table_and_each_answer_is_found_again() {
        let mut names = Names::default();
        for number in 0..5_000 {
            names.note_user(&name(&number.to_string()), NameAnswer::Several(number));
        }
        for number in 0..5_000 {
            let found = names.user(&name(&number.to_string()));
            assert_eq!(found, Some(&NameAnswer::Several(number)));
        }
        assert!(names.users.iter().all(|table| !table.is_empty()));
    }

    #[test]
    fn an_answer_takes_little_room() {
        let each = size_of::<([u32; 4], Option<NameAnswer>)>();
        assert!(each <= 40, "{each}");
    }
}

//! Who there is.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::store::uuid_from;

/// The population that everybody is in.
pub(super) const POPULATION: &str = "9f2d4c6b-1a3e-4f58-8b7c-6d5e4f3a2b10";

/// What is known of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) username: String,
    pub(super) email: String,
    pub(super) external_id: String,
    pub(super) enabled: bool,
    pub(super) mfa_enabled: bool,
}

impl Person {
    /// A user of whom nothing is known but the ID: the names are made of it.
    fn of_id(id: Uuid) -> Self {
        Self {
            id,
            username: format!("user-{id}"),
            email: format!("user-{id}@example.com"),
            external_id: format!("external-{id}"),
            enabled: true,
            mfa_enabled: true,
        }
    }

    /// The n-th generated user, from 1. Of ten, the seventh cannot use MFA, the eighth is disabled, and
    /// the tenth has the address of the ninth.
    fn generated(id: Uuid, number: usize) -> Self {
        let mailbox = if number.is_multiple_of(10) {
            number - 1
        } else {
            number
        };
        Self {
            id,
            username: format!("user-{number}"),
            email: format!("user-{mailbox}@example.com"),
            external_id: format!("external-{number}"),
            enabled: number % 10 != 8,
            mfa_enabled: number % 10 != 7,
        }
    }
}

/// All users.
pub(super) struct Directory {
    /// The users that there are; `None` is every UUID.
    generated: Option<Generated>,
    /// Whom MFA was switched on or off for.
    switched: Mutex<HashMap<Uuid, bool>>,
}

/// The generated users, in their order.
struct Generated {
    ids: Vec<Uuid>,
    numbers: HashMap<Uuid, usize>,
}

impl Directory {
    /// Every UUID is a user.
    pub(super) fn of_everybody() -> Self {
        Self {
            generated: None,
            switched: Mutex::default(),
        }
    }

    /// So many users, whose IDs the seed decides.
    pub(super) fn generate(number: usize, seed: u64) -> Self {
        // Another stream than that of the credentials.
        let mut rng = fastrand::Rng::with_seed(!seed);
        let ids = std::iter::repeat_with(|| uuid_from(rng.u128(..)));
        let ids: Vec<_> = ids.take(number).collect();
        let numbers = ids.iter().copied().zip(1..).collect();
        Self {
            generated: Some(Generated { ids, numbers }),
            switched: Mutex::default(),
        }
    }

    /// The IDs of the generated users.
    pub(super) fn ids(&self) -> &[Uuid] {
        self.generated.as_ref().map_or(&[], |users| &users.ids)
    }

    /// Tells whether there is such a user.
    pub(super) fn has(&self, id: Uuid) -> bool {
        let generated = self.generated.as_ref();
        generated.is_none_or(|users| users.numbers.contains_key(&id))
    }

    /// What is known of a user; `None` if there is none.
    pub(super) fn person(&self, id: Uuid) -> Option<Person> {
        let mut person = match &self.generated {
            None => Person::of_id(id),
            Some(users) => Person::generated(id, *users.numbers.get(&id)?),
        };
        if let Some(switched) = self.switched().get(&id) {
            person.mfa_enabled = *switched;
        }
        Some(person)
    }

    /// Switches MFA on or off for a user.
    pub(super) fn switch_mfa(&self, id: Uuid, enabled: bool) {
        self.switched().insert(id, enabled);
    }

    fn switched(&self) -> MutexGuard<'_, HashMap<Uuid, bool>> {
        self.switched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_users_are_those_of_the_seed_and_nobody_else() {
        let users = Directory::generate(20, 7);
        assert_eq!(users.ids(), Directory::generate(20, 7).ids());
        assert_ne!(users.ids(), Directory::generate(20, 8).ids());
        let person = |number: usize| users.person(users.ids()[number - 1]).unwrap();
        assert_eq!(person(3).username, "user-3");
        assert_eq!(person(3).external_id, "external-3");
        assert_eq!(person(10).email, person(9).email);
        assert_ne!(person(10).username, person(9).username);
        let numbers = |is: fn(&Person) -> bool| -> Vec<usize> {
            (1..=20).filter(|number| is(&person(*number))).collect()
        };
        assert_eq!(numbers(|person| !person.mfa_enabled), [7, 17]);
        assert_eq!(numbers(|person| !person.enabled), [8, 18]);
        let nobody = Uuid::from_u128(7);
        assert!(!users.has(nobody));
        assert_eq!(users.person(nobody), None);
    }

    #[test]
    fn everybody_is_a_user_with_names_made_of_the_id() {
        let users = Directory::of_everybody();
        let id = Uuid::from_u128(7);
        assert!(users.has(id));
        assert_eq!(users.person(id).unwrap().username, format!("user-{id}"));
        assert!(users.ids().is_empty());
    }

    #[test]
    fn mfa_is_what_it_was_last_switched_to() {
        let users = Directory::of_everybody();
        let (one, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let mfa = |id| users.person(id).map(|person| person.mfa_enabled);
        for enabled in [false, true, false] {
            users.switch_mfa(one, enabled);
            assert_eq!((mfa(one), mfa(other)), (Some(enabled), Some(true)));
        }
    }
}

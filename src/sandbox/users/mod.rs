//! Who there is.

mod person;

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

pub(super) use self::person::{Person, can_be_asked};
use super::paging::Page;
use super::routes::uuid;
use super::scim::{Comparison, Filter, Operator};
use super::store::uuid_from;

/// The population that everybody is in.
pub(super) const POPULATION: &str = "9f2d4c6b-1a3e-4f58-8b7c-6d5e4f3a2b10";
/// The longest name that a user can have, in characters.
const LONGEST_NAME: usize = 128;

/// All users.
pub(super) struct Directory {
    /// The users that there are; `None` is every UUID, and every name.
    generated: Option<Generated>,
    /// Those whom somebody asked for by a name that is not made of their ID.
    named: Mutex<Named>,
    /// Whom MFA was switched on or off for.
    switched: Mutex<HashMap<Uuid, bool>>,
    /// Whether anybody can use MFA until it is switched on.
    with_mfa: bool,
}

/// The generated users, in their order.
struct Generated {
    ids: Vec<Uuid>,
    numbers: HashMap<Uuid, usize>,
}

/// Users whose IDs are made of their names, in the order in which they were asked for.
#[derive(Default)]
struct Named {
    ids: Vec<Uuid>,
    names: HashMap<Uuid, Name>,
}

/// What a user is asked for by.
#[derive(Clone)]
enum Name {
    /// A username, or an address, which people use as a username too.
    Login(Box<str>),
    External(Box<str>),
}

/// A page of a listing.
pub(super) struct Found {
    pub(super) people: Vec<Person>,
    /// How many there are on all pages.
    pub(super) count: usize,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<usize>,
}

impl Directory {
    /// Every UUID is a user, and so is every name: its ID is made of it, the same one whenever it is asked for.
    pub(super) fn of_everybody() -> Self {
        Self::of(None)
    }

    /// So many users, whose IDs the seed decides.
    pub(super) fn generate(number: usize, seed: u64) -> Self {
        // Another stream than that of the credentials.
        let mut rng = fastrand::Rng::with_seed(!seed);
        let ids = std::iter::repeat_with(|| uuid_from(rng.u128(..)));
        let ids: Vec<_> = ids.take(number).collect();
        let numbers = ids.iter().copied().zip(1..).collect();
        Self::of(Some(Generated { ids, numbers }))
    }

    fn of(generated: Option<Generated>) -> Self {
        Self {
            generated,
            named: Mutex::default(),
            switched: Mutex::default(),
            with_mfa: true,
        }
    }

    /// The same users, of whom nobody can use MFA at first if that is not so.
    pub(super) fn with_mfa(self, with_mfa: bool) -> Self {
        Self { with_mfa, ..self }
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
            None => self.named().person(id),
            Some(users) => Person::generated(id, *users.numbers.get(&id)?),
        };
        let at_first = person.mfa_enabled && self.with_mfa;
        person.mfa_enabled = self.switched().get(&id).copied().unwrap_or(at_first);
        Some(person)
    }

    /// The users of whom a filter holds, a page of them.
    pub(super) fn find(&self, filter: Option<&Filter>, page: Page) -> Found {
        let is_name = |comparison: &Comparison| {
            comparison.operator == Operator::Equals
                && ["username", "email", "externalId"].contains(&&*comparison.attribute)
        };
        let needed = filter.and_then(|filter| filter.needs(&is_name));
        // A million users are not looked through for one who is named.
        let mut ids = match needed {
            Some(names) => Cow::Owned(self.called(&names)),
            None => self.all(),
        };
        if let Some(filter) = filter {
            let holds = |id: &Uuid| {
                let person = self.person(*id);
                person.is_some_and(|person| filter.holds(&|comparison| person.is(comparison)))
            };
            ids = ids.iter().copied().filter(holds).collect();
        }
        let end = ids.len().min(page.from.saturating_add(page.limit));
        let shown = ids.get(page.from..end).unwrap_or_default();
        Found {
            people: shown.iter().filter_map(|id| self.person(*id)).collect(),
            count: ids.len(),
            next: (end < ids.len()).then_some(end),
        }
    }

    /// Switches MFA on or off for a user.
    pub(super) fn switch_mfa(&self, id: Uuid, enabled: bool) {
        self.switched().insert(id, enabled);
    }

    /// Everybody who can be counted.
    fn all(&self) -> Cow<'_, [Uuid]> {
        match &self.generated {
            Some(users) => Cow::Borrowed(&users.ids),
            None => Cow::Owned(self.named().ids.clone()),
        }
    }

    /// Those who may be called so, each once.
    fn called(&self, names: &[&Comparison]) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for name in names {
            match &self.generated {
                Some(users) => ids.extend(users.called(name)),
                None => ids.extend(self.named().called(name)),
            }
        }
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        ids
    }

    fn named(&self) -> MutexGuard<'_, Named> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn switched(&self) -> MutexGuard<'_, HashMap<Uuid, bool>> {
        self.switched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generated {
    /// Those who may be called so: the number in the name, and the one behind it, who may share an address.
    fn called(&self, name: &Comparison) -> Vec<Uuid> {
        let number = made_of(name).and_then(|part| part.parse::<usize>().ok());
        let index = number.and_then(|number| number.checked_sub(1));
        let both = index.map(|index| self.ids.iter().skip(index).take(2));
        both.into_iter().flatten().copied().collect()
    }
}

impl Named {
    fn person(&self, id: Uuid) -> Person {
        let made = Person::of_id(id);
        match self.names.get(&id) {
            None => made,
            Some(Name::Login(name)) if name.contains('@') => Person {
                username: name.to_string(),
                email: name.to_string(),
                ..made
            },
            Some(Name::Login(name)) => Person {
                username: name.to_string(),
                ..made
            },
            Some(Name::External(name)) => Person {
                external_id: name.to_string(),
                ..made
            },
        }
    }

    /// Who is called so; nobody, if nobody can be.
    fn called(&mut self, name: &Comparison) -> Option<Uuid> {
        if let Some(id) = made_of(name).and_then(|part| uuid(&part)) {
            return Some(id);
        }
        let value = &*name.value;
        if value.is_empty() || value.chars().count() > LONGEST_NAME {
            return None;
        }
        let (id, name) = match &*name.attribute {
            "externalId" => (made_up("external", value), Name::External(value.into())),
            "email" if !value.contains('@') => return None,
            _ => (
                made_up("login", &value.to_lowercase()),
                Name::Login(value.into()),
            ),
        };
        // The first spelling stays.
        if let Entry::Vacant(place) = self.names.entry(id) {
            place.insert(name);
            self.ids.push(id);
        }
        Some(id)
    }
}

/// What a name is made of, where the sandbox made it.
fn made_of(name: &Comparison) -> Option<String> {
    let folded = name.value.to_lowercase();
    let part = match &*name.attribute {
        "username" => folded.strip_prefix("user-"),
        "email" => folded.strip_prefix("user-")?.strip_suffix("@example.com"),
        "externalId" => name.value.strip_prefix("external-"),
        _ => None,
    };
    part.map(str::to_owned)
}

/// The ID of whoever is called so: the same for the same name, in every sandbox.
fn made_up(kind: &str, name: &str) -> Uuid {
    let hash = digest(&SHA256, format!("{kind}:{name}").as_bytes());
    let bits = hash.as_ref().iter().take(16);
    uuid_from(bits.fold(0, |bits, byte| bits << 8 | u128::from(*byte)))
}

#[cfg(test)]
mod tests;

//! What users are called: in every spelling that a filter has to carry, and some alike but for case.

use std::collections::HashMap;

/// What a user is called. Two users whose numbers differ in the last bit alone are called alike but for
/// the case.
pub(crate) fn name(user: u128) -> String {
    let number = user >> 1;
    let own = format!("{:016x}", number & u128::from(u64::MAX));
    let name = match number % 8 {
        0 => format!("ann.{own}"),
        1 => format!("o\"neil {own}"),
        2 => format!("domain\\{own}"),
        3 => format!("100% of {own}"),
        4 => format!("émile {own} \u{1f600}"),
        5 => format!("a+b&c=d#{own}@example.com"),
        6 => format!("x\" or username eq \"{own}"),
        _ => format!("\\\"q{own}',"),
    };
    if user & 1 == 1 {
        name.to_uppercase()
    } else {
        name
    }
}

/// Who is called like a user but for the case.
pub(crate) fn twin(user: u128) -> u128 {
    user ^ 1
}

/// Who is called what. PingOne finds names whatever their case, as a server may that folds it.
pub(crate) struct Directory(HashMap<String, Vec<u128>>);

impl Directory {
    pub(crate) fn of(users: impl IntoIterator<Item = u128>) -> Self {
        let mut called: HashMap<String, Vec<u128>> = HashMap::new();
        for user in users {
            let alike = called.entry(folded(&name(user))).or_default();
            if !alike.contains(&user) {
                alike.push(user);
            }
        }
        Self(called)
    }

    /// All who are called so, whatever the case.
    pub(crate) fn find(&self, name: &str) -> &[u128] {
        self.0.get(&folded(name)).map_or(&[], Vec::as_slice)
    }
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

#[test]
fn twins_are_found_by_the_name_of_either_and_nobody_else_is() {
    for user in (0..16).map(|n| 2 * n) {
        let (one, other) = (name(user), name(twin(user)));
        assert_ne!(one, other);
        let directory = Directory::of([user, twin(user), user + 2]);
        for called in [one, other] {
            assert_eq!(directory.find(&called), [user, twin(user)], "{called}");
        }
        assert!(directory.find("ann").is_empty());
    }
}

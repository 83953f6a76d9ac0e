//! Which policy a name means, by the listing of all of them. Pure.

use crate::engine::reasons::of_read;
use crate::model::ids::PolicyId;
use crate::model::names::PolicyAnswer;
use crate::model::policy_ref::PolicyRef;
use crate::model::stop::StopReason;
use crate::pingone::read::ReadError;
use crate::pingone::wire::Policy;

/// What the listing tells of a policy, and whether its name was written with other capitals.
pub(crate) fn answer(named: &PolicyRef, listed: &[Policy]) -> (PolicyAnswer, bool) {
    let only = |is_meant: &dyn Fn(&Policy) -> bool| {
        let mut ids: Vec<PolicyId> = listed
            .iter()
            .filter(|policy| is_meant(policy))
            .filter_map(|policy| policy.id.parse().ok())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        match *ids {
            [] => PolicyAnswer::None,
            [id] => PolicyAnswer::One(id),
            _ => PolicyAnswer::Several(u32::try_from(ids.len()).unwrap_or(u32::MAX)),
        }
    };
    match named {
        PolicyRef::Id(id) => (PolicyAnswer::One(*id), false),
        PolicyRef::Default => (only(&|policy| policy.default), false),
        PolicyRef::Name(name) => match only(&|policy| policy.name == *name) {
            PolicyAnswer::None => {
                let folded = name.to_lowercase();
                let alike = only(&|policy| policy.name.to_lowercase() == folded);
                (alike, matches!(alike, PolicyAnswer::One(_)))
            }
            exact @ (PolicyAnswer::One(_) | PolicyAnswer::Several(_)) => (exact, false),
        },
    }
}

/// Why nothing can go on where policies are named, and their listing was not given.
pub(crate) fn unread(error: &ReadError) -> StopReason {
    let what = format!("policies are named, and PingOne's listing of them was not given ({error})");
    let hint = format!("name policies by their IDs, or: {}", error.hint());
    of_read(error, what, &hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(policies: &[(u8, &str, bool)]) -> Vec<Policy> {
        let policies = policies.iter().map(|(number, name, default)| {
            let id = PolicyId::from_bytes([*number; 16]);
            serde_json::from_value(
                serde_json::json!({"id": id.to_string(), "name": name, "default": default}),
            )
        });
        policies.map(Result::unwrap).collect()
    }

    #[test]
    fn a_policy_is_meant_by_its_exact_name_or_the_only_one_in_another_case() {
        let id = |number| PolicyId::from_bytes([number; 16]);
        let one = |number| PolicyAnswer::One(id(number));
        let listed = listed(&[
            (1, "Default MFA Policy", true),
            (2, "Wave", false),
            (3, "wave", false),
            (4, "Berlin", false),
            (5, "BERLIN", false),
            (6, "Paris", false),
            (6, "Paris", false),
        ]);
        for (named, answer_of, warns) in [
            ("default", one(1), false),
            ("Wave", one(2), false),
            ("wave", one(3), false),
            ("WAVE", PolicyAnswer::Several(2), false),
            ("berlin", PolicyAnswer::Several(2), false),
            ("Paris", one(6), false),
            ("PARIS", one(6), true),
            ("Rome", PolicyAnswer::None, false),
            (&id(9).to_string(), one(9), false),
        ] {
            let found = answer(&named.parse().unwrap(), &listed);
            assert_eq!(found, (answer_of, warns), "{named}");
        }
        let none = answer(&PolicyRef::Default, &listed[1..]);
        assert_eq!(none, (PolicyAnswer::None, false));
    }
}

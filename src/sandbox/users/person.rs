//! One user.

use uuid::Uuid;

use super::POPULATION;
use crate::sandbox::scim::{Comparison, Operator};

/// What is known of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct Person {
    pub(in crate::sandbox) id: Uuid,
    pub(in crate::sandbox) username: String,
    pub(in crate::sandbox) email: String,
    pub(in crate::sandbox) external_id: String,
    pub(in crate::sandbox) enabled: bool,
    pub(in crate::sandbox) mfa_enabled: bool,
    /// Whether the user may leave MFA out for now.
    pub(in crate::sandbox) bypasses_mfa: bool,
}

impl Person {
    /// A user of whom nothing is known but the ID: the names are made of it.
    pub(super) fn of_id(id: Uuid) -> Self {
        Self {
            id,
            username: format!("user-{id}"),
            email: format!("user-{id}@example.com"),
            external_id: format!("external-{id}"),
            enabled: true,
            mfa_enabled: true,
            bypasses_mfa: false,
        }
    }

    /// The n-th generated user, from 1. Of ten, the sixth may leave MFA out for now, the seventh cannot
    /// use it, the eighth is disabled, and the tenth has the address of the ninth.
    pub(super) fn generated(id: Uuid, number: usize) -> Self {
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
            bypasses_mfa: number % 10 == 6,
        }
    }

    /// Tells whether a comparison holds. How PingOne compares is not documented; here the case of a
    /// username and of an address does not matter, which is the looser of the two ways.
    pub(super) fn is(&self, comparison: &Comparison) -> bool {
        let folded = |actual: &str| {
            let wanted = Comparison {
                value: comparison.value.to_lowercase(),
                ..comparison.clone()
            };
            wanted.holds(&actual.to_lowercase())
        };
        match &*comparison.attribute {
            "username" => folded(&self.username),
            "email" => folded(&self.email),
            "externalId" => comparison.holds(&self.external_id),
            "population.id" => comparison.holds(POPULATION),
            "enabled" => comparison.holds(if self.enabled { "true" } else { "false" }),
            // Nobody here has any of the others.
            _ => false,
        }
    }
}

/// Tells whether users can be asked for so.
pub(in crate::sandbox) fn can_be_asked(comparison: &Comparison) -> bool {
    let texts = [
        "username",
        "email",
        "externalId",
        "accountId",
        "mobilePhone",
        "primaryPhone",
        "name.given",
        "name.family",
    ];
    let others = ["population.id", "memberOfGroups.id", "enabled"];
    let attribute = &*comparison.attribute;
    match comparison.operator {
        Operator::Equals => texts.contains(&attribute) || others.contains(&attribute),
        Operator::StartsWith => texts.contains(&attribute),
    }
}

//! What a plan says of a row whose user or policy a name does not lead to. Pure.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::texts::text_or_null;
use crate::model::ids::{PolicyId, UserId};
use crate::model::mfa::UserState;
use crate::model::names::{LookupFault, NameAnswer, NamedUser, PolicyAnswer};
use crate::model::unresolved::NameTrouble;
use crate::model::validate::{JudgedRow, Unasked};

/// What was told of the names in a row that asks for nothing because of them: of the user's, or of the
/// policy's where the user is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamesPlan {
    /// The user, where that is known.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "text_or_null"
    )]
    user_id: Option<UserId>,
    /// The policy, where that is known.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "text_or_null"
    )]
    policy_id: Option<PolicyId>,
    /// How many users, or policies, may be meant; nothing where that was not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    matches: Option<u32>,
    /// Whether a user has the name with other capitals.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    other_case: bool,
    /// Why nothing was told of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<FailedPlan>,
}

/// Why a look-up told nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailedPlan {
    code: String,
    message: String,
}

impl NamesPlan {
    /// What was told of the names in a row; nothing where it asks for something, or is wrong in itself.
    pub(crate) fn of(judged: &JudgedRow) -> Option<Self> {
        let Err(Unasked::Unresolved(unresolved)) = &judged.verdict else {
            return None;
        };
        let known = Self {
            user_id: judged.requested.user,
            policy_id: judged.requested.policy,
            ..Self::default()
        };
        Some(match &unresolved.trouble {
            NameTrouble::NotAsked => return None,
            NameTrouble::UserNotFound { other_case, .. } => Self {
                matches: Some(0),
                other_case: *other_case,
                ..known
            },
            NameTrouble::UserNotTold(fault) => Self {
                failed: Some(FailedPlan {
                    code: fault.code.clone(),
                    message: fault.message.clone(),
                }),
                ..known
            },
            NameTrouble::PolicyNotFound(_) => Self {
                matches: Some(0),
                ..known
            },
            NameTrouble::UserAmbiguous { users: matches, .. }
            | NameTrouble::PolicyAmbiguous { policies: matches } => Self {
                matches: Some(*matches),
                ..known
            },
        })
    }

    /// What was told of the user's name.
    pub(super) fn user(&self) -> NameAnswer {
        match (self.user_id, &self.failed, self.matches) {
            (Some(id), _, _) => one(id),
            (None, Some(FailedPlan { code, message }), _) => {
                NameAnswer::Failed(Arc::new(LookupFault {
                    code: code.clone(),
                    message: message.clone(),
                }))
            }
            (None, None, None | Some(0)) if self.other_case => NameAnswer::OtherCase,
            (None, None, None | Some(0)) => NameAnswer::Nobody,
            (None, None, Some(users)) => NameAnswer::Several(users),
        }
    }

    /// What was told of the policy's name, where that is known.
    pub(super) fn policy(&self) -> Option<PolicyAnswer> {
        match (self.policy_id, self.user_id) {
            (Some(id), _) => Some(PolicyAnswer::One(id)),
            // What is wrong with the row is the user alone, whatever the policy is.
            (None, None) => None,
            (None, Some(_)) => Some(match self.matches {
                None | Some(0) => PolicyAnswer::None,
                Some(policies) => PolicyAnswer::Several(policies),
            }),
        }
    }
}

/// That a name is this user's: nothing else is known of them.
pub(super) fn one(id: UserId) -> NameAnswer {
    NameAnswer::One(NamedUser {
        id,
        state: UserState::default(),
        is_remembered: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::Names;
    use crate::model::policy_ref::PolicyRef;
    use crate::model::request::{DeviceType, RowDefaults};
    use crate::model::row::{Cells, Column, Header, InputRow, RowNumber};
    use crate::model::user_name::{NameKind, UserBy, UserName};
    use crate::model::validate::validate;

    const ROW: [(Column, &str); 3] = [
        (Column::Username, "ada"),
        (Column::Policy, "Wave"),
        (Column::Phone, "+15125551234"),
    ];

    fn judged_by(names: &Names) -> JudgedRow {
        let header = ROW.map(|(column, _)| column.name().to_owned());
        let places: Vec<_> = ROW.map(|(column, _)| column).into_iter().zip(0..).collect();
        let row = InputRow {
            number: RowNumber(1),
            line: 2,
            cells: ROW.map(|(_, cell)| cell).into_iter().collect::<Cells>(),
            raw: Vec::new(),
            fault: None,
        };
        let defaults = RowDefaults {
            policy: None,
            kind: DeviceType::USUAL,
            status: None,
            country: None,
        };
        let by = UserBy::Name(NameKind::Username);
        let header = Header::new(header.to_vec(), &places).naming_users_by(by);
        validate(&header, &row, &defaults, names)
    }

    #[test]
    fn a_row_is_judged_by_a_plan_as_when_the_plan_was_made() {
        let (name, policy) = (
            UserName::new(NameKind::Username, "ada"),
            PolicyRef::Name("Wave".to_owned()),
        );
        let fault = LookupFault {
            code: "timed_out".to_owned(),
            message: "no answer came in time".to_owned(),
        };
        let id = UserId::from_bytes([1; 16]);
        let that = PolicyId::from_bytes([2; 16]);
        let judge = |user: NameAnswer, meant: Option<PolicyAnswer>| {
            let mut names = Names::default();
            names.note_user(&name, user);
            if let Some(meant) = meant {
                names.note_policy(policy.clone(), meant);
            }
            judged_by(&names)
        };
        for (user, meant) in [
            (NameAnswer::Nobody, PolicyAnswer::One(that)),
            (NameAnswer::Nobody, PolicyAnswer::None),
            (NameAnswer::OtherCase, PolicyAnswer::One(that)),
            (NameAnswer::Several(3), PolicyAnswer::Several(2)),
            (NameAnswer::Failed(Arc::new(fault)), PolicyAnswer::One(that)),
            (one(id), PolicyAnswer::None),
            (one(id), PolicyAnswer::Several(2)),
        ] {
            let judged = judge(user, Some(meant));
            let plan = NamesPlan::of(&judged).unwrap();
            let written = serde_json::to_string(&plan).unwrap();
            let read: NamesPlan = serde_json::from_str(&written).unwrap();
            assert_eq!(read, plan, "{written}");
            assert_eq!(judge(read.user(), read.policy()), judged, "{written}");
        }
        let valid = judge(one(id), Some(PolicyAnswer::One(that)));
        assert!(valid.verdict.is_ok() && NamesPlan::of(&valid).is_none());
    }
}

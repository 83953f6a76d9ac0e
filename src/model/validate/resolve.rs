//! Whose name it is, by what was looked up.

use std::sync::Arc;

use super::super::ids::{PolicyId, UserId};
use super::super::names::{NameAnswer, Names, PolicyAnswer};
use super::super::policy_ref::PolicyRef;
use super::super::request::{
    Address, DeviceKey, DeviceRequest, DeviceStatus, DeviceType, Notification,
};
use super::super::row::RowNumber;
use super::super::unresolved::{NameTrouble, Unresolved, UserRef};
use super::super::valid_row::ValidRow;
use super::super::warning::Warning;

/// The user that a row names.
///
/// # Errors
///
/// Why that is nobody.
pub(super) fn user(user: &UserRef, names: &Names) -> Result<UserId, NameTrouble> {
    let name = match user {
        UserRef::Id(id) => return Ok(*id),
        UserRef::Named(name) => name,
    };
    let kind = name.kind();
    let not_found = |other_case| NameTrouble::UserNotFound { kind, other_case };
    match names.user(name) {
        Some(NameAnswer::One(user)) => Ok(user.id),
        Some(NameAnswer::Nobody) => Err(not_found(false)),
        Some(NameAnswer::OtherCase) => Err(not_found(true)),
        Some(&NameAnswer::Several(users)) => Err(NameTrouble::UserAmbiguous { kind, users }),
        Some(NameAnswer::Failed(fault)) => Err(NameTrouble::UserNotTold(Arc::clone(fault))),
        None => Err(NameTrouble::NotAsked),
    }
}

/// The policy that a row names.
///
/// # Errors
///
/// Why that is none.
pub(super) fn policy(policy: &PolicyRef, names: &Names) -> Result<PolicyId, NameTrouble> {
    if let PolicyRef::Id(id) = policy {
        return Ok(*id);
    }
    match names.policy(policy) {
        Some(&PolicyAnswer::One(id)) => Ok(id),
        Some(PolicyAnswer::None) => Err(NameTrouble::PolicyNotFound(policy.clone())),
        Some(&PolicyAnswer::Several(policies)) => Err(NameTrouble::PolicyAmbiguous { policies }),
        None => Err(NameTrouble::NotAsked),
    }
}

/// What a row asks for whose cells are right, before it is known for whom.
pub(super) struct Asked {
    pub(super) row: RowNumber,
    pub(super) line: u64,
    pub(super) user: UserRef,
    pub(super) kind: DeviceType,
    pub(super) address: Address,
    pub(super) status: Option<DeviceStatus>,
    pub(super) nickname: Option<String>,
    pub(super) notification: Option<Notification>,
    pub(super) warnings: Vec<Warning>,
}

impl Asked {
    /// What it asks for, for this user and under this policy.
    ///
    /// # Errors
    ///
    /// Its user or its policy is not known.
    pub(super) fn of(
        self,
        user: Result<UserId, NameTrouble>,
        policy: Result<PolicyId, NameTrouble>,
    ) -> Result<ValidRow, Unresolved> {
        let (user, policy) = match both(user, policy) {
            Ok(both) => both,
            Err(trouble) => {
                return Err(Unresolved {
                    user: self.user,
                    kind: self.kind,
                    address: self.address,
                    sends_message: self.status == Some(DeviceStatus::ActivationRequired),
                    trouble,
                    warnings: self.warnings,
                });
            }
        };
        let request = DeviceRequest {
            row: self.row,
            line: self.line,
            key: DeviceKey {
                user,
                kind: self.kind,
                address: self.address,
            },
            policy,
            status: self.status,
            nickname: self.nickname,
            notification: self.notification,
        };
        Ok(ValidRow {
            request,
            warnings: self.warnings,
        })
    }
}

/// The user and the policy, or why one of them is not known: what was found out before what nobody
/// has asked yet, and the user before the policy.
fn both(
    user: Result<UserId, NameTrouble>,
    policy: Result<PolicyId, NameTrouble>,
) -> Result<(UserId, PolicyId), NameTrouble> {
    match (user, policy) {
        (Ok(user), Ok(policy)) => Ok((user, policy)),
        (Err(NameTrouble::NotAsked) | Ok(_), Err(trouble)) | (Err(trouble), _) => Err(trouble),
    }
}

//! A row that is right in itself, and of which nobody knows for whom or under which policy it asks.

use std::sync::Arc;

use super::code;
use super::counted::{count, counted};
use super::ids::UserId;
use super::names::LookupFault;
use super::outcome::Outcome;
use super::policy_ref::PolicyRef;
use super::request::{Address, DeviceType};
use super::user_name::{NameKind, UserName};
use super::warning::Warning;

/// How a row names its user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UserRef {
    /// By the ID.
    Id(UserId),
    /// By a name that has to be looked up.
    Named(UserName),
}

/// A row that is right in itself, and whose user or policy is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// How it names its user.
    pub user: UserRef,
    /// What kind of device it asks for.
    pub kind: DeviceType,
    /// Where the device sends passcodes.
    pub address: Address,
    /// Whether its user gets a message when the device is created.
    pub sends_message: bool,
    /// Why they are not known.
    pub trouble: NameTrouble,
    /// What a person may want to look at, though nothing is wrong.
    pub warnings: Vec<Warning>,
}

/// Why a user or a policy is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameTrouble {
    /// Nobody has asked yet.
    NotAsked,
    /// No user has the name.
    UserNotFound {
        /// What kind of name it is.
        kind: NameKind,
        /// Whether a user has it with other capitals.
        other_case: bool,
    },
    /// Several users have the name.
    UserAmbiguous {
        /// What kind of name it is.
        kind: NameKind,
        /// How many.
        users: u32,
    },
    /// The user was asked for in vain.
    UserNotTold(Arc<LookupFault>),
    /// There is no such policy.
    PolicyNotFound(PolicyRef),
    /// Several policies may be meant.
    PolicyAmbiguous {
        /// How many.
        policies: u32,
    },
}

impl NameTrouble {
    /// How the row ends because of it; `None` while nobody has asked.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            NameTrouble::NotAsked => None,
            NameTrouble::UserNotTold(_) => Some(Outcome::Failed),
            NameTrouble::UserNotFound { .. }
            | NameTrouble::UserAmbiguous { .. }
            | NameTrouble::PolicyNotFound(_)
            | NameTrouble::PolicyAmbiguous { .. } => Some(Outcome::Rejected),
        }
    }

    /// The stable word for it.
    pub fn code(&self) -> &str {
        match self {
            NameTrouble::NotAsked => code::NOT_RUN_YET,
            NameTrouble::UserNotFound { .. } => code::USER_NOT_FOUND,
            NameTrouble::UserAmbiguous { .. } => code::USER_AMBIGUOUS,
            NameTrouble::UserNotTold(fault) => &fault.code,
            NameTrouble::PolicyNotFound(_) | NameTrouble::PolicyAmbiguous { .. } => {
                code::POLICY_NOT_FOUND
            }
        }
    }

    /// What happened and what to do. No name is in it.
    pub fn message(&self) -> String {
        match self {
            NameTrouble::NotAsked => "the names of the row were not looked up; run it".to_owned(),
            NameTrouble::UserNotFound {
                kind,
                other_case: false,
            } => format!(
                "no user of this environment has this {}; correct it, or create the user in \
                 PingOne, and run again",
                kind.described()
            ),
            NameTrouble::UserNotFound {
                kind,
                other_case: true,
            } => format!(
                "no user of this environment has exactly this {}, and one has it with other \
                 capitals; write it as PingOne does",
                kind.described()
            ),
            NameTrouble::UserAmbiguous { kind, users } => format!(
                "{} of this environment have this {}; name the user by the ID, or by \
                 something else that nobody else has",
                counted(u64::from(*users), "user"),
                kind.described()
            ),
            NameTrouble::UserNotTold(fault) => format!(
                "nothing was sent: the user could not be looked up: {}; the next run tries again",
                fault.message
            ),
            NameTrouble::PolicyNotFound(PolicyRef::Default) => {
                "no policy of this environment is marked as the default; name one, or its ID"
                    .to_owned()
            }
            NameTrouble::PolicyNotFound(PolicyRef::Id(_) | PolicyRef::Name(_)) => {
                "no policy of this environment has this name; `wavepair doctor` lists the policies"
                    .to_owned()
            }
            NameTrouble::PolicyAmbiguous { policies } => format!(
                "{} policies of this environment have this name, apart from capitals; \
                 write it as PingOne does, or name the policy by its ID",
                count(u64::from(*policies))
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_its_user_or_policy_ends_with_what_happened_and_advice() {
        let fault = LookupFault {
            code: "timed_out".to_owned(),
            message: "no answer came in time".to_owned(),
        };
        for (trouble, outcome, code, says) in [
            (
                NameTrouble::UserNotFound {
                    kind: NameKind::Username,
                    other_case: false,
                },
                Outcome::Rejected,
                "user_not_found",
                "has this username; correct it",
            ),
            (
                NameTrouble::UserNotFound {
                    kind: NameKind::ExternalId,
                    other_case: true,
                },
                Outcome::Rejected,
                "user_not_found",
                "exactly this external ID, and one has it with other capitals; write",
            ),
            (
                NameTrouble::UserAmbiguous {
                    kind: NameKind::Email,
                    users: 3,
                },
                Outcome::Rejected,
                "user_ambiguous",
                "3 users of this environment have this email address; name",
            ),
            (
                NameTrouble::UserNotTold(Arc::new(fault)),
                Outcome::Failed,
                "timed_out",
                "no answer came in time; the next run tries again",
            ),
            (
                NameTrouble::PolicyNotFound(PolicyRef::Name("x".to_owned())),
                Outcome::Rejected,
                "policy_not_found",
                "no policy of this environment has this name; `wavepair doctor`",
            ),
            (
                NameTrouble::PolicyNotFound(PolicyRef::Default),
                Outcome::Rejected,
                "policy_not_found",
                "marked as the default; name one",
            ),
            (
                NameTrouble::PolicyAmbiguous { policies: 2 },
                Outcome::Rejected,
                "policy_not_found",
                "2 policies",
            ),
        ] {
            assert_eq!(trouble.outcome(), Some(outcome), "{trouble:?}");
            assert_eq!(trouble.code(), code);
            let message = trouble.message();
            assert!(
                message.contains(says) && message.contains("; "),
                "{message}"
            );
        }
        assert_eq!(NameTrouble::NotAsked.outcome(), None);
    }
}

//! The kinds of request, each with its word.

use std::fmt;

use serde::{Serialize, Serializer};

/// The kinds of request that the sandbox counts and that a fault can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `POST …/as/token`.
    Token,
    /// `GET …/users`.
    Users,
    /// `GET …/users/{userID}`.
    User,
    /// `GET …/users/{userID}/mfaEnabled`.
    Mfa,
    /// `PUT …/users/{userID}/mfaEnabled`.
    SetMfa,
    /// `POST …/users/{userID}/devices`.
    Create,
    /// `GET …/users/{userID}/devices`.
    List,
    /// `POST` or `DELETE …/users/{userID}/devices` with a media type that is about their order.
    Reorder,
    /// `GET …/devices/{deviceID}`.
    Read,
    /// `DELETE …/devices/{deviceID}`.
    Delete,
    /// `POST …/devices/{deviceID}`: activate, block, unblock, unlock.
    Change,
    /// `PUT …/devices/{deviceID}/nickname`.
    Nickname,
    /// `GET …/deviceAuthenticationPolicies`.
    Policies,
    /// `GET …/deviceAuthenticationPolicies/{policyID}`.
    Policy,
    /// `GET …/mfaSettings`.
    Settings,
    /// `GET …/environments/{envID}`.
    Environment,
    /// `GET …/capabilities`.
    Capabilities,
    /// `GET …/billOfMaterials`.
    Products,
    /// `GET …/rateLimitIpConfigs`.
    AllowList,
    /// `GET …/rateLimitIpConfigs/{configurationID}`.
    Allowed,
    /// `GET …/notificationsPolicies`.
    NotificationPolicies,
    /// `GET …/notificationsPolicies/{policyID}`.
    NotificationPolicy,
    /// `POST …/dataExplorations`: a report of all devices.
    Report,
    /// `GET …/dataExplorations/{reportID}`.
    Reported,
    /// `GET …/dataExplorations/{reportID}/entries`.
    Entries,
    /// Anything else; it is answered with 404 or 405.
    Other,
}

impl Kind {
    /// Every kind, in the order of their declaration.
    pub const ALL: [Self; 26] = [
        Self::Token,
        Self::Users,
        Self::User,
        Self::Mfa,
        Self::SetMfa,
        Self::Create,
        Self::List,
        Self::Reorder,
        Self::Read,
        Self::Delete,
        Self::Change,
        Self::Nickname,
        Self::Policies,
        Self::Policy,
        Self::Settings,
        Self::Environment,
        Self::Capabilities,
        Self::Products,
        Self::AllowList,
        Self::Allowed,
        Self::NotificationPolicies,
        Self::NotificationPolicy,
        Self::Report,
        Self::Reported,
        Self::Entries,
        Self::Other,
    ];

    /// The word for it in a faults file and in the statistics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Users => "users",
            Self::User => "user",
            Self::Mfa => "mfa",
            Self::SetMfa => "set_mfa",
            Self::Create => "create",
            Self::List => "list",
            Self::Reorder => "reorder",
            Self::Read => "read",
            Self::Delete => "delete",
            Self::Change => "change",
            Self::Nickname => "nickname",
            Self::Policies => "policies",
            Self::Policy => "policy",
            Self::Settings => "settings",
            Self::Environment => "environment",
            Self::Capabilities => "capabilities",
            Self::Products => "products",
            Self::AllowList => "allow_list",
            Self::Allowed => "allowed",
            Self::NotificationPolicies => "notification_policies",
            Self::NotificationPolicy => "notification_policy",
            Self::Report => "report",
            Self::Reported => "reported",
            Self::Entries => "entries",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_listed_once_and_has_a_word_of_its_own() {
        let mut words: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert!(Kind::ALL.is_sorted());
        assert_eq!(Kind::ALL[Kind::ALL.len() - 1], Kind::Other);
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Kind::ALL.len());
    }

    #[test]
    fn the_sample_of_faults_names_every_kind() {
        let sample = include_str!("../../samples/faults.toml");
        let (_, named) = sample.split_once("#   on ").unwrap();
        let (named, _) = named.split_once("any (default)").unwrap();
        let named: Vec<_> = named.split([',', '\n', '#']).map(str::trim).collect();
        for kind in Kind::ALL {
            assert!(named.contains(&kind.name()), "{kind}");
        }
    }
}

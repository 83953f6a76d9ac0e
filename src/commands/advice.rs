//! What policies and settings mean for a wave. Pure.

use crate::model::request::DeviceType;
use crate::pingone::wire::{Method, Policy};

/// Whether a policy allows a type of device.
pub(super) fn allows(policy: &Policy, kind: DeviceType) -> bool {
    method(policy, kind).is_some_and(|method| method.enabled)
}

/// Whether a policy says that no new devices of a type are paired.
pub(super) fn pairing_disabled(policy: &Policy, kind: DeviceType) -> bool {
    method(policy, kind)
        .and_then(|method| method.pairing_disabled)
        .unwrap_or(false)
}

/// How users are told of a new device, unless they are not.
pub(super) fn tells_users(policy: &Policy) -> Option<&str> {
    policy
        .new_device_notification
        .as_deref()
        .filter(|how| *how != "NONE")
}

fn method(policy: &Policy, kind: DeviceType) -> Option<&Method> {
    match kind {
        DeviceType::WhatsApp => policy.whatsapp.as_ref(),
        DeviceType::Sms => policy.sms.as_ref(),
        DeviceType::Voice => policy.voice.as_ref(),
        DeviceType::Email => policy.email.as_ref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(json: &str) -> Policy {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_type_is_allowed_only_where_the_policy_says_so() {
        let policy = policy(
            r#"{"id": "x", "whatsApp": {"enabled": true, "pairingDisabled": true}, "sms": {"enabled": false}}"#,
        );
        let allowed: Vec<bool> = DeviceType::ALL
            .into_iter()
            .map(|kind| allows(&policy, kind))
            .collect();
        assert_eq!(
            allowed,
            [true, false, false, false],
            "{:?}",
            DeviceType::ALL
        );
        assert!(pairing_disabled(&policy, DeviceType::WhatsApp));
        assert!(!pairing_disabled(&policy, DeviceType::Sms));
    }

    #[test]
    fn users_are_told_of_new_devices_unless_the_policy_says_none() {
        for (value, told) in [("NONE", None), ("EMAIL_THEN_SMS", Some("EMAIL_THEN_SMS"))] {
            let policy = policy(&format!(
                r#"{{"id": "x", "newDeviceNotification": "{value}"}}"#
            ));
            assert_eq!(tells_users(&policy), told);
        }
        assert_eq!(tells_users(&policy(r#"{"id": "x"}"#)), None);
    }
}

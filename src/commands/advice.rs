//! What policies and settings mean for a wave. Pure.

use crate::model::country::Country;
use crate::model::request::DeviceType;
use crate::pingone::tenant::NotificationPolicy;
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

/// The notification policy that is named, or the environment's default.
pub(super) fn notification_policy<'a>(
    policies: &'a [NotificationPolicy],
    named: Option<&str>,
) -> Option<&'a NotificationPolicy> {
    let named = policies
        .iter()
        .find(|policy| named == Some(policy.id.as_str()));
    named.or_else(|| policies.iter().find(|policy| policy.default))
}

/// Whether a notification policy lets no passcode for a type of device go to a country ("Notification
/// Policies": the limit is about texts and calls alone).
pub(super) fn denies(policy: &NotificationPolicy, kind: DeviceType, country: Country) -> bool {
    let (Some(limit), DeviceType::Sms | DeviceType::Voice) = (&policy.country_limit, kind) else {
        return false;
    };
    let has = |words: &[String], word: &str| words.iter().any(|it| it.eq_ignore_ascii_case(word));
    let methods = limit.delivery_methods.as_deref();
    let is_listed = has(&limit.countries, &country.to_string());
    methods.is_none_or(|methods| has(methods, kind.as_str()))
        && match limit.kind.as_str() {
            "ALLOWED" => !is_listed,
            "DENIED" => is_listed,
            _ => false,
        }
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
    fn texts_and_calls_go_to_no_country_that_the_limit_keeps_out() {
        use DeviceType::{Email, Sms, Voice, WhatsApp};
        let only_texts = r#", "deliveryMethods": ["SMS"]"#;
        for (kind, methods, denied) in [
            ("NONE", "", [&[][..], &[]]),
            ("ALLOWED", "", [&[], &[Sms, Voice]]),
            ("DENIED", "", [&[Sms, Voice], &[]]),
            ("DENIED", only_texts, [&[Sms], &[]]),
        ] {
            let policy: NotificationPolicy = serde_json::from_str(&format!(
                r#"{{"countryLimit": {{"type": "{kind}", "countries": ["us", "CA"]{methods}}}}}"#
            ))
            .unwrap();
            for (country, denied) in ["US", "GB"].into_iter().zip(denied) {
                let country = country.parse().unwrap();
                let found = [WhatsApp, Sms, Voice, Email].into_iter();
                let found: Vec<_> = found.filter(|it| denies(&policy, *it, country)).collect();
                assert_eq!(found, denied, "{kind} {methods} {country}");
            }
        }
        let unlimited: NotificationPolicy = serde_json::from_str("{}").unwrap();
        assert!(!denies(&unlimited, Sms, "GB".parse().unwrap()));
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

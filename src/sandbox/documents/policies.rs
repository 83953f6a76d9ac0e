//! Device authentication policies ("Device Authentication Policies").

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::{Home, notifications, reference};
use crate::sandbox::store::DeviceType;
use crate::sandbox::variants::{Variant, Variants};
use crate::sandbox::{Policies, SMS_ONLY_POLICY, WAVE_POLICY};

/// A device authentication policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct Policy {
    id: Uuid,
    name: &'static str,
    /// Whether it is the environment's default; exactly one is.
    default: bool,
    /// Whether it allows text messages alone.
    only_sms: bool,
}

/// The policies that are listed; the first is the default.
const LISTED: [Policy; 2] = [
    Policy {
        id: uuid!(WAVE_POLICY),
        name: "Wave MFA",
        default: true,
        only_sms: false,
    },
    Policy {
        id: uuid!(SMS_ONLY_POLICY),
        name: "SMS only",
        default: false,
        only_sms: true,
    },
];

impl Policy {
    /// The policy of an ID, where there is one.
    pub(in crate::sandbox) fn of(there_are: Policies, id: Uuid) -> Option<Self> {
        let listed = LISTED.into_iter().find(|policy| policy.id == id);
        listed.or(match there_are {
            Policies::Any => Some(Self {
                id,
                name: "Any policy",
                default: false,
                only_sms: false,
            }),
            Policies::Known => None,
        })
    }

    /// Tells whether a device of a type may be made with it.
    pub(in crate::sandbox) fn takes(&self, kind: DeviceType, variants: &Variants) -> bool {
        let none = [Variant::WhatsappMissing, Variant::PairingDisabled];
        let takes_whatsapp = none.into_iter().all(|variant| !variants.has(variant));
        self.allows(kind) && (takes_whatsapp || kind != DeviceType::WhatsApp)
    }

    fn allows(&self, kind: DeviceType) -> bool {
        !self.only_sms || kind == DeviceType::Sms
    }

    /// The policy as it is shown.
    pub(in crate::sandbox) fn document(&self, home: &Home) -> Value {
        let method = |kind| method(self.allows(kind));
        let notifications = if self.only_sms {
            notifications::NORTH_AMERICA
        } else {
            notifications::DEFAULT
        };
        let cool_down = json!({ "count": 3, "coolDown": { "duration": 2, "timeUnit": "MINUTES" } });
        let told = home.is(Variant::NewDeviceNotification);
        let mut document = json!({
            "_links": home.links(&format!("deviceAuthenticationPolicies/{}", self.id)),
            "id": self.id.to_string(),
            "environment": reference(home.id),
            "name": self.name,
            "default": self.default,
            "forSignOnPolicy": false,
            "ignoreUserLock": false,
            "authentication": { "deviceSelection": "DEFAULT_TO_FIRST" },
            "newDeviceNotification": if told { "SMS_THEN_EMAIL" } else { "NONE" },
            "notificationsPolicy": reference(notifications),
            "whatsApp": method(DeviceType::WhatsApp),
            "sms": method(DeviceType::Sms),
            "voice": method(DeviceType::Voice),
            "email": method(DeviceType::Email),
            "mobile": { "enabled": false, "otp": { "failure": cool_down } },
            "totp": { "enabled": false, "pairingDisabled": false, "otp": { "failure": cool_down } },
            "fido2": { "enabled": false, "pairingDisabled": false },
            "updatedAt": home.start(),
        });
        if home.is(Variant::PairingDisabled) {
            document["whatsApp"]["pairingDisabled"] = json!(true);
        }
        if let (true, Some(members)) = (home.is(Variant::WhatsappMissing), document.as_object_mut())
        {
            members.remove("whatsApp");
        }
        document
    }
}

fn method(enabled: bool) -> Value {
    json!({
        "enabled": enabled,
        "pairingDisabled": false,
        "promptForNicknameOnPairing": false,
        "otp": {
            "lifeTime": { "duration": 30, "timeUnit": "MINUTES" },
            "failure": { "count": 3, "coolDown": { "duration": 0, "timeUnit": "MINUTES" } },
            "otpLength": 6,
        },
    })
}

/// The listing of the policies.
pub(in crate::sandbox) fn list(home: &Home) -> Value {
    let policies = LISTED.map(|policy| policy.document(home));
    home.listing("deviceAuthenticationPolicies", &policies)
}

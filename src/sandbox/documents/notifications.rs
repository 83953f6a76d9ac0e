//! How many messages go to whom ("Notification Policies").

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::{Home, reference};
use crate::sandbox::variants::Variant;

/// The environment's default: messages go to every country, unless the variant denies one.
pub(super) const DEFAULT: Uuid = uuid!("3b7e8f0c-51d2-4a6e-9b43-7c0d1e2f3a45");
/// Texts and calls go to two countries alone. The policy `SMS only` keeps to it.
pub(super) const NORTH_AMERICA: Uuid = uuid!("5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a");

/// The listing of the policies.
pub(in crate::sandbox) fn list(home: &Home) -> Value {
    home.listing("notificationsPolicies", &all(home))
}

/// The policy of an ID, where there is one.
pub(in crate::sandbox) fn one(home: &Home, id: Uuid) -> Option<Value> {
    let id = json!(id.to_string());
    all(home).into_iter().find(|policy| policy["id"] == id)
}

fn all(home: &Home) -> [Value; 2] {
    let both = json!(["SMS", "Voice"]);
    let everywhere = json!({ "type": "NONE", "deliveryMethods": both, "countries": [] });
    let denied = json!({ "type": "DENIED", "deliveryMethods": both, "countries": ["GB"] });
    let default = if home.is(Variant::CountriesDenied) {
        denied
    } else {
        everywhere
    };
    let two = json!({ "type": "ALLOWED", "deliveryMethods": both, "countries": ["US", "CA"] });
    [
        policy(home, DEFAULT, "Default notification policy", &default),
        policy(home, NORTH_AMERICA, "United States and Canada", &two),
    ]
}

fn policy(home: &Home, id: Uuid, name: &str, countries: &Value) -> Value {
    let at_once = json!({ "enabled": false });
    json!({
        "_links": home.links(&format!("notificationsPolicies/{id}")),
        "id": id.to_string(),
        "environment": reference(home.id),
        "name": name,
        "default": id == DEFAULT,
        "quotas": [
            { "type": "USER", "deliveryMethods": ["SMS", "Voice"], "total": 50 },
            { "type": "USER", "deliveryMethods": ["Email"], "total": 50 },
        ],
        "countryLimit": countries,
        "cooldownConfiguration": {
            "sms": at_once, "voice": at_once, "email": at_once, "whatsApp": at_once,
        },
        "createdAt": home.start(),
        "updatedAt": home.start(),
    })
}

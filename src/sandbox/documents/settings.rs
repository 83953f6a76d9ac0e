//! What holds for the whole environment ("MFA Settings", "Environments", "Capabilities", "Bill of
//! Materials" and "Rate Limiting").

use serde_json::{Map, Value, json};
use uuid::{Uuid, uuid};

use super::{Home, reference};
use crate::sandbox::variants::Variant;

/// The addresses without a limit of their own: ranges that are for documents, so nobody has one of them.
const ALLOW_LIST: [(Uuid, &str); 2] = [
    (
        uuid!("7c6b5a49-3827-4e1d-9c0b-1a2b3c4d5e6f"),
        "203.0.113.0/24",
    ),
    (
        uuid!("8d7c6b5a-4938-4f2e-8d1c-2b3c4d5e6f70"),
        "2001:db8::/32",
    ),
];
/// The addresses that the sandbox is asked from.
const LOOPBACK: [(Uuid, &str); 2] = [
    (uuid!("9e8d7c6b-5a49-4038-9e2d-3c4d5e6f7081"), "127.0.0.0/8"),
    (uuid!("af9e8d7c-6b5a-4149-8f3e-4d5e6f708192"), "::1/128"),
];
/// The rate groups that a license says something of.
const RATE_GROUPS: [&str; 7] = [
    "rlgDirAccessRps",
    "rlgDirBulkRps",
    "rlgDirFixedRps",
    "rlgDirWriteRps",
    "rlgMfaFixedRps",
    "rlgMfaPollingRps",
    "rlgMfaRps",
];

/// The environment's MFA settings.
pub(in crate::sandbox) fn mfa_settings(home: &Home, max_devices: u32) -> Value {
    json!({
        "_links": home.links("mfaSettings"),
        "environment": reference(home.id),
        "authentication": { "deviceSelection": "DEFAULT_TO_FIRST" },
        "pairing": { "maxAllowedDevices": max_devices, "pairingKeyFormat": "NUMERIC" },
        "lockout": { "failureCount": 5, "durationSeconds": 600 },
        "phoneExtensions": { "enabled": false },
        "users": { "mfaEnabled": false },
        "updatedAt": home.start(),
    })
}

/// The environment itself.
pub(in crate::sandbox) fn environment(home: &Home) -> Value {
    let part = |name: &str| json!({ "href": home.at(name) });
    json!({
        "_links": {
            "self": { "href": home.address },
            "billOfMaterials": part("billOfMaterials"),
            "capabilities": part("capabilities"),
            "users": part("users"),
        },
        "id": home.id.to_string(),
        "name": "Sandbox of wavepair",
        "description": "Nothing in here is true",
        "type": "SANDBOX",
        "region": "EU",
        "status": "ACTIVE",
        "createdAt": home.start(),
        "updatedAt": home.start(),
    })
}

/// What the license and the products allow.
pub(in crate::sandbox) fn capabilities(home: &Home, rate: u64) -> Value {
    let limits = RATE_GROUPS.map(|group| (group.to_owned(), json!({ "limit": rate })));
    let limits: Map<String, Value> = limits.into_iter().collect();
    json!({
        "_links": home.links("capabilities"),
        "environmentId": home.id.to_string(),
        "canUseEmailOtp": true,
        "canUseSmsOtp": true,
        "canUseVoiceOtp": true,
        "canUseWhatsAppOtp": true,
        "canUseTotp": false,
        "licenseQuantities": limits,
    })
}

/// The products of the environment.
pub(in crate::sandbox) fn products(home: &Home) -> Value {
    let product = |id: Uuid, kind: &str| json!({ "id": id.to_string(), "type": kind });
    let base = product(
        uuid!("0a1b2c3d-4e5f-4061-8273-849506172839"),
        "PING_ONE_BASE",
    );
    let mfa = product(
        uuid!("1b2c3d4e-5f60-4172-9384-95a6b7c8d9e0"),
        "PING_ONE_MFA",
    );
    let products = if home.is(Variant::NoMfaProduct) {
        vec![base]
    } else {
        vec![base, mfa]
    };
    json!({
        "_links": home.links("billOfMaterials"),
        "products": products,
        "createdAt": home.start(),
        "updatedAt": home.start(),
    })
}

/// The addresses that no share of the rate limit holds for.
pub(in crate::sandbox) fn allow_list(home: &Home) -> Value {
    let all = all_allowed(home).map(|(id, addresses)| entry(home, id, addresses));
    home.listing("rateLimitIpConfigs", &all.collect::<Vec<_>>())
}

/// One entry of them, where it is there.
pub(in crate::sandbox) fn allowed(home: &Home, id: Uuid) -> Option<Value> {
    let found = all_allowed(home).find(|(known, _)| *known == id);
    found.map(|(id, addresses)| entry(home, id, addresses))
}

fn all_allowed(home: &Home) -> impl Iterator<Item = (Uuid, &'static str)> {
    let ours = home.is(Variant::AddressAllowed).then_some(LOOPBACK);
    ALLOW_LIST.into_iter().chain(ours.into_iter().flatten())
}

fn entry(home: &Home, id: Uuid, addresses: &str) -> Value {
    json!({
        "_links": home.links(&format!("rateLimitIpConfigs/{id}")),
        "id": id.to_string(),
        "type": "WHITELIST",
        "value": addresses,
        "createdAt": home.start(),
        "updatedAt": home.start(),
    })
}

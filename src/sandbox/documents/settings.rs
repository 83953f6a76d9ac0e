//! What holds for the whole environment ("MFA Settings").

use serde_json::{Value, json};

use super::{Home, reference};

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

//! Literal documents about a tenant, as a whole.

/// "Environments": the environment.
pub(crate) const ENVIRONMENT: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV"},
        "billOfMaterials": {"href": "http://HOST/v1/environments/ENV/billOfMaterials"},
        "capabilities": {"href": "http://HOST/v1/environments/ENV/capabilities"},
        "users": {"href": "http://HOST/v1/environments/ENV/users"}
    },
    "id": "ENV",
    "name": "Sandbox of wavepair",
    "description": "Nothing in here is true",
    "type": "SANDBOX",
    "region": "EU",
    "status": "ACTIVE",
    "createdAt": "NOW",
    "updatedAt": "NOW"
}"#;

/// "MFA Settings": the settings, of which the limit of devices matters most.
pub(crate) const MFA_SETTINGS: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/mfaSettings"},
        "environment": {"href": "http://HOST/v1/environments/ENV"}
    },
    "environment": {"id": "ENV"},
    "authentication": {"deviceSelection": "DEFAULT_TO_FIRST"},
    "pairing": {"maxAllowedDevices": 5, "pairingKeyFormat": "NUMERIC"},
    "lockout": {"failureCount": 5, "durationSeconds": 600},
    "phoneExtensions": {"enabled": false},
    "users": {"mfaEnabled": false},
    "updatedAt": "NOW"
}"#;

/// "Capabilities": what concerns a wave.
pub(crate) const CAPABILITIES: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/capabilities"},
        "environment": {"href": "http://HOST/v1/environments/ENV"}
    },
    "environmentId": "ENV",
    "canUseEmailOtp": true,
    "canUseSmsOtp": true,
    "canUseVoiceOtp": true,
    "canUseWhatsAppOtp": true,
    "canUseTotp": false,
    "licenseQuantities": {
        "rlgDirAccessRps": {"limit": 100},
        "rlgDirBulkRps": {"limit": 100},
        "rlgDirFixedRps": {"limit": 100},
        "rlgDirWriteRps": {"limit": 100},
        "rlgMfaFixedRps": {"limit": 100},
        "rlgMfaPollingRps": {"limit": 100},
        "rlgMfaRps": {"limit": 100}
    }
}"#;

/// "Bill of Materials": the products, `PING_ONE_MFA` among them.
pub(crate) const PRODUCTS: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/billOfMaterials"},
        "environment": {"href": "http://HOST/v1/environments/ENV"}
    },
    "products": [
        {"id": "0a1b2c3d-4e5f-4061-8273-849506172839", "type": "PING_ONE_BASE"},
        {"id": "1b2c3d4e-5f60-4172-9384-95a6b7c8d9e0", "type": "PING_ONE_MFA"}
    ],
    "createdAt": "NOW",
    "updatedAt": "NOW"
}"#;

/// "Rate Limiting": addresses on the allow list.
pub(crate) const ALLOWED: &str = r#"{
    "_links": {
        "self": {
            "href": "http://HOST/v1/environments/ENV/rateLimitIpConfigs/7c6b5a49-3827-4e1d-9c0b-1a2b3c4d5e6f"
        },
        "environment": {"href": "http://HOST/v1/environments/ENV"}
    },
    "id": "7c6b5a49-3827-4e1d-9c0b-1a2b3c4d5e6f",
    "type": "WHITELIST",
    "value": "203.0.113.0/24",
    "createdAt": "NOW",
    "updatedAt": "NOW"
}"#;

/// "Notification Policies": the default one, which knows no limit of countries. `\u0055SER` is not to be
/// filled in.
pub(crate) const NOTIFICATION_POLICY: &str = r#"{
    "_links": {
        "self": {
            "href": "http://HOST/v1/environments/ENV/notificationsPolicies/3b7e8f0c-51d2-4a6e-9b43-7c0d1e2f3a45"
        },
        "environment": {"href": "http://HOST/v1/environments/ENV"}
    },
    "id": "3b7e8f0c-51d2-4a6e-9b43-7c0d1e2f3a45",
    "environment": {"id": "ENV"},
    "name": "Default notification policy",
    "default": true,
    "quotas": [
        {"type": "\u0055SER", "deliveryMethods": ["SMS", "Voice"], "total": 50},
        {"type": "\u0055SER", "deliveryMethods": ["Email"], "total": 50}
    ],
    "countryLimit": {"type": "NONE", "deliveryMethods": ["SMS", "Voice"], "countries": []},
    "cooldownConfiguration": {
        "sms": {"enabled": false},
        "voice": {"enabled": false},
        "email": {"enabled": false},
        "whatsApp": {"enabled": false}
    },
    "createdAt": "NOW",
    "updatedAt": "NOW"
}"#;

/// "Device Authentication Policies": the default one, which allows each method that takes a message.
pub(crate) const POLICY: &str = r#"{
    "_links": {
        "self": {
            "href": "http://HOST/v1/environments/ENV/deviceAuthenticationPolicies/6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10"
        },
        "environment": {"href": "http://HOST/v1/environments/ENV"}
    },
    "id": "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10",
    "environment": {"id": "ENV"},
    "name": "Wave MFA",
    "default": true,
    "forSignOnPolicy": false,
    "ignoreUserLock": false,
    "authentication": {"deviceSelection": "DEFAULT_TO_FIRST"},
    "newDeviceNotification": "NONE",
    "notificationsPolicy": {"id": "3b7e8f0c-51d2-4a6e-9b43-7c0d1e2f3a45"},
    "whatsApp": {
        "enabled": true,
        "pairingDisabled": false,
        "promptForNicknameOnPairing": false,
        "otp": {
            "lifeTime": {"duration": 30, "timeUnit": "MINUTES"},
            "failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}},
            "otpLength": 6
        }
    },
    "sms": {
        "enabled": true,
        "pairingDisabled": false,
        "promptForNicknameOnPairing": false,
        "otp": {
            "lifeTime": {"duration": 30, "timeUnit": "MINUTES"},
            "failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}},
            "otpLength": 6
        }
    },
    "voice": {
        "enabled": true,
        "pairingDisabled": false,
        "promptForNicknameOnPairing": false,
        "otp": {
            "lifeTime": {"duration": 30, "timeUnit": "MINUTES"},
            "failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}},
            "otpLength": 6
        }
    },
    "email": {
        "enabled": true,
        "pairingDisabled": false,
        "promptForNicknameOnPairing": false,
        "otp": {
            "lifeTime": {"duration": 30, "timeUnit": "MINUTES"},
            "failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}},
            "otpLength": 6
        }
    },
    "mobile": {
        "enabled": false,
        "otp": {"failure": {"count": 3, "coolDown": {"duration": 2, "timeUnit": "MINUTES"}}}
    },
    "totp": {
        "enabled": false,
        "pairingDisabled": false,
        "otp": {"failure": {"count": 3, "coolDown": {"duration": 2, "timeUnit": "MINUTES"}}}
    },
    "fido2": {"enabled": false, "pairingDisabled": false},
    "updatedAt": "NOW"
}"#;

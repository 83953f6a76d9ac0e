//! Literal documents. `ENV`, `USER`, `DEVICE`, `HOST` and `NOW` stand for what differs each time.

pub(crate) mod reports;
pub(crate) mod tenant;

/// "Create MFA User Device (WhatsApp)": the body of the request.
pub(super) const CREATE: &str = r#"{
    "type": "WHATSAPP",
    "phone": "+1.5125551234",
    "policy": {
        "id": "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10"
    }
}"#;

/// "Create MFA User Device (WhatsApp)": the answer.
pub(super) const CREATED: &str = r#"{
    "_links": {
        "self": {
            "href": "http://HOST/v1/environments/ENV/users/USER/devices/DEVICE"
        },
        "environment": {
            "href": "http://HOST/v1/environments/ENV"
        },
        "user": {
            "href": "http://HOST/v1/environments/ENV/users/USER"
        }
    },
    "id": "DEVICE",
    "environment": {
        "id": "ENV"
    },
    "user": {
        "id": "USER"
    },
    "type": "WHATSAPP",
    "status": "ACTIVE",
    "createdAt": "NOW",
    "updatedAt": "NOW",
    "phone": "+1.5125551234"
}"#;

/// "MFA Devices": a listing of a user's devices. `size` and `count` are not shown for it.
pub(super) const LISTED: &str = r#"{
    "_links": {
        "self": {
            "href": "https://HOST/v1/environments/ENV/users/USER/devices"
        },
        "devices.reorder": {
            "href": "https://HOST/v1/environments/ENV/users/USER/devices"
        }
    },
    "_embedded": {
        "devices": [
            {
                "id": "11111111-1111-4111-8111-111111111111",
                "type": "SMS",
                "status": "ACTIVE",
                "phone": "+1.5125551234"
            },
            {
                "id": "DEVICE",
                "type": "WHATSAPP",
                "status": "ACTIVE",
                "createdAt": "NOW",
                "phone": "+1.5125551234"
            }
        ]
    }
}"#;

/// "MFA Settings": the answer to one device too many.
pub(super) const DEVICE_LIMIT: &str = r#"{
    "id": "ID",
    "code": "REQUEST_FAILED",
    "message": "The request could not be completed. There was an issue processing the request.",
    "details": [{
        "code": "LIMIT_EXCEEDED",
        "message": "Maximum allowed devices has been reached",
        "innerError": {"maximumAllowed": 1}
    }]
}"#;

/// "Error codes": a resource that does not exist.
pub(super) const NOT_FOUND: &str = r#"{
    "id": "ID",
    "code": "NOT_FOUND",
    "message": "The request could not be completed. The requested resource was not found."
}"#;

/// "Error codes": a missing role. It is also the answer for an environment that is not there.
pub(super) const FORBIDDEN: &str = r#"{
    "id": "ID",
    "code": "ACCESS_FAILED",
    "message": "The request could not be completed. You do not have access to this resource.",
    "details": [{
        "code": "INSUFFICIENT_PERMISSIONS",
        "message": "The actor attempting to perform the request is not authorized."
    }]
}"#;

/// "MFA Devices": an SMS device in test mode that waits for its activation, as it is created.
pub(super) const CREATED_IN_TEST_MODE: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/users/USER/devices/DEVICE"},
        "environment": {"href": "http://HOST/v1/environments/ENV"},
        "user": {"href": "http://HOST/v1/environments/ENV/users/USER"},
        "activate": {"href": "http://HOST/v1/environments/ENV/users/USER/devices/DEVICE"}
    },
    "id": "DEVICE",
    "environment": {"id": "ENV"},
    "user": {"id": "USER"},
    "type": "SMS",
    "status": "ACTIVATION_REQUIRED",
    "createdAt": "NOW",
    "updatedAt": "NOW",
    "phone": "+1.5125551234",
    "block": {"status": "UNBLOCKED"},
    "lock": {"status": "UNLOCKED"},
    "testMode": true,
    "test": {"otp": "OTP"}
}"#;

/// "MFA Devices": the nickname of a device, once it is set.
pub(super) const NICKNAMED: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/users/USER/devices/DEVICE/nickname"},
        "device": {"href": "http://HOST/v1/environments/ENV/users/USER/devices/DEVICE"}
    },
    "nickname": "Work"
}"#;

/// "Enable Users MFA": the answer to a read and to an update alike.
pub(super) const MFA_ENABLED: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/users/USER/mfaEnabled"},
        "environment": {"href": "http://HOST/v1/environments/ENV"},
        "user": {"href": "http://HOST/v1/environments/ENV/users/USER"}
    },
    "environment": {"id": "ENV"},
    "user": {"id": "USER"},
    "mfaEnabled": true
}"#;

/// "Users": what is documented of a user and concerns a wave.
pub(super) const A_USER: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/users/USER"},
        "environment": {"href": "http://HOST/v1/environments/ENV"},
        "devices": {"href": "http://HOST/v1/environments/ENV/users/USER/devices"}
    },
    "id": "USER",
    "environment": {"id": "ENV"},
    "account": {"canAuthenticate": true, "status": "OK"},
    "createdAt": "NOW",
    "updatedAt": "NOW",
    "username": "user-USER",
    "email": "user-USER@example.com",
    "externalId": "external-USER",
    "enabled": true,
    "identityProvider": {"type": "PING_ONE"},
    "lifecycle": {"status": "ACCOUNT_OK"},
    "mfaEnabled": true,
    "population": {"id": "9f2d4c6b-1a3e-4f58-8b7c-6d5e4f3a2b10"},
    "verifyStatus": "NOT_INITIATED"
}"#;

/// "Users": a listing with one user, who is left out here.
pub(super) const USERS: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/users"},
        "environment": {"href": "http://HOST/v1/environments/ENV"}
    },
    "_embedded": {"users": [{}]},
    "count": 1,
    "size": 1
}"#;

//! What the sandbox says, in PingOne's words where its documentation has them.
//!
//! Sources: "Error codes", "Create MFA User Device (WhatsApp)", "MFA Settings" and
//! "Device Authentication Policies" of the PingOne Platform API reference. The messages of details
//! are not documented, with the exception of the device limit's and the missing role's.

use hyper::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::reply::Reply;
use super::store::{DeviceType, Stored};
use super::time::Clock;
use super::{Policies, SMS_ONLY_POLICY, WAVE_POLICY};
use crate::pingone::wire::{
    self, Collection, Device, Devices, ErrorBody, ErrorDetail, Method, MfaSettings, Pairing,
    Policy, Reference,
};

const VALIDATION: &str =
    "The request could not be completed. One or more validation errors were in the request.";
const ISSUE: &str =
    "The request could not be completed. There was an issue processing the request.";
const NO_ACCESS: &str =
    "The request could not be completed. You do not have access to this resource.";
const NOT_FOUND: &str = "The request could not be completed. The requested resource was not found.";
const INVALID: &str = "The request could not be completed. The request is not valid.";
const UNEXPECTED: &str =
    "The request could not be completed. An unexpected error occurred on the server.";
const LIMITED: &str = "The request could not be completed. The request rate limit was exceeded.";

fn error(code: &str, message: &str, details: Vec<ErrorDetail>) -> ErrorBody {
    ErrorBody {
        id: None,
        code: Some(code.to_owned()),
        message: Some(message.to_owned()),
        details: (!details.is_empty()).then_some(details),
    }
}

/// One detail of an error; `target` names the member of the request.
pub(super) fn detail(code: &str, target: Option<&str>, message: &str) -> ErrorDetail {
    ErrorDetail {
        code: Some(code.to_owned()),
        target: target.map(str::to_owned),
        message: Some(message.to_owned()),
        inner_error: None,
    }
}

/// The answer to values that are wrong: all of them at once.
pub(super) fn invalid_data(details: Vec<ErrorDetail>) -> Reply {
    let body = error("INVALID_DATA", VALIDATION, details);
    Reply::error(StatusCode::BAD_REQUEST, body)
}

/// The answer to a user with as many devices as are allowed.
pub(super) fn device_limit(maximum: u32) -> Reply {
    let limit = ErrorDetail {
        inner_error: Some(json!({ "maximumAllowed": maximum })),
        ..detail(
            "LIMIT_EXCEEDED",
            None,
            "Maximum allowed devices has been reached",
        )
    };
    Reply::error(
        StatusCode::BAD_REQUEST,
        error("REQUEST_FAILED", ISSUE, vec![limit]),
    )
}

/// The answer to an identical device.
pub(super) fn duplicate(status: StatusCode, existing: Uuid) -> Reply {
    let detail = ErrorDetail {
        inner_error: Some(json!({ "existingId": existing.to_string() })),
        ..detail("UNIQUENESS_VIOLATION", Some("phone"), "is already in use")
    };
    Reply::error(status, error("INVALID_DATA", VALIDATION, vec![detail]))
}

/// The usual error of a status, whatever led to it.
pub(super) fn of_status(status: StatusCode) -> Reply {
    let body = match status.as_u16() {
        401 => {
            let token = detail(
                "INVALID_TOKEN",
                Some("Authentication"),
                "The token is not valid",
            );
            error("ACCESS_FAILED", NO_ACCESS, vec![token])
        }
        403 => {
            let message = "The actor attempting to perform the request is not authorized.";
            let role = detail("INSUFFICIENT_PERMISSIONS", None, message);
            error("ACCESS_FAILED", NO_ACCESS, vec![role])
        }
        404 => error("NOT_FOUND", NOT_FOUND, Vec::new()),
        429 => {
            let limit = detail("LIMIT_EXCEEDED", None, "The rate limit has been reached");
            error("REQUEST_LIMITED", LIMITED, vec![limit])
        }
        500.. => error("UNEXPECTED_ERROR", UNEXPECTED, Vec::new()),
        _ => error("INVALID_REQUEST", INVALID, Vec::new()),
    };
    Reply::error(status, body)
}

/// A device as it is shown; `home` is the address of the environment.
pub(super) fn device(home: &str, environment: Uuid, stored: &Stored, clock: &Clock) -> Device {
    let user = format!("{home}/users/{}", stored.user);
    let itself = format!("{user}/devices/{}", stored.id);
    let mut links = json!({
        "self": { "href": itself },
        "environment": { "href": home },
        "user": { "href": user },
    });
    if stored.pending {
        links["activate"] = json!({ "href": itself });
    }
    let address = Some(stored.address.to_string());
    let (phone, email) = match stored.kind {
        DeviceType::Email => (None, address),
        DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => (address, None),
    };
    let at = clock.timestamp(stored.at);
    Device {
        links: Some(links),
        id: Some(stored.id.to_string()),
        environment: Some(reference(environment)),
        user: Some(reference(stored.user)),
        kind: Some(stored.kind.name().to_owned()),
        status: Some(status(stored.pending).to_owned()),
        created_at: Some(at.clone()),
        updated_at: Some(at),
        phone,
        email,
        nickname: (!stored.nickname.is_empty()).then(|| stored.nickname.to_string()),
    }
}

/// The two statuses that a device can be made with.
pub(super) fn status(pending: bool) -> &'static str {
    if pending {
        "ACTIVATION_REQUIRED"
    } else {
        "ACTIVE"
    }
}

/// A user's devices. `count` and `size` are not shown for this collection, and so are left out.
pub(super) fn devices(home: &str, user: Uuid, devices: Vec<Device>) -> Collection<Devices> {
    let itself = format!("{home}/users/{user}/devices");
    Collection {
        links: Some(links([("self", &*itself), ("devices.reorder", &*itself)])),
        embedded: Some(Devices {
            devices: Some(devices),
        }),
        count: None,
        size: None,
    }
}

/// A user; there is nothing to know about one.
pub(super) fn user(home: &str, environment: Uuid, id: Uuid) -> Value {
    json!({
        "_links": {
            "self": { "href": format!("{home}/users/{id}") },
            "environment": { "href": home },
        },
        "id": id.to_string(),
        "environment": { "id": environment.to_string() },
        "username": format!("user-{id}"),
        "enabled": true,
        "mfaEnabled": true,
        "lifecycle": { "status": "ACCOUNT_OK" },
    })
}

/// The policies of the environment that are listed; the first is the default.
pub(super) fn policies() -> [Policy; 2] {
    let all_types = policy_of_all_types(WAVE_POLICY, "Wave MFA");
    let only_sms = policy_of_all_types(SMS_ONLY_POLICY, "SMS only");
    [
        Policy {
            default: true,
            ..all_types
        },
        Policy {
            whatsapp: Some(method(false)),
            voice: Some(method(false)),
            email: Some(method(false)),
            ..only_sms
        },
    ]
}

fn policy_of_all_types(id: &str, name: &str) -> Policy {
    Policy {
        id: id.to_owned(),
        name: name.to_owned(),
        default: false,
        new_device_notification: Some("NONE".to_owned()),
        whatsapp: Some(method(true)),
        sms: Some(method(true)),
        voice: Some(method(true)),
        email: Some(method(true)),
    }
}

fn method(enabled: bool) -> Method {
    Method {
        enabled,
        pairing_disabled: Some(false),
    }
}

/// The policy of an ID, where there is one.
pub(super) fn policy(there_are: Policies, id: Uuid) -> Option<Policy> {
    let id = id.to_string();
    let known = policies().into_iter().find(|policy| policy.id == id);
    known.or_else(|| match there_are {
        Policies::Any => Some(policy_of_all_types(&id, "Any policy")),
        Policies::Known => None,
    })
}

/// Tells whether a policy allows a type.
pub(super) fn allows(policy: &Policy, kind: DeviceType) -> bool {
    let method = match kind {
        DeviceType::WhatsApp => &policy.whatsapp,
        DeviceType::Sms => &policy.sms,
        DeviceType::Voice => &policy.voice,
        DeviceType::Email => &policy.email,
    };
    method.as_ref().is_some_and(|method| method.enabled)
}

/// The listing of the policies.
pub(super) fn policy_list(home: &str) -> Collection<wire::Policies> {
    let itself = format!("{home}/deviceAuthenticationPolicies");
    let policies = Vec::from(policies());
    let count = u64::try_from(policies.len()).ok();
    Collection {
        links: Some(links([("self", &*itself)])),
        embedded: Some(wire::Policies { policies }),
        count,
        size: count,
    }
}

/// The environment's MFA settings.
pub(super) fn mfa_settings(max_devices: u32) -> MfaSettings {
    MfaSettings {
        pairing: Some(Pairing {
            max_allowed_devices: Some(max_devices),
        }),
    }
}

fn reference(id: Uuid) -> Reference {
    Reference { id: id.to_string() }
}

fn links<const N: usize>(links: [(&str, &str); N]) -> serde_json::Map<String, Value> {
    let links = links.map(|(name, href)| (name.to_owned(), json!({ "href": href })));
    links.into_iter().collect()
}

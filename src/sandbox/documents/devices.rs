//! Devices ("MFA Devices", "Create MFA User Device (WhatsApp)").

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Home, links, reference};
use crate::pingone::wire::{Collection, Device};
use crate::sandbox::phone::digits;
use crate::sandbox::store::{DeviceType, Stored};
use crate::sandbox::variants::Variant;

/// A device, with what only some of them show.
#[derive(Serialize)]
pub(in crate::sandbox) struct Shown {
    #[serde(flatten)]
    device: Device,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lock: Option<Value>,
    #[serde(rename = "testMode", skip_serializing_if = "Option::is_none")]
    test_mode: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<Value>,
}

/// A listing of them.
#[derive(Serialize)]
struct Listed {
    devices: Vec<Shown>,
}

/// A device as it is shown.
pub(in crate::sandbox) fn device(home: &Home, stored: &Stored) -> Shown {
    let mut links = home.links(&path(stored));
    links["user"] = json!({ "href": home.at(&format!("users/{}", stored.user)) });
    if stored.pending {
        links["activate"] = links["self"].clone();
    }
    let address = Some(address(home, stored));
    let (phone, email) = match stored.kind {
        DeviceType::Email => (None, address),
        DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => (address, None),
    };
    let device = Device {
        links: Some(links),
        id: Some(stored.id.to_string()),
        environment: Some(reference(home.id)),
        user: Some(reference(stored.user)),
        kind: Some(stored.kind.name().to_owned()),
        status: Some(status(stored.pending).to_owned()),
        created_at: Some(home.clock.timestamp(stored.at)),
        updated_at: Some(home.clock.timestamp(stored.changed)),
        phone,
        email,
        nickname: (!stored.nickname.is_empty()).then(|| stored.nickname.to_string()),
    };
    // The page about WhatsApp shows neither; the others do.
    let is_whatsapp = stored.kind == DeviceType::WhatsApp;
    let block = if stored.blocked {
        "BLOCKED"
    } else {
        "UNBLOCKED"
    };
    Shown {
        device,
        block: (!is_whatsapp || stored.blocked).then(|| json!({ "status": block })),
        lock: (!is_whatsapp).then(|| json!({ "status": "UNLOCKED" })),
        test_mode: (!is_whatsapp).then_some(stored.testing),
        test: None,
    }
}

/// The address of a device: a phone as it was sent, or else a plus and its digits.
pub(in crate::sandbox) fn address(home: &Home, stored: &Stored) -> String {
    if stored.kind == DeviceType::Email || !home.is(Variant::PhoneE164) {
        return stored.address.to_string();
    }
    format!("+{}", digits(&stored.address).collect::<String>())
}

/// A device that was just made. In test mode its one-time password is told, in place of a message.
pub(in crate::sandbox) fn created(home: &Home, stored: &Stored) -> Shown {
    let is_told = stored.testing && stored.pending;
    Shown {
        test: is_told.then(|| json!({ "otp": stored.otp() })),
        ..device(home, stored)
    }
}

/// A user's devices. `count` and `size` are not shown for this collection, and so are left out.
pub(in crate::sandbox) fn devices(home: &Home, user: Uuid, devices: Vec<Shown>) -> impl Serialize {
    let itself = home.at(&format!("users/{user}/devices"));
    Collection {
        links: Some(links([("self", &*itself), ("devices.reorder", &*itself)])),
        embedded: Some(Listed { devices }),
        count: None,
        size: None,
    }
}

/// The nickname of a device.
pub(in crate::sandbox) fn nickname(home: &Home, stored: &Stored) -> Value {
    let device = home.at(&path(stored));
    let itself = format!("{device}/nickname");
    json!({
        "_links": links([("self", &*itself), ("device", &*device)]),
        "nickname": &*stored.nickname,
    })
}

/// The two statuses that a device can be made with.
pub(in crate::sandbox) fn status(pending: bool) -> &'static str {
    if pending {
        "ACTIVATION_REQUIRED"
    } else {
        "ACTIVE"
    }
}

fn path(stored: &Stored) -> String {
    format!("users/{}/devices/{}", stored.user, stored.id)
}

//! Reads the body of a create request, and finds everything that is wrong with it.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::documents::devices::status;
use super::documents::policies::Policy;
use super::errors::detail;
use super::phone::is_phone;
use super::routes::uuid;
use super::store::{DeviceType, NewDevice};
use super::variants::{Variant, Variants};
use super::{Policies, WAVE_POLICY};
use crate::pingone::wire::ErrorDetail;

/// The longest nickname, in characters.
const NICKNAME_MAX: usize = 100;

/// Why a request for a device is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// Members that are wrong.
    Members(Vec<ErrorDetail>),
    PolicyUnknown(ErrorDetail),
    TypeNotAllowed(ErrorDetail),
}

/// Checks the members, all of them, and the policy once the members are right.
pub(super) fn read(
    body: &Map<String, Value>,
    policies: Policies,
    variants: &Variants,
) -> Result<NewDevice, Refused> {
    let mut form = Form {
        body,
        variants,
        faults: Vec::new(),
    };
    let kind = form.kind();
    let address = kind.and_then(|kind| form.address(kind));
    let policy_id = form.policy();
    let pending = form.pending();
    let nickname = form.nickname(kind);
    let testing = form.testing(kind);
    form.extension();
    form.notification(pending);
    let (Some(kind), Some(address), Some(policy_id), true) =
        (kind, address, policy_id, form.faults.is_empty())
    else {
        return Err(Refused::Members(form.faults));
    };
    let wrong = |target, message| detail("INVALID_VALUE", Some(target), message);
    let Some(policy) = Policy::of(policies, policy_id) else {
        let message = "is not the ID of a device authentication policy";
        return Err(Refused::PolicyUnknown(wrong("policy.id", message)));
    };
    if !policy.takes(kind, variants) {
        let message = "is not enabled in the policy";
        return Err(Refused::TypeNotAllowed(wrong("type", message)));
    }
    Ok(NewDevice {
        kind,
        address,
        nickname,
        pending,
        testing,
    })
}

/// Reads the nickname that a device shall have from now on; the empty one is none.
pub(super) fn new_nickname(body: &Map<String, Value>) -> Result<String, ErrorDetail> {
    match body.get("nickname") {
        None | Some(Value::Null) => Err(detail("REQUIRED_VALUE", Some("nickname"), "is required")),
        Some(_) => nickname(body),
    }
}

fn nickname(body: &Map<String, Value>) -> Result<String, ErrorDetail> {
    let fault = |code, message| Err(detail(code, Some("nickname"), message));
    match body.get("nickname") {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(name)) if name.chars().count() <= NICKNAME_MAX => Ok(name.clone()),
        Some(Value::String(_)) => fault("SIZE_LIMIT_EXCEEDED", "must have at most 100 characters"),
        Some(_) => fault("INVALID_VALUE", "must be a string"),
    }
}

struct Form<'a> {
    body: &'a Map<String, Value>,
    variants: &'a Variants,
    faults: Vec<ErrorDetail>,
}

impl<'a> Form<'a> {
    fn fault(&mut self, code: &str, target: &str, message: &str) {
        self.faults.push(detail(code, Some(target), message));
    }

    fn wrong(&mut self, target: &str, message: &str) {
        self.fault("INVALID_VALUE", target, message);
    }

    /// A member that must be there and hold text.
    fn required(&mut self, name: &str) -> Option<&'a str> {
        self.text(self.body.get(name), name)
    }

    fn text(&mut self, value: Option<&'a Value>, target: &str) -> Option<&'a str> {
        match value {
            None | Some(Value::Null) => self.fault("REQUIRED_VALUE", target, "is required"),
            Some(Value::String(text)) if text.is_empty() => {
                self.fault("EMPTY_VALUE", target, "must not be empty");
            }
            Some(Value::String(text)) => return Some(text),
            Some(_) => self.wrong(target, "must be a string"),
        }
        None
    }

    fn kind(&mut self) -> Option<DeviceType> {
        let name = self.required("type")?;
        let kind = DeviceType::parse(name);
        if kind.is_none() {
            self.wrong("type", "is not a type of device that can be created");
        }
        kind
    }

    fn address(&mut self, kind: DeviceType) -> Option<String> {
        let (name, is_valid): (_, fn(&str) -> bool) = match kind {
            DeviceType::Email => ("email", is_email),
            DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => ("phone", is_phone),
        };
        let text = self.required(name)?;
        let is_unchecked = name == "phone" && self.variants.has(Variant::PhoneUnchecked);
        let is_valid = if is_unchecked { has_digit } else { is_valid };
        if !is_valid(text) {
            self.wrong(name, "is not valid");
            return None;
        }
        Some(text.to_owned())
    }

    fn policy(&mut self) -> Option<Uuid> {
        let id = self.body.get("policy").and_then(|policy| policy.get("id"));
        if id.is_none() && self.variants.has(Variant::PolicyOptional) {
            return uuid(WAVE_POLICY);
        }
        let text = self.text(id, "policy.id")?;
        let id = uuid(text);
        if id.is_none() {
            self.wrong("policy.id", "is not a UUID");
        }
        id
    }

    /// `ACTIVE` unless said otherwise: whoever has a worker's token acts for another user.
    fn pending(&mut self) -> bool {
        match self.body.get("status") {
            None => false,
            Some(value) if value == status(false) => false,
            Some(value) if value == status(true) => true,
            Some(_) => {
                self.wrong("status", "must be ACTIVE or ACTIVATION_REQUIRED");
                false
            }
        }
    }

    fn nickname(&mut self, kind: Option<DeviceType>) -> String {
        let name = nickname(self.body).unwrap_or_else(|fault| {
            self.faults.push(fault);
            String::new()
        });
        if kind != Some(DeviceType::WhatsApp) || name.is_empty() {
            return name;
        }
        if self.variants.has(Variant::NicknameRefused) {
            self.wrong("nickname", "is not supported by WHATSAPP");
        }
        if self.variants.has(Variant::NicknameIgnored) {
            return String::new();
        }
        name
    }

    /// What PingOne does with a notification for an active device is not documented: it is ignored, or refused.
    fn notification(&mut self, pending: bool) {
        let is_refused = self.variants.has(Variant::NotificationRefused);
        if is_refused && !pending && self.body.contains_key("notification") {
            self.wrong("notification", "is for ACTIVATION_REQUIRED alone");
        }
    }

    /// Whether the one-time password shall be told; WhatsApp does not know that.
    fn testing(&mut self, kind: Option<DeviceType>) -> bool {
        match (self.body.get("testMode"), kind) {
            (Some(_), Some(DeviceType::WhatsApp)) => {
                self.wrong("testMode", "is not supported by WHATSAPP");
            }
            (None | Some(Value::Null), _) => {}
            (Some(Value::Bool(testing)), _) => return *testing,
            (Some(_), _) => self.wrong("testMode", "must be true or false"),
        }
        false
    }

    fn extension(&mut self) {
        if self.body.contains_key("extension") {
            self.wrong("extension", "is not enabled in the MFA settings");
        }
    }
}

fn has_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

fn is_email(text: &str) -> bool {
    let sides = text.split_once('@');
    sides.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::super::SMS_ONLY_POLICY;
    use super::*;

    fn faults(members: &str) -> Vec<String> {
        let body = members
            .replace("WAVE", WAVE_POLICY)
            .replace("SMS_ONLY", SMS_ONLY_POLICY);
        let body = serde_json::from_str(&format!("{{{body}}}")).unwrap();
        let details = match read(&body, Policies::Known, &Variants::default()) {
            Ok(_) => return Vec::new(),
            Err(Refused::Members(details)) => details,
            Err(Refused::PolicyUnknown(detail) | Refused::TypeNotAllowed(detail)) => vec![detail],
        };
        let name =
            |detail: ErrorDetail| format!("{} {}", detail.code.unwrap(), detail.target.unwrap());
        details.into_iter().map(name).collect()
    }

    #[test]
    fn a_body_as_documented_has_no_faults() {
        for extra in [
            "",
            r#","status":"ACTIVE""#,
            r#","status":"ACTIVATION_REQUIRED","notification":{"template":{"locale":"fr"}}"#,
            r#","nickname":"Work""#,
            r#","nickname":null"#,
            r#","notification":{"template":{}}"#,
            r#","unheardOf":[1,2]"#,
        ] {
            let body = format!(
                r#""type":"WHATSAPP","phone":"+1.5125551234","policy":{{"id":"WAVE"}}{extra}"#
            );
            assert_eq!(faults(&body), Vec::<String>::new(), "{extra}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_named_at_once() {
        let long = format!(r#""nickname":"{}""#, "é".repeat(101));
        for (body, expected) in [
            ("", vec!["REQUIRED_VALUE type", "REQUIRED_VALUE policy.id"]),
            (
                r#""type":"WHATSAPP","phone":"","policy":{"id":5}"#,
                vec!["EMPTY_VALUE phone", "INVALID_VALUE policy.id"],
            ),
            (
                r#""type":"MOBILE","status":"BLOCKED","policy":"WAVE""#,
                vec![
                    "INVALID_VALUE type",
                    "REQUIRED_VALUE policy.id",
                    "INVALID_VALUE status",
                ],
            ),
            (
                r#""type":"SMS","phone":"5125551234","policy":{"id":"x"}"#,
                vec!["INVALID_VALUE phone", "INVALID_VALUE policy.id"],
            ),
            (
                r#""type":"EMAIL","phone":"+15125551234","policy":{"id":"WAVE"}"#,
                vec!["REQUIRED_VALUE email"],
            ),
            (
                r#""type":"EMAIL","email":"a b@c","policy":{"id":"WAVE"}"#,
                vec!["INVALID_VALUE email"],
            ),
            (
                r#""type":"WHATSAPP","phone":"+15125551234","policy":{"id":"WAVE"},"testMode":true,"extension":"3""#,
                vec!["INVALID_VALUE testMode", "INVALID_VALUE extension"],
            ),
            (
                &format!(r#""type":"SMS","phone":"+15125551234","policy":{{"id":"WAVE"}},{long}"#),
                vec!["SIZE_LIMIT_EXCEEDED nickname"],
            ),
        ] {
            assert_eq!(faults(body), expected, "{body}");
        }
    }

    #[test]
    fn the_policy_is_looked_at_when_all_else_is_right() {
        for (body, expected) in [
            (
                r#""type":"WHATSAPP","phone":"+15125551234","policy":{"id":"SMS_ONLY"}"#,
                vec!["INVALID_VALUE type"],
            ),
            (
                r#""type":"SMS","phone":"+15125551234","policy":{"id":"SMS_ONLY"}"#,
                vec![],
            ),
            (
                r#""type":"SMS","phone":"+15125551234","policy":{"id":"00000000-0000-4000-8000-000000000000"}"#,
                vec!["INVALID_VALUE policy.id"],
            ),
            (
                r#""type":"SMS","phone":"1","policy":{"id":"00000000-0000-4000-8000-000000000000"}"#,
                vec!["INVALID_VALUE phone"],
            ),
        ] {
            assert_eq!(faults(body), expected, "{body}");
        }
    }
}

//! Whether a device that PingOne shows is the one that was asked for.

use crate::model::imprint::{Imprint, NicknameDigest};
use crate::model::outcome::Device;
use crate::model::request::{Address, DeviceKey};

use super::head::plain_word;
use super::own::Own;
use super::shown_phone::{self, Likeness, Part};
use super::wire;
use crate::model::hidden::is_hidden;

/// How a device compares with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeviceMatch {
    /// Same type, same address, and no other user.
    Same,
    /// Something readable contradicts.
    Other(Differs),
    /// Nothing contradicts, but type or address is missing or masked.
    Unclear,
}

/// What contradicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Differs {
    /// It is somebody else's.
    User,
    /// It is of another type.
    Type,
    /// It has another phone or mailbox.
    Address,
}

impl Differs {
    /// The word for messages.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Differs::User => "user",
            Differs::Type => "type",
            Differs::Address => "address",
        }
    }
}

/// Compares a device with a key: user, type, digits of the phone in whatever spelling, or
/// mailbox without regard to case. What is missing contradicts nothing.
pub(super) fn device_match(key: &DeviceKey, device: &wire::Device) -> DeviceMatch {
    if let Some(user) = &device.user
        && !user.id.eq_ignore_ascii_case(&key.user.to_string())
    {
        return DeviceMatch::Other(Differs::User);
    }
    let same_kind = device
        .kind
        .as_deref()
        .map(|kind| kind.eq_ignore_ascii_case(key.kind.as_str()));
    if same_kind == Some(false) {
        return DeviceMatch::Other(Differs::Type);
    }
    let same_address = match &key.address {
        Address::Phone(phone) => device
            .phone
            .as_deref()
            .map(|shown| shown_phone::compare(shown, &phone.digits())),
        Address::Email(email) => device
            .email
            .as_deref()
            .map(|shown| compare_mailbox(shown, &email.key())),
    };
    match (same_kind, same_address) {
        (_, Some(Likeness::Other)) => DeviceMatch::Other(Differs::Address),
        (Some(true), Some(Likeness::Same)) => DeviceMatch::Same,
        (None | Some(false), _) | (_, None | Some(Likeness::Unclear)) => DeviceMatch::Unclear,
    }
}

/// Compares a mailbox that is shown with one in lower case: `a**@example.com` may be several.
fn compare_mailbox(shown: &str, key: &str) -> Likeness {
    let shown: String = shown.chars().filter(|&c| !is_hidden(c)).collect();
    let shown = shown.trim().to_lowercase();
    if shown == key {
        return Likeness::Same;
    }
    if !shown.is_empty() && !shown.contains(masks) {
        return Likeness::Other;
    }
    let parts: Vec<Part> = shown
        .chars()
        .map(|c| if masks(c) { Part::Gap } else { Part::Is(c) })
        .collect();
    if shown.is_empty() || shown_phone::matches(&parts, key) {
        Likeness::Unclear
    } else {
        Likeness::Other
    }
}

/// Whether a character stands for some that are not shown.
pub(super) fn masks(c: char) -> bool {
    matches!(c, '*' | '\u{2022}' | '\u{25cf}' | '\u{2026}' | '\u{b7}')
}

/// The device's ID, dates and looks, each only where it is what it should be.
pub(super) fn device(key: &DeviceKey, shown: &wire::Device) -> Device {
    let own = Own::of(&key.address);
    let date = |date: &Option<String>| own.unless_in(date.as_deref().and_then(plain_word));
    let created_at = date(&shown.created_at);
    Device {
        id: shown.id.as_deref().and_then(|id| id.parse().ok()),
        imprint: Imprint {
            updated_at: date(&shown.updated_at).filter(|_| shown.updated_at != created_at),
            status: shown
                .status
                .as_deref()
                .and_then(|status| status.parse().ok()),
            nickname: shown.nickname.as_deref().and_then(NicknameDigest::of),
        },
        created_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::phone::E164;
    use crate::model::request::DeviceType;

    const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";

    fn key(kind: DeviceType) -> DeviceKey {
        DeviceKey {
            user: USER.parse().unwrap(),
            kind,
            address: match kind {
                DeviceType::Email => Address::Email("ada@example.com".parse().unwrap()),
                DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => {
                    Address::Phone(E164::from_digits("15125551234").unwrap())
                }
            },
        }
    }

    fn judge(kind: DeviceType, json: &str) -> DeviceMatch {
        device_match(&key(kind), &serde_json::from_str(json).unwrap())
    }

    #[test]
    fn phones_are_compared_by_their_digits_alone() {
        for (phone, expected) in [
            ("+15125551234", DeviceMatch::Same),
            ("+1.5125551234", DeviceMatch::Same),
            ("+1 (512) 555-1234", DeviceMatch::Same),
            ("15125551234", DeviceMatch::Same),
            ("+15125551235", DeviceMatch::Other(Differs::Address)),
            ("5125551234", DeviceMatch::Other(Differs::Address)),
            ("+1******1234", DeviceMatch::Unclear),
            ("+1•••1234", DeviceMatch::Unclear),
            ("+1512555xxxx", DeviceMatch::Unclear),
            ("", DeviceMatch::Unclear),
            ("+", DeviceMatch::Unclear),
        ] {
            let json = format!(r#"{{"type":"WHATSAPP","phone":"{phone}"}}"#);
            assert_eq!(judge(DeviceType::WhatsApp, &json), expected, "{phone}");
        }
    }

    #[test]
    fn mailboxes_are_compared_without_regard_to_case() {
        for (email, expected) in [
            ("Ada@Example.COM", DeviceMatch::Same),
            ("bob@example.com", DeviceMatch::Other(Differs::Address)),
            ("\u{200b}ada@example.com ", DeviceMatch::Same),
            ("a**@example.com", DeviceMatch::Unclear),
            ("a**@e*****e.com", DeviceMatch::Unclear),
            ("", DeviceMatch::Unclear),
            ("b**@example.com", DeviceMatch::Other(Differs::Address)),
            ("a**@example.org", DeviceMatch::Other(Differs::Address)),
        ] {
            let json = format!(r#"{{"type":"EMAIL","email":"{email}"}}"#);
            assert_eq!(judge(DeviceType::Email, &json), expected, "{email}");
        }
    }

    #[test]
    fn user_and_type_contradict_where_they_are_there_and_differ() {
        let phone = r#""phone":"+15125551234""#;
        let upper = USER.to_uppercase();
        for (json, expected) in [
            (format!("{{{phone}}}"), DeviceMatch::Unclear),
            (r#"{"type":"WHATSAPP"}"#.to_owned(), DeviceMatch::Unclear),
            (
                format!(r#"{{"type":"whatsapp",{phone}}}"#),
                DeviceMatch::Same,
            ),
            (
                format!(r#"{{"type":"SMS",{phone}}}"#),
                DeviceMatch::Other(Differs::Type),
            ),
            (
                format!(r#"{{"type":"WHATSAPP",{phone},"user":{{"id":"{upper}"}}}}"#),
                DeviceMatch::Same,
            ),
            (
                format!(r#"{{"type":"WHATSAPP",{phone},"user":{{"id":"someone"}}}}"#),
                DeviceMatch::Other(Differs::User),
            ),
        ] {
            assert_eq!(judge(DeviceType::WhatsApp, &json), expected, "{json}");
        }
    }

    #[test]
    fn an_id_that_is_no_uuid_and_a_date_with_control_characters_are_not_taken() {
        for odd in [
            r#"{"id":"../x","createdAt":"today\n"}"#,
            r#"{"createdAt":"151-255-51234"}"#,
        ] {
            let odd = serde_json::from_str(odd).unwrap();
            assert_eq!(device(&key(DeviceType::Sms), &odd), Device::default());
        }
    }
}

//! What a row asks for: one device of one user.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256};
use thiserror::Error;

use super::country::Country;
use super::email::EmailAddress;
use super::ids::{PolicyId, RunId, UserId};
use super::phone::E164;
use super::policy_ref::PolicyRef;
use super::row::RowNumber;

/// A kind of MFA device that wavepair creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviceType {
    /// `WHATSAPP`: a one-time passcode in a WhatsApp message.
    WhatsApp,
    /// `SMS`: in a text message.
    Sms,
    /// `VOICE`: in a phone call.
    Voice,
    /// `EMAIL`: in an email.
    Email,
}

impl DeviceType {
    /// Every kind.
    pub const ALL: [DeviceType; 4] = [
        DeviceType::WhatsApp,
        DeviceType::Sms,
        DeviceType::Voice,
        DeviceType::Email,
    ];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            DeviceType::WhatsApp => "WhatsApp",
            DeviceType::Sms => "SMS",
            DeviceType::Voice => "voice",
            DeviceType::Email => "email",
        }
    }

    /// The type of rows that name none, where nobody says another.
    pub const USUAL: DeviceType = DeviceType::WhatsApp;

    /// The word that PingOne uses for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            DeviceType::WhatsApp => "WHATSAPP",
            DeviceType::Sms => "SMS",
            DeviceType::Voice => "VOICE",
            DeviceType::Email => "EMAIL",
        }
    }
}

impl fmt::Display for DeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The status that a device is created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceStatus {
    /// Paired at once; PingOne sends nothing to anyone.
    Active,
    /// PingOne sends a passcode; the user activates the device with it.
    ActivationRequired,
}

impl DeviceStatus {
    /// Both of them.
    pub const ALL: [DeviceStatus; 2] = [DeviceStatus::Active, DeviceStatus::ActivationRequired];

    /// The word that PingOne uses for it.
    pub fn as_str(self) -> &'static str {
        match self {
            DeviceStatus::Active => "ACTIVE",
            DeviceStatus::ActivationRequired => "ACTIVATION_REQUIRED",
        }
    }
}

impl fmt::Display for DeviceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is none of those that may stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected one of {0}")]
pub struct UnknownWord(&'static str);

impl FromStr for DeviceType {
    type Err = UnknownWord;

    /// Reads PingOne's word, in any case.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        DeviceType::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownWord("WHATSAPP, SMS, VOICE, EMAIL"))
    }
}

impl FromStr for DeviceStatus {
    type Err = UnknownWord;

    /// Reads PingOne's word, in any case.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        DeviceStatus::ALL
            .into_iter()
            .find(|status| status.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownWord("ACTIVE, ACTIVATION_REQUIRED"))
    }
}

/// Where a device sends its passcodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A phone, for all kinds but `EMAIL`.
    Phone(E164),
    /// A mailbox, for `EMAIL`.
    Email(EmailAddress),
}

impl Address {
    /// The text that identifies it: the digits of a phone, a mailbox in lower case.
    pub fn key(&self) -> String {
        match self {
            Address::Phone(phone) => phone.digits(),
            Address::Email(email) => email.key(),
        }
    }

    /// The address of a device of this type that has this [`key`](Self::key).
    pub(crate) fn from_key(kind: DeviceType, key: &str) -> Option<Self> {
        match kind {
            DeviceType::Email => key.parse().ok().map(Self::Email),
            DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => {
                E164::from_digits(key).map(Self::Phone)
            }
        }
    }

    /// What may be shown in logs and messages.
    pub fn masked(&self) -> String {
        match self {
            Address::Phone(phone) => phone.masked(),
            Address::Email(email) => email.masked(),
        }
    }

    /// The phone, where it is one.
    pub fn phone(&self) -> Option<E164> {
        match self {
            Address::Phone(phone) => Some(*phone),
            Address::Email(_) => None,
        }
    }
}

/// What makes two requests the same device: user, kind and address.
///
/// The kind is in it and the policy is not: one phone may be a WhatsApp device
/// and an SMS device, but the same phone under another policy is no second
/// device. The environment is not in it either, because a run and a ledger each
/// belong to exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeviceKey {
    /// Whose device it is.
    pub user: UserId,
    /// What kind it is.
    pub kind: DeviceType,
    /// Where it sends passcodes.
    pub address: Address,
}

/// The template of a pairing notification; sent with `ACTIVATION_REQUIRED` only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notification {
    /// A language tag, such as `fr` or `pt-BR`.
    pub locale: Option<String>,
    /// The name of a variant of the `device_pairing` template.
    pub variant: Option<String>,
}

/// One device to create, as a row asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRequest {
    /// The row that asks.
    pub row: RowNumber,
    /// The physical line on which it starts.
    pub line: u64,
    /// Which device.
    pub key: DeviceKey,
    /// The policy that the device is made under.
    pub policy: PolicyId,
    /// The status, where the row or the command line names one; PingOne's default is `ACTIVE`.
    pub status: Option<DeviceStatus>,
    /// A name for the device, up to 100 characters.
    pub nickname: Option<String>,
    /// How the user is told, where the row says so.
    pub notification: Option<Notification>,
}

impl DeviceRequest {
    /// The identifier under which PingOne's audit log knows this attempt; a ledger keeps what it is
    /// made of.
    pub(crate) fn transaction(&self, run: RunId, attempt: u32) -> String {
        format!("{run}-{}-{attempt}", self.row)
    }

    /// Whether PingOne sends its user a message when the device is created.
    ///
    /// Source: PingOne's documentation of a device's status: `ACTIVATION_REQUIRED` sends the passcode
    /// that activates it, `ACTIVE` sends nothing.
    pub fn sends_message(&self) -> bool {
        self.status == Some(DeviceStatus::ActivationRequired)
    }

    /// Tells this request from others for the same device.
    pub fn digest(&self) -> RequestDigest {
        // Field by field: whoever adds one says here whether PingOne may judge by it.
        let Self {
            row: _,
            line: _,
            key: _,
            policy,
            status,
            nickname,
            notification,
        } = self;
        let Notification { locale, variant } = notification.clone().unwrap_or_default();
        // Not named, it is `ACTIVE`.
        let status = status.unwrap_or(DeviceStatus::Active);
        let mut sum = Context::new(&SHA256);
        for field in [
            Some(policy.to_string().as_str()),
            Some(status.as_str()),
            nickname.as_deref(),
            locale.as_deref(),
            variant.as_deref(),
        ] {
            // With its length before it, so that no text reads as two fields.
            let length = field.map_or(u64::MAX, |text| text.len() as u64);
            sum.update(&length.to_be_bytes());
            sum.update(field.unwrap_or_default().as_bytes());
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&sum.finish().as_ref()[..16]);
        RequestDigest(digest)
    }
}

/// What a create request carries beside its device, as a digest: two with the same one are refused
/// for the same reasons.
///
/// Ledgers keep it, so the same request has the same one for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestDigest([u8; 16]);

impl RequestDigest {
    /// One that was kept.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// What is to be kept of it.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What stands in for empty cells and missing columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDefaults {
    /// The policy of rows that name none.
    pub policy: Option<PolicyRef>,
    /// The kind of rows that name none.
    pub kind: DeviceType,
    /// The status of rows that name none.
    pub status: Option<DeviceStatus>,
    /// The country of national numbers in rows that name none.
    pub country: Option<Country>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> DeviceRequest {
        DeviceRequest {
            row: RowNumber(1),
            line: 2,
            key: DeviceKey {
                user: UserId::from_bytes([1; 16]),
                kind: DeviceType::Sms,
                address: Address::Phone(E164::from_digits("15125551234").unwrap()),
            },
            policy: PolicyId::from_bytes([2; 16]),
            status: None,
            nickname: Some("work".to_owned()),
            notification: None,
        }
    }

    fn with_template(locale: Option<&str>, variant: Option<&str>) -> DeviceRequest {
        let [locale, variant] = [locale, variant].map(|text| text.map(str::to_owned));
        DeviceRequest {
            notification: Some(Notification { locale, variant }),
            ..request()
        }
    }

    #[test]
    fn requests_that_carry_anything_else_have_another_digest() {
        let named = |nickname: &str| DeviceRequest {
            nickname: Some(nickname.to_owned()),
            ..request()
        };
        let mut nameless = request();
        nameless.nickname = None;
        let different = [
            request(),
            DeviceRequest {
                policy: PolicyId::from_bytes([3; 16]),
                ..request()
            },
            DeviceRequest {
                status: Some(DeviceStatus::ActivationRequired),
                ..request()
            },
            nameless,
            named(""),
            named("home"),
            with_template(Some("fr"), None),
            with_template(None, Some("fr")),
            with_template(Some("f"), Some("r")),
        ];
        for (at, one) in different.iter().enumerate() {
            for other in &different[..at] {
                assert_ne!(one.digest(), other.digest(), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn requests_that_carry_the_same_have_the_same_digest_in_every_version() {
        // SHA-256 of each field behind its length, by another program.
        const KEPT: [u8; 16] = [
            0xb9, 0x31, 0xe9, 0x2c, 0x0c, 0x4a, 0x47, 0x0f, 0x06, 0x99, 0x91, 0xb9, 0xe5, 0x8d,
            0x33, 0x32,
        ];
        let mut elsewhere = request();
        elsewhere.row = RowNumber(7);
        elsewhere.line = 9;
        elsewhere.key.kind = DeviceType::Voice;
        for same in [
            request(),
            elsewhere,
            DeviceRequest {
                status: Some(DeviceStatus::Active),
                ..request()
            },
            with_template(None, None),
        ] {
            assert_eq!(same.digest().as_bytes(), &KEPT, "{same:?}");
        }
    }
}

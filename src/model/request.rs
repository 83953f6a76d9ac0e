//! What a row asks for: one device of one user.

use std::fmt;
use std::str::FromStr;

use super::email::EmailAddress;
use super::ids::{PolicyId, UserId};
use super::phone::E164;
use super::row::RowNumber;
use super::warning::Warning;

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

    /// The word that PingOne uses for it.
    pub fn as_str(self) -> &'static str {
        match self {
            DeviceType::WhatsApp => "WHATSAPP",
            DeviceType::Sms => "SMS",
            DeviceType::Voice => "VOICE",
            DeviceType::Email => "EMAIL",
        }
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

/// A word that is none of those that may stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord(&'static str);

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected one of {}", self.0)
    }
}

impl std::error::Error for UnknownWord {}

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
    /// Whether PingOne sends its user a message when the device is created.
    ///
    /// Source: PingOne's documentation of a device's status: `ACTIVATION_REQUIRED` sends the passcode
    /// that activates it, `ACTIVE` sends nothing.
    pub fn sends_message(&self) -> bool {
        self.status == Some(DeviceStatus::ActivationRequired)
    }
}

/// What stands in for empty cells and missing columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDefaults {
    /// The policy of rows that name none.
    pub policy: Option<PolicyId>,
    /// The kind of rows that name none.
    pub kind: DeviceType,
    /// The status of rows that name none.
    pub status: Option<DeviceStatus>,
}

/// A row that was found well-formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidRow {
    /// What it asks for.
    pub request: DeviceRequest,
    /// What a person may want to look at, though nothing is wrong.
    pub warnings: Vec<Warning>,
}

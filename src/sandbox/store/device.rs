//! A device, as it is asked for and as it is kept.

use uuid::Uuid;

use super::random_uuid;
use crate::sandbox::phone::same_number;

/// The end of a chain.
pub(super) const END: u32 = u32::MAX;
/// How long a device waits for its activation before PingOne deletes it.
pub(super) const PENDING_MS: u64 = 24 * 60 * 60 * 1000;

/// The types of device that can be made by `POST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum DeviceType {
    WhatsApp,
    Sms,
    Voice,
    Email,
}

impl DeviceType {
    pub(in crate::sandbox) fn parse(text: &str) -> Option<Self> {
        [Self::WhatsApp, Self::Sms, Self::Voice, Self::Email]
            .into_iter()
            .find(|known| known.name() == text)
    }

    pub(in crate::sandbox) fn name(self) -> &'static str {
        match self {
            Self::WhatsApp => "WHATSAPP",
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
            Self::Email => "EMAIL",
        }
    }
}

/// A device that passed every check but those that need the others.
#[derive(Clone)]
pub(in crate::sandbox) struct NewDevice {
    pub(in crate::sandbox) kind: DeviceType,
    /// The phone, or the address, as sent.
    pub(in crate::sandbox) address: String,
    /// Empty if there is none.
    pub(in crate::sandbox) nickname: String,
    /// Whether it waits for its activation.
    pub(in crate::sandbox) pending: bool,
    /// Whether its one-time password is told with the answer, in place of a message.
    pub(in crate::sandbox) testing: bool,
}

/// A device.
#[derive(Clone)]
pub(in crate::sandbox) struct Stored {
    pub(in crate::sandbox) id: Uuid,
    pub(in crate::sandbox) user: Uuid,
    /// Milliseconds since the sandbox started.
    pub(in crate::sandbox) at: u64,
    /// The same, of the last change.
    pub(in crate::sandbox) changed: u64,
    /// Empty where it is deleted; no device is made without one.
    pub(in crate::sandbox) address: Box<str>,
    pub(in crate::sandbox) nickname: Box<str>,
    pub(super) next: u32,
    pub(in crate::sandbox) kind: DeviceType,
    pub(in crate::sandbox) pending: bool,
    pub(in crate::sandbox) testing: bool,
    pub(in crate::sandbox) blocked: bool,
}

impl Stored {
    /// A device that is nowhere yet.
    pub(in crate::sandbox) fn new(user: Uuid, new: NewDevice, now: u64) -> Self {
        Self {
            id: random_uuid(),
            user,
            at: now,
            changed: now,
            address: new.address.into_boxed_str(),
            nickname: new.nickname.into_boxed_str(),
            next: END,
            kind: new.kind,
            pending: new.pending,
            testing: new.testing,
            blocked: false,
        }
    }

    /// The one-time password that activates it: six digits, which its ID decides.
    pub(in crate::sandbox) fn otp(&self) -> String {
        format!("{:06}", self.id.as_u128() % 1_000_000)
    }

    pub(super) fn is_there(&self, now: u64) -> bool {
        !self.address.is_empty() && (!self.pending || now.saturating_sub(self.at) < PENDING_MS)
    }

    pub(super) fn is_same_as(&self, new: &NewDevice) -> bool {
        self.kind == new.kind
            && match new.kind {
                DeviceType::Email => *self.address == *new.address,
                DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => {
                    same_number(&self.address, &new.address)
                }
            }
    }
}

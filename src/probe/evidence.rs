//! What was seen: plain data, of which the answers to the questions are made.

use std::time::Duration;

use serde_json::Value;

use crate::model::ids::DeviceId;
use crate::pingone::raw::{Exchanged, Said};

/// What came of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Came {
    /// It was not asked: why not, as a fragment.
    #[default]
    NotYet,
    /// It could not be asked: why not, as a fragment.
    NotAsked(String),
    /// This answer.
    Answer(Seen),
    /// No answer: what happened.
    Silence(String),
}

/// As much of an answer as the questions are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The status.
    pub status: u16,
    /// What PingOne says is wrong.
    pub error: Option<Said>,
    /// The reference that support cases are found by.
    pub correlation_id: Option<String>,
    /// The device that was made.
    pub device: Option<Shown>,
}

/// A device as PingOne shows it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Its ID.
    pub id: DeviceId,
    /// Its type.
    pub kind: String,
    /// Its phone, in the spelling that came.
    pub phone: Option<String>,
    /// Its nickname.
    pub nickname: Option<String>,
}

impl std::fmt::Debug for Shown {
    /// The phone is not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// One of the looks at the user's devices after one was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// How long after the answer to the create it was asked.
    pub after: Duration,
    /// Whether the device was listed.
    pub seen: bool,
}

/// What the answer to a device report is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reported {
    /// Its entries cannot be read by the names of the fields.
    Unreadable,
    /// It has no entry.
    Empty,
    /// Its first entry, with the phone in the spelling that came; whether it is ours.
    Entry {
        /// The spelling, without the digits.
        form: PhoneForm,
        /// Whether it is the device that the probe made.
        ours: bool,
    },
}

/// How a phone is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PhoneForm {
    /// As it was sent.
    AsSent,
    /// A plus and its digits.
    E164,
    /// Its digits alone.
    Digits,
    /// With its digits, in another spelling.
    Respelled,
    /// Not with all of its digits.
    Masked,
    /// Not at all.
    Missing,
}

/// All that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// Whether the user can use MFA, where that could be read.
    pub user_can_use_mfa: Option<bool>,
    /// Whether the policy says that no WhatsApp devices are paired any more.
    pub pairing_disabled: bool,
    /// Whether the policy allows WhatsApp at all; `None` where it was not listed.
    pub whatsapp_allowed: Option<bool>,
    /// The first create.
    pub first: Came,
    /// The same once more.
    pub again: Came,
    /// The same number in another spelling.
    pub respelled: Came,
    /// Without a policy.
    pub without_policy: Came,
    /// With nickname and notification, each as far as it was tried.
    pub adorned: Vec<Adorned>,
    /// A phone that is none.
    pub wrong_phone: Came,
    /// A policy that nobody has made.
    pub unknown_policy: Came,
    /// A type that the policy does not allow.
    pub other_type: Came,
    /// The looks right after a create.
    pub looks: Vec<Look>,
    /// How the phone stood in the answer of a create that sent it in another spelling than E.164.
    pub answered_phone: Option<PhoneForm>,
    /// How it stood in the listing.
    pub listed_phone: Option<PhoneForm>,
    /// Whether the nickname was kept.
    pub nickname_kept: Option<bool>,
    /// The device report, and what was in it.
    pub report: Came,
    /// What was in it.
    pub reported: Option<Reported>,
    /// Another environment.
    pub other_environment: Came,
    /// Deleting a device.
    pub deleted: Came,
    /// Deleting it once more.
    pub deleted_again: Came,
    /// The names of the headers of a good answer that seem to be about limits, with their values.
    pub limit_headers: Option<Vec<(String, String)>>,
    /// How often an answer was 429 by itself, and the last wait that it asked for.
    pub throttled: Option<(u32, Option<Duration>)>,
    /// How many answers repeated the transaction ID, and how many did not.
    pub transactions: (u32, u32),
}

/// A create with members that may be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Adorned {
    /// Whether it had a nickname.
    pub nickname: bool,
    /// Whether it had a notification.
    pub notification: bool,
    /// What came of it.
    pub came: Came,
}

impl Came {
    /// Takes an answer.
    pub(crate) fn of(exchanged: &Exchanged) -> Self {
        Self::Answer(Seen {
            status: exchanged.status,
            error: exchanged.error.clone(),
            correlation_id: exchanged.correlation_id.clone(),
            device: exchanged.body.as_ref().and_then(Shown::read),
        })
    }

    /// The answer, where there is one.
    pub(crate) fn seen(&self) -> Option<&Seen> {
        match self {
            Self::Answer(seen) => Some(seen),
            Self::NotYet | Self::NotAsked(_) | Self::Silence(_) => None,
        }
    }

    /// Status, code and members of the answer, or what happened in its place.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::NotYet => "not asked".to_owned(),
            Self::NotAsked(why) => why.clone(),
            Self::Silence(why) => format!("no answer: {why}"),
            Self::Answer(seen) => seen.label(),
        }
    }

    /// The device that was made, where one was.
    pub(crate) fn made(&self) -> Option<&Shown> {
        let seen = self.seen().filter(|seen| (200..300).contains(&seen.status));
        seen.and_then(|seen| seen.device.as_ref())
    }

    /// Whether a create may have made a device all the same: nobody says that it has not.
    ///
    /// A 4xx in PingOne's own format says so, but for a 408, a 409 that does not name the device that is there
    /// already, and a 429 that is not about the rate; and so does a 401, a 403 and a 404 in whatever format.
    pub(crate) fn may_have_made(&self) -> bool {
        match self {
            Self::NotYet | Self::NotAsked(_) => false,
            Self::Silence(_) => true,
            Self::Answer(seen) => {
                let says_so = match (seen.status, &seen.error) {
                    (401 | 403 | 404, _) => true,
                    (408, _) => false,
                    (409, Some(error)) => error.label.ends_with("UNIQUENESS_VIOLATION"),
                    (429, Some(error)) => error.is_about_rate(),
                    (status, error) => (400..500).contains(&status) && error.is_some(),
                };
                !says_so
            }
        }
    }
}

impl Seen {
    /// Whether PingOne refused, and says that it did.
    pub(crate) fn is_refusal(&self) -> bool {
        (400..500).contains(&self.status) && self.status != 408 && self.status != 429
    }

    /// Whether it says that the user has as many devices as there may be.
    pub(crate) fn is_device_limit(&self) -> bool {
        let error = self.error.as_ref();
        self.status == 400 && error.is_some_and(|error| error.label.ends_with("/LIMIT_EXCEEDED"))
    }

    /// Whether it is about one of the members of the request.
    pub(crate) fn is_about(&self, member: &str) -> bool {
        let targets = self.error.iter().flat_map(|error| &error.targets);
        let starts = |target: &String| {
            target == member
                || target
                    .strip_prefix(member)
                    .is_some_and(|rest| rest.starts_with('.'))
        };
        targets.into_iter().any(starts)
    }

    /// Status, code and members: `400 INVALID_DATA/INVALID_VALUE (policy.id)`.
    pub(crate) fn label(&self) -> String {
        let Some(error) = &self.error else {
            return self.status.to_string();
        };
        let targets = match error.targets.as_slice() {
            [] => String::new(),
            targets => format!(" ({})", targets.join(", ")),
        };
        format!("{} {}{targets}", self.status, error.label)
    }
}

impl Shown {
    /// Reads a device; one without an ID is none.
    pub(crate) fn read(device: &Value) -> Option<Self> {
        let text = |name: &str| device.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: text("id")?.parse().ok()?,
            kind: text("type").unwrap_or_default(),
            phone: text("phone"),
            nickname: text("nickname").filter(|nickname| !nickname.is_empty()),
        })
    }

    /// Reads a listing; `None` where it is none, or names a device without an ID.
    pub(crate) fn list(listing: &Value) -> Option<Vec<Self>> {
        let devices = listing.get("_embedded")?.get("devices")?.as_array()?;
        devices.iter().map(Self::read).collect()
    }
}

impl PhoneForm {
    /// How a phone is written that was sent like this; without `sent`, by its looks alone.
    pub(crate) fn of(shown: Option<&str>, sent: &str) -> Self {
        let Some(shown) = shown.filter(|shown| !shown.is_empty()) else {
            return Self::Missing;
        };
        let digits = digits(shown);
        if shown == sent {
            Self::AsSent
        } else if digits != self::digits(sent) {
            Self::Masked
        } else {
            Self::by_looks(shown)
        }
    }

    /// How a phone is written of which nobody knows how it was sent.
    pub(crate) fn by_looks(shown: &str) -> Self {
        let digits = digits(shown);
        if digits.len() < 7 {
            Self::Masked
        } else if shown == digits {
            Self::Digits
        } else if shown.strip_prefix('+') == Some(&digits) {
            Self::E164
        } else {
            Self::Respelled
        }
    }

    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::AsSent => "as it was sent",
            Self::E164 => "a plus and its digits",
            Self::Digits => "its digits alone",
            Self::Respelled => "in another spelling",
            Self::Masked => "not with all of its digits",
            Self::Missing => "not at all",
        }
    }
}

/// The digits of a spelling.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

//! What the journal of a probe says: which devices it has made, and which of them are still there.
//!
//! The journal is JSON lines. The first says whom the probe is about and that the user had no device
//! before; a line is on disk before each create is sent, and one follows with the ID that came. So
//! whatever kills the probe, the next process knows what may have been made.

use serde::{Deserialize, Serialize};

use super::evidence::{Shown, digits};
use crate::model::ids::{DeviceId, EnvironmentId, UserId};

/// The form of the journal.
const VERSION: u32 = 1;
/// What a journal begins with.
const BEGINNING: &str = "{\"what\":\"begins\",";

/// A line of the journal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Line {
    /// The first one.
    Begins(Begins),
    /// A create is about to be sent.
    Creates(Intent),
    /// It made this device.
    Made {
        /// The number of the create.
        n: u32,
        /// The device.
        device: String,
    },
    /// It made none.
    NotMade {
        /// The number of the create.
        n: u32,
        /// How that is known.
        why: String,
    },
    /// Nobody knows whether it made one.
    Lost {
        /// The number of the create.
        n: u32,
        /// What happened.
        why: String,
    },
    /// This device is gone.
    Deleted {
        /// The device.
        device: String,
    },
    /// Everything that was made is gone.
    Ends,
}

/// Whom a probe is about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begins {
    /// The form of the journal.
    version: u32,
    /// When it began, RFC 3339.
    pub(crate) at: String,
    /// The API's host, and its port where that is another than 443.
    pub(crate) host: String,
    /// The environment.
    environment: String,
    /// The test user.
    user: String,
    /// How many devices that user had: none.
    devices_before: u32,
}

/// A create that is about to be sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    /// The number of the create, from 1.
    pub(crate) n: u32,
    /// When, in milliseconds since 1970.
    pub(crate) at_ms: i64,
    /// The type that is asked for.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The phone, as it is sent.
    pub(crate) phone: String,
    /// What it is to answer.
    pub(crate) asks: String,
}

impl Begins {
    /// The first line of a journal, of a user without devices.
    pub(crate) fn new(at: String, host: String, of: EnvironmentId, user: UserId) -> Self {
        Self {
            version: VERSION,
            at,
            host,
            environment: of.to_string(),
            user: user.to_string(),
            devices_before: 0,
        }
    }

    /// The environment.
    pub(crate) fn environment(&self) -> Option<EnvironmentId> {
        self.environment.parse().ok()
    }

    /// The test user.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.user.parse().ok()
    }
}

/// What is known of a create.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// Nobody knows whether it made a device.
    Open,
    /// It made this one.
    Made(DeviceId),
    /// It made none.
    NotMade,
}

/// A create, and what is known of it.
#[derive(Clone)]
struct Create {
    intent: Intent,
    state: State,
}

/// What a probe has made, by its journal.
#[derive(Clone, Default)]
pub(crate) struct Account {
    begins: Option<Begins>,
    creates: Vec<Create>,
    deleted: Vec<DeviceId>,
}

impl std::fmt::Debug for Account {
    /// The phones are not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("creates", &self.creates.len())
            .finish_non_exhaustive()
    }
}

/// Why a text is no journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAJournal {
    /// A line cannot be read.
    #[error("line {0} is not one of a probe's journal")]
    Line(usize),
    /// A later wavepair has written it.
    #[error("it is of a later version of wavepair")]
    Later,
}

impl Account {
    /// Reads a journal. A last line without its end was being written when the process died, and is passed
    /// over: what it announces was not sent, and what it tells is found by a listing.
    ///
    /// # Errors
    ///
    /// It is none.
    pub(crate) fn read(text: &str) -> Result<Self, NotAJournal> {
        let mut account = Self::default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        // Another file, of a line without an end, is left as it is.
        if whole.is_empty() && !text.starts_with(BEGINNING) && !BEGINNING.starts_with(text) {
            return Err(NotAJournal::Line(1));
        }
        for (at, line) in whole.lines().enumerate() {
            let wrong = NotAJournal::Line(at + 1);
            let line: Line = serde_json::from_str(line).map_err(|_| wrong)?;
            match (&line, at) {
                (Line::Begins(begins), 0) if begins.version > VERSION => {
                    return Err(NotAJournal::Later);
                }
                (Line::Begins(begins), 0)
                    if begins.user().is_some() && begins.environment().is_some() => {}
                (Line::Begins(_), _) | (_, 0) => return Err(wrong),
                (
                    Line::Creates(_)
                    | Line::Made { .. }
                    | Line::NotMade { .. }
                    | Line::Lost { .. }
                    | Line::Deleted { .. }
                    | Line::Ends,
                    _,
                ) => {}
            }
            account.note(&line).ok_or(wrong)?;
        }
        Ok(account)
    }

    /// Takes a line in; `None` where it speaks of what is not there.
    pub(crate) fn note(&mut self, line: &Line) -> Option<()> {
        match line {
            Line::Begins(begins) => self.begins = Some(begins.clone()),
            Line::Creates(intent) => self.creates.push(Create {
                intent: intent.clone(),
                state: State::Open,
            }),
            Line::Made { n, device } => self.create(*n)?.state = State::Made(device.parse().ok()?),
            Line::NotMade { n, .. } => self.create(*n)?.state = State::NotMade,
            Line::Lost { n, .. } => self.create(*n)?.state = State::Open,
            Line::Deleted { device } => self.deleted.push(device.parse().ok()?),
            Line::Ends => {}
        }
        Some(())
    }

    fn create(&mut self, n: u32) -> Option<&mut Create> {
        self.creates.iter_mut().find(|create| create.intent.n == n)
    }

    /// Whom it is about; `None` of an empty journal.
    pub(crate) fn begins(&self) -> Option<&Begins> {
        self.begins.as_ref()
    }

    /// The number of the next create.
    pub(crate) fn next(&self) -> u32 {
        let last = self.creates.iter().map(|create| create.intent.n).max();
        last.unwrap_or(0) + 1
    }

    /// The devices that were made and are not deleted.
    pub(crate) fn there(&self) -> Vec<DeviceId> {
        let made = self.made();
        made.filter(|id| !self.deleted.contains(id)).collect()
    }

    /// How many devices were made.
    pub(crate) fn count(&self) -> usize {
        self.made().count()
    }

    fn made(&self) -> impl Iterator<Item = DeviceId> {
        self.creates.iter().filter_map(|create| match create.state {
            State::Made(id) => Some(id),
            State::Open | State::NotMade => None,
        })
    }

    /// The creates of which nobody knows whether they made a device.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Intent> {
        let open = self.creates.iter();
        let open = open.filter(|create| create.state == State::Open);
        open.map(|create| &create.intent)
    }

    /// Whether everything that may have been made is gone.
    pub(crate) fn is_settled(&self) -> bool {
        self.open().next().is_none() && self.there().is_empty()
    }

    /// What a listing of the user's devices says of the creates that are open.
    ///
    /// A device of the type and the digits of an open create is that create's, since the user had none before.
    /// Where there are more such devices than open creates, nobody can say which is whose: none of them
    /// is taken for ours.
    pub(crate) fn compare(&self, listed: &[Shown]) -> Found {
        let known: Vec<_> = self.made().collect();
        let mut strangers: Vec<&Shown> = Vec::new();
        for device in listed {
            let is_known = known.contains(&device.id);
            if !is_known && strangers.iter().all(|other| other.id != device.id) {
                strangers.push(device);
            }
        }
        let mut found = Found::default();
        let mut open: Vec<_> = self.open().collect();
        for device in &strangers {
            let alike = strangers.iter().filter(|other| are_alike(other, device));
            let wanted = self.open().filter(|intent| is_of(device, intent));
            let can_be_told = alike.count() <= wanted.count();
            match open.iter().position(|intent| is_of(device, intent)) {
                Some(at) if can_be_told => found.made.push((open.remove(at).n, device.id)),
                Some(_) | None => found.others.push(device.id),
            }
        }
        found
    }
}

/// Whether a device is what a create asked for: the same type, and the same digits in whatever spelling.
fn is_of(device: &Shown, intent: &Intent) -> bool {
    let phone = device.phone.as_deref().unwrap_or_default();
    device.kind.eq_ignore_ascii_case(&intent.kind) && digits(phone) == digits(&intent.phone)
}

fn are_alike(one: &Shown, other: &Shown) -> bool {
    let of = |device: &Shown| digits(device.phone.as_deref().unwrap_or_default());
    one.kind.eq_ignore_ascii_case(&other.kind) && of(one) == of(other)
}

/// What a listing tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The creates that made a device, each with the device.
    pub(crate) made: Vec<(u32, DeviceId)>,
    /// The devices that the probe did not make, or of which nobody can say that it has.
    pub(crate) others: Vec<DeviceId>,
}

#[cfg(test)]
mod tests;

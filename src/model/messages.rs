//! Messages that PingOne sends to people because of a wave: only devices that are to be activated
//! send any, one each.

use std::collections::HashSet;

use super::fingerprints::Fingerprints;
use super::request::DeviceType;
use super::unresolved::UserRef;

/// How many messages go to how many people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Messages {
    by_kind: [u64; DeviceType::ALL.len()],
    people: u64,
}

impl Messages {
    /// All of them.
    pub(crate) fn total(&self) -> u64 {
        self.by_kind.iter().sum()
    }

    /// To how many people they go.
    pub(crate) fn people(&self) -> u64 {
        self.people
    }

    /// How many of each kind, zero left out.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (DeviceType, u64)> {
        DeviceType::ALL
            .into_iter()
            .zip(self.by_kind)
            .filter(|(_, count)| *count > 0)
    }
}

/// Counts messages; sixteen bytes and a share of the table for each person who gets any, whether they
/// are known by an ID or by a name.
#[derive(Debug, Default)]
pub(crate) struct MessageBook {
    messages: Messages,
    people: HashSet<[u64; 2]>,
    fingerprints: Fingerprints,
}

impl MessageBook {
    /// Notes that a device is created for a user, which sends a message.
    pub(crate) fn note(&mut self, user: &UserRef, kind: DeviceType) {
        for (known, count) in DeviceType::ALL.iter().zip(&mut self.messages.by_kind) {
            *count += u64::from(*known == kind);
        }
        let is_new = self.people.insert(self.fingerprints.of(user));
        self.messages.people += u64::from(is_new);
    }

    /// What it came to.
    pub(crate) fn messages(&self) -> Messages {
        self.messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::UserId;
    use crate::model::user_name::{NameKind, UserName};

    fn counted(rows: &[(u8, DeviceType)]) -> (u64, u64, Vec<(DeviceType, u64)>) {
        let mut book = MessageBook::default();
        for &(user, kind) in rows {
            book.note(&UserRef::Id(UserId::from_bytes([user; 16])), kind);
        }
        let messages = book.messages();
        (
            messages.total(),
            messages.people(),
            messages.iter().collect(),
        )
    }

    #[test]
    fn messages_are_counted_by_kind_and_people_once() {
        use DeviceType::{Sms, WhatsApp};
        for (rows, expected) in [
            (&[][..], (0, 0, vec![])),
            (&[(1, Sms)], (1, 1, vec![(Sms, 1)])),
            (
                &[(1, WhatsApp), (1, Sms), (2, WhatsApp)],
                (3, 2, vec![(WhatsApp, 2), (Sms, 1)]),
            ),
        ] {
            assert_eq!(counted(rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn who_is_known_by_a_name_alone_counts_once_too() {
        let mut book = MessageBook::default();
        for text in ["ada", "Ada", "ada"] {
            let name = UserName::new(NameKind::Username, text);
            book.note(&UserRef::Named(name), DeviceType::Sms);
        }
        let messages = book.messages();
        assert_eq!((messages.total(), messages.people()), (3, 2));
    }
}

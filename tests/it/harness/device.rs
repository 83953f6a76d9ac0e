//! What must be there once: a user's device, by content.

use std::fmt;

/// A device as a wave asks for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Device {
    pub(crate) user: u128,
    pub(crate) kind: &'static str,
    pub(crate) digits: u64,
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} +{} of {}", self.kind, self.digits, uuid(self.user))
    }
}

/// The kinds that have a phone.
pub(crate) const KINDS: [&str; 3] = ["WHATSAPP", "SMS", "VOICE"];

/// The kind that is written so.
pub(crate) fn kind(text: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| *kind == text)
}

/// A UUID in the one spelling that may be sent.
pub(crate) fn uuid(number: u128) -> String {
    let hex = format!("{number:032x}");
    let groups = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    groups.join("-")
}

/// Reads a UUID in that spelling, and in no other.
pub(crate) fn read_uuid(text: &str) -> Option<u128> {
    let number = u128::from_str_radix(&text.replace('-', ""), 16).ok()?;
    (uuid(number) == text).then_some(number)
}

#[test]
fn a_uuid_has_one_spelling() {
    let text = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f501";
    assert_eq!(read_uuid(text).map(uuid).as_deref(), Some(text));
    for wrong in [
        "9F1C2A34-5B6D-4E7F-8A90-B1C2D3E4F501",
        "9f1c2a345b6d4e7f8a90b1c2d3e4f501",
        "",
    ] {
        assert_eq!(read_uuid(wrong), None, "{wrong}");
    }
}

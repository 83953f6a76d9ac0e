//! What a device looked like when it was ours: by that shows whether somebody changed it since.

use aws_lc_rs::digest::{SHA256, digest};

use super::request::{DeviceRequest, DeviceStatus};

/// What a device looked like when PingOne answered that it is made, or when a look found it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imprint {
    /// PingOne's `updatedAt`, as it was written; `None` where it is the same as `createdAt`.
    pub updated_at: Option<String>,
    /// Its status; `None` is `ACTIVE`.
    pub status: Option<DeviceStatus>,
    /// Its nickname; `None` where it has none.
    pub nickname: Option<NicknameDigest>,
}

impl Imprint {
    /// The same; what the answer to a request did not show is as it was asked for.
    #[must_use]
    pub(crate) fn or_as_asked(mut self, request: &DeviceRequest) -> Self {
        self.status = self.status.or(request.status);
        let asked = request.nickname.as_deref().and_then(NicknameDigest::of);
        self.nickname = self.nickname.or(asked);
        self
    }
}

/// A nickname as a digest: a ledger tells whether it is still the same, and not what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NicknameDigest([u8; 16]);

impl NicknameDigest {
    /// That of a nickname; an empty one is none.
    pub(crate) fn of(nickname: &str) -> Option<Self> {
        if nickname.is_empty() {
            return None;
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest(&SHA256, nickname.as_bytes()).as_ref()[..16]);
        Some(Self(bytes))
    }

    /// One that was kept.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// What is to be kept of it.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    #[test]
    fn what_an_answer_does_not_show_is_as_it_was_asked_for() {
        let asked = DeviceRequest {
            status: Some(DeviceStatus::ActivationRequired),
            nickname: Some("work".to_owned()),
            ..samples::request(1)
        };
        let silent = Imprint::default().or_as_asked(&asked);
        assert_eq!(silent.status, asked.status);
        assert_eq!(silent.nickname, NicknameDigest::of("work"));
        let shown = Imprint {
            status: Some(DeviceStatus::Active),
            nickname: NicknameDigest::of("home"),
            ..Imprint::default()
        };
        assert_eq!(shown.clone().or_as_asked(&asked), shown);
    }

    #[test]
    fn an_empty_nickname_is_none_and_each_other_has_its_own_digest() {
        assert_eq!(NicknameDigest::of(""), None);
        assert_ne!(NicknameDigest::of("work"), NicknameDigest::of("Work"));
    }
}

//! A request that has left, and what it asks.

use std::time::Duration;

use hyper::http::request::Parts;

use super::lines::Line;
use super::pingone::Time;
use super::says::{ECHO, Reply};
use crate::model::ids::UserId;
use crate::model::rate_group::RateGroup;

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question {
    Token,
    Look(UserId),
    /// Whether this user can use MFA, or to switch it on.
    Mfa(UserId),
    /// The number of the post, and of the device.
    Create(usize, usize),
}

impl Question {
    /// With which others it is limited.
    pub(super) fn group(self) -> RateGroup {
        match self {
            Self::Token => RateGroup::Token,
            Self::Look(_) => RateGroup::Lists,
            Self::Mfa(_) => RateGroup::Directory,
            Self::Create(..) => RateGroup::Creates,
        }
    }
}

/// A request that has left, and what comes of it.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) line: Line,
    pub(super) question: Question,
    pub(super) asked: Time,
    /// The answer that is its own, and when it comes.
    pub(super) own: (Time, Reply),
    /// Whether another answer comes before it.
    pub(super) is_stolen: bool,
}

impl Exchange {
    /// How long until something comes; none where nothing does.
    pub(super) fn wait(&self) -> Option<Duration> {
        let late = self.line.late().filter(|_| self.is_stolen);
        let at = late.or(match &self.own {
            (_, Reply::Silence) => None,
            (at, Reply::Ends(_) | Reply::Answer(_)) => Some(*at),
        });
        let us = at?.saturating_sub(self.asked);
        Some(Duration::from_micros(us.unsigned_abs()))
    }
}

/// The ID that a request goes by.
pub(super) fn transaction(head: &Parts) -> &str {
    let id = head.headers.get(ECHO).and_then(|id| id.to_str().ok());
    id.unwrap_or_default()
}

/// The user whom an address names.
pub(super) fn user_of(path: &str) -> UserId {
    let mut segments = path.split('/').skip_while(|segment| *segment != "users");
    let user = segments.nth(1).and_then(|user| user.parse().ok());
    user.expect("the path names a user")
}

/// Where a listing goes on that an address names.
pub(super) fn cursor_of(query: &str) -> Option<usize> {
    query.strip_prefix("cursor=")?.parse().ok()
}

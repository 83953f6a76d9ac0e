//! Users who were asked for by a name: a listing, which is whole or says nothing.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use reqwest::Url;
use serde::Deserialize;

use crate::model::code;
use crate::model::ids::UserId;
use crate::model::mfa::UserState;
use crate::model::outcome::Proof;
use crate::model::user_name::{NameKind, UserName};

use super::head::{BodyFault, Head};
use super::next_page::Trail;
use super::read::{ReadError, malformed, read_answer};
use super::user::Document;
use super::user_filter::UserFilter;
use super::wire::Collection;

/// A user as PingOne lists one, as far as it is needed.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedUser {
    /// The user's ID.
    pub id: UserId,
    /// The user's name of the kind that was asked for.
    pub name: String,
    /// What else of the user matters to a wave.
    pub state: UserState,
}

impl fmt::Debug for ListedUser {
    /// A name is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ListedUser").field(&self.id).finish()
    }
}

/// What a page of users told us, and those before it.
#[derive(Debug)]
pub enum ListedUsers {
    /// These are all.
    Whole(FoundUsers),
    /// There is another page to ask for.
    GoesOn(UserPages),
}

/// All users that PingOne lists for a filter, each once.
#[derive(Debug)]
pub struct FoundUsers {
    /// The users.
    pub users: Vec<ListedUser>,
    /// Whether each page was the answer to our request for it.
    pub is_proven: bool,
}

/// The users on the pages that were read so far, and where the next one is.
#[derive(Clone)]
pub struct UserPages {
    next: Url,
    trail: Trail,
    users: BTreeMap<UserId, ListedUser>,
    is_proven: bool,
}

impl UserPages {
    /// Where the next page is: on the same path of the same host as the ones before.
    pub(super) fn next(&self) -> &Url {
        &self.next
    }
}

impl fmt::Debug for UserPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserPages")
            .field("read", &self.trail.pages())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Users {
    users: Vec<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    username: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    #[serde(flatten)]
    document: Document,
}

impl User {
    /// The user by a kind of name; `None` where that or the ID is not told.
    fn by(self, kind: NameKind) -> Option<ListedUser> {
        let name = match kind {
            NameKind::ExternalId => self.external_id,
            NameKind::Username => self.username,
            NameKind::Email => self.email,
        };
        Some(ListedUser {
            id: self.document.id()?,
            name: name?,
            state: self.document.state(),
        })
    }
}

/// Reads a page of users of this kind of name from this address; `before` is what the pages before
/// it told.
///
/// # Errors
///
/// As [`read_answer`], and [`ReadFailure::Malformed`](super::read::ReadFailure::Malformed) for a
/// listing that is not whole with all its pages, or does not tell the users' names: who is not in it
/// may be there all the same.
pub(crate) fn users_answer(
    kind: NameKind,
    at: &Url,
    before: Option<UserPages>,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Result<ListedUsers, ReadError> {
    let page: Collection<Users> = read_answer(head, body)?;
    let unreadable = |message: &str| malformed(head, code::UNREADABLE_LISTING, message);
    let not_whole = || unreadable("the listing of users is not whole");
    let (mut trail, mut users, was_proven) = match before {
        Some(before) => (before.trail, before.users, before.is_proven),
        None => (Trail::default(), BTreeMap::new(), true),
    };
    let listed = page.embedded.ok_or_else(not_whole)?.users;
    if page.size.is_some_and(|size| size != listed.len() as u64) {
        return Err(not_whole());
    }
    for user in listed {
        let user = user
            .by(kind)
            .ok_or_else(|| unreadable("the listing does not tell each user's name and ID"))?;
        users.insert(user.id, user);
    }
    let is_proven = was_proven && head.proof == Proof::Proven;
    let bytes = body.as_ref().map_or(0, Bytes::len);
    let next = trail.next(at, bytes, page.links.as_ref());
    let next = next.map_err(|astray| {
        let why = astray.why();
        unreadable(&format!("the listing of users {why}"))
    })?;
    if let Some(next) = next {
        return Ok(ListedUsers::GoesOn(UserPages {
            next,
            trail,
            users,
            is_proven,
        }));
    }
    // On the last page: there are more than were shown.
    if page.count.is_some_and(|count| count > users.len() as u64) {
        return Err(not_whole());
    }
    Ok(ListedUsers::Whole(FoundUsers {
        users: users.into_values().collect(),
        is_proven,
    }))
}

impl FoundUsers {
    /// Whether this is surely the answer to a filter: it is proven, or has nobody else and everybody
    /// who was asked for.
    pub fn answers(&self, filter: &UserFilter) -> bool {
        let is_asked_for = |user: &ListedUser| {
            let mut names = filter.names().iter();
            names.any(|name| name.is_but_for_case(&user.name))
        };
        let is_there = |name: &UserName| self.users.iter().any(|user| name.is(&user.name));
        self.is_proven || self.users.iter().all(is_asked_for) && filter.names().iter().all(is_there)
    }
}

#[cfg(test)]
mod tests;

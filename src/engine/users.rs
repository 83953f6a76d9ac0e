//! Asking for users: by their names, and what one can use.

use super::questions::{Questions, ReadFault};
use super::reasons::of_look_up;
use crate::model::event::RequestKind;
use crate::model::ids::UserId;
use crate::model::mfa::UserState;
use crate::pingone::connections::Connection;
use crate::pingone::read::ReadFailure;
use crate::pingone::user_filter::UserFilter;
use crate::pingone::users::{FoundUsers, ListedUsers, UserPages};

/// Where users are asked for.
pub(crate) fn users_address(questions: &Questions<'_>) -> String {
    questions.client().users_address()
}

/// The users for whom a filter holds: all of them, and by an answer that is surely one to this
/// question.
///
/// # Errors
///
/// They were not given.
pub(crate) async fn users(
    questions: &Questions<'_>,
    filter: &UserFilter,
) -> Result<FoundUsers, ReadFault> {
    let found = listed(questions, filter, Connection::Kept).await?;
    if found.answers(filter) {
        return Ok(found);
    }
    // Who is not in it may be in the answer to us.
    listed(questions, filter, Connection::Fresh).await
}

/// What decides whether a device is of any use to a user; nothing where PingOne does not know them.
///
/// # Errors
///
/// It was not told.
pub(crate) async fn user_state(
    questions: &Questions<'_>,
    user: UserId,
) -> Result<Option<UserState>, ReadFault> {
    let client = questions.client();
    let told = questions.read(RequestKind::User, |token| async move {
        client.user(user, &token).await
    });
    match told.await {
        Ok(state) => Ok(Some(state)),
        Err(ReadFault::Refused(error)) if error.failure == ReadFailure::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn listed(
    questions: &Questions<'_>,
    filter: &UserFilter,
    connection: Connection,
) -> Result<FoundUsers, ReadFault> {
    let client = questions.client();
    let mut before: Option<UserPages> = None;
    loop {
        let pages = &before;
        let page = questions.read(RequestKind::User, |token| async move {
            let users = client.users(filter, pages.clone(), &token, connection);
            users.await
        });
        match page.await {
            Ok(ListedUsers::Whole(found)) => return Ok(found),
            Ok(ListedUsers::GoesOn(pages)) => before = Some(pages),
            Err(ReadFault::Refused(error)) => {
                let stop = of_look_up(&error).map(ReadFault::Stop);
                return Err(stop.unwrap_or(ReadFault::Refused(error)));
            }
            Err(stop @ ReadFault::Stop(_)) => return Err(stop),
        }
    }
}

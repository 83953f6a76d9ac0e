//! What is done with users.

use serde_json::Value;

use super::{Asked, not_found};
use crate::sandbox::documents::users as documents;
use crate::sandbox::environment::Environment;
use crate::sandbox::errors;
use crate::sandbox::paging::parameter;
use crate::sandbox::reply::Reply;
use crate::sandbox::users::{Person, can_be_asked};
use crate::sandbox::variants::Variant;

/// How many users a page holds unless that is said.
const USUAL_PAGE: usize = 100;
/// How many at most, where pages are short.
const SHORT_PAGE: usize = 10;

pub(super) fn list(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let filter = asked.filter(can_be_asked, "is not a filter for users")?;
    let mut page = asked.page(USUAL_PAGE)?;
    if environment.is(Variant::ShortPages) {
        page.limit = page.limit.min(SHORT_PAGE);
    }
    let found = environment.users.find(filter.as_ref(), page);
    let next = found.next.map(|from| {
        let listing = environment.home.at("users");
        let filter = parameter(asked.query, "filter");
        page.address(&listing, filter.as_deref(), from)
    });
    let listing = documents::list(&environment.home, &found, next);
    Ok(Reply::ok(&listing))
}

pub(super) fn read(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let person = person(environment, asked)?;
    let user = documents::user(&environment.home, &person);
    Ok(Reply::ok(&user))
}

pub(super) fn mfa(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let person = person(environment, asked)?;
    let mfa = documents::mfa(&environment.home, person.id, person.mfa_enabled);
    Ok(Reply::ok(&mfa))
}

pub(super) fn set_mfa(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let body = asked.json()?;
    let user = asked.user(environment)?;
    let wrong = |code, message| Err(errors::invalid(code, "mfaEnabled", message));
    let enabled = match body.get("mfaEnabled") {
        Some(Value::Bool(enabled)) => *enabled,
        None | Some(Value::Null) => return wrong("REQUIRED_VALUE", "is required"),
        Some(_) => return wrong("INVALID_VALUE", "must be true or false"),
    };
    environment.users.switch_mfa(user, enabled);
    let mfa = documents::mfa(&environment.home, user, enabled);
    Ok(Reply::ok(&mfa))
}

fn person(environment: &Environment, asked: &Asked<'_>) -> Result<Person, Reply> {
    let user = asked
        .route
        .user
        .and_then(|user| environment.users.person(user));
    user.ok_or_else(not_found)
}

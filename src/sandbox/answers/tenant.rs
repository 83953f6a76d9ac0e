//! What holds for the whole environment, as it is shown.

use hyper::StatusCode;

use super::{Asked, not_found};
use crate::sandbox::documents::policies::{self, Policy};
use crate::sandbox::documents::settings;
use crate::sandbox::environment::Environment;
use crate::sandbox::reply::Reply;

pub(super) fn policies(environment: &Environment) -> Reply {
    Reply::json(StatusCode::OK, &policies::list(&environment.home))
}

pub(super) fn policy(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let policy = Policy::of(environment.policies, asked.item()?).ok_or_else(not_found)?;
    Ok(Reply::json(
        StatusCode::OK,
        &policy.document(&environment.home),
    ))
}

pub(super) fn settings(environment: &Environment) -> Reply {
    let settings = settings::mfa_settings(&environment.home, environment.max_devices);
    Reply::json(StatusCode::OK, &settings)
}

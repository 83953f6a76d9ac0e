//! What holds for the whole environment, as it is shown.

use super::{Asked, not_found};
use crate::sandbox::documents::policies::{self, Policy};
use crate::sandbox::documents::{notifications, settings};
use crate::sandbox::environment::Environment;
use crate::sandbox::reply::Reply;

pub(super) fn policies(environment: &Environment) -> Reply {
    Reply::ok(&policies::list(&environment.home))
}

pub(super) fn policy(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let policy = Policy::of(environment.policies, asked.item()?).ok_or_else(not_found)?;
    Ok(Reply::ok(&policy.document(&environment.home)))
}

pub(super) fn settings(environment: &Environment) -> Reply {
    let settings = settings::mfa_settings(&environment.home, environment.max_devices);
    Reply::ok(&settings)
}

pub(super) fn environment(environment: &Environment) -> Reply {
    Reply::ok(&settings::environment(&environment.home))
}

pub(super) fn capabilities(environment: &Environment) -> Reply {
    let capabilities = settings::capabilities(&environment.home, environment.licensed_rate);
    Reply::ok(&capabilities)
}

pub(super) fn products(environment: &Environment) -> Reply {
    Reply::ok(&settings::products(&environment.home))
}

pub(super) fn allow_list(environment: &Environment) -> Reply {
    Reply::ok(&settings::allow_list(&environment.home))
}

pub(super) fn allowed(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let allowed = settings::allowed(&environment.home, asked.item()?).ok_or_else(not_found)?;
    Ok(Reply::ok(&allowed))
}

pub(super) fn notification_policies(environment: &Environment) -> Reply {
    Reply::ok(&notifications::list(&environment.home))
}

pub(super) fn notification_policy(
    environment: &Environment,
    asked: &Asked<'_>,
) -> Result<Reply, Reply> {
    let policy = notifications::one(&environment.home, asked.item()?).ok_or_else(not_found)?;
    Ok(Reply::ok(&policy))
}

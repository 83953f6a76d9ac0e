//! What an admitted request does to the environment, and what is answered to it.
//!
//! The order of the checks: content type (415), JSON (400), user (404), device (404), members and policy
//! (400), device limit (400), identical device. Inferred from "Error codes", not documented.

mod devices;
mod reports;
mod tenant;
mod users;

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::environment::Environment;
use super::errors;
use super::kinds::Kind;
use super::limits::Group;
use super::media::Media;
use super::paging::{Page, parameter};
use super::reply::Reply;
use super::routes::Route;
use super::scim::{Comparison, Filter};
use super::variants::Variant;

/// How a request is served; a fault may have a say in it.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner {
    /// A listing misses devices younger than this.
    pub(super) lag: Duration,
    pub(super) storing: Storing,
}

/// When a device is stored.
#[derive(Clone, Copy, Default)]
pub(super) enum Storing {
    #[default]
    Now,
    Later(Duration),
    Never,
}

/// A request, read whole.
pub(super) struct Asked<'a> {
    pub(super) route: &'a Route,
    pub(super) query: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl Asked<'_> {
    /// The body, which must be JSON and say so.
    fn json(&self) -> Result<Map<String, Value>, Reply> {
        if self.route.media != Media::Json {
            return Err(errors::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        self.members()
    }

    /// The body, which must be an object, whatever it says that it is.
    fn members(&self) -> Result<Map<String, Value>, Reply> {
        serde_json::from_slice(self.body).map_err(|_| errors::of_status(StatusCode::BAD_REQUEST))
    }

    /// The page of a listing; `usual` is how long it is unless that is said.
    fn page(&self, usual: usize) -> Result<Page, Reply> {
        Page::of(self.query, usual).map_err(|fault| errors::invalid_data(vec![fault]))
    }

    /// The filter of a listing, where it has one; `wrong` is said of one that cannot be asked for.
    fn filter(
        &self,
        can_be_asked: impl Fn(&Comparison) -> bool,
        wrong: &str,
    ) -> Result<Option<Filter>, Reply> {
        let Some(text) = parameter(self.query, "filter") else {
            return Ok(None);
        };
        let filter = Filter::of(&text, &can_be_asked);
        filter
            .map(Some)
            .ok_or_else(|| errors::invalid_filter(wrong))
    }

    /// The user in the path.
    fn user(&self, environment: &Environment) -> Result<Uuid, Reply> {
        let user = self.route.user.filter(|user| environment.users.has(*user));
        user.ok_or_else(not_found)
    }

    /// What else is in the path.
    fn item(&self) -> Result<Uuid, Reply> {
        self.route.item.ok_or_else(not_found)
    }
}

fn not_found() -> Reply {
    errors::of_status(StatusCode::NOT_FOUND)
}

/// Does what a request asks for.
pub(super) fn serve(environment: &Arc<Environment>, asked: &Asked<'_>, manner: Manner) -> Reply {
    let kind = asked.route.kind;
    let is_about_mfa = matches!(Group::of(kind), Some(Group::Mfa | Group::MfaLists));
    if environment.is(Variant::NoMfaProduct) && is_about_mfa {
        return errors::of_status(StatusCode::FORBIDDEN);
    }
    let done = match kind {
        Kind::Create => devices::create(environment, asked, manner.storing),
        Kind::List => devices::list(environment, asked, manner.lag),
        Kind::Reorder => devices::reorder(environment, asked),
        Kind::Read => devices::read(environment, asked),
        Kind::Delete => devices::delete(environment, asked),
        Kind::Change => devices::change(environment, asked),
        Kind::Nickname => devices::nickname(environment, asked),
        Kind::Users => users::list(environment, asked),
        Kind::User => users::read(environment, asked),
        Kind::Mfa => users::mfa(environment, asked),
        Kind::SetMfa => users::set_mfa(environment, asked),
        Kind::Policies => Ok(tenant::policies(environment)),
        Kind::Policy => tenant::policy(environment, asked),
        Kind::Settings => Ok(tenant::settings(environment)),
        Kind::Environment => Ok(tenant::environment(environment)),
        Kind::Capabilities => Ok(tenant::capabilities(environment)),
        Kind::Products => Ok(tenant::products(environment)),
        Kind::AllowList => Ok(tenant::allow_list(environment)),
        Kind::Allowed => tenant::allowed(environment, asked),
        Kind::NotificationPolicies => Ok(tenant::notification_policies(environment)),
        Kind::NotificationPolicy => tenant::notification_policy(environment, asked),
        Kind::Report => reports::make(environment, asked),
        Kind::Reported => reports::read(environment, asked),
        Kind::Entries => reports::entries(environment, asked),
        Kind::Token | Kind::Other => Err(not_found()),
    };
    done.unwrap_or_else(|refused| refused)
}

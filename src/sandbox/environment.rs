//! The environment: who there is, which devices they have, and what an admitted request does to it.
//!
//! The order of the checks on create: content type (415), JSON (400), user (404), members and
//! policy (400), device limit (400), identical device. Inferred from "Error codes", not documented.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use hyper::header;
use hyper::http::request::Parts;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::create;
use super::documents;
use super::filter::Filter;
use super::incoming::text;
use super::reply::{Content, Reply};
use super::routes::{Kind, Route};
use super::store::{NewDevice, NotStored, Store, Stored};
use super::time::{Clock, millis};
use super::{Duplicates, Policies};
use crate::pingone::wire;

const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;

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

/// The one environment that there is.
pub(super) struct Environment {
    pub(super) clock: Clock,
    pub(super) id: Uuid,
    /// Its address, `http://127.0.0.1:8787/v1/environments/…`.
    pub(super) home: String,
    /// The users that there are; `None` is every UUID.
    pub(super) users: Option<HashSet<Uuid>>,
    pub(super) policies: Policies,
    pub(super) max_devices: u32,
    pub(super) duplicates: Duplicates,
    pub(super) devices: Mutex<Store>,
}

impl Environment {
    pub(super) fn devices(&self) -> MutexGuard<'_, Store> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what a request asks for.
    pub(super) fn serve(
        self: &Arc<Self>,
        route: &Route,
        head: &Parts,
        body: &[u8],
        manner: Manner,
    ) -> Reply {
        let done = match route.kind {
            Kind::Create => self.create(route.user, head, body, manner.storing),
            Kind::List => self.list(route.user, head.uri.query(), manner.lag),
            Kind::Read => self.read(route.user, route.item),
            Kind::Delete => self.delete(route.user, route.item),
            Kind::User => self.known(route.user).map(|user| {
                let user = documents::user(&self.home, self.id, user);
                Reply::json(StatusCode::OK, &user)
            }),
            Kind::Policies => {
                let policies = documents::policy_list(&self.home);
                Ok(Reply::json(StatusCode::OK, &policies))
            }
            Kind::Policy => self.policy(route.item),
            Kind::Settings => {
                let settings = documents::mfa_settings(self.max_devices);
                Ok(Reply::json(StatusCode::OK, &settings))
            }
            Kind::Token | Kind::Other => Err(documents::of_status(NOT_FOUND)),
        };
        done.unwrap_or_else(|refused| refused)
    }

    fn create(
        self: &Arc<Self>,
        user: Option<Uuid>,
        head: &Parts,
        body: &[u8],
        storing: Storing,
    ) -> Result<Reply, Reply> {
        let content_type = text(&head.headers, header::CONTENT_TYPE).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(wire::JSON) {
            return Err(documents::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|_| documents::of_status(StatusCode::BAD_REQUEST))?;
        let user = self.known(user)?;
        let new = create::read(&body, self.policies).map_err(documents::invalid_data)?;
        match storing {
            Storing::Now => self.store(user, new),
            Storing::Later(delay) => {
                self.store_later(user, new, delay);
                Ok(Reply::new(StatusCode::ACCEPTED, Content::Empty))
            }
            Storing::Never => {
                let never_stored = Stored::new(user, new, self.clock.now_ms());
                Ok(self.shown(StatusCode::CREATED, &never_stored))
            }
        }
    }

    fn store(&self, user: Uuid, new: NewDevice) -> Result<Reply, Reply> {
        let now = self.clock.now_ms();
        let stored = self
            .devices()
            .add(user, new, now, self.max_devices, self.duplicates)
            .cloned();
        match stored {
            Ok(stored) => Ok(self.shown(StatusCode::CREATED, &stored)),
            Err(NotStored::Full { maximum }) => Err(documents::device_limit(maximum)),
            Err(NotStored::Duplicate { existing }) => {
                let status = match self.duplicates {
                    Duplicates::Refuse409 => StatusCode::CONFLICT,
                    Duplicates::Allow | Duplicates::Refuse400 => StatusCode::BAD_REQUEST,
                };
                Err(documents::duplicate(status, existing))
            }
        }
    }

    /// Stores a device when nobody waits for it any more.
    fn store_later(self: &Arc<Self>, user: Uuid, new: NewDevice, delay: Duration) {
        // Weak: what a stopped sandbox had still to do is not done.
        let environment = Arc::downgrade(self);
        drop(tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            if let Some(environment) = environment.upgrade() {
                drop(environment.store(user, new));
            }
        }));
    }

    fn list(&self, user: Option<Uuid>, query: Option<&str>, lag: Duration) -> Result<Reply, Reply> {
        let user = self.known(user)?;
        let filter = Filter::of(query).ok_or_else(|| {
            let message = "only status and type can be compared, with eq";
            let detail = documents::detail("INVALID_FILTER", Some("filter"), message);
            documents::invalid_data(vec![detail])
        })?;
        let now = self.clock.now_ms();
        let devices = self.devices();
        let shown = devices
            .of_user(user, now)
            .filter(|device| now.saturating_sub(device.at) >= millis(lag))
            .filter(|device| filter.matches(device))
            .map(|device| documents::device(&self.home, self.id, device, &self.clock))
            .collect();
        drop(devices);
        let listing = documents::devices(&self.home, user, shown);
        Ok(Reply::json(StatusCode::OK, &listing))
    }

    fn read(&self, user: Option<Uuid>, id: Option<Uuid>) -> Result<Reply, Reply> {
        let user = self.known(user)?;
        let now = self.clock.now_ms();
        let devices = self.devices();
        let device = id.and_then(|id| devices.get(user, id, now)).cloned();
        drop(devices);
        device
            .map(|device| self.shown(StatusCode::OK, &device))
            .ok_or_else(|| documents::of_status(NOT_FOUND))
    }

    fn delete(&self, user: Option<Uuid>, id: Option<Uuid>) -> Result<Reply, Reply> {
        let user = self.known(user)?;
        let now = self.clock.now_ms();
        let gone = id.is_some_and(|id| self.devices().delete(user, id, now));
        gone.then(|| Reply::new(StatusCode::NO_CONTENT, Content::Empty))
            .ok_or_else(|| documents::of_status(NOT_FOUND))
    }

    fn shown(&self, status: StatusCode, device: &Stored) -> Reply {
        let device = documents::device(&self.home, self.id, device, &self.clock);
        Reply::json(status, &device)
    }

    fn known(&self, user: Option<Uuid>) -> Result<Uuid, Reply> {
        user.filter(|user| self.users.as_ref().is_none_or(|users| users.contains(user)))
            .ok_or_else(|| documents::of_status(NOT_FOUND))
    }

    fn policy(&self, id: Option<Uuid>) -> Result<Reply, Reply> {
        id.and_then(|id| documents::policy(self.policies, id))
            .map(|policy| Reply::json(StatusCode::OK, &policy))
            .ok_or_else(|| documents::of_status(NOT_FOUND))
    }
}

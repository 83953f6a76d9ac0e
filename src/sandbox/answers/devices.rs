//! What is done with devices.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Asked, Storing, not_found};
use crate::sandbox::Duplicates;
use crate::sandbox::create::{self, Refused};
use crate::sandbox::documents::devices as documents;
use crate::sandbox::environment::Environment;
use crate::sandbox::errors;
use crate::sandbox::media::Media;
use crate::sandbox::reply::{Content, Reply};
use crate::sandbox::routes::uuid;
use crate::sandbox::scim::{Comparison, Filter, Operator};
use crate::sandbox::store::{NewDevice, NotStored, Rules, Stored};
use crate::sandbox::time::millis;
use crate::sandbox::variants::Variant;

/// How much later than it was made a device is listed, where listings are late.
const LATE: Duration = Duration::from_secs(2);

pub(super) fn create(
    environment: &Arc<Environment>,
    asked: &Asked<'_>,
    storing: Storing,
) -> Result<Reply, Reply> {
    let body = asked.json()?;
    let user = asked.user(environment)?;
    let new = create::read(&body, environment.policies, &environment.home.variants)
        .map_err(|refused| not_made(environment, refused))?;
    if environment.is(Variant::MfaOffRefused) {
        let person = environment.users.person(user);
        if person.is_none_or(|person| !person.mfa_enabled) {
            return Err(errors::account_not_usable());
        }
    }
    match storing {
        Storing::Now => store(environment, user, new),
        Storing::Later(delay) => {
            store_later(environment, user, new, delay);
            Ok(Reply::new(StatusCode::ACCEPTED, Content::Empty))
        }
        Storing::Never => {
            let never_stored = Stored::new(user, new, environment.now_ms());
            Ok(made(environment, &never_stored))
        }
    }
}

fn store(environment: &Environment, user: Uuid, new: NewDevice) -> Result<Reply, Reply> {
    let now = environment.now_ms();
    let rules = Rules {
        max_devices: environment.max_devices,
        duplicates: environment.duplicates,
        by_spelling: environment.is(Variant::DuplicatesBySpelling),
    };
    let stored = environment.devices().add(user, new, now, rules).cloned();
    stored
        .map(|stored| made(environment, &stored))
        .map_err(|refused| not_stored(environment, refused))
}

fn not_made(environment: &Environment, refused: Refused) -> Reply {
    match refused {
        Refused::PolicyUnknown(_) if environment.is(Variant::PolicyNotFound) => not_found(),
        Refused::TypeNotAllowed(_) if environment.is(Variant::TypeForbidden) => {
            errors::of_status(StatusCode::FORBIDDEN)
        }
        Refused::Members(faults) => errors::invalid_data(faults),
        Refused::PolicyUnknown(fault) | Refused::TypeNotAllowed(fault) => {
            errors::invalid_data(vec![fault])
        }
    }
}

fn not_stored(environment: &Environment, refused: NotStored) -> Reply {
    match refused {
        NotStored::Full { maximum } => errors::device_limit(maximum),
        NotStored::Duplicate { existing } => {
            let status = match environment.duplicates {
                Duplicates::Refuse409 => StatusCode::CONFLICT,
                Duplicates::Allow | Duplicates::Refuse400 => StatusCode::BAD_REQUEST,
            };
            errors::duplicate(status, existing)
        }
    }
}

/// Stores a device when nobody waits for it any more.
fn store_later(environment: &Arc<Environment>, user: Uuid, new: NewDevice, delay: Duration) {
    // Weak: what a stopped sandbox had still to do is not done.
    let environment = Arc::downgrade(environment);
    drop(tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        if let Some(environment) = environment.upgrade() {
            drop(store(&environment, user, new));
        }
    }));
}

pub(super) fn list(
    environment: &Environment,
    asked: &Asked<'_>,
    lag: Duration,
) -> Result<Reply, Reply> {
    let user = asked.user(environment)?;
    let filter = asked.filter(
        can_be_asked,
        "only status and type can be compared, with eq",
    )?;
    let late = if environment.is(Variant::ListingLate) {
        LATE
    } else {
        Duration::ZERO
    };
    let now = environment.now_ms();
    let devices = environment.devices();
    let mut shown: Vec<_> = devices
        .of_user(user, now)
        .filter(|device| now.saturating_sub(device.at) >= millis(lag.max(late)))
        .filter(|device| filter.as_ref().is_none_or(|filter| holds(filter, device)))
        .collect();
    // Only active devices have an order; the others follow.
    shown.sort_by_key(|device| device.pending);
    let shown = shown.into_iter();
    let shown = shown.map(|device| documents::device(&environment.home, device));
    let listing = documents::devices(&environment.home, user, shown.collect());
    drop(devices);
    Ok(Reply::ok(&listing))
}

/// Tells whether devices can be asked for so.
fn can_be_asked(comparison: &Comparison) -> bool {
    comparison.operator == Operator::Equals && ["status", "type"].contains(&&*comparison.attribute)
}

fn holds(filter: &Filter, device: &Stored) -> bool {
    filter.holds(&|comparison| match &*comparison.attribute {
        "status" => comparison.holds(documents::status(device.pending)),
        _ => comparison.holds(device.kind.name()),
    })
}

pub(super) fn reorder(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    match asked.route.media {
        Media::Reorder => {
            let order = order(&asked.members()?)?;
            let user = asked.user(environment)?;
            let now = environment.now_ms();
            if !environment.devices().reorder(user, &order, now) {
                let message = "must name each device of the user's once";
                return Err(errors::invalid("INVALID_VALUE", "order", message));
            }
        }
        Media::RemoveOrder => {
            let user = asked.user(environment)?;
            environment.devices().forget_order(user);
        }
        Media::Json
        | Media::Form
        | Media::Activate
        | Media::Block
        | Media::Unblock
        | Media::Unlock
        | Media::Other => return Err(errors::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
    }
    let whole = Asked {
        query: None,
        ..*asked
    };
    list(environment, &whole, Duration::ZERO)
}

/// Reads `{"order": [{"id": …}, …]}`.
fn order(body: &Map<String, Value>) -> Result<Vec<Uuid>, Reply> {
    let wrong = |code, message| errors::invalid(code, "order", message);
    let order = body
        .get("order")
        .ok_or_else(|| wrong("REQUIRED_VALUE", "is required"))?;
    let ids = order.as_array().and_then(|order| {
        let ids = order.iter().map(|device| device.get("id")?.as_str());
        ids.map(|id| id.and_then(uuid)).collect::<Option<Vec<_>>>()
    });
    ids.ok_or_else(|| wrong("INVALID_VALUE", "must be a list of devices with their IDs"))
}

pub(super) fn read(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let (user, id) = (asked.user(environment)?, asked.item()?);
    let now = environment.now_ms();
    let devices = environment.devices();
    let device = devices.get(user, id, now).ok_or_else(not_found)?;
    Ok(shown(environment, device))
}

pub(super) fn delete(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let (user, id) = (asked.user(environment)?, asked.item()?);
    let now = environment.now_ms();
    let was_there = environment.devices().delete(user, id, now);
    (was_there || environment.is(Variant::DeleteTwice204))
        .then(|| Reply::new(StatusCode::NO_CONTENT, Content::Empty))
        .ok_or_else(not_found)
}

pub(super) fn nickname(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let body = asked.json()?;
    let (user, id) = (asked.user(environment)?, asked.item()?);
    let now = environment.now_ms();
    let mut devices = environment.devices();
    devices.get(user, id, now).ok_or_else(not_found)?;
    let nickname =
        create::new_nickname(&body).map_err(|fault| errors::invalid_data(vec![fault]))?;
    let renamed = devices.change(user, id, now, |device| device.nickname = nickname.into());
    let renamed = renamed.ok_or_else(not_found)?;
    let document = documents::nickname(&environment.home, renamed);
    Ok(Reply::ok(&document))
}

/// Activates, blocks, unblocks or unlocks a device. None is ever locked here.
pub(super) fn change(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let block = match asked.route.media {
        Media::Activate => return activate(environment, asked),
        Media::Block => Some(true),
        Media::Unblock => Some(false),
        Media::Unlock => None,
        Media::Json | Media::Form | Media::Reorder | Media::RemoveOrder | Media::Other => {
            return Err(errors::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
    };
    let (user, id) = (asked.user(environment)?, asked.item()?);
    let now = environment.now_ms();
    let mut devices = environment.devices();
    let changed = devices.change(user, id, now, |device| {
        device.blocked = block.unwrap_or(device.blocked);
    });
    Ok(shown(environment, changed.ok_or_else(not_found)?))
}

fn activate(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let body = asked.members()?;
    let (user, id) = (asked.user(environment)?, asked.item()?);
    let now = environment.now_ms();
    let mut devices = environment.devices();
    let device = devices.get(user, id, now).ok_or_else(not_found)?;
    if !device.pending {
        let message = "is not ACTIVATION_REQUIRED";
        return Err(errors::invalid("CONSTRAINT_VIOLATION", "status", message));
    }
    let otp = body
        .get("otp")
        .ok_or_else(|| errors::invalid("REQUIRED_VALUE", "otp", "is required"))?;
    if otp.as_str() != Some(&device.otp()) {
        return Err(errors::invalid(
            "INVALID_OTP",
            "otp",
            "is not the one that was sent",
        ));
    }
    let activated = devices.activate(user, id, now, environment.max_devices);
    let activated = activated.ok_or_else(not_found)?;
    let device = activated.map_err(|refused| not_stored(environment, refused))?;
    Ok(shown(environment, device))
}

fn made(environment: &Environment, device: &Stored) -> Reply {
    let document = documents::created(&environment.home, device);
    Reply::json(StatusCode::CREATED, &document)
}

fn shown(environment: &Environment, device: &Stored) -> Reply {
    let document = documents::device(&environment.home, device);
    Reply::ok(&document)
}

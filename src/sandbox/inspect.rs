//! What the sandbox shows of its inside: the truth that a test counts.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use hyper::Response;
use hyper::header::{self, HeaderValue};

use super::environment::Environment;
use super::reply::{Body, streamed};
use super::stats::Held;
use super::store::{DeviceType, Stored};
use super::time::Clock;
use crate::pingone::wire;

/// How many devices are looked at without letting others at the store.
const PAGE: usize = 1_000;

/// Every device, in the order of their making.
pub(super) fn all_held(environment: &Environment) -> Vec<Held> {
    let (mut all, mut from) = (Vec::new(), 0);
    while let Some((page, next)) = held(environment, from) {
        all.extend(page);
        from = next;
    }
    all
}

fn held(environment: &Environment, from: usize) -> Option<(Vec<Held>, usize)> {
    let clock = &environment.home.clock;
    let (page, next) = environment.devices().page(from, PAGE, clock.now_ms())?;
    let held = page.into_iter().map(|device| show(device, clock)).collect();
    Some((held, next))
}

fn show(device: Stored, clock: &Clock) -> Held {
    let otp = device.pending.then(|| device.otp());
    let address = Some(device.address.into_string());
    let (phone, email) = match device.kind {
        DeviceType::Email => (None, address),
        DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => (address, None),
    };
    Held {
        user: device.user.to_string(),
        kind: device.kind.name(),
        phone,
        email,
        id: device.id.to_string(),
        at: clock.timestamp(device.at),
        otp,
    }
}

/// Every device as a JSON array, made page by page: a million of them need no room.
pub(super) fn devices(environment: Arc<Environment>) -> Response<Body> {
    let chunks = stream::unfold(Some((0, "[")), move |at| {
        let environment = Arc::clone(&environment);
        async move {
            let (from, mut before) = at?;
            let Some((page, next)) = held(&environment, from) else {
                let end = if before == "[" { "[]\n" } else { "]\n" };
                return Some((Ok(Bytes::from_static(end.as_bytes())), None));
            };
            let mut chunk = String::new();
            for held in page {
                chunk.push_str(before);
                before = ",\n";
                chunk.push_str(&serde_json::to_string(&held).expect("its keys are strings"));
            }
            Some((Ok(Bytes::from(chunk)), Some((next, before))))
        }
    });
    let mut response = Response::new(streamed(chunks));
    let json = HeaderValue::from_static(wire::JSON);
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

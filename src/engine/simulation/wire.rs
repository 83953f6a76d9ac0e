//! The way of a request to PingOne and back.

use http_body_util::BodyExt;
use hyper::{Method, Request};
use tokio::time::sleep;

use super::exchange::{Exchange, transaction};
use super::world::{Shared, fault, lock};
use crate::model::rate_group::RateGroup;
use crate::pingone::played::{Call, Said};
use crate::pingone::transport::{Fault, FaultKind};

/// Has PingOne answer a request.
pub(super) async fn play(world: Shared, call: Call) -> Result<Said, Fault> {
    let group = group_of(&call.request);
    let (line, wait) = lock(&world).connect(call.pool, group);
    sleep(wait).await;
    let line = line.map_err(fault)?;
    let (head, body) = call.request.into_parts();
    let body = body.collect().await.map_err(|_| fault(FaultKind::Lost))?;
    let exchange = lock(&world).receive(line, &head, body.to_bytes());
    let wait = exchange.wait();
    let mut on_its_way = OnItsWay {
        world,
        exchange: Some(exchange),
    };
    match wait {
        Some(wait) => sleep(wait).await,
        None => std::future::pending().await,
    }
    on_its_way.answered(transaction(&head))
}

/// With which others a request is limited.
fn group_of<B>(request: &Request<B>) -> RateGroup {
    let path = request.uri().path();
    if path.ends_with("/token") {
        RateGroup::Token
    } else if path.ends_with("/mfaEnabled") {
        RateGroup::Directory
    } else if request.method() == Method::GET {
        RateGroup::Lists
    } else {
        RateGroup::Creates
    }
}

/// A request that somebody waits for.
struct OnItsWay {
    world: Shared,
    exchange: Option<Exchange>,
}

impl OnItsWay {
    fn answered(&mut self, transaction: &str) -> Result<Said, Fault> {
        let exchange = self.exchange.take().expect("it is answered once");
        lock(&self.world).answer(exchange, transaction)
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            lock(&self.world).give_up(&exchange);
        }
    }
}

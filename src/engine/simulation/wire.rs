//! The way of a request to PingOne and back.

use http_body_util::BodyExt;
use tokio::time::sleep;

use super::exchange::{Exchange, transaction};
use super::world::{Shared, fault, lock};
use crate::pingone::played::{Call, Said};
use crate::pingone::transport::{Fault, FaultKind};

/// Has PingOne answer a request.
pub(super) async fn play(world: Shared, call: Call) -> Result<Said, Fault> {
    let is_token = call.request.uri().path().ends_with("/token");
    let (line, wait) = lock(&world).connect(call.pool, is_token);
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

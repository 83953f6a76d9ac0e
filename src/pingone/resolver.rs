//! The addresses of a name.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use super::loopback;

pub(super) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Finds the addresses of a name: by the system, but for this machine's own.
#[derive(Clone)]
pub(super) struct Resolver;

/// The system does not know a name.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unresolved(pub(super) io::Error);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Unresolved;
    type Future = Boxed<Result<Self::Response, Unresolved>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            // The port is set by whoever connects.
            let found: Vec<SocketAddr> = if loopback::is_local_name(name.as_str()) {
                let own = loopback::ADDRESSES.into_iter();
                own.map(|address| SocketAddr::new(address, 0)).collect()
            } else {
                let found = tokio::net::lookup_host((name.as_str(), 0)).await;
                found.map_err(Unresolved)?.collect()
            };
            Ok(found.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn this_machine_is_found_without_asking_the_system() {
        for name in ["localhost", "LOCALHOST", "api.localhost"] {
            let found = Resolver.call(name.parse().unwrap()).await.unwrap();
            let found: Vec<_> = found.map(|address| address.ip()).collect();
            assert_eq!(found, loopback::ADDRESSES, "{name}");
        }
    }
}

//! Connections: taken, served, and ended in the way that a fault wants.

use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::incoming::Hangup;
use super::service::Service;

/// Heads beyond this are refused by the HTTP parser itself, without PingOne's words.
const BUFFER_MAX: usize = 64 * 1024;
/// The rest after a connection could not be taken, for instance because there are too many.
const REST: Duration = Duration::from_millis(10);

/// Serves until it is dropped, and all connections with it.
pub(super) async fn serve(listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let service = Arc::clone(&service);
                    connections.spawn(connection(stream, peer.ip(), service));
                }
                Err(_) => tokio::time::sleep(REST).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection. How it ends is between the two ends, so errors go nowhere.
async fn connection(stream: TcpStream, peer: IpAddr, service: Arc<Service>) {
    drop(stream.set_nodelay(true));
    let answer = service_fn(|request| Box::pin(Arc::clone(&service).handle(peer, request)));
    let mut http = http1::Builder::new()
        .max_buf_size(BUFFER_MAX)
        .serve_connection(TokioIo::new(stream), answer);
    let end = std::future::poll_fn(|cx| http.poll_without_shutdown(cx)).await;
    let mut stream = http.into_parts().io.into_inner();
    drop(close(&mut stream, end.err().and_then(|error| hangup(&error))).await);
}

/// Ends a connection; a reset is what dropping it with nothing left to wait for gives.
async fn close(stream: &mut TcpStream, hangup: Option<Hangup>) -> io::Result<()> {
    match hangup {
        Some(Hangup::Reset) => stream.set_zero_linger(),
        Some(Hangup::Close) | None => stream.shutdown().await,
    }
}

fn hangup(error: &hyper::Error) -> Option<Hangup> {
    error.source()?.downcast_ref().copied()
}

//! A peer that does exactly what a test tells it to, byte by byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::tampering_proxy::whole_request;

/// A listener that hands each connection, with its number from 0, to a test's own code.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

/// What a test's code does with a connection.
pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) stream: TcpStream,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    pub(crate) async fn start<F>(serve: impl Fn(Line) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let requests = Arc::clone(&noted);
                tokio::spawn(serve(Line {
                    number,
                    stream,
                    requests,
                }));
            }
        });
        Self {
            address,
            requests,
            task,
        }
    }

    /// A peer that answers every request with these bytes and hangs up.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut line| {
            let answer = answer.clone();
            async move {
                line.request().await;
                line.say(&answer).await;
            }
        })
        .await
    }

    /// Every request that came whole, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Line {
    /// Waits for a whole request, and notes it; `false` where none comes.
    pub(crate) async fn request(&mut self) -> bool {
        match read_request(&mut self.stream).await {
            Some(request) => {
                self.requests.lock().unwrap().push(request);
                true
            }
            None => false,
        }
    }

    /// The request that came last, on whatever connection.
    pub(crate) fn last_request(&self) -> String {
        self.requests
            .lock()
            .unwrap()
            .last()
            .cloned()
            .unwrap_or_default()
    }

    /// Sends bytes; whether they could be sent.
    pub(crate) async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Does nothing more until the client hangs up.
    pub(crate) async fn hold(&mut self) {
        let mut byte = [0];
        while matches!(self.stream.read(&mut byte).await, Ok(1..)) {}
    }
}

/// Reads a request with a `Content-Length` or without a body.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(request) = whole_request(&bytes) {
            return Some(request);
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

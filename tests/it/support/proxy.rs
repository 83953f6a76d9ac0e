//! A proxy that makes tunnels, or does not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::tap::pass;

/// A proxy on loopback that keeps what it is asked.
pub(crate) struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// One that connects everybody to this address, whatever the name they ask for.
    pub(crate) fn to(server: SocketAddr) -> Self {
        Self::start(move |mut client| {
            let Ok(server) = TcpStream::connect(server) else {
                return;
            };
            client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok();
            let (back, home) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || pass(back, home, |_| {}));
            pass(client, server, |_| {});
        })
    }

    /// One that says this and hangs up.
    pub(crate) fn saying(answer: &'static str) -> Self {
        Self::start(move |mut client| {
            client.write_all(answer.as_bytes()).ok();
        })
    }

    /// One that is asked and says nothing.
    pub(crate) fn silent() -> Self {
        Self::start(|mut client| {
            client.read_to_end(&mut Vec::new()).ok();
        })
    }

    fn start(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            for mut client in listener.incoming().map_while(Result::ok) {
                let (kept, serve) = (Arc::clone(&kept), serve.clone());
                thread::spawn(move || {
                    if let Some(head) = head(&mut client) {
                        kept.lock().unwrap().push(head);
                        serve(client);
                    }
                });
            }
        });
        Self { address, asked }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The head of every request, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Reads a head and not one byte more.
fn head(client: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

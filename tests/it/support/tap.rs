//! Listening in: a wire that is tapped, and a trap that nobody may walk into.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A wire to a server that keeps all that a client says on it.
pub(crate) struct Tap {
    address: SocketAddr,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    /// Taps the wire to a server.
    pub(crate) fn on(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&said);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(server) else {
                    return;
                };
                let (back, home) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let kept = Arc::clone(&kept);
                thread::spawn(move || {
                    pass(client, server, |bytes| kept.lock().unwrap().extend(bytes));
                });
                thread::spawn(move || pass(back, home, |_| {}));
            }
        });
        Self { address, said }
    }

    /// The address of this end, in place of the server's.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// All that was said, of all connections.
    pub(crate) fn said(&self) -> String {
        String::from_utf8(self.said.lock().unwrap().clone()).unwrap()
    }

    /// The JSON documents that were said.
    pub(crate) fn documents(&self) -> Vec<Value> {
        let said = self.said();
        let bodies = said.split("\r\n\r\n").filter(|part| part.starts_with('{'));
        bodies
            .map(|body| {
                let mut documents = serde_json::Deserializer::from_str(body).into_iter();
                documents.next().unwrap().unwrap()
            })
            .collect()
    }
}

/// Passes on what comes, until either end is gone.
pub(super) fn pass(mut from: TcpStream, mut to: TcpStream, mut keep: impl FnMut(&[u8])) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..length];
        keep(bytes);
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Write));
}

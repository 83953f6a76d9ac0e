//! A proxy before the sandbox, with TLS or without: it lets requests through, and where a test wants it says
//! something of its own instead, byte by byte.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Both directions of a connection.
pub(crate) trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

/// What is left to do for a request once a test has seen it.
#[derive(Clone, Debug)]
pub(crate) enum Then {
    /// The sandbox answers it.
    LetThrough,
    /// The sandbox answers it, and the next connection meets another certificate.
    Change(Arc<ServerConfig>),
    /// It was answered; the connection stays.
    Stay,
    /// The connection ends.
    HangUp,
}

/// A request that came.
pub(crate) struct Request {
    pub(crate) text: String,
    /// Its number among those of its kind, from 0.
    pub(crate) number: usize,
    /// How many requests came before it on its connection.
    pub(crate) before: usize,
    server: SocketAddr,
}

type Tamper = dyn Fn(&Request, &mut dyn Wire) -> Then + Send + Sync;

/// The way to the sandbox.
pub(crate) struct TamperingProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: SocketAddr,
    tamper: Box<Tamper>,
    tls: Mutex<Option<Arc<ServerConfig>>>,
    connections: Mutex<Vec<IpAddr>>,
    open: Mutex<Open>,
    requests: Mutex<Vec<String>>,
}

/// How many connections are open, and were at once at the most.
#[derive(Default)]
struct Open {
    now: usize,
    most: usize,
}

impl TamperingProxy {
    /// A proxy that lets everything through.
    pub(crate) fn open(server: SocketAddr) -> Self {
        Self::with(server, |_, _| Then::LetThrough)
    }

    /// A proxy that sees each request first, and may answer it.
    pub(crate) fn with(
        server: SocketAddr,
        tamper: impl Fn(&Request, &mut dyn Wire) -> Then + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            server,
            tamper: Box::new(tamper),
            tls: Mutex::default(),
            connections: Mutex::default(),
            open: Mutex::default(),
            requests: Mutex::default(),
        });
        let proxy = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let peer = stream.peer_addr().unwrap().ip();
                proxy.connections.lock().unwrap().push(peer);
                let proxy = Arc::clone(&proxy);
                thread::spawn(move || {
                    proxy.open.lock().unwrap().begins();
                    proxy.greet(stream);
                    proxy.open.lock().unwrap().now -= 1;
                });
            }
        });
        Self { address, shared }
    }

    /// Whoever comes from now on is spoken to in TLS.
    pub(crate) fn speak_tls(&self, config: Arc<ServerConfig>) {
        *self.shared.tls.lock().unwrap() = Some(config);
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.lock().unwrap().len()
    }

    /// How many connections were open at once at the most.
    pub(crate) fn most_open(&self) -> usize {
        self.shared.open.lock().unwrap().most
    }

    /// From which addresses connections were made.
    pub(crate) fn sources(&self) -> BTreeSet<IpAddr> {
        let connections = self.shared.connections.lock().unwrap();
        connections.iter().copied().collect()
    }

    /// Every request that came whole, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }
}

impl Open {
    fn begins(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }
}

impl Request {
    pub(crate) fn is_create(&self) -> bool {
        kind(&self.text) == Some("create")
    }

    pub(crate) fn is_list(&self) -> bool {
        kind(&self.text) == Some("list")
    }

    pub(crate) fn is_token(&self) -> bool {
        kind(&self.text) == Some("token")
    }

    /// What the sandbox answers to it; the request takes effect there.
    pub(crate) fn served(&self) -> Vec<u8> {
        let mut server = TcpStream::connect(self.server).unwrap();
        let closing = self.text.replacen("\r\n", "\r\nConnection: close\r\n", 1);
        server.write_all(closing.as_bytes()).unwrap();
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).unwrap();
        answer
    }
}

/// The same answer, after which the connection stays.
pub(crate) fn kept(answer: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    text.replacen("connection: close\r\n", "", 1).into_bytes()
}

/// The same answer with another body.
pub(crate) fn with_body(answer: &[u8], body: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let lines = head.split("\r\n");
    let others = lines.filter(|line| !line.to_lowercase().starts_with("content-length: "));
    let head = others.collect::<Vec<_>>().join("\r\n");
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// The body of an answer.
pub(crate) fn body(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    body.to_owned()
}

impl Shared {
    fn greet(&self, stream: TcpStream) {
        let config = self.tls.lock().unwrap().clone();
        match config {
            None => self.converse(stream),
            Some(config) => {
                let connection = ServerConnection::new(config).unwrap();
                self.converse(StreamOwned::new(connection, stream));
            }
        }
    }

    fn converse(&self, mut wire: impl Wire) {
        let mut before = 0;
        while let Some(text) = read_request(&mut wire) {
            let number = {
                let mut requests = self.requests.lock().unwrap();
                let same = |before: &&String| kind(before) == kind(&text);
                let number = requests.iter().filter(same).count();
                requests.push(text.clone());
                number
            };
            let request = Request {
                text,
                number,
                before,
                server: self.server,
            };
            before += 1;
            match (self.tamper)(&request, &mut wire) {
                Then::Stay => continue,
                Then::HangUp => return,
                Then::Change(config) => *self.tls.lock().unwrap() = Some(config),
                Then::LetThrough => {}
            }
            // The answer says that the connection ends, so no request meets its end.
            wire.write_all(&request.served()).ok();
            return;
        }
    }
}

fn kind(request: &str) -> Option<&'static str> {
    let line = request.lines().next()?;
    let path = line.split(' ').nth(1)?;
    match (line.starts_with("POST "), path) {
        (true, path) if path.ends_with("/devices") => Some("create"),
        (false, path) if path.ends_with("/devices") => Some("list"),
        (true, path) if path.ends_with("/as/token") => Some("token"),
        _ => None,
    }
}

/// Reads a request with a `Content-Length` or without a body.
pub(crate) fn read_request(wire: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(request) = whole_request(&bytes) {
            return Some(request);
        }
        let mut chunk = [0; 4096];
        match wire.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

/// The request that these bytes are, once nothing of it is missing.
pub(crate) fn whole_request(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head
        .to_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    (body.len() >= length.unwrap_or(0)).then(|| text.to_string())
}

//! HTTP/1.1 as far as two programs on one machine need it, read strictly.

use std::io;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

const LONGEST: usize = 16 * 1024;

/// A request, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Names in lower case, in the order in which they came.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name)?;
        Some(&found.1)
    }
}

/// One connection's bytes.
pub(crate) struct Reader {
    unread: Vec<u8>,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Self { unread: Vec::new() }
    }

    /// Reads one whole request; nothing where the client went away before it was whole.
    ///
    /// What is no HTTP is an error of the kind `InvalidData`.
    pub(crate) async fn request(&mut self, stream: &mut TcpStream) -> io::Result<Option<Request>> {
        let end = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at;
            }
            if !self.more(stream).await? {
                return Ok(None);
            }
        };
        let head = std::str::from_utf8(&self.unread[..end]).map_err(|_| bad("no text"))?;
        let mut request = head_of(head)?;
        let length = match request.header("content-length") {
            Some(length) => length.parse().map_err(|_| bad("no length"))?,
            None => 0,
        };
        let whole = end + 4 + length;
        while self.unread.len() < whole {
            if !self.more(stream).await? {
                return Ok(None);
            }
        }
        request.body = self.unread[end + 4..whole].to_vec();
        self.unread.drain(..whole);
        Ok(Some(request))
    }

    /// Whether bytes came that nobody asked for yet.
    pub(crate) fn has_more(&self) -> bool {
        !self.unread.is_empty()
    }

    async fn more(&mut self, stream: &mut TcpStream) -> io::Result<bool> {
        if self.unread.len() > LONGEST {
            return Err(bad("too long"));
        }
        match stream.read_buf(&mut self.unread).await {
            Ok(read) => Ok(read > 0),
            Err(_) => Ok(false),
        }
    }
}

fn head_of(head: &str) -> io::Result<Request> {
    let mut lines = head.split("\r\n");
    let words: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let [method, target, "HTTP/1.1"] = words[..] else {
        return Err(bad("no request line"));
    };
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").ok_or_else(|| bad("no header"))?;
        Ok((name.to_ascii_lowercase(), value.to_owned()))
    });
    Ok(Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers.collect::<io::Result<_>>()?,
        body: Vec::new(),
    })
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|at| at == wanted)
}

/// An answer with a body of a known length.
pub(crate) fn answer(status: u16, headers: &str, kind: &str, body: &str) -> String {
    let reason = match status {
        200 => "OK",
        201 => "Created",
        _ => "Said so",
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status} {reason}\r\n{headers}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[test]
fn a_head_is_read_strictly() {
    let head = head_of("GET /v1/x HTTP/1.1\r\nHost: h:1\r\nAccept: */*").unwrap();
    assert_eq!(
        (head.method.as_str(), head.target.as_str()),
        ("GET", "/v1/x")
    );
    assert_eq!(head.header("host"), Some("h:1"));
    for wrong in [
        "GET /v1/x HTTP/1.0",
        "GET  /v1/x HTTP/1.1",
        "GET / HTTP/1.1\r\nHost:h",
        "",
    ] {
        assert!(head_of(wrong).is_err(), "{wrong}");
    }
}

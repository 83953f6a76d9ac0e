//! HTTP without a library: literal bytes out, literal bytes in.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wavepair::testing::sandbox::Sandbox;

/// A test that waits longer than this waits for something that will not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// One connection.
pub(crate) struct Raw {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// An answer, as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self {
            stream: TcpStream::connect(address).await.unwrap(),
            unread: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, request: &str) {
        self.stream.write_all(request.as_bytes()).await.unwrap();
    }

    /// Reads one answer, or the error that the connection ended with.
    pub(crate) async fn answer(&mut self) -> io::Result<Answer> {
        let reading = self.read_answer();
        tokio::time::timeout(PATIENCE, reading).await.unwrap()
    }

    /// Tells whether more than so many bytes come.
    pub(crate) async fn has_more_than(&mut self, length: usize) -> bool {
        let reading = self.exactly(length + 1);
        tokio::time::timeout(PATIENCE, reading)
            .await
            .unwrap()
            .is_ok()
    }

    async fn read_answer(&mut self) -> io::Result<Answer> {
        let head = self.until(b"\r\n\r\n").await?;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer {
            status,
            head,
            body: String::new(),
        };
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = self.until(b"\r\n").await?;
                let size = usize::from_str_radix(size.trim(), 16).unwrap();
                let chunk = self.exactly(size + 2).await?;
                answer.body.push_str(chunk.trim_end_matches("\r\n"));
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse().unwrap();
            answer.body = self.exactly(length).await?;
        }
        Ok(answer)
    }

    async fn until(&mut self, end: &[u8]) -> io::Result<String> {
        loop {
            let found = self.unread.windows(end.len()).position(|at| at == end);
            if let Some(at) = found {
                return self.exactly(at + end.len()).await;
            }
            self.more().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> io::Result<String> {
        while self.unread.len() < length {
            self.more().await?;
        }
        let rest = self.unread.split_off(length);
        let taken = std::mem::replace(&mut self.unread, rest);
        Ok(String::from_utf8(taken).unwrap())
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.body))
    }
}

/// Sends one request on a connection of its own.
pub(crate) async fn ask(sandbox: &Sandbox, request: &str) -> io::Result<Answer> {
    let mut raw = Raw::connect(sandbox.address()).await;
    raw.send(request).await;
    raw.answer().await
}

/// A request with a body, spelled out.
pub(crate) fn post(path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: api.pingone.eu\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// A request without a body, spelled out.
pub(crate) fn plain(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: api.pingone.eu\r\n{headers}\r\n")
}

/// The header with an access token, asked for as the documentation says.
pub(crate) async fn bearer(sandbox: &Sandbox) -> String {
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        sandbox.client_id(),
        sandbox.client_secret()
    );
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let path = format!("/{}/as/token", sandbox.environment());
    let answer = ask(sandbox, &post(&path, form, &body)).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let document = answer.json();
    let token = document["access_token"].as_str().unwrap();
    format!("Authorization: Bearer {token}\r\n")
}

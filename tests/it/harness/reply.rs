//! What the client gets to see, byte for byte, and what it does not.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::faults::Sight;
use super::http::answer;
use super::time::{http_date, wall};

/// How long a throttled client is asked to wait.
pub(crate) const PAUSE: Duration = Duration::from_secs(1);

const JSON: &str = "application/json";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// This, and the connection stays.
    Whole(String),
    /// What is documented, once the request has taken effect, which takes a while.
    Slow,
    /// This, then the end of the connection.
    Part(String),
    /// The end of the connection.
    Cut,
    /// A reset.
    Reset,
    /// Nothing, until the client gives up.
    Nothing,
}

/// What becomes of a documented answer under way.
pub(crate) fn seen(sight: Sight, status: u16, body: &str) -> Reply {
    let headers =
        "Correlation-Id: 9d2f5b1e-0000-4000-8000-000000000001\r\nCache-Control: no-cache\r\n";
    let documented = || answer(status, headers, JSON, body);
    match sight {
        Sight::Documented => Reply::Whole(documented()),
        Sight::Slow => Reply::Slow,
        Sight::Error(status) => error(status),
        Sight::Gateway(status) => {
            let page = format!("<html><h1>{status}</h1></html>");
            Reply::Whole(answer(status, "", "text/html", &page))
        }
        Sight::Throttled { as_date } => Reply::Whole(throttled(as_date)),
        Sight::Cut => Reply::Cut,
        Sight::Reset => Reply::Reset,
        Sight::HalfHead => Reply::Part(format!("HTTP/1.1 {status} O")),
        Sight::HalfBody => {
            let whole = documented();
            let cut = whole.len() - body.len() / 2;
            Reply::Part(whole[..cut].to_owned())
        }
        Sight::NoDevice => Reply::Whole(answer(status, "", "text/html", "<html>Welcome</html>")),
        Sight::Silence => Reply::Nothing,
    }
}

/// An error in PingOne's shape.
pub(crate) fn error(status: u16) -> Reply {
    Reply::Whole(answer(status, "", JSON, &error_body(code(status), "")))
}

fn code(status: u16) -> &'static str {
    match status {
        400 => "INVALID_REQUEST",
        401 | 403 => "ACCESS_FAILED",
        404 => "NOT_FOUND",
        429 => "REQUEST_LIMITED",
        _ => "UNEXPECTED_ERROR",
    }
}

fn error_body(code: &str, more: &str) -> String {
    let id = "9d2f5b1e-0000-4000-8000-000000000002";
    format!(
        r#"{{"id":"{id}","code":"{code}","message":"The request could not be completed."{more}}}"#
    )
}

fn throttled(as_date: bool) -> String {
    let wall = wall();
    let wait = if as_date {
        http_date(wall + PAUSE)
    } else {
        PAUSE.as_secs().to_string()
    };
    let headers = format!("Retry-After: {wait}\r\nDate: {}\r\n", http_date(wall));
    answer(429, &headers, JSON, &error_body("REQUEST_LIMITED", ""))
}

/// A redirect to the same path at another address.
pub(crate) fn redirect(status: u16, to: SocketAddr) -> Reply {
    Reply::Whole(answer(
        status,
        &format!("Location: http://{to}/v1/trap\r\n"),
        "text/plain",
        "",
    ))
}

impl Reply {
    /// The same, with the name that the client gave its request, where the answer is whole.
    pub(crate) fn naming(self, transaction: Option<&str>) -> Self {
        match transaction {
            Some(name) => self.with("X-Ping-External-Transaction-Id", name),
            None => self,
        }
    }

    /// The same, with the server's clock, where the answer is whole and does not show it yet.
    pub(crate) fn dated(self, wall: Duration) -> Self {
        let is_dated = matches!(&self, Reply::Whole(text) if text.contains("\r\nDate: "));
        if is_dated {
            self
        } else {
            self.with("Date", &http_date(wall))
        }
    }

    fn with(self, name: &str, value: &str) -> Self {
        match &self {
            Reply::Whole(text) => {
                Reply::Whole(text.replacen("\r\n", &format!("\r\n{name}: {value}\r\n"), 1))
            }
            Reply::Slow | Reply::Part(_) | Reply::Cut | Reply::Reset | Reply::Nothing => self,
        }
    }
}

/// What a service that answers twice says the second time: the same again, or something else.
pub(crate) fn second(first: &Reply, status: Option<u16>) -> Option<Reply> {
    match (first, status) {
        (Reply::Whole(_), None) => Some(first.clone()),
        (Reply::Whole(_), Some(429)) => Some(Reply::Whole(throttled(false))),
        (Reply::Whole(_), Some(status)) => Some(error(status)),
        (Reply::Slow | Reply::Part(_) | Reply::Cut | Reply::Reset | Reply::Nothing, _) => None,
    }
}

/// Sends a reply; tells whether the connection goes on.
pub(crate) async fn send(stream: &mut TcpStream, reply: &Reply) -> bool {
    match reply {
        Reply::Whole(text) => stream.write_all(text.as_bytes()).await.is_ok(),
        Reply::Part(text) => {
            drop(stream.write_all(text.as_bytes()).await);
            drop(stream.shutdown().await);
            false
        }
        Reply::Cut | Reply::Nothing | Reply::Slow => {
            drop(stream.shutdown().await);
            false
        }
        Reply::Reset => {
            stream.set_zero_linger().unwrap();
            false
        }
    }
}

/// Says nothing until the client goes away or patience ends.
pub(crate) async fn hold_back(stream: &mut TcpStream, patience: Duration) {
    let mut byte = [0];
    drop(tokio::time::timeout(patience, stream.read(&mut byte)).await);
}

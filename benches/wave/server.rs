//! A server that answers at once and does nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wavepair::testing::clock;

/// Whose users are asked for.
pub(crate) const ENVIRONMENT: &str = "5f0c1a34-5b6d-4e7f-8a90-b1c2d3e4f506";

/// A server on loopback, with a thread of its own.
pub(crate) struct Server {
    address: String,
    creates: Arc<AtomicU64>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let creates = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&creates);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(accept(listener, counted));
        });
        Self { address, creates }
    }

    /// Where the API is.
    pub(crate) fn api(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// How many creates came.
    pub(crate) fn creates(&self) -> u64 {
        self.creates.load(Ordering::Relaxed)
    }

    /// What a run has to know of it.
    pub(crate) fn settings(&self) -> [(&'static str, String); 5] {
        [
            ("WAVEPAIR_API_URL", self.api()),
            (
                "WAVEPAIR_TOKEN_URL",
                format!("http://{}/token", self.address),
            ),
            ("PINGONE_ENVIRONMENT_ID", ENVIRONMENT.to_owned()),
            ("PINGONE_CLIENT_ID", "bench".to_owned()),
            ("PINGONE_CLIENT_SECRET", "bench".to_owned()),
        ]
    }
}

async fn accept(listener: std::net::TcpListener, creates: Arc<AtomicU64>) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        tokio::spawn(serve(stream, Arc::clone(&creates)));
    }
}

async fn serve(mut stream: TcpStream, creates: Arc<AtomicU64>) {
    let mut read = Vec::new();
    loop {
        let (head, length) = loop {
            if let Some(found) = whole(&read) {
                break found;
            }
            match stream.read_buf(&mut read).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        };
        let request = String::from_utf8_lossy(&read[..head + length]);
        let answer = answer(&request, &creates);
        read.drain(..head + length);
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// How long the head and the body of a request are, once all of it is there.
fn whole(read: &[u8]) -> Option<(usize, usize)> {
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&read[..head]).ok()?;
    let length = header(text, "content-length").map_or(0, |length| length.parse().unwrap());
    (read.len() >= head + length).then_some((head, length))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
    let mut named = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value)
}

fn answer(request: &str, creates: &AtomicU64) -> String {
    let path = request.split(' ').nth(1).unwrap_or_default();
    if path == "/token" {
        let body = format!(
            r#"{{"access_token":"{}","token_type":"Bearer","expires_in":3600}}"#,
            "a".repeat(900)
        );
        return said("200 OK", "", &body);
    }
    let user = path.split('/').nth(5).unwrap_or_default();
    if !request.starts_with("POST ") {
        return said(
            "404 Not Found",
            "",
            r#"{"code":"NOT_FOUND","message":"nothing here"}"#,
        );
    }
    let number = creates.fetch_add(1, Ordering::Relaxed);
    // As random as IDs are: each is somewhere else in an index.
    let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let id = format!("{:08x}-5b6d-4e7f-8a90-{number:012x}", random >> 32);
    let phone = between(request, r#""phone":""#);
    let transaction = header(request, "x-ping-external-transaction-id").unwrap_or_default();
    let head = format!("Correlation-Id: {id}\r\nX-Ping-External-Transaction-Id: {transaction}\r\n");
    let now = clock::wall();
    let body = format!(
        r#"{{"id":"{id}","environment":{{"id":"{ENVIRONMENT}"}},"user":{{"id":"{user}"}},"type":"WHATSAPP","status":"ACTIVE","createdAt":"{now:.3}","updatedAt":"{now:.3}","phone":"{phone}"}}"#
    );
    said("201 Created", &head, &body)
}

fn said(status: &str, head: &str, body: &str) -> String {
    let length = body.len();
    // Without a date a run lists devices before it creates one.
    let date = clock::wall().strftime("%a, %d %b %Y %H:%M:%S GMT");
    format!(
        "HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Type: application/json\r\n{head}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// What stands in a body behind a name, up to the next quotation mark; aiohttp puts a space in between.
fn between<'a>(request: &'a str, name: &str) -> &'a str {
    let spaced = name.replace(':', ": ");
    let found = request
        .split_once(name)
        .or_else(|| request.split_once(&*spaced));
    let value = found.map_or("", |(_, rest)| rest);
    value.split('"').next().unwrap_or_default()
}

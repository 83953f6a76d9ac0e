//! A directory of users that knows nothing of wavepair: what it is asked it reads by itself.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::support::binary::wavepair;
use crate::support::tampering_proxy::read_request;

pub(crate) const ENVIRONMENT: &str = "9a45cd88-8d59-40d6-8144-5b6a189663f5";
pub(crate) const POLICY: &str = "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10";

/// Somebody whom the directory knows.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) email: String,
}

/// What a look-up is answered with.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// The users for whom the filter holds.
    Users,
    /// This status and this body.
    Other(u16, String),
    /// Nothing, for ever.
    Silence,
}

type Decide = dyn Fn(usize, &[(String, String)]) -> Reply + Send + Sync;

struct Shared {
    people: Mutex<Vec<Person>>,
    /// Those whom a look-up shows, and nothing else knows.
    hidden: Mutex<Vec<String>>,
    decide: Box<Decide>,
    looked_up: AtomicUsize,
    /// The longest request line.
    longest: AtomicUsize,
    /// Whose devices were asked for, or made.
    creates: Mutex<Vec<String>>,
}

/// A server on loopback, for as long as the test lasts.
pub(crate) struct Directory {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Directory {
    /// A directory of these people that answers what it is asked.
    pub(crate) fn of(people: Vec<Person>) -> Self {
        Self::that(people, |_, _| Reply::Users)
    }

    /// One in which it is decided of each look-up, by its number from 1 and its comparisons.
    pub(crate) fn that(
        people: Vec<Person>,
        decide: impl Fn(usize, &[(String, String)]) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            people: Mutex::new(people),
            hidden: Mutex::default(),
            decide: Box::new(decide),
            looked_up: AtomicUsize::new(0),
            longest: AtomicUsize::new(0),
            creates: Mutex::new(Vec::new()),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, shared }
    }

    /// From now on it knows these people, and no others.
    pub(crate) fn knows(&self, people: Vec<Person>) {
        *self.shared.people.lock().unwrap() = people;
    }

    /// From now on it answers 404 for this user, and still shows them where they are looked up.
    pub(crate) fn hides(&self, id: &str) {
        self.shared.hidden.lock().unwrap().push(id.to_owned());
    }

    /// How many look-ups were asked.
    pub(crate) fn looked_up(&self) -> usize {
        self.shared.looked_up.load(Ordering::SeqCst)
    }

    /// How long the longest request for users was.
    pub(crate) fn longest(&self) -> usize {
        self.shared.longest.load(Ordering::SeqCst)
    }

    /// The users for whom a device was made, in order.
    pub(crate) fn creates(&self) -> Vec<String> {
        self.shared.creates.lock().unwrap().clone()
    }

    /// The binary, told to ask here.
    pub(crate) fn command(&self, folder: &Path, words: &[&str]) -> Command {
        let mut command = wavepair(folder);
        let address = self.address;
        command
            .env("XDG_STATE_HOME", folder.join("state"))
            .env("PINGONE_ENVIRONMENT_ID", ENVIRONMENT)
            .env("PINGONE_API_ACCESS_TOKEN", "eyJhIjoxfQ.eyJiIjoyfQ.c2ln")
            .env("WAVEPAIR_API_URL", format!("http://{address}/v1"))
            .env("WAVEPAIR_TOKEN_URL", format!("http://{address}/as/token"))
            .args(words)
            .args(["--policy", POLICY, "--progress", "none"]);
        command
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    while let Some(request) = read_request(&mut stream) {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        if !answer(method, target, body, shared, &mut stream) {
            return;
        }
    }
}

/// Answers a request; tells whether the connection is kept.
fn answer(method: &str, target: &str, body: &str, shared: &Shared, out: &mut TcpStream) -> bool {
    let base = format!("/v1/environments/{ENVIRONMENT}/users");
    let Some(rest) = target.strip_prefix(&base) else {
        return write(out, 404, r#"{"code": "NOT_FOUND", "message": "no"}"#);
    };
    if let Some(query) = rest.strip_prefix('?') {
        shared.longest.fetch_max(target.len(), Ordering::SeqCst);
        let number = shared.looked_up.fetch_add(1, Ordering::SeqCst) + 1;
        let filter = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("filter="))
            .unwrap();
        let Some(asked) = comparisons(&decoded(filter)) else {
            let refused = r#"{"code": "INVALID_DATA", "message": "bad filter", "details": [{"code": "INVALID_FILTER", "message": "ada"}]}"#;
            return write(out, 400, refused);
        };
        let found = listing(&asked, &shared.people.lock().unwrap());
        return match (shared.decide)(number, &asked) {
            Reply::Users => write(out, 200, &found),
            Reply::Other(status, body) => write(out, status, &body),
            Reply::Silence => {
                // Until whoever asks has gone.
                out.read_exact(&mut [0]).ok();
                false
            }
        };
    }
    let user = rest.trim_start_matches('/').split('/').next().unwrap();
    let is_hidden = shared.hidden.lock().unwrap().iter().any(|id| id == user);
    let mut people = shared.people.lock().unwrap().clone().into_iter();
    if is_hidden || !people.any(|person| person.id == user) {
        return write(
            out,
            404,
            r#"{"code": "NOT_FOUND", "message": "no such user"}"#,
        );
    }
    if target.ends_with("/mfaEnabled") {
        return write(out, 200, r#"{"mfaEnabled": true}"#);
    }
    if method == "GET" {
        return write(out, 200, r#"{"_embedded": {"devices": []}, "size": 0}"#);
    }
    let asked: serde_json::Value = serde_json::from_str(body).unwrap();
    let mut creates = shared.creates.lock().unwrap();
    creates.push(user.to_owned());
    let number = creates.len();
    drop(creates);
    let device = json!({
        "id": format!("d0000000-0000-4000-8000-{number:012}"),
        "user": {"id": user}, "type": asked["type"], "status": "ACTIVE", "phone": asked["phone"],
        "createdAt": "2026-11-30T12:00:00.000Z",
    });
    write(out, 201, &device.to_string())
}

fn write(out: &mut TcpStream, status: u16, body: &str) -> bool {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    out.write_all(format!("{head}{body}").as_bytes()).is_ok()
}

/// The users of whom any comparison holds, whatever the case, the last ones first.
fn listing(asked: &[(String, String)], people: &[Person]) -> String {
    let is_meant = |person: &&Person| {
        asked.iter().any(|(attribute, value)| {
            let actual = match attribute.as_str() {
                "username" => &person.username,
                "email" => &person.email,
                _ => return false,
            };
            actual.to_lowercase() == value.to_lowercase()
        })
    };
    let users: Vec<_> = people
        .iter()
        .rev()
        .filter(is_meant)
        .map(|person| json!({"id": person.id, "username": person.username, "email": person.email, "enabled": true}))
        .collect();
    json!({"count": users.len(), "size": users.len(), "_embedded": {"users": users}}).to_string()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let hex = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(if first == b'+' { b' ' } else { first });
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// `username eq "a" or username eq "b"`, taken apart; nothing where it is anything else.
fn comparisons(filter: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut rest = filter;
    loop {
        let (attribute, tail) = rest.split_once(" eq \"")?;
        let mut value = String::new();
        let mut letters = tail.chars();
        loop {
            match letters.next()? {
                '"' => break,
                '\\' => match letters.next()? {
                    escaped @ ('"' | '\\') => value.push(escaped),
                    _ => return None,
                },
                letter => value.push(letter),
            }
        }
        found.push((attribute.to_owned(), value));
        match letters.as_str() {
            "" => return Some(found),
            more => rest = more.strip_prefix(" or ")?,
        }
    }
}

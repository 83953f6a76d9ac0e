//! A real browser, that opens a page from a server of the test's own.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::skipped;

/// Names by which systems know the browser.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// What a browser made of a page.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The document of the page that the browser was sent to, once its scripts have run.
    pub(crate) dom: String,
    /// What it complained of.
    pub(crate) complaints: Vec<String>,
    /// The paths that it asked the server for, in their order.
    pub(crate) asked: Vec<String>,
}

/// Opens the page at `/` of a server that has these pages, in a window of this width.
///
/// `None` where this machine has no browser; the variable `WAVEPAIR_BROWSER=needed` makes a failure of that.
pub(crate) fn open(pages: &[(&'static str, String)], width: u32) -> Option<Seen> {
    let is_there = |name: &&&str| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|version| version.status.success())
    };
    let Some(browser) = NAMES.iter().find(is_there) else {
        let is_needed = std::env::var("WAVEPAIR_BROWSER").is_ok_and(|word| word == "needed");
        assert!(!is_needed, "none of these is there: {}", NAMES.join(", "));
        skipped("this machine has no Chromium");
        return None;
    };
    let (address, asked) = serve(pages.to_vec());
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--enable-logging=stderr",
            "--virtual-time-budget=10000",
            "--dump-dom",
        ])
        .arg(format!("--window-size={width},800"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("http://{address}/"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let complaints = said.lines().filter(|line| line.contains("CONSOLE"));
    Some(Seen {
        dom: String::from_utf8_lossy(&output.stdout).into_owned(),
        complaints: complaints.map(str::to_owned).collect(),
        asked: asked.try_iter().collect(),
    })
}

/// Serves these pages for as long as the process lives; tells of each path that is asked for.
fn serve(pages: Vec<(&'static str, String)>) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, asked) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let (pages, tell) = (pages.clone(), tell.clone());
            thread::spawn(move || answer(&stream, &pages, &tell));
        }
    });
    (address, asked)
}

/// Answers one request: a browser that sends nothing opened the connection for later.
fn answer(mut stream: &TcpStream, pages: &[(&'static str, String)], tell: &Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut lines = { &mut reader }.lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    // The head ends with an empty line.
    lines.find(String::is_empty);
    let page = pages.iter().find(|(known, _)| *known == path);
    let (status, body) = page.map_or(("404 Not Found", ""), |(_, page)| ("200 OK", page.as_str()));
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    // Told first: whoever has the answer may look.
    tell.send(path).ok();
    stream.write_all(format!("{head}{body}").as_bytes()).ok();
}

//! What does the same with nothing around it, each in a process of its own.

use std::path::Path;
use std::process::{Command, Stdio};

use futures::StreamExt;

use crate::server::{ENVIRONMENT, Server};

const CONCURRENCY: usize = 64;

/// The names by which this program knows itself as a peer.
const REQWEST: &str = "reqwest";
const CSV: &str = "csv";

/// Does a peer's work: sends a wave to a server, or copies it to a file.
pub(crate) fn be(peer: &str, wave: &Path, at: &str) {
    match peer {
        REQWEST => send(wave, at),
        CSV => copy(wave, Path::new(at)),
        other => panic!("no peer is called {other}"),
    }
}

fn this_program(peer: &str, wave: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(peer).arg(wave);
    command
}

/// The same requests with nothing around them.
pub(crate) fn bare(wave: &Path, server: &Server) -> Command {
    let mut command = this_program(REQWEST, wave);
    command.arg(server.api());
    command
}

/// `csv` that reads and writes the same bytes.
pub(crate) fn csv(wave: &Path, copy: &Path) -> Command {
    let mut command = this_program(CSV, wave);
    command.arg(copy);
    command
}

/// The same requests by Python; nothing where its aiohttp is not installed.
pub(crate) fn aiohttp(wave: &Path, server: &Server) -> Option<Command> {
    let python = std::env::var("WAVEPAIR_BENCH_PYTHON");
    let python = python.unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python)
        .args(["-c", "import aiohttp"])
        .stderr(Stdio::null())
        .status();
    if !there.is_ok_and(|there| there.success()) {
        return None;
    }
    let mut command = Command::new(python);
    command.args(["-c", include_str!("peer.py")]).arg(wave);
    command.args([&server.api(), ENVIRONMENT, &CONCURRENCY.to_string()]);
    Some(command)
}

fn copy(wave: &Path, to: &Path) {
    let mut reader = csv::Reader::from_path(wave).unwrap();
    let mut writer = csv::Writer::from_path(to).unwrap();
    writer
        .write_byte_record(reader.byte_headers().unwrap())
        .unwrap();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).unwrap() {
        writer.write_byte_record(&record).unwrap();
    }
    writer.flush().unwrap();
}

fn send(wave: &Path, api: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let records = csv::Reader::from_path(wave).unwrap().into_records();
        let answers = futures::stream::iter(records).map(|record| {
            let record = record.unwrap();
            let url = format!(
                "{api}/environments/{ENVIRONMENT}/users/{}/devices",
                &record[0]
            );
            let body = format!(
                r#"{{"type":"WHATSAPP","phone":"{}","policy":{{"id":"{}"}}}}"#,
                &record[1], &record[2]
            );
            let request = client
                .post(url)
                .header("content-type", "application/json")
                .bearer_auth("a".repeat(900))
                .body(body);
            async { request.send().await.unwrap().bytes().await.unwrap().len() }
        });
        let lengths = answers.buffer_unordered(CONCURRENCY);
        let length = lengths
            .fold(0, |sum, length| async move { sum + length })
            .await;
        assert!(length > 0);
    });
}

//! What a wave costs, next to the least that it could cost.
//!
//! `cargo bench` measures a dry run beside a bare read of the same file with the
//! `csv` crate, and a run against the sandbox beside a bare `reqwest` loop that sends
//! the same requests to the same server. Machines differ and are shared, so the
//! figures that count are the ratios. `WAVEPAIR_BENCH_ROWS` sets the number of rows.

#![expect(clippy::print_stdout, reason = "a benchmark is for reading")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark whose set-up fails has nothing to measure"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "rows and microseconds are far below 2^52"
)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures::StreamExt;
use wavepair::testing::clock;
use wavepair::testing::sandbox::WAVE_POLICY;

const BINARY: &str = env!("CARGO_BIN_EXE_wavepair");
const CONCURRENCY: usize = 64;
/// Two rows in a hundred are no valid rows, as in real waves.
const BAD: u64 = 50;

fn main() {
    let rows: u64 = std::env::var("WAVEPAIR_BENCH_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(50_000);
    let folder = tempfile::tempdir().unwrap();
    let (small, large) = (
        folder.path().join("small.csv"),
        folder.path().join("large.csv"),
    );
    std::fs::write(&small, wave(rows / 10)).unwrap();
    std::fs::write(&large, wave(rows)).unwrap();

    println!(
        "{:<34}{:>10}{:>12}{:>12}{:>10}",
        "", "rows", "rows/s", "CPU us/row", "peak MB"
    );
    let read = own(rows, || read_bare(&large));
    read.show("bare csv read", rows);
    let dry = child(dry_run(&large));
    dry.show("dry run", rows);
    let dry_small = child(dry_run(&small));
    dry_small.show("dry run", rows / 10);
    println!("dry run / bare csv read: {:.1}x CPU", dry.cpu / read.cpu);

    let sandbox = Sandbox::start();
    let bare = own(rows, || send_bare(&large, &sandbox));
    bare.show("bare reqwest loop, 1 create a row", rows);
    let run_small = child(run(&small, &sandbox, folder.path(), "small"));
    run_small.show("run, 1 create a row", rows / 10);
    let run = child(run(&large, &sandbox, folder.path(), "large"));
    run.show("run, 1 create a row", rows);
    println!(
        "run / bare reqwest loop: {:.1}x CPU, {:.1}x time",
        run.cpu / bare.cpu,
        run.wall / bare.wall
    );
    println!(
        "run, peak memory at {rows} rows / at {} rows: {:.2}x",
        rows / 10,
        run.peak_mb / run_small.peak_mb
    );
}

/// A wave of valid rows in several countries and spellings, and some bad ones.
fn wave(rows: u64) -> String {
    let mut text = String::from("user_id,phone,policy_id\n");
    for row in 0..rows {
        let number = row % 800_000 + 200_000;
        let phone = match row % 5 {
            _ if row % BAD == 0 => "4.41E+11".to_owned(),
            0 => format!("+1.512{}{:04}", 200 + row % 700, row % 10_000),
            1 => format!("+1 (512) {}-{:04}", 200 + row % 700, row % 10_000),
            2 => format!("+44 7400 {number:06}"),
            3 => format!("+49 1512 3{number:06}"),
            _ => format!("+61 412 {number:06}"),
        };
        writeln!(
            text,
            "{:08x}-1111-4222-8333-{row:012x},{phone},{WAVE_POLICY}",
            row ^ 0x5bd1_e995
        )
        .unwrap();
    }
    text
}

fn read_bare(path: &Path) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut record = csv::ByteRecord::new();
    let mut bytes = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        bytes += record.as_slice().len();
    }
    assert!(bytes > 0);
}

fn dry_run(wave: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args(["run", "--dry-run", "--quiet"])
        .arg(wave)
        .env_clear();
    command
}

fn run(wave: &Path, sandbox: &Sandbox, folder: &Path, name: &str) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args([
            "run",
            "--rate",
            "max",
            "--concurrency",
            "64",
            "--existing",
            "unchecked",
            "--quiet",
        ])
        .arg("--ledger")
        .arg(folder.join(name).with_extension("db"))
        .arg(wave)
        .env_clear()
        .envs(sandbox.settings.iter().cloned());
    command
}

/// The same requests with nothing around them.
fn send_bare(wave: &Path, sandbox: &Sandbox) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let token = sandbox.token(&client).await;
        let base = sandbox.setting("WAVEPAIR_API_URL");
        let environment = sandbox.setting("PINGONE_ENVIRONMENT_ID");
        let records = csv::Reader::from_path(wave).unwrap().into_records();
        futures::stream::iter(records)
            .map(|record| {
                let record = record.unwrap();
                let url = format!(
                    "{base}/environments/{environment}/users/{}/devices",
                    &record[0]
                );
                let body = format!(
                    r#"{{"type":"WHATSAPP","phone":"{}","policy":{{"id":"{}"}}}}"#,
                    &record[1], &record[2]
                );
                let request = client
                    .post(url)
                    .header("content-type", "application/json")
                    .bearer_auth(&token)
                    .body(body);
                async { request.send().await.unwrap().bytes().await.unwrap().len() }
            })
            .buffer_unordered(CONCURRENCY)
            .fold(0, |sum, length| async move { sum + length })
            .await
    });
}

/// What something cost.
struct Cost {
    wall: f64,
    cpu: f64,
    peak_mb: f64,
}

impl Cost {
    fn show(&self, what: &str, rows: u64) {
        println!(
            "{what:<34}{rows:>10}{:>12.0}{:>12.2}{:>10.1}",
            rows as f64 / self.wall,
            self.cpu * 1e6 / rows as f64,
            self.peak_mb
        );
    }
}

/// Measures something that this process does.
fn own(_rows: u64, work: impl FnOnce()) -> Cost {
    let (start, cpu) = (clock::now(), cpu_of("self"));
    work();
    Cost {
        wall: start.elapsed().as_secs_f64(),
        cpu: cpu_of("self") - cpu,
        peak_mb: peak_of("self").unwrap_or(0.0),
    }
}

/// Measures a process from its start to its end.
fn child(mut command: Command) -> Cost {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let start = clock::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    let pid = Pid::from_child(&child);
    let mut peak_mb: f64 = 0.0;
    loop {
        // The highest mark is gone with the process, so it is read now and then.
        peak_mb = peak_of(&id).unwrap_or(peak_mb).max(peak_mb);
        let left = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        if waitid(WaitId::Pid(pid), left).unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let cost = Cost {
        wall: start.elapsed().as_secs_f64(),
        cpu: cpu_of(&id),
        peak_mb,
    };
    child.wait().unwrap();
    cost
}

/// The CPU time of a process in seconds, user and system.
fn cpu_of(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = &stat[stat.rfind(')').unwrap()..];
    let ticks: f64 = after_name
        .split(' ')
        .skip(12)
        .take(2)
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum();
    ticks / 100.0
}

/// The highest resident memory of a process so far.
fn peak_of(process: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// A sandbox in a process of its own.
struct Sandbox {
    child: Child,
    settings: Vec<(String, String)>,
}

impl Sandbox {
    fn start() -> Self {
        let mut child = Command::new(BINARY)
            .args(["sandbox", "--listen", "127.0.0.1:0", "--max-devices", "15"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let settings = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap)
            .take(5)
            .map(|line| {
                let (name, value) = line.trim_start_matches("export ").split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        Self { child, settings }
    }

    fn setting(&self, name: &str) -> &str {
        self.settings
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .unwrap()
    }

    async fn token(&self, client: &reqwest::Client) -> String {
        let answer = client
            .post(self.setting("WAVEPAIR_TOKEN_URL"))
            .basic_auth(
                self.setting("PINGONE_CLIENT_ID"),
                Some(self.setting("PINGONE_CLIENT_SECRET")),
            )
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()
            .await
            .unwrap();
        let granted: serde_json::Value =
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        granted["access_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

//! A wave, rehearsed: the real binary against a sandbox in this process, on real files.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wavepair::testing::sandbox::{
    FaultPlan, Held, Kind, Options, Sandbox, Stats, WAVE_POLICY, start,
};

use super::heeding::{behind, heeding_signals};
use super::raw;
use super::tampering_proxy::{Request, TamperingProxy, Then, Wire};
use super::texts::{self, Row};

/// A test that waits longer than this waits for something that will not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder with a wave in it, and a sandbox that it is run against.
pub(crate) struct Rehearsal {
    folder: TempDir,
    sandbox: Sandbox,
    // Serves the sandbox for as long as the rehearsal lasts.
    runtime: Runtime,
    settings: Vec<(String, OsString)>,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The results file.
    pub(crate) rows: Vec<Row>,
}

impl Rehearsal {
    /// A sandbox in which nothing goes wrong.
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    /// A sandbox with faults, as a file of faults has them.
    pub(crate) fn with_faults(faults: &str) -> Self {
        Self::with(Options {
            faults: faults.parse().unwrap(),
            ..Options::default()
        })
    }

    pub(crate) fn with(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let sandbox = runtime.block_on(start(options)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut settings: Vec<(String, OsString)> = sandbox
            .exports()
            .lines()
            .map(|line| {
                let (name, value) = line.trim_start_matches("export ").split_once('=').unwrap();
                (name.to_owned(), value.into())
            })
            .collect();
        settings.push((
            "XDG_STATE_HOME".to_owned(),
            folder.path().join("state").into(),
        ));
        Self {
            folder,
            sandbox,
            runtime,
            settings,
        }
    }

    /// Sets an environment variable for the runs.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// Has every request, the token's too, go through a proxy that may tamper with it.
    pub(crate) fn behind(
        &mut self,
        tamper: impl Fn(&Request, &mut dyn Wire) -> Then + Send + Sync + 'static,
    ) -> TamperingProxy {
        let proxy = TamperingProxy::with(self.sandbox().address(), tamper);
        let (address, environment) = (proxy.address(), self.sandbox().environment());
        self.set("WAVEPAIR_API_URL", &format!("http://{address}/v1"))
            .set(
                "WAVEPAIR_TOKEN_URL",
                &format!("http://{address}/{environment}/as/token"),
            );
        proxy
    }

    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.settings.retain(|(known, _)| known != name);
        self
    }

    /// Writes the wave.
    pub(crate) fn wave(&self, text: &str) -> &Self {
        fs::write(self.path("wave.csv"), text).unwrap();
        self
    }

    /// Writes a wave of so many good rows.
    pub(crate) fn rows(&self, count: u32) -> &Self {
        self.wave(&rows(count))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.path("state")
            .join("wavepair")
            .join(format!("{}.db", self.sandbox.environment()))
    }

    /// The command that runs the wave, as fast as it can.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(&["run", "wave.csv"]);
        // What the test asks for comes last, and wins.
        for (flag, value) in [
            ("--rate", "max"),
            ("--progress", "none"),
            ("--settle", "1s"),
        ] {
            if !arguments.contains(&flag) && !arguments.contains(&"--dry-run") {
                command.args([flag, value]);
            }
        }
        command.args(arguments);
        command
    }

    /// The binary with the settings of this rehearsal and nothing else of this process's environment.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wavepair"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs the wave to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.ended(&self.command(arguments).output().unwrap())
    }

    /// Starts a run, to be stopped or killed.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Child {
        behind(heeding_signals(), self.command(arguments))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(crate) fn ended(&self, output: &Output) -> Ended {
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            rows: self.results("wave.results.csv"),
        }
    }

    /// A results file; empty where there is none.
    pub(crate) fn results(&self, name: &str) -> Vec<Row> {
        texts::rows(&self.bytes(name))
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_default()
    }

    /// Asserts that `results` writes the results as they are, byte for byte, where they are gone.
    #[track_caller]
    pub(crate) fn writes_results_again(&self) {
        let before = self.bytes("wave.results.csv");
        fs::remove_file(self.path("wave.results.csv")).unwrap();
        let again = self.bare(&["results", "wave.csv"]).output().unwrap();
        self.ended(&again).exits(0);
        assert_eq!(self.bytes("wave.results.csv"), before);
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Sends one request of the test's own, with a token of its own.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> raw::Answer {
        self.runtime.block_on(async {
            let bearer = raw::bearer(&self.sandbox).await;
            let path = format!("/v1/environments/{}{path}", self.sandbox.environment());
            let request = if body.is_empty() {
                raw::plain(method, &path, &bearer)
            } else {
                let headers = format!("{bearer}Content-Type: application/json\r\n");
                raw::post(&path, &headers, body).replacen("POST", method, 1)
            };
            raw::ask(&self.sandbox, &request).await.unwrap()
        })
    }

    /// A token of the test's own.
    pub(crate) fn token(&self) -> String {
        let header = self.runtime.block_on(raw::bearer(&self.sandbox));
        header.trim_end().rsplit(' ').next().unwrap().to_owned()
    }

    /// Pairs a device as somebody else would.
    pub(crate) fn pair(&self, user: &str, kind: &str, phone: &str) {
        let body = format!(
            r#"{{"type": "{kind}", "phone": "{phone}", "policy": {{"id": "{WAVE_POLICY}"}}}}"#
        );
        let answer = self.ask("POST", &format!("/users/{user}/devices"), &body);
        assert_eq!(answer.status, 201, "{}", answer.body);
    }

    /// Lets nothing go wrong from now on.
    pub(crate) fn mend(&self) {
        self.sandbox.set_faults(FaultPlan::default());
    }

    /// What PingOne really holds.
    pub(crate) fn held(&self) -> Vec<Held> {
        self.sandbox.devices()
    }

    pub(crate) fn stats(&self) -> Stats {
        self.sandbox.stats()
    }

    /// How many creates reached the server.
    pub(crate) fn creates(&self) -> u64 {
        self.stats().requests_of(Kind::Create)
    }

    /// Waits until a run holds the ledger.
    pub(crate) fn wait_until_held(&self) {
        let lock = self.ledger().with_extension("db.lock");
        let is_signed = || fs::metadata(&lock).is_ok_and(|lock| lock.len() > 0);
        until(|| is_signed() && self.ledger().exists());
    }

    /// Waits until so many creates have reached the server, or it is clear that they never will.
    pub(crate) fn wait_for_creates(&self, count: u64, run: &mut Child) {
        while self.creates() < count && run.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
    }

    /// What must hold after every run, however it went.
    pub(crate) fn check(&self, ended: &Ended, rows: usize) {
        let stats = self.stats();
        assert!(
            stats.most_per_key <= 1,
            "a device was created twice: {}",
            ended.stderr
        );
        assert!(!stats.secret_in_url);
        assert_eq!(
            ended.rows.len(),
            rows,
            "every row has its line: {}",
            ended.stderr
        );
        let held: Vec<String> = self.held().into_iter().map(|device| device.id).collect();
        let mut claimed = 0;
        for row in &ended.rows {
            match row["outcome"].as_str() {
                "created" | "existing" => {
                    claimed += 1;
                    assert!(held.contains(&row["device_id"]), "no such device: {row:?}");
                }
                "unknown" => claimed += 1,
                outcome => assert!(
                    ["duplicate", "invalid", "rejected", "failed", "pending"].contains(&outcome),
                    "{outcome}"
                ),
            }
        }
        assert!(
            held.len() <= claimed,
            "a device that no row knows of: {}",
            ended.stderr
        );
    }
}

impl Ended {
    /// Asserts the exit code, and shows what was said where it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        self
    }

    /// Asserts which outcomes there are, and how often.
    #[track_caller]
    pub(crate) fn has(self, outcomes: &[(&str, usize)]) -> Self {
        let mut found = BTreeMap::new();
        for outcome in self.outcomes() {
            *found.entry(outcome).or_insert(0) += 1;
        }
        assert_eq!(found, outcomes.iter().copied().collect(), "{}", self.stderr);
        self
    }

    /// What was said, however it was broken into lines.
    pub(crate) fn said(&self) -> String {
        let words: Vec<_> = self.stderr.split_whitespace().collect();
        words.join(" ")
    }

    /// One column of all rows.
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        texts::column(&self.rows, name)
    }

    /// The outcomes of the rows, in order.
    pub(crate) fn outcomes(&self) -> Vec<&str> {
        self.column("outcome")
    }

    /// How many rows ended so.
    pub(crate) fn count(&self, outcome: &str) -> usize {
        self.rows
            .iter()
            .filter(|row| row["outcome"] == outcome)
            .count()
    }

    /// The summary, where `--summary -` was given.
    pub(crate) fn summary(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// Where nobody listens, for the system alone may: a port that was free a moment ago is soon that of
/// another test's server.
pub(crate) const NOBODY: &str = "127.0.0.1:1";

/// Waits until something is so.
#[track_caller]
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let start = wavepair::testing::clock::now();
    while !is_so() {
        let waited = wavepair::testing::clock::now().duration_since(start);
        assert!(waited < PATIENCE, "it has not come");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A user's ID, the same for the same number.
pub(crate) fn user(number: u32) -> String {
    format!("9f1c2a34-5b6d-4e7f-8a90-{number:012x}")
}

/// So many good rows, each for another user, in the four spellings of PingOne's documentation and others.
pub(crate) fn rows(count: u32) -> String {
    let mut text = "user_id,phone,policy_id\n".to_owned();
    for number in 0..count {
        let last = number % 10_000;
        let phone = match number % 7 {
            0 => format!("+1.512555{last:04}"),
            1 => format!("+1512555{last:04}"),
            2 => format!("+1.512.555.{last:04}"),
            3 => format!("+1 (512) 555-{last:04}"),
            4 => format!("+44 7400 12{last:04}"),
            5 => format!("+49 1512 345{last:04}"),
            _ => format!("+61 412 34{last:04}"),
        };
        writeln!(text, "{},{phone},{WAVE_POLICY}", user(number)).unwrap();
    }
    text
}

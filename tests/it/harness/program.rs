//! The judged program: the real binary, run in a folder of its own, and measured.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::server::Server;
use super::shape::{CLIENT, ENVIRONMENT, SECRET};
use super::time::now;
use super::wave::Wave;

/// A run that takes longer than this has hung.
const PATIENCE: Duration = Duration::from_hours(6);
/// How often a running process is looked at.
const GLANCE: Duration = Duration::from_millis(10);

// Where a run keeps what.
pub(crate) const LEDGER: &str = "state/ledger.db";
pub(crate) const RESULTS: &str = "out/results.csv";
pub(crate) const SUMMARY: &str = "out/summary.json";
pub(crate) const LOG: &str = "log.jsonl";

/// A folder with a wave and all that belongs to it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new(wave: &Wave) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("wavepair-harness-")
            .tempdir()
            .unwrap();
        for name in ["state", "out"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let place = Self { folder };
        place.write(wave);
        place
    }

    pub(crate) fn write(&self, wave: &Wave) {
        std::fs::write(self.path("wave.csv"), wave.text()).unwrap();
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Removes a file, where there is one.
    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.path(name)).ok();
    }

    /// What is in a file; nothing where there is none.
    pub(crate) fn read(&self, name: &str) -> String {
        let bytes = std::fs::read(self.path(name)).unwrap_or_default();
        String::from_utf8(bytes).unwrap()
    }
}

/// How long a bell is waited for while no request comes.
const BELL_PATIENCE: Duration = Duration::from_secs(5);

/// When a process is made to leave.
pub(crate) enum Leave {
    ByItself,
    /// Once a bell rings, or no request comes any more: a run may be waiting for a breaker that tripped.
    AtBell(mpsc::Receiver<()>),
    After(Duration),
}

/// What is left of a process.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// All it wrote to stdout and stderr.
    pub(crate) said: String,
    /// Its arguments and its environment's names, as everybody on the machine can see the former.
    pub(crate) argv: String,
    pub(crate) most_descriptors: usize,
    pub(crate) peak_kib: u64,
}

impl Ended {
    /// The code it ended with by itself.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    pub(crate) fn was_killed(&self) -> bool {
        self.status.signal() == Some(9)
    }
}

/// The words of a run in a place, without the program's own name.
pub(crate) fn words(place: &Place, flags: &[&str]) -> Vec<String> {
    let mut words = vec!["run".to_owned()];
    words.push(place.path("wave.csv").display().to_string());
    for (flag, name) in [
        ("--ledger", LEDGER),
        ("--results", RESULTS),
        ("--rejects", "out/rejects.csv"),
        ("--summary", SUMMARY),
        ("--log-file", LOG),
    ] {
        words.extend([flag.to_owned(), place.path(name).display().to_string()]);
    }
    words.extend(flags.iter().map(|&flag| flag.to_owned()));
    words
}

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_wavepair");

/// Gives a command the environment of a run, and no other.
pub(crate) fn settle_in<'a>(command: &'a mut Command, server: &Server) -> &'a mut Command {
    let (address, trap) = (server.address(), server.trap());
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("PINGONE_ENVIRONMENT_ID", ENVIRONMENT)
        .env("PINGONE_CLIENT_ID", CLIENT)
        .env("PINGONE_CLIENT_SECRET", SECRET)
        .env("WAVEPAIR_API_URL", format!("http://{address}"))
        .env(
            "WAVEPAIR_TOKEN_URL",
            format!("http://{address}/{ENVIRONMENT}/as/token"),
        )
        .env("HTTP_PROXY", format!("http://{trap}"))
        .stdin(Stdio::null())
}

/// Runs the program in a place.
pub(crate) fn run(place: &Place, server: &Server, flags: &[&str], leave: &Leave) -> Ended {
    let mut command = Command::new(BINARY);
    command.args(words(place, flags));
    watch(settle_in(&mut command, server), place, server, leave)
}

/// Starts a command, and watches it until it has left.
pub(crate) fn watch(command: &mut Command, place: &Place, server: &Server, leave: &Leave) -> Ended {
    let said = File::create(place.path("said.txt")).unwrap();
    command.stdout(said.try_clone().unwrap()).stderr(said);
    server.truth().run_begins();
    let start = now();
    let mut child = command.spawn().unwrap();
    let mut seen = Seen::default();
    let status = loop {
        seen.look(child.id());
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(
            start.elapsed() < PATIENCE || child.kill().is_err(),
            "a run has hung"
        );
        let is_time = match leave {
            Leave::ByItself => {
                std::thread::sleep(GLANCE);
                false
            }
            Leave::AtBell(bell) => match bell.recv_timeout(GLANCE) {
                Ok(()) => true,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    let latest = server.truth().requests().last().copied();
                    latest.map_or(start, |at| at.max(start)).elapsed() > BELL_PATIENCE
                }
            },
            Leave::After(time) => {
                let left = time.saturating_sub(start.elapsed());
                std::thread::sleep(left.min(GLANCE));
                left.is_zero()
            }
        };
        if is_time {
            break kill(&mut child, &mut seen);
        }
    };
    Ended {
        status,
        said: place.read("said.txt"),
        argv: seen.argv,
        most_descriptors: seen.descriptors,
        peak_kib: seen.peak_kib,
    }
}

/// Kills a child at once; what was seen of it is completed from what the kernel still knows.
fn kill(child: &mut Child, seen: &mut Seen) -> ExitStatus {
    child.kill().unwrap();
    seen.look(child.id());
    child.wait().unwrap()
}

#[derive(Default)]
struct Seen {
    argv: String,
    descriptors: usize,
    peak_kib: u64,
}

impl Seen {
    fn look(&mut self, process: u32) {
        let about = |name: &str| format!("/proc/{process}/{name}");
        if let Ok(argv) = std::fs::read_to_string(about("cmdline"))
            && !argv.is_empty()
        {
            self.argv = argv;
        }
        let status = std::fs::read_to_string(about("status")).unwrap_or_default();
        let figure = |name: &str| {
            let figure = status.lines().find_map(|line| line.strip_prefix(name))?;
            figure.trim().trim_end_matches(" kB").parse().ok()
        };
        // Until a new process has run a line of its own, it may still have our descriptors, and such
        // a process has one thread. A run that asks anything has more.
        if figure("Threads:").is_some_and(|threads: u64| threads > 1)
            && let Ok(open) = std::fs::read_dir(about("fd"))
        {
            self.descriptors = self.descriptors.max(open.count());
        }
        let peak = figure("VmHWM:");
        self.peak_kib = self.peak_kib.max(peak.unwrap_or_default());
    }
}

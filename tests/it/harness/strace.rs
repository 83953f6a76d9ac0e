//! The program under `strace`, which can kill it, or fail it, at a system call.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use super::case::Case;
use super::program::{BINARY, Ended, Leave, Place, settle_in, watch, words};
use super::size::tell;

const TRACE: &str = "trace.txt";

/// Whether this machine has `strace`, and lets it trace.
pub(crate) fn is_there() -> bool {
    let mut command = Command::new("strace");
    command.args([
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "inject=getcwd:error=EIO:when=99",
        "true",
    ]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = status.is_ok_and(|status| status.success());
    if !there {
        tell("skipped: there is no strace here, or it may not trace (apt-get install strace)");
    }
    there
}

/// What comes before a program that is traced: where to, which calls, and what is done to some.
pub(crate) fn before(trace: &Path, calls: &str, inject: &[&str]) -> Vec<String> {
    let mut words = ["strace", "-f", "-qq", "-y", "-ttt", "-e"]
        .map(str::to_owned)
        .to_vec();
    words.extend([format!("trace={calls}"), "-o".to_owned()]);
    words.push(trace.display().to_string());
    for what in inject {
        words.extend(["-e".to_owned(), format!("inject={what}")]);
    }
    words
}

/// Runs a case's program, and lets strace do what it is told about some calls.
pub(crate) fn run(case: &Case, trace: &str, inject: &[&str]) -> Ended {
    let traced = before(&case.place.path(TRACE), trace, inject);
    let mut command = Command::new(&traced[0]);
    command.args(&traced[1..]);
    run_behind(case, command)
}

/// Runs a case's program behind another one, which it is given as words.
pub(super) fn run_behind(case: &Case, mut command: Command) -> Ended {
    let Case {
        place,
        server,
        judge,
        ..
    } = case;
    command.arg(BINARY).args(words(place, &case.flags()));
    let settled = settle_in(&mut command, server);
    let ended = watch(settled, place, server, &Leave::ByItself);
    judge.process(&ended, place, server);
    server.quiesce();
    ended
}

/// One line of a trace: a call, or its end where another thread's call came between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) thread: u32,
    /// When it began, in microseconds since 1970.
    pub(crate) at: u128,
    pub(crate) name: String,
    /// The rest of the line.
    pub(crate) rest: String,
    /// Whether this is the end of a call that began on an earlier line.
    pub(crate) resumed: bool,
}

impl Call {
    /// Whether the call was done by the end of this line.
    pub(crate) fn is_done(&self) -> bool {
        !self.rest.contains("<unfinished ...>")
    }

    pub(crate) fn has_succeeded(&self) -> bool {
        let injected = self.rest.trim_end().trim_end_matches(" (INJECTED)");
        injected.trim_end_matches(" (DELAYED)").ends_with("= 0")
    }

    pub(crate) fn was_injected(&self) -> bool {
        self.rest.contains("(INJECTED)")
    }
}

/// The calls of the latest run in a place.
pub(crate) fn calls(place: &Place) -> Vec<Call> {
    calls_of(&place.path(TRACE))
}

/// The calls that a trace has.
pub(crate) fn calls_of(trace: &Path) -> Vec<Call> {
    let trace = std::fs::read(trace).unwrap();
    String::from_utf8_lossy(&trace)
        .lines()
        .filter_map(call)
        .collect()
}

fn call(line: &str) -> Option<Call> {
    let (thread, rest) = line.split_once(' ')?;
    let (at, rest) = rest.trim_start().split_once(' ')?;
    let at = at.replace('.', "").parse().ok()?;
    let (name, rest, resumed) = match rest.strip_prefix("<... ") {
        Some(rest) => (rest.split_once(' ')?.0, rest, true),
        None => (rest.split_once('(')?.0, rest, false),
    };
    Some(Call {
        thread: thread.parse().ok()?,
        at,
        name: name.to_owned(),
        rest: rest.to_owned(),
        resumed,
    })
}

/// How many calls of each name the busiest thread made: strace counts by thread.
pub(crate) fn most_by_one_thread(calls: &[Call]) -> BTreeMap<String, u64> {
    let mut by_thread: BTreeMap<(u32, &str), u64> = BTreeMap::new();
    for call in calls.iter().filter(|call| !call.resumed) {
        *by_thread.entry((call.thread, &call.name)).or_default() += 1;
    }
    let mut most = BTreeMap::new();
    for ((_, name), count) in by_thread {
        let found: &mut u64 = most.entry(name.to_owned()).or_default();
        *found = count.max(*found);
    }
    most
}

#[test]
fn a_trace_is_read_line_by_line() {
    let trace = "\
        7 1700000000.000001 fsync(3</x/ledger.db-wal> <unfinished ...>\n\
        8 1700000000.000002 writev(9<socket:[1]>, [{...}], 2) = 5\n\
        7 1700000000.000003 <... fsync resumed>) = -1 EIO (Input/output error) (INJECTED)\n\
        7 1700000000.000004 +++ killed by SIGKILL +++\n";
    let calls: Vec<Call> = trace.lines().filter_map(call).collect();
    assert_eq!(calls.len(), 3);
    assert!(!calls[0].is_done() && calls[1].is_done() && calls[2].was_injected());
    assert_eq!((calls[2].thread, calls[2].name.as_str()), (7, "fsync"));
    assert_eq!(calls[1].at, 1_700_000_000_000_002);
    assert_eq!(most_by_one_thread(&calls)["fsync"], 1);
}

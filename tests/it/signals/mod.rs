//! A run that is told to stop while it waits: it asks for nothing more, and leaves nothing in doubt.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use rustix::process::{Pid, Signal, kill_process};
use wavepair::testing::sandbox::Kind;

use crate::support::faults::fault;
use crate::support::rehearsal::{Ended, Rehearsal, until};
use crate::support::shell::before;
use crate::support::tampering_proxy::{TamperingProxy, Then};

mod nobody_waits;

/// Each signal that ends a run, and the exit code it ends with.
const SIGNALS: [(Signal, i32); 4] = [
    (Signal::INT, 130),
    (Signal::TERM, 143),
    (Signal::HUP, 143),
    (Signal::QUIT, 143),
];

/// How many requests of all kinds reached the server.
fn requests(rehearsal: &Rehearsal) -> u64 {
    let stats = rehearsal.stats();
    let kinds = stats.requests.keys().copied().collect::<Vec<_>>();
    kinds.into_iter().map(|kind| stats.requests_of(kind)).sum()
}

/// Starts a run, sends it a signal once something is so, and waits for its end.
///
/// What was asked for after the signal is an error.
fn signaled(
    rehearsal: &Rehearsal,
    arguments: &[&str],
    signal: Signal,
    waits: impl Fn(&mut Child) -> bool,
) -> Ended {
    let mut run = rehearsal.begin(arguments);
    until(|| waits(&mut run));
    let before = requests(rehearsal);
    kill_process(Pid::from_child(&run), signal).unwrap();
    let ended = rehearsal.ended(&run.wait_with_output().unwrap());
    assert_eq!(requests(rehearsal), before, "{signal:?}: {}", ended.stderr);
    ended
}

#[test]
fn a_signal_in_a_pause_ends_the_run_without_another_request() {
    for (signal, code) in SIGNALS {
        let rehearsal = Rehearsal::with_faults(&fault(
            "on = 'create'\nafter = 6\nstatus = 429\nretry_after = 60",
        ));
        rehearsal.rows(20);
        // The listing that runs ahead of what is refused is not held.
        let throttled = |_: &mut Child| {
            let stats = rehearsal.stats();
            (
                stats.answered(Kind::Create, 429),
                stats.answered(Kind::List, 200),
            ) == (1, 8)
        };
        let arguments = ["--concurrency", "1"];
        let run = signaled(&rehearsal, &arguments, signal, throttled).exits(code);
        assert_eq!(run.count("created"), 6);
        assert_eq!(run.count("pending") + run.count("failed"), 14);
        rehearsal.mend();
        let run = rehearsal.run(&[]).exits(0);
        rehearsal.check(&run, 20);
    }
}

#[test]
fn a_signal_while_a_row_settles_ends_the_run_without_another_request() {
    for (signal, code) in SIGNALS {
        let lost = "on = 'create'\nafter = 2\nfirst = 1\nwhen = 'after'\ndrop = 'close'";
        let rehearsal = Rehearsal::with_faults(&fault(lost));
        rehearsal.rows(5);
        // The last row is written down before the wait for the lost one begins.
        let waits = |run: &mut Child| rehearsal.creates() == 5 && sleeps(run);
        let arguments = ["--settle", "1h", "--concurrency", "1"];
        let run = signaled(&rehearsal, &arguments, signal, waits).exits(code);
        run.has(&[("created", 4), ("unknown", 1)]);
        let run = rehearsal.run(&["--settle", "1h"]).exits(0);
        rehearsal.check(&run, 5);
        assert_eq!(rehearsal.creates(), 5, "found, and not asked for again");
    }
}

/// Whether every thread of a run waits for something.
fn sleeps(run: &Child) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{}/task", run.id()));
    threads.is_ok_and(|mut threads| {
        threads.all(|thread| {
            let stat = thread.map(|thread| std::fs::read_to_string(thread.path().join("stat")));
            matches!(stat, Ok(Ok(stat)) if stat.contains(") S "))
        })
    })
}

#[test]
fn a_signal_in_a_pause_that_a_listing_was_told_ends_without_a_request() {
    for (signal, code) in SIGNALS {
        let rehearsal = Rehearsal::with_faults(&fault(
            "on = 'list'\nafter = 6\nstatus = 429\nretry_after = 60",
        ));
        rehearsal.rows(20);
        let refused = |_: &mut Child| rehearsal.stats().answered(Kind::List, 429) == 1;
        let arguments = ["--concurrency", "1"];
        let run = signaled(&rehearsal, &arguments, signal, refused).exits(code);
        assert_eq!(run.count("created"), 6);
        assert_eq!(run.count("unknown"), 0);
    }
}

#[test]
fn a_signal_between_two_tries_is_not_held_up_by_those_that_are_left() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'list'\nafter = 2\nstatus = 503"));
    rehearsal.rows(5);
    let run = rehearsal.begin(&["--concurrency", "1"]);
    until(|| rehearsal.stats().answered(Kind::List, 503) == 3);
    kill_process(Pid::from_child(&run), Signal::TERM).unwrap();
    let run = rehearsal.ended(&run.wait_with_output().unwrap()).exits(143);
    assert_eq!((run.count("created"), run.count("unknown")), (2, 0));
    // One more may have been on the wire, of the fifteen that were left.
    let tries = rehearsal.stats().answered(Kind::List, 503);
    assert!((3..=4).contains(&tries), "{tries}: {}", run.stderr);
}

#[test]
fn a_signal_before_the_token_is_asked_for_again_ends_before_the_first_row() {
    for (signal, code) in SIGNALS {
        let rehearsal =
            Rehearsal::with_faults(&fault("on = 'token'\nstatus = 503\nretry_after = 60"));
        rehearsal.rows(3);
        let refused = |_: &mut Child| rehearsal.stats().requests_of(Kind::Token) == 1;
        signaled(&rehearsal, &[], signal, refused)
            .exits(code)
            .has(&[("pending", 3)]);
    }
}

#[test]
fn a_signal_while_a_token_does_not_come_ends_the_run_at_once() {
    for ((signal, code), (token, created)) in SIGNALS
        .into_iter()
        .zip([(0, 0), (1, 3)].into_iter().cycle())
    {
        let mut rehearsal = Rehearsal::with_faults(&fault(
            "on = 'create'\nafter = 3\nfirst = 1\nrevoke_tokens = true",
        ));
        let proxy = TamperingProxy::with(rehearsal.sandbox().address(), move |request, wire| {
            if request.is_token() && request.number == token {
                // Silence, until the client has had enough of it.
                wire.read_exact(&mut [0]).ok();
                return Then::HangUp;
            }
            Then::LetThrough
        });
        let environment = rehearsal.sandbox().environment();
        let url = format!("http://{}/{environment}/as/token", proxy.address());
        rehearsal.set("WAVEPAIR_TOKEN_URL", &url).rows(12);
        let arguments = ["--concurrency", "1"];
        let asked = |_: &mut Child| proxy.requests().len() == token + 1;
        let run = signaled(&rehearsal, &arguments, signal, asked).exits(code);
        assert_eq!((run.count("created"), run.count("unknown")), (created, 0));
        assert_eq!(proxy.requests().len(), token + 1);
        rehearsal.check(&run, 12);
    }
}

#[test]
fn a_minute_of_pause_at_the_first_create_is_kept_to_whatever_ends_the_run() {
    let first = fault("on = 'create'\nfirst = 1\nstatus = 429\nretry_after = 60");
    let told = Rehearsal::with_faults(&first);
    told.rows(10);
    let throttled = |_: &mut Child| told.stats().answered(Kind::Create, 429) == 1;
    let stopped = signaled(&told, &[], Signal::TERM, throttled).exits(143);
    let timed = Rehearsal::with_faults(&first);
    let late = timed.rows(10).run(&["--max-duration", "1s"]).exits(7);
    for (rehearsal, run) in [(&told, &stopped), (&timed, &late)] {
        assert_eq!((run.count("failed"), run.count("pending")), (1, 9));
        assert_eq!(rehearsal.creates(), 1);
        let stats = rehearsal.stats();
        assert_eq!(
            (stats.requests_of(Kind::List), stats.before_retry_after),
            (1, 0)
        );
        rehearsal.check(run, 10);
    }
}

/// A run whose open request waits for a server that does not answer, until it is let through.
struct Held {
    rehearsal: Rehearsal,
    open: mpsc::Sender<()>,
    /// How many creates have come.
    creates: Arc<AtomicU64>,
    _proxy: TamperingProxy,
}

impl Held {
    /// The third create is held.
    fn new() -> Self {
        let mut rehearsal = Rehearsal::new();
        let (open, opened) = mpsc::channel();
        let opened = Mutex::new(opened);
        let creates = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&creates);
        let proxy = rehearsal.behind(move |request, _| {
            if request.is_create() && counted.fetch_add(1, Ordering::Relaxed) == 2 {
                opened.lock().unwrap().recv().ok();
            }
            Then::LetThrough
        });
        rehearsal.rows(9);
        Self {
            rehearsal,
            open,
            creates,
            _proxy: proxy,
        }
    }

    fn begin(&self, arguments: &[&str]) -> Child {
        let run = self.rehearsal.begin(arguments);
        self.wait();
        run
    }

    /// Waits until the third create is held.
    fn wait(&self) {
        until(|| self.creates.load(Ordering::Relaxed) == 3);
    }
}

/// Reads what a run says until it has said this.
fn heard(run: &mut Child, said: &str) -> String {
    let mut text = String::new();
    let mut lines = BufReader::new(run.stderr.as_mut().unwrap());
    while !text.contains(said) {
        assert_ne!(lines.read_line(&mut text).unwrap(), 0, "{text}");
    }
    text
}

fn send(run: &Child, signal: Signal) {
    kill_process(Pid::from_child(run), signal).unwrap();
}

#[test]
fn two_signals_at_once_are_one_wish_and_the_results_are_written() {
    for (one, other, code) in [
        (Signal::TERM, Signal::TERM, 143),
        (Signal::TERM, Signal::HUP, 143),
        (Signal::HUP, Signal::TERM, 143),
        (Signal::HUP, Signal::QUIT, 143),
    ] {
        let held = Held::new();
        let mut run = held.begin(&["--concurrency", "1"]);
        // However late this process gets its turn, both arrive at once.
        send(&run, Signal::STOP);
        send(&run, one);
        send(&run, other);
        send(&run, Signal::CONT);
        let said = heard(&mut run, "leaves at once");
        assert!(said.contains("without results"), "{said}");
        held.open.send(()).unwrap();
        let run = held.rehearsal.ended(&run.wait_with_output().unwrap());
        let run = run.exits(code);
        run.has(&[("created", 3), ("pending", 6)]);
    }
}

#[test]
fn a_signal_a_second_later_leaves_at_once_without_results_and_says_so() {
    let held = Held::new();
    let mut run = held.begin(&["--concurrency", "1"]);
    send(&run, Signal::INT);
    heard(&mut run, "leaves at once");
    // What comes too early does nothing, so it may be sent again and again.
    until(|| {
        send(&run, Signal::INT);
        run.try_wait().unwrap().is_some()
    });
    let mut said = String::new();
    let mut stderr = run.stderr.take().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert!(said.contains("left at once, without results"), "{said}");
    assert_eq!(run.wait().unwrap().code(), Some(130));
    assert!(!held.rehearsal.path("wave.results.csv").exists());
    held.open.send(()).unwrap();
    let run = held.rehearsal.run(&["--settle", "1s"]).exits(0);
    held.rehearsal.check(&run, 9);
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    for (name, signal) in [
        ("HUP", Signal::HUP),
        ("INT", Signal::INT),
        ("QUIT", Signal::QUIT),
    ] {
        let held = Held::new();
        let wanted = held.rehearsal.command(&["--concurrency", "1"]);
        let mut shell = Command::new("/bin/sh");
        let ignoring = format!("trap '' {name}; exec \"$@\"");
        shell.args(["-c", &ignoring, "sh"]).env_clear();
        let run = before(shell, &wanted).spawn().unwrap();
        held.wait();
        send(&run, signal);
        held.open.send(()).unwrap();
        let run = held.rehearsal.ended(&run.wait_with_output().unwrap());
        let run = run.exits(0);
        held.rehearsal.check(&run, 9);
        assert!(!run.stderr.contains("stopping"), "{name}: {}", run.stderr);
    }
}

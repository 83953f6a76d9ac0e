//! SIGINT, SIGTERM, SIGHUP and SIGQUIT: the first asks, and one that comes a second later leaves at once.
//!
//! Two signals at once are one wish: `timeout`, systemd's `SendSIGHUP` and a lost terminal send
//! two of them. Leaving at once is safe because every intent is on disk before it is sent; the
//! next run settles what was on the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;
use tokio::time::Instant;

use crate::clock;
use crate::engine::Stopper;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::stop::StopReason;
use crate::report::console::Console;
use crate::report::notice::Notice;
use crate::report::standard_output;

/// How long after the first signal one counts as another wish.
const ANOTHER_WISH: Duration = Duration::from_secs(1);

/// How long the last words wait for a terminal.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What a signal interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum During {
    /// A run, which has something to finish first.
    Run,
    /// A probe, which has something to delete first.
    Probe,
    /// What ends at once, and without results.
    Other,
}

/// What is said of signals, and until when.
#[derive(Debug)]
pub(super) struct Watch {
    written: Arc<AtomicBool>,
}

impl Watch {
    /// The results are written: leaving at once leaves nothing out any more.
    pub(super) fn results_are_written(&self) {
        self.written.store(true, Ordering::Relaxed);
    }
}

/// Turns signals into wishes to stop, from now on, and tells a person what another one does.
///
/// One that was ignored when the process began stays ignored, as `nohup` and a shell's `&` mean it;
/// SIGTERM never does.
///
/// # Errors
///
/// The operating system does not let us.
pub(super) fn watch(stopper: &Stopper, console: &Console, during: During) -> Result<Watch, Error> {
    let (stopper, console) = (stopper.clone(), console.clone());
    let written = Arc::new(AtomicBool::new(false));
    let watch = Watch {
        written: Arc::clone(&written),
    };
    let ignored = ignored();
    let watched = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];
    let watched = watched
        .into_iter()
        .filter(|&signal| signal == SIGTERM || !has(ignored, signal));
    let started = Signals::new(watched).and_then(|mut signals| {
        let listen = move || {
            let mut first = None;
            loop {
                let arrived = signals.wait();
                let now = clock::now();
                for signal in arrived {
                    match wish(&mut first, now) {
                        Wish::Stop => {
                            standard_output::hurry();
                            stopper.ask(reason(signal));
                            if let Some(words) = first_words(during, signal) {
                                console.say(&words);
                            }
                        }
                        Wish::Same => {}
                        Wish::LeaveAtOnce => {
                            console.hide();
                            console.say(&last_words(during, written.load(Ordering::Relaxed)));
                            console.flush(LAST_WORDS);
                            // No destructor runs, and no buffer is written: nothing is waited for.
                            low_level::exit(i32::from(exit_code(signal).code()));
                        }
                    }
                }
            }
        };
        let thread = std::thread::Builder::new().name("signals".to_owned());
        thread.spawn(listen)
    });
    match started {
        Ok(_) => Ok(watch),
        Err(source) => Err(Error::System {
            what: "signals cannot be watched",
            source,
        }),
    }
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Stop,
    Same,
    LeaveAtOnce,
}

fn wish(first: &mut Option<Instant>, now: Instant) -> Wish {
    match first {
        None => {
            *first = Some(now);
            Wish::Stop
        }
        Some(first) if now.duration_since(*first) < ANOTHER_WISH => Wish::Same,
        Some(_) => Wish::LeaveAtOnce,
    }
}

fn reason(signal: i32) -> StopReason {
    if signal == SIGINT {
        StopReason::Interrupted
    } else {
        StopReason::Terminated
    }
}

fn exit_code(signal: i32) -> ExitCode {
    if signal == SIGINT {
        ExitCode::Interrupted
    } else {
        ExitCode::Terminated
    }
}

fn first_words(during: During, signal: i32) -> Option<Notice> {
    let (name, again) = match signal {
        SIGINT => ("SIGINT", "Ctrl-C once more"),
        SIGHUP => ("SIGHUP", "a second signal"),
        SIGQUIT => ("SIGQUIT", "a second signal"),
        _ => ("SIGTERM", "a second signal"),
    };
    let (first, without) = match during {
        During::Run => (
            "open requests are finished and recorded, then the results are written",
            "without results",
        ),
        During::Probe => (
            "the devices that the probe made are deleted, then the report is written",
            "and leaves them there",
        ),
        During::Other => return None,
    };
    let what = format!("stopping ({name}): {first}");
    let hint = format!("{again}, a second from now or later, leaves at once, {without}");
    let notice = Notice::info("stopping", what).hint(Some(hint));
    Some(notice.even_if_quiet())
}

fn last_words(during: During, written: bool) -> Notice {
    let what = match (during, written) {
        (During::Other, _) => "left at once",
        (During::Probe, _) => {
            "left at once: `wavepair probe --clean` with the name of the report deletes what was made"
        }
        (During::Run, true) => "left at once; the results are written",
        (During::Run, false) => {
            "left at once, without results: what was sent is in the ledger, and the same command goes on from there"
        }
    };
    Notice::info("left_at_once", what).even_if_quiet()
}

/// The signals that were ignored when the process began, a bit each.
#[cfg(target_os = "linux")]
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status").map_or(0, |status| ignored_in(&status))
}

/// Elsewhere there is no way to tell without unsafe code.
#[cfg(not(target_os = "linux"))]
fn ignored() -> u64 {
    0
}

/// `SigIgn` of a process's status: a mask in hexadecimal, the lowest bit for signal 1 (proc(5)).
#[cfg(any(target_os = "linux", test))]
fn ignored_in(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

fn has(mask: u64, signal: i32) -> bool {
    u32::try_from(signal - 1).is_ok_and(|bit| mask >> bit & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_signal_that_comes_a_second_later_is_another_wish() {
        let start = clock::now();
        let mut first = None;
        for (milliseconds, wish) in [
            (0, Wish::Stop),
            (0, Wish::Same),
            (5, Wish::Same),
            (999, Wish::Same),
            (1000, Wish::LeaveAtOnce),
            (60_000, Wish::LeaveAtOnce),
        ] {
            let now = start + Duration::from_millis(milliseconds);
            assert_eq!(super::wish(&mut first, now), wish, "{milliseconds}");
        }
    }

    #[test]
    fn what_is_ignored_is_read_from_the_status_of_the_process() {
        let status =
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000001007\nSigCgt:\t0000000000000440\n";
        let mask = ignored_in(status);
        let ignored: Vec<i32> = (1..=31).filter(|&signal| has(mask, signal)).collect();
        assert_eq!(ignored, [SIGHUP, SIGINT, SIGQUIT, 13]);
        for unreadable in ["", "SigIgn:", "SigIgn:\tx", "SigCgt:\t7"] {
            assert_eq!(ignored_in(unreadable), 0, "{unreadable:?}");
        }
    }
}

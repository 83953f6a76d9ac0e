//! Whatever ends a probe, what it made is deleted, and nothing else is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use rustix::process::{Pid, Signal, kill_process};

use super::*;
use crate::support::rehearsal::until;
use crate::support::tampering_proxy::{TamperingProxy, Then};

/// When a probe is killed: with its n-th request of all, before the server has it or once it took effect.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Before(usize),
    After(usize),
}

impl Moment {
    fn request(self) -> usize {
        match self {
            Moment::Before(n) | Moment::After(n) => n,
        }
    }
}

/// Starts a probe and holds it with one of its requests; gives what lets it go.
fn held(
    rehearsal: &mut Rehearsal,
    moment: Moment,
) -> (TamperingProxy, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (tell, told) = mpsc::channel();
    let (go, going) = mpsc::channel();
    let (tell, going, count) = (Mutex::new(tell), Mutex::new(going), AtomicUsize::new(0));
    let proxy = rehearsal.behind(move |request, _| {
        if count.fetch_add(1, Ordering::Relaxed) + 1 != moment.request() {
            return Then::LetThrough;
        }
        if let Moment::After(_) = moment {
            request.served();
        }
        tell.lock().unwrap().send(()).unwrap();
        going.lock().unwrap().recv().ok();
        Then::HangUp
    });
    (proxy, told, go)
}

/// Has a probe killed at a moment.
fn killed(rehearsal: &mut Rehearsal, moment: Moment) -> TamperingProxy {
    let (proxy, told, go) = held(rehearsal, moment);
    let mut child = begin(rehearsal, &[]);
    told.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    drop(go);
    proxy
}

#[test]
fn a_probe_that_is_killed_is_cleaned_up_after_by_its_journal_alone() {
    // The first four requests change nothing; then come creates, deletions, listings.
    let both = [5, 6, 7, 8, 13, 18].into_iter();
    let moments = both.flat_map(|n| [Moment::Before(n), Moment::After(n)]);
    for moment in moments.chain([9, 11, 30, 39].map(Moment::After)) {
        let mut rehearsal = Rehearsal::with(known());
        let proxy = killed(&mut rehearsal, moment);
        assert!(!rehearsal.path("probe-report.md").exists());
        let refused = probe(&rehearsal, &[]);
        let left = rehearsal.held().len();
        let ended = clean(&rehearsal, &["--timeout", "500ms"]).exits(0);
        assert!(rehearsal.held().is_empty(), "{moment:?}: {}", ended.stderr);
        // With something left, nothing new is begun before that is gone.
        if left > 0 {
            assert_eq!(refused.code, Some(2), "{moment:?}: {}", refused.stderr);
            assert!(
                refused.said().contains("may still be there"),
                "{}",
                refused.stderr
            );
        }
        let again = clean(&rehearsal, &[]).exits(0);
        assert!(
            !again.stderr.contains("left"),
            "{moment:?}: {}",
            again.stderr
        );
        drop(proxy);
    }
}

#[test]
fn a_user_is_probed_again_once_the_first_probe_is_cleaned_up_after() {
    let rehearsal = Rehearsal::with(known());
    for _ in 0..2 {
        probe(&rehearsal, &[]).exits(0);
        assert_eq!(answers(&report(&rehearsal)), variants::USUAL);
        clean(&rehearsal, &[]).exits(0);
    }
}

#[test]
fn a_signal_in_the_middle_deletes_what_was_made_and_writes_the_report() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        for moment in [6, 7, 13, 20].map(Moment::After) {
            let mut rehearsal = Rehearsal::with(known());
            let (proxy, told, go) = held(&mut rehearsal, moment);
            let child = begin(&rehearsal, &["--timeout", "2s"]);
            told.recv().unwrap();
            assert!(
                !rehearsal.held().is_empty() || moment.request() == 13,
                "{moment:?}"
            );
            kill_process(Pid::from_child(&child), signal).unwrap();
            // Its own answer is awaited, so the signal has to be heard first.
            until(|| heard(&child));
            drop(go);
            let ended = rehearsal
                .ended(&child.wait_with_output().unwrap())
                .exits(code);
            assert!(rehearsal.held().is_empty(), "{moment:?}: {}", ended.stderr);
            assert!(
                ended
                    .said()
                    .contains("the devices that the probe made are deleted"),
                "{}",
                ended.stderr
            );
            let report = report(&rehearsal);
            assert_eq!(report["devices"]["left"], 0);
            assert!(report["cut_short"].is_string(), "{report}");
            clean(&rehearsal, &[]).exits(0);
            drop(proxy);
        }
    }
}

/// Whether no signal waits to be delivered to a process.
fn heard(child: &Child) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let pending = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.is_none_or(|mask| mask.trim().bytes().any(|digit| digit != b'0'))
    };
    !pending("ShdPnd:") && !pending("SigPnd:")
}

#[test]
fn a_device_that_somebody_else_makes_meanwhile_is_left_alone_and_told() {
    let mut rehearsal = Rehearsal::with(known());
    let (proxy, told, go) = held(&mut rehearsal, Moment::After(20));
    let child = begin(&rehearsal, &[]);
    told.recv().unwrap();
    rehearsal.pair(&user(0), "SMS", "+15125550199");
    rehearsal.pair(&user(0), "SMS", PHONE);
    drop(go);
    let ended = rehearsal.ended(&child.wait_with_output().unwrap()).exits(0);
    let held: Vec<_> = rehearsal
        .held()
        .into_iter()
        .map(|device| device.kind)
        .collect();
    assert_eq!(held, ["SMS", "SMS"], "{}", ended.stderr);
    assert!(
        ended
            .said()
            .contains("2 devices of the user's appeared meanwhile"),
        "{}",
        ended.stderr
    );
    assert_eq!(report(&rehearsal)["devices"]["of_others"], 2);
    drop(proxy);
    // Cleaning up leaves them alone, too.
    clean(&rehearsal, &[]).exits(0);
    assert_eq!(rehearsal.held().len(), 2);
}

#[test]
fn a_device_like_ours_of_which_nobody_can_say_whose_it_is_is_left_alone() {
    let mut rehearsal = Rehearsal::with(known());
    // The first create is on its way: it takes effect, and the probe dies before it knows.
    let proxy = killed(&mut rehearsal, Moment::After(5));
    rehearsal.pair(&user(0), "WHATSAPP", PHONE);
    let ended = clean(&rehearsal, &["--timeout", "500ms"]).exits(0);
    assert_eq!(rehearsal.held().len(), 2, "{}", ended.stderr);
    assert!(
        ended
            .said()
            .contains("2 devices of the user's appeared meanwhile"),
        "{}",
        ended.stderr
    );
    drop(proxy);
}

#[test]
fn a_journal_is_for_its_own_tenant_alone() {
    let mut rehearsal = Rehearsal::with(known());
    probe(&rehearsal, &[]).exits(0);
    rehearsal.set("WAVEPAIR_ENVIRONMENT", &user(9));
    let ended = clean(&rehearsal, &[]).exits(2);
    assert!(
        ended.said().contains("of another tenant"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_device_that_cannot_be_deleted_is_told_with_the_command_for_later() {
    use crate::support::faults::fault;
    let rehearsal = Rehearsal::with(Options {
        faults: fault("on = 'delete'\nafter = 4\nstatus = 503")
            .parse()
            .unwrap(),
        ..known()
    });
    let ended = probe(&rehearsal, &[]).exits(4);
    assert_eq!(rehearsal.held().len(), 1);
    assert!(
        ended
            .said()
            .contains("`wavepair probe --clean probe-report.md` deletes what is left"),
        "{}",
        ended.stderr
    );
    assert_eq!(report(&rehearsal)["devices"]["left"], 1);
    rehearsal.mend();
    clean(&rehearsal, &[]).exits(0);
    assert!(rehearsal.held().is_empty());
}

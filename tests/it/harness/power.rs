//! The power fails: what was written and not yet synced is gone.

use std::fs::OpenOptions;

use super::case::{Case, TRUST_THE_LEDGER};
use super::dice::Dice;
use super::program::{LEDGER, Place};
use super::size::{seed, system_calls, tell};
use super::strace::{self, Call};

const ROWS: u64 = 20;

/// How far the log of the ledger is written, and how far it is on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Log {
    written: u64,
    synced: u64,
    /// How far it was written when a sync began that is still going on, and in which thread.
    syncing: Option<(u32, u64)>,
    /// How many syncs succeeded.
    syncs: u64,
}

impl Log {
    fn follow(&mut self, call: &Call) {
        let goes_on = call.resumed
            && self
                .syncing
                .is_some_and(|(thread, _)| thread == call.thread);
        if !call.rest.contains(&format!("{LEDGER}-wal>")) && !goes_on {
            return;
        }
        match call.name.as_str() {
            "pwrite64" => self.written = self.written.max(end_of(&call.rest)),
            // Emptied once all of it was in the ledger itself, and that on the disk.
            "ftruncate" => (self.written, self.synced) = (0, 0),
            "fsync" | "fdatasync" => {
                let (thread, until) = match self.syncing {
                    Some(syncing) if goes_on => syncing,
                    _ => (call.thread, self.written),
                };
                self.syncing = (!call.is_done()).then_some((thread, until));
                if call.is_done() && call.has_succeeded() {
                    self.synced = until;
                    self.syncs += 1;
                }
            }
            _ => {}
        }
    }

    fn after(calls: &[Call]) -> Self {
        let mut log = Self::default();
        for call in calls {
            log.follow(call);
        }
        log
    }
}

/// Where a `pwrite64(fd, data, length, offset` ends, which may be broken off by a line of another thread.
fn end_of(call: &str) -> u64 {
    let call = call.trim_end_matches(" <unfinished ...>");
    let arguments = call
        .rsplit_once(')')
        .map_or(call, |(arguments, _)| arguments);
    let mut numbers = arguments
        .rsplit(", ")
        .map(|number| number.trim().parse().unwrap_or(0));
    let offset: u64 = numbers.next().unwrap_or(0);
    offset + numbers.next().unwrap_or(0)
}

#[test]
fn each_create_follows_a_sync_of_all_that_was_written_before_it() {
    if !strace::is_there() {
        return;
    }
    // One after the other; and a slow disk, so that whoever does not wait for it shows.
    let flags = &["--existing", "unchecked", "--concurrency", "1"];
    let case = Case::plain("order", ROWS).told(flags);
    let trace = "write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync,ftruncate";
    let ended = strace::run(&case, trace, &["fsync,fdatasync:delay_exit=10000"]);
    assert_eq!(ended.code(), Some(0), "{}", ended.said);
    let mut log = Log::default();
    let (mut creates, mut syncs_before) = (0, 0);
    for call in strace::calls(&case.place) {
        log.follow(&call);
        if call.rest.contains("POST /v1/") {
            creates += 1;
            assert_eq!(
                log.synced, log.written,
                "create {creates} did not wait for the disk"
            );
            assert!(log.syncs > syncs_before, "create {creates} has no intent");
            syncs_before = log.syncs;
        }
    }
    assert_eq!(creates, ROWS);
}

#[test]
fn what_was_sent_is_known_after_a_power_cut() {
    if !strace::is_there() {
        return;
    }
    let all = ROWS * 2;
    let sends: Vec<u64> = match system_calls(1) {
        0 => (2..all).collect(),
        few => (0..few * 3).map(|n| 5 + n * 7 % (all / 2)).collect(),
    };
    let mut lost = 0;
    for n in sends {
        let case = Case::new("power", ROWS).told(&TRUST_THE_LEDGER);
        let kill = format!("writev:signal=SIGKILL:when={n}");
        if strace::run(&case, "writev,pwrite64,fsync,fdatasync,ftruncate", &[&kill]).was_killed() {
            lost += cut_power(&case.place, &mut Dice::of(seed(), &[0x90, n]));
        }
        case.finish();
    }
    tell(&format!("power: {lost} bytes were written and lost"));
}

/// Takes from the log of the ledger what was not synced, or a part of it; gives how much.
fn cut_power(place: &Place, dice: &mut Dice) -> u64 {
    let Log {
        synced, written, ..
    } = Log::after(&strace::calls(place));
    let log = place.path(&format!("{LEDGER}-wal"));
    if let Ok(file) = OpenOptions::new().write(true).open(&log) {
        let there = file.metadata().unwrap().len();
        let kept = (synced + dice.below((written - synced) / 2 + 1)).min(there);
        file.set_len(kept).unwrap();
        // Shared memory: nothing of it is ever on the disk.
        drop(std::fs::remove_file(place.path(&format!("{LEDGER}-shm"))));
        return there - kept;
    }
    0
}

#[test]
fn a_log_is_synced_as_far_as_it_was_written_when_a_good_sync_began() {
    let call = |thread, name: &str, rest: &str, resumed| Call {
        thread,
        at: 0,
        name: name.to_owned(),
        rest: rest.to_owned(),
        resumed,
    };
    let log = "3</x/state/ledger.db-wal>";
    let write = |offset| format!("pwrite64({log}, \"a, b\"..., 24, {offset}) = 24");
    let calls = [
        call(1, "pwrite64", &write(0), false),
        call(1, "fsync", &format!("fsync({log}) = 0"), false),
        call(1, "pwrite64", &write(24), false),
        call(1, "fsync", &format!("fsync({log} <unfinished ...>"), false),
        call(2, "writev", "writev(9<socket:[1]>, …) = 5", false),
        call(1, "fsync", "fsync resumed>) = 0", true),
        call(1, "pwrite64", &write(48), false),
        call(
            1,
            "fsync",
            &format!("fsync({log}) = -1 EIO (Input/output error) (INJECTED)"),
            false,
        ),
    ];
    let broken_off = format!("pwrite64({log}, \"a, b\"..., 24, 72 <unfinished ...>");
    let broken_off = Log::after(&[call(1, "pwrite64", &broken_off, false)]);
    assert_eq!(broken_off.written, 96);
    let after = |calls: &[Call]| {
        let log = Log::after(calls);
        (log.synced, log.written, log.syncs)
    };
    assert_eq!(after(&calls[..3]), (24, 48, 1));
    assert_eq!(after(&calls[..4]), (24, 48, 1));
    assert_eq!(after(&calls), (48, 72, 2));
    let emptied = call(1, "ftruncate", &format!("ftruncate({log}, 0) = 0"), false);
    let calls = [&calls[..3], &[emptied], &calls[2..3]].concat();
    assert_eq!(after(&calls[..4]), (0, 0, 1));
    assert_eq!(after(&calls), (0, 48, 1));
}

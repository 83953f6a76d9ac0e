//! The disk fails, is full, or may not be written to.

use std::collections::BTreeSet;
use std::fs::File;
use std::process::Command;
use std::time::Duration;

use super::case::Case;
use super::program::{BINARY, Ended, LEDGER, settle_in, words};
use super::size::{system_calls, tell};
use super::strace::{self, Call};

/// How long a create may still take to the server that was on its way when the disk failed.
const ON_THE_WIRE: Duration = Duration::from_millis(50);

/// Runs a shell script in namespaces of its own, with a folder and the program's words behind it.
///
/// Nothing where this machine does not permit that.
pub(crate) fn in_namespace(case: &Case, script: &str, folder: &str) -> Option<Ended> {
    let mut probe = Command::new("unshare");
    let probe = probe
        .args(["-rm", "mount", "-t", "tmpfs", "none"])
        .arg(case.place.folder());
    if !probe.output().is_ok_and(|probe| probe.status.success()) {
        tell("skipped: this machine lets nobody mount");
        return None;
    }
    let mut command = Command::new("unshare");
    command
        .args(["-rm", "sh", "-c", script, "sh"])
        .arg(case.place.path(folder));
    Some(strace::run_behind(case, command))
}

#[test]
fn a_folder_that_may_not_be_written_to_is_noticed_before_anything_is_sent() {
    let script = r#"mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@""#;
    for folder in ["out", "state"] {
        let case = Case::new("read-only", 20);
        let Some(ended) = in_namespace(&case, script, folder) else {
            return;
        };
        assert_eq!(ended.code(), Some(2), "{folder}: {}", ended.said);
        let counts = case.server.truth().counts().clone();
        assert!(counts.is_empty(), "{folder}: {counts:?} were sent");
        case.next_run_is_clean();
    }
}

#[test]
fn a_disk_that_gets_full_stops_the_run_and_the_next_one_is_clean() {
    // The folder of the ledger has room for its ballast, and soon for nothing more.
    let script = r#"
        mount -t tmpfs -o size=1400k,mode=700 none "$1" || exit 9
        state=$1; shift
        "$@"; echo "first: $?"
        mount -o remount,size=64m none "$state"
        exec "$@""#;
    let case = Case::new("disk full", 400);
    let Some(ended) = in_namespace(&case, script, "state") else {
        return;
    };
    assert!(ended.said.contains("first: 1\n"), "{}", ended.said);
    let finished = case.check(&ended).is_finished();
    case.judge
        .sure(finished, || format!("not done: {}", ended.said));
}

/// So many syncs at least until a run has begun on a new ledger: each of them is tried.
const OF_A_START: u64 = 9;

#[test]
fn a_sync_that_fails_is_the_last_thing_before_the_end() {
    if !strace::is_there() {
        return;
    }
    let untouched = Case::new("fsync", 20);
    strace::run(&untouched, "fsync", &[]);
    let most = strace::most_by_one_thread(&strace::calls(&untouched.place))["fsync"];
    let few = match system_calls(1) {
        0 => most,
        few => few * 3,
    };
    let spread = (0..few).map(|n| 1 + (n * 2 + 1) * most / (few * 2));
    let points: BTreeSet<u64> = (1..=OF_A_START).chain(spread).collect();
    for n in points {
        let case = Case::new("fsync", 20);
        let ended = strace::run(&case, "fsync", &[&format!("fsync:error=EIO:when={n}")]);
        let calls = strace::calls(&case.place);
        if let Some(at) = calls.iter().position(Call::was_injected)
            && !is_last_checkpoint(&calls[..at], &calls[at])
        {
            let truth = case.server.truth();
            // A ledger that could not be opened is a place to mend, and nothing was sent.
            let opening = ended.said.contains("cannot be used") && truth.posts_since(0) == 0;
            let expected = if opening { 2 } else { 1 };
            let told = format!("{n}: {:?}\n{}", calls[at], ended.said);
            assert_eq!(ended.code(), Some(expected), "{told}");
            let sent = truth.posts_since(calls[at].at + ON_THE_WIRE.as_micros());
            let of_ledger = calls[at].rest.contains(LEDGER);
            assert!(
                sent == 0 || !of_ledger,
                "{n}: {sent} creates after the disk had failed"
            );
        }
        case.next_run_is_clean();
    }
}

/// Whether a sync is one of the last, after the results were written: what it would have moved
/// is safe in the log, where the next run finds it.
fn is_last_checkpoint(before: &[Call], sync: &Call) -> bool {
    let is_first_thread = before
        .first()
        .is_some_and(|first| first.thread == sync.thread);
    is_first_thread && before.iter().any(|call| call.rest.contains("/out>"))
}

#[test]
fn a_full_screen_stops_nothing() {
    let case = Case::new("/dev/full", 20);
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(BINARY);
    command.args(words(&case.place, &case.flags()));
    let command = settle_in(&mut command, &case.server);
    let status = command.stdout(full()).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(3));
    case.next_run_is_clean();
}

//! Killed at its n-th system call, for every n: no instant of a run is special.

use std::collections::BTreeMap;

use super::case::{Case, TRUST_THE_LEDGER};
use super::dice::Dice;
use super::size::{seed, system_calls, tell};
use super::strace;
use super::wave::HEADER;

/// The calls that change something outside the process, or tell it of something outside.
pub(crate) const KINDS: &str = "write,writev,pwrite64,fsync,fdatasync,sendto,recvfrom,?rename,?renameat,renameat2,\
                     ?unlink,unlinkat,ftruncate";
const ROWS: u64 = 20;

fn case() -> Case {
    Case::new("system calls", ROWS).told(&TRUST_THE_LEDGER)
}

/// A case whose ledger was there before: strace counts by thread, and so the first calls of
/// the thread that writes the ledger are reached, too.
fn with_ledger() -> Case {
    let case = case();
    std::fs::write(case.place.path("wave.csv"), format!("{HEADER}\n")).unwrap();
    case.run();
    case.place.write(&case.wave);
    case
}

/// Kills at the n-th call of a kind; tells whether there was one.
fn kill_at(case: &Case, kind: &str, n: u64) -> bool {
    strace::run(case, kind, &[&kill(kind, n)]).was_killed()
}

/// What strace is told to kill at the n-th call of a kind.
pub(crate) fn kill(kind: &str, n: u64) -> String {
    format!("{kind}:signal=SIGKILL:when={n}")
}

/// Has something killed at some calls of each kind, or at all; gives how often it was.
///
/// What kills is given the kind, which of its calls is meant, and another of them for what goes on
/// afterwards; it gives how often it has killed.
pub(crate) fn at_some(
    most: &BTreeMap<String, u64>,
    mut kill: impl FnMut(&str, u64, u64) -> u64,
) -> u64 {
    let wanted = system_calls(1);
    tell(&format!(
        "system calls of the busiest thread: {most:?}; killed at {wanted} of each kind (0: all)"
    ));
    let mut killed = 0;
    for (kind, &most) in most {
        let mut dice = Dice::of(seed(), &[0x5C, most]);
        let points: Vec<u64> = match wanted {
            0 => (1..=most).collect(),
            wanted => (0..wanted.min(most))
                .map(|_| 1 + dice.below(most))
                .collect(),
        };
        for n in points {
            killed += kill(kind, n, 1 + dice.below(most));
        }
        tell(&format!("{kind}: done, {killed} kills so far"));
    }
    killed
}

#[test]
fn a_run_that_is_killed_at_any_system_call_is_finished_by_the_next() {
    if !strace::is_there() {
        return;
    }
    let untouched = case();
    let ended = strace::run(&untouched, KINDS, &[]);
    assert_eq!(ended.code(), Some(3), "{}", ended.said);
    let most = strace::most_by_one_thread(&strace::calls(&untouched.place));
    let killed = at_some(&most, |kind, n, another| {
        let case = if n % 2 == 0 { case() } else { with_ledger() };
        let mut killed = u64::from(kill_at(&case, kind, n));
        if n % 3 == 0 {
            // The recovery is killed, too.
            killed += u64::from(kill_at(&case, kind, another));
        }
        case.finish();
        killed
    });
    assert!(killed > 0);
}

//! `undo`, `purge`, `ledger merge` and `ledger split`, killed at their n-th system call, for any n, and gone
//! on with by the same command.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};

use crate::harness::{strace, syscalls};
use crate::purge::{self, is_known, left};
use crate::shards::handing_over;
use crate::support::heeding::behind;
use crate::support::rehearsal::{Ended, Rehearsal, user};
use crate::support::texts::Row;
use crate::undo::{held, undo};

const WAVE: u32 = 5;
const ROWS: usize = WAVE as usize;

/// Something that was done before, with the command that is killed.
trait Killed {
    fn new() -> Self;
    fn rehearsal(&self) -> &Rehearsal;
    fn command(&self) -> Command;
    /// Has the same command go on, and checks what must hold.
    fn finish(self);
}

/// Runs a command of a rehearsal under strace.
fn traced(rehearsal: &Rehearsal, command: Command, calls: &str, inject: &[&str]) -> ExitStatus {
    let before = strace::before(&rehearsal.path("trace.txt"), calls, inject);
    let before: Vec<_> = before.iter().map(String::as_str).collect();
    behind(&before, command).output().unwrap().status
}

fn is_killed_anywhere<T: Killed>() {
    if !strace::is_there() {
        return;
    }
    let untouched = T::new();
    let rehearsal = untouched.rehearsal();
    let ended = traced(rehearsal, untouched.command(), syscalls::KINDS, &[]);
    assert!(ended.success(), "{ended}");
    let calls = strace::calls_of(&rehearsal.path("trace.txt"));
    untouched.finish();
    let killed = syscalls::at_some(&strace::most_by_one_thread(&calls), |kind, n, another| {
        let case = T::new();
        let kill_at = |n| {
            let inject = syscalls::kill(kind, n);
            let ended = traced(case.rehearsal(), case.command(), kind, &[&inject]);
            u64::from(ended.signal() == Some(9))
        };
        let mut killed = kill_at(n);
        if n % 3 == 0 {
            // What goes on is killed, too.
            killed += kill_at(another);
        }
        case.finish();
        killed
    });
    assert!(killed > 0);
}

/// A run to be undone, of the last rows of a wave: the first device was there before, and the next one
/// is another run's.
struct Undo {
    rehearsal: Rehearsal,
    run: String,
}

const UNDONE: usize = 3;

impl Killed for Undo {
    fn new() -> Self {
        let rehearsal = Rehearsal::new();
        rehearsal.pair(&user(0), "WHATSAPP", "+15125550000");
        rehearsal.rows(WAVE).run(&["--limit", "1"]).exits(7);
        let run = rehearsal.run(&[]).exits(0);
        let run = run.has(&[("created", 4), ("existing", 1)]);
        let run = run.column("run_id")[ROWS - 1].to_owned();
        Self { rehearsal, run }
    }

    fn rehearsal(&self) -> &Rehearsal {
        &self.rehearsal
    }

    fn command(&self) -> Command {
        let words = [
            "undo", &self.run, "--rate", "max", "--settle", "1s", "--yes",
        ];
        self.rehearsal.bare(&words)
    }

    fn finish(self) {
        let (rehearsal, before) = (&self.rehearsal, self.rehearsal.results("wave.results.csv"));
        undo(rehearsal, &self.run, &["--yes"]).exits(0);
        let (stay, gone) = before.split_at(ROWS - UNDONE);
        let ids = |rows: &[Row]| rows.iter().map(|row| row["device_id"].clone()).collect();
        assert_eq!(held(rehearsal), ids(stay));
        let told = rehearsal.results("wave.undo.csv");
        assert_eq!(told.len(), UNDONE);
        let told_of: BTreeSet<String> = ids(&told);
        assert_eq!(told_of, ids(gone), "each is accounted for");
        for row in &told {
            let verdict = &*row["verdict"];
            assert!(["deleted", "already_gone"].contains(&verdict), "{row:?}");
        }
        let again = rehearsal.run(&[]).exits(3);
        let outcomes = [&["existing", "created"][..], &["rejected"; UNDONE]].concat();
        assert_eq!(again.outcomes(), outcomes);
        rehearsal.check(&again, ROWS);
        assert_eq!(rehearsal.creates(), u64::from(WAVE), "nothing is made anew");
    }
}

#[test]
fn an_undo_killed_at_any_system_call_goes_on_and_deletes_nothing_else() {
    is_killed_anywhere::<Undo>();
}

/// A wave that is purged, with what its run came to and all its phones.
struct Purge(Rehearsal, Ended, Vec<String>);

impl Killed for Purge {
    fn new() -> Self {
        let (rehearsal, run, phones) = purge::wave(WAVE);
        Self(rehearsal, run.exits(0), phones)
    }

    fn rehearsal(&self) -> &Rehearsal {
        &self.0
    }

    fn command(&self) -> Command {
        purge::command(&self.0, &purge::ALL)
    }

    fn finish(self) {
        let Self(rehearsal, run, phones) = self;
        purge::purge(&rehearsal, &[]).exits(0);
        assert_eq!(left(&rehearsal, &phones), Vec::<String>::new());
        is_known(&rehearsal, &run);
    }
}

#[test]
fn a_purge_killed_at_any_system_call_goes_on_and_leaves_no_digit() {
    is_killed_anywhere::<Purge>();
}

/// The ledgers of all shards of a wave that is not done, to be merged.
struct Merge(Rehearsal);

impl Killed for Merge {
    fn new() -> Self {
        Self(handing_over::ran(SHARDED))
    }

    fn rehearsal(&self) -> &Rehearsal {
        &self.0
    }

    fn command(&self) -> Command {
        self.0.bare(&handing_over::MERGE)
    }

    fn finish(self) {
        handing_over::is_gone_on_with(&self.0, SHARDED);
    }
}

/// Enough rows for each shard to have some, and the last one to have some left.
const SHARDED: u32 = 16;

#[test]
fn a_merge_killed_at_any_system_call_goes_on_and_loses_or_doubles_nothing() {
    is_killed_anywhere::<Merge>();
}

/// The ledger of a whole wave that is not done, to be split.
struct Split(Rehearsal);

impl Killed for Split {
    fn new() -> Self {
        Self(handing_over::ran_whole(SHARDED))
    }

    fn rehearsal(&self) -> &Rehearsal {
        &self.0
    }

    fn command(&self) -> Command {
        self.0.bare(&handing_over::SPLIT_BACK)
    }

    fn finish(self) {
        handing_over::is_split_on(&self.0, SHARDED);
    }
}

#[test]
fn a_split_killed_at_any_system_call_goes_on_and_loses_or_doubles_nothing() {
    is_killed_anywhere::<Split>();
}

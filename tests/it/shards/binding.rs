//! What names a shard, and which ledger goes with it.

use std::fs;

use super::{run, words};
use crate::support::rehearsal::Rehearsal;
use crate::support::waves;

/// Runs the wave with these words.
fn with(rehearsal: &Rehearsal, words: &[&str]) -> crate::support::rehearsal::Ended {
    let output = rehearsal.command(words).output().unwrap();
    rehearsal.ended(&output)
}

#[test]
fn a_ledger_is_for_one_shard_from_its_first_run_and_left_alone_by_others() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(12));
    run(&rehearsal, 1, &[]).exits(0);
    with(&rehearsal, &["--ledger", "whole.db"]).exits(0);
    let creates = rehearsal.creates();
    for (ledger, meant, bound) in [
        (
            "1.db",
            Some("2/3"),
            "for shard 1/3, and this is for shard 2/3",
        ),
        (
            "1.db",
            Some("1/4"),
            "for shard 1/3, and this is for shard 1/4",
        ),
        ("1.db", None, "for shard 1/3, and this is for whole waves"),
        (
            "whole.db",
            Some("1/3"),
            "for whole waves, and this is for shard 1/3",
        ),
    ] {
        let before = fs::read(rehearsal.path(ledger)).unwrap();
        let named = meant.map_or_else(Vec::new, |shard| vec!["--shard", shard]);
        for command in ["run", "results"] {
            let mut called = rehearsal.bare(&[command, "wave.csv", "--ledger", ledger]);
            let ended = rehearsal
                .ended(&called.args(&named).output().unwrap())
                .exits(2);
            let said = ended.said();
            // Of the ledgers of shards the results of the whole wave are written, once all are named.
            let is_merging = command == "results" && meant.is_none();
            assert!(is_merging || said.contains(bound), "{said}");
        }
        let dry_run = [&["--ledger", ledger, "--dry-run"][..], &named].concat();
        let said = with(&rehearsal, &dry_run).exits(0).said();
        assert!(
            said.contains("goes on without the ledger") && said.contains(bound),
            "{said}"
        );
        with(&rehearsal, &[&dry_run[..], &["--online"]].concat()).exits(2);
        assert_eq!(fs::read(rehearsal.path(ledger)).unwrap(), before);
    }
    assert_eq!(rehearsal.creates(), creates);
    // One shard of one is the whole wave.
    with(&rehearsal, &["--ledger", "whole.db", "--shard", "1/1"]).exits(0);
}

#[test]
fn a_scheduler_may_say_which_shard_it_is() {
    for (variable, value) in [
        ("JOB_COMPLETION_INDEX", "1"),
        ("AWS_BATCH_JOB_ARRAY_INDEX", "1"),
        ("SLURM_ARRAY_TASK_ID", "2"),
    ] {
        let mut rehearsal = Rehearsal::new();
        rehearsal.set(variable, value);
        rehearsal.wave(&waves::of(12));
        let ended = with(&rehearsal, &["--shard", "auto/3", "--summary", "-"]).exits(0);
        assert_eq!(ended.summary()["shard"], "2/3", "{variable}");
        assert!(rehearsal.path("wave.results.2-of-3.csv").exists());
    }
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(12));
    let said = with(&rehearsal, &["--shard", "auto/3"]).exits(2).said();
    assert!(said.contains("`JOB_COMPLETION_INDEX`"), "{said}");
    assert_eq!(rehearsal.creates(), 0);
}

#[test]
fn a_wave_that_names_users_otherwise_than_by_id_has_no_shards() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave("username,phone,policy\nada,+15125551230,default\n");
    for more in [&[][..], &["--dry-run"], &["--dry-run", "--online"]] {
        let refused = run(&rehearsal, 1, more).exits(2);
        let said = refused.said();
        assert!(said.contains("names its users by `user_id`"), "{said}");
        assert!(said.contains("hint:"), "{said}");
    }
    assert!(!rehearsal.path(&words(1)[3]).exists());
}

#[test]
fn what_a_run_of_a_shard_has_made_is_undone_by_its_ledger() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(12));
    let ended = run(&rehearsal, 3, &[]).exits(0);
    let id = ended.column("run_id")[0];
    let mut undo = rehearsal.bare(&["undo", id, "--ledger", "3.db", "--rate", "max", "--yes"]);
    let output = undo.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(rehearsal.held().len(), 0);
}

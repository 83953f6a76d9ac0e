//! A planned run that stopped, or was killed, goes on by its plan.

use super::Plan;
use crate::support::rehearsal::Rehearsal;

#[test]
fn a_planned_run_that_was_killed_goes_on_where_progress_is_allowed() {
    let rehearsal = Rehearsal::new();
    Plan::written(rehearsal.rows(40), 0);
    let plan = ["--plan", "review.plan"];
    let mut run = rehearsal.begin(&plan);
    rehearsal.wait_for_creates(9, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    let refused = rehearsal.run(&plan).exits(2);
    assert!(
        refused.said().contains("the ledger has gone on"),
        "{}",
        refused.stderr
    );
    let words = [&plan[..], &["--plan-allow-progress"]].concat();
    let run = rehearsal.run(&words).exits(0).has(&[("created", 40)]);
    assert_eq!(rehearsal.stats().most_per_key, 1);
    rehearsal.check(&run, 40);
    rehearsal.run(&words).exits(0).has(&[("created", 40)]);
}

#[test]
fn the_command_that_goes_on_keeps_the_plan_and_allows_progress() {
    let rehearsal = Rehearsal::new();
    Plan::written(rehearsal.rows(5), 0);
    let first = rehearsal
        .run(&["--plan", "review.plan", "--limit", "2"])
        .exits(7);
    let command = "wavepair run wave.csv --rate max --progress none --settle 1s --plan review.plan \
                   --plan-allow-progress";
    assert!(first.said().contains(command), "{}", first.stderr);
    assert!(
        !first.said().contains(&format!("{command} --limit")),
        "{}",
        first.stderr
    );
    let words = [
        "--plan=review.plan",
        "--plan-allow-progress",
        "--limit",
        "2",
    ];
    let second = rehearsal.run(&words).exits(7);
    let said = "--plan=review.plan --plan-allow-progress";
    assert_eq!(second.said().matches("--plan-allow-progress").count(), 1);
    assert!(second.said().contains(said), "{}", second.stderr);
    let words = ["--plan", "review.plan", "--plan-allow-progress"];
    rehearsal.run(&words).exits(0).has(&[("created", 5)]);
    assert_eq!(rehearsal.creates(), 5);
}

#[test]
fn the_rows_to_correct_are_not_those_of_the_plan() {
    let rehearsal = Rehearsal::new();
    let wave = crate::support::waves::asking([(1, "+15125551231"), (2, "07911")]);
    Plan::written(rehearsal.wave(&wave), 3);
    for words in [&["--plan", "review.plan"][..], &super::WRITE] {
        let run = rehearsal.run(words).exits(3);
        let (_, command) = run
            .stderr
            .rsplit_once("wavepair run wave.rejects.csv")
            .unwrap();
        assert!(!command.contains("plan"), "{command}");
    }
}

//! Every row that is not done says what happened and what to do, in the results of the run and in
//! those that are written again from the ledger.

use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};
use wavepair::testing::sandbox::Kind;

use crate::support::faults::fault;
use crate::support::rehearsal::{Ended, Rehearsal, rows, until, user};
use crate::support::waves;

/// Checks that each row that is not done has a code and a message with what to do, and that the
/// results are the same when they are written again.
#[track_caller]
fn explained(rehearsal: &Rehearsal, ended: &Ended) {
    for row in &ended.rows {
        if ["created", "existing"].contains(&row["outcome"].as_str()) {
            continue;
        }
        assert!(!row["code"].is_empty(), "{row:?}");
        let says_what_to_do = row["outcome"] == "invalid" || row["message"].contains("; ");
        assert!(!row["message"].is_empty() && says_what_to_do, "{row:?}");
    }
    rehearsal.writes_results_again();
}

fn pending_code(ended: &Ended) -> String {
    let mut codes: Vec<_> = ended
        .rows
        .iter()
        .filter(|row| row["outcome"] == "pending")
        .map(|row| row["code"].clone())
        .collect();
    codes.dedup();
    assert_eq!(codes.len(), 1, "{codes:?}");
    codes.remove(0)
}

#[test]
fn a_run_that_stops_says_on_every_row_that_it_did_not_come_to_why() {
    for (faults, arguments, exit, code) in [
        ("", &["--limit", "7"][..], 7, "limit_reached"),
        ("", &["--max-duration", "1ms"], 7, "time_is_up"),
        (
            "on = 'create'\nstatus = 400",
            &["--max-errors", "3"],
            5,
            "too_many_errors",
        ),
        ("on = 'token'\nstatus = 401", &[], 5, "credentials_refused"),
        ("on = 'token'\nstatus = 302", &[], 5, "wrong_host"),
        ("on = 'list'\nstatus = 401", &[], 5, "credentials_refused"),
        ("on = 'list'\nstatus = 403", &[], 5, "permission_missing"),
        ("on = 'create'\nstatus = 403", &[], 5, "permission_missing"),
        ("on = 'create'\nstatus = 404", &[], 5, "users_unknown"),
        ("on = 'create'\nstatus = 400", &[], 5, "same_refusal"),
        ("on = 'create'\nstatus = 302", &[], 5, "wrong_host"),
        ("on = 'create'\nstatus = 415", &[], 1, "wavepair_failed"),
        (
            "on = 'create'\nstatus = 429\nretry_after = 301",
            &[],
            4,
            "pingone_unavailable",
        ),
    ] {
        let rehearsal =
            Rehearsal::with_faults(&fault(faults).repeat(usize::from(!faults.is_empty())));
        let run = rehearsal
            .rows(60)
            .run(&[arguments, &["--summary", "-"]].concat());
        assert_eq!(run.code, Some(exit), "{faults}: {}", run.stderr);
        explained(&rehearsal, &run);
        assert_eq!(pending_code(&run), code, "{faults}");
        let summary = run.summary();
        assert_eq!(summary["stopped"]["code"], code, "{faults}");
        let message = summary["stopped"]["message"].as_str().unwrap();
        let row = run.rows.iter().find(|row| row["outcome"] == "pending");
        assert!(
            row.unwrap()["message"].contains(message),
            "{faults}: {message}"
        );
    }
}

#[test]
fn a_run_that_is_signaled_or_killed_says_so_on_every_row_it_did_not_reach() {
    for (signal, code) in [(Signal::TERM, "signal"), (Signal::KILL, "run_cut_short")] {
        let rehearsal = Rehearsal::with_faults(&fault(
            "on = 'create'\nafter = 6\nstatus = 429\nretry_after = 60",
        ));
        let mut run: Child = rehearsal.rows(20).begin(&["--concurrency", "1"]);
        until(|| rehearsal.stats().answered(Kind::Create, 429) == 1);
        kill_process(Pid::from_child(&run), signal).unwrap();
        run.wait().unwrap();
        let again = rehearsal.bare(&["results", "wave.csv"]).output().unwrap();
        let written = rehearsal.ended(&again).exits(0);
        assert_eq!(pending_code(&written), code);
        explained(&rehearsal, &written);
    }
}

#[test]
fn a_row_that_came_into_the_wave_after_its_last_run_says_so() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3).run(&[]).exits(0);
    let again = rehearsal.rows(5).bare(&["results", "wave.csv"]).output();
    let written = rehearsal.ended(&again.unwrap()).exits(0);
    assert_eq!(pending_code(&written), "not_run_yet");
    explained(&rehearsal, &written);
}

#[test]
fn rows_in_doubt_duplicates_and_wrong_rows_say_what_happened_and_advise() {
    let lost = "on = 'create'\nafter = 1\nwhen = 'after'\ndrop = 'close'";
    let rehearsal =
        Rehearsal::with_faults(&(fault(lost) + &fault("on = 'list'\nafter = 3\nstatus = 503")));
    // The first row again, a wrong phone, and a short row.
    let again = rows(1).split_once('\n').unwrap().1.to_owned();
    let wrong = waves::asking([(9, "123")])
        .split_once('\n')
        .unwrap()
        .1
        .to_owned();
    let wave = rows(4) + &again + &wrong + &format!("{},x\n", user(7));
    let run = rehearsal.wave(&wave).run(&["--concurrency", "1"]);
    explained(&rehearsal, &run);
    for outcome in ["unknown", "duplicate", "invalid"] {
        assert!(run.count(outcome) > 0, "{outcome}: {:?}", run.outcomes());
    }
}

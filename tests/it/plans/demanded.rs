//! A run that is given a plan does exactly what it says.

use std::fs;

use super::{Plan, WRITE, mixed};
use crate::support::rehearsal::{Rehearsal, user};
use crate::support::waves;

const CARRY_OUT: [&str; 2] = ["--plan", "review.plan"];

#[test]
fn a_run_creates_what_its_plan_says_and_shows_its_totals_once_more() {
    let rehearsal = Rehearsal::new();
    Plan::written(rehearsal.rows(9), 0);
    let run = rehearsal.run(&CARRY_OUT).exits(0).has(&[("created", 9)]);
    assert_eq!(rehearsal.creates(), 9);
    let said = "by plan review.plan:\n  create 9 · existing 0 · settle 0 · nothing 0\n  \
                create by policy: ";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert!(
        run.stderr.contains("  create by country: +1 6 · "),
        "{}",
        run.stderr
    );
    rehearsal.writes_results_again();
}

#[test]
fn a_wave_with_another_name_is_the_same_wave() {
    let rehearsal = Rehearsal::new();
    Plan::written(rehearsal.rows(2), 0);
    fs::rename(rehearsal.path("wave.csv"), rehearsal.path("other.csv")).unwrap();
    let words = ["run", "other.csv", "--rate", "max", "--plan", "review.plan"];
    let run = rehearsal.ended(&rehearsal.bare(&words).output().unwrap());
    run.exits(0);
    assert_eq!(rehearsal.creates(), 2);
}

#[test]
fn only_rows_that_are_planned_to_be_created_are_and_no_other_is_asked_for() {
    let (rehearsal, _) = mixed();
    let creates = rehearsal.creates();
    let run = rehearsal.run(&CARRY_OUT).exits(3);
    let told: Vec<_> = { run.rows.iter() }
        .map(|row| (row["outcome"].as_str(), row["code"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("created", ""),
            ("existing", ""),
            ("created", ""),
            ("duplicate", "same_device"),
            ("invalid", "phone_not_allowed"),
            ("rejected", "not_in_plan"),
            ("rejected", "not_in_plan"),
            ("created", ""),
        ]
    );
    assert_eq!(rehearsal.creates() - creates, 2);
    let message = &run.rows[6]["message"];
    assert!(
        message.contains("(rejected, type_not_allowed)"),
        "{message}"
    );
    assert!(message.contains("make a new plan"), "{message}");
    rehearsal.writes_results_again();
    // A run without the plan may.
    let run = rehearsal.run(&[]).exits(4);
    assert_eq!(run.rows[6]["code"], "INVALID_DATA/INVALID_VALUE");
}

#[test]
fn a_row_that_turns_out_otherwise_than_it_was_planned_is_not_created() {
    let (rehearsal, users) = mixed();
    // The device that PingOne had is gone, and the user that it did not know is nobody's business.
    for device in rehearsal.held() {
        if device.user == users[1] {
            let path = format!("/users/{}/devices/{}", device.user, device.id);
            assert_eq!(rehearsal.ask("DELETE", &path, "").status, 204);
        }
    }
    // Somebody else was faster with a row that is to be created.
    rehearsal.pair(&users[4], "WHATSAPP", "+15125551236");
    let creates = rehearsal.creates();
    let run = rehearsal.run(&CARRY_OUT).exits(3);
    assert_eq!(run.rows[1]["outcome"], "rejected");
    assert_eq!(run.rows[1]["code"], "not_in_plan");
    let message = &run.rows[1]["message"];
    assert!(
        message.contains("expects PingOne to list this device"),
        "{message}"
    );
    assert_eq!(run.rows[7]["outcome"], "existing");
    assert_eq!(rehearsal.creates() - creates, 1, "that of row 3 alone");
    rehearsal.writes_results_again();
}

#[test]
fn a_row_planned_to_be_settled_is_looked_at_and_never_sent_again() {
    let rehearsal =
        Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 4\nfirst = 1\nstatus = 503");
    let words = ["--settle", "1h", "--max-duration", "3s"];
    let run = rehearsal.rows(6).run(&words);
    assert_eq!(run.count("unknown"), 1, "{}", run.stderr);
    rehearsal.run(&[&WRITE[..], &["--settle", "1h"]].concat());
    let creates = rehearsal.creates();
    // It has settled by now, and a run without the plan would send it again.
    let run = rehearsal.run(&[&CARRY_OUT[..], &["--settle", "1s"]].concat());
    run.exits(4).has(&[("created", 5), ("unknown", 1)]);
    assert_eq!(rehearsal.creates(), creates);
    rehearsal.run(&[]).exits(0).has(&[("created", 6)]);
    assert_eq!(rehearsal.creates(), creates + 1);
}

#[test]
fn a_row_planned_to_be_settled_whose_device_is_there_is_created() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 4\nfirst = 1\nwhen = 'after'\nstatus = 503\n\
         [[fault]]\non = 'list'\nstale_listing = '1h'",
    );
    let words = ["--settle", "1h", "--max-duration", "3s"];
    let run = rehearsal.rows(6).run(&words);
    assert_eq!(run.count("unknown"), 1, "{}", run.stderr);
    rehearsal.mend();
    rehearsal.run(&[&WRITE[..], &["--settle", "1h"]].concat());
    let plan = Plan::read(&rehearsal.path("review.plan"));
    assert_eq!(plan.head()["totals"]["settle"], 1);
    let run = rehearsal.run(&CARRY_OUT);
    run.exits(0).has(&[("created", 6)]);
    assert_eq!(rehearsal.creates(), 6);
}

#[test]
fn a_plan_for_a_run_without_first_looks_leaves_what_it_does_not_create() {
    let rehearsal = Rehearsal::new();
    rehearsal.pair(&user(1), "WHATSAPP", "+15125551231");
    rehearsal.wave(&waves::asking([(1, "+15125551231"), (2, "+15125551232")]));
    rehearsal.run(&[&WRITE[..], &["--existing", "unchecked"]].concat());
    let run = rehearsal.run(&[&CARRY_OUT[..], &["--existing", "unchecked"]].concat());
    run.exits(0).has(&[("existing", 1), ("created", 1)]);
    assert_eq!(rehearsal.stats().most_per_key, 1);
}

//! One 429 slows every row, and no row is lost by it.

use std::time::Duration;

use wavepair::sandbox::Options;
use wavepair::sandbox::routes::Kind;

use crate::support::rehearsal::Rehearsal;

#[test]
fn a_server_slower_than_the_pace_is_obeyed_and_loses_no_row() {
    let rehearsal = Rehearsal::with(Options {
        rate_limit: Some(40.0),
        ..Options::default()
    });
    let run = rehearsal
        .rows(60)
        .run(&["--rate", "100/s", "--summary", "-"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 60),
        "{}",
        run.stderr
    );
    let stats = rehearsal.stats();
    assert!(
        stats.answered(Kind::Create, 429) + stats.answered(Kind::List, 429) > 0,
        "it was too fast at first"
    );
    assert_eq!(
        stats.before_retry_after, 0,
        "nothing is sent inside a pause"
    );
    assert!(run.summary()["throttled"].as_u64() > Some(0));
    rehearsal.check(&run, 60);
}

#[test]
fn every_form_of_retry_after_is_waited_out_and_costs_no_attempt() {
    for form in [
        "retry_after = 1",
        "retry_after = 0",
        "retry_after = 'soon'",
        "retry_after = '-1'",
        "code = 'REQUEST_LIMITED'",
    ] {
        let rehearsal = Rehearsal::with_faults(&format!(
            "[[fault]]\non = 'create'\nafter = 1\nfirst = 1\nstatus = 429\n{form}"
        ));
        let run = rehearsal.rows(3).run(&["--attempts", "1"]);
        assert_eq!(
            (run.code, run.count("created")),
            (Some(0), 3),
            "{form}: {}",
            run.stderr
        );
        rehearsal.check(&run, 3);
    }
}

#[test]
fn a_pause_that_the_listing_is_told_holds_the_creates_too() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'list'\nafter = 5\nfirst = 1\nstatus = 429\nretry_after = 1",
    );
    let run = rehearsal
        .rows(20)
        .run(&["--canary", "0", "--concurrency", "4"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 20),
        "{}",
        run.stderr
    );
    rehearsal.check(&run, 20);
}

#[test]
fn no_more_requests_are_in_flight_than_allowed() {
    let rehearsal = Rehearsal::with(Options {
        latency: Duration::from_millis(20),
        ..Options::default()
    });
    let run = rehearsal
        .rows(60)
        .run(&["--canary", "0", "--concurrency", "7"]);
    assert_eq!(run.count("created"), 60);
    assert_eq!(rehearsal.stats().peak_in_flight, 7);
}

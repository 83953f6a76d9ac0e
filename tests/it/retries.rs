//! What is tried again after it failed: never anything that may have made a device.

use wavepair::testing::sandbox::Kind;

use crate::support::faults::{each_user_once, fault};
use crate::support::rehearsal::{NOBODY, Rehearsal, user};
use crate::support::waves;

#[test]
fn an_answer_that_leaves_it_open_is_looked_into_and_nothing_is_repeated() {
    let answers = [500, 501, 502, 503, 504, 520, 408, 202]
        .map(|status| format!("when = 'after'\nstatus = {status}\nbody = 'html'"));
    let faults = each_user_once("create", &answers.each_ref().map(String::as_str));
    let rehearsal = Rehearsal::with_faults(&faults);
    let run = rehearsal.rows(8).run(&["--canary", "0"]).exits(0);
    assert_eq!(run.outcomes(), ["created"; 8]);
    assert_eq!(run.column("attempts"), ["1"; 8]);
    assert_eq!(rehearsal.creates(), 8);
}

#[test]
fn a_refusal_is_not_repeated_in_the_run_and_is_tried_again_by_the_next() {
    for (status, exit, outcome) in [
        (400, 3, "rejected"),
        (422, 3, "rejected"),
        (403, 4, "failed"),
        (404, 4, "failed"),
        (410, 4, "failed"),
        (423, 4, "failed"),
    ] {
        let once = fault(&format!("on = 'create'\nfirst = 1\nstatus = {status}"));
        let rehearsal = Rehearsal::with_faults(&once);
        let run = rehearsal.rows(1).run(&[]).exits(exit);
        assert_eq!(run.outcomes(), [outcome], "{status}");
        assert_eq!(rehearsal.creates(), 1, "{status}");
        rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
        assert_eq!(rehearsal.creates(), 2, "{status}");
    }
}

#[test]
fn a_request_that_is_the_same_mistake_for_every_row_stops_the_run_at_once() {
    for status in [405, 411, 413, 414, 415, 431, 505] {
        let always = fault(&format!("on = 'create'\nstatus = {status}"));
        let rehearsal = Rehearsal::with_faults(&always);
        let run = rehearsal.rows(8).run(&[]).exits(1);
        assert_eq!(
            (run.count("failed"), run.count("pending")),
            (1, 7),
            "{status}"
        );
        assert_eq!(rehearsal.creates(), 1, "{status}");
    }
}

#[test]
fn a_listing_that_tells_nothing_is_asked_for_again_before_any_create() {
    let bad = [
        "status = 503",
        "status = 500\nbody = 'html'",
        "drop = 'close'",
        "drop = 'reset'\nwhen = 'after'",
        "body = 'cut'\nwhen = 'after'",
        "status = 200\nbody = 'html'",
        "status = 200\nbody = 'empty'",
        "status = 200\ntext = 'null'",
        "status = 200\ntext = '{\"_embedded\": {}}'",
        "status = 200\ntext = '{\"_embedded\": {\"devices\": []}, \"_links\": {\"next\": {\"href\": \"x\"}}}'",
    ];
    let rehearsal = Rehearsal::with_faults(&each_user_once("list", &bad));
    rehearsal.wave(&waves::of(10));
    for number in 0..10 {
        let theirs = format!("+1 (512) 555-{number:04}");
        rehearsal.pair(&user(number), "WHATSAPP", &theirs);
    }
    rehearsal
        .run(&["--canary", "0"])
        .exits(0)
        .has(&[("existing", 10)]);
    assert_eq!(rehearsal.stats().requests_of(Kind::List), 20);
    assert_eq!(rehearsal.creates(), 10, "the test's own alone");
}

#[test]
fn a_connection_that_fails_is_tried_as_often_as_told_and_its_row_fails() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.set("WAVEPAIR_API_URL", &format!("http://{NOBODY}/v1"));
    let arguments = [
        "--existing",
        "unchecked",
        "--attempts",
        "2",
        "--summary",
        "-",
    ];
    let run = rehearsal.rows(1).run(&arguments).exits(4);
    assert_eq!(run.outcomes(), ["failed"]);
    assert_eq!(run.column("attempts"), ["2"]);
    assert_eq!(run.summary()["requests"]["create"], 2);
    assert_eq!(run.summary()["retries"], 1);
}

#[test]
fn of_many_rows_that_fail_in_many_ways_each_ends_in_its_own() {
    let faults = each_user_once(
        "create",
        &[
            "status = 400",
            "status = 423",
            "status = 503\nwhen = 'after'",
            "drop = 'reset'\nwhen = 'after'",
            "status = 409\nwhen = 'after'",
            "status = 201\nbody = 'cut'\nwhen = 'after'",
        ],
    );
    let rehearsal = Rehearsal::with_faults(&faults);
    let run = rehearsal.rows(8).run(&["--canary", "0"]).exits(4);
    assert_eq!(
        run.outcomes(),
        [
            "rejected", "failed", "created", "created", "existing", "created", "created", "created"
        ]
    );
    rehearsal.check(&run, 8);
}

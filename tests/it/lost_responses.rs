//! The answer is lost: ask, never send again blindly. This is why the tool exists.

use wavepair::testing::sandbox::{Duplicates, Options};

use crate::support::faults::{each_user_once, fault};
use crate::support::rehearsal::{Rehearsal, until, user};
use crate::support::waves;

#[test]
fn a_device_whose_answer_was_lost_is_found_and_never_created_twice() {
    for fault in [
        "drop = 'close'",
        "drop = 'reset'",
        "status = 500",
        "status = 502\nbody = 'html'",
        "status = 504",
        "status = 408",
        "body = 'cut'",
        "status = 201\nbody = 'html'",
        "status = 202\nbody = 'empty'",
        "status = 400\nbody = 'html'",
    ] {
        let rehearsal = Rehearsal::with_faults(&format!(
            "[[fault]]\non = 'create'\nevery = 3\nfirst = 6\nwhen = 'after'\n{fault}"
        ));
        let run = rehearsal.rows(8).run(&[]);
        assert_eq!(
            (run.code, run.count("created")),
            (Some(0), 8),
            "{fault}: {}",
            run.stderr
        );
        rehearsal.check(&run, 8);
        assert_eq!(rehearsal.creates(), 8, "{fault}: nothing is sent again");
    }
}

#[test]
fn a_stalled_answer_is_given_up_and_its_device_found() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nfirst = 1\nwhen = 'after'\nstall = '20s'",
    );
    let run = rehearsal.rows(3).run(&["--timeout", "500ms"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 3),
        "{}",
        run.stderr
    );
    assert_eq!(rehearsal.creates(), 3);
}

#[test]
fn a_lost_request_is_unknown_until_it_has_settled_then_created_by_a_run() {
    let rehearsal =
        Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 4\nfirst = 1\nstatus = 503");
    // The run may not last until the request has settled, so the row stays unknown.
    let first = rehearsal
        .rows(6)
        .run(&["--settle", "1h", "--max-duration", "3s"]);
    assert_eq!(first.count("unknown"), 1, "{}", first.stderr);
    assert_eq!(rehearsal.creates(), 6);
    rehearsal.check(&first, 6);
    let second = rehearsal.run(&["--settle", "1s"]);
    assert_eq!(
        (second.code, second.count("created")),
        (Some(0), 6),
        "{}",
        second.stderr
    );
    assert_eq!(rehearsal.creates(), 7, "once more, and once only");
    rehearsal.check(&second, 6);
}

#[test]
fn lost_and_refused_creates_among_300_leave_nothing_lost_and_none_twice() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nprobability = 0.10\nstatus = 503\n\
         [[fault]]\non = 'create'\nprobability = 0.05\ndrop = 'close'\n\
         [[fault]]\non = 'create'\nprobability = 0.02\nstatus = 429\nretry_after = 1\n",
    );
    let first = rehearsal.rows(300).run(&["--canary", "0"]);
    rehearsal.check(&first, 300);
    let second = rehearsal.run(&["--canary", "0"]);
    rehearsal.check(&second, 300);
    assert_eq!(
        (second.code, second.count("created")),
        (Some(0), 300),
        "{}",
        second.stderr
    );
    assert_eq!(rehearsal.held().len(), 300);
}

#[test]
fn one_answer_in_seven_lost_after_the_device_was_stored_makes_no_second() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nprobability = 0.15\nwhen = 'after'\ndrop = 'reset'\n",
    );
    let run = rehearsal.rows(300).run(&["--canary", "0"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 300),
        "{}",
        run.stderr
    );
    assert_eq!(rehearsal.creates(), 300);
    rehearsal.check(&run, 300);
}

#[test]
fn a_request_that_takes_effect_after_its_connection_died_is_waited_for() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nevery = 2\nzombie = '300ms'\n\
         [[fault]]\non = 'list'\nprobability = 0.5\nstale_listing = '200ms'\n",
    );
    let run = rehearsal.rows(20).run(&["--canary", "0"]);
    rehearsal.check(&run, 20);
    let again = rehearsal.run(&["--canary", "0"]);
    rehearsal.check(&again, 20);
    assert_eq!(rehearsal.held().len(), 20);
    assert_eq!(again.count("created"), 20, "{}", again.stderr);
}

#[test]
fn a_listing_that_tells_nothing_is_never_taken_for_an_absence() {
    for fault in [
        "status = 500",
        "body = 'cut'\nwhen = 'after'",
        "body = 'html'\nstatus = 200",
        "drop = 'close'",
    ] {
        let rehearsal = Rehearsal::with_faults(&format!(
            "[[fault]]\non = 'create'\nfirst = 1\nwhen = 'after'\ndrop = 'close'\n\
             [[fault]]\non = 'list'\nafter = 1\nfirst = 2\n{fault}\n"
        ));
        let run = rehearsal.rows(1).run(&[]);
        assert_eq!(
            (run.code, run.outcomes()),
            (Some(0), vec!["created"]),
            "{fault}: {}",
            run.stderr
        );
        assert_eq!(rehearsal.creates(), 1, "{fault}");
    }
}

#[test]
fn a_conflict_about_our_own_lost_device_ends_as_created() {
    for duplicates in [Duplicates::Refuse400, Duplicates::Refuse409] {
        // The device lands long after two looks did not show it, and the second request meets it.
        let faults = "[[fault]]\non = 'create'\nfirst = 1\nwhen = 'after'\ndrop = 'close'\n\
                      [[fault]]\non = 'list'\nafter = 1\nfirst = 2\nstale_listing = '1m'\n";
        let rehearsal = Rehearsal::with(Options {
            duplicates,
            faults: faults.parse().unwrap(),
            ..Options::default()
        });
        let run = rehearsal.rows(1).run(&[]);
        assert_eq!(
            (run.code, run.outcomes()),
            (Some(0), vec!["created"]),
            "{}",
            run.stderr
        );
        rehearsal.check(&run, 1);
    }
}

#[test]
fn an_answer_about_another_device_stops_the_run() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 2\nfirst = 1\nwhen = 'after'\nother_user = true\n",
    );
    let run = rehearsal.rows(10).run(&[]);
    assert_eq!(run.code, Some(5), "{}", run.stderr);
    assert!(run.count("pending") >= 6, "{:?}", run.outcomes());
    rehearsal.check(&run, 10);
    assert!(rehearsal.creates() <= 4);
}

#[test]
fn a_201_is_a_device_however_its_body_ends() {
    let bodies =
        ["cut", "endless", "html", "empty"].map(|body| format!("when = 'after'\nbody = '{body}'"));
    let faults = each_user_once("create", &bodies.each_ref().map(String::as_str));
    let rehearsal = Rehearsal::with_faults(&faults);
    let run = rehearsal.rows(4).run(&["--canary", "0"]).exits(0);
    assert_eq!(run.outcomes(), ["created"; 4]);
    assert_eq!(rehearsal.creates(), 4);
    rehearsal.check(&run, 4);
}

#[test]
fn a_later_run_that_may_not_send_again_yet_sends_nothing() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nfirst = 1\nstatus = 503"));
    rehearsal.rows(1);
    for _ in 0..2 {
        rehearsal
            .run(&["--settle", "1h", "--max-duration", "1s"])
            .exits(7)
            .has(&[("unknown", 1)]);
        assert_eq!(rehearsal.creates(), 1);
    }
    rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
}

#[test]
fn a_zombie_that_outlives_its_run_is_found_by_the_next() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nzombie = '1500ms'"));
    rehearsal
        .rows(3)
        .run(&["--canary", "0", "--settle", "1h", "--max-duration", "1s"])
        .exits(7)
        .has(&[("unknown", 3)]);
    until(|| rehearsal.held().len() == 3);
    let run = rehearsal.run(&[]).exits(0).has(&[("created", 3)]);
    assert_eq!(rehearsal.creates(), 3);
    rehearsal.check(&run, 3);
}

#[test]
fn a_device_that_pingone_has_already_is_anothers_if_nothing_was_lost() {
    for duplicates in [Duplicates::Refuse400, Duplicates::Refuse409] {
        let rehearsal = Rehearsal::with(Options {
            duplicates,
            ..Options::default()
        });
        rehearsal.wave(&waves::of(2));
        rehearsal.pair(&user(0), "WHATSAPP", "+1 (512) 555-0000");
        let run = rehearsal.run(&["--existing", "unchecked"]).exits(0);
        assert_eq!(run.outcomes(), ["existing", "created"], "{duplicates:?}");
        rehearsal.check(&run, 2);
    }
}

#[test]
fn our_own_lost_device_is_created_though_it_took_runs_to_see_it() {
    for duplicates in [Duplicates::Refuse400, Duplicates::Refuse409] {
        let faults = fault("on = 'create'\nfirst = 1\nwhen = 'after'\ndrop = 'reset'")
            + &fault("on = 'list'\nstale_listing = '1h'");
        let rehearsal = Rehearsal::with(Options {
            duplicates,
            faults: faults.parse().unwrap(),
            ..Options::default()
        });
        let first = rehearsal.rows(1).run(&[]);
        assert!(
            rehearsal.creates() > 1,
            "it was never refused: {duplicates:?}"
        );
        assert_eq!(
            first.count("created"),
            0,
            "nothing shows it: {duplicates:?}"
        );
        rehearsal.mend();
        let second = rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
        rehearsal.check(&second, 1);
    }
}

//! A 429 slows the requests of its kind and no others, and no row is lost by it.

use std::sync::mpsc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use wavepair::testing::sandbox::{Kind, Options};

use crate::support::faults::fault;
use crate::support::rehearsal::Rehearsal;
use crate::support::tampering_proxy::Then;

#[test]
fn a_server_slower_than_the_pace_is_obeyed_and_loses_no_row() {
    let rehearsal = Rehearsal::with(Options {
        rate_limit: Some(5.0),
        ..Options::default()
    });
    let run = rehearsal
        .rows(25)
        .run(&["--concurrency", "1", "--summary", "-"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 25),
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
    rehearsal.check(&run, 25);
}

#[test]
fn every_form_of_retry_after_is_waited_out_and_costs_no_attempt() {
    for form in [
        "retry_after = 1",
        "retry_after = 0",
        "retry_after = 'soon'",
        "retry_after = '-1'",
        "code = 'REQUEST_LIMITED'",
        "body = 'gateway'",
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
fn a_listing_that_is_told_to_pause_is_listed_again() {
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

#[test]
fn nothing_is_sent_while_pingone_asks_to_wait_in_seconds_or_until_a_date() {
    for (on, wait) in [
        ("create", "retry_after = 2"),
        ("create", "retry_after_date = 2"),
        ("list", "retry_after = 1"),
    ] {
        let once = format!("on = '{on}'\nafter = 3\nfirst = 1\nstatus = 429\n{wait}");
        let rehearsal = Rehearsal::with_faults(&fault(&once));
        rehearsal
            .rows(12)
            .run(&["--concurrency", "1"])
            .exits(0)
            .has(&[("created", 12)]);
        let stats = rehearsal.stats();
        assert_eq!(stats.before_retry_after, 0, "{on}: {wait}");
        let throttled = stats.answered(Kind::Create, 429) + stats.answered(Kind::List, 429);
        assert_eq!(throttled, 1, "{on}: {wait}");
    }
}

#[test]
fn one_429_holds_its_kind_alone_and_only_what_was_on_its_way_still_comes() {
    let (creates, lists) = inside_a_pause_for("create");
    assert!(creates < 8, "{creates} creates after the pause was heard");
    assert!(lists > 0, "no listing was sent beside it");
    let (creates, lists) = inside_a_pause_for("list");
    assert!(lists < 8, "{lists} listings after the pause was heard");
    assert!(creates > 0, "a create was held by a listing");
}

/// How many creates and listings are sent inside a pause that one of a kind was told.
fn inside_a_pause_for(kind: &str) -> (usize, usize) {
    let once = format!("on = '{kind}'\nafter = 20\nfirst = 1\nstatus = 429\nretry_after = 1");
    let mut rehearsal = Rehearsal::with_faults(&fault(&once));
    let (tell, told) = mpsc::channel();
    let _proxy = rehearsal.behind(move |request, _| {
        if !request.is_token() {
            let sent = (wavepair::testing::clock::wall(), request.is_create());
            tell.send(sent).unwrap();
        }
        Then::LetThrough
    });
    rehearsal
        .rows(40)
        .run(&[
            "--canary",
            "0",
            "--concurrency",
            "8",
            "-vv",
            "--log-file",
            "run.log",
        ])
        .exits(0)
        .has(&[("created", 40)]);
    // From the moment on at which the pause was heard, which is later than it was asked for.
    let log = String::from_utf8(rehearsal.bytes("run.log")).unwrap();
    let held = log
        .lines()
        .find(|line| line.contains("PingOne asks to wait"))
        .unwrap();
    let held: Value = serde_json::from_str(held).unwrap();
    // The log cuts its times off at the millisecond.
    let heard: Timestamp = held["time"].as_str().unwrap().parse().unwrap();
    let heard = heard + Duration::from_millis(1);
    let until = heard + Duration::from_millis(900);
    let inside = told
        .try_iter()
        .filter(|(at, _)| (heard..until).contains(at));
    let (creates, lists): (Vec<_>, Vec<_>) = inside.partition(|(_, is_create)| *is_create);
    (creates.len(), lists.len())
}

#[test]
fn the_pace_is_kept_from_the_first_request_on() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(10);
    let start = wavepair::testing::clock::now();
    rehearsal.run(&["--rate", "20/s"]).exits(0);
    // Twenty requests, at most five of them in one go: fifteen twentieths of a second.
    let took = wavepair::testing::clock::now().duration_since(start);
    assert!(took.as_millis() >= 700, "{took:?}");
}

#[test]
fn a_429_to_the_look_for_a_lost_answer_is_waited_out_and_is_no_absence() {
    let rehearsal = Rehearsal::with_faults(
        &[
            fault("on = 'create'\nafter = 1\nfirst = 1\nwhen = 'after'\ndrop = 'close'"),
            fault("on = 'list'\nfirst = 2\nstatus = 429\nretry_after = 1"),
        ]
        .concat(),
    );
    let run = rehearsal
        .rows(3)
        .run(&["--existing", "unchecked", "--settle", "1s"])
        .exits(0)
        .has(&[("created", 3)]);
    rehearsal.check(&run, 3);
    let stats = rehearsal.stats();
    assert_eq!(stats.answered(Kind::List, 429), 2);
    assert_eq!(stats.before_retry_after, 0);
    assert_eq!(rehearsal.creates(), 3, "found, and not asked for again");
}

#[test]
fn a_share_of_what_the_license_lets_through_is_the_ceiling() {
    let rehearsal = Rehearsal::with(Options {
        rate_limit: Some(40.0),
        ..Options::default()
    });
    let run = rehearsal.rows(4).run(&["--rate", "35%"]).exits(0);
    let pace = "at most 14 requests/s";
    assert!(run.stderr.contains(pace), "{}", run.stderr);
}

#[test]
fn a_share_of_what_cannot_be_read_is_refused_before_any_row_is_sent() {
    let hidden = fault("on = 'capabilities'\nstatus = 403");
    let rehearsal = Rehearsal::with_faults(&hidden);
    let run = rehearsal.rows(4).run(&["--rate", "35%"]).exits(2);
    for said in ["`--rate 35%` is a share", "`--rate auto`"] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let stats = rehearsal.stats();
    let sent = [Kind::List, Kind::Create].map(|kind| stats.requests_of(kind));
    assert_eq!(sent, [0, 0]);
}

#[test]
fn a_rate_that_was_refused_not_long_ago_is_begun_below_and_tells_the_time() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(1).run(&[]).exits(0);
    let ledger = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    let refused = ledger.execute(
        "INSERT INTO paces (host, environment, rate_group, rate, found_at)
         SELECT api_host, environment, 'creates', 5000, ?1 FROM binding",
        [wavepair::testing::clock::wall().as_millisecond()],
    );
    assert_eq!(refused, Ok(1), "5/s");
    drop(ledger);
    let run = rehearsal.rows(6).run(&["--rate", "auto", "--summary", "-"]);
    let said = "below the 5 creates/s that PingOne refused not long ago";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(summary["pace"]["creates"]["first"], 4.0, "{summary}");
    assert_eq!(summary["outcomes"]["created"], 6, "{summary}");
}

#[test]
fn a_quota_that_is_used_up_stops_the_run_and_says_until_when() {
    let reset = Timestamp::from_second(4_000_000_000).unwrap();
    let body = format!(
        r#"{{"code": "REQUEST_LIMITED", "message": "m", "details":
            [{{"code": "QUOTA_EXCEEDED", "innerError": {{"quotaResetTime": "{reset}"}}}}]}}"#
    );
    let used_up = format!("on = 'create'\nafter = 2\nstatus = 429\ntext = '''{body}'''");
    let rehearsal = Rehearsal::with_faults(&fault(&used_up));
    let run = rehearsal.rows(9).run(&[]).exits(4);
    assert_eq!((run.count("created"), run.count("unknown")), (2, 1));
    for said in [
        "stopped: PingOne asks to wait until ",
        "PingOne lets nothing through before ",
    ] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

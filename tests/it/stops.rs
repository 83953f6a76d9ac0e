//! What ends a run early, what it says then, and what the next run finds.

use std::net::TcpListener;
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};
use wavepair::testing::sandbox::{Kind, Options};

use crate::support::rehearsal::{Ended, NOBODY, Rehearsal, until};

fn signal(run: &Child, signal: Signal) {
    kill_process(Pid::from_child(run), signal).unwrap();
}

/// Starts a run, lets a few creates happen, does something to it, and waits for its end.
fn interrupted(rehearsal: &Rehearsal, arguments: &[&str], act: impl FnOnce(&mut Child)) -> Ended {
    let mut run = rehearsal.begin(arguments);
    rehearsal.wait_for_creates(10, &mut run);
    act(&mut run);
    let output = run.wait_with_output().unwrap();
    rehearsal.ended(&output)
}

#[test]
fn a_signal_drains_the_run_and_the_next_one_goes_on() {
    for (number, code) in [
        (Signal::INT, 130),
        (Signal::TERM, 143),
        (Signal::HUP, 143),
        (Signal::QUIT, 143),
    ] {
        let rehearsal = Rehearsal::new();
        rehearsal.rows(200);
        let stopped = interrupted(&rehearsal, &["--rate", "50/s"], |run| signal(run, number));
        assert_eq!(stopped.code, Some(code), "{}", stopped.stderr);
        rehearsal.check(&stopped, 200);
        assert!(stopped.count("pending") > 0 && stopped.count("created") >= 10);
        assert_eq!(
            stopped.count("unknown"),
            0,
            "what was on the wire was waited for"
        );
        assert!(
            stopped.stderr.contains("run wave.csv"),
            "the command that goes on: {}",
            stopped.stderr
        );
        let end = rehearsal.run(&[]);
        assert_eq!(
            (end.code, end.count("created")),
            (Some(0), 200),
            "{}",
            end.stderr
        );
        rehearsal.check(&end, 200);
        assert_eq!(rehearsal.creates(), 200, "nothing was sent twice");
    }
}

#[test]
fn a_second_signal_leaves_at_once_and_nothing_is_lost_by_it() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 10\nfirst = 3\nwhen = 'after'\ndelay = '20s'",
    );
    rehearsal.rows(30);
    let stopped = interrupted(&rehearsal, &["--canary", "0"], |run| {
        rehearsal.wait_for_creates(11, run);
        // Two different ones, since two alike may arrive as one.
        signal(run, Signal::TERM);
        signal(run, Signal::INT);
    });
    assert!(
        matches!(stopped.code, Some(130 | 143)),
        "{:?}",
        stopped.code
    );
    let end = rehearsal.run(&["--canary", "0"]);
    rehearsal.check(&end, 30);
    assert_eq!(
        (end.code, end.count("created")),
        (Some(0), 30),
        "{}",
        end.stderr
    );
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_with_every_device_once() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nprobability = 0.1\nwhen = 'after'\ndrop = 'reset'\n\
         [[fault]]\non = 'create'\nprobability = 0.1\nstatus = 503\n",
    );
    rehearsal.rows(120);
    for kill_at in [1, 7, 20, 45, 80, 110] {
        let mut run = rehearsal.begin(&["--canary", "0"]);
        rehearsal.wait_for_creates(kill_at, &mut run);
        run.kill().unwrap();
        run.wait().unwrap();
        assert!(rehearsal.stats().most_per_key <= 1);
    }
    let mut end = rehearsal.run(&["--canary", "0"]);
    for _ in 0..5 {
        if end.code == Some(0) {
            break;
        }
        end = rehearsal.run(&["--canary", "0"]);
    }
    rehearsal.check(&end, 120);
    assert_eq!(
        (end.code, rehearsal.held().len()),
        (Some(0), 120),
        "{}",
        end.stderr
    );
}

#[test]
fn a_limit_a_time_or_too_many_errors_leave_the_rest_pending() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(40);
    let limited = rehearsal.run(&["--limit", "7", "--canary", "0"]);
    assert_eq!(
        (limited.code, limited.count("created")),
        (Some(7), 7),
        "{}",
        limited.stderr
    );
    assert_eq!(rehearsal.creates(), 7);
    rehearsal.check(&limited, 40);
    let late = rehearsal.run(&["--max-duration", "200ms", "--rate", "10/s"]);
    assert_eq!(late.code, Some(7), "{}", late.stderr);
    assert!(late.count("pending") > 20);
    assert_eq!(rehearsal.creates(), late.count("created") as u64);
}

#[test]
fn too_many_bad_rows_stop_the_run() {
    let rehearsal = Rehearsal::new();
    let mut wave = crate::support::rehearsal::rows(3);
    wave.push_str("x,y,z\n".repeat(5).as_str());
    wave.push_str(
        crate::support::rehearsal::rows(30)
            .lines()
            .skip(4)
            .collect::<Vec<_>>()
            .join("\n")
            .as_str(),
    );
    wave.push('\n');
    let run = rehearsal.wave(&wave).run(&["--max-errors", "3"]);
    assert_eq!(run.code, Some(5), "{}", run.stderr);
    assert!(run.count("pending") > 0);
    rehearsal.check(&run, 35);
}

#[test]
fn a_misconfigured_run_costs_a_handful_of_creates_and_says_why() {
    for (fault, most, code, said) in [
        ("on = 'create'\nstatus = 400", 5, 5, "INVALID_REQUEST"),
        ("on = 'create'\nstatus = 403", 3, 5, "Identity Data Admin"),
        ("on = 'create'\nstatus = 404", 5, 5, "404"),
        ("on = 'create'\nstatus = 415", 1, 1, "415"),
        ("on = 'create'\nstatus = 500", 20, 4, "failed"),
        ("on = 'create'\ndrop = 'close'", 20, 4, "failed"),
        (
            "on = 'create'\nstatus = 200\nbody = 'html'",
            3,
            5,
            "did not come from PingOne",
        ),
    ] {
        let rehearsal = Rehearsal::with_faults(&format!("[[fault]]\n{fault}"));
        let run = rehearsal.rows(60).run(&[]);
        assert_eq!(run.code, Some(code), "{fault}: {}", run.stderr);
        assert!(
            rehearsal.creates() <= most,
            "{fault}: {} creates",
            rehearsal.creates()
        );
        assert!(
            run.stderr.replace("\n  ", " ").contains(said),
            "{fault}: {}",
            run.stderr
        );
        rehearsal.check(&run, 60);
        assert!(run.count("pending") >= 40, "{fault}");
    }
}

#[test]
fn a_policy_that_is_withdrawn_in_the_middle_stops_the_run_within_ten_rows() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 9\nstatus = 400");
    let run = rehearsal.rows(60).run(&["--concurrency", "1"]);
    assert_eq!(run.code, Some(5), "{}", run.stderr);
    assert_eq!((run.count("created"), run.count("rejected")), (9, 10));
}

#[test]
fn a_role_withdrawn_in_the_middle_stops_the_run_and_the_next_one_goes_on() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 20\nstatus = 403");
    let run = rehearsal
        .rows(60)
        .run(&["--concurrency", "1"])
        .exits(5)
        .has(&[("created", 20), ("failed", 10), ("pending", 30)]);
    rehearsal.check(&run, 60);
    rehearsal.mend();
    let run = rehearsal.run(&[]).exits(0).has(&[("created", 60)]);
    rehearsal.check(&run, 60);
}

#[test]
fn one_bad_row_in_ten_stops_nothing() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nevery = 10\nstatus = 400");
    let run = rehearsal.rows(100).run(&[]);
    assert_eq!(
        (run.code, run.count("rejected")),
        (Some(3), 10),
        "{}",
        run.stderr
    );
    rehearsal.check(&run, 100);
}

#[test]
fn a_redirect_is_never_followed() {
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let location = format!("http://{}/v1/elsewhere", trap.local_addr().unwrap());
    for (kind, status) in [
        ("create", 301),
        ("create", 302),
        ("create", 303),
        ("create", 307),
        ("create", 308),
        ("list", 307),
        ("token", 307),
    ] {
        let rehearsal = Rehearsal::with_faults(&format!(
            "[[fault]]\non = '{kind}'\nstatus = {status}\nlocation = '{location}'"
        ));
        let run = rehearsal.rows(5).run(&[]);
        assert_eq!(run.code, Some(5), "{kind} {status}: {}", run.stderr);
        assert!(rehearsal.creates() <= 1, "{kind} {status}");
        assert!(
            trap.accept().is_err(),
            "{kind} {status}: the trap was visited"
        );
        rehearsal.check(&run, 5);
    }
}

#[test]
fn a_sign_in_page_stops_the_run_at_once_and_the_row_is_settled_later() {
    for on in ["create", "list", "token"] {
        let fault = format!("[[fault]]\non = '{on}'\nfirst = 1\nstatus = 511\nbody = 'html'");
        let rehearsal = Rehearsal::with_faults(&fault);
        let run = rehearsal.rows(5).run(&["--settle", "1s"]).exits(5);
        let hint = "sign in to the network";
        assert!(run.said().contains(hint), "{on}: {}", run.stderr);
        let stopped = run.count("unknown") + run.count("failed") + run.count("pending");
        assert_eq!(stopped, 5, "{on}: {:?}", run.outcomes());
        if on != "token" {
            assert_eq!(run.column("code")[0], "captive_portal");
        }
        rehearsal
            .run(&["--settle", "1s"])
            .exits(0)
            .has(&[("created", 5)]);
    }
}

#[test]
fn an_address_with_a_wrong_path_is_named_where_no_user_is_found_there() {
    let mut rehearsal = Rehearsal::new();
    let wrong = format!("http://{}/v2", rehearsal.sandbox().address());
    rehearsal.set("WAVEPAIR_API_URL", &wrong);
    let run = rehearsal.rows(6).run(&[]).exits(5);
    assert!(
        run.said().contains(&format!("{wrong}/v1")),
        "{}",
        run.stderr
    );
    assert!(run.said().contains("some minutes ago"), "{}", run.stderr);
}

#[test]
fn a_server_that_asks_for_more_than_five_minutes_ends_the_run() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 6\nstatus = 429\nretry_after = 301",
    );
    let run = rehearsal
        .rows(20)
        .run(&["--canary", "0", "--concurrency", "1"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(4), 6),
        "{}",
        run.stderr
    );
    let said = "stopped: PingOne asks to wait until ";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn a_host_that_is_not_there_costs_no_row() {
    let mut rehearsal = Rehearsal::with(Options::default());
    rehearsal.set("WAVEPAIR_API_URL", &format!("http://{NOBODY}/v1"));
    let run = rehearsal.rows(30).run(&[]);
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    assert_eq!(
        run.count("created") + run.count("unknown"),
        0,
        "{:?}",
        run.outcomes()
    );
    assert_eq!(run.rows.len(), 30);
    assert_eq!(rehearsal.stats().requests_of(Kind::Create), 0);
}

#[test]
fn a_run_that_waits_to_ask_for_a_token_again_stops_when_it_is_told_to() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'token'\nfirst = 1\nstatus = 503\nretry_after = 45",
    );
    rehearsal.rows(3);
    let run = rehearsal.begin(&[]);
    until(|| rehearsal.stats().requests_of(Kind::Token) == 1);
    signal(&run, Signal::TERM);
    let stopped = rehearsal.ended(&run.wait_with_output().unwrap());
    stopped.exits(143).has(&[("pending", 3)]);
    assert_eq!(rehearsal.stats().requests_of(Kind::Token), 1);
}

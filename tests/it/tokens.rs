//! The access token: fetched once, renewed early, and not used again once it is refused.

use std::time::Duration;

use wavepair::testing::sandbox::{Kind, Options};

use crate::support::faults::fault;
use crate::support::rehearsal::Rehearsal;
use crate::support::tap::Tap;

#[test]
fn one_token_serves_all_rows() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.rows(100).run(&["--canary", "0"]);
    assert_eq!(run.count("created"), 100);
    assert_eq!(rehearsal.stats().tokens_issued, 1);
}

#[test]
fn a_short_lived_token_is_renewed_before_it_ends_and_no_row_notices() {
    let rehearsal = Rehearsal::with(Options {
        token_life: Duration::from_secs(2),
        ..Options::default()
    });
    let run = rehearsal.rows(60).run(&["--rate", "30/s", "--canary", "0"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 60),
        "{}",
        run.stderr
    );
    let stats = rehearsal.stats();
    assert!(
        (2..=5).contains(&stats.tokens_issued),
        "{}",
        stats.tokens_issued
    );
    assert_eq!(
        stats.answered(Kind::Create, 401) + stats.answered(Kind::List, 401),
        0
    );
}

#[test]
fn a_revoked_token_is_replaced_once_and_every_row_goes_on() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 10\nfirst = 1\nrevoke_tokens = true",
    );
    let run = rehearsal.rows(40).run(&["--canary", "0"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 40),
        "{}",
        run.stderr
    );
    assert_eq!(rehearsal.stats().tokens_issued, 2);
    rehearsal.check(&run, 40);
}

#[test]
fn credentials_refused_for_good_cost_one_request_more_than_were_in_flight() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 20\nstatus = 401");
    let arguments = [
        "--canary",
        "0",
        "--concurrency",
        "8",
        "--existing",
        "unchecked",
    ];
    let run = rehearsal.rows(200).run(&arguments);
    assert_eq!(run.code, Some(5), "{}", run.stderr);
    let refused = rehearsal.stats().answered(Kind::Create, 401);
    assert!(refused <= 9, "{refused} requests were refused");
    rehearsal.check(&run, 200);
    assert!(run.stderr.contains("hint:"), "{}", run.stderr);
}

#[test]
fn a_token_that_may_list_and_not_create_stops_the_run_all_the_same() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 20\nstatus = 401");
    let run = rehearsal
        .rows(200)
        .run(&["--canary", "0", "--concurrency", "8"]);
    assert_eq!(run.code, Some(5), "{}", run.stderr);
    let refused = rehearsal.stats().answered(Kind::Create, 401);
    assert!(refused <= 17, "{refused} requests were refused");
    rehearsal.check(&run, 200);
}

#[test]
fn a_wrong_secret_is_tried_once_and_no_row_is_touched() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.set("PINGONE_CLIENT_SECRET", "wrong");
    let run = rehearsal.rows(10).run(&[]);
    assert_eq!(
        (run.code, run.count("pending")),
        (Some(5), 10),
        "{}",
        run.stderr
    );
    let stats = rehearsal.stats();
    assert_eq!(
        (
            stats.requests_of(Kind::Token),
            stats.requests_of(Kind::List)
        ),
        (1, 0)
    );
    assert!(run.stderr.contains("PINGONE_CLIENT_ID"), "{}", run.stderr);
}

#[test]
fn a_token_endpoint_in_trouble_is_asked_again_and_left_for_a_later_run() {
    let troubled = Rehearsal::with_faults("[[fault]]\non = 'token'\nfirst = 1\nstatus = 503");
    let run = troubled.rows(3).run(&[]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 3),
        "{}",
        run.stderr
    );
    assert_eq!(troubled.stats().requests_of(Kind::Token), 2);
}

#[test]
fn the_secret_may_be_in_a_private_file_and_not_in_one_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let mut rehearsal = Rehearsal::new();
    let secret = rehearsal.path("secret");
    std::fs::write(&secret, rehearsal.sandbox().client_secret()).unwrap();
    rehearsal.unset("PINGONE_CLIENT_SECRET");
    for (mode, code) in [(0o600, 0), (0o644, 2)] {
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
        let run = rehearsal.rows(1).run(&["--client-secret-file", "secret"]);
        assert_eq!(run.code, Some(code), "{mode:o}: {}", run.stderr);
    }
}

#[test]
fn the_client_authenticates_in_the_way_that_it_is_told_and_in_no_other() {
    for (how, header, field) in [("basic", true, false), ("post", false, true)] {
        let mut rehearsal = Rehearsal::new();
        let tap = Tap::on(rehearsal.sandbox().address());
        let environment = rehearsal.sandbox().environment();
        let url = format!("http://{}/{environment}/as/token", tap.address());
        rehearsal.set("WAVEPAIR_TOKEN_URL", &url);
        rehearsal.rows(1).run(&["--client-auth", how]).exits(0);
        let said = tap.said().to_lowercase();
        assert_eq!(said.contains("authorization: basic "), header, "{how}");
        assert_eq!(said.contains("client_secret="), field, "{how}");
        assert!(said.contains("grant_type=client_credentials"));
    }
}

#[test]
fn a_given_token_is_used_as_it_is_and_no_other_is_asked_for() {
    let mut rehearsal = Rehearsal::new();
    let token = rehearsal.token();
    rehearsal.unset("PINGONE_CLIENT_ID");
    rehearsal.unset("PINGONE_CLIENT_SECRET");
    for (token, code, created) in [(token.as_str(), 0, 3), ("sandbox.no-such-token", 5, 3)] {
        rehearsal.set("PINGONE_API_ACCESS_TOKEN", token);
        rehearsal.rows(if code == 0 { 3 } else { 9 });
        let run = rehearsal.run(&[]).exits(code);
        assert_eq!(run.count("created"), created);
    }
    let stats = rehearsal.stats();
    assert_eq!(stats.answered(Kind::List, 401), 1);
    assert_eq!(stats.requests_of(Kind::Token), 1, "the test's own alone");
}

#[test]
fn a_new_token_that_is_refused_too_ends_the_run_after_two_requests() {
    for (on, kind, existing) in [
        ("list", Kind::List, "skip"),
        ("create", Kind::Create, "unchecked"),
    ] {
        let rehearsal = Rehearsal::with_faults(&fault(&format!("on = '{on}'\nstatus = 401")));
        let run = rehearsal.rows(30).run(&["--existing", existing]).exits(5);
        let stats = rehearsal.stats();
        assert_eq!(stats.answered(kind, 401), 2, "{on}");
        assert_eq!(stats.requests_of(Kind::Token), 2, "{on}");
        assert_eq!(run.count("created"), 0);
    }
}

#[test]
fn a_run_that_an_answer_stops_does_not_say_that_it_waits_for_that_answer() {
    for (on, existing) in [("list", "skip"), ("create", "unchecked")] {
        let rehearsal = Rehearsal::with_faults(&fault(&format!("on = '{on}'\nstatus = 401")));
        let run = rehearsal.rows(3).run(&["-v", "--existing", existing]);
        let said = run.exits(5).said();
        assert!(said.contains("waiting for 0 answers"), "{on}: {said}");
    }
}

#[test]
fn what_is_no_token_is_not_used() {
    for answer in [
        "status = 200\nbody = 'html'",
        "status = 200\ntext = '{}'",
        "status = 200\ntext = '{\"access_token\": \"\", \"token_type\": \"Bearer\"}'",
        "status = 200\ntext = '{\"access_token\": \"x\", \"token_type\": \"MAC\", \"expires_in\": 60}'",
        "status = 200\ntext = '{\"access_token\": \"a\\r\\nX: y\", \"token_type\": \"Bearer\", \"expires_in\": 60}'",
    ] {
        let rehearsal = Rehearsal::with_faults(&fault(&format!("on = 'token'\n{answer}")));
        rehearsal.rows(2).run(&[]).exits(5).has(&[("pending", 2)]);
        let stats = rehearsal.stats();
        assert_eq!(stats.requests_of(Kind::Token), 1, "{answer}");
        assert_eq!(stats.requests.len(), 1, "nothing else was asked: {answer}");
    }
}

#[test]
fn credentials_revoked_in_the_middle_stop_the_run_and_the_next_goes_on() {
    let rehearsal = Rehearsal::with_faults(
        &[
            fault("on = 'token'\nafter = 1\nstatus = 401\ncode = 'invalid_client'"),
            fault("on = 'create'\nafter = 6\nrevoke_tokens = true"),
        ]
        .concat(),
    );
    let run = rehearsal
        .rows(40)
        .run(&["--concurrency", "4", "--canary", "0"])
        .exits(5);
    rehearsal.check(&run, 40);
    assert_eq!(run.count("unknown"), 0);
    assert!((6..=10).contains(&run.count("created")), "{}", run.stderr);
    assert_eq!(rehearsal.stats().requests_of(Kind::Token), 2);
    rehearsal.mend();
    let run = rehearsal.run(&[]).exits(0);
    rehearsal.check(&run, 40);
}

#[test]
fn a_token_endpoint_that_stays_in_trouble_is_asked_five_times_only() {
    // Both wait for four seconds, side by side.
    let troubled = ["status = 503", "status = 429"].map(|trouble| {
        let rehearsal =
            Rehearsal::with_faults(&fault(&format!("on = 'token'\n{trouble}\nretry_after = 1")));
        let run = rehearsal.rows(3).begin(&[]);
        (rehearsal, run)
    });
    for (rehearsal, run) in troubled {
        let run = rehearsal.ended(&run.wait_with_output().unwrap());
        run.exits(4).has(&[("pending", 3)]);
        let stats = rehearsal.stats();
        assert_eq!(stats.requests_of(Kind::Token), 5);
        assert_eq!(stats.requests.len(), 1, "nothing else was asked");
    }
}

#[test]
fn tokens_that_expire_on_their_way_are_asked_for_five_times_then_it_ends() {
    let slow = || {
        Rehearsal::with(Options {
            token_life: Duration::from_secs(1),
            latency: Duration::from_secs(1),
            ..Options::default()
        })
    };
    // Both wait for five seconds, side by side.
    let (run_on, doctor_on) = (slow(), slow());
    let run = run_on.rows(3).begin(&[]);
    let doctor = doctor_on.bare(&["doctor"]).output().unwrap();
    let run = run_on.ended(&run.wait_with_output().unwrap()).exits(5);
    assert_eq!(run.count("pending"), 3, "{}", run.stderr);
    let doctor = doctor_on.ended(&doctor).exits(5);
    for (rehearsal, ended) in [(&run_on, run), (&doctor_on, doctor)] {
        let said = ended.said();
        assert!(
            said.contains("5 access tokens in a row had expired"),
            "{said}"
        );
        let stats = rehearsal.stats();
        assert_eq!(stats.requests_of(Kind::Token), 5);
        assert_eq!(stats.requests.len(), 1, "nothing else was asked");
    }
}

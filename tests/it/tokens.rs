//! The access token: fetched once, renewed early, and not used again once it is refused.

use std::time::Duration;

use wavepair::sandbox::Options;
use wavepair::sandbox::routes::Kind;

use crate::support::rehearsal::Rehearsal;

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
fn credentials_that_are_refused_for_good_cost_one_request_more_than_were_in_flight() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 20\nstatus = 401");
    let arguments = [
        "--canary",
        "0",
        "--concurrency",
        "8",
        "--existing",
        "create",
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
fn a_token_endpoint_in_trouble_is_asked_again_and_then_left_for_a_later_run() {
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
fn the_client_authenticates_by_header_or_by_form() {
    for how in ["basic", "post"] {
        let rehearsal = Rehearsal::new();
        let run = rehearsal.rows(2).run(&["--client-auth", how]);
        assert_eq!(
            (run.code, run.count("created")),
            (Some(0), 2),
            "{how}: {}",
            run.stderr
        );
    }
}

#[test]
fn the_secret_may_be_in_a_private_file_and_not_in_one_that_others_can_read() {
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

//! Answers that are lost, and pauses that PingOne asks for.

use super::*;
use crate::support::faults::fault;

/// A tenant in which something goes wrong.
fn troubled(what: &str) -> Rehearsal {
    Rehearsal::with(Options {
        faults: fault(what).parse().unwrap(),
        ..known()
    })
}

#[test]
fn a_device_whose_answer_was_lost_is_found_and_deleted() {
    for trouble in [
        "drop = 'close'",
        "drop = 'reset'",
        "status = 500",
        "status = 408",
        "body = 'cut'",
        "status = 201\nbody = 'html'",
        "status = 202\nbody = 'empty'",
        "status = 400\nbody = 'html'",
        "status = 409",
    ] {
        for after in [0, 1, 6] {
            let what =
                format!("on = 'create'\nafter = {after}\nfirst = 1\nwhen = 'after'\n{trouble}");
            let rehearsal = troubled(&what);
            let ended = probe(&rehearsal, &["--timeout", "2s"]);
            assert!(
                matches!(ended.code, Some(0 | 4)),
                "{what}: {}",
                ended.stderr
            );
            assert!(rehearsal.held().is_empty(), "{what}: {}", ended.stderr);
            assert!(
                requests(&rehearsal) <= 40,
                "{what}: {}",
                requests(&rehearsal)
            );
            let left = &report(&rehearsal)["devices"];
            assert_eq!(
                (&left["left"], &left["unknown"]),
                (&0.into(), &0.into()),
                "{what}"
            );
        }
    }
}

#[test]
fn a_create_that_takes_effect_late_is_waited_for_and_deleted() {
    let rehearsal = troubled("on = 'create'\nfirst = 1\nzombie = '700ms'");
    let ended = probe(&rehearsal, &["--timeout", "3s"]);
    assert!(rehearsal.held().is_empty(), "{}", ended.stderr);
    assert_eq!(
        rehearsal.stats().answered(Kind::Delete, 204),
        4,
        "{}",
        ended.stderr
    );
}

#[test]
fn reads_and_deletions_that_fail_once_are_asked_for_again() {
    for kind in ["list", "policies", "mfa", "report", "delete", "token"] {
        for trouble in ["status = 503", "drop = 'close'"] {
            let what = format!("on = '{kind}'\nfirst = 1\n{trouble}");
            let rehearsal = troubled(&what);
            let ended = probe(&rehearsal, &[]);
            // A report is not asked for again so soon, and a deletion that was says nothing of its first status.
            let expected = if ["delete", "report"].contains(&kind) {
                4
            } else {
                0
            };
            assert_eq!(ended.code, Some(expected), "{what}: {}", ended.stderr);
            assert!(rehearsal.held().is_empty(), "{what}: {}", ended.stderr);
            assert!(requests(&rehearsal) <= 40, "{what}");
        }
    }
}

#[test]
fn a_429_that_comes_by_itself_is_obeyed_and_noted() {
    for kind in ["create", "list", "delete"] {
        let rehearsal = troubled(&format!(
            "on = '{kind}'\nfirst = 1\nstatus = 429\nretry_after = 1"
        ));
        let ended = probe(&rehearsal, &[]).exits(0);
        assert!(rehearsal.held().is_empty(), "{kind}: {}", ended.stderr);
        assert_eq!(rehearsal.stats().before_retry_after, 0, "{kind}");
        let report = report(&rehearsal);
        let came = report["questions"][9]["came"].as_str().unwrap();
        assert!(
            came.contains("429 came once by itself, the last with Retry-After 1 s"),
            "{came}"
        );
    }
}

#[test]
fn a_pause_that_is_too_long_ends_the_probe_with_what_it_made_deleted() {
    let rehearsal =
        troubled("on = 'create'\nafter = 2\nfirst = 1\nstatus = 429\nretry_after = 600");
    let ended = probe(&rehearsal, &[]).exits(4);
    assert!(
        ended.said().contains("a pause of 600 s"),
        "{}",
        ended.stderr
    );
    assert!(rehearsal.held().is_empty(), "{}", ended.stderr);
}

#[test]
fn a_token_that_is_revoked_in_the_middle_is_fetched_once_more() {
    let rehearsal = troubled("on = 'create'\nafter = 1\nfirst = 1\nrevoke_tokens = true");
    let ended = probe(&rehearsal, &[]).exits(0);
    assert!(rehearsal.held().is_empty(), "{}", ended.stderr);
    assert_eq!(rehearsal.stats().requests_of(Kind::Token), 2);
}

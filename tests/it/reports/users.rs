//! `wavepair verify` tells who cannot use the devices that are there.

use std::fmt::Write;

use wavepair::testing::sandbox::{Users, WAVE_POLICY};

use super::*;

/// A wave of ten users that is created: the seventh cannot use MFA, and the eighth is disabled.
fn created(faults: &str) -> Rehearsal {
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(10),
        faults: faults.parse().unwrap(),
        ..Options::default()
    });
    let mut wave = "user_id,phone,policy_id\n".to_owned();
    for (number, user) in rehearsal.sandbox().users().iter().enumerate() {
        writeln!(wave, "{user},+15125551{number:03},{WAVE_POLICY}").unwrap();
    }
    rehearsal.wave(&wave).run(&[]).exits(0);
    rehearsal
}

fn verify(rehearsal: &Rehearsal, further: &[&str]) -> Ended {
    let words = [
        "verify",
        "wave.csv",
        "--now",
        "--rate",
        "max",
        "--progress",
        "none",
    ];
    let words = [&words, further].concat();
    let mut ended = rehearsal.ended(&rehearsal.bare(&words).output().unwrap());
    ended.rows = rehearsal.results("wave.verify.csv");
    ended.exits(0)
}

#[test]
fn who_cannot_use_a_device_that_is_there_is_told_and_it_is_present() {
    let rehearsal = created("");
    let ended = verify(&rehearsal, &[]);
    assert_eq!(ended.column("verdict"), ["present"; 10]);
    let mut mfa = ["already"; 10];
    mfa[6] = "off";
    assert_eq!(ended.column("mfa_enabled"), mfa);
    assert_eq!(rehearsal.stats().requests_of(Kind::User), 10);
    let messages = ended.column("message");
    assert!(
        messages[6].starts_with("the user's `mfaEnabled` is off"),
        "{messages:?}"
    );
    assert!(
        messages[7].starts_with("the user is disabled or locked"),
        "{messages:?}"
    );
    assert_eq!(messages[0], "");
    let said = ended.said();
    for sentence in [
        "reading each user once, since no device is of use without MFA: 10 requests at most;",
        "1 user, that of line 8, cannot use MFA (`mfaEnabled` is off), and so no device.",
        "hint: switch it on in PingOne: ",
        "1 user, that of line 9, cannot sign in: ",
        "Every device that the results name is there, once, with its phone.",
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
}

#[test]
fn with_ignore_nobody_is_read_for_it() {
    let rehearsal = created("");
    let ended = verify(&rehearsal, &["--mfa", "ignore"]);
    assert_eq!(ended.column("mfa_enabled"), [""; 10]);
    assert_eq!(rehearsal.stats().requests_of(Kind::User), 0);
    assert!(!ended.said().contains("MFA"), "{}", ended.stderr);
}

#[test]
fn users_who_cannot_be_read_change_no_verdict() {
    let rehearsal = created("[[fault]]\non = 'user'\nstatus = 404\n");
    let ended = verify(&rehearsal, &[]);
    assert_eq!(ended.column("verdict"), ["present"; 10]);
    assert_eq!(ended.column("mfa_enabled"), [""; 10]);
}

//! An online dry run tells who cannot use the devices that a run would create for them.

use std::fmt::Write;

use wavepair::testing::sandbox::{Kind, Options, Users, WAVE_POLICY};

use crate::support::rehearsal::{Ended, Rehearsal, user};
use crate::support::texts::column;

const ONLINE: [&str; 2] = ["--dry-run", "--online"];

/// A tenant of ten users: the sixth may leave MFA out, the seventh cannot use it, the eighth is disabled.
fn ten_users(faults: &str) -> Rehearsal {
    Rehearsal::with(Options {
        users: Users::Exactly(10),
        faults: faults.parse().unwrap(),
        ..Options::default()
    })
}

/// A row of each user whose `column` these name, and a second one of the seventh.
fn wave(column: &str, names: &[String]) -> String {
    let mut text = format!("{column},phone,policy_id\n");
    for (number, name) in names.iter().chain([&names[6]]).enumerate() {
        writeln!(text, "{name},+15125551{number:03},{WAVE_POLICY}").unwrap();
    }
    text
}

fn by_id(rehearsal: &Rehearsal) -> String {
    wave("user_id", &rehearsal.sandbox().users())
}

fn dry_run(rehearsal: &Rehearsal, further: &[&str], code: i32) -> Ended {
    let flags: Vec<_> = ONLINE.iter().chain(further).copied().collect();
    rehearsal.run(&flags).exits(code)
}

fn told(rehearsal: &Rehearsal, name: &str) -> Vec<String> {
    let rows = rehearsal.results("wave.dry-run.csv");
    column(&rows, name)
        .iter()
        .map(ToString::to_string)
        .collect()
}

const WARNINGS: [&str; 11] = [
    "",
    "",
    "",
    "",
    "",
    "mfa_bypassed",
    "mfa_off",
    "user_disabled",
    "",
    "",
    "mfa_off",
];

#[test]
fn each_user_is_read_once_and_each_row_of_one_who_cannot_use_it_is_warned() {
    let rehearsal = ten_users("");
    rehearsal.wave(&by_id(&rehearsal));
    let said = dry_run(&rehearsal, &[], 0).said();
    assert_eq!(told(&rehearsal, "warning"), WARNINGS);
    let mfa = told(&rehearsal, "mfa_enabled");
    let expected = WARNINGS.map(|code| if code == "mfa_off" { "off" } else { "already" });
    assert_eq!(mfa, expected);
    assert_eq!(rehearsal.stats().requests_of(Kind::User), 10);
    for sentence in [
        "1 user, that of line 8, cannot use MFA (`mfaEnabled` is off), and so no device.",
        "hint: `--mfa enable` switches it on for them before their first device is created",
        "1 user, that of line 9, cannot sign in: ",
        "1 user, that of line 7, may sign in without MFA for now (`bypassMFAEnabled`).",
        "A run sends 22 requests at least",
    ] {
        assert_eq!(said.matches(sentence).count(), 1, "{sentence}: {said}");
    }
    assert_eq!(rehearsal.creates(), 0);
}

#[test]
fn nobody_is_read_whom_the_look_up_of_a_name_has_told_of() {
    let rehearsal = ten_users("");
    let names: Vec<_> = (1..=10).map(|number| format!("user-{number}")).collect();
    rehearsal.wave(&wave("username", &names));
    dry_run(&rehearsal, &[], 0);
    assert_eq!(told(&rehearsal, "warning"), WARNINGS);
    assert_eq!(rehearsal.stats().requests_of(Kind::User), 0);
}

#[test]
fn what_an_earlier_run_was_told_of_names_is_looked_up_again() {
    let rehearsal = ten_users("");
    let names: Vec<_> = (1..=10).map(|number| format!("user-{number}")).collect();
    rehearsal.wave(&wave("username", &names)).run(&[]).exits(0);
    let seventh = &rehearsal.sandbox().users()[6];
    let path = format!("/users/{seventh}/mfaEnabled");
    rehearsal.ask("PUT", &path, r#"{"mfaEnabled": true}"#);
    let looked_up = rehearsal.stats().requests_of(Kind::Users);
    dry_run(&rehearsal, &[], 0);
    let mended = WARNINGS.map(|code| if code == "mfa_off" { "" } else { code });
    assert_eq!(told(&rehearsal, "warning"), mended);
    assert_eq!(rehearsal.stats().requests_of(Kind::Users), looked_up + 1);
    assert_eq!(rehearsal.stats().requests_of(Kind::User), 0);
}

#[test]
fn with_enable_it_says_for_how_many_a_run_would_switch_mfa_on() {
    let rehearsal = ten_users("");
    rehearsal.wave(&by_id(&rehearsal));
    let said = dry_run(&rehearsal, &["--mfa", "enable"], 0).said();
    assert!(
        said.contains("`--mfa enable` would switch MFA on for 1 user."),
        "{said}"
    );
    // It lists and creates eleven times, asks about ten users and switches one.
    assert!(said.contains("A run sends 33 requests at least"), "{said}");
    let others = WARNINGS.map(|code| if code == "mfa_off" { "" } else { code });
    assert_eq!(told(&rehearsal, "warning"), others);
    assert_eq!(told(&rehearsal, "mfa_enabled")[6], "off");
    assert_eq!(rehearsal.stats().requests_of(Kind::SetMfa), 0);
    rehearsal.run(&[]).exits(0);
    let said = dry_run(&rehearsal, &["--mfa", "enable"], 0).said();
    let stays = "1 user stays without MFA, because nothing is created for them.";
    assert!(said.contains(stays), "{said}");
    assert_eq!(told(&rehearsal, "warning"), WARNINGS);
}

#[test]
fn with_ignore_nobody_is_read() {
    let rehearsal = ten_users("");
    rehearsal.wave(&by_id(&rehearsal));
    let said = dry_run(&rehearsal, &["--mfa", "ignore"], 0).said();
    assert!(!said.contains("MFA"), "{said}");
    assert_eq!(told(&rehearsal, "warning"), [""; 11]);
    assert_eq!(told(&rehearsal, "mfa_enabled"), [""; 11]);
    assert_eq!(rehearsal.stats().requests_of(Kind::User), 0);
}

#[test]
fn a_role_that_is_missing_for_users_is_told_once_and_hinders_nothing() {
    let rehearsal = ten_users("[[fault]]\non = 'user'\nstatus = 403\n");
    rehearsal.wave(&by_id(&rehearsal));
    let said = dry_run(&rehearsal, &["--concurrency", "1"], 0).said();
    let sentence = "10 users could not be read, so it is not known whether they can use MFA: ";
    assert_eq!(said.matches(sentence).count(), 1, "{said}");
    assert!(said.contains("the role Identity Data Admin"), "{said}");
    assert_eq!(told(&rehearsal, "outcome"), ["ready"; 11]);
    assert_eq!(told(&rehearsal, "mfa_enabled"), [""; 11]);
}

#[test]
fn a_user_who_is_in_no_report_is_rejected_if_pingone_does_not_know_the_id() {
    let rehearsal = ten_users("");
    let there = &rehearsal.sandbox().users()[0];
    rehearsal.wave(&format!(
        "user_id,phone,policy_id\n\
         {there},+15125551001,{WAVE_POLICY}\n\
         {},+15125551002,{WAVE_POLICY}\n",
        user(77)
    ));
    dry_run(&rehearsal, &["--existing", "report"], 3);
    assert_eq!(told(&rehearsal, "outcome"), ["ready", "rejected"]);
    assert_eq!(told(&rehearsal, "code"), ["", "user_not_found"]);
}

#[test]
fn a_run_counts_those_of_whom_a_look_up_told_and_reads_nobody() {
    let rehearsal = ten_users("");
    let names: Vec<_> = (1..=10).map(|number| format!("user-{number}")).collect();
    rehearsal.wave(&wave("username", &names));
    let sentence = "1 user could not use MFA when their names were looked up";
    for (flags, times) in [(&["--mfa", "ignore"][..], 0), (&[], 1)] {
        let said = rehearsal.run(flags).exits(0).said();
        assert_eq!(said.matches(sentence).count(), times, "{said}");
    }
    assert_eq!(rehearsal.stats().requests_of(Kind::User), 0);
    rehearsal.wave(&by_id(&rehearsal));
    let said = rehearsal.run(&[]).exits(0).said();
    assert!(!said.contains("MFA"), "{said}");
}

//! What the doctor says: each line is true, and no check stops another that can go on.

use wavepair::testing::report::TENANT_OPTIONS;
use wavepair::testing::sandbox::{Options, Policies, WAVE_POLICY};
use wavepair::testing::settings::{About, COMMANDS};

use crate::support::rehearsal::{Ended, NOBODY, Rehearsal};

mod tenant;

/// What a check-up says, each line as it would be in a terminal without end.
fn checked(rehearsal: &Rehearsal, arguments: &[&str]) -> Ended {
    let mut command = rehearsal.bare(&["doctor"]);
    let mut ended = rehearsal.ended(&command.args(arguments).output().unwrap());
    // Only a line that goes on begins with a blank.
    let lines = ended.stderr.split_inclusive('\n');
    let mut whole = String::new();
    for line in lines {
        if line.starts_with(' ') && whole.ends_with('\n') {
            // It belongs to the one above.
            whole.pop();
        }
        whole += line;
    }
    ended.stderr = whole
        .split('\n')
        .map(collapsed)
        .collect::<Vec<_>>()
        .join("\n");
    ended
}

/// A sandbox with the policies that it lists, and no other.
fn with_known_policies() -> Rehearsal {
    Rehearsal::with(Options {
        policies: Policies::Known,
        ..Options::default()
    })
}

fn collapsed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_token_that_pingone_does_not_accept_is_not_called_good() {
    let mut rehearsal = Rehearsal::new();
    rehearsal
        .unset("PINGONE_CLIENT_ID")
        .unset("PINGONE_CLIENT_SECRET");
    rehearsal.set("PINGONE_API_ACCESS_TOKEN", "abc");
    let doctor = checked(&rehearsal, &[]).exits(5).stderr;
    assert!(
        doctor.contains("failed credentials PingOne does not accept"),
        "{doctor}"
    );
    assert!(!doctor.contains("ok credentials"), "{doctor}");
    for check in ["permission", "policies", "limits", "ledger"] {
        assert!(doctor.contains(&format!(" {check} ")), "{check}: {doctor}");
    }
    let token = rehearsal.token();
    rehearsal.set("PINGONE_API_ACCESS_TOKEN", &token);
    let doctor = checked(&rehearsal, &[]).exits(0).stderr;
    assert!(
        doctor.contains("ok credentials PingOne accepts the access token"),
        "{doctor}"
    );
}

#[test]
fn a_token_beside_a_client_is_told_by_the_doctor_and_by_a_run() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.set("PINGONE_API_ACCESS_TOKEN", "abc");
    let doctor = checked(&rehearsal, &[]).exits(0).stderr;
    let said = "`PINGONE_API_ACCESS_TOKEN` is set and not used";
    assert!(
        doctor.contains(&format!("warning settings {said}")),
        "{doctor}"
    );
    let run = rehearsal.rows(1).run(&[]).exits(0).stderr;
    assert!(collapsed(&run).contains(said), "{run}");
}

#[test]
fn all_that_is_missing_is_listed_at_once_and_the_ledger_is_looked_at() {
    let mut rehearsal = Rehearsal::new();
    for variable in ["PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET"] {
        rehearsal.unset(variable);
    }
    let doctor = checked(&rehearsal, &[]).exits(2).stderr;
    for missing in ["PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET"] {
        assert!(
            doctor.contains(&format!("failed settings {missing} is not set")),
            "{doctor}"
        );
    }
    assert!(doctor.contains(" ledger "), "{doctor}");
    for variable in [
        "PINGONE_ENVIRONMENT_ID",
        "WAVEPAIR_API_URL",
        "WAVEPAIR_TOKEN_URL",
    ] {
        rehearsal.unset(variable);
    }
    let doctor = checked(&rehearsal, &[]).exits(2).stderr;
    for missing in [
        "PINGONE_ENVIRONMENT_ID",
        "PINGONE_REGION_CODE",
        "PINGONE_CLIENT_ID",
        "PINGONE_CLIENT_SECRET",
    ] {
        assert!(
            doctor.contains(&format!("failed settings {missing} is not set")),
            "{doctor}"
        );
    }
}

#[test]
fn policies_are_listed_with_their_ids_and_the_named_one_is_checked() {
    let rehearsal = with_known_policies();
    let doctor = checked(&rehearsal, &[]).exits(0).stderr;
    assert!(
        doctor.contains(&format!("ok policies {WAVE_POLICY} ")),
        "{doctor}"
    );
    let doctor = checked(&rehearsal, &["--policy", WAVE_POLICY])
        .exits(0)
        .stderr;
    assert!(
        doctor.contains(&format!("({WAVE_POLICY}) allows WhatsApp")),
        "{doctor}"
    );
    let other = "6f1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d";
    let doctor = checked(&rehearsal, &["--policy", other]).exits(5).stderr;
    assert!(
        doctor.contains(&format!("failed policy {other} is not in")),
        "{doctor}"
    );
    assert!(doctor.contains(" limits "), "{doctor}");
}

#[test]
fn a_refused_connection_is_called_one() {
    let mut rehearsal = Rehearsal::new();
    rehearsal
        .unset("PINGONE_CLIENT_ID")
        .unset("PINGONE_CLIENT_SECRET");
    rehearsal
        .set("PINGONE_API_ACCESS_TOKEN", "abc")
        .set("WAVEPAIR_API_URL", &format!("http://{NOBODY}/v1"));
    let doctor = checked(&rehearsal, &[]).exits(5).stderr;
    assert!(doctor.contains("Connection refused"), "{doctor}");
    assert!(doctor.contains("check the address"), "{doctor}");
    assert!(!doctor.contains("license"), "{doctor}");
    assert!(!doctor.contains("ok credentials"), "{doctor}");
}

#[test]
fn a_wrong_policy_ends_a_run_with_the_command_that_checks_it_in_one_line() {
    let rehearsal = with_known_policies();
    let policy = "6f1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d";
    let wave = crate::support::rehearsal::rows(20).replace(WAVE_POLICY, policy);
    let run = rehearsal.wave(&wave).run(&[]).exits(5);
    let command = format!("`wavepair doctor --policy {policy}`");
    assert!(
        run.stderr.lines().any(|line| line.contains(&command)),
        "{}",
        run.stderr
    );
}

#[test]
fn the_command_that_checks_a_policy_looks_at_the_tenant_of_the_run() {
    let mut rehearsal = with_known_policies();
    let environment = rehearsal.sandbox().environment();
    let worker = "11111111-2222-4333-8444-555555555555";
    // The environment that the variables name is the worker's, and not the one of the wave.
    rehearsal.set("PINGONE_ENVIRONMENT_ID", worker);
    let policy = "6f1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d";
    let wave = crate::support::rehearsal::rows(20).replace(WAVE_POLICY, policy);
    let tenant = format!("--environment={environment} --client-auth basic --no-proxy");
    let arguments: Vec<_> = tenant.split(' ').chain(["--limit", "9"]).collect();
    let run = rehearsal.wave(&wave).run(&arguments).exits(5);
    let command = format!("`wavepair doctor {tenant} --policy {policy}`");
    assert!(
        run.stderr.lines().any(|line| line.contains(&command)),
        "{}",
        run.stderr
    );
}

#[test]
fn every_option_about_the_tenant_is_known_to_belong_to_it() {
    let doctor = COMMANDS.iter().find(|usage| usage.name == "doctor");
    let groups = doctor.unwrap().groups.iter();
    let of_tenant = groups.filter(|group| group.heading == Some("PingOne"));
    let options: Vec<_> = of_tenant
        .flat_map(|group| group.settings)
        .filter_map(About::option)
        .collect();
    assert_eq!(options, TENANT_OPTIONS);
}

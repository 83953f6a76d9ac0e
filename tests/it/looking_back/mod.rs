//! What a ledger tells of what was done, without any credential.

mod show;
mod status;

use std::process::Command;

use serde_json::Value;

use crate::support::binary::ran;
use crate::support::rehearsal::Rehearsal;

/// A command without the credentials of the rehearsal.
fn without_credentials(rehearsal: &Rehearsal, arguments: &[&str]) -> Command {
    let mut command = rehearsal.bare(arguments);
    for secret in [
        "PINGONE_CLIENT_ID",
        "PINGONE_CLIENT_SECRET",
        "PINGONE_API_ACCESS_TOKEN",
    ] {
        command.env_remove(secret);
    }
    command
}

/// What such a command prints; it must end with 0 and say nothing else.
#[track_caller]
fn printed(rehearsal: &Rehearsal, arguments: &[&str]) -> String {
    let ran = ran(&mut without_credentials(rehearsal, arguments));
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(0), ""),
        "{}",
        ran.stdout
    );
    ran.stdout
}

/// The same, as JSON.
#[track_caller]
fn printed_json(rehearsal: &Rehearsal, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&printed(rehearsal, &arguments)).unwrap()
}

/// What such a command says that is refused as wrong usage.
#[track_caller]
fn refused(rehearsal: &Rehearsal, arguments: &[&str]) -> String {
    let ran = ran(&mut without_credentials(rehearsal, arguments));
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(2), ""),
        "{}",
        ran.stderr
    );
    ran.stderr
}

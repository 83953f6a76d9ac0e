//! What `--help` says beside the options: examples, environment variables, exit codes.

use clap::{Command, CommandFactory};

use crate::cli::Cli;
use crate::exit::ExitCode;
use crate::report::paragraph::hanging;

/// How wide these lines are: help is read in files, too.
const WIDTH: Option<usize> = Some(80);

/// Every environment variable that is read, with what it is.
const VARIABLES: [(&str, &str); 21] = [
    (
        "PINGONE_ENVIRONMENT_ID",
        "ID of the worker application's environment",
    ),
    ("PINGONE_CLIENT_ID", "the worker application's client ID"),
    ("PINGONE_CLIENT_SECRET", "its client secret"),
    (
        "PINGONE_CLIENT_SECRET_FILE",
        "file that holds the client secret",
    ),
    (
        "PINGONE_API_ACCESS_TOKEN",
        "an access token, instead of a client",
    ),
    ("PINGONE_REGION_CODE", "na, ca, eu, ap, au or sg"),
    (
        "WAVEPAIR_ENVIRONMENT",
        "environment of the users, where it is another one",
    ),
    (
        "WAVEPAIR_CLIENT_AUTH",
        "how the client authenticates: basic, post",
    ),
    ("WAVEPAIR_API_URL", "API base, instead of the region's"),
    (
        "WAVEPAIR_TOKEN_URL",
        "token endpoint, instead of the region's",
    ),
    ("WAVEPAIR_POLICY", "policy for rows without one"),
    ("WAVEPAIR_LEDGER", "the ledger"),
    (
        "WAVEPAIR_EXISTING",
        "what a device that exists already means",
    ),
    ("WAVEPAIR_RATE", "ceiling of the pace"),
    ("WAVEPAIR_CONCURRENCY", "requests in flight"),
    ("RUST_LOG", "level of the log, such as wavepair=debug"),
    ("NO_COLOR", "log without colors, where it is set"),
    (
        "HTTPS_PROXY, NO_PROXY",
        "the proxy, and hosts that are reached without it",
    ),
    (
        "SSL_CERT_FILE, SSL_CERT_DIR",
        "authorities to trust, instead of the platform's",
    ),
    ("TZ", "the local time zone, such as Europe/Berlin"),
    (
        "XDG_STATE_HOME, HOME",
        "where the ledger lies unless it is named: $XDG_STATE_HOME/wavepair, or ~/.local/state/wavepair",
    ),
];

const RUN: [(&str, &str); 6] = [
    (
        "wavepair run wave.csv --dry-run",
        "checks every row; sends nothing",
    ),
    (
        "wavepair run wave.csv --sandbox",
        "a rehearsal; needs no credentials",
    ),
    (
        "wavepair run wave.csv --dry-run --online",
        "asks PingOne; changes nothing",
    ),
    (
        "wavepair run wave.csv --limit 5",
        "five devices, to look at in PingOne",
    ),
    (
        "wavepair run wave.csv",
        "the rest; again, to go on after a stop",
    ),
    (
        "wavepair run wave.csv --deadline 06:00",
        "stops at six in the morning",
    ),
];

const RESULTS: [(&str, &str); 2] = [
    ("wavepair results wave.csv", "writes wave.results.csv again"),
    (
        "wavepair results wave.csv -o -",
        "writes it to standard output",
    ),
];

const DOCTOR: [(&str, &str); 2] = [
    (
        "wavepair doctor",
        "checks everything; lists the policies with their IDs",
    ),
    ("wavepair doctor --policy ID", "checks this policy"),
];

/// The command line, with all that `--help` says.
pub(super) fn command() -> Command {
    let mut command = Cli::command().after_long_help(format!(
        "A rehearsal needs no tenant:\n  wavepair template > wave.csv\n  wavepair run wave.csv --sandbox\n\n{}",
        exit_codes()
    ));
    for (name, examples) in [
        ("run", RUN.as_slice()),
        ("results", &RESULTS),
        ("doctor", &DOCTOR),
    ] {
        let examples = columns("Examples:", examples);
        let all = format!("{examples}\n{}\n{}", variables(), exit_codes());
        command = command.mut_subcommand(name, |command| {
            command.after_help(examples).after_long_help(all)
        });
    }
    command
}

fn columns(heading: &str, lines: &[(&str, &str)]) -> String {
    let width = lines.iter().map(|(left, _)| left.len()).max().unwrap_or(0);
    let mut text = format!("{heading}\n");
    for (left, right) in lines {
        text += &hanging(&format!("  {left:<width$}  {right}"), width + 4, WIDTH);
    }
    text
}

fn variables() -> String {
    columns(
        "Environment variables (an option wins over its variable):",
        &VARIABLES,
    )
}

fn exit_codes() -> String {
    let mut text =
        "Exit codes (where several apply, the first of 1, 130 or 143, 5, 7, 4, 3, 0):\n".to_owned();
    for code in ExitCode::ALL {
        let line = format!("  {:<4} {}", code.code(), code.meaning());
        text += &hanging(&line, 7, WIDTH);
    }
    text
}

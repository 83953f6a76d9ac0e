//! The one table of settings: the command line, its help texts and the list of variables are made of
//! it, and whatever is given is read by it.
//!
//! Each setting and each default stands here once. What a value may be is said by the function that
//! reads it; nothing is read anywhere else.

mod log;
mod pace;
mod sandbox;
mod tenant;
mod wave;

pub(super) use self::log::*;
pub(super) use self::pace::*;
pub(super) use self::sandbox::*;
pub(super) use self::tenant::*;
pub(super) use self::wave::*;

use super::setting::{About, Group, Setting, Variable, group};

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `run`.
    Run,
    /// `results`.
    Results,
    /// `doctor`.
    Doctor,
    /// `template`.
    Template,
    /// `sandbox`.
    Sandbox,
}

/// How a command is called, and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// What it does.
    pub command: Command,
    /// Its name.
    pub name: &'static str,
    /// What `--help` says of it.
    pub help: &'static str,
    /// What it takes, besides what [every command](VERBOSITY) does.
    pub groups: &'static [Group],
    /// Command lines, each with what it does.
    pub examples: &'static [(&'static str, &'static str)],
}

/// Every command.
pub static COMMANDS: [Usage; 5] = [
    Usage {
        command: Command::Run,
        name: "run",
        help: "Create the devices of a wave; run it again to go on where it stopped",
        groups: &[
            MODE,
            ROWS,
            FILES,
            group(FILES.heading, &[SUMMARY.about]),
            TENANT,
            PACE,
            STOPS,
            LOG,
        ],
        examples: &[
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
        ],
    },
    Usage {
        command: Command::Results,
        name: "results",
        help: "Write the results file again from the input and the ledger",
        groups: &[group(None, &[WAVE.saying("The wave")]), ROWS, FILES, TENANT],
        examples: &[
            ("wavepair results wave.csv", "writes wave.results.csv again"),
            (
                "wavepair results wave.csv -o -",
                "writes it to standard output",
            ),
        ],
    },
    Usage {
        command: Command::Doctor,
        name: "doctor",
        help: "Check settings, credentials, permissions, policies and limits",
        groups: &[
            group(
                None,
                &[
                    POLICY.saying("Policy to check"),
                    LEDGER.saying("Ledger to check"),
                ],
            ),
            TENANT,
        ],
        examples: &[
            (
                "wavepair doctor",
                "checks everything; lists the policies with their IDs",
            ),
            ("wavepair doctor --policy ID", "checks this policy"),
        ],
    },
    Usage {
        command: Command::Template,
        name: "template",
        help: "Print a small valid wave",
        groups: &[],
        examples: &[],
    },
    Usage {
        command: Command::Sandbox,
        name: "sandbox",
        help: "Serve a PingOne-compatible sandbox on loopback",
        groups: &[SERVICE],
        examples: &[],
    },
];

/// Every environment variable that is read.
pub static VARIABLES: [Variable; 21] = [
    of(&HOME),
    of(&CLIENT_ID),
    of(&CLIENT_SECRET),
    of(&SECRET_FILE),
    of(&TOKEN),
    of(&REGION),
    of(&ENVIRONMENT),
    of(&CLIENT_AUTH),
    of(&API_URL),
    of(&TOKEN_URL),
    of(&POLICY),
    of(&LEDGER),
    of(&EXISTING),
    of(&RATE),
    of(&CONCURRENCY),
    of(&LOG_LEVEL),
    Variable {
        name: "NO_COLOR",
        meaning: "log without colors, where it is set",
    },
    Variable {
        name: "HTTPS_PROXY, NO_PROXY",
        meaning: "the proxy, and hosts that are reached without it",
    },
    Variable {
        name: "SSL_CERT_FILE, SSL_CERT_DIR",
        meaning: "authorities to trust, instead of the platform's",
    },
    Variable {
        name: "TZ",
        meaning: "the local time zone, such as Europe/Berlin",
    },
    Variable {
        name: "XDG_STATE_HOME, HOME",
        meaning: "where the ledger lies unless it is named: $XDG_STATE_HOME/wavepair, or ~/.local/state/wavepair",
    },
];

/// The name of a setting's variable.
pub(super) const fn name_of<T>(setting: &Setting<T>) -> &'static str {
    of(setting).name
}

const fn of<T>(setting: &Setting<T>) -> Variable {
    setting.about.variable.expect("it has a variable")
}

/// Every option of every command, as often as it is listed.
pub fn options() -> impl Iterator<Item = &'static About> {
    let groups = COMMANDS.iter().flat_map(|usage| usage.groups);
    let groups = groups.chain([&VERBOSITY]);
    groups.flat_map(|group| group.settings)
}

/// Whether an option, as it is written (`--limit`, `-o`), has a value.
pub fn takes_value(option: &str) -> bool {
    options().any(|about| about.is_called(option) && about.value_name().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_with_a_value_are_told_from_those_without() {
        for (option, takes) in [
            ("--limit", true),
            ("-o", true),
            ("--results", true),
            ("--output", true),
            ("--log-format", true),
            ("--listen", true),
            ("--dry-run", false),
            ("-v", false),
            ("--verbose", false),
            ("--nonsense", false),
        ] {
            assert_eq!(takes_value(option), takes, "{option}");
        }
    }
}

//! Why a run ends before its input does.

use std::fmt;

use jiff::Timestamp;

use super::counted::counted;
use super::stable_words::stable_words;
use crate::exit::ExitCode;

stable_words! {
    /// A stable word for why a run ended before its wave did, or did not begin.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum StopCode {
        /// A signal: SIGINT, SIGTERM, SIGHUP or SIGQUIT
        Signal = "signal" => "run again",
        /// `--max-duration` or `--deadline` was reached
        TimeIsUp = "time_is_up" => "run again",
        /// `--limit` was reached
        LimitReached = "limit_reached" => "look at the devices in PingOne; run again without `--limit`",
        /// `--max-errors` was reached
        TooManyErrors = "too_many_errors" => "look at the first rejects: what is wrong with them is wrong with most",
        /// PingOne does not accept the client or its token
        CredentialsRefused = "credentials_refused" => "check client ID, secret and region; `wavepair doctor` tells which",
        /// Access tokens expire before they can be used
        TokensTooShort = "tokens_too_short" => "let access tokens of the worker application live longer",
        /// The worker application lacks a role
        PermissionMissing = "permission_missing" => "give the worker application the role that the message names; wait some minutes",
        /// PingOne knows none of the users
        UsersUnknown = "users_unknown" => "check the environment and the users' IDs",
        /// One user after another has as many devices as PingOne allows
        DeviceLimitReached = "device_limit_reached" => "remove devices, or raise the limit in the MFA settings",
        /// PingOne refused one row after another with the same code: policy, type or a setting
        SameRefusal = "same_refusal" => "look at the policy, its types and the WhatsApp sender; `wavepair doctor` checks them",
        /// The connection cannot be trusted: certificate, host name, plain-text peer, proxy
        NotTrusted = "connection_not_trusted" => "see what inspects TLS on the way; name a private authority with `--ca-file`",
        /// Something other than PingOne's API answers
        WrongHost = "wrong_host" => "check the region, or `--api-url` and `--token-url`",
        /// An answer was about another request
        AnswersMixedUp = "answers_mixed_up" => "look for a cache or proxy that mixes answers up, and tell PingOne's support",
        /// Too many requests went unanswered, and PingOne does not list their devices
        RequestsUnanswered = "requests_unanswered" => "look at the network and at PingOne's status; run again later",
        /// PingOne has trouble, asks for a long pause, or cannot be reached
        Unavailable = "pingone_unavailable" => "look at PingOne's status; run again later",
        /// The wave was changed while it was read
        WaveChanged = "wave_changed" => "see that nobody writes the file during a run; run again",
        /// wavepair itself failed: disk full, damaged ledger, a fault of its own
        Failed = "wavepair_failed" => "read the message: make room on the disk, or restore the ledger",
        /// The plan that was demanded is not of this wave, these settings, this tenant or this ledger, or is none; nothing was sent
        PlanDiffers = "plan_differs" => "make a new plan and let it be reviewed",
        /// A person answered that no messages are to be sent; nothing was sent
        Declined = "declined" => "run again when the messages may be sent",
        /// A setting cannot be used; nothing was sent
        Settings = "settings" => "correct the setting that the message names",
        /// The file is no wave that can be read; nothing was sent
        NotAWave = "not_a_wave" => "correct the file as the message says",
        /// The wave has another number of rows than `--expect-rows` says; nothing was sent
        RowsUnexpected = "rows_unexpected" => "see whether the export is whole",
        /// A row is invalid, and with `--strict` that keeps back all of them; nothing was sent
        InvalidRows = "invalid_rows" => "correct the rows in the wave, or run without `--strict`",
        /// A file cannot be written where it was named; nothing was sent
        Output = "output" => "name another place, or make room for the file",
        /// Another run holds the ledger; nothing was sent
        LedgerHeld = "ledger_held" => "wait for the other run to end",
        /// The ledger is older than it once was; nothing was sent
        LedgerOlder = "ledger_older" => "use the latest ledger: an older copy does not know what was created since",
        /// The ledger belongs to another tenant, or is none that this version can use; nothing was sent
        LedgerRefused = "ledger_refused" => "name the ledger of this tenant, or let a newer wavepair read it",
    }
}

impl fmt::Display for StopCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// SIGINT.
    Interrupted,
    /// SIGTERM, SIGHUP or SIGQUIT.
    Terminated,
    /// `--max-duration` or `--deadline` was reached.
    TimeIsUp,
    /// `--limit` was reached.
    LimitReached,
    /// Going on is pointless: credentials, permission, policy, host, TLS. Says which and what to do.
    Pointless {
        /// Which of the reasons it is.
        code: StopCode,
        /// What was seen, as a fragment.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// `--max-errors` was reached.
    TooManyErrors {
        /// How many rows were bad.
        bad: u64,
    },
    /// The input is no longer the one that the run began with. Says what happened and what to do.
    InputChanged {
        /// What was seen, as a fragment.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// Rows are invalid, and `--strict` was given: nothing was sent.
    InvalidRows {
        /// How many.
        rows: u64,
        /// The line of the first of them.
        line: u64,
    },
    /// PingOne is not able to go on just now; a later run may.
    Unavailable {
        /// What was seen, as a fragment.
        what: String,
    },
    /// PingOne wants nothing to be sent for longer than a run waits: a quota is used up, such as that
    /// of a day.
    AskedToWait {
        /// Until when, in milliseconds since 1970.
        until_ms: i64,
    },
    /// wavepair itself cannot go on.
    Broken {
        /// What failed, as a fragment.
        what: String,
    },
}

const CORRECT_ALL: &str = "correct the wave; without `--strict` the other rows are sent";

impl StopReason {
    /// How a command ends for it.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            StopReason::Interrupted => ExitCode::Interrupted,
            StopReason::Terminated => ExitCode::Terminated,
            StopReason::TimeIsUp | StopReason::LimitReached => ExitCode::OutOfTime,
            StopReason::Pointless { .. } | StopReason::TooManyErrors { .. } => ExitCode::Pointless,
            StopReason::InputChanged { .. } | StopReason::InvalidRows { .. } => {
                ExitCode::NeedsPerson
            }
            StopReason::Unavailable { .. } | StopReason::AskedToWait { .. } => ExitCode::RunAgain,
            StopReason::Broken { .. } => ExitCode::Broken,
        }
    }

    /// The stable word for it.
    pub fn code(&self) -> StopCode {
        match self {
            StopReason::Interrupted | StopReason::Terminated => StopCode::Signal,
            StopReason::TimeIsUp => StopCode::TimeIsUp,
            StopReason::LimitReached => StopCode::LimitReached,
            StopReason::Pointless { code, .. } => *code,
            StopReason::TooManyErrors { .. } => StopCode::TooManyErrors,
            StopReason::InputChanged { .. } => StopCode::WaveChanged,
            StopReason::InvalidRows { .. } => StopCode::InvalidRows,
            StopReason::Unavailable { .. } | StopReason::AskedToWait { .. } => {
                StopCode::Unavailable
            }
            StopReason::Broken { .. } => StopCode::Failed,
        }
    }

    /// What to do about it before the next run, where that is more than to run again.
    pub fn hint(&self) -> Option<&str> {
        match self {
            StopReason::Pointless { hint, .. } | StopReason::InputChanged { hint, .. } => {
                Some(hint)
            }
            StopReason::InvalidRows { .. } => Some(CORRECT_ALL),
            StopReason::Interrupted
            | StopReason::Terminated
            | StopReason::TimeIsUp
            | StopReason::LimitReached
            | StopReason::TooManyErrors { .. }
            | StopReason::Unavailable { .. }
            | StopReason::AskedToWait { .. }
            | StopReason::Broken { .. } => None,
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopReason::Interrupted => f.write_str("interrupted by SIGINT"),
            StopReason::Terminated => f.write_str("terminated by a signal"),
            StopReason::TimeIsUp => f.write_str("the time is up"),
            StopReason::LimitReached => f.write_str("the limit of new devices is reached"),
            StopReason::Pointless { what, .. }
            | StopReason::InputChanged { what, .. }
            | StopReason::Unavailable { what }
            | StopReason::Broken { what } => f.write_str(what),
            StopReason::AskedToWait { until_ms } => {
                let until = Timestamp::from_millisecond(*until_ms).unwrap_or(Timestamp::MAX);
                write!(f, "PingOne asks to wait until {until:.0}")
            }
            StopReason::InvalidRows { rows: 1, line } => write!(
                f,
                "1 row is invalid, in line {line}, and with `--strict` that keeps back all of them"
            ),
            StopReason::InvalidRows { rows, line } => write!(
                f,
                "{} are invalid, the first in line {line}, and with `--strict` that keeps back all of them",
                counted(*rows, "row")
            ),
            StopReason::TooManyErrors { bad } => f.write_str(&counted(*bad, "bad row")),
        }
    }
}

/// Why a run ended before its wave did, as scripts get it and as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The stable word; a ledger of a later version may hold one that this version does not know.
    pub code: String,
    /// What happened and, where there is something to do about it, what.
    pub message: String,
}

impl Stopped {
    /// What happened, and what to do about it where that is known.
    pub fn new(code: StopCode, what: &str, hint: Option<&str>) -> Self {
        Self {
            code: code.as_str().to_owned(),
            message: match hint {
                Some(hint) => format!("{what}; {hint}"),
                None => what.to_owned(),
            },
        }
    }
}

impl From<&StopReason> for Stopped {
    fn from(reason: &StopReason) -> Self {
        Self::new(reason.code(), &reason.to_string(), reason.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_one_word_and_stands_once_with_a_meaning() {
        for (at, code) in StopCode::ALL.iter().enumerate() {
            let (word, meaning) = (code.as_str(), code.meaning());
            assert!(
                word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{word}"
            );
            assert!(!meaning.is_empty() && !meaning.ends_with('.'), "{meaning}");
            let earlier = StopCode::ALL[..at].iter();
            assert!(
                earlier.map(|code| code.as_str()).all(|other| other != word),
                "{word}"
            );
        }
    }

    #[test]
    fn how_many_rows_stopped_a_run_is_told_as_every_count_is() {
        for (reason, text) in [
            (
                StopReason::InvalidRows { rows: 1, line: 2 },
                "1 row is invalid, in line 2,",
            ),
            (
                StopReason::InvalidRows {
                    rows: 1234,
                    line: 5678,
                },
                "1,234 rows are invalid, the first in line 5678,",
            ),
            (StopReason::TooManyErrors { bad: 1 }, "1 bad row"),
            (StopReason::TooManyErrors { bad: 1234 }, "1,234 bad rows"),
        ] {
            let told = reason.to_string();
            assert!(told.starts_with(text), "{told}");
        }
    }

    #[test]
    fn what_stopped_a_run_is_told_with_what_to_do() {
        let pointless = StopReason::Pointless {
            code: StopCode::PermissionMissing,
            what: "PingOne refuses".to_owned(),
            hint: "give it a role".to_owned(),
        };
        for (reason, code, message) in [
            (
                pointless,
                "permission_missing",
                "PingOne refuses; give it a role",
            ),
            (StopReason::TimeIsUp, "time_is_up", "the time is up"),
            (StopReason::Terminated, "signal", "terminated by a signal"),
        ] {
            let stopped = Stopped::from(&reason);
            assert_eq!(
                (stopped.code.as_str(), stopped.message.as_str()),
                (code, message)
            );
        }
    }
}

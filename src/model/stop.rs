//! Why a run ends before its input does.

use std::fmt;

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
    /// PingOne is not able to go on just now; a later run may.
    Unavailable {
        /// What was seen, as a fragment.
        what: String,
    },
    /// wavepair itself cannot go on.
    Broken {
        /// What failed, as a fragment.
        what: String,
    },
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
            StopReason::TooManyErrors { bad } => write!(f, "{bad} bad rows"),
        }
    }
}

//! Every exit code, and what a scheduler should make of it.
//!
//! Exit codes are API. This file knows nothing of rows or requests, so that
//! everything else may name a code; the README prints the same text.

use std::process;

/// How a command of wavepair ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitCode {
    /// 0: nothing is left to do.
    Done,
    /// 1: wavepair itself failed.
    Broken,
    /// 2: the command, its settings or its input as a whole cannot be used.
    Usage,
    /// 3: some rows need correction.
    NeedsPerson,
    /// 4: some rows are left for another run.
    RunAgain,
    /// 5: stopped early because going on was pointless.
    Pointless,
    /// 6: another run holds the ledger.
    Busy,
    /// 7: the time or the limit was reached.
    OutOfTime,
    /// 130: stopped by SIGINT.
    Interrupted,
    /// 143: stopped by SIGTERM.
    Terminated,
}

impl ExitCode {
    /// Every code, in ascending order.
    pub const ALL: [ExitCode; 10] = [
        ExitCode::Done,
        ExitCode::Broken,
        ExitCode::Usage,
        ExitCode::NeedsPerson,
        ExitCode::RunAgain,
        ExitCode::Pointless,
        ExitCode::Busy,
        ExitCode::OutOfTime,
        ExitCode::Interrupted,
        ExitCode::Terminated,
    ];

    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            ExitCode::Done => 0,
            ExitCode::Broken => 1,
            ExitCode::Usage => 2,
            ExitCode::NeedsPerson => 3,
            ExitCode::RunAgain => 4,
            ExitCode::Pointless => 5,
            ExitCode::Busy => 6,
            ExitCode::OutOfTime => 7,
            ExitCode::Interrupted => 130,
            ExitCode::Terminated => 143,
        }
    }

    /// The code with this number.
    pub(crate) fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.code() == number)
    }

    /// The word for it, which scripts may rely on.
    pub(crate) fn word(self) -> &'static str {
        match self {
            ExitCode::Done => "done",
            ExitCode::Broken => "broken",
            ExitCode::Usage => "usage",
            ExitCode::NeedsPerson => "needs_person",
            ExitCode::RunAgain => "run_again",
            ExitCode::Pointless => "pointless",
            ExitCode::Busy => "busy",
            ExitCode::OutOfTime => "out_of_time",
            ExitCode::Interrupted => "interrupted",
            ExitCode::Terminated => "terminated",
        }
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        match self {
            ExitCode::Done => {
                "every row is `created`, `existing` or `duplicate`; a dry run found nothing wrong"
            }
            ExitCode::Broken => {
                "wavepair itself failed: disk full, ledger unreadable or damaged, an invariant broken"
            }
            ExitCode::Usage => {
                "usage, settings or the input as a whole are wrong (no header, a missing column, no \
                 rows), or an output or the ledger cannot be used where it was named; nothing was sent"
            }
            ExitCode::NeedsPerson => {
                "some rows need correction (`invalid`, `rejected`), or the wave changed while it was read"
            }
            ExitCode::RunAgain => {
                "finished; some rows are left for another run (`failed`, `unknown`), and others may \
                 need correction; or all that is left is `unknown`"
            }
            ExitCode::Pointless => {
                "stopped early because going on was pointless: credentials, permission, policy, \
                 wrong host, TLS, too many errors"
            }
            ExitCode::Busy => "another run holds this ledger; nothing was sent",
            ExitCode::OutOfTime => {
                "time or limit reached (`--max-duration`, `--deadline`, `--limit`); rows are `pending`"
            }
            ExitCode::Interrupted => {
                "stopped by SIGINT, cleanly: requests on the wire were waited for, results written"
            }
            ExitCode::Terminated => {
                "stopped by SIGTERM, SIGHUP or SIGQUIT, cleanly: requests on the wire were waited for, results written"
            }
        }
    }

    /// What a scheduler should do.
    pub fn advice(self) -> &'static str {
        match self {
            ExitCode::Done | ExitCode::Busy => "nothing",
            ExitCode::Broken => "page someone",
            ExitCode::Usage => "fix",
            ExitCode::NeedsPerson => "mail the rejects file, with care: it holds full phones",
            ExitCode::RunAgain => "run again later",
            ExitCode::Pointless => "fix, run again",
            ExitCode::OutOfTime | ExitCode::Interrupted | ExitCode::Terminated => "run again",
        }
    }

    /// The one to end with where both hold: the first of 1, 130 or 143, 5, 7, 4, 3, 0.
    ///
    /// 2 and 6 come before anything else could hold; they rank right behind 1.
    #[must_use]
    pub fn or(self, other: ExitCode) -> ExitCode {
        if other.rank() > self.rank() {
            other
        } else {
            self
        }
    }

    fn rank(self) -> u8 {
        match self {
            ExitCode::Done => 0,
            ExitCode::NeedsPerson => 1,
            ExitCode::RunAgain => 2,
            ExitCode::OutOfTime => 3,
            ExitCode::Pointless => 4,
            ExitCode::Interrupted | ExitCode::Terminated => 5,
            ExitCode::Usage | ExitCode::Busy => 6,
            ExitCode::Broken => 7,
        }
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        process::ExitCode::from(code.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_that_schedulers_know() {
        let codes: Vec<u8> = ExitCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 130, 143]);
    }

    #[test]
    fn where_several_hold_the_most_urgent_one_is_taken_in_either_order() {
        let order = [
            ExitCode::Broken,
            ExitCode::Interrupted,
            ExitCode::Pointless,
            ExitCode::OutOfTime,
            ExitCode::RunAgain,
            ExitCode::NeedsPerson,
            ExitCode::Done,
        ];
        for (place, &urgent) in order.iter().enumerate() {
            for &other in &order[place..] {
                assert_eq!(urgent.or(other), urgent, "{urgent:?} before {other:?}");
                assert_eq!(other.or(urgent), urgent, "{urgent:?} before {other:?}");
            }
        }
    }

    #[test]
    fn of_two_signals_the_first_one_names_the_end() {
        assert_eq!(
            ExitCode::Interrupted.or(ExitCode::Terminated),
            ExitCode::Interrupted
        );
        assert_eq!(
            ExitCode::Terminated.or(ExitCode::Interrupted),
            ExitCode::Terminated
        );
    }
}

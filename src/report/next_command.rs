//! How a wave is gone on with: which command does it, if any. Pure.

use std::path::Path;

use super::command_line::CommandLine;
use crate::exit::ExitCode;
use crate::model::file_form::FileForm;
use crate::model::stop::StopReason;

/// What a run left, as far as it says how to go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left<'a> {
    /// How it ended.
    pub exit: ExitCode,
    /// Why it stopped early, where it did.
    pub stopped: Option<&'a StopReason>,
    /// How many rows are wrong in themselves, or refused.
    pub to_correct: u64,
    /// How many rows another run would take up: failed, in doubt, never reached.
    pub open: u64,
    /// Where the rows to correct are, in a form that can be run.
    pub rejects: Option<&'a Path>,
    /// Whether the ledger is gone with the run.
    pub forgotten: bool,
    /// Whether `--deadline` named a moment that is past.
    pub deadline_is_past: bool,
    /// Whether the wave has no name that another command could read it by.
    pub wave_is_stream: bool,
}

/// The options that say which tenant is meant and how it is reached; every command that asks PingOne has them.
pub const TENANT_OPTIONS: [&str; 10] = [
    "--pingcli-profile",
    "--region",
    "--environment",
    "--client-secret-file",
    "--client-auth",
    "--api-url",
    "--token-url",
    "--ca-file",
    "--no-proxy",
    "--source-address",
];

/// The options that say where settings are read from; every command has them.
pub(crate) const FILE_OPTIONS: [&str; 2] = ["--config", "--profile"];

/// The options that make a run carry out a plan.
const PLAN_OPTIONS: [&str; 2] = ["--plan", "--plan-allow-progress"];

/// One thing to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Correct rows; where they are in a file of their own, this command takes it.
    Correct(Option<String>),
    /// Correct rows in the wave itself: this command takes it again, and nothing else goes before.
    CorrectWave(String),
    /// Run this.
    GoOn(String),
    /// Nothing can be gone on with: a rehearsal that keeps no ledger begins from nothing each time.
    BeginAnew,
}

/// What to do next; nothing where nothing is left.
///
/// | left | step |
/// |---|---|
/// | rows to correct, and a file of them | correct it, and run that file |
/// | rows to correct that keep back all others | correct them in the wave, and run it again |
/// | rows to correct, and no such file | correct them, and go on |
/// | rows to correct of a shard | correct them in the wave, and go on with each shard |
/// | anything that another run takes up | go on |
/// | … in a rehearsal without a ledger | begin anew |
///
/// Going on is the same command without what would end it at once: `--limit` where it was reached,
/// `--deadline` where its moment is past. What has no name of its own comes on standard input then.
/// A plan that was begun with is gone on with; it is not of the rows that are corrected.
pub(crate) fn steps(left: &Left<'_>, command: &CommandLine) -> Vec<Step> {
    let mut steps = Vec::new();
    // A row that is corrected may be another user's then, and so of another shard.
    let rejects = left.rejects.filter(|_| !command.has("--shard"));
    let again = |command: &CommandLine| {
        let mut command = command.clone();
        if left.stopped == Some(&StopReason::LimitReached) {
            command = command.without(&["--limit"]);
        }
        if left.deadline_is_past {
            command = command.without(&["--deadline"]);
        }
        if left.wave_is_stream {
            command = command.with_wave(Path::new("-"));
        }
        command
    };
    let is_dry_run = command.has("--dry-run");
    if let Some(StopReason::InvalidRows { .. }) = left.stopped {
        let mut command = again(command);
        if !is_dry_run {
            command = command.without(&PLAN_OPTIONS);
        }
        return vec![Step::CorrectWave(command.spelled())];
    }
    if left.to_correct > 0 {
        steps.push(Step::Correct(rejects.map(|rejects| {
            // The wave's own results stay as they are: those of the corrected rows lie beside them.
            // How many rows the wave is to have says nothing of how many were wrong.
            let of_the_wave = [
                "-o",
                "--results",
                "--output",
                "--rejects",
                "--expect-rows",
                "--sheet",
            ];
            let mut command = again(command).without(&of_the_wave).without(&PLAN_OPTIONS);
            if FileForm::of(rejects) == FileForm::Workbook {
                // They are written as lines are, and a workbook is not.
                command = command.without(&["--delimiter", "--encoding"]);
            }
            command.with_wave(rejects).spelled()
        })));
    }
    let only_corrections = left.exit == ExitCode::NeedsPerson && left.stopped.is_none();
    let is_complete = left.exit == ExitCode::Done;
    if is_complete || only_corrections && rejects.is_some() {
        return steps;
    }
    steps.push(if left.forgotten && left.open > 0 {
        Step::BeginAnew
    } else {
        let mut command = again(command);
        if !is_dry_run {
            command = command.with_switch_behind("--plan", "--plan-allow-progress");
        }
        Step::GoOn(command.spelled())
    });
    steps
}

/// The command that carries a plan out which this one wrote; its results are another file than those
/// of the dry run.
pub(crate) fn carried_out_by(command: &CommandLine) -> String {
    let of_the_dry_run = [
        "--dry-run",
        "--online",
        "-o",
        "--results",
        "--output",
        "--rejects",
        "--summary",
    ];
    command.clone().without(&of_the_dry_run).spelled()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::model::stop::StopCode;

    const DONE: Left<'_> = Left {
        exit: ExitCode::Done,
        stopped: None,
        to_correct: 0,
        open: 0,
        rejects: None,
        forgotten: false,
        deadline_is_past: false,
        wave_is_stream: false,
    };

    const SAME: &str = "wavepair run w.csv --limit 5 -o r.csv --deadline 2026-12-01T06:00";
    const MENDED: &str =
        "correct, wavepair run w.rejects.csv --limit 5 --deadline 2026-12-01T06:00";

    fn told(left: &Left<'_>) -> Vec<String> {
        let takes_value = |name: &str| ["--limit", "--deadline", "-o"].contains(&name);
        let words = SAME.split(' ').map(OsString::from).collect();
        let command = CommandLine::new(words, &takes_value);
        let told = |step| match step {
            Step::Correct(None) => "correct".to_owned(),
            Step::Correct(Some(command)) => format!("correct, {command}"),
            Step::CorrectWave(command) => format!("correct the wave, {command}"),
            Step::GoOn(command) => command,
            Step::BeginAnew => "anew".to_owned(),
        };
        steps(left, &command).into_iter().map(told).collect()
    }

    #[test]
    fn the_next_command_goes_on_and_there_is_none_where_nothing_can() {
        use ExitCode::{Broken, Interrupted, NeedsPerson, OutOfTime, Pointless, RunAgain};
        let (same, mended) = (SAME, MENDED);
        let no_limit = "wavepair run w.csv -o r.csv --deadline 2026-12-01T06:00";
        let no_deadline = "wavepair run w.csv --limit 5 -o r.csv";
        let rejects = Some(Path::new("w.rejects.csv"));
        let pointless = StopReason::Pointless {
            code: StopCode::SameRefusal,
            what: String::new(),
            hint: String::new(),
        };
        let changed = StopReason::InputChanged {
            what: String::new(),
            hint: String::new(),
        };
        let ended = |exit, stopped, to_correct, open| Left {
            exit,
            stopped,
            to_correct,
            open,
            rejects: rejects.filter(|_| to_correct > 0),
            ..DONE
        };
        for (left, expected) in [
            (DONE, &[][..]),
            (ended(NeedsPerson, None, 2, 0), &[mended]),
            (ended(RunAgain, None, 2, 3), &[mended, same]),
            (ended(RunAgain, None, 0, 3), &[same]),
            (
                ended(OutOfTime, Some(&StopReason::LimitReached), 0, 3),
                &[no_limit],
            ),
            (
                ended(OutOfTime, Some(&StopReason::LimitReached), 1, 3),
                &[
                    "correct, wavepair run w.rejects.csv --deadline 2026-12-01T06:00",
                    no_limit,
                ],
            ),
            (ended(OutOfTime, Some(&StopReason::TimeIsUp), 0, 3), &[same]),
            (
                Left {
                    deadline_is_past: true,
                    ..ended(OutOfTime, Some(&StopReason::TimeIsUp), 0, 3)
                },
                &[no_deadline],
            ),
            (
                ended(Interrupted, Some(&StopReason::Interrupted), 0, 3),
                &[same],
            ),
            (
                Left {
                    wave_is_stream: true,
                    ..ended(RunAgain, None, 2, 3)
                },
                &[
                    mended,
                    "wavepair run - --limit 5 -o r.csv --deadline 2026-12-01T06:00",
                ],
            ),
            (ended(Pointless, Some(&pointless), 0, 3), &[same]),
            (ended(NeedsPerson, Some(&changed), 0, 3), &[same]),
            (ended(Broken, None, 0, 0), &[same]),
        ] {
            assert_eq!(told(&left), expected, "{left:?}");
        }
    }

    #[test]
    fn how_a_wave_was_written_is_said_of_rejects_that_are_written_as_it_was() {
        let words = "wavepair run w.csv --sheet 2 --delimiter ; --encoding utf-16le --settle 1h";
        let takes_value = |name: &str| name.starts_with("--");
        let words = words.split(' ').map(OsString::from).collect();
        let command = CommandLine::new(words, &takes_value);
        for (rejects, expected) in [
            (
                "r.csv",
                "wavepair run r.csv --delimiter ';' --encoding utf-16le --settle 1h",
            ),
            ("r.xlsx", "wavepair run r.xlsx --settle 1h"),
        ] {
            let left = Left {
                exit: ExitCode::NeedsPerson,
                to_correct: 2,
                rejects: Some(Path::new(rejects)),
                ..DONE
            };
            let expected = Step::Correct(Some(expected.to_owned()));
            assert_eq!(steps(&left, &command), [expected]);
        }
    }

    #[test]
    fn rows_that_keep_back_all_others_are_corrected_in_the_wave_first() {
        let refused = StopReason::InvalidRows { rows: 2, line: 3 };
        let left = Left {
            exit: ExitCode::NeedsPerson,
            stopped: Some(&refused),
            to_correct: 2,
            open: 5,
            rejects: Some(Path::new("w.rejects.csv")),
            ..DONE
        };
        assert_eq!(told(&left), [format!("correct the wave, {SAME}")]);
    }

    #[test]
    fn rows_of_a_shard_are_corrected_in_the_wave_and_may_change_their_shard() {
        let words = "wavepair run w.csv --shard 2/3"
            .split(' ')
            .map(OsString::from);
        let command = CommandLine::new(words.collect(), &|name| name == "--shard");
        let left = Left {
            exit: ExitCode::NeedsPerson,
            to_correct: 2,
            rejects: Some(Path::new("w.rejects.2-of-3.csv")),
            ..DONE
        };
        let again = Step::GoOn("wavepair run w.csv --shard 2/3".to_owned());
        assert_eq!(steps(&left, &command), [Step::Correct(None), again]);
    }

    #[test]
    fn what_is_not_there_to_go_on_with_is_in_no_command() {
        let wrong = Left {
            exit: ExitCode::NeedsPerson,
            to_correct: 2,
            ..DONE
        };
        assert_eq!(told(&wrong), ["correct", SAME], "no file of rejects");
        let forgotten = Left {
            exit: ExitCode::Interrupted,
            stopped: Some(&StopReason::Interrupted),
            open: 3,
            forgotten: true,
            ..DONE
        };
        assert_eq!(told(&forgotten), ["anew"]);
        let rejects = Left {
            rejects: Some(Path::new("w.rejects.csv")),
            forgotten: true,
            ..wrong
        };
        assert_eq!(told(&rejects), [MENDED]);
    }
}
